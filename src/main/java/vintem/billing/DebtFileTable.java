package vintem.billing;

import jakarta.inject.Singleton;
import java.nio.charset.Charset;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.Caller;
import vintem.billing.DebtFile.Afterwards;
import vintem.billing.DebtFile.Counts;
import vintem.billing.DebtFile.Status;
import vintem.billing.Dialect.DateOrder;
import vintem.billing.Dialect.DecimalMark;
import vintem.billing.Dialect.Format;
import vintem.platform.BinaryArray;
import vintem.platform.BinaryCopy;
import vintem.platform.Columns;

/// The tables `debt_file` and `debt_file_chunk`, and every statement that touches them.
@Singleton
class DebtFileTable {
    /// One step of an import: the rows from one place of the file up to another.
    ///
    /// @param fromPosition where the file must stand for the step to count
    /// @param leaseUntil until when nobody else is to go on with the file
    record Step(
            UUID fileId,
            long fromPosition,
            long toPosition,
            int toLine,
            Counts counts,
            Instant leaseUntil) {}

    /// A piece of the file, and where it begins.
    record Chunk(long start, byte[] bytes) {}

    /// What became of e-mails of one file.
    record Emails(int sent, int failed) {}

    private static final String FILE =
            """
            select id, name, status, reason, detail, size, sha256, format, charset, delimiter,
                   decimal_mark, date_order, columns, fields, total_rows, late_terms, billed,
                   position, line, rows, imported, imported_cents, duplicates, errors, conflicts,
                   boletos, emails_queued, emails_sent, emails_failed, paid, failures,
                   run_started_at, run_first_row, received_at, import_started_at, ended_at,
                   caller_id, caller_name, cancel_charges, cleared_at, errata_dropped_at
            from debt_file
            """;

    private static final String FIND = FILE + "where id = :id";

    private static final String LIST =
            FILE
                    + """
                    where (:after::uuid is null or id < :after)
                    order by id desc limit :most
                    """;

    private static final String BY_CONTENT =
            FILE + "where sha256 = :sha256 and status in ('importing', 'done')";

    private static final String BEGINNING =
            """
            select exists (select from debt_file
                           where beginning = :beginning and status in ('importing', 'done'))
            """;

    private static final String INSERT =
            """
            insert into debt_file (id, name, status, late_terms, billed, received_at, touched_at,
                                   caller_id, caller_name)
            values (:id, :name, 'receiving', :lateTerms, :billed, :now, :now, :callerId, :callerName)
            """;

    // The last chunk's commit makes those before it durable, too: the log is written in order.
    private static final String RELAXED = "set local synchronous_commit = off";

    private static final String GROW =
            """
            update debt_file set size = size + :length, touched_at = :now
            where id = :id and status = 'receiving'
            """;

    private static final String COPY_CHUNK =
            "copy debt_file_chunk (file_id, start, bytes) from stdin (format binary)";

    private static final String CHUNK =
            """
            select start, bytes from debt_file_chunk
            where file_id = :id and start <= :position order by start desc limit 1
            """;

    private static final String BEGIN =
            """
            update debt_file
            set status = 'importing', sha256 = :sha256, beginning = :beginning, format = :format,
                charset = :charset,
                delimiter = :delimiter, decimal_mark = :decimalMark, date_order = :dateOrder,
                columns = :columns, fields = :fields, total_rows = :totalRows,
                position = :position, line = :line, touched_at = :now
            where id = :id and status = 'receiving'
            """;

    private static final String FAIL =
            """
            update debt_file
            set status = 'failed', reason = :reason, detail = :detail, ended_at = :now,
                lease_owner = null, lease_until = null
            where id = :id and status = :from
            """;

    // Nobody else is where this one was before, and each of those that look finds another file.
    private static final String CLAIM =
            """
            update debt_file
            set lease_owner = :owner, lease_until = :until, run_started_at = :now,
                run_first_row = rows, import_started_at = coalesce(import_started_at, :now)
            where id = (
                select id from debt_file
                where status = 'importing' and coalesce(lease_until, '-infinity') <= :now
                order by received_at, id limit 1 for update skip locked)
            returning id
            """;

