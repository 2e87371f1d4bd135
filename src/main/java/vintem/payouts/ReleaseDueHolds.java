package vintem.payouts;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import vintem.platform.Database;

/// Sends what is due, and gives up what nobody released in time. Each hold is one transaction,
/// which skips those that another node, or a person, has locked.
@Singleton
class ReleaseDueHolds {
    // Sent at the same time; a silent bank holds up no more than these.
    private static final int AT_ONCE = 8;
    private static final Duration LIKENESSES_KEPT = Duration.ofDays(1);

    private final Database database;
    private final ReleaseHold release;
    private final LikenessTable likenesses;
    private final PayoutRules rules;
    private final Clock clock;

    @Inject
    ReleaseDueHolds(
            Database database,
            ReleaseHold release,
            LikenessTable likenesses,
            PayoutRules rules,
            Clock clock) {
        this.database = database;
        this.release = release;
        this.likenesses = likenesses;
        this.rules = rules;
        this.clock = clock;
    }

    @Scheduled(every = "1s", concurrentExecution = ConcurrentExecution.SKIP)
    void run() {
        while (release.nextExpired()) {
            // One more may be.
        }
        while (sendDue() == AT_ONCE) {
            // More are due.
        }
    }

    @Scheduled(every = "1h", delayed = "7m", concurrentExecution = ConcurrentExecution.SKIP)
    void forget() {
        var window = rules.lookalikeWindow();
        var kept = window.compareTo(LIKENESSES_KEPT) > 0 ? window : LIKENESSES_KEPT;
        database.run(tx -> likenesses.forget(tx, clock.instant().minus(kept)));
    }

    private int sendDue() {
        var sending = new ArrayList<Thread>();
        try {
            while (sending.size() < AT_ONCE) {
                var due = release.nextDue();
                if (due.isEmpty()) {
                    break;
                }
                sending.add(Thread.ofVirtual().name("send-due-batch").start(due.get()));
            }
            for (var each : sending) {
                each.join();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return sending.size();
    }
}
