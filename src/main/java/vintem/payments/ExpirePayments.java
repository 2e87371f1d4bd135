package vintem.payments;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import vintem.platform.Database;
import vintem.platform.Outbox;

/// Writes down which payments have expired. Whoever reads one knows without it; money that comes
/// later is booked all the same.
@Singleton
class ExpirePayments {
    private static final int MOST = 1_000;

    private final Database database;
    private final PaymentTable table;
    private final Outbox outbox;
    private final Screens screens;
    private final Clock clock;

    @Inject
    ExpirePayments(
            Database database, PaymentTable table, Outbox outbox, Screens screens, Clock clock) {
        this.database = database;
        this.table = table;
        this.outbox = outbox;
        this.screens = screens;
        this.clock = clock;
    }

    @Scheduled(every = "2s", concurrentExecution = ConcurrentExecution.SKIP)
    void run() {
        while (expire() == MOST) {
            // More are due.
        }
    }

    /// @return how many expired now
    int expire() {
        var expired =
                database.transaction(
                        tx -> {
                            var now = table.expire(tx, clock.instant(), MOST);
                            outbox.publish(
                                    tx,
                                    now.stream()
                                            .map(
                                                    it ->
                                                            new PaymentEvent.Expired(
                                                                            it.id(),
                                                                            it.txid(),
                                                                            it.purpose())
                                                                    .news())
                                            .toList());
                            return now;
                        });
        expired.forEach(each -> screens.changed(each.id(), "payment-expired"));
        return expired.size();
    }
}
