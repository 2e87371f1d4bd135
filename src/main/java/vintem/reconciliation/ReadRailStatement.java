package vintem.reconciliation;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.LocalDate;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import vintem.access.Caller;
import vintem.platform.BusinessDays;
import vintem.platform.Settings;

/// Reads the bank's statement of yesterday through the rail, where that is wanted, and looks again
/// for what was booked late. Safe on every node: an import that was made changes nothing.
@Singleton
class ReadRailStatement {
    private static final Logger LOG = Logger.getLogger(ReadRailStatement.class);
    private static final boolean WANTED = Settings.flag("reconciliation-from-rail");
    // Money may be told of days late; what is older than this is found by the next import.
    private static final int DAYS_BACK = 3;
    private static final int DESCRIPTIONS_KEPT_DAYS = 90;

    private final ImportStatement imports;
    private final Clock clock;
    // It reads everything, so once a day is enough.
    private volatile @Nullable LocalDate addedUpOn;

    @Inject
    ReadRailStatement(ImportStatement imports, Clock clock) {
        this.imports = imports;
        this.clock = clock;
    }

    @Scheduled(every = "1h", delayed = "2m", concurrentExecution = ConcurrentExecution.SKIP)
    void run() {
        var yesterday = BusinessDays.today(clock).minusDays(1);
        if (WANTED) {
            var outcome = imports.rail(Caller.SYSTEM, yesterday);
            if (outcome.isNew()) {
                LOG.infof(
                        "the bank's statement of %s has %d lines, %d of them new",
                        yesterday, outcome.statement().lines(), outcome.statement().newLines());
            }
        }
        imports.lookAgain(yesterday.minusDays(DAYS_BACK));
        if (!yesterday.equals(addedUpOn)) {
            addedUpOn = yesterday;
            var wrong = imports.addUpWrongDays();
            if (wrong > 0) {
                LOG.warnf("%d days were not what their lines come to, and are now", wrong);
            }
        }
        imports.forgetDescriptions(yesterday.minusDays(DESCRIPTIONS_KEPT_DAYS));
    }
}
