package vintem.access;

import io.quarkus.arc.All;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
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
    private final List<OtherNames> otherNames;
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
            @All List<OtherNames> otherNames,
            TicketTable tickets,
            Sessions sessions,
            Passwords passwords,
            SignInLimit limit,
            AccessLog log,
            Clock clock) {
        this.database = database;
        this.users = users;
        this.otherNames = otherNames;
        this.tickets = tickets;
        this.sessions = sessions;
        this.passwords = passwords;
        this.limit = limit;
        this.log = log;
        this.clock = clock;
    }

    Outcome withPassword(String typedName, String password, String address, Sessions.By by) {
        var known = database.transaction(tx -> find(tx, typedName));
        // By whichever of their names: three names are not three times as many guesses.
        var name = known.map(UserTable.User::name).or(() -> Users.name(typedName));
        var subjects =
                name.map(it -> List.of(Subject.address(address), Subject.user(it)))
                        .orElseGet(() -> List.of(Subject.address(address)));
        var wait = limit.take(subjects);
        if (wait.isPositive()) {
            return new Outcome.TooManyAttempts(wait);
        }
        // No transaction is open while the password is hashed: that takes a quarter of a second.
        var user = known.filter(UserTable.User::active);
        var hash = user.map(UserTable.User::passwordHash).orElse(null);
        if (!passwords.matches(password, hash)) {
            return new Outcome.Wrong();
        }
        limit.succeeded(subjects);
        return new Outcome.Welcome(open(user.orElseThrow(), by));
    }

    private Optional<UserTable.User> find(Handle tx, String typed) {
        return Users.name(typed)
                .flatMap(it -> users.byName(tx, it))
                .or(
                        () ->
                                otherNames.stream()
                                        .flatMap(it -> it.user(tx, typed).stream())
                                        .findFirst()
                                        .flatMap(it -> users.byId(tx, it)));
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
