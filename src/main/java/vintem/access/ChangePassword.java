package vintem.access;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import vintem.access.SignInLimit.Subject;
import vintem.platform.Database;

/// A user's own new password. It ends every session and token but the one that asked.
@Singleton
class ChangePassword {
    sealed interface Outcome {
        record Changed() implements Outcome {}

        record WrongPassword() implements Outcome {}

        record TooWeak(String objection) implements Outcome {}

        record TooManyAttempts(Duration pause) implements Outcome {}
    }

    private final Database database;
    private final UserTable users;
    private final SessionTable sessions;
    private final Passwords passwords;
    private final SignInLimit limit;
    private final Credentials credentials;
    private final AccessLog log;

    @Inject
    ChangePassword(
            Database database,
            UserTable users,
            SessionTable sessions,
            Passwords passwords,
            SignInLimit limit,
            Credentials credentials,
            AccessLog log) {
        this.database = database;
        this.users = users;
        this.sessions = sessions;
        this.passwords = passwords;
        this.limit = limit;
        this.credentials = credentials;
        this.log = log;
    }

    Outcome handle(
            Caller caller, UUID sessionId, String oldPassword, String newPassword, String address) {
        var objection = Passwords.objection(caller.name(), newPassword);
        if (objection.isPresent()) {
            return new Outcome.TooWeak(objection.get());
        }
        // A stolen session must not become a place to guess the password at leisure.
        var subjects = List.of(Subject.address(address), Subject.user(caller.name()));
        var wait = limit.take(subjects);
        if (wait.isPositive()) {
            return new Outcome.TooManyAttempts(wait);
        }
        var user = database.transaction(tx -> users.byId(tx, caller.id())).orElseThrow();
        if (!passwords.matches(oldPassword, user.passwordHash())) {
            return new Outcome.WrongPassword();
        }
        limit.succeeded(subjects);
        var hash = passwords.hash(newPassword);
        var outcome = database.transaction(tx -> save(tx, user, hash, sessionId));
        credentials.forgetAll();
        return outcome;
    }

    private Outcome save(Handle tx, UserTable.User checked, String hash, UUID sessionId) {
        var user = users.lock(tx, checked.id()).orElseThrow();
        if (user.version() != checked.version()) {
            // Reset or deactivated while we hashed: what was checked is the password no more.
            return new Outcome.WrongPassword();
        }
        users.setPassword(tx, user.id(), hash);
        sessions.keep(tx, sessionId, users.endSessions(tx, user.id()));
        log.record(tx, user.caller(), "user.password_changed", user.id().toString(), "");
        return new Outcome.Changed();
    }
}
