package vintem.platform;

import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.apache.fontbox.FontBoxFont;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.io.RandomAccessReadBuffer;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.font.CIDFontMapping;
import org.apache.pdfbox.pdmodel.font.FontMapper;
import org.apache.pdfbox.pdmodel.font.FontMappers;
import org.apache.pdfbox.pdmodel.font.FontMapping;
import org.apache.pdfbox.pdmodel.font.PDCIDSystemInfo;
import org.apache.pdfbox.pdmodel.font.PDFontDescriptor;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts.FontName;
import org.apache.pdfbox.util.Matrix;
import org.jspecify.annotations.Nullable;

/// One A4 page of a PDF, measured in millimetres from its top left corner, text by its baseline.
///
/// It has the fonts that every reader has and embeds none, so that it is a few kilobytes; the same
/// drawing gives the same bytes. What these fonts cannot show is written without its accents, or as
/// a question mark: a name from anywhere must not keep a bill from being printed.
public final class Paper implements AutoCloseable {
    public static final float WIDTH = 210;

    private static final float SMALLEST = 6;

    private static final float POINTS = 72 / 25.4f;

    private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");

    // It would be shown as a hyphen in the middle of a word.
    private static final int SOFT_HYPHEN = 0xAD;

    private static final int NO_BREAK_SPACE = 0xA0;

    private static final BitSet PRINTABLE;

    static {
        FontMappers.set(new NoSystemFonts());
        PRINTABLE = printable();
    }

    public enum Font {
        PLAIN(FontName.HELVETICA),
        BOLD(FontName.HELVETICA_BOLD);

        private final FontName name;

        Font(FontName name) {
            this.name = name;
        }
    }

    private final PDDocument document = new PDDocument();
    private final PDType1Font plain = new PDType1Font(Font.PLAIN.name);
    private final PDType1Font bold = new PDType1Font(Font.BOLD.name);
    private final PDPageContentStream content;

