package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jdbi.v3.core.Handle;
import vintem.ledger.AccountCode;
import vintem.payments.Payment;
import vintem.payments.PaymentEvent;
import vintem.payments.Payments;
import vintem.platform.Ids;
import vintem.platform.Outbox;
import vintem.platform.Subscriber;

/// Settles charges by the Pix payments that were confirmed for them: what waits in
/// `clearing:billing` goes where it belongs. A payment settles once, whoever tells of it how often.
@Singleton
class SettleByPix implements Subscriber {
    private static final Logger LOG = Logger.getLogger(SettleByPix.class);

    private final ChargePixTable codes;
    private final SettlementTable settlements;
    private final BookSettlements bookSettlements;
    private final Payments payments;
    private final Clock clock;

    @Inject
    SettleByPix(
            ChargePixTable codes,
            SettlementTable settlements,
            BookSettlements bookSettlements,
            Payments payments,
            Clock clock) {
        this.codes = codes;
        this.settlements = settlements;
        this.bookSettlements = bookSettlements;
        this.payments = payments;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "billing.pix";
    }

    @Override
    public Set<String> types() {
        return Set.of(PaymentEvent.CONFIRMED);
    }

    @Override
    public void apply(Handle tx, List<Outbox.Event> events) {
        var confirmed =
                events.stream()
                        .map(event -> event.as(PaymentEvent.Confirmed.class))
                        .filter(it -> it.purpose().equals(AccountCode.CLEARING_BILLING.code()))
                        .map(PaymentEvent.Confirmed::paymentId)
                        .distinct()
                        .toList();
        if (!confirmed.isEmpty()) {
            settle(tx, confirmed);
        }
    }

    private void settle(Handle tx, List<UUID> paymentIds) {
        var charges = codes.charges(tx, paymentIds);
        var booking = bookSettlements.open(tx, Set.copyOf(charges.values()));
        // Read under the locks: whoever settled by one of them has committed.
        var done = settlements.settledByPix(tx, paymentIds);
        for (var payment : payments.find(tx, paymentIds)) {
            var charge = charges.get(payment.id());
            if (charge == null) {
                // The proof finds it: money stays in the clearing account.
                LOG.errorf("payment %s is for a charge, and for none", payment.id());
            } else if (!done.contains(payment.id())) {
                booking.bookNew(
                        money(payment),
                        booking.charge(charge).orElseThrow(),
                        AccountCode.CLEARING_BILLING);
            }
        }
        booking.write(tx);
    }

    private Settlement money(Payment payment) {
        return new Settlement(
                Ids.next(),
                Settlement.Channel.PIX,
                Settlement.Status.UNKNOWN,
                null,
                null,
                Objects.requireNonNull(payment.paidCents()),
                Objects.requireNonNull(payment.paidAt()),
                null,
                null,
                null,
                null,
                payment.id(),
                0,
                0,
                0,
                0,
                0,
                null,
                clock.instant(),
                null,
                null);
    }
}
