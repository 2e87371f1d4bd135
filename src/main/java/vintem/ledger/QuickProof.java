package vintem.ledger;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What can be proven of the books in a moment, whatever number of transfers there are: the rest is
/// for `vintem audit`.
///
/// @param debitCents of all accounts
/// @param creditCents of all accounts
/// @param agree checkpoints and days, which are kept apart, tell the same of every account
/// @param bankCents what the bank account holds; below zero nothing is in order
/// @param checkpointAt when the youngest transfer was recorded that a checkpoint covers; null where
///     there is none yet
public record QuickProof(
        long debitCents,
        long creditCents,
        boolean agree,
        long bankCents,
        @Nullable Instant checkpointAt) {

    public boolean balanced() {
        return debitCents == creditCents;
    }

    public boolean holds() {
        return balanced() && agree && bankCents >= 0;
    }

    static QuickProof of(
            List<Ledger.Balance> balances,
            Map<AccountCode, DayTable.Total> days,
            Optional<Instant> checkpointAt) {
        var debits = 0L;
        var credits = 0L;
        var agree = true;
        for (var each : balances) {
            debits = Math.addExact(debits, each.debitCents());
            credits = Math.addExact(credits, each.creditCents());
            var told = days.getOrDefault(each.account(), new DayTable.Total(0, 0));
            agree &=
                    told.debitCents() == each.debitCents()
                            && told.creditCents() == each.creditCents();
        }
        return new QuickProof(
                debits,
                credits,
                agree,
                balances.get(AccountCode.BANK.ordinal()).balanceCents(),
                checkpointAt.orElse(null));
    }
}
