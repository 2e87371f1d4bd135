package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.billing.DebtFile.Status;
import vintem.platform.Database;
import vintem.platform.Ids;
import vintem.platform.Outbox;
import vintem.platform.Settings;

/// Takes a file of debts in, piece by piece, and looks it through while it arrives. Once all of it
/// is there it may be imported, by this node or another; before, nothing happens with it.
@Singleton
class ReceiveDebtFile {
    /// Why a file fails whose sender was cut off, or went away.
    static final String BROKEN_UPLOAD = "broken_upload";

    static final String TOO_SLOW = "too_slow";
    static final String TOO_LARGE = "too_large";

    /// @param titles how the sender calls our columns, where not by our names
    record Upload(
            String name,
            Map<DebtField, String> titles,
            LateTerms lateTerms,
            Billed billed,
            Caller caller) {}

    /// @param mostBytes of one file
    /// @param atOnce files that arrive at the same moment
    /// @param grace how long a file may take at any speed
    /// @param bytesPerSecond the least that must have come after that
    record Limits(long mostBytes, int atOnce, Duration grace, long bytesPerSecond) {
        static Limits fromSettings() {
            return new Limits(
                    Settings.number("billing-max-file-bytes", 1L << 30),
                    Math.toIntExact(Settings.number("billing-uploads", 64)),
                    Settings.duration("billing-upload-grace-seconds", Duration.ofSeconds(60)),
                    Settings.number("billing-upload-bytes-per-second", 8 << 10));
        }
    }

    sealed interface Outcome {
        /// All of it is there, and is imported from now on.
        record Received(DebtFile file) implements Outcome {}

        /// These bytes were sent before. Nothing new happens.
        record Duplicate(DebtFile first) implements Outcome {}

        /// It is no file of debts.
        ///
        /// @param fileId under which that is on record
        record Unreadable(UUID fileId, UnreadableFile.Reason reason, FileDetail detail)
                implements Outcome {}

        record TooLarge(long mostBytes) implements Outcome {}

        /// Nobody has that much patience.
        record TooSlow() implements Outcome {}

        /// Somebody cancelled it while it arrived.
        record Cancelled() implements Outcome {}

        /// Too many files arrive at this moment.
        record Busy() implements Outcome {}
    }

    private static final Logger LOG = Logger.getLogger(ReceiveDebtFile.class);

    /// Bytes of a piece; two of them are in memory for each file that arrives.
    static final int PIECE = 256 << 10;

    private static final int BEGINNING = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    // As many connections to the database as may be busy with it.
    private static final int STORING = 4;

    private final Database database;
    private final DebtFileTable table;
    private final Spreadsheets spreadsheets;
    private final ImportFiles importFiles;
    private final Outbox outbox;
    private final FileScreens screens;
    private final AccessLog log;
    private final Clock clock;
    private final Limits limits;
    private final Semaphore places;
    private final Semaphore storing = new Semaphore(STORING, true);

    @Inject
    ReceiveDebtFile(
            Database database,
            DebtFileTable table,
            Spreadsheets spreadsheets,
            ImportFiles importFiles,
            Outbox outbox,
            FileScreens screens,
            AccessLog log,
            Clock clock) {
        this(
                database,
                table,
                spreadsheets,
                importFiles,
                outbox,
                screens,
                log,
                clock,
                Limits.fromSettings());
    }

    ReceiveDebtFile(
            Database database,
            DebtFileTable table,
            Spreadsheets spreadsheets,
            ImportFiles importFiles,
            Outbox outbox,
            FileScreens screens,
            AccessLog log,
            Clock clock,
            Limits limits) {
        this.database = database;
        this.table = table;
        this.spreadsheets = spreadsheets;
        this.importFiles = importFiles;
        this.outbox = outbox;
        this.screens = screens;
        this.log = log;
        this.clock = clock;
        this.limits = limits;
        this.places = new Semaphore(limits.atOnce(), true);
    }

    /// The most that a file may have.
    long mostBytes() {
        return limits.mostBytes();
    }

