package vintem.payments;

import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vintem.ledger.AccountCode;

/// A payment to be written, complete.
///
/// @param txid also what the bank's confirmation names (`bank_payment_id`)
/// @param purpose the account that its money is for
/// @param copyAndPaste null while the PSP has to register it
/// @param nextAskAt when the PSP is to be asked again, null where nobody is asked
record NewPayment(
        UUID id,
        String txid,
        Mode mode,
        long amountCents,
        AccountCode purpose,
        @Nullable String copyAndPaste,
        @Nullable String reference,
        @Nullable String description,
        @Nullable String payerName,
        @Nullable String payerTaxId,
        Instant createdAt,
        Instant expiresAt,
        @Nullable Instant nextAskAt) {

    /// Who makes the code.
    enum Mode {
        /// We do: any bank pays it, whenever and as often as somebody likes; that it expires is our
        /// own rule.
        STATIC,
        /// The PSP does, and lets nobody pay it twice or too late.
        PSP;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    String status() {
        return copyAndPaste == null ? "registering" : "active";
    }
}
