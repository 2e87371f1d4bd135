package vintem.payments;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vintem.platform.Cents;
import vintem.platform.Json;

/// A payment as its payer and everybody who has its link may see it: the contract's members and the
/// house's. Nothing about the payer or the merchant's own reference.
///
/// @param value reais with two decimals
/// @param qrCode the file name to ask the QR route for
/// @param now the server's clock, for countdowns on devices whose own is wrong
@JsonInclude(JsonInclude.Include.ALWAYS)
public record PaymentBody(
        UUID id,
        BigDecimal value,
        boolean paid,
        String bankPaymentId,
        String qrCode,
        Instant expirationDate,
        String txid,
        @JsonProperty("pix_copia_e_cola") @Nullable String pixCopiaECola,
        String status,
        String pageUrl,
        boolean late,
        @Nullable Instant paidAt,
        @Nullable String endToEndId,
        BigDecimal refunded,
        Instant now) {

    private record Created(String message, PaymentBody payment) {}

    /// @param base scheme and host under which this is reached
    static PaymentBody of(Payment payment, String base, Instant now) {
        return new PaymentBody(
                payment.id(),
                Cents.toReais(payment.amountCents()),
                payment.isPaid(),
                payment.txid(),
                QrImages.fileName(payment.id()),
                payment.expiresAt(),
                payment.txid(),
                payment.copyAndPaste(),
                payment.statusAt(now),
                base + "/payments/pix/" + payment.id(),
                payment.late(),
                payment.paidAt(),
                payment.endToEndId(),
                Cents.toReais(payment.refundedCents()),
                now);
    }

    /// The answer to its creation.
    byte[] created() {
        return Json.write(new Created("The payment has been created", this));
    }
}
