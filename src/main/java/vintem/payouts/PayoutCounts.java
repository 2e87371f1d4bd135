package vintem.payouts;

import java.util.Collection;
import java.util.List;
import vintem.payouts.ClaimPayouts.Decision;
import vintem.payouts.PayoutTable.Ended;
import vintem.platform.Metrics;
import vintem.platform.Metrics.Counter;

/// Counts payouts by what became of them: each once, when it is known.
final class PayoutCounts {
    private static final Counter PAID = counter("paid");
    private static final Counter FAILED = counter("failed");
    private static final Counter REFUSED = counter("refused");
    private static final Counter DUPLICATE = counter("duplicate");

    private PayoutCounts() {}

    /// After the commit: a transaction that is run again would count twice.
    static void ended(Collection<Ended> ended) {
        for (var each : ended) {
            (each.outcome().equals("paid") ? PAID : FAILED).increment();
        }
    }

    /// Those that the bank will not hear of.
    static void decided(List<Decision> decisions) {
        for (var decision : decisions) {
            switch (decision) {
                case Decision.Final(Outcome.Duplicate _), Decision.SameAs _ ->
                        DUPLICATE.increment();
                case Decision.Final(Outcome.Failed _) -> REFUSED.increment();
                case Decision.Final _, Decision.Send _ -> {}
            }
        }
    }

    private static Counter counter(String outcome) {
        return Metrics.counter(
                "vintem_payouts_total",
                "Payouts by what became of them; refused ones the bank never heard of",
                "outcome",
                outcome);
    }
}
