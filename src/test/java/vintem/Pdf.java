package vintem;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.text.PDFTextStripper;

/// What others read in our PDFs.
public final class Pdf {
    private Pdf() {}

    /// Read by poppler where this machine has it, which shares no line with what wrote the file;
    /// otherwise by PDFBox.
    public static String text(byte[] pdf) {
        try {
            var path = System.getenv("PATH");
            for (var each : (path == null ? "" : path).split(":")) {
                if (Files.isExecutable(Path.of(each, "pdftotext"))) {
                    return poppler(pdf);
                }
            }
            try (var document = Loader.loadPDF(pdf)) {
                return new PDFTextStripper().getText(document);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String poppler(byte[] pdf) throws IOException {
        var file = Files.createTempFile("vintem-", ".pdf");
        try {
            Files.write(file, pdf);
            var process =
                    new ProcessBuilder(
                                    "pdftotext", "-layout", "-enc", "UTF-8", file.toString(), "-")
                            .start();
            return new String(
                    process.getInputStream().readAllBytes(),
                    java.nio.charset.StandardCharsets.UTF_8);
        } finally {
            Files.delete(file);
        }
    }
}
