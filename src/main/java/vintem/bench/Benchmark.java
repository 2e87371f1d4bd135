package vintem.bench;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// One benchmark: a flow, its figures, its bars, its proof.
public sealed interface Benchmark
        permits PayoutsBench,
                PaymentsBench,
                BillingBench,
                CashbackBench,
                LedgerBench,
                NodesBench,
                CoalescerBench,
                InvestmentsBench,
                PagesBench,
                StartBench,
                TelemetryBench {
    /// How long to measure.
    enum Effort {
        /// As long as each figure takes.
        FULL,
        /// In the sizes that the bars name, but with fewer rounds, and nothing that no bar asks
        /// for: all of them within twenty minutes.
        BARS,
        /// Only shows that everything works.
        QUICK;

        /// A size, which the bars name.
        int of(int full, int quick) {
            return this == QUICK ? quick : full;
        }

        /// Rounds or milliseconds.
        int of(int full, int bars, int quick) {
            return this == BARS ? bars : of(full, quick);
        }

        /// Whether to measure what no bar asks for, too.
        boolean isCurious() {
            return this != BARS;
        }
    }

    String name();

    /// Measures and prints. Removes what it made, also where it fails or is interrupted.
    ///
    /// @return whether everything is where it belongs; a missed bar is no failure
    boolean run(Printout out, Effort effort) throws Exception;

    /// All of them, in the order in which they run together: those of a bar of the plan first.
    static List<Benchmark> all() {
        return List.of(
                new PayoutsBench(),
                new PaymentsBench(),
                new BillingBench(),
                new LedgerBench(),
                new CashbackBench(),
                new InvestmentsBench(),
                new PagesBench(),
                new StartBench(),
                new CoalescerBench(),
                new TelemetryBench());
    }

    /// What no bar is about, run by its name alone.
    static List<Benchmark> others() {
        return List.of(new NodesBench());
    }

    /// Runs these, one after the other; one that fails keeps no other from running.
    static Report run(List<Benchmark> benchmarks, PrintWriter writer, Effort effort)
            throws InterruptedException {
        var parts = new ArrayList<Report.Part>();
        var machine = new ArrayList<String>();
        for (var benchmark : benchmarks) {
            var out = new Printout(writer);
            out.heading(benchmark.name());
            parts.add(run(benchmark, out, effort));
            out.bars();
            if (machine.isEmpty()) {
                machine.addAll(out.machine());
            }
        }
        return new Report(machine, parts);
    }

    private static Report.Part run(Benchmark benchmark, Printout out, Effort effort)
            throws InterruptedException {
        var start = System.nanoTime();
        var end = Report.End.FAILED;
        var why = "";
        try {
            end = benchmark.run(out, effort) ? Report.End.CONSERVED : Report.End.NOT_CONSERVED;
        } catch (InterruptedException interrupted) {
            throw interrupted;
        } catch (Exception failed) {
            why = String.valueOf(failed).lines().findFirst().orElse("").strip();
            out.say("FAILED: %s", failed);
        }
        var took = Duration.ofNanos(System.nanoTime() - start);
        return new Report.Part(benchmark.name(), out.figures(), end, why, took);
    }
}
