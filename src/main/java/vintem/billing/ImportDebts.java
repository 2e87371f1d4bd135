package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.billing.Boletos.Numbers;
import vintem.billing.DebtBatch.Decision;
import vintem.billing.DebtFile.Counts;
import vintem.billing.DebtFileTable.Step;
import vintem.billing.DebtRow.Valid;
import vintem.billing.ImportTable.Home;
import vintem.billing.ImportTable.Known;
import vintem.platform.BusinessDays;
import vintem.platform.Database;
import vintem.platform.Ids;
import vintem.platform.Metrics;
import vintem.platform.Metrics.Counter;
import vintem.platform.Outbox;
import vintem.platform.Settings;
import vintem.platform.Traces;

/// Makes charges of a file's rows, from wherever the file stands.
///
/// One thread reads and parses; three write, batch by batch. They prepare at the same time, and
/// commit in the order of the file: the last statement of a batch moves the file from the batch's
/// beginning to its end, and where it stands elsewhere nothing of the batch stands either. So
/// whoever dies, is killed or is overtaken leaves a file that another one goes on with, to the very
/// same end.
///
/// A debt is charged once, which the unique index on `debt_id` decides. A batch is written as if
/// none of it were there; where the index disagrees it is undone, the charges that are there are
/// looked up, and the rest is written. While that happens batches are looked up beforehand.
///
/// **Locks**: index entries of new charges, then the file's row. Two batches of one import never
/// write the same debt: the later one takes it for charged, and is done again where that does not
/// come true. A writer that waits for its turn with entries in hand does so for some seconds only,
/// since whom it waits for may be waiting, through another import, for it; then it lets go and
/// comes back when it is its turn.
@Singleton
class ImportDebts {
    enum Outcome {
        /// To the end.
        DONE,
        /// Somebody else goes on with the file, or it was cancelled.
        ELSEWHERE,
        /// This node is stopping.
        STOPPED
    }

    /// The file stands elsewhere: what was to be written must not be.
    private static final class Overtaken extends RuntimeException {
        private static final long serialVersionUID = 1;

        Overtaken() {
            super("the file stands elsewhere", null, false, false);
        }
    }

