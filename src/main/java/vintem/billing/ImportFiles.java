package vintem.billing;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;
import vintem.billing.DebtFile.Status;
import vintem.platform.Database;
import vintem.platform.Errand;
import vintem.platform.Outbox;
import vintem.platform.Settings;

/// Imports the files that wait for it: those that have just arrived, and those whose node died. So
/// many at once on one node; the others wait, or another node takes them.
@Singleton
class ImportFiles implements Errand {
    /// Why a file fails that we cannot import, and nobody knows why.
    static final String OUR_MISTAKE = "internal_error";

    static final String NO_NUMBERS = "no_boleto_numbers";

    private static final Logger LOG = Logger.getLogger(ImportFiles.class);
    private static final int MOST_FAILURES = 5;
    private static final Duration REST = Duration.ofSeconds(5);

    private final Database database;
    private final DebtFileTable table;
    private final ImportDebts importDebts;
    private final Outbox outbox;
    private final FileScreens screens;
    private final Clock clock;
    private final UUID self = UUID.randomUUID();
    private final int most;
    private final Semaphore places;
    private volatile boolean stopping;

    @Inject
    ImportFiles(
            Database database,
            DebtFileTable table,
            ImportDebts importDebts,
            Outbox outbox,
            FileScreens screens,
            Clock clock) {
        this(
                database,
                table,
                importDebts,
                outbox,
                screens,
                clock,
                Math.toIntExact(Settings.number("billing-imports", 2)));
    }

    /// @param most imports at once
    ImportFiles(
            Database database,
            DebtFileTable table,
            ImportDebts importDebts,
            Outbox outbox,
            FileScreens screens,
            Clock clock,
            int most) {
        this.database = database;
        this.table = table;
        this.importDebts = importDebts;
        this.outbox = outbox;
        this.screens = screens;
        this.clock = clock;
        this.most = most;
        this.places = new Semaphore(most);
    }

    /// Begins with what waits, as far as there are places. Never waits itself.
    @Scheduled(every = "2s", concurrentExecution = ConcurrentExecution.SKIP)
    void begin() {
        while (!stopping && places.tryAcquire()) {
            var claimed = Optional.<DebtFile>empty();
            try {
                claimed = claim();
                claimed.ifPresent(this::importApart);
            } finally {
                if (claimed.isEmpty()) {
                    places.release();
                }
            }
            if (claimed.isEmpty()) {
                return;
            }
        }
    }

    /// Imports what waits, one after the other, and returns when nothing is left.
    ///
    /// @return how many were taken
    int importAll() {
        var taken = 0;
        for (var file = claim(); file.isPresent(); file = claim()) {
            importToTheEnd(file.get());
            taken++;
        }
        return taken;
    }

    @Override
    public Turn turn() {
        return Turn.FILES;
    }

    @Override
    public void catchUp() {
        importAll();
        // What has just been received began by itself, beside.
        places.acquireUninterruptibly(most);
        places.release(most);
    }

    @PreDestroy
    void stop() {
        stopping = true;
        // Each comes to the end of its batch.
        places.acquireUninterruptibly(most);
    }

    private Optional<DebtFile> claim() {
        return database.transaction(
                tx -> table.claim(tx, self, clock.instant(), importDebts.leaseUntil()));
    }

    private void importApart(DebtFile file) {
        Thread.ofPlatform()
                .daemon()
                .name("import-debts")
                .start(
                        () -> {
                            try {
                                importToTheEnd(file);
                            } finally {
                                places.release();
                            }
                            beginQuietly();
                        });
    }

    /// What waits need not wait for the next look.
    private void beginQuietly() {
        try {
            begin();
        } catch (RuntimeException later) {
            LOG.warnf("the next look begins with what waits: %s", later.toString());
        }
    }

    private void importToTheEnd(DebtFile file) {
        try {
            switch (importDebts.run(file, () -> stopping)) {
                case DONE -> LOG.infof("file %s is imported", file.id());
                case ELSEWHERE -> LOG.infof("file %s is somebody else's", file.id());
                case STOPPED ->
                        database.run(
                                tx -> table.letGo(tx, file.id(), self, false, clock.instant()));
            }
        } catch (UnreadableFile unreadable) {
            fail(file.id(), unreadable.reason().word(), unreadable.detail());
        } catch (Boletos.Exhausted noNumbers) {
            fail(file.id(), NO_NUMBERS, FileDetail.of("no_numbers"));
        } catch (IOException | RuntimeException failed) {
            brokeOff(file.id(), failed);
        }
    }

    /// The database may have been away, or it is our mistake; the file goes on where it stands,
    /// some times.
    private void brokeOff(UUID fileId, Exception failed) {
        LOG.errorf(failed, "the import of file %s broke off", fileId);
        try {
            var failures =
                    database.transaction(
                            tx -> table.letGo(tx, fileId, self, true, clock.instant().plus(REST)));
            if (failures.orElse(0) >= MOST_FAILURES) {
                fail(fileId, OUR_MISTAKE, FileDetail.of("broke_off"));
            }
        } catch (RuntimeException away) {
            // Its lease ends by itself.
            LOG.warnf("file %s could not be let go: %s", fileId, away.toString());
        }
    }

    private void fail(UUID fileId, String reason, FileDetail detail) {
        database.run(
                tx -> {
                    if (table.fail(tx, fileId, Status.IMPORTING, reason, detail, clock.instant())) {
                        outbox.publish(
                                tx, List.of(new DebtFileEvent.Failed(fileId, reason).news()));
                    }
                });
        screens.moved(fileId);
    }
}
