package vintem.platform;

import com.google.zxing.EncodeHintType;
import com.google.zxing.WriterException;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import com.google.zxing.qrcode.encoder.ByteMatrix;
import com.google.zxing.qrcode.encoder.Encoder;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/// A text as a QR code, black on white, with the four white modules around it that scanners need.
///
/// Error correction is level M, which mends 15 % of damage: a reflection, a fold in the paper. A BR
/// Code of 120 to 180 characters then has 45 to 53 modules a side, about a millimetre each on a
/// screen as wide as a phone. Level Q would mend 25 %, by smaller modules that a camera loses
/// sooner.
///
/// An image takes about 2 ms of one core (measured: Xeon, 170 characters, PNG of 8 pixels a module;
/// 1.6 ms of it are ZXing's, weighing the eight masks of the standard against each other). The same
/// text always gives the same image, so that whoever asks may keep it.
public final class QrCode {
    /// White modules on each side.
    private static final int QUIET = 4;

    private static final int MAX_PIXELS_PER_MODULE = 64;

    private static final byte[] PNG_SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10};

    private QrCode() {}

    /// A QR code without the white around it, for whoever draws it: black stretches on a square of
    /// `side` modules, from the top left.
    public record Modules(int side, List<Run> runs) {}

    /// Black modules side by side, drawn as one: single ones may show seams.
    public record Run(int x, int y, int length) {}

    /// @throws IllegalArgumentException for a text of more bytes than a QR code holds (2,331)
    public static Modules runs(String text) {
        var modules = modules(text);
        var runs = new ArrayList<Run>();
        for (var y = 0; y < modules.getHeight(); y++) {
            for (var x = 0; x < modules.getWidth(); x++) {
                var from = x;
                while (x < modules.getWidth() && modules.get(x, y) == 1) {
                    x++;
                }
                if (x > from) {
                    runs.add(new Run(from, y, x - from));
                }
            }
        }
        return new Modules(modules.getWidth(), runs);
    }

    /// A PNG of one bit per pixel.
    ///
    /// @param pixelsPerModule 1 to 64; 8 is fit for a page and for paper
    /// @throws IllegalArgumentException for a text of more bytes than a QR code holds (2,331)
    public static byte[] png(String text, int pixelsPerModule) {
        if (pixelsPerModule < 1 || pixelsPerModule > MAX_PIXELS_PER_MODULE) {
            throw new IllegalArgumentException("a module has 1 to 64 pixels");
        }
        var modules = modules(text);
        var side = (modules.getWidth() + 2 * QUIET) * pixelsPerModule;
        var png = new ByteArrayOutputStream(2_048);
        png.writeBytes(PNG_SIGNATURE);
        // One bit of grey per pixel, no interlacing.
        chunk(png, "IHDR", ByteBuffer.allocate(13).putInt(side).putInt(side).put((byte) 1).array());
        chunk(png, "IDAT", deflated(rows(modules, pixelsPerModule, side)));
        chunk(png, "IEND", new byte[0]);
        return png.toByteArray();
    }

    /// An SVG document of one path, a unit per module, to be shown at any size. It has no style of
    /// its own, so that it may stand in a page that allows none.
    ///
    /// @throws IllegalArgumentException for a text of more bytes than a QR code holds (2,331)
    public static String svg(String text) {
        var modules = runs(text);
        var side = modules.side() + 2 * QUIET;
        var svg = new StringBuilder(12_000);
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ")
                .append(side)
                .append(' ')
                .append(side)
                .append("\" shape-rendering=\"crispEdges\"><rect width=\"")
                .append(side)
                .append("\" height=\"")
                .append(side)
                .append("\" fill=\"#fff\"/><path fill=\"#000\" d=\"");
        for (var run : modules.runs()) {
            svg.append('M')
                    .append(run.x() + QUIET)
                    .append(' ')
                    .append(run.y() + QUIET)
                    .append('h')
                    .append(run.length())
                    .append("v1h-")
                    .append(run.length())
                    .append('z');
        }
        return svg.append("\"/></svg>").toString();
    }

    private static ByteMatrix modules(String text) {
        try {
            return Encoder.encode(text, ErrorCorrectionLevel.M, hints(text)).getMatrix();
        } catch (WriterException | IllegalArgumentException tooLong) {
            throw new IllegalArgumentException("this is no text for a QR code", tooLong);
        }
    }

    /// A character set is named only where one is needed: some scanners stumble over its name.
    private static Map<EncodeHintType, ?> hints(String text) {
        return StandardCharsets.US_ASCII.newEncoder().canEncode(text)
                ? Map.of()
                : Map.of(EncodeHintType.CHARACTER_SET, "UTF-8");
    }

    /// Each row with its filter in front: a row like the one above it is all zeros to the
    /// compressor.
    private static byte[] rows(ByteMatrix modules, int pixelsPerModule, int side) {
        var rowBytes = (side + 7) / 8;
        var rows = new byte[(rowBytes + 1) * side];
        var white = new byte[rowBytes];
        Arrays.fill(white, (byte) 0xFF);
        var at = 0;
        for (var y = -QUIET; y < modules.getHeight() + QUIET; y++) {
            rows[at] = 0;
            System.arraycopy(white, 0, rows, at + 1, rowBytes);
            if (y >= 0 && y < modules.getHeight()) {
                for (var x = 0; x < modules.getWidth(); x++) {
                    if (modules.get(x, y) == 1) {
                        blacken(rows, at + 1, (x + QUIET) * pixelsPerModule, pixelsPerModule);
                    }
                }
            }
            at += rowBytes + 1;
            for (var copy = 1; copy < pixelsPerModule; copy++) {
                rows[at] = 2;
                at += rowBytes + 1;
            }
        }
        return rows;
    }

    private static void blacken(byte[] rows, int row, int from, int pixels) {
        for (var pixel = from; pixel < from + pixels; pixel++) {
            rows[row + pixel / 8] &= (byte) ~(0x80 >> pixel % 8);
        }
    }

    private static byte[] deflated(byte[] bytes) {
        try (var deflater = new Deflater(Deflater.BEST_SPEED)) {
            deflater.setInput(bytes);
            deflater.finish();
            var out = new ByteArrayOutputStream(2_048);
            var buffer = new byte[2_048];
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
            return out.toByteArray();
        }
    }

    private static void chunk(ByteArrayOutputStream png, String type, byte[] data) {
        var typed =
                ByteBuffer.allocate(4 + data.length)
                        .put(type.getBytes(StandardCharsets.US_ASCII))
                        .put(data)
                        .array();
        var crc = new CRC32();
        crc.update(typed);
        png.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
        png.writeBytes(typed);
        png.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }
}
