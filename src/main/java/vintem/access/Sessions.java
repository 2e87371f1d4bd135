package vintem.access;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// Somebody is signed in, by a cookie or by a token. Both end the same way: their own row goes
/// when they sign out, and all of a user's rows count for nothing once the user's version has
/// moved on.
@Singleton
class Sessions {
    static final Duration TOKEN_LIFETIME = Duration.ofHours(1);
    static final Duration COOKIE_LIFETIME = Duration.ofDays(7);
    static final Duration COOKIE_IDLE = Duration.ofHours(12);

    enum By {
        COOKIE,
        TOKEN
    }

    /// @param secret the cookie's value or the token, to be handed out once
    record Opened(String secret, Instant expiresAt) {}

    private final SessionTable table;
    private final Tokens tokens;
    private final Secrets secrets;
    private final Clock clock;

    @Inject
    Sessions(SessionTable table, Tokens tokens, Secrets secrets, Clock clock) {
        this.table = table;
        this.tokens = tokens;
        this.secrets = secrets;
        this.clock = clock;
    }

    Opened open(Handle tx, UserTable.User user, By by) {
        var now = clock.instant();
        return switch (by) {
            case COOKIE -> {
                var secret = Opaque.fresh();
                var expiresAt = now.plus(COOKIE_LIFETIME);
                table.insert(tx, user, Opaque.hash(secret), now, expiresAt);
                yield new Opened(secret, expiresAt);
            }
            case TOKEN -> {
                var expiresAt = now.plus(TOKEN_LIFETIME);
                var session = table.insert(tx, user, null, now, expiresAt);
                yield new Opened(tokens.issue(user.id(), session.id(), expiresAt), expiresAt);
            }
        };
    }

    /// What a form or a script of this session's pages sends along, and another site cannot know.
    String csrf(UUID id) {
        return secrets.mac("csrf " + id);
    }
}
