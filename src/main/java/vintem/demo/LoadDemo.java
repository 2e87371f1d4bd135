package vintem.demo;

import io.quarkus.scheduler.Scheduler;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntConsumer;
import vintem.platform.BusinessDays;
import vintem.platform.Database;
import vintem.platform.Settings;

/// Writes a fresh demo's history, and then lets time pass again.
@Singleton
public class LoadDemo {
    private static final int FIRST_EVENTS_OF_TODAY = 14;
    // Later events count upwards from one, and what they make is named by their number.
    private static final long BEYOND_ALL_TURNS = 1_200_000;

    private final DemoHistory history;
    private final LiveDemo live;
    private final DemoGate gate;
    private final DemoTable table;
    private final Database database;
    private final Then then;
    private final Scheduler scheduler;

    @Inject
    LoadDemo(
            DemoHistory history,
            LiveDemo live,
            DemoGate gate,
            DemoTable table,
            Database database,
            Then then,
            Scheduler scheduler) {
        this.history = history;
        this.live = live;
        this.gate = gate;
        this.table = table;
        this.database = database;
        this.then = then;
        this.scheduler = scheduler;
    }

    /// Does nothing where `Demo.prepare` found no new demo.
    ///
    /// @param done hears after each day of the history how many percent are written
    /// @return how long it took; empty where nothing was to be done
    public Optional<Duration> load(IntConsumer done) {
        if (Settings.text("demo-begins").isEmpty()) {
            return Optional.empty();
        }
        var began = System.nanoTime();
        history.write(BusinessDays.today(Clock.systemUTC()), done);
        then.isOver();
        // What the last day has left, and what that leads to.
        then.jobsRan();
        then.jobsRan();
        if (LiveDemo.isWanted()) {
            for (var tick = 0; tick < FIRST_EVENTS_OF_TODAY; tick++) {
                live.happen(BEYOND_ALL_TURNS + tick);
            }
        }
        var now = then.now();
        database.run(tx -> table.loaded(tx, now));
        gate.open();
        scheduler.resume();
        return Optional.of(Duration.ofNanos(System.nanoTime() - began));
    }
}
