package vintem.payouts;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vintem.access.Caller;
import vintem.bank.PixKey;
import vintem.ledger.AccountCode;

/// One list of payouts as somebody sent it.
///
/// @param id given before the first attempt, so that a list may be run again
/// @param purpose the account that pays in the end
/// @param scheduledFor when it is to be sent; null at once
/// @param allOrNothing nothing of it is sent where any item cannot be
record Submission(
        UUID id,
        String batchId,
        Caller caller,
        AccountCode purpose,
        Instant receivedAt,
        List<Item> items,
        @Nullable Instant scheduledFor,
        boolean allOrNothing) {

    /// One that is to be sent at once.
    Submission(
            UUID id,
            String batchId,
            Caller caller,
            AccountCode purpose,
            Instant receivedAt,
            List<Item> items) {
        this(id, batchId, caller, purpose, receivedAt, items, null, false);
    }

    /// Whether somebody may have to look at it first: what Vintém itself owes was asked for by
    /// whom it is owed to.
    boolean mayBeHeld() {
        return caller.kind() != Caller.Kind.SYSTEM;
    }

    /// One payout asked for.
    ///
    /// @param payoutId the row it will become if its external id is new
    /// @param key null where `pixKey` is no Pix key
    record Item(
            UUID payoutId,
            String externalId,
            @Nullable String userId,
            String pixKey,
            @Nullable PixKey key,
            long amountCents,
            @Nullable String taxId,
            @Nullable String description) {

        /// The key as it is stored and compared: normalised where it is one.
        String storedKey() {
            return key == null ? pixKey : key.value();
        }
    }
}
