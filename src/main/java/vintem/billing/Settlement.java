package vintem.billing;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Money that came for a charge, or that the bank says has come for a debt that nobody has.
///
/// @param chargeId null while nobody knows whose it is
/// @param debtId as the bank's message had it; null of a Pix
/// @param paidBy whoever paid, as the bank has it
/// @param fingerprint what tells the message where it has no id
/// @param paymentId the Pix payment; null of what the bank's webhook tells
/// @param reason why there is a credit; null where there is none
/// @param decidedBy who said whose it is, or that it is nothing
record Settlement(
        UUID id,
        Channel channel,
        Status status,
        @Nullable UUID chargeId,
        @Nullable String debtId,
        long amountCents,
        Instant paidAt,
        @Nullable String paidBy,
        @Nullable String bankPaymentId,
        @Nullable String endToEndId,
        @Nullable String fingerprint,
        @Nullable UUID paymentId,
        long principalCents,
        long lateCents,
        long creditCents,
        long discountCents,
        long waivedCents,
        @Nullable Reason reason,
        Instant recordedAt,
        @Nullable String decidedBy,
        @Nullable Instant decidedAt) {

    enum Channel {
        /// What the bank's webhook tells.
        BOLETO,
        PIX;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Channel of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    enum Status {
        SETTLED,
        /// No money is booked for it until a person says whose it is.
        UNKNOWN,
        DISMISSED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Status of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /// Why money is its debtor's credit.
    enum Reason {
        OVERPAID,
        PAID_BEFORE,
        CANCELLED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Reason of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /// Whose it is, where somebody knows.
    Optional<UUID> ofCharge() {
        return Optional.ofNullable(chargeId);
    }

    /// The same with the ids that the bank has for it, where it had none.
    Settlement named(@Nullable String paymentIdOfBank, @Nullable String endToEnd) {
        return new Settlement(
                id,
                channel,
                status,
                chargeId,
                debtId,
                amountCents,
                paidAt,
                paidBy,
                bankPaymentId == null ? paymentIdOfBank : bankPaymentId,
                endToEndId == null ? endToEnd : endToEndId,
                fingerprint,
                paymentId,
                principalCents,
                lateCents,
                creditCents,
                discountCents,
                waivedCents,
                reason,
                recordedAt,
                decidedBy,
                decidedAt);
    }

    /// The same, for a charge and divided.
    Settlement settled(UUID charge, Debt.Split split, @Nullable Reason why) {
        return new Settlement(
                id,
                channel,
                Status.SETTLED,
                charge,
                debtId,
                amountCents,
                paidAt,
                paidBy,
                bankPaymentId,
                endToEndId,
                fingerprint,
                paymentId,
                split.principalCents(),
                split.lateCents(),
                split.creditCents(),
                split.discountCents(),
                split.waivedCents(),
                why,
                recordedAt,
                decidedBy,
                decidedAt);
    }

    /// The same, decided by somebody.
    Settlement decided(Status now, String by, Instant at) {
        return new Settlement(
                id,
                channel,
                now,
                chargeId,
                debtId,
                amountCents,
                paidAt,
                paidBy,
                bankPaymentId,
                endToEndId,
                fingerprint,
                paymentId,
                principalCents,
                lateCents,
                creditCents,
                discountCents,
                waivedCents,
                reason,
                recordedAt,
                by,
                at);
    }
}
