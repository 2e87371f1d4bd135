package vintem.bench;

import java.io.PrintWriter;
import java.util.List;

/// One benchmark: a flow, its figures, its bars, its proof.
public sealed interface Benchmark
        permits PayoutsBench,
                PaymentsBench,
                BillingBench,
                CashbackBench,
                LedgerBench,
                CoalescerBench,
                InvestmentsBench,
                TelemetryBench {
    /// How long to measure. The quick one only shows that everything works.
    enum Effort {
        FULL,
        QUICK;

        int of(int full, int quick) {
            return this == FULL ? full : quick;
        }
    }

    String name();

    /// Measures and prints. Removes what it made, also where it fails or is interrupted.
    ///
    /// @return whether everything is where it belongs; a missed bar is no failure
    boolean run(Printout out, Effort effort) throws Exception;

    /// All of them, in the order in which they run without a name.
    static List<Benchmark> all() {
        return List.of(
                new PayoutsBench(),
                new PaymentsBench(),
                new BillingBench(),
                new CashbackBench(),
                new LedgerBench(),
                new CoalescerBench(),
                new InvestmentsBench(),
                new TelemetryBench());
    }

    /// Runs these, one after the other.
    ///
    /// @return whether every proof held
    static boolean run(List<Benchmark> benchmarks, PrintWriter writer, Effort effort)
            throws Exception {
        var conserved = true;
        for (var benchmark : benchmarks) {
            var out = new Printout(writer);
            out.heading(benchmark.name());
            conserved &= benchmark.run(out, effort);
            out.bars();
        }
        return conserved;
    }
}