    // Whoever comes second finds the position elsewhere: a step counts once.
    private static final String ADVANCE =
            """
            update debt_file
            set position = :toPosition, line = :toLine, rows = rows + :rows,
                imported = imported + :imported, imported_cents = imported_cents + :importedCents,
                duplicates = duplicates + :duplicates, errors = errors + :errors,
                conflicts = conflicts + :conflicts, boletos = boletos + :boletos,
                emails_queued = emails_queued + :emailsQueued, failures = 0,
                lease_until = greatest(lease_until, :leaseUntil)
            where id = :id and status = 'importing' and position = :fromPosition
            """;

    private static final String FINISH =
            """
            update debt_file
            set status = 'done', ended_at = :now, lease_owner = null, lease_until = null
            where id = :id and status = 'importing' and position = :position
            """;

    private static final String LET_GO =
            """
            update debt_file
            set failures = failures + :failed, lease_owner = null, lease_until = :until
            where id = :id and status = 'importing' and lease_owner = :owner
            returning failures
            """;

    private static final String CANCEL =
            """
            update debt_file
            set status = 'cancelled', cancel_charges = :charges, cancelled_by = :callerId,
                ended_at = coalesce(ended_at, :now), lease_owner = null, lease_until = null,
                cleared_at = case when not :charges then :now::timestamptz end
            where id = :id and (status in ('receiving', 'importing', 'done')
                or (status = 'cancelled' and :charges and not cancel_charges))
            """;

    private static final String STATUS = "select status from debt_file where id = :id";

    private static final String DELETE =
            "delete from debt_file where id = :id and status = 'receiving'";

    private static final String DROP_CHUNKS = "delete from debt_file_chunk where file_id = :id";

    private static final String ABANDONED =
            """
            select id from debt_file
            where status = 'receiving' and touched_at < :before order by id limit :most
            """;

    private static final String CLAIM_CANCELLED =
            """
            update debt_file set lease_owner = :owner, lease_until = :until
            where id = (
                select id from debt_file
                where status = 'cancelled' and cleared_at is null
                    and coalesce(lease_until, '-infinity') <= :now
                order by ended_at, id limit 1 for update skip locked)
            returning id
            """;

    private static final String CLEARED =
            """
            update debt_file set cleared_at = :now, lease_owner = null, lease_until = null
            where id = :id and status = 'cancelled' and lease_owner = :owner
            """;

    private static final String WITH_OLD_CHUNKS =
            """
            select id from debt_file
            where status in ('done', 'failed', 'cancelled') and chunks_dropped_at is null
                and ended_at < :before
            order by id limit :most
            """;

    private static final String CHUNKS_DROPPED =
            "update debt_file set chunks_dropped_at = :now where id = :id";

    private static final String WITH_OLD_ERRATA =
            """
            select id from debt_file
            where status in ('done', 'failed', 'cancelled') and errata_dropped_at is null
                and ended_at < :before
            order by id limit :most
            """;

    private static final String ERRATA_DROPPED =
            "update debt_file set errata_dropped_at = :now where id = :id";

    // In the order of ids: two that count several files never wait for each other.
    private static final String LOCK_IN_ORDER =
            "select id from debt_file where id = any(:ids) order by id for update";

    private static final String COUNT_EMAILS =
            """
            update debt_file f
            set emails_sent = emails_sent + c.sent, emails_failed = emails_failed + c.failed
            from unnest(:ids, :sent, :failed) as c (id, sent, failed) where f.id = c.id
            """;

    private static final String COUNT_PAID =
            """
            update debt_file f set paid = f.paid + c.paid
            from unnest(:ids, :paid) as c (id, paid) where f.id = c.id
            """;

    Optional<DebtFile> find(Handle tx, UUID id) {
        return tx.createQuery(FIND).bind("id", id).map((row, _) -> file(row)).findOne();
    }

    /// Newest first.
    List<DebtFile> list(Handle tx, @Nullable UUID after, int most) {
        return tx.createQuery(LIST)
                .bind("after", after)
                .bind("most", most)
                .map((row, _) -> file(row))
                .list();
    }

    /// The file of these bytes that is being imported or is done.
    Optional<DebtFile> byContent(Handle tx, byte[] sha256) {
        return tx.createQuery(BY_CONTENT)
                .bind("sha256", sha256)
                .map((row, _) -> file(row))
                .findOne();
    }

