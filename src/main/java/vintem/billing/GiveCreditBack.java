package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import vintem.payments.Payment;
import vintem.payments.Payments;
import vintem.payments.RefundPayment;
import vintem.payments.RefundPayment.Part;

/// Gives a debtor's credit back to whoever paid by Pix: of a charge that was paid by boleto and by
/// Pix, the Pix goes back, whichever came first. Credit of boletos alone has no Pix to go back by.
@Singleton
class GiveCreditBack {
    private final ChargeTable charges;
    private final ChargeRefundTable refunds;
    private final ChargePixTable codes;
    private final Payments payments;
    private final RefundPayment refundPayment;

    @Inject
    GiveCreditBack(
            ChargeTable charges,
            ChargeRefundTable refunds,
            ChargePixTable codes,
            Payments payments,
            RefundPayment refundPayment) {
        this.charges = charges;
        this.refunds = refunds;
        this.codes = codes;
        this.payments = payments;
        this.refundPayment = refundPayment;
    }

    /// @param request its amount does not count: all that one payment can give back goes
    RefundPayment.Outcome give(UUID chargeId, RefundPayment.Request request) {
        return refundPayment.chosen(request, tx -> choose(tx, chargeId));
    }

    /// Two requests of one charge come one after the other: the second sees what the first asked
    /// for, of whichever payment.
    private Optional<Part> choose(Handle tx, UUID chargeId) {
        return charges.lock(tx, List.of(chargeId)).isEmpty()
                ? Optional.empty()
                : possible(tx, chargeId);
    }

    /// What may go back of a charge's credit at this moment, by one payment.
    Optional<Part> possible(Handle snapshot, UUID chargeId) {
        var paid = paid(snapshot, chargeId);
        var credit = refunds.creditCents(snapshot, chargeId) - underWay(snapshot, chargeId, paid);
        return paid.stream()
                .max(Comparator.comparingLong(GiveCreditBack::left))
                .map(it -> new Part(it.id(), Math.min(credit, left(it))))
                .filter(part -> part.amountCents() > 0);
    }

    private List<Payment> paid(Handle snapshot, UUID chargeId) {
        var ids =
                codes.ofCharge(snapshot, chargeId).stream()
                        .map(ChargePixTable.Code::paymentId)
                        .toList();
        return payments.find(snapshot, ids).stream().filter(Payment::isPaid).toList();
    }

    /// Asked for, and not booked here yet.
    private long underWay(Handle snapshot, UUID chargeId, List<Payment> paid) {
        return paid.stream().mapToLong(Payment::refundedCents).sum()
                - refunds.ofCharge(snapshot, chargeId).stream()
                        .mapToLong(ChargeRefund::amountCents)
                        .sum();
    }

    private static long left(Payment payment) {
        return payment.paidCents() == null ? 0 : payment.paidCents() - payment.refundedCents();
    }
}
