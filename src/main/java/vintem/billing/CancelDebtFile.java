package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.billing.DebtFile.Status;
import vintem.platform.Database;
import vintem.platform.Outbox;

/// Stops a file: what of it is not imported never will be, and its e-mails that are still queued
/// are
/// not sent. Charges that are there stay, unless they are to go, too.
@Singleton
class CancelDebtFile {
    sealed interface Outcome {
        /// Now or before. Its charges go one after the other, from now on.
        record Cancelled(DebtFile file) implements Outcome {}

        record NotFound() implements Outcome {}

        /// It had failed; nothing of it goes on.
        record Failed() implements Outcome {}
    }

    private final Database database;
    private final DebtFileTable table;
    private final ClearCancelledFiles clear;
    private final Outbox outbox;
    private final AccessLog log;
    private final FileScreens screens;
    private final Clock clock;

    @Inject
    CancelDebtFile(
            Database database,
            DebtFileTable table,
            ClearCancelledFiles clear,
            Outbox outbox,
            AccessLog log,
            FileScreens screens,
            Clock clock) {
        this.database = database;
        this.table = table;
        this.clear = clear;
        this.outbox = outbox;
        this.log = log;
        this.screens = screens;
        this.clock = clock;
    }

    /// @param charges whether its charges are to go, too; may be asked for later
    Outcome cancel(Caller by, UUID fileId, boolean charges) {
        var outcome =
                database.transaction(
                        tx -> {
                            if (table.cancel(tx, fileId, charges, by, clock.instant())) {
                                log.record(
                                        tx,
                                        by,
                                        "debt_file.cancelled",
                                        fileId.toString(),
                                        charges ? "its charges, too" : "");
                                outbox.publish(
                                        tx,
                                        List.of(
                                                new DebtFileEvent.Cancelled(fileId, charges)
                                                        .news()));
                            }
                            var file = table.find(tx, fileId);
                            if (file.isEmpty()) {
                                return new Outcome.NotFound();
                            }
                            return file.get().status() == Status.FAILED
                                    ? new Outcome.Failed()
                                    : new Outcome.Cancelled(file.get());
                        });
        screens.moved(fileId);
        if (charges && outcome instanceof Outcome.Cancelled) {
            clear.begin();
        }
        return outcome;
    }
}