    /// Takes a file in, to its last byte where nothing is wrong with it.
    ///
    /// @throws IOException where the sender was cut off; that is on record, too
    Outcome receive(Upload upload, InputStream body) throws IOException {
        try {
            if (!places.tryAcquire(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
                return new Outcome.Busy();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return new Outcome.Busy();
        }
        Outcome outcome;
        try {
            outcome = new Arrival(upload, body).receive();
        } finally {
            places.release();
        }
        if (outcome instanceof Outcome.Received) {
            startImport();
        }
        return outcome;
    }

    /// More than a file may have has come.
    private static final class Beyond extends IOException {
        private static final long serialVersionUID = 1;
    }

    private static final class Slow extends IOException {
        private static final long serialVersionUID = 1;
    }

    /// It is not being received any more.
    private static final class Gone extends RuntimeException {
        private static final long serialVersionUID = 1;

        Gone() {
            super("not being received any more", null, false, false);
        }
    }

    /// One file on its way.
    private final class Arrival implements RecordScanner.Source {
        private final UUID id = Ids.next();
        private final Upload upload;
        private final InputStream body;
        private final MessageDigest digest = sha256();
        private final long startedAtNanos = System.nanoTime();
        private byte[] beginning = new byte[0];
        private int given;
        private long received;

        private byte[] piece = new byte[PIECE];
        private int filled;
        private long stored;
        private byte @Nullable [] spare;
        private byte[] firstPiece = new byte[0];
        // Where there is a file that begins like this one, which then is most likely the same.
        private @Nullable FileAside aside;
        private CompletableFuture<Boolean> previous = CompletableFuture.completedFuture(true);

        Arrival(Upload upload, InputStream body) {
            this.upload = upload;
            this.body = body;
        }

        Outcome receive() throws IOException {
            database.run(
                    tx ->
                            table.insert(
                                    tx,
                                    id,
                                    upload.name(),
                                    upload.lateTerms().text().isEmpty()
                                            ? null
                                            : upload.lateTerms().text(),
                                    upload.billed(),
                                    upload.caller(),
                                    clock.instant()));
            try {
                var survey = survey();
                return begin(survey);
            } catch (UnreadableFile unreadable) {
                fail(unreadable.reason().word(), unreadable.detail());
                return new Outcome.Unreadable(id, unreadable.reason(), unreadable.detail());
            } catch (Gone cancelled) {
                dropChunks();
                return new Outcome.Cancelled();
            } catch (Beyond tooLarge) {
                fail(TOO_LARGE, FileDetail.of(TOO_LARGE, mostBytes()));
                return new Outcome.TooLarge(mostBytes());
            } catch (Slow slow) {
                fail(TOO_SLOW, FileDetail.of(TOO_SLOW));
                return new Outcome.TooSlow();
            } catch (IOException | RuntimeException | Error broken) {
                failQuietly(broken);
                throw broken;
            } finally {
                if (aside != null) {
                    aside.close();
                }
            }
        }

        private Survey.Result survey() throws IOException, UnreadableFile {
            beginning = body.readNBytes(BEGINNING);
            Survey.refuseOthers(beginning);
            var survey = new Survey(upload.titles());
            if (!Spreadsheet.isArchive(beginning)) {
                var result = survey.csv(this);
                flush();
                return result;
            }
            var scratch = new byte[1 << 16];
            while (read(scratch, 0, scratch.length) >= 0) {
                // It is read from its end, when all of it is there.
            }
            flush();
            return spreadsheets.read(id, received, survey::spreadsheet);
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            var read = readNext(into, offset, length);
            if (read > 0) {
                received += read;
                if (received > mostBytes()) {
                    throw new Beyond();
                }
                checkPace();
                digest.update(into, offset, read);
                keep(into, offset, read);
            }
            return read;
        }

        private int readNext(byte[] into, int offset, int length) throws IOException {
            if (given < beginning.length) {
                var some = Math.min(length, beginning.length - given);
                System.arraycopy(beginning, given, into, offset, some);
                given += some;
                return some;
            }
            return body.read(into, offset, length);
        }

        /// A sender who gives a byte now and then keeps a place that others wait for.
        private void checkPace() throws Slow {
            var nanos = System.nanoTime() - startedAtNanos;
            if (nanos > limits.grace().toNanos()
                    && received < limits.bytesPerSecond() * TimeUnit.NANOSECONDS.toSeconds(nanos)) {
                throw new Slow();
            }
        }

        private void keep(byte[] bytes, int offset, int length) {
            var kept = 0;
            while (kept < length) {
                if (filled == piece.length) {
                    store();
                }
                var some = Math.min(length - kept, piece.length - filled);
                System.arraycopy(bytes, offset + kept, piece, filled, some);
                filled += some;
                kept += some;
            }
        }

        /// One piece is stored while the next one arrives.
        private void store() {
            awaitPrevious();
            if (stored == 0) {
                expectAgain();
            }
            var full = piece;
            var length = filled;
            var start = stored;
            previous =
                    CompletableFuture.supplyAsync(
                            () -> store(full, length, start), Thread::startVirtualThread);
            piece = spare == null ? new byte[PIECE] : spare;
            spare = full;
            stored += length;
            filled = 0;
        }

        /// Storing it and taking it away again would be most of what a file costs that is sent
        /// twice. A spreadsheet is looked through where it is stored.
        private void expectAgain() {
            firstPiece = sha256().digest(Arrays.copyOf(piece, filled));
            if (!Spreadsheet.isArchive(beginning)
                    && database.transaction(tx -> table.isKnown(tx, firstPiece))) {
                aside = FileAside.create().orElse(null);
            }
        }

        private boolean store(byte[] bytes, int length, long start) {
            storing.acquireUninterruptibly();
            try {
                if (aside != null) {
                    aside.add(bytes, length);
                }
                return database.transaction(
                        tx -> {
                            var grown = table.grow(tx, id, length, clock.instant());
                            if (grown && aside == null) {
                                table.put(tx, id, start, bytes, length);
                            }
                            return grown;
                        });
            } finally {
                storing.release();
            }
        }

        /// It only began like another one.
        private void storeAside(FileAside kept) throws IOException {
            kept.read(
                    PIECE,
                    (start, bytes, length) ->
                            database.run(tx -> table.put(tx, id, start, bytes, length)));
        }

        private void awaitPrevious() {
            try {
                if (!previous.join()) {
                    throw new Gone();
                }
            } catch (CompletionException failed) {
                if (failed.getCause() instanceof RuntimeException cause) {
                    throw cause;
                }
                throw failed;
            }
        }

        private void flush() {
            if (filled > 0) {
                store();
            }
            awaitPrevious();
        }

        /// Of two files with the same bytes the index takes one; the other was never there.
        private Outcome begin(Survey.Result survey) throws IOException {
            var hash = digest.digest();
            if (aside != null) {
                var first = replacedBy(hash);
                if (first.isPresent()) {
                    return new Outcome.Duplicate(first.get());
                }
                storeAside(aside);
            }
            while (true) {
                try {
                    return database.transaction(
                            tx -> {
                                if (!table.begin(
                                        tx, id, hash, firstPiece, survey, clock.instant())) {
                                    throw new Gone();
                                }
                                log.record(
                                        tx,
                                        upload.caller(),
                                        "debt_file.received",
                                        id.toString(),
                                        "%d rows".formatted(survey.rows()));
                                return new Outcome.Received(table.find(tx, id).orElseThrow());
                            });
                } catch (RuntimeException failed) {
                    if (!Database.isTaken(failed)) {
                        throw failed;
                    }
                }
                var first = replacedBy(hash);
                if (first.isPresent()) {
                    return new Outcome.Duplicate(first.get());
                }
                // It failed or was cancelled just now: then this one counts.
            }
        }

        /// The file with the same bytes, where there is one: then this one was never there.
        private Optional<DebtFile> replacedBy(byte[] hash) {
            return database.transaction(
                    tx -> {
                        var same = table.byContent(tx, hash);
                        same.ifPresent(_ -> table.delete(tx, id));
                        return same;
                    });
        }

        private void fail(String reason, FileDetail detail) {
            previous.exceptionally(_ -> false).join();
            database.run(
                    tx -> {
                        if (table.fail(tx, id, Status.RECEIVING, reason, detail, clock.instant())) {
                            outbox.publish(
                                    tx, List.of(new DebtFileEvent.Failed(id, reason).news()));
                        }
                        table.dropChunks(tx, id);
                    });
            screens.moved(id);
        }

        private void failQuietly(Throwable broken) {
            try {
                fail(BROKEN_UPLOAD, FileDetail.of(BROKEN_UPLOAD));
            } catch (RuntimeException alsoFailed) {
                // Whoever tidies up finds it.
                broken.addSuppressed(alsoFailed);
            }
        }

        private void dropChunks() {
            database.run(tx -> table.dropChunks(tx, id));
        }
    }

    /// On this node, if there is room. What was received stays received where that fails.
    private void startImport() {
        try {
            importFiles.begin();
        } catch (RuntimeException later) {
            LOG.warnf("the import waits for the next look: %s", later.toString());
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
