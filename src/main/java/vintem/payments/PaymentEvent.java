package vintem.payments;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vintem.platform.Outbox.News;

/// What happened to a payment, or to money that fits none. Names and members are a contract:
/// `docs/events.md`.
public sealed interface PaymentEvent {
    /// @param purpose the account that was credited: whose business it is
    /// @param paidCents what arrived, which is what was asked unless an operator matched it
    /// @param late after it had expired
    record Confirmed(
            UUID paymentId,
            String txid,
            String purpose,
            long amountCents,
            long paidCents,
            boolean late,
            @Nullable String endToEndId)
            implements PaymentEvent {}

    record Expired(UUID paymentId, String txid, String purpose) implements PaymentEvent {}

    record Removed(UUID paymentId, String txid, String purpose) implements PaymentEvent {}

    /// @param purpose the account that it was taken from: whose business it is
    /// @param byBank the bank took it back by itself (MED)
    /// @param whole nothing is left of what was paid
    record Refunded(
            UUID paymentId,
            String refundId,
            String purpose,
            long amountCents,
            boolean byBank,
            boolean whole)
            implements PaymentEvent {}

    record RefundFailed(UUID paymentId, String refundId, long amountCents, String reason)
            implements PaymentEvent {}

    /// Money arrived and nobody knows whose it is.
    record Unidentified(UUID receiptId, long amountCents, String reason) implements PaymentEvent {}

    String CONFIRMED = "payment.confirmed";
    String EXPIRED = "payment.expired";
    String REMOVED = "payment.removed";
    String REFUNDED = "payment.refunded";
    String REFUND_FAILED = "payment.refund_failed";
    String UNIDENTIFIED = "receipt.unidentified";

    default News news() {
        return switch (this) {
            case Confirmed it -> new News(CONFIRMED, it.paymentId().toString(), it, it.purpose());
            case Expired it -> new News(EXPIRED, it.paymentId().toString(), it, it.purpose());
            case Removed it -> new News(REMOVED, it.paymentId().toString(), it, it.purpose());
            case Refunded it -> new News(REFUNDED, it.paymentId().toString(), it, it.purpose());
            case RefundFailed it -> new News(REFUND_FAILED, it.paymentId().toString(), it);
            case Unidentified it -> new News(UNIDENTIFIED, it.receiptId().toString(), it);
        };
    }
}
