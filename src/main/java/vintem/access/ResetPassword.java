package vintem.access;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import vintem.access.SignInLimit.Subject;
import vintem.access.TicketTable.Purpose;
import vintem.platform.Database;

/// A password somebody forgot: an administrator gives a one-time ticket, its holder a new password.
@Singleton
class ResetPassword {
    static final Duration LIFETIME = Duration.ofHours(1);

    /// @param ticket shown now, and never again
    record Ticket(String ticket, Instant expiresAt) {}

    sealed interface Outcome {
        record Reset() implements Outcome {}

        /// Used, expired, replaced by a newer one, or never given.
        record NoSuchTicket() implements Outcome {}

        record TooWeak(String objection) implements Outcome {}

        record TooManyAttempts(Duration pause) implements Outcome {}
    }

    private final Database database;
    private final UserTable users;
    private final TicketTable tickets;
    private final Passwords passwords;
    private final SignInLimit limit;
    private final Credentials credentials;
    private final AccessLog log;
    private final Clock clock;

    @Inject
    ResetPassword(
            Database database,
            UserTable users,
            TicketTable tickets,
            Passwords passwords,
            SignInLimit limit,
            Credentials credentials,
            AccessLog log,
            Clock clock) {
        this.database = database;
        this.users = users;
        this.tickets = tickets;
        this.passwords = passwords;
        this.limit = limit;
        this.credentials = credentials;
        this.log = log;
        this.clock = clock;
    }

    /// A new ticket takes the place of an older one; empty where there is no such active user.
    Optional<Ticket> offer(Caller caller, UUID userId) {
        return database.transaction(
                tx -> {
                    var user = users.lock(tx, userId).filter(UserTable.User::active);
                    if (user.isEmpty()) {
                        return Optional.empty();
                    }
                    var ticket = new Ticket(Opaque.fresh(), clock.instant().plus(LIFETIME));
                    tickets.deleteOfUser(tx, Purpose.PASSWORD_RESET, userId);
                    tickets.insert(
                            tx,
                            ticket.ticket(),
                            Purpose.PASSWORD_RESET,
                            userId,
                            ticket.expiresAt());
                    log.record(tx, caller, "user.password_reset_offered", userId.toString(), "");
                    return Optional.of(ticket);
                });
    }

    Outcome use(String ticket, String password, String address) {
        var subjects = List.of(Subject.address(address));
        var wait = limit.take(subjects);
        if (wait.isPositive()) {
            return new Outcome.TooManyAttempts(wait);
        }
        var holder = database.transaction(tx -> holder(tx, ticket));
        if (holder.isEmpty()) {
            return new Outcome.NoSuchTicket();
        }
        limit.succeeded(subjects);
        // Looked at, not used yet: an unfit password must not cost the ticket.
        var objection = Passwords.objection(holder.get().name(), password);
        if (objection.isPresent()) {
            return new Outcome.TooWeak(objection.get());
        }
        var hash = passwords.hash(password);
        var outcome = database.transaction(tx -> save(tx, holder.get().id(), ticket, hash));
        credentials.forgetAll();
        return outcome;
    }

    private Optional<UserTable.User> holder(Handle tx, String ticket) {
        return tickets.peek(tx, ticket, Purpose.PASSWORD_RESET, clock.instant())
                .flatMap(id -> users.byId(tx, id))
                .filter(UserTable.User::active);
    }

    private Outcome save(Handle tx, UUID id, String ticket, String hash) {
        // The user before the ticket, as in offer(): the other way round they could deadlock.
        var user = users.lock(tx, id).filter(UserTable.User::active);
        if (user.isEmpty()
                || tickets.use(tx, ticket, Purpose.PASSWORD_RESET, clock.instant()).isEmpty()) {
            return new Outcome.NoSuchTicket();
        }
        users.setPassword(tx, id, hash);
        users.endSessions(tx, id);
        limit.forget(tx, Subject.user(user.get().name()));
        log.record(tx, user.get().caller(), "user.password_reset", id.toString(), "");
        return new Outcome.Reset();
    }
}
