package vintem.access;

import io.quarkus.scheduler.Scheduled;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import vintem.platform.Database;

/// Deletes what nobody can use any more. Every node does it: a second time there is nothing left.
@Singleton
class ForgetExpired {
    private final Database database;
    private final SessionTable sessions;
    private final TicketTable tickets;
    private final SignInFailureTable failures;
    private final Clock clock;

    @Inject
    ForgetExpired(
            Database database,
            SessionTable sessions,
            TicketTable tickets,
            SignInFailureTable failures,
            Clock clock) {
        this.database = database;
        this.sessions = sessions;
        this.tickets = tickets;
        this.failures = failures;
        this.clock = clock;
    }

    @Scheduled(every = "1h", delayed = "5m")
    void handle() {
        database.transaction(
                tx -> {
                    var now = clock.instant();
                    sessions.deleteDead(tx, now, now.minus(Sessions.COOKIE_IDLE));
                    tickets.deleteExpired(tx, now);
                    failures.deleteOld(tx, now.minus(SignInLimit.MEMORY));
                    return now;
                });
    }
}
