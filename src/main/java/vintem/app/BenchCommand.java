package vintem.app;

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
    @Parameters(
            arity = "0..1",
            paramLabel = "name",
            description =
                    "payouts, payments, billing, cashback, investments, ledger, coalescer or"
                            + " telemetry; all of them without a name.")
    private @Nullable String name;

    @Option(names = "--quick", description = "Show that it works; the figures mean little.")
    private boolean quick;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        var all = Benchmark.all();
        var chosen = all.stream().filter(each -> name == null || each.name().equals(name)).toList();
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException(
                    "there is no benchmark `%s`, only %s"
                            .formatted(name, all.stream().map(Benchmark::name).toList()));
        }
        var out = java.util.Objects.requireNonNull(spec).commandLine().getOut();
        return Benchmark.run(List.copyOf(chosen), out, quick ? Effort.QUICK : Effort.FULL) ? 0 : 1;
    }
}
