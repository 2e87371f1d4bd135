package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.ledger.AccountCode;
import vintem.payments.Payment;
import vintem.payments.PaymentEvent;
import vintem.payments.Payments;
import vintem.platform.Ids;
import vintem.platform.Outbox;
import vintem.platform.Subscriber;

/// Settles charges by the Pix payments that were confirmed for them: what waits in
/// `clearing:billing` goes where it belongs, and what was given back comes from there. A payment
/// settles once, and a refund is booked once, whoever tells of it how often.
@Singleton
class SettleByPix implements Subscriber {
    private static final Logger LOG = Logger.getLogger(SettleByPix.class);

    private final ChargePixTable codes;
    private final SettlementTable settlements;
    private final BookSettlements bookSettlements;
    private final BookRefunds bookRefunds;
    private final Payments payments;
    private final Clock clock;

    @Inject
    SettleByPix(
            ChargePixTable codes,
            SettlementTable settlements,
            BookSettlements bookSettlements,
            BookRefunds bookRefunds,
            Payments payments,
            Clock clock) {
        this.codes = codes;
        this.settlements = settlements;
        this.bookSettlements = bookSettlements;
        this.bookRefunds = bookRefunds;
        this.payments = payments;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "billing.pix";
    }

    @Override
    public Set<String> types() {
        return Set.of(PaymentEvent.CONFIRMED, PaymentEvent.REFUNDED);
    }

    @Override
    public String purpose() {
        return AccountCode.CLEARING_BILLING.code();
    }

    /// First what came in, then what went back: what is refunded in this list may have come in it.
    @Override
    public void apply(Handle tx, List<Outbox.Event> events) {
        var confirmed = new LinkedHashSet<UUID>();
        var refunded = new ArrayList<PaymentEvent.Refunded>();
        for (var event : events) {
            switch (event.type()) {
                case PaymentEvent.CONFIRMED -> {
                    var it = event.as(PaymentEvent.Confirmed.class);
                    if (isOfCharge(it.purpose())) {
                        confirmed.add(it.paymentId());
                    }
                }
                case PaymentEvent.REFUNDED -> {
                    var it = event.as(PaymentEvent.Refunded.class);
                    if (isOfCharge(it.purpose())) {
                        refunded.add(it);
                    }
                }
                default -> {}
            }
        }
        if (!confirmed.isEmpty()) {
            settle(tx, List.copyOf(confirmed));
        }
        if (!refunded.isEmpty()) {
            giveBack(tx, refunded);
        }
    }

    /// Events of an older version of ours do not say whose business a refund is: then it was ours
    /// as a whole, and is in the account `refunds`.
    private static boolean isOfCharge(@Nullable String purpose) {
        return AccountCode.CLEARING_BILLING.code().equals(purpose);
    }

    private void giveBack(Handle tx, List<PaymentEvent.Refunded> refunds) {
        var payments = refunds.stream().map(PaymentEvent.Refunded::paymentId).distinct().toList();
        var charges = codes.charges(tx, payments);
        var ofCharges =
                refunds.stream().filter(each -> charges.containsKey(each.paymentId())).toList();
        if (ofCharges.size() < refunds.size()) {
            // The proof finds it: the clearing account is short of it.
            LOG.error("a refund is of a payment for a charge, and of none");
        }
        bookRefunds.book(tx, ofCharges, charges);
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
