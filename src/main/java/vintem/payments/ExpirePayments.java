package vintem.payments;

import static java.util.Comparator.naturalOrder;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.payments.PaymentTable.Changed;
import vintem.platform.Database;
import vintem.platform.Errand;
import vintem.platform.Outbox;

/// Writes down which payments have expired. Whoever reads one knows without it; money that comes
/// later is booked all the same.
///
/// It reads by the end of the payments' time, from where it has come to, since no index tells open
/// payments from paid ones. A payment may be committed after its time was read past: so the last
/// minutes are read again each time, and the last days now and then.
@Singleton
class ExpirePayments implements Errand {
    private static final int MOST = 1_000;
    // Longer than a payment waits for its database.
    private static final Duration AGAIN = Duration.ofMinutes(10);
    private static final Duration SWEPT = Duration.ofDays(2);
    private static final Instant BEGINNING = Instant.EPOCH;

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
        var from = BEGINNING;
        while (from != null) {
            from = expire(from);
        }
    }

    @Override
    public Turn turn() {
        return Turn.EXPIRIES;
    }

    /// Looks once more at what was over long ago.
    @Override
    public void catchUp() {
        run();
    }

    @Scheduled(every = "1h", delayed = "3m", concurrentExecution = ConcurrentExecution.SKIP)
    void sweep() {
        database.run(
                tx -> {
                    var from = clock.instant().minus(SWEPT);
                    table.lockExpiry(tx)
                            .filter(place -> place.isAfter(from))
                            .ifPresent(_ -> table.moveExpiry(tx, from));
                });
        run();
    }

    /// @return from when to go on, null where there is no more to do
    private @Nullable Instant expire(Instant from) {
        var expired =
                database.transaction(
                        tx ->
                                table.lockExpiry(tx)
                                        .map(place -> expire(tx, place, from))
                                        .orElse(List.of()));
        expired.forEach(each -> screens.changed(each.id(), "payment-expired"));
        return expired.size() < MOST ? null : last(expired);
    }

    private List<Changed> expire(Handle tx, Instant place, Instant from) {
        var now = clock.instant();
        // A clock that was set back has been here before.
        var start = place.isAfter(now) ? BEGINNING : place;
        var expired = table.expire(tx, start.isAfter(from) ? start : from, now, MOST);
        outbox.publish(
                tx,
                expired.stream()
                        .map(
                                it ->
                                        new PaymentEvent.Expired(it.id(), it.txid(), it.purpose())
                                                .news())
                        .toList());
        var again = now.minus(AGAIN);
        var done = expired.size() < MOST || last(expired).isAfter(again) ? again : last(expired);
        // Not each time: whoever has nothing to do need not write.
        if (place.isAfter(now) || done.minus(AGAIN).isAfter(place)) {
            table.moveExpiry(tx, done);
        }
        return expired;
    }

    private static Instant last(List<Changed> expired) {
        return expired.stream().map(Changed::expiresAt).max(naturalOrder()).orElseThrow();
    }
}
