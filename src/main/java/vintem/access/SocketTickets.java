package vintem.access;

import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import vintem.access.TicketTable.Purpose;
import vintem.platform.Database;
import vintem.platform.Problem;

/// Who opens a socket. A program says it by the header `Authorization`, as everywhere; a browser
/// cannot, and opens the socket with `?ticket=`, which works once and for half a minute: addresses
/// end up in logs.
@Singleton
public class SocketTickets {
    /// @param ticket to be handed out once
    public record Ticket(String ticket, Instant expiresAt) {}

    private static final Duration LIFETIME = Duration.ofSeconds(30);
    private static final String BEARER = "bearer ";
    private static final int LONGEST = 200;

    private final Database database;
    private final TicketTable tickets;
    private final UserTable users;
    private final Credentials credentials;
    private final Clock clock;

    @Inject
    SocketTickets(
            Database database,
            TicketTable tickets,
            UserTable users,
            Credentials credentials,
            Clock clock) {
        this.database = database;
        this.tickets = tickets;
        this.users = users;
        this.credentials = credentials;
        this.clock = clock;
    }

    /// A ticket for one socket of a user.
    Ticket issue(Caller user) {
        var ticket = new Ticket(Opaque.fresh(), clock.instant().plus(LIFETIME));
        database.run(
                tx ->
                        tickets.insert(
                                tx,
                                ticket.ticket(),
                                Purpose.SOCKET,
                                user.id(),
                                ticket.expiresAt()));
        return ticket;
    }

    /// Who asks for a socket, and may have it. Takes a query or two: not for event loops.
    ///
    /// @throws Problem `401` where nobody is known, `403` where they may not
    public Caller admit(HttpServerRequest request, Capability capability, Role role) {
        var caller = caller(request);
        if (caller.isEmpty()) {
            throw Problem.unauthenticated("This takes a credential, or a ticket that is not used.");
        }
        if (!caller.get().may(capability, role)) {
            throw Problem.forbidden("This takes another role than you have.");
        }
        return caller.get();
    }

    private Optional<Caller> caller(HttpServerRequest request) {
        var header = request.getHeader("Authorization");
        if (header != null) {
            return header.toLowerCase(Locale.ROOT).startsWith(BEARER)
                    ? credentials
                            .bearer(header.substring(BEARER.length()).trim())
                            .map(Credentials.Identity::caller)
                    : Optional.empty();
        }
        return ticket(request.getParam("ticket"));
    }

    private Optional<Caller> ticket(@Nullable String ticket) {
        if (ticket == null || ticket.isBlank() || ticket.length() > LONGEST) {
            return Optional.empty();
        }
        return database.transaction(
                tx ->
                        tickets.use(tx, ticket, Purpose.SOCKET, clock.instant())
                                .flatMap(id -> users.byId(tx, id))
                                .filter(UserTable.User::active)
                                .map(UserTable.User::caller));
    }
}
