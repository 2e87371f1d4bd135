package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.payments.Payments;
import vintem.platform.Proof;

/// Each charge has one receivable, and what was settled and not given back is what was paid; the
/// accounts repeat what the charges say; no number of a boleto is used twice.
@Singleton
class BillingProof implements Proof {
    private final BillingProofTable table;
    private final Payments payments;
    private final Ledger ledger;

    @Inject
    BillingProof(BillingProofTable table, Payments payments, Ledger ledger) {
        this.table = table;
        this.payments = payments;
        this.ledger = ledger;
    }

    @Override
    public String claim() {
        return "each charge has one receivable, is settled by what was paid, and its boleto is one";
    }

    @Override
    public List<String> refute(Handle snapshot) {
        var wrong = new ArrayList<String>();
        for (var id : table.wronglyCharged(snapshot)) {
            wrong.add("charge %s: it has not one receivable of its amount".formatted(id));
        }
        for (var id : table.wronglySettled(snapshot)) {
            wrong.add("charge %s: its settlements do not tell what was paid".formatted(id));
        }
        for (var id : table.wronglyCancelled(snapshot)) {
            wrong.add("charge %s: its transfers do not tell whether it is cancelled".formatted(id));
        }
        for (var id : table.wronglyBooked(snapshot)) {
            wrong.add("settlement %s: its transfers do not tell how it was divided".formatted(id));
        }
        for (var id : table.wronglyRefunded(snapshot)) {
            wrong.add("refund %s: its transfers do not tell how it was divided".formatted(id));
        }
        count(wrong, table.numbersUsedTwice(snapshot), "numbers of boletos are used twice");
        count(wrong, table.numbersNotTaken(snapshot), "numbers of boletos were never taken");
        count(wrong, table.orphans(snapshot), "transfers or rows belong to no charge");
        Proof.compare(
                wrong,
                "account receivable and what is owed of the charges",
                ledger.balanceCents(snapshot, AccountCode.RECEIVABLE),
                table.owedCents(snapshot));
        Proof.compare(
                wrong,
                "account debtor_credit and what was paid too much",
                ledger.balanceCents(snapshot, AccountCode.DEBTOR_CREDIT),
                table.creditCents(snapshot));
        Proof.compare(
                wrong,
                "account clearing:billing and the Pix payments and refunds that await their charges",
                ledger.balanceCents(snapshot, AccountCode.CLEARING_BILLING),
                payments.paidCents(snapshot, AccountCode.CLEARING_BILLING)
                        - table.settledByPixCents(snapshot)
                        - payments.refundedCents(snapshot, AccountCode.CLEARING_BILLING)
                        + table.refundedCents(snapshot));
        return wrong;
    }

    private static void count(List<String> wrong, long count, String what) {
        if (count > 0) {
            wrong.add("%d %s".formatted(count, what));
        }
    }
}
