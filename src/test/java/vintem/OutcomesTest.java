package vintem;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// `docs/outcomes.md` lists what the sources can answer, and nothing else.
class OutcomesTest {
    /// What Quarkus refuses before any source of ours is asked.
    private static final Set<String> OF_QUARKUS =
            Set.of("bad-request 400", "method-not-allowed 405", "not-acceptable 406");

    private static final Pattern WITH_STATUS =
            Pattern.compile("\\b(?:of|refused)\\(\\s*(4\\d\\d|5\\d\\d),\\s*\"([a-z-]+)\"");
    private static final Pattern CONFLICT = Pattern.compile("\\bconflict\\(\\s*\"([a-z-]+)\"");
    private static final Pattern UNPROCESSABLE = Pattern.compile("\\brefused\\(\\s*\"([a-z-]+)\"");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z-]+)` \\| (\\d{3}) \\|");

    private static final Pattern REASON =
            Pattern.compile("(?:String [A-Z_]+ = |-> |\\? )\"([a-z]+(?:_[a-z]+)+|mismatch)\"");
    private static final Pattern REASON_ROW =
            Pattern.compile("(?m)^\\| `([a-z_]+)` \\| `(?:failed|duplicate)` \\|");

    @Test
    void every_problem_code_is_on_the_page_with_its_status() throws IOException {
        var codes = new TreeSet<>(OF_QUARKUS);
        try (var files = Files.walk(Path.of("src/main/java"))) {
            for (var file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
                var source = Files.readString(file);
                WITH_STATUS
                        .matcher(source)
                        .results()
                        .forEach(each -> codes.add(each.group(2) + " " + each.group(1)));
                CONFLICT.matcher(source)
                        .results()
                        .forEach(each -> codes.add(each.group(1) + " 409"));
                UNPROCESSABLE
                        .matcher(source)
                        .results()
                        .forEach(each -> codes.add(each.group(1) + " 422"));
            }
        }
        assertThat(codes).hasSizeGreaterThan(15);
        var listed = new TreeSet<String>();
        ROW.matcher(page())
                .results()
                .forEach(each -> listed.add(each.group(1) + " " + each.group(2)));
        assertThat(listed).isEqualTo(codes);
    }

    @Test
    void every_reason_of_a_payout_item_is_on_the_page() throws IOException {
        var reasons = new TreeSet<String>();
        for (var source : Set.of("payouts/Outcome.java", "bank/SimulatedBank.java")) {
            var text = Files.readString(Path.of("src/main/java/vintem", source.split("/")));
            REASON.matcher(text).results().forEach(each -> reasons.add(each.group(1)));
        }
        assertThat(reasons).contains("mismatch", "refused_by_bank", "tax_id_mismatch");
        var listed = new TreeSet<String>();
        REASON_ROW.matcher(page()).results().forEach(each -> listed.add(each.group(1)));
        assertThat(listed).isEqualTo(reasons);
    }

    private static String page() throws IOException {
        return Files.readString(Path.of("docs/outcomes.md"));
    }
}
