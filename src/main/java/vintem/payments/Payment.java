package vintem.payments;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A payment as it stands in the database.
///
/// @param mode `static` or `psp`, who made the code
/// @param status as it was last written: ask [#statusAt] instead, time passes without writing
/// @param paidCents what arrived, which is what was asked unless an operator matched it
/// @param refundedCents refunds that are done or under way
public record Payment(
        UUID id,
        String txid,
        String mode,
        String status,
        long amountCents,
        String purpose,
        @Nullable String copyAndPaste,
        @Nullable String reference,
        @Nullable String description,
        @Nullable String payerName,
        @Nullable String payerTaxId,
        Instant createdAt,
        Instant expiresAt,
        @Nullable Instant paidAt,
        @Nullable Long paidCents,
        boolean late,
        @Nullable String endToEndId,
        long refundedCents) {

    /// `registering`, `active`, `paid`, `expired`, `removed`, `refunded` or `refused` (by the PSP).
    ///
    /// A payment expires at its instant, whenever the job comes round to write it down.
    public String statusAt(Instant now) {
        var open = status.equals("active") || status.equals("registering");
        return open && !expiresAt.isAfter(now) ? "expired" : status;
    }

    public boolean isPaid() {
        return paidAt != null;
    }

    static Payment of(NewPayment created) {
        return new Payment(
                created.id(),
                created.txid(),
                created.mode().word(),
                created.status(),
                created.amountCents(),
                created.purpose().code(),
                created.copyAndPaste(),
                created.reference(),
                created.description(),
                created.payerName(),
                created.payerTaxId(),
                created.createdAt(),
                created.expiresAt(),
                null,
                null,
                false,
                null,
                0);
    }
}
