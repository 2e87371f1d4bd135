package vintem.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import vintem.bench.Benchmark;
import vintem.bench.Benchmark.Effort;

/// `vintem bench`: the benchmarks, on databases of their own that are removed afterwards.
@Command(
        name = "bench",
        description = "Measure, and prove that no cent was lost; exits with 1 where one was.",
        mixinStandardHelpOptions = true)
class BenchCommand implements Callable<Integer> {
    private static final String ALL = "all";

    @Parameters(
            arity = "0..1",
            paramLabel = "name",
            description =
                    "payouts, payments, billing, ledger, cashback, investments, pages, start,"
                            + " coalescer, telemetry or nodes; or `all`, which is meant without a"
                            + " name.")
    private String name = ALL;

    @Option(names = "--quick", description = "Show that it works; the figures mean little.")
    private boolean quick;

    @Option(
            names = "--long",
            description = "All of them as long as each takes by itself, not within 20 minutes.")
    private boolean isLong;

    @Option(
            names = "--write",
            paramLabel = "FILE",
            description = "Write the table of `all` as Markdown, such as docs/benchmarks.md.")
    private @Nullable Path file;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        var together = name.equals(ALL);
        var all = new ArrayList<>(Benchmark.all());
        if (!together) {
            all.addAll(Benchmark.others());
        }
        var chosen = all.stream().filter(it -> together || it.name().equals(name)).toList();
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException(
                    "there is no benchmark `%s`, only `%s` and %s"
                            .formatted(name, ALL, all.stream().map(Benchmark::name).toList()));
        }
        if (file != null && !together) {
            throw new IllegalArgumentException("only the table of `bench all` is written");
        }
        var effort = quick ? Effort.QUICK : together && !isLong ? Effort.BARS : Effort.FULL;
        var out = java.util.Objects.requireNonNull(spec).commandLine().getOut();
        var report = Benchmark.run(List.copyOf(chosen), out, effort);
        if (together) {
            report.print(out);
        }
        if (file != null) {
            Files.writeString(file, report.markdown(when(file), quick));
            out.println("  Written to " + file);
        }
        return report.isConserved() ? 0 : 1;
    }

    /// The day, and the commit of the folder that the table is written into.
    private static String when(Path file) throws IOException, InterruptedException {
        var folder = file.toAbsolutePath().getParent();
        var commit = said(folder, "git", "rev-parse", "--short=12", "HEAD");
        var changed = !said(folder, "git", "status", "--porcelain", "--", "../src").isEmpty();
        return "%s, %s%s"
                .formatted(
                        LocalDate.now(ZoneOffset.UTC),
                        commit.isEmpty() ? "no known commit" : "commit " + commit,
                        changed ? " and what was changed since" : "");
    }

    /// What a command prints; nothing where it fails or is not there.
    private static String said(Path folder, String... command)
            throws IOException, InterruptedException {
        try {
            var process =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            var text = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
            return process.waitFor() == 0 ? text : "";
        } catch (IOException noSuchCommand) {
            return "";
        }
    }
}
