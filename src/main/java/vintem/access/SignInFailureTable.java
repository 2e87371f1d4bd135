package vintem.access;

import jakarta.inject.Singleton;
import java.time.Instant;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/// The table `sign_in_failure`, and every statement that touches it.
@Singleton
class SignInFailureTable {
    public record Attempts(String subject, int attempts, Instant lastAt, Instant waitUntil) {}

    // The update changes nothing but takes the lock, so that a subject seen for the first time and
    // one seen before are locked by the same statement.
    private static final String LOCK =
            """
            insert into sign_in_failure (subject, attempts, last_at, wait_until)
            values (:subject, 0, :now, :now)
            on conflict (subject) do update set subject = excluded.subject
            returning *
            """;

    private static final String SAVE =
            """
            update sign_in_failure
            set attempts = :attempts, last_at = :lastAt, wait_until = :waitUntil
            where subject = :subject
            """;

    private static final String DELETE = "delete from sign_in_failure where subject = :subject";

    private static final String DELETE_OLD =
            "delete from sign_in_failure where last_at < :before and wait_until < :before";

    Attempts lock(Handle tx, String subject, Instant now) {
        return tx.createQuery(LOCK)
                .bind("subject", subject)
                .bind("now", now)
                .map(ConstructorMapper.of(Attempts.class))
                .one();
    }

    void save(Handle tx, Attempts attempts) {
        tx.createUpdate(SAVE).bindMethods(attempts).execute();
    }

    void delete(Handle tx, String subject) {
        tx.createUpdate(DELETE).bind("subject", subject).execute();
    }

    void deleteOld(Handle tx, Instant before) {
        tx.createUpdate(DELETE_OLD).bind("before", before).execute();
    }
}
