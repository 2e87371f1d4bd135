package vintem.billing;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.jboss.logging.Logger;
import vintem.access.Caller;
import vintem.platform.Database;

/// Takes back the charges of files that were cancelled with them. A node that dies leaves the rest
/// to the next one.
@Singleton
class ClearCancelledFiles {
    private static final Logger LOG = Logger.getLogger(ClearCancelledFiles.class);

    /// A million charges take minutes; two nodes at once would do nothing twice.
    private static final Duration LEASE = Duration.ofMinutes(10);

    private final Database database;
    private final DebtFileTable table;
    private final CancelCharges cancelCharges;
    private final FileScreens screens;
    private final Clock clock;
    private final UUID self = UUID.randomUUID();

    @Inject
    ClearCancelledFiles(
            Database database,
            DebtFileTable table,
            CancelCharges cancelCharges,
            FileScreens screens,
            Clock clock) {
        this.database = database;
        this.table = table;
        this.cancelCharges = cancelCharges;
        this.screens = screens;
        this.clock = clock;
    }

    /// At once, beside the request that asked for it.
    void begin() {
        Thread.ofVirtual()
                .name("clear-cancelled-files")
                .start(
                        () -> {
                            try {
                                run();
                            } catch (RuntimeException later) {
                                LOG.warnf("the next look goes on: %s", later.toString());
                            }
                        });
    }

    @Scheduled(every = "5s", concurrentExecution = ConcurrentExecution.SKIP)
    void run() {
        while (true) {
            var file =
                    database.transaction(
                            tx -> {
                                var now = clock.instant();
                                return table.claimCancelled(tx, self, now, now.plus(LEASE));
                            });
            if (file.isEmpty()) {
                return;
            }
            var fileId = file.get().id();
            var cancelled = cancelCharges.ofFile(fileId, Caller.SYSTEM);
            database.run(tx -> table.cleared(tx, fileId, self, clock.instant()));
            LOG.infof("%d charges of file %s were taken back", cancelled, fileId);
            screens.moved(fileId);
        }
    }
}
