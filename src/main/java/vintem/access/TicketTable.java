package vintem.access;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// The table `one_time_ticket`, and every statement that touches it.
@Singleton
class TicketTable {
    enum Purpose {
        SIGN_IN,
        PASSWORD_RESET,
        SOCKET;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final String INSERT =
            """
            insert into one_time_ticket (ticket_hash, purpose, user_id, expires_at)
            values (:hash, :purpose, :userId, :expiresAt)
            """;

    private static final String DELETE_OF_USER =
            "delete from one_time_ticket where user_id = :userId and purpose = :purpose";

    private static final String PEEK =
            """
            select user_id from one_time_ticket
            where ticket_hash = :hash and purpose = :purpose and expires_at > :now
            """;

    // Of two who use it at once, the second waits for the first's row and then finds none.
    private static final String USE =
            """
            delete from one_time_ticket
            where ticket_hash = :hash and purpose = :purpose and expires_at > :now
            returning user_id
            """;

    private static final String DELETE_EXPIRED =
            "delete from one_time_ticket where expires_at <= :now";

    void insert(Handle tx, String ticket, Purpose purpose, UUID userId, Instant expiresAt) {
        tx.createUpdate(INSERT)
                .bind("hash", Opaque.hash(ticket))
                .bind("purpose", purpose.word())
                .bind("userId", userId)
                .bind("expiresAt", expiresAt)
                .execute();
    }

    void deleteOfUser(Handle tx, Purpose purpose, UUID userId) {
        tx.createUpdate(DELETE_OF_USER)
                .bind("userId", userId)
                .bind("purpose", purpose.word())
                .execute();
    }

    /// Whose ticket it is, without using it.
    Optional<UUID> peek(Handle tx, String ticket, Purpose purpose, Instant now) {
        return tx.createQuery(PEEK)
                .bind("hash", Opaque.hash(ticket))
                .bind("purpose", purpose.word())
                .bind("now", now)
                .mapTo(UUID.class)
                .findOne();
    }

    /// Whose ticket it was; empty for all but the first.
    Optional<UUID> use(Handle tx, String ticket, Purpose purpose, Instant now) {
        return tx.createQuery(USE)
                .bind("hash", Opaque.hash(ticket))
                .bind("purpose", purpose.word())
                .bind("now", now)
                .mapTo(UUID.class)
                .findOne();
    }

    void deleteExpired(Handle tx, Instant now) {
        tx.createUpdate(DELETE_EXPIRED).bind("now", now).execute();
    }
}
