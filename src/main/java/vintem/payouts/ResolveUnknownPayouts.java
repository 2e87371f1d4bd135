package vintem.payouts;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Set;
import org.jboss.logging.Logger;
import vintem.bank.PixRail;
import vintem.platform.Database;
import vintem.platform.Errand;

/// Asks the bank about payouts whose outcome nobody knows, until it is known. Never sends.
///
/// It asks only about submissions that no node may send any more, and only after the bank's
/// visibility window; then *not found* means that the order never arrived, and the money comes
/// back.
@Singleton
class ResolveUnknownPayouts implements Errand {
    private static final Logger LOG = Logger.getLogger(ResolveUnknownPayouts.class);
    private static final int MOST = 1_000;

    private final Database database;
    private final PayoutTable table;
    private final SettlePayouts settle;
    private final PixRail rail;
    private final Clock clock;

    @Inject
    ResolveUnknownPayouts(
            Database database, PayoutTable table, SettlePayouts settle, PixRail rail, Clock clock) {
        this.database = database;
        this.table = table;
        this.settle = settle;
        this.rail = rail;
        this.clock = clock;
    }

    @Scheduled(every = "1s", concurrentExecution = ConcurrentExecution.SKIP)
    void run() {
        while (resolve() == MOST) {
            // More are due.
        }
    }

    @Override
    public Turn turn() {
        return Turn.BANK_NEWS;
    }

    @Override
    public void catchUp() {
        run();
    }

    /// Asks about one list of payouts.
    ///
    /// @return how many were asked about
    int resolve() {
        var now = clock.instant();
        var sentBefore = now.minus(rail.terms().visibility());
        var overdue = database.transaction(tx -> table.takeOver(tx, now, sentBefore));
        if (overdue.isEmpty()) {
            return 0;
        }
        // Asking moves the next time ahead in its own transaction: two nodes never ask at once, and
        // the bank is called with nothing locked.
        var due = database.transaction(tx -> table.due(tx, now, MOST));
        if (!due.isEmpty()) {
            // Only what was asked is answered: *not found* of another order would end an attempt
            // that somebody is sending at this moment.
            var asked = Set.copyOf(due);
            var answers =
                    rail.find(due).stream()
                            .filter(answer -> asked.contains(answer.providerId()))
                            .toList();
            var ended = database.transaction(tx -> settle.settle(tx, answers));
            PayoutCounts.ended(ended.values());
            LOG.infof(
                    "asked the bank about %d payouts, %d are known now", due.size(), ended.size());
        }
        database.run(tx -> table.finish(tx, overdue, now));
        return due.size();
    }
}
