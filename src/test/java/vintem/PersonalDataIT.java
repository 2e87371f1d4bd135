package vintem;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/// Runs after all others, and looks through what they made the product write: its log, what nodes
/// printed, the spans and logs that collectors were told, its outbox, its ledger and its logs of
/// deeds and reads. Nobody is named there.
class PersonalDataIT {
    private static final Path WRITTEN = Path.of("target/scan");

    @Test
    void nobody_is_named_in_logs_news_and_books() throws IOException {
        if (!Files.isDirectory(WRITTEN)) {
            // Only a few tests were asked for, and none of them writes anything.
            return;
        }
        var found = new ArrayList<String>();
        var lines = 0L;
        try (var files = Files.list(WRITTEN)) {
            for (var file : files.sorted().toList()) {
                try (var reader =
                        Files.newBufferedReader(
                                file, java.nio.charset.StandardCharsets.ISO_8859_1)) {
                    for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                        lines++;
                        var here = PersonalDataScan.findings(line);
                        if (!here.isEmpty() && !PersonalDataScan.isOfATool(line)) {
                            found.add(file.getFileName() + ": " + here + " in " + line);
                        }
                    }
                }
                // The next run speaks for itself.
                Files.delete(file);
            }
        }
        assertThat(found.stream().distinct().limit(50)).as("of %d lines", lines).isEmpty();
    }
}