    void insert(
            Handle tx,
            UUID id,
            String name,
            @Nullable String lateTerms,
            Billed billed,
            Caller caller,
            Instant now) {
        tx.createUpdate(INSERT)
                .bind("id", id)
                .bind("name", name)
                .bind("lateTerms", lateTerms)
                .bind("billed", billed.word())
                .bind("now", now)
                .bind("callerId", caller.id())
                .bind("callerName", caller.name())
                .execute();
    }

    /// Notes that so many bytes more have come.
    ///
    /// @return false where the file is not being received any more
    boolean grow(Handle tx, UUID id, int length, Instant now) {
        tx.execute(RELAXED);
        return tx.createUpdate(GROW)
                        .bind("id", id)
                        .bind("length", length)
                        .bind("now", now)
                        .execute()
                == 1;
    }

    /// Keeps a piece of a file that is being received. Durable only with a later commit.
    void put(Handle tx, UUID id, long start, byte[] bytes, int length) {
        tx.execute(RELAXED);
        BinaryCopy.copy(
                tx,
                COPY_CHUNK,
                3,
                List.of(id),
                (row, fileId) -> row.uuid(fileId).bigint(start).bytes(bytes, length));
    }

    /// Whether there is a file that begins so.
    boolean isKnown(Handle tx, byte[] beginning) {
        return tx.createQuery(BEGINNING).bind("beginning", beginning).mapTo(Boolean.class).one();
    }

    /// The piece that this place of the file is in, or the last one before it.
    Optional<Chunk> chunk(Handle tx, UUID id, long position) {
        return tx.createQuery(CHUNK)
                .bind("id", id)
                .bind("position", position)
                .map((row, _) -> new Chunk(row.getLong("start"), row.getBytes("bytes")))
                .findOne();
    }

    /// All bytes are there; the import may begin. Fails (SQLState 23505) where a file of the same
    /// bytes is being imported or is done.
    ///
    /// @return false where the file is not being received any more
    boolean begin(
            Handle tx,
            UUID id,
            byte[] sha256,
            byte[] beginning,
            Survey.Result survey,
            Instant now) {
        var dialect = survey.dialect();
        return tx.createUpdate(BEGIN)
                        .bind("id", id)
                        .bind("sha256", sha256)
                        .bind("beginning", beginning)
                        .bind("format", dialect.format().word())
                        .bind("charset", dialect.charset().name())
                        .bind(
                                "delimiter",
                                dialect.delimiter() == null ? null : dialect.delimiter().toString())
                        .bind(
                                "decimalMark",
                                dialect.decimalMark() == null
                                        ? null
                                        : Character.toString(dialect.decimalMark().mark()))
                        .bind(
                                "dateOrder",
                                dialect.dateOrder() == null ? null : dialect.dateOrder().pattern())
                        .bind("columns", BinaryArray.texts(dialect.columns(), it -> it))
                        .bind(
                                "fields",
                                BinaryArray.texts(
                                        dialect.fields(),
                                        it -> it.map(DebtField::title).orElse(null)))
                        .bind("totalRows", survey.rows())
                        .bind("position", survey.position())
                        .bind("line", survey.line())
                        .bind("now", now)
                        .execute()
                == 1;
    }

    /// @return false where the file has another status by now
    boolean fail(Handle tx, UUID id, Status from, String reason, FileDetail detail, Instant now) {
        return tx.createUpdate(FAIL)
                        .bind("id", id)
                        .bind("from", from.word())
                        .bind("reason", reason)
                        .bind("detail", detail.text())
                        .bind("now", now)
                        .execute()
                == 1;
    }

    /// Takes the oldest file that nobody is importing.
    Optional<DebtFile> claim(Handle tx, UUID owner, Instant now, Instant until) {
        return tx.createQuery(CLAIM)
                .bind("owner", owner)
                .bind("now", now)
                .bind("until", until)
                .mapTo(UUID.class)
                .findOne()
                .flatMap(id -> find(tx, id));
    }

