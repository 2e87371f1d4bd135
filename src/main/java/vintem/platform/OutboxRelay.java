package vintem.platform;

import io.quarkus.arc.All;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jdbi.v3.core.Handle;

/// Carries news from the outbox to each subscriber. Any number of relays may run.
///
/// Reading, applying and moving on are one transaction: a crash before its commit repeats all of
/// it, a crash after it none.
@Singleton
public class OutboxRelay implements Errand {
    private static final Logger LOG = Logger.getLogger(OutboxRelay.class);
    private static final int LONGEST = 500;
    private static final int TRIES = 8;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration KEPT = Duration.ofDays(30);
    private static final int FIRST = 1;

    private final Database database;
    private final OutboxTable table;
    private final Clock clock;
    private final List<Subscriber> subscribers;
    private volatile boolean stopping;

    @Inject
    OutboxRelay(
            Database database, OutboxTable table, Clock clock, @All List<Subscriber> subscribers) {
        this.database = database;
        this.table = table;
        this.clock = clock;
        this.subscribers = subscribers;
    }

    @Scheduled(every = "1s", concurrentExecution = ConcurrentExecution.SKIP)
    public void relay() {
        if (stopping) {
            return;
        }
        for (var subscriber : database.transaction(tx -> table.behind(tx, subscribers))) {
            while (!stopping && deliver(subscriber) == LONGEST) {
                // More waits: a full list was delivered.
            }
        }
    }

    /// The list under way is finished (`ScheduledJobs`), and no other begun.
    void stop(@Observes @Priority(FIRST) ShutdownEvent ended) {
        stopping = true;
    }

    @Override
    public Turn turn() {
        return Turn.EVENTS;
    }

    @Override
    public void catchUp() {
        relay();
    }

    @Scheduled(every = "1h", delayed = "10m", concurrentExecution = ConcurrentExecution.SKIP)
    public void forget() {
        database.transaction(tx -> table.forget(tx, clock.instant().minus(KEPT)));
    }

    /// Delivers one list of news to one subscriber.
    ///
    /// @return how many it heard of
    int deliver(Subscriber subscriber) {
        try {
            return database.transaction(tx -> deliver(tx, subscriber, LONGEST));
        } catch (RuntimeException failed) {
            LOG.warnf(failed, "%s could not apply a list of news", subscriber.name());
        }
        // One by one, to find the piece it stumbles over and let those before it through.
        try {
            var moved = 0;
            while (database.transaction(tx -> deliver(tx, subscriber, 1)) == 1) {
                moved++;
            }
            return moved;
        } catch (RuntimeException failed) {
            database.transaction(tx -> setBack(tx, subscriber, failed));
            return 0;
        }
    }

    private int deliver(Handle tx, Subscriber subscriber, int most) {
        table.register(tx, List.of(subscriber.name()));
        var place = table.lock(tx, subscriber.name(), clock.instant());
        if (place.isEmpty()) {
            return 0;
        }
        var horizon = table.horizon(tx);
        var types = subscriber.types(tx);
        var rows =
                types.isEmpty()
                        ? List.<OutboxTable.Row>of()
                        : table.next(tx, place.get(), horizon, types, subscriber.purpose(), most);
        if (!rows.isEmpty()) {
            subscriber.apply(tx, rows.stream().map(OutboxTable.Row::event).toList());
        }
        // Whoever has heard all that it wants is beyond the others, too, or it would pass by them
        // again and again.
        var to =
                rows.size() == most
                        ? Optional.of(rows.getLast().spot())
                        : table.last(tx, place.get(), horizon);
        to.ifPresent(spot -> table.move(tx, subscriber.name(), spot));
        return rows.size();
    }

    private int setBack(Handle tx, Subscriber subscriber, RuntimeException failed) {
        // Where it stumbles over the first news of its life, what registered it was undone.
        table.register(tx, List.of(subscriber.name()));
        var place = table.lock(tx, subscriber.name(), clock.instant());
        if (place.isEmpty()) {
            return 0;
        }
        var failures = place.get().failures() + 1;
        if (failures < TRIES) {
            var pause = FIRST_PAUSE.multipliedBy(1L << failures);
            table.failed(tx, subscriber.name(), clock.instant().plus(pause));
            return 0;
        }
        var horizon = table.horizon(tx);
        var stumbled =
                table.next(tx, place.get(), horizon, subscriber.types(tx), subscriber.purpose(), 1);
        for (var row : stumbled) {
            LOG.errorf(
                    failed, "%s: event %d (%s) is parked", subscriber.name(), row.id(), row.type());
            table.park(
                    tx,
                    subscriber.name(),
                    row,
                    ParkedNews.withoutMessage(failed),
                    TRIES,
                    clock.instant());
            table.move(tx, subscriber.name(), row.spot());
        }
        return 0;
    }
}
