package vintem.payments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import vintem.ledger.AccountCode;
import vintem.platform.Outbox;

/// The door of payments for modules whose debtors pay by Pix: everything in lists, and inside the
/// caller's transaction.
///
/// Such a payment has a purpose of its own, the account that is credited when it is confirmed. Its
/// code can be paid for ever: money that comes for one that was removed is for that purpose all the
/// same, and whoever made it hears of it by [PaymentEvent.Confirmed]. What is given back of it, by
/// us or by the bank, is taken from that account again: [PaymentEvent.Refunded].
@Singleton
public class Payments {
    private final CreatePayment createPayment;
    private final PaymentTable table;
    private final PaymentLookupTable lookups;
    private final Outbox outbox;
    private final Screens screens;
    private final Clock clock;
    private final String receiver = Receiver.configured().shown().name();

    @Inject
    Payments(
            CreatePayment createPayment,
            PaymentTable table,
            PaymentLookupTable lookups,
            Outbox outbox,
            Screens screens,
            Clock clock) {
        this.createPayment = createPayment;
        this.table = table;
        this.lookups = lookups;
        this.outbox = outbox;
        this.screens = screens;
        this.clock = clock;
    }

    /// Asks for all of these, by static codes.
    ///
    /// @return the payments in the order of the requests
    public List<Payment> createAll(Handle tx, List<CreatePayment.Request> requests) {
        return createPayment.createAll(tx, requests);
    }

    /// Takes those of them back that nobody has paid and that have not expired; whoever looks at
    /// one is told after the commit. Locks them in the order of their ids.
    public void removeAll(Handle tx, Collection<UUID> paymentIds) {
        if (paymentIds.isEmpty()) {
            return;
        }
        var removed = table.removeAll(tx, paymentIds, clock.instant());
        outbox.publish(
                tx,
                removed.stream()
                        .map(
                                it ->
                                        new PaymentEvent.Removed(it.id(), it.txid(), it.purpose())
                                                .news())
                        .toList());
        tx.afterCommit(() -> removed.forEach(it -> screens.changed(it.id(), "payment-removed")));
    }

    /// Those of them that exist, in no order.
    public List<Payment> find(Handle tx, Collection<UUID> paymentIds) {
        return paymentIds.isEmpty() ? List.of() : lookups.find(tx, List.copyOf(paymentIds));
    }

    /// All that was paid for a purpose, in cents; for proofs.
    public long paidCents(Handle snapshot, AccountCode purpose) {
        return lookups.paidCents(snapshot, purpose.code());
    }

    /// All that went back of what was paid for a purpose, in cents; for proofs.
    public long refundedCents(Handle snapshot, AccountCode purpose) {
        return lookups.refundedCents(snapshot, purpose.code());
    }

    /// Who is paid, as payers see it.
    public String receiver() {
        return receiver;
    }

    /// Where the image of a payment's code is, an SVG.
    public static String imagePath(UUID paymentId) {
        return "/payments/pix/qr_code/" + QrImages.fileName(paymentId) + ".svg";
    }
}
