package vintem;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vintem.platform.Together;

/// `docs/tour.md`, pasted line by line into a real shell with a real `curl`.
class TourIT {
    /// A request of the tour, and the answer that it promises.
    private record Step(String request, String answer) {}

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(sh|json)\\n(.*?)^```$");

    @TempDir private Path temporary;

    @Test
    void every_request_of_the_tour_is_answered_as_it_says() throws Exception {
        var steps = steps();
        assertThat(steps).hasSizeGreaterThan(12);
        try (var node = Node.start(temporary.resolve("data"), Map.of())) {
            Files.writeString(
                    temporary.resolve("kept"),
                    "TOKEN='%s'\nV='%s'\nBANK=$(cat data/bank-secret)\n"
                            .formatted(token(node), node.base()));
            for (var step : steps) {
                if (isOnlyAsking(step)) {
                    // What happens a moment later.
                    Together.until(
                            step.request(), () -> fits(paste(step.request()), step.answer()));
                }
                var said = paste(step.request());
                assertThat(fits(said, step.answer()))
                        .as("%s%nsays%n%s%nand not%n%s", step.request(), said, step.answer())
                        .isTrue();
            }
        }
    }

    private static boolean isOnlyAsking(Step step) {
        return !step.request().contains("-d ") && !step.request().contains("--data");
    }

    /// Each `sh` block with the `json` block that follows it. The first one, in which a newcomer
    /// fills in what `run` printed, is filled in by us.
    private static List<Step> steps() throws IOException {
        var steps = new ArrayList<Step>();
        String request = null;
        for (var block :
                BLOCK.matcher(Files.readString(Path.of("docs/tour.md"))).results().toList()) {
            var text = block.group(2);
            if (block.group(1).equals("json")) {
                assertThat(request).as("a request before %s", text).isNotNull();
                steps.add(new Step(request, text.strip()));
                request = null;
            } else if (!text.startsWith("TOKEN=…")) {
                assertThat(request).as("an answer to %s", request).isNull();
                request = text;
            }
        }
        return steps;
    }

    /// In one session: what a block sets, the next one has.
    private String paste(String request) {
        var script =
                ". ./kept\nset -a\n%s\n{ set | grep -E '^[A-Z]+=' ; } > kept.new\n"
                        .formatted(request);
        try {
            var said = temporary.resolve("said");
            var shell =
                    new ProcessBuilder(
                                    "sh",
                                    "-c",
                                    script
                                            + "grep -E '^(TOKEN|BANK|V|TXID|FILE|PURCHASE|CLIENT)=' kept.new > kept\n")
                            .directory(temporary.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(said.toFile())
                            .start();
            assertThat(shell.waitFor(1, TimeUnit.MINUTES)).isTrue();
            return Files.readString(said);
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /// `…` stands for anything.
    private static boolean fits(String said, String promised) {
        var pattern =
                List.of(promised.split("…", -1)).stream()
                        .map(Pattern::quote)
                        .collect(Collectors.joining(".*"));
        return Pattern.compile(pattern, Pattern.DOTALL).matcher(said.strip()).matches();
    }

    private static String token(Node node) {
        return node.admin().header("Authorization").substring("Bearer ".length());
    }
}
