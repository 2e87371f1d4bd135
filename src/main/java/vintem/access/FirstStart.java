package vintem.access;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import vintem.platform.Database;
import vintem.platform.Settings;

/// The first user, `admin`, without whom nobody could make the others.
@Singleton
public class FirstStart {
    static final String NAME = "admin";

    private static final int GENERATED_CHARACTERS = 20;

    private final Database database;
    private final UserTable users;
    private final Passwords passwords;
    private final AccessLog log;
    private final Clock clock;

    @Inject
    FirstStart(
            Database database, UserTable users, Passwords passwords, AccessLog log, Clock clock) {
        this.database = database;
        this.users = users;
        this.passwords = passwords;
        this.log = log;
        this.clock = clock;
    }

    /// Makes `admin` where there is no user yet. Several nodes may do this at once: one of them
    /// makes the user.
    ///
    /// @return the password to be printed once, where this call made the user and
    ///     `VINTEM_ADMIN_PASSWORD` did not say which
    /// @throws IllegalArgumentException where `VINTEM_ADMIN_PASSWORD` is no fit password, in words
    ///     for the operator
    public Optional<String> prepare() {
        if (!database.transaction(users::isEmpty)) {
            return Optional.empty();
        }
        var chosen = Settings.text("admin-password");
        chosen.flatMap(password -> Passwords.objection(NAME, password))
                .ifPresent(
                        objection -> {
                            throw new IllegalArgumentException(
                                    "VINTEM_ADMIN_PASSWORD " + objection);
                        });
        var generated = Opaque.fresh().substring(0, GENERATED_CHARACTERS);
        var hash = passwords.hash(chosen.orElse(generated));
        var made = database.transaction(tx -> make(tx, hash));
        return made && chosen.isEmpty() ? Optional.of(generated) : Optional.empty();
    }

    private boolean make(Handle tx, String hash) {
        // The unique name decides between two nodes; only the winner's password is worth printing.
        var made = users.insert(tx, NAME, hash, Grant.EVERYTHING, clock.instant());
        made.ifPresent(
                user ->
                        log.record(
                                tx,
                                Caller.SYSTEM,
                                "user.created",
                                user.id().toString(),
                                "at first start"));
        return made.isPresent();
    }
}
