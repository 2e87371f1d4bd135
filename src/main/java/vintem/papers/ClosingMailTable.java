package vintem.papers;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The table `closing_mail`, and every statement that touches it.
@Singleton
class ClosingMailTable {
    // Of two who come at once the key takes one; a lease that is over may be taken by anybody.
    private static final String CLAIM =
            """
            insert into closing_mail as m (day, recipient_hash, status, attempts, lease_until)
            values (:day, :recipient, 'sending', 1, :until)
            on conflict (day, recipient_hash) do update
            set attempts = m.attempts + 1, lease_until = excluded.lease_until
            where m.status = 'sending' and m.lease_until <= :now and m.attempts < :most
            returning attempts
            """;

    private static final String END =
            """
            update closing_mail set status = :status, ended_at = :now, body = :body
            where day = :day and recipient_hash = :recipient and status = 'sending'
            """;

    private static final String AGAIN =
            """
            update closing_mail set lease_until = :until
            where day = :day and recipient_hash = :recipient and status = 'sending'
            """;

    private static final String FORGET = "delete from closing_mail where day < :before";

    /// @return how often it was tried, this time included; empty where it is not ours
    Optional<Integer> claim(
            Handle tx, LocalDate day, String recipient, Instant now, Instant until, int most) {
        return tx.createQuery(CLAIM)
                .bind("day", day)
                .bind("recipient", recipient)
                .bind("now", now)
                .bind("until", until)
                .bind("most", most)
                .mapTo(Integer.class)
                .findOne();
    }

    void end(
            Handle tx,
            LocalDate day,
            String recipient,
            String status,
            @Nullable String body,
            Instant now) {
        tx.createUpdate(END)
                .bind("day", day)
                .bind("recipient", recipient)
                .bind("status", status)
                .bind("body", body)
                .bind("now", now)
                .execute();
    }

    /// It may be tried again from then on.
    void again(Handle tx, LocalDate day, String recipient, Instant until) {
        tx.createUpdate(AGAIN)
                .bind("day", day)
                .bind("recipient", recipient)
                .bind("until", until)
                .execute();
    }

    void forget(Handle tx, LocalDate before) {
        tx.createUpdate(FORGET).bind("before", before).execute();
    }
}
