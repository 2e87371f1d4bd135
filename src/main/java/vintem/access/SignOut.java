package vintem.access;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.UUID;
import vintem.platform.Database;

/// Ends a user's session, or all of them.
@Singleton
class SignOut {
    private final Database database;
    private final UserTable users;
    private final SessionTable sessions;
    private final Credentials credentials;
    private final AccessLog log;

    @Inject
    SignOut(
            Database database,
            UserTable users,
            SessionTable sessions,
            Credentials credentials,
            AccessLog log) {
        this.database = database;
        this.users = users;
        this.sessions = sessions;
        this.credentials = credentials;
        this.log = log;
    }

    void here(Caller user, UUID sessionId) {
        database.transaction(
                tx -> {
                    log.record(tx, user, "user.signed_out", user.id().toString(), "");
                    return sessions.delete(tx, sessionId);
                });
        credentials.forgetAll();
    }

    /// Every session and token of the user, the one in use included.
    void everywhere(Caller user) {
        database.transaction(
                tx -> {
                    log.record(tx, user, "user.signed_out_everywhere", user.id().toString(), "");
                    return users.endSessions(tx, user.id());
                });
        credentials.forgetAll();
    }
}