    public Paper(String title) {
        // Otherwise the time of day would be in it.
        document.setDocumentId(0L);
        document.getDocumentInformation().setTitle(printable(title));
        document.getDocumentCatalog().setLanguage("pt-BR");
        var page = new PDPage(PDRectangle.A4);
        document.addPage(page);
        try {
            content = new PDPageContentStream(document, page);
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
    }

    public byte[] bytes() {
        try {
            content.close();
            var out = new ByteArrayOutputStream(16_384);
            document.save(out);
            return out.toByteArray();
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
    }

    @Override
    public void close() {
        try {
            document.close();
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
    }

    public void text(float x, float y, Font font, float size, String text) {
        draw(
                () -> {
                    content.beginText();
                    content.setFont(font(font), size);
                    content.newLineAtOffset(x * POINTS, y(y));
                    content.showText(printable(text));
                    content.endText();
                });
    }

    /// Ends at x.
    public void textTo(float x, float y, Font font, float size, String text) {
        text(x - width(font, size, text), y, font, size, text);
    }

    /// In a smaller size where it is too long, and cut off where that would be too small to read.
    public void textWithin(float x, float y, float width, Font font, float size, String text) {
        var fitting = fitting(width, font, size, text);
        text(x, y, font, fitting, cut(text, width, font, fitting));
    }

    public void textWithinTo(float x, float y, float width, Font font, float size, String text) {
        var fitting = fitting(width, font, size, text);
        textTo(x, y, font, fitting, cut(text, width, font, fitting));
    }

    private float fitting(float width, Font font, float size, String text) {
        var fitting = size;
        while (fitting > SMALLEST && width(font, fitting, text) > width) {
            fitting -= 0.5f;
        }
        return fitting;
    }

    private String cut(String text, float width, Font font, float size) {
        if (width(font, size, text) <= width) {
            return text;
        }
        var end = text.length();
        while (end > 0 && width(font, size, text.substring(0, end) + "…") > width) {
            end--;
        }
        return text.substring(0, end) + "…";
    }

    /// In lines that are no wider than that; a word that is, is broken.
    public List<String> lines(float width, Font font, float size, String text) {
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        for (var word : printable(text).strip().split(" +")) {
            var rest = word;
            if (!line.isEmpty() && width(font, size, line + " " + rest) <= width) {
                line.append(' ').append(rest);
                continue;
            }
            if (!line.isEmpty()) {
                lines.add(line.toString());
                line.setLength(0);
            }
            while (width(font, size, rest) > width && rest.length() > 1) {
                var end = rest.length() - 1;
                while (end > 1 && width(font, size, rest.substring(0, end)) > width) {
                    end--;
                }
                lines.add(rest.substring(0, end));
                rest = rest.substring(end);
            }
            line.append(rest);
        }
        if (!line.isEmpty()) {
            lines.add(line.toString());
        }
        return lines;
    }

    /// Cut wherever a line is full: for texts in which every space counts.
    public List<String> pieces(float width, Font font, float size, String text) {
        var pieces = new ArrayList<String>();
        var from = 0;
        while (from < text.length()) {
            var to = from + 1;
            while (to < text.length() && width(font, size, text.substring(from, to + 1)) <= width) {
                to++;
            }
            pieces.add(text.substring(from, to));
            from = to;
        }
        return pieces;
    }

    public float width(Font font, float size, String text) {
        try {
            return font(font).getStringWidth(printable(text)) / 1_000 * size / POINTS;
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
    }

    /// Pale and aslant, under what is drawn after it.
    public void watermark(float x, float y, float size, String text) {
        draw(
                () -> {
                    content.saveGraphicsState();
                    content.setNonStrokingColor(new Color(0xE9, 0xE9, 0xEE));
                    content.beginText();
                    content.setFont(bold, size);
                    content.setTextMatrix(
                            Matrix.getRotateInstance(Math.toRadians(18), x * POINTS, y(y)));
                    content.showText(printable(text));
                    content.endText();
                    content.restoreGraphicsState();
                });
    }

    public void line(float x1, float y1, float x2, float y2, float points) {
        draw(
                () -> {
                    content.setLineWidth(points);
                    content.moveTo(x1 * POINTS, y(y1));
                    content.lineTo(x2 * POINTS, y(y2));
                    content.stroke();
                });
    }

    public void dashedLine(float x1, float y, float x2) {
        draw(
                () -> {
                    content.saveGraphicsState();
                    content.setLineDashPattern(new float[] {4, 3}, 0);
                    content.setLineWidth(0.6f);
                    content.moveTo(x1 * POINTS, y(y));
                    content.lineTo(x2 * POINTS, y(y));
                    content.stroke();
                    content.restoreGraphicsState();
                });
    }

    public void frame(float x, float y, float width, float height, float points) {
        draw(
                () -> {
                    content.setLineWidth(points);
                    content.addRect(x * POINTS, y(y + height), width * POINTS, height * POINTS);
                    content.stroke();
                });
    }

    public void shade(float x, float y, float width, float height, Color color) {
        draw(
                () -> {
                    content.saveGraphicsState();
                    content.setNonStrokingColor(color);
                    content.addRect(x * POINTS, y(y + height), width * POINTS, height * POINTS);
                    content.fill();
                    content.restoreGraphicsState();
                });
    }

    public void color(Color color) {
        draw(() -> content.setNonStrokingColor(color));
    }

    /// A black rectangle of a shape that [#fill] fills: in one go, so that no seams show.
    public void rectangle(float x, float y, float width, float height) {
        draw(() -> content.addRect(x * POINTS, y(y + height), width * POINTS, height * POINTS));
    }

    public void fill() {
        draw(content::fill);
    }

    private static float y(float fromTop) {
        return PDRectangle.A4.getHeight() - fromTop * POINTS;
    }

    private PDType1Font font(Font font) {
        return font == Font.PLAIN ? plain : bold;
    }

    /// Never throws, whatever the text.
    public static String printable(String text) {
        var printable = new StringBuilder(text.length());
        text.codePoints()
                .forEach(
                        each -> {
                            if (PRINTABLE.get(each)) {
                                printable.appendCodePoint(each);
                            } else {
                                printable.append(replaced(each));
                            }
                        });
        return printable.toString();
    }

    private static String replaced(int codePoint) {
        if (Character.isWhitespace(codePoint) || Character.isSpaceChar(codePoint)) {
            return " ";
        }
        // Accents that stand alone, marks of direction, soft hyphens.
        var type = Character.getType(codePoint);
        if (type == Character.NON_SPACING_MARK || type == Character.FORMAT) {
            return "";
        }
        // Not so a lone surrogate, which no character is.
        var apart =
                Normalizer.normalize(Character.toString(codePoint), Normalizer.Form.NFKD)
                        .codePoints()
                        .filter(PRINTABLE::get)
                        .collect(
                                StringBuilder::new,
                                StringBuilder::appendCodePoint,
                                StringBuilder::append)
                        .toString();
        return apart.isEmpty() ? "?" : apart;
    }

    /// What both fonts can show: not all that is in the character set.
    private static BitSet printable() {
        var printable = new BitSet();
        for (var font : Font.values()) {
            var tried = new PDType1Font(font.name);
            for (var code = 0x20; code < 0x100; code++) {
                var text = new String(new byte[] {(byte) code}, WINDOWS_1252);
                if (canShow(tried, text)) {
                    printable.set(text.codePointAt(0));
                }
            }
        }
        printable.clear(SOFT_HYPHEN);
        printable.clear(NO_BREAK_SPACE);
        return printable;
    }

    private static boolean canShow(PDType1Font font, String text) {
        try {
            return font.encode(text).length > 0;
        } catch (IllegalArgumentException noSuchGlyph) {
            return false;
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
    }

    private static void draw(Drawing drawing) {
        try {
            drawing.draw();
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
    }

    @FunctionalInterface
    private interface Drawing {
        void draw() throws IOException;
    }

    /// PDFBox would search the whole machine for fonts and keep what it found in the home
    /// directory, for widths that it knows anyway.
    private static final class NoSystemFonts implements FontMapper {
        private static final String BUNDLED =
                "/org/apache/pdfbox/resources/ttf/LiberationSans-Regular.ttf";

        private final TrueTypeFont font = load();

        private static TrueTypeFont load() {
            try (var in = PDDocument.class.getResourceAsStream(BUNDLED)) {
                if (in == null) {
                    throw new IllegalStateException("PDFBox has no font of its own");
                }
                return new TTFParser().parse(new RandomAccessReadBuffer(in.readAllBytes()));
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        @Override
        public FontMapping<TrueTypeFont> getTrueTypeFont(
                String name, @Nullable PDFontDescriptor descriptor) {
            return new FontMapping<>(font, false);
        }

        @Override
        public FontMapping<FontBoxFont> getFontBoxFont(
                String name, @Nullable PDFontDescriptor descriptor) {
            return new FontMapping<>(font, false);
        }

        @Override
        public CIDFontMapping getCIDFont(
                String name,
                @Nullable PDFontDescriptor descriptor,
                @Nullable PDCIDSystemInfo systemInfo) {
            return new CIDFontMapping(null, font, false);
        }
    }
}
