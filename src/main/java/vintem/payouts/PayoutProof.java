package vintem.payouts;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import vintem.bank.BankBooks;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.payouts.PayoutLookupTable.Open;
import vintem.platform.Cents;
import vintem.platform.Proof;

/// Each paid payout left the account once, `in_transit` is what is under way, and the bank's own
/// statement equals the account `bank`.
@Singleton
class PayoutProof implements Proof {
    private final PayoutLookupTable table;
    private final PayoutReturnTable returns;
    private final Ledger ledger;
    private final BankBooks bank;

    @Inject
    PayoutProof(PayoutLookupTable table, PayoutReturnTable returns, Ledger ledger, BankBooks bank) {
        this.table = table;
        this.returns = returns;
        this.ledger = ledger;
        this.bank = bank;
    }

    @Override
    public String claim() {
        return "each payout is settled once, in_transit is what is under way, the bank agrees";
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
        var orphans = table.orphans(snapshot);
        if (orphans > 0) {
            wrong.add("%d attempts or payouts belong to nothing".formatted(orphans));
        }
        compare(
                wrong,
                "in_transit and the payouts under way",
                ledger.balanceCents(snapshot, AccountCode.IN_TRANSIT),
                table.centsOf(snapshot, "processing"));
        refuteBank(snapshot, wrong);
        return wrong;
    }

    /// What has left our `bank` but not yet the bank's account is under way; what has come back
    /// there and is not read yet is ahead of us.
    private void refuteBank(Handle snapshot, List<String> wrong) {
        var twice = bank.paidMoreThanOnce(snapshot);
        if (twice > 0) {
            wrong.add("the bank paid %d orders more than once".formatted(twice));
        }
        var open = table.open(snapshot);
        var left = bank.paidOut(snapshot, open.stream().map(Open::providerId).toList());
        var notLeftYet =
                open.stream()
                        .filter(each -> !left.contains(each.providerId()))
                        .mapToLong(Open::amountCents)
                        .sum();
        var unread = bank.returnedAfterCents(snapshot, returns.place(snapshot));
        compare(
                wrong,
                "account bank and the bank's statement",
                ledger.balanceCents(snapshot, AccountCode.BANK) + notLeftYet + unread,
                bank.balanceCents(snapshot));
    }

    private static void compare(List<String> wrong, String what, long ours, long theirs) {
        if (ours != theirs) {
            wrong.add(
                    "%s differ: %s and %s"
                            .formatted(what, Cents.format(ours), Cents.format(theirs)));
        }
    }
}