    /// It was not its turn for long, and who is before may be waiting for us; or those before have
    /// charged otherwise than it was decided by.
    private static final class TooEarly extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooEarly() {
            super("too early", null, false, false);
        }
    }

    private static final int WRITERS = 3;
    // Written, or parsed and waiting: what an import holds in memory.
    private static final int MOST_BATCHES = WRITERS + 2;
    private static final int ATTEMPTS = 50;
    // After the index has disagreed once, it will soon again.
    private static final int WARY_BATCHES = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Counter IMPORTED = counter("imported");
    private static final Counter DUPLICATES = counter("duplicate");
    private static final Counter ERRORS = counter("error");
    private static final Counter CONFLICTS = counter("conflict");
    private static final SecureRandom RANDOM = new SecureRandom();
    // Much to compute: they would hold up the virtual ones.
    private static final ThreadFactory THREADS =
            Thread.ofPlatform().daemon().name("import-debts-", 0).factory();

    private final Database database;
    private final DebtFileTable files;
    private final ErratumTable errata;
    private final ImportTable table;
    private final MakeCharges charges;
    private final Boletos boletos;
    private final Spreadsheets spreadsheets;
    private final Outbox outbox;
    private final FileScreens screens;
    private final Clock clock;
    private final int batchRows;
    private final Duration lease;

    @Inject
    ImportDebts(
            Database database,
            DebtFileTable files,
            ErratumTable errata,
            ImportTable table,
            MakeCharges charges,
            Boletos boletos,
            Spreadsheets spreadsheets,
            Outbox outbox,
            FileScreens screens,
            Clock clock) {
        this(
                database,
                files,
                errata,
                table,
                charges,
                boletos,
                spreadsheets,
                outbox,
                screens,
                clock,
                Math.toIntExact(Settings.number("billing-batch-rows", 5_000)),
                Settings.duration("billing-lease-seconds", Duration.ofSeconds(30)));
    }

    /// @param batchRows rows of one transaction
    /// @param lease how long a file is left to a node that does not move it
    ImportDebts(
            Database database,
            DebtFileTable files,
            ErratumTable errata,
            ImportTable table,
            MakeCharges charges,
            Boletos boletos,
            Spreadsheets spreadsheets,
            Outbox outbox,
            FileScreens screens,
            Clock clock,
            int batchRows,
            Duration lease) {
        this.database = database;
        this.files = files;
        this.errata = errata;
        this.table = table;
        this.charges = charges;
        this.boletos = boletos;
        this.spreadsheets = spreadsheets;
        this.outbox = outbox;
        this.screens = screens;
        this.clock = clock;
        this.batchRows = batchRows;
        this.lease = lease;
    }

    private static Counter counter(String outcome) {
        return Metrics.counter(
                "vintem_import_rows_total",
                "Rows of files of debts, by what became of them",
                "outcome",
                outcome);
    }

    /// Until when nobody else is to take a file that this node has just taken or moved.
    Instant leaseUntil() {
        return clock.instant().plus(lease);
    }

    /// Imports a file to its end.
    ///
    /// @param file as it stands
    /// @param stopping asked between batches
    /// @throws UnreadableFile where the file is not what it was when it came
    Outcome run(DebtFile file, BooleanSupplier stopping) throws IOException, UnreadableFile {
        var dialect = Objects.requireNonNull(file.dialect());
        return switch (dialect.format()) {
            case CSV -> run(file, csv(file, dialect), stopping);
            case XLSX ->
                    spreadsheets.read(
                            file.id(),
                            file.size(),
                            sheet ->
                                    run(
                                            file,
                                            new SheetRows(
                                                    sheet, dialect, terms(file), file.position()),
                                            stopping));
        };
    }

    private DebtRows csv(DebtFile file, Dialect dialect) {
        return new CsvRows(
                new StoredBytes(database, files, file.id(), file.position(), file.size()),
                dialect,
                terms(file),
                file.position(),
                file.line());
    }

    private static LateTerms terms(DebtFile file) {
        return file.lateTerms() == null ? LateTerms.NONE : LateTerms.of(file.lateTerms());
    }

    private Outcome run(DebtFile file, DebtRows rows, BooleanSupplier stopping)
            throws IOException, UnreadableFile {
        try {
            var importing = new Importing(file);
            var readToTheEnd = importing.readAndWrite(rows, stopping);
            if (!readToTheEnd) {
                return Outcome.STOPPED;
            }
            return finish(file.id(), rows.position()) ? Outcome.DONE : Outcome.ELSEWHERE;
        } catch (Overtaken elsewhere) {
            return Outcome.ELSEWHERE;
        }
    }

    private boolean finish(UUID fileId, long position) {
        var done =
                database.transaction(
                        tx -> {
                            if (!files.finish(tx, fileId, position, clock.instant())) {
                                return false;
                            }
                            var counts = files.find(tx, fileId).orElseThrow().counts();
                            outbox.publish(
                                    tx,
                                    List.of(
                                            new DebtFileEvent.Done(
                                                            fileId,
                                                            counts.rows(),
                                                            counts.imported(),
                                                            counts.importedCents(),
                                                            counts.duplicates(),
                                                            counts.errors(),
                                                            counts.conflicts())
                                                    .news()));
                            return true;
                        });
        screens.moved(fileId);
        return done;
    }

    /// One run through the rest of one file.
    private final class Importing {
        private final DebtFile file;
        private final Dialect dialect;
        private final Turns turns = new Turns();
        private final Semaphore room = new Semaphore(MOST_BATCHES);
        private final Queue<DebtBatch> underWay = new ConcurrentLinkedQueue<>();
        private final AtomicInteger wary = new AtomicInteger();

        Importing(DebtFile file) {
            this.file = file;
            this.dialect = Objects.requireNonNull(file.dialect());
        }

        /// @return false where it was stopped before the end
        boolean readAndWrite(DebtRows rows, BooleanSupplier stopping)
                throws IOException, UnreadableFile {
            boolean toTheEnd;
            // Closing waits: what was handed over is written, also where we stop.
            try (var writers = Executors.newFixedThreadPool(WRITERS, THREADS)) {
                try {
                    toTheEnd = read(rows, writers, stopping);
                } catch (IOException | UnreadableFile | RuntimeException | Error failed) {
                    turns.breakOff(failed);
                    throw failed;
                }
            }
            rethrow(turns.failure());
            return toTheEnd;
        }

        private boolean read(DebtRows rows, ExecutorService writers, BooleanSupplier stopping)
                throws IOException, UnreadableFile {
            var batch = new DebtBatch(0, file.position());
            while (true) {
                var row = rows.next();
                if (row != null) {
                    batch.add(row, rows.position(), rows.line());
                } else {
                    batch.end(rows.position(), rows.line());
                }
                if (row == null || batch.size() == batchRows) {
                    if (turns.failure() != null) {
                        return false;
                    }
                    if (batch.to() > batch.from()) {
                        hand(batch, writers);
                    }
                    if (row == null) {
                        return true;
                    }
                    if (stopping.getAsBoolean()) {
                        return false;
                    }
                    batch = new DebtBatch(batch.number() + 1, batch.to());
                }
            }
        }

        private void hand(DebtBatch batch, ExecutorService writers) {
            room.acquireUninterruptibly();
            batch.follow(underWay);
            underWay.add(batch);
            writers.execute(
                    () -> {
                        try {
                            write(batch);
                            turns.passed(batch.number());
                        } catch (Throwable failed) {
                            turns.breakOff(failed);
                        } finally {
                            underWay.remove(batch);
                            room.release();
                        }
                    });
        }

        private void write(DebtBatch batch) {
            var alone = false;
            Numbers numbers = null;
            for (var attempt = 1; ; attempt++) {
                if (alone) {
                    turns.await(batch.number());
                    batch.guessNothing();
                }
                var decision = decide(batch, alone || attempt > 1);
                if (numbers == null || numbers.count() < decision.fresh().size()) {
                    // Numbers of an attempt that was undone were never seen by anybody.
                    numbers =
                            decision.fresh().isEmpty()
                                    ? null
                                    : boletos.take(decision.fresh().size());
                }
                try {
                    write(batch, decision, numbers);
                    screens.moved(file.id());
                    return;
                } catch (TooEarly notYet) {
                    alone = true;
                } catch (RuntimeException failed) {
                    if (!Database.isTaken(failed) || attempt == ATTEMPTS) {
                        throw failed;
                    }
                    wary.set(WARY_BATCHES);
                }
            }
        }

        private Decision decide(DebtBatch batch, boolean mustLook) {
            var isWary = wary.get() > 0;
            if (batch.debts().isEmpty() || !(mustLook || isWary)) {
                return batch.decide(Map.of(), dialect);
            }
            Map<String, Known> charged =
                    database.transaction(tx -> table.known(tx, batch.debts().keySet()));
            if (isWary) {
                wary.updateAndGet(it -> charged.isEmpty() ? Math.max(0, it - 1) : WARY_BATCHES);
            }
            return batch.decide(charged, dialect);
        }

        private void write(DebtBatch batch, Decision decision, @Nullable Numbers numbers) {
            var list = newCharges(decision.fresh(), numbers);
            var withBoleto = (int) list.stream().filter(it -> it.boleto() != null).count();
            var homes = homes(decision.fresh(), list);
            Traces.span(
                    "ImportDebts",
                    "vintem.file.id",
                    file.id(),
                    () ->
                            database.run(
                                    tx -> {
                                        charges.make(tx, list);
                                        table.addAddresses(tx, homes);
                                        errata.add(tx, file.id(), decision.errata());
                                        errata.addDuplicates(tx, file.id(), decision.duplicates());
                                        move(tx, batch, decision, withBoleto);
                                    }));
            count(decision.counts(withBoleto));
        }

        /// After the commit: a batch that is tried again would count twice.
        private static void count(Counts counts) {
            IMPORTED.add(counts.imported());
            DUPLICATES.add(counts.duplicates());
            ERRORS.add(counts.errors());
            CONFLICTS.add(counts.conflicts());
        }

        /// Last of all: from here to the commit nobody else can move the file.
        private void move(Handle tx, DebtBatch batch, Decision decision, int withBoleto) {
            if (!turns.await(batch.number(), PATIENCE)
                    || !batch.cameTrue(table.known(tx, batch.guessed()))) {
                throw new TooEarly();
            }
            var step =
                    new Step(
                            file.id(),
                            batch.from(),
                            batch.to(),
                            batch.toLine(),
                            decision.counts(withBoleto),
                            leaseUntil());
            if (!files.advance(tx, step)) {
                throw new Overtaken();
            }
        }

        private List<NewCharge> newCharges(List<Valid> fresh, @Nullable Numbers numbers) {
            var now = clock.instant();
            var today = BusinessDays.today(clock);
            var keys = new byte[16 * fresh.size()];
            RANDOM.nextBytes(keys);
            var random = ByteBuffer.wrap(keys);
            var list = new ArrayList<NewCharge>(fresh.size());
            for (var i = 0; i < fresh.size(); i++) {
                var debt = fresh.get(i);
                list.add(
                        new NewCharge(
                                Ids.next(),
                                debt.debtId(),
                                file.id(),
                                debt.line(),
                                debt.name(),
                                debt.governmentId(),
                                debt.documentValid(),
                                debt.email(),
                                debt.amountCents(),
                                debt.dueDate(),
                                file.lateTerms(),
                                file.billed(),
                                new UUID(random.getLong(), random.getLong()),
                                boletos.issue(
                                        Objects.requireNonNull(numbers),
                                        i,
                                        debt.amountCents(),
                                        debt.dueDate(),
                                        today,
                                        debt.documentValid()),
                                now));
            }
            return list;
        }

        private List<Home> homes(List<Valid> fresh, List<NewCharge> list) {
            var homes = new ArrayList<Home>();
            for (var i = 0; i < fresh.size(); i++) {
                var address = fresh.get(i).address();
                if (address != null) {
                    homes.add(new Home(list.get(i).id(), address));
                }
            }
            return homes;
        }

        private void rethrow(@Nullable Throwable failure) {
            switch (failure) {
                case null -> {}
                case RuntimeException unchecked -> throw unchecked;
                case Error error -> throw error;
                default -> throw new IllegalStateException(failure);
            }
        }
    }
}
