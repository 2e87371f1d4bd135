package vintem.access;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import vintem.access.SignInLimit.Subject;
import vintem.platform.Database;

/// Opens a session for whoever has the password, or a one-time ticket.
@Singleton
class SignIn {
    sealed interface Outcome {
        record Welcome(Sessions.Opened session) implements Outcome {}

        /// No such user, not active, another password: nobody is told which.
        record Wrong() implements Outcome {}

        record TooManyAttempts(Duration pause) implements Outcome {}
    }

    private final Database database;
    private final UserTable users;
    private final TicketTable tickets;
    private final Sessions sessions;
    private final Passwords passwords;
    private final SignInLimit limit;
    private final AccessLog log;
    private final Clock clock;

    @Inject
    SignIn(
            Database database,
            UserTable users,
            TicketTable tickets,
            Sessions sessions,
            Passwords passwords,
            SignInLimit limit,
            AccessLog log,
            Clock clock) {
        this.database = database;
        this.users = users;
        this.tickets = tickets;
        this.sessions = sessions;
        this.passwords = passwords;
        this.limit = limit;
        this.log = log;
        this.clock = clock;
    }

    Outcome withPassword(String typedName, String password, String address, Sessions.By by) {
        var name = Users.name(typedName);
        var subjects =
                name.map(it -> List.of(Subject.address(address), Subject.user(it)))
                        .orElseGet(() -> List.of(Subject.address(address)));
        var wait = limit.take(subjects);
        if (wait.isPositive()) {
            return new Outcome.TooManyAttempts(wait);
        }
        // No transaction is open while the password is hashed: that takes a quarter of a second.
        var user =
                name.flatMap(it -> database.transaction(tx -> users.byName(tx, it)))
                        .filter(UserTable.User::active);
        var hash = user.map(UserTable.User::passwordHash).orElse(null);
        if (!passwords.matches(password, hash)) {
            return new Outcome.Wrong();
        }
        limit.succeeded(subjects);
        return new Outcome.Welcome(open(user.orElseThrow(), by));
    }

    /// Empty where the ticket was used, expired or never given.
    Optional<Sessions.Opened> withTicket(String ticket) {
        return database.transaction(
                tx ->
                        tickets.use(tx, ticket, TicketTable.Purpose.SIGN_IN, clock.instant())
                                .flatMap(id -> users.byId(tx, id))
                                .filter(UserTable.User::active)
                                .map(
                                        user -> {
                                            log.record(
                                                    tx,
                                                    user.caller(),
                                                    "user.signed_in",
                                                    user.id().toString(),
                                                    "by one-time link");
                                            return sessions.open(tx, user, Sessions.By.COOKIE);
                                        }));
    }

    /// The session carries the version of the user whose password was checked: had it been changed
    /// meanwhile, the session would be born dead.
    private Sessions.Opened open(UserTable.User user, Sessions.By by) {
        return database.transaction(
                tx -> {
                    log.record(
                            tx,
                            user.caller(),
                            "user.signed_in",
                            user.id().toString(),
                            switch (by) {
                                case COOKIE -> "by password, for pages";
                                case TOKEN -> "by password, for a token";
                            });
                    return sessions.open(tx, user, by);
                });
    }
}
