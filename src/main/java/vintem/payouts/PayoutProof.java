package vintem.payouts;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import vintem.bank.BankBooks;
import vintem.platform.Proof;

/// Each paid payout left the account once.
@Singleton
class PayoutProof implements Proof {
    private final PayoutLookupTable table;
    private final HoldTable holds;
    private final BankBooks bank;

    @Inject
    PayoutProof(PayoutLookupTable table, HoldTable holds, BankBooks bank) {
        this.table = table;
        this.holds = holds;
        this.bank = bank;
    }

    @Override
    public String claim() {
        return "each payout is settled once, none is sent while it is held, and no order was paid"
                + " more than once";
    }

    @Override
    public List<String> refute(Handle snapshot) {
        var wrong = new ArrayList<String>();
        for (var id : table.withWrongSettlements(snapshot)) {
            wrong.add("payout %s: its transfers do not tell what its status tells".formatted(id));
        }
        for (var id : table.withWrongAttempts(snapshot)) {
            wrong.add("payout %s: its attempts do not tell what its status tells".formatted(id));
        }
        for (var id : table.batchesWithWrongCounters(snapshot)) {
            wrong.add("batch %s: its counters are not the counts of its payouts".formatted(id));
        }
        for (var id : holds.wronglyHeld(snapshot)) {
            wrong.add("payout %s: what holds it does not tell what its status tells".formatted(id));
        }
        for (var id : holds.withWrongSums(snapshot)) {
            wrong.add("hold %s: its sums are not those of its payouts".formatted(id));
        }
        for (var id : holds.releasedWrongly(snapshot)) {
            wrong.add("hold %s was not released as it must be".formatted(id));
        }
        var orphans = table.orphans(snapshot);
        if (orphans > 0) {
            wrong.add("%d attempts or payouts belong to nothing".formatted(orphans));
        }
        var twice = bank.paidMoreThanOnce(snapshot);
        if (twice > 0) {
            wrong.add("the bank paid %d orders more than once".formatted(twice));
        }
        return wrong;
    }
}
