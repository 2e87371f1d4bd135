package vintem.ledger;

import java.time.Instant;
import java.util.UUID;
import vintem.platform.Ids;

/// Money from one account to another: `debit` gets it, `credit` gives it.
///
/// @param id given by the caller before the first attempt, so that writing twice is writing once
/// @param entryId shared by the legs of one fact, which are written together or not at all
/// @param amountCents positive
/// @param kind what happened, for example `payout_intended`
/// @param subjectId whose: a payout, a charge, a reseller
/// @param occurredAt when it happened in the world; when it was recorded the database says
public record Transfer(
        UUID id,
        UUID entryId,
        AccountCode debit,
        AccountCode credit,
        long amountCents,
        String kind,
        UUID subjectId,
        Instant occurredAt) {

    public Transfer {
        if (amountCents <= 0) {
            throw new IllegalArgumentException("a transfer moves something: " + amountCents);
        }
        if (debit == credit) {
            throw new IllegalArgumentException("a transfer has two ends: " + debit);
        }
    }

    /// A fact of one leg.
    public static Transfer of(
            AccountCode debit,
            AccountCode credit,
            long amountCents,
            String kind,
            UUID subjectId,
            Instant occurredAt) {
        var id = Ids.next();
        return new Transfer(id, id, debit, credit, amountCents, kind, subjectId, occurredAt);
    }
}