    /// Moves a file on, with what the step has counted.
    ///
    /// @return false where the file stands elsewhere or is not being imported any more: then the
    ///     step must not stand either
    boolean advance(Handle tx, Step step) {
        var counts = step.counts();
        return tx.createUpdate(ADVANCE)
                        .bind("id", step.fileId())
                        .bind("fromPosition", step.fromPosition())
                        .bind("toPosition", step.toPosition())
                        .bind("toLine", step.toLine())
                        .bind("rows", counts.rows())
                        .bind("imported", counts.imported())
                        .bind("importedCents", counts.importedCents())
                        .bind("duplicates", counts.duplicates())
                        .bind("errors", counts.errors())
                        .bind("conflicts", counts.conflicts())
                        .bind("boletos", counts.boletos())
                        .bind("emailsQueued", counts.emailsQueued())
                        .bind("leaseUntil", step.leaseUntil())
                        .execute()
                == 1;
    }

    /// @return false where the file stands elsewhere or is not being imported any more
    boolean finish(Handle tx, UUID id, long position, Instant now) {
        return tx.createUpdate(FINISH)
                        .bind("id", id)
                        .bind("position", position)
                        .bind("now", now)
                        .execute()
                == 1;
    }

    /// Leaves a file to whoever comes next.
    ///
    /// @param failed whether the import broke off by itself
    /// @param until when somebody may come
    /// @return how often it broke off since the position moved last; empty where it is not ours
    Optional<Integer> letGo(Handle tx, UUID id, UUID owner, boolean failed, Instant until) {
        return tx.createQuery(LET_GO)
                .bind("id", id)
                .bind("owner", owner)
                .bind("failed", failed ? 1 : 0)
                .bind("until", until)
                .mapTo(Integer.class)
                .findOne();
    }

    /// @param charges whether its charges go, too; may be said later of a cancelled file
    /// @return false where there is nothing left to cancel
    boolean cancel(Handle tx, UUID id, boolean charges, Caller by, Instant now) {
        return tx.createUpdate(CANCEL)
                        .bind("id", id)
                        .bind("charges", charges)
                        .bind("callerId", by.id())
                        .bind("now", now)
                        .execute()
                == 1;
    }

    Optional<Status> status(Handle tx, UUID id) {
        return tx.createQuery(STATUS).bind("id", id).mapTo(String.class).findOne().map(Status::of);
    }

    /// Forgets a file that was being received, with its bytes.
    void delete(Handle tx, UUID id) {
        tx.createUpdate(DELETE).bind("id", id).execute();
        dropChunks(tx, id);
    }

    void dropChunks(Handle tx, UUID id) {
        tx.createUpdate(DROP_CHUNKS).bind("id", id).execute();
    }

    /// Files of which nothing has arrived for long.
    List<UUID> abandoned(Handle tx, Instant before, int most) {
        return tx.createQuery(ABANDONED)
                .bind("before", before)
                .bind("most", most)
                .mapTo(UUID.class)
                .list();
    }

    /// Takes a cancelled file whose charges and e-mails have not been looked through.
    Optional<DebtFile> claimCancelled(Handle tx, UUID owner, Instant now, Instant until) {
        return tx.createQuery(CLAIM_CANCELLED)
                .bind("owner", owner)
                .bind("now", now)
                .bind("until", until)
                .mapTo(UUID.class)
                .findOne()
                .flatMap(id -> find(tx, id));
    }

    void cleared(Handle tx, UUID id, UUID owner, Instant now) {
        tx.createUpdate(CLEARED).bind("id", id).bind("owner", owner).bind("now", now).execute();
    }

    List<UUID> withOldChunks(Handle tx, Instant endedBefore, int most) {
        return tx.createQuery(WITH_OLD_CHUNKS)
                .bind("before", endedBefore)
                .bind("most", most)
                .mapTo(UUID.class)
                .list();
    }

    void forgetChunks(Handle tx, UUID id, Instant now) {
        dropChunks(tx, id);
        tx.createUpdate(CHUNKS_DROPPED).bind("id", id).bind("now", now).execute();
    }

    List<UUID> withOldErrata(Handle tx, Instant endedBefore, int most) {
        return tx.createQuery(WITH_OLD_ERRATA)
                .bind("before", endedBefore)
                .bind("most", most)
                .mapTo(UUID.class)
                .list();
    }

