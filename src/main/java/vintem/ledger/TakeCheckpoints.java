package vintem.ledger;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import vintem.platform.Database;

/// Keeps the tail behind each balance short, and the one behind the sums of days.
@Singleton
public class TakeCheckpoints {
    private static final int WORTH_IT_ROWS = 1_000;
    // So many are added up in some 3 ms: a page of the past reads up to two of them.
    private static final int LONGEST_TAIL_ROWS = 20_000;

    private final Database database;
    private final CheckpointTable table;
    private final DayTable days;

    @Inject
    public TakeCheckpoints(Database database, CheckpointTable table, DayTable days) {
        this.database = database;
        this.table = table;
        this.days = days;
    }

    @Scheduled(every = "10s", concurrentExecution = ConcurrentExecution.SKIP)
    public void run() {
        take(WORTH_IT_ROWS);
        addDays();
    }

    /// Adds to the sums of days what was written since.
    ///
    /// @return how many changed
    int addDays() {
        return database.transaction(days::add);
    }

    /// @param least rows since the last checkpoint that make a new one worth its while
    /// @return how many accounts got one
    int take(int least) {
        return take(least, LONGEST_TAIL_ROWS);
    }

    /// @param longest where more rows than this came since, there are several, one for each part
    int take(int least, int longest) {
        return database.transaction(tx -> table.take(tx, least, longest));
    }
}
