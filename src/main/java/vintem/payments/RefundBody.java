package vintem.payments;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vintem.payments.RefundTable.Refund;
import vintem.platform.Cents;
import vintem.platform.Json;

/// A refund as it is answered.
///
/// @param value reais with two decimals
/// @param status `processing`, `done` or `failed`
/// @param byBank the bank took it back by itself (MED)
public record RefundBody(
        UUID id,
        @Nullable UUID paymentId,
        UUID receiptId,
        String refundId,
        String endToEndId,
        BigDecimal value,
        String status,
        @Nullable String reason,
        @Nullable String description,
        boolean byBank,
        Instant createdAt,
        @Nullable Instant endedAt) {

    static RefundBody of(Refund refund) {
        return new RefundBody(
                refund.id(),
                refund.paymentId(),
                refund.receiptId(),
                refund.refundId(),
                refund.endToEndId(),
                Cents.toReais(refund.amountCents()),
                refund.status(),
                refund.reason(),
                refund.description(),
                refund.byBank(),
                refund.createdAt(),
                refund.endedAt());
    }

    byte[] json() {
        return Json.write(this);
    }
}
