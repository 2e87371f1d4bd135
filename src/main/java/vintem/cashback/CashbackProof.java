package vintem.cashback;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.payouts.Payouts;
import vintem.platform.Proof;

/// From the purchases to the cent: each month owes its rate of what was approved in it; what was
/// booked for each reseller is what their months and their account say; and what is available, with
/// what was paid out, is what was credited.
@Singleton
class CashbackProof implements Proof {
    private final CashbackProofTable table;
    private final Payouts payouts;
    private final Ledger ledger;

    @Inject
    CashbackProof(CashbackProofTable table, Payouts payouts, Ledger ledger) {
        this.table = table;
        this.payouts = payouts;
        this.ledger = ledger;
    }

    @Override
    public String claim() {
        return "cashback owed is the month's rate of what was approved, and nobody is paid more";
    }

    @Override
    public List<String> refute(Handle snapshot) {
        var wrong = new ArrayList<String>();
        for (var month : table.wrongMonths(snapshot)) {
            wrong.add("reseller %s: the month does not owe what it should".formatted(month));
        }
        for (var id : table.wrongResellers(snapshot)) {
            wrong.add("reseller %s: the transfers do not tell what is owed".formatted(id));
        }
        var orphans = table.orphans(snapshot);
        if (orphans > 0) {
            wrong.add("%d purchases or months belong to no reseller".formatted(orphans));
        }
        Proof.compare(
                wrong,
                "account cashback_expense and what the months came to",
                ledger.balanceCents(snapshot, AccountCode.CASHBACK_EXPENSE),
                table.accruedCents(snapshot));
        Proof.compare(
                wrong,
                "account cashback_pending and what is not credited yet",
                ledger.balanceCents(snapshot, AccountCode.CASHBACK_PENDING),
                table.pendingCents(snapshot));
        Proof.compare(
                wrong,
                "account cashback_recoverable and what resellers owe",
                ledger.balanceCents(snapshot, AccountCode.CASHBACK_RECOVERABLE),
                table.recoverableCents(snapshot));
        // A payout takes its money when the bank has paid; the reseller's account when they ask.
        Proof.compare(
                wrong,
                "account cashback_available with its payouts, and what resellers have or asked for",
                Math.addExact(
                        ledger.balanceCents(snapshot, AccountCode.CASHBACK_AVAILABLE),
                        payouts.paidCents(snapshot, AccountCode.CASHBACK_AVAILABLE)),
                Math.addExact(table.availableCents(snapshot), table.askedCents(snapshot)));
        return wrong;
    }
}
