package vintem.ledger;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import vintem.platform.Database;

/// Keeps the tail behind each balance short.
@Singleton
public class TakeCheckpoints {
    private static final int WORTH_IT_ROWS = 1_000;

    private final Database database;
    private final LedgerTables tables;

    @Inject
    public TakeCheckpoints(Database database, LedgerTables tables) {
        this.database = database;
        this.tables = tables;
    }

    @Scheduled(every = "10s", concurrentExecution = ConcurrentExecution.SKIP)
    public void run() {
        take(WORTH_IT_ROWS);
    }

    /// @param least rows since the last checkpoint that make a new one worth its while
    /// @return how many accounts got one
    int take(int least) {
        return database.transaction(tx -> tables.checkpoint(tx, least));
    }
}
