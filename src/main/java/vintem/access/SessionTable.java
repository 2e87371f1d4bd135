package vintem.access;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/// The table `session`, and every statement that touches it.
@Singleton
class SessionTable {
    public record Session(UUID id, UUID userId, Instant seenAt, Instant expiresAt) {}

    private static final String INSERT =
            """
            insert into session
                (cookie_hash, user_id, user_version, created_at, seen_at, expires_at)
            values (:cookieHash, :userId, :userVersion, :now, :now, :expiresAt)
            returning *
            """;

    // A session outlived by its user's version is none, however it came to be written.
    private static final String ALIVE_BY_COOKIE =
            """
            select session.* from session
            join app_user on app_user.id = user_id and active and version = user_version
            where cookie_hash = :cookieHash and expires_at > :now
            """;

    private static final String ALIVE_BY_TOKEN =
            """
            select session.* from session
            join app_user on app_user.id = user_id and active and version = user_version
            where session.id = :id and cookie_hash is null and expires_at > :now
            """;

    private static final String TOUCH = "update session set seen_at = :now where id = :id";

    private static final String KEEP =
            """
            update session set user_version = :userVersion
            where id = :id and user_version = :userVersion - 1
            """;

    private static final String DELETE = "delete from session where id = :id";

    private static final String DELETE_DEAD =
            """
            delete from session
            where expires_at < :now or (cookie_hash is not null and seen_at < :idle)
            """;

    /// @param cookieHash null for a session that a token carries
    Session insert(
            Handle tx,
            UserTable.User user,
            @Nullable String cookieHash,
            Instant now,
            Instant expiresAt) {
        return tx.createQuery(INSERT)
                .bind("cookieHash", cookieHash)
                .bind("userId", user.id())
                .bind("userVersion", user.version())
                .bind("now", now)
                .bind("expiresAt", expiresAt)
                .map(ConstructorMapper.of(Session.class))
                .one();
    }

    Optional<Session> aliveByCookie(Handle tx, String cookieHash, Instant now) {
        return tx.createQuery(ALIVE_BY_COOKIE)
                .bind("cookieHash", cookieHash)
                .bind("now", now)
                .map(ConstructorMapper.of(Session.class))
                .findOne();
    }

    Optional<Session> aliveByToken(Handle tx, UUID id, Instant now) {
        return tx.createQuery(ALIVE_BY_TOKEN)
                .bind("id", id)
                .bind("now", now)
                .map(ConstructorMapper.of(Session.class))
                .findOne();
    }

    void touch(Handle tx, UUID id, Instant now) {
        tx.createUpdate(TOUCH).bind("id", id).bind("now", now).execute();
    }

    /// Carries this one session over to its user's next version, unless it had ended before.
    void keep(Handle tx, UUID id, long userVersion) {
        tx.createUpdate(KEEP).bind("id", id).bind("userVersion", userVersion).execute();
    }

    boolean delete(Handle tx, UUID id) {
        return tx.createUpdate(DELETE).bind("id", id).execute() == 1;
    }

    void deleteDead(Handle tx, Instant now, Instant idle) {
        tx.createUpdate(DELETE_DEAD).bind("now", now).bind("idle", idle).execute();
    }
}
