package vintem.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.platform.Database;

/// Finds out whose credential it is, and remembers it for two seconds: a request does not cost a
/// query, and what another node revokes is refused here at most two seconds later.
@Singleton
class Credentials {
    /// @param sessionId null where the credential is no session: a key, the bank
    record Identity(Caller caller, Instant until, @Nullable UUID sessionId) {}

    private static final Duration MEMORY = Duration.ofSeconds(2);
    private static final int MOST_REMEMBERED = 10_000;
    private static final Duration BETWEEN_TOUCHES = Duration.ofMinutes(5);

    // What a lookup under way finds was true when it started, so it is filed under the generation
    // of that moment; after forgetAll() nobody looks there any more.
    private record Lookup(long generation, String source, String hash) {}

    private final Database database;
    private final UserTable users;
    private final KeyTable keys;
    private final SessionTable sessions;
    private final Tokens tokens;
    private final Secrets secrets;
    private final Clock clock;
    private final AtomicLong generation = new AtomicLong();
    private final Cache<Lookup, Optional<Identity>> known =
            Caffeine.newBuilder().maximumSize(MOST_REMEMBERED).expireAfterWrite(MEMORY).build();

    @Inject
    Credentials(
            Database database,
            UserTable users,
            KeyTable keys,
            SessionTable sessions,
            Tokens tokens,
            Secrets secrets,
            Clock clock) {
        this.database = database;
        this.users = users;
        this.keys = keys;
        this.sessions = sessions;
        this.tokens = tokens;
        this.secrets = secrets;
        this.clock = clock;
    }

    /// Whose `Authorization: Bearer` it is; empty where it is nobody's, or nobody's any more.
    Optional<Identity> bearer(String secret) {
        if (secrets.isBank(secret)) {
            return Optional.of(new Identity(Caller.BANK, Instant.MAX, null));
        }
        return secret.startsWith(Opaque.KEY_PREFIX)
                ? remembered("key", secret, this::key)
                : remembered("token", secret, this::token);
    }

    Optional<Identity> cookie(String secret) {
        return remembered("cookie", secret, this::session);
    }

    /// To be called after the commit of whatever takes something away from anybody.
    void forgetAll() {
        generation.incrementAndGet();
    }

    /// The same where somebody was forgotten: callers carry names, and what has expired stays in
    /// memory until somebody looks.
    void forgetPeople() {
        forgetAll();
        known.invalidateAll();
    }

    private Optional<Identity> remembered(
            String source, String secret, Function<String, Optional<Identity>> find) {
        var lookup = new Lookup(generation.get(), source, Opaque.hash(secret));
        return known.get(lookup, _ -> find.apply(secret))
                .filter(identity -> clock.instant().isBefore(identity.until()));
    }

    private Optional<Identity> key(String secret) {
        return database.transaction(
                tx -> keys.alive(tx, secret, clock.instant()).flatMap(key -> identity(tx, key)));
    }

    /// Never more than whoever made the key may do now.
    private Optional<Identity> identity(Handle tx, KeyTable.Key key) {
        return users.byId(tx, key.createdBy())
                .filter(UserTable.User::active)
                .map(key::caller)
                .map(
                        caller -> {
                            var until = key.expiresAt() == null ? Instant.MAX : key.expiresAt();
                            return new Identity(caller, until, null);
                        });
    }

    private Optional<Identity> token(String token) {
        return tokens.session(token)
                .flatMap(
                        id ->
                                database.transaction(
                                        tx ->
                                                sessions.aliveByToken(tx, id, clock.instant())
                                                        .map(it -> identity(tx, it))));
    }

    private Optional<Identity> session(String cookie) {
        return database.transaction(
                tx -> {
                    var now = clock.instant();
                    return sessions.aliveByCookie(tx, Opaque.hash(cookie), now)
                            .filter(it -> now.isBefore(it.seenAt().plus(Sessions.COOKIE_IDLE)))
                            .map(
                                    session -> {
                                        if (now.isAfter(session.seenAt().plus(BETWEEN_TOUCHES))) {
                                            sessions.touch(tx, session.id(), now);
                                        }
                                        return identity(tx, session);
                                    });
                });
    }

    private Identity identity(Handle tx, SessionTable.Session session) {
        var user = users.byId(tx, session.userId()).orElseThrow();
        return new Identity(user.caller(), session.expiresAt(), session.id());
    }
}
