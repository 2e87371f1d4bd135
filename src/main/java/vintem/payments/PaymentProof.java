package vintem.payments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import vintem.bank.BankBooks;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.platform.Proof;

/// Each paid payment has one receipt and one transfer that tells of it, `unidentified` is what
/// waits for somebody to say whose it is, `refunds` is what went back, and the bank received no Pix
/// twice.
@Singleton
class PaymentProof implements Proof {
    private final PaymentLookupTable table;
    private final Ledger ledger;
    private final BankBooks bank;

    @Inject
    PaymentProof(PaymentLookupTable table, Ledger ledger, BankBooks bank) {
        this.table = table;
        this.ledger = ledger;
        this.bank = bank;
    }

    @Override
    public String claim() {
        return "each confirmed payment has one receipt, unidentified money waits, refunds add up";
    }

    @Override
    public List<String> refute(Handle snapshot) {
        var wrong = new ArrayList<String>();
        for (var id : table.wronglyPaid(snapshot)) {
            wrong.add("payment %s: its receipts do not tell what its status tells".formatted(id));
        }
        for (var id : table.wronglyBooked(snapshot)) {
            wrong.add("payment %s: its transfers do not tell what was paid".formatted(id));
        }
        for (var id : table.wronglyRefunded(snapshot)) {
            wrong.add("payment %s: its refunds do not add up".formatted(id));
        }
        var twice = bank.receivedMoreThanOnce(snapshot);
        if (twice > 0) {
            wrong.add("%d Pix are on the bank's statement more than once".formatted(twice));
        }
        var orphans = table.orphans(snapshot);
        if (orphans > 0) {
            wrong.add("%d receipts or transfers belong to no payment".formatted(orphans));
        }
        Proof.compare(
                wrong,
                "account unidentified and the receipts that nobody claimed",
                ledger.balanceCents(snapshot, AccountCode.UNIDENTIFIED),
                table.unidentifiedCents(snapshot));
        Proof.compare(
                wrong,
                "account refunds and the refunds that are done",
                ledger.balanceCents(snapshot, AccountCode.REFUNDS),
                table.refundedCents(snapshot, AccountCode.REFUNDS.code()));
        return wrong;
    }
}
