package vintem.billing;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import vintem.billing.DebtFile.Status;
import vintem.platform.Database;
import vintem.platform.Outbox;
import vintem.platform.Settings;

/// Gives up files whose sender's node died, and forgets what need not be kept: the bytes of files
/// some time after their end, their errata later. Both hold personal data; the counts stay.
@Singleton
class TidyDebtFiles {
    private static final Duration ABANDONED = Duration.ofMinutes(15);
    private static final int MOST = 100;

    private final Database database;
    private final DebtFileTable files;
    private final ErratumTable errata;
    private final Outbox outbox;
    private final FileScreens screens;
    private final Clock clock;
    private final Duration chunksKept =
            Duration.ofDays(Settings.number("billing-keep-files-days", 30));
    private final Duration errataKept =
            Duration.ofDays(Settings.number("billing-keep-errata-days", 180));

    @Inject
    TidyDebtFiles(
            Database database,
            DebtFileTable files,
            ErratumTable errata,
            Outbox outbox,
            FileScreens screens,
            Clock clock) {
        this.database = database;
        this.files = files;
        this.errata = errata;
        this.outbox = outbox;
        this.screens = screens;
        this.clock = clock;
    }

    @Scheduled(every = "5m", delayed = "1m", concurrentExecution = ConcurrentExecution.SKIP)
    void run() {
        giveUp();
        forget();
    }

    private void giveUp() {
        var now = clock.instant();
        var abandoned = database.transaction(tx -> files.abandoned(tx, now.minus(ABANDONED), MOST));
        for (var id : abandoned) {
            database.run(
                    tx -> {
                        var reason = ReceiveDebtFile.BROKEN_UPLOAD;
                        if (files.fail(
                                tx, id, Status.RECEIVING, reason, FileDetail.of(reason), now)) {
                            files.dropChunks(tx, id);
                            outbox.publish(
                                    tx, List.of(new DebtFileEvent.Failed(id, reason).news()));
                        }
                    });
            screens.moved(id);
        }
    }

    private void forget() {
        var now = clock.instant();
        for (var id :
                database.transaction(tx -> files.withOldChunks(tx, now.minus(chunksKept), MOST))) {
            database.run(tx -> files.forgetChunks(tx, id, now));
        }
        for (var id :
                database.transaction(tx -> files.withOldErrata(tx, now.minus(errataKept), MOST))) {
            database.run(
                    tx -> {
                        errata.drop(tx, id);
                        files.errataDropped(tx, id, now);
                    });
        }
    }
}
