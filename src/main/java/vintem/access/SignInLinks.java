package vintem.access;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import vintem.access.TicketTable.Purpose;
import vintem.platform.Database;

/// Links that sign their first reader in, printed where only the operator reads.
@Singleton
public class SignInLinks {
    static final Duration LIFETIME = Duration.ofMinutes(10);

    private final Database database;
    private final UserTable users;
    private final TicketTable tickets;
    private final Sessions sessions;
    private final Clock clock;

    @Inject
    SignInLinks(
            Database database,
            UserTable users,
            TicketTable tickets,
            Sessions sessions,
            Clock clock) {
        this.database = database;
        this.users = users;
        this.tickets = tickets;
        this.sessions = sessions;
        this.clock = clock;
    }

    /// A path such as `/app/sign-in?ticket=…` that signs in `admin`, or else the first user who
    /// can manage users, once within ten minutes; empty where there is no such user.
    public Optional<String> create() {
        var ticket = Opaque.fresh();
        return database.transaction(
                        tx -> {
                            var admin = users.firstAdmin(tx);
                            admin.ifPresent(
                                    user ->
                                            tickets.insert(
                                                    tx,
                                                    ticket,
                                                    Purpose.SIGN_IN,
                                                    user.id(),
                                                    clock.instant().plus(LIFETIME)));
                            return admin;
                        })
                .map(_ -> "/app/sign-in?ticket=" + ticket);
    }

    /// A token of the same user for the first request of a newcomer, good for an hour; empty where
    /// there is no such user.
    public Optional<String> token() {
        return database.transaction(
                        tx ->
                                users.firstAdmin(tx)
                                        .map(user -> sessions.open(tx, user, Sessions.By.TOKEN)))
                .map(Sessions.Opened::secret);
    }
}
