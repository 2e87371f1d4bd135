package vintem.access;

import jakarta.inject.Singleton;
import java.time.LocalDate;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// The table `credential_spending`, and every statement that touches it.
@Singleton
class SpendingTable {
    // The update changes nothing but takes the lock, whether the day's row was there or not.
    private static final String LOCK =
            """
            insert into credential_spending as spending (credential_id, day, spent_cents)
            values (:credentialId, :day, 0)
            on conflict (credential_id, day) do update set spent_cents = spending.spent_cents
            returning spent_cents
            """;

    private static final String ADD =
            """
            update credential_spending set spent_cents = spent_cents + :cents
            where credential_id = :credentialId and day = :day
            """;

    private static final String TAKE_BACK =
            """
            update credential_spending set spent_cents = greatest(spent_cents - :cents, 0)
            where credential_id = :credentialId and day = :day
            """;

    /// What the credential has spent that day. Its row is locked until the transaction ends.
    long lock(Handle tx, UUID credentialId, LocalDate day) {
        return tx.createQuery(LOCK)
                .bind("credentialId", credentialId)
                .bind("day", day)
                .mapTo(Long.class)
                .one();
    }

    void add(Handle tx, UUID credentialId, LocalDate day, long cents) {
        change(tx, ADD, credentialId, day, cents);
    }

    void takeBack(Handle tx, UUID credentialId, LocalDate day, long cents) {
        change(tx, TAKE_BACK, credentialId, day, cents);
    }

    private static void change(
            Handle tx, String statement, UUID credentialId, LocalDate day, long cents) {
        tx.createUpdate(statement)
                .bind("credentialId", credentialId)
                .bind("day", day)
                .bind("cents", cents)
                .execute();
    }
}