    void errataDropped(Handle tx, UUID id, Instant now) {
        tx.createUpdate(ERRATA_DROPPED).bind("id", id).bind("now", now).execute();
    }

    /// Counts first e-mails of the files' charges that were handed over or failed for good. Locks
    /// the files' rows: the last locks that a transaction takes.
    void countEmails(Handle tx, Map<UUID, Emails> byFile) {
        if (byFile.isEmpty()) {
            return;
        }
        var files = lockInOrder(tx, byFile);
        tx.createUpdate(COUNT_EMAILS)
                .bind("ids", BinaryArray.uuids(files, Map.Entry::getKey))
                .bind("sent", BinaryArray.ints(files, it -> it.getValue().sent()))
                .bind("failed", BinaryArray.ints(files, it -> it.getValue().failed()))
                .execute();
    }

    /// Counts charges of the files that have been paid, or are not any more: then less than zero.
    /// Locks the files' rows: the last locks that a transaction takes.
    void countPaid(Handle tx, Map<UUID, Integer> byFile) {
        if (byFile.isEmpty()) {
            return;
        }
        var files = lockInOrder(tx, byFile);
        tx.createUpdate(COUNT_PAID)
                .bind("ids", BinaryArray.uuids(files, Map.Entry::getKey))
                .bind("paid", BinaryArray.ints(files, Map.Entry::getValue))
                .execute();
    }

    private static <T> List<Map.Entry<UUID, T>> lockInOrder(Handle tx, Map<UUID, T> byFile) {
        var files = List.copyOf(byFile.entrySet());
        tx.createQuery(LOCK_IN_ORDER)
                .bind("ids", BinaryArray.uuids(files, Map.Entry::getKey))
                .mapTo(UUID.class)
                .list();
        return files;
    }

    private static DebtFile file(ResultSet row) throws SQLException {
        var sha256 = row.getBytes("sha256");
        var detail = row.getString("detail");
        return new DebtFile(
                Columns.uuid(row, "id"),
                row.getString("name"),
                Status.of(row.getString("status")),
                row.getString("reason"),
                detail == null ? null : FileDetail.parse(detail),
                row.getLong("size"),
                sha256 == null ? null : HexFormat.of().formatHex(sha256),
                dialect(row),
                Columns.longOrNull(row, "total_rows"),
                row.getString("late_terms"),
                Billed.of(row.getString("billed")).orElseThrow(),
                row.getLong("position"),
                row.getInt("line"),
                new Counts(
                        row.getLong("rows"),
                        row.getLong("imported"),
                        row.getLong("imported_cents"),
                        row.getLong("duplicates"),
                        row.getLong("errors"),
                        row.getLong("conflicts"),
                        row.getLong("boletos"),
                        row.getLong("emails_queued")),
                new Afterwards(
                        row.getLong("emails_sent"),
                        row.getLong("emails_failed"),
                        row.getLong("paid")),
                row.getInt("failures"),
                Columns.instantOrNull(row, "run_started_at"),
                row.getLong("run_first_row"),
                Columns.instant(row, "received_at"),
                Columns.instantOrNull(row, "import_started_at"),
                Columns.instantOrNull(row, "ended_at"),
                Columns.uuid(row, "caller_id"),
                row.getString("caller_name"),
                row.getBoolean("cancel_charges"),
                Columns.instantOrNull(row, "cleared_at"),
                row.getObject("errata_dropped_at") == null);
    }

    private static @Nullable Dialect dialect(ResultSet row) throws SQLException {
        var format = row.getString("format");
        if (format == null) {
            return null;
        }
        var delimiter = row.getString("delimiter");
        var decimalMark = row.getString("decimal_mark");
        var dateOrder = row.getString("date_order");
        var fields = new ArrayList<Optional<DebtField>>();
        for (var field : (String[]) row.getArray("fields").getArray()) {
            fields.add(Optional.ofNullable(field).flatMap(DebtField::of));
        }
        return new Dialect(
                Format.of(format),
                Charset.forName(row.getString("charset")),
                delimiter == null ? null : delimiter.charAt(0),
                decimalMark == null ? null : DecimalMark.of(decimalMark),
                dateOrder == null ? null : DateOrder.of(dateOrder),
                Arrays.asList((String[]) row.getArray("columns").getArray()),
                fields);
    }
}
