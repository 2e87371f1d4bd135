package vintem.ledger;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;
import vintem.platform.BinaryArray;
import vintem.platform.BinaryCopy;
import vintem.platform.Columns;
import vintem.platform.Ids;
import vintem.platform.Problem;
import vintem.platform.Writes;

/// Transfers as they are written and read, and what accounts with a floor may give.
@Singleton
public class LedgerTables {
    public record Row(
            UUID id,
            UUID entryId,
            int debitAccount,
            int creditAccount,
            long amountCents,
            String kind,
            UUID subjectId,
            Instant occurredAt,
            Instant recordedAt,
            String xactId) {
        Place place() {
            return new Place(xactId, id);
        }
    }

    public record Moved(String kind, long count, long cents) {}

    /// From one transaction to another.
    public record Span(long first, long last) {}

    /// Where a row stands in the order of the books: the transaction it was written in, and its id.
    public record Place(String xactId, UUID id) {
        private static final Place FIRST = new Place("0", new UUID(0, 0));
        private static final Place LAST = new Place("9223372036854775807", new UUID(-1, -1));
    }

    private static final Duration ABOUT = Duration.ofMinutes(1);
    private static final Instant END_OF_TIME = Instant.parse("9999-12-31T23:59:59Z");

    static final String ROW =
            """
            select id, entry_id, debit_account, credit_account, amount_cents, kind, subject_id,
                   occurred_at, recorded_at, xact_id::text
            from transfer
            """;

    private static final String COPY =
            """
            copy transfer (id, entry_id, debit_account, credit_account, amount_cents, kind, subject_id,
                           occurred_at)
            from stdin (format binary)
            """;

    private static final String INSERT =
            """
            insert into transfer (id, entry_id, debit_account, credit_account, amount_cents, kind,
                                  subject_id, occurred_at)
            select * from unnest(?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String INSERT_ONCE = INSERT + "on conflict do nothing";

    private static final String ALREADY_THERE =
            """
            select id from transfer
            where (subject_id, id) in (select * from unnest(:subjects, :ids))
            """;

    // In id order, so that two lists never wait for each other.
    private static final String LOCK =
            """
            select account_id, available_cents from account_available
            where account_id = any(:ids) order by account_id for update
            """;

    private static final String KEEP =
            """
            update account_available set available_cents = kept.cents
            from unnest(:ids, :cents) as kept (id, cents)
            where account_id = kept.id and available_cents <> kept.cents
            """;

    // By the column: by the text that is selected, 1000 would come before 999.
    private static final String OF_SUBJECT =
            ROW
                    + """
                    where subject_id = :subject and (xact_id, id) > (:xactId::bigint, :id)
                    order by transfer.xact_id, id limit :most
                    """;

    private static final String OF_SUBJECTS =
            ROW
                    + """
                    where subject_id = any(:subjects)
                    order by transfer.xact_id, id limit :most
                    """;

    // Without an index, which each transfer would pay for: ids are dated, checkpoints say which
    // transactions were of that time, and rows lie in the order of these.
    private static final String WRITTEN_ABOUT =
            """
            select coalesce((select horizon from ledger_checkpoint where latest_recorded_at < :from
                             order by latest_recorded_at desc, horizon desc limit 1), 0) as first,
                   coalesce((select horizon from ledger_checkpoint where latest_recorded_at > :until
                             order by latest_recorded_at, horizon limit 1),
                            9223372036854775807) as last
            """;

    private static final String SUBJECTS_OF =
            """
            select distinct subject_id from transfer
            where xact_id >= :first and xact_id <= :last and (id = :id or entry_id = :id) limit 100
            """;

    private static final String LAST_CHECKPOINT =
            """
            select max(latest_recorded_at) from ledger_checkpoint
            where horizon = (select max(horizon) from ledger_checkpoint)
            """;

    private static final String OF_IDS =
            ROW
                    + """
                    where (subject_id, id) in (select * from unnest(:subjects, :ids)) order by id
                    """;

    private static final String PLACE =
            "select xact_id::text, id from transfer where subject_id = :subject and id = :id";

    private static final String BY_KIND =
            """
            select kind, sum(amount_cents)::bigint as cents from transfer
            where debit_account = :debit and credit_account = :credit group by kind
            """;

    // Each side by its own index: with `or` the whole account would be read for one page.
    private static final String STATEMENT =
            """
            select id, entry_id, debit_account, credit_account, amount_cents, kind, subject_id,
                   occurred_at, recorded_at, xact_id::text
            from ((select * from transfer
                   where debit_account = :account and (xact_id, id) < (:xactId::bigint, :id)
                   and recorded_at <= :recordedBy
                   order by transfer.xact_id desc, id desc limit :most)
                  union all
                  (select * from transfer
                   where credit_account = :account and (xact_id, id) < (:xactId::bigint, :id)
                   and recorded_at <= :recordedBy
                   order by transfer.xact_id desc, id desc limit :most)) either_side
            order by either_side.xact_id desc, id desc limit :most
            """;

    private static final String RECORDED =
            ROW
                    + """
                    where transfer.xact_id >= :horizon and transfer.xact_id < :beyond
                    and recorded_at >= :from and recorded_at < :until
                    order by transfer.xact_id, id
                    """;

    // What is on its way counts as gone: it has left the account.
    private static final String AT_THE_BANK =
            """
            select kind, count(*) as count,
                   sum(case when debit_account = 1 then amount_cents else -amount_cents end)::bigint
                       as cents
            from transfer
            where xact_id >= :horizon and xact_id < :beyond
            and recorded_at >= :from and recorded_at < :until
            and (debit_account = 1 or credit_account = 1)
            group by kind, debit_account = 1 order by 3 desc, kind
            """;

    // The oldest of each account by its index, and the oldest of those.
    private static final String FIRST_RECORDED =
            """
            select min(t.recorded_at) from account a
            cross join lateral (
                select recorded_at from transfer
                where debit_account = a.id and debit_account <> 5
                order by xact_id limit 1) t
            """;

    private static final String TOO_MUCH_AVAILABLE =
            """
            select a.code from account_available v join account a on a.id = v.account_id
            where v.available_cents > (
                select coalesce(sum(case when debit_account = a.id then amount_cents
                                         else -amount_cents end), 0)
                       * case a.normal_side when 'debit' then 1 else -1 end - a.floor_cents
                from transfer where debit_account = a.id or credit_account = a.id)
            """;

    private static final String SPLIT_ENTRIES =
            """
            select count(*) from (
                select entry_id from transfer group by entry_id
                having count(distinct xact_id) > 1) split
            """;

    private static final String MOVE_IN =
            """
            insert into ledger_home (system_identifier)
            select system_identifier from pg_control_system()
            on conflict (only_row) do update set system_identifier = excluded.system_identifier
            where ledger_home.system_identifier <> excluded.system_identifier
            returning system_identifier
            """;

    private static final String STRANGERS =
            """
            select count(*) from transfer
            where debit_account not in (select id from account)
            or credit_account not in (select id from account)
            """;

    void insert(Handle tx, List<Transfer> transfers) {
        var writes = new Writes();
        insert(tx, writes, transfers);
        writes.run(tx);
    }

    /// A long list at once, a short one together with other writes.
    void insert(Handle tx, Writes writes, List<Transfer> transfers) {
        if (!BinaryCopy.isWorthIt(transfers.size())) {
            add(writes, INSERT, transfers);
        } else {
            BinaryCopy.copy(
                    tx,
                    COPY,
                    8,
                    transfers,
                    (row, transfer) ->
                            row.uuid(transfer.id())
                                    .uuid(transfer.entryId())
                                    .integer(transfer.debit().id())
                                    .integer(transfer.credit().id())
                                    .bigint(transfer.amountCents())
                                    .text(transfer.kind())
                                    .uuid(transfer.subjectId())
                                    .instant(transfer.occurredAt()));
        }
    }

    /// Leaves alone what is written already under the same ids.
    void insertOnce(Handle tx, List<Transfer> transfers) {
        var writes = new Writes();
        add(writes, INSERT_ONCE, transfers);
        writes.run(tx);
    }

    private static void add(Writes writes, String statement, List<Transfer> transfers) {
        if (!transfers.isEmpty()) {
            writes.add(
                    statement,
                    BinaryArray.uuids(transfers, Transfer::id),
                    BinaryArray.uuids(transfers, Transfer::entryId),
                    BinaryArray.ints(transfers, each -> each.debit().id()),
                    BinaryArray.ints(transfers, each -> each.credit().id()),
                    BinaryArray.longs(transfers, Transfer::amountCents),
                    BinaryArray.texts(transfers, Transfer::kind),
                    BinaryArray.uuids(transfers, Transfer::subjectId),
                    BinaryArray.instants(transfers, Transfer::occurredAt));
        }
    }

    /// The ids of those transfers that are written already.
    Set<UUID> alreadyThere(Handle tx, Collection<Transfer> transfers) {
        return tx.createQuery(ALREADY_THERE)
                .bind("subjects", BinaryArray.uuids(transfers, Transfer::subjectId))
                .bind("ids", BinaryArray.uuids(transfers, Transfer::id))
                .mapTo(UUID.class)
                .collect(Collectors.toSet());
    }

    Map<AccountCode, Long> lockAvailable(Handle tx, Set<AccountCode> accounts) {
        var available = new EnumMap<AccountCode, Long>(AccountCode.class);
        tx.createQuery(LOCK)
                .bind("ids", ids(accounts))
                .map(
                        (row, _) ->
                                available.put(
                                        AccountCode.ofId(row.getInt("account_id")),
                                        row.getLong("available_cents")))
                .list();
        return available;
    }

    void keepAvailable(Handle tx, Map<AccountCode, Long> available) {
        if (!available.isEmpty()) {
            tx.createUpdate(KEEP)
                    .bind("ids", ids(available.keySet()))
                    .bind("cents", BinaryArray.longs(available.values(), Long::longValue))
                    .execute();
        }
    }

    List<Row> ofSubject(Handle tx, UUID subject) {
        return ofSubject(tx, subject, null, Integer.MAX_VALUE);
    }

    /// Oldest first, younger than a place.
    List<Row> ofSubject(Handle tx, UUID subject, @Nullable Place after, int most) {
        return tx.createQuery(OF_SUBJECT)
                .bind("subject", subject)
                .bindMethods(after == null ? Place.FIRST : after)
                .bind("most", most)
                .map(ConstructorMapper.of(Row.class))
                .list();
    }

    /// Oldest first.
    List<Row> ofSubjects(Handle tx, Collection<UUID> subjects, int most) {
        return tx.createQuery(OF_SUBJECTS)
                .bind("subjects", BinaryArray.uuids(subjects, it -> it))
                .bind("most", most)
                .map(ConstructorMapper.of(Row.class))
                .list();
    }

    List<UUID> subjectsOf(Handle tx, UUID transferOrEntryId) {
        var dated = Ids.at(transferOrEntryId);
        if (dated.isEmpty()) {
            return List.of();
        }
        var span =
                tx.createQuery(WRITTEN_ABOUT)
                        .bind("from", dated.get().minus(ABOUT))
                        .bind("until", dated.get().plus(ABOUT))
                        .map(ConstructorMapper.of(Span.class))
                        .one();
        return tx.createQuery(SUBJECTS_OF)
                .bindMethods(span)
                .bind("id", transferOrEntryId)
                .mapTo(UUID.class)
                .list();
    }

    /// When the youngest transfer was recorded that a checkpoint covers.
    Optional<Instant> lastCheckpoint(Handle tx) {
        return tx.createQuery(LAST_CHECKPOINT).mapTo(Instant.class).findOne();
    }

    /// Those of these transfers that are written, in the order of their ids.
    List<Row> standing(Handle tx, Collection<Transfer> transfers) {
        return tx.createQuery(OF_IDS)
                .bind("subjects", BinaryArray.uuids(transfers, Transfer::subjectId))
                .bind("ids", BinaryArray.uuids(transfers, Transfer::id))
                .map(ConstructorMapper.of(Row.class))
                .list();
    }

    /// @throws Problem `400` where there is no such transfer: it came as a cursor
    Place place(Handle tx, UUID subject, UUID id) {
        return tx.createQuery(PLACE)
                .bind("subject", subject)
                .bind("id", id)
                .map(ConstructorMapper.of(Place.class))
                .findOne()
                .orElseThrow(() -> Problem.invalid("?after", "is not a cursor of this list"));
    }

    Map<String, Long> centsByKind(Handle tx, AccountCode debit, AccountCode credit) {
        return tx.createQuery(BY_KIND)
                .bind("debit", debit.id())
                .bind("credit", credit.id())
                .reduceRows(
                        new java.util.TreeMap<String, Long>(),
                        (sums, row) -> {
                            sums.put(
                                    row.getColumn("kind", String.class),
                                    row.getColumn("cents", Long.class));
                            return sums;
                        });
    }

    /// Newest first, older than a place.
    List<Row> statement(Handle tx, AccountCode account, @Nullable Place before, int most) {
        return statement(tx, account, before, END_OF_TIME, most);
    }

    /// The same of what was recorded by an instant.
    List<Row> statement(
            Handle tx, AccountCode account, @Nullable Place before, Instant recordedBy, int most) {
        var place = before == null ? Place.LAST : before;
        if (account == AccountCode.IN_TRANSIT) {
            return InTransitTable.statement(tx, place, recordedBy, most);
        }
        return tx.createQuery(STATEMENT)
                .bind("account", account.id())
                .bind("recordedBy", recordedBy)
                .bindMethods(place)
                .bind("most", most)
                .map(ConstructorMapper.of(Row.class))
                .list();
    }

    /// A place that all that was recorded by an instant stands before.
    Place placeAfter(Handle tx, Instant at) {
        return new Place(Long.toString(BalanceTable.horizonAfter(tx, at)), Place.FIRST.id());
    }

    /// What was recorded from an instant until before another, in the order of the books, a few
    /// rows at a time; within the transaction, and only while it lasts.
    void recorded(Handle tx, Instant from, Instant until, java.util.function.Consumer<Row> sink) {
        tx.createQuery(RECORDED)
                .bind("horizon", BalanceTable.horizonBefore(tx, from))
                .bind("beyond", BalanceTable.horizonAfter(tx, until))
                .bind("from", from)
                .bind("until", until)
                .setFetchSize(2_000)
                .map(ConstructorMapper.of(Row.class))
                .forEach(sink);
    }

    /// What came in (positive) and went out, by kind.
    List<Moved> movedAtTheBank(Handle tx, Instant from, Instant until) {
        return tx.createQuery(AT_THE_BANK)
                .bind("horizon", BalanceTable.horizonBefore(tx, from))
                .bind("beyond", BalanceTable.horizonAfter(tx, until))
                .bind("from", from)
                .bind("until", until)
                .map(ConstructorMapper.of(Moved.class))
                .list();
    }

    /// When the first transfer was recorded; empty where there is none.
    Optional<Instant> firstRecorded(Handle tx) {
        return tx.createQuery(FIRST_RECORDED)
                .map((row, _) -> Optional.ofNullable(Columns.instantOrNull(row, "min")))
                .one();
    }

    List<String> tooMuchAvailable(Handle tx) {
        return tx.createQuery(TOO_MUCH_AVAILABLE).mapTo(String.class).list();
    }

    long splitEntries(Handle tx) {
        return tx.createQuery(SPLIT_ENTRIES).mapTo(Long.class).one();
    }

    /// Forgets all checkpoints where this server is not the one they were taken in.
    static boolean moveIn(Handle tx) {
        var moved = tx.createQuery(MOVE_IN).mapTo(Long.class).findOne().isPresent();
        return moved && tx.execute("delete from ledger_checkpoint") >= 0 && DayTable.forget(tx);
    }

    long withUnknownAccount(Handle tx) {
        return tx.createQuery(STRANGERS).mapTo(Long.class).one();
    }

    private static Argument ids(Collection<AccountCode> accounts) {
        return BinaryArray.ints(accounts, AccountCode::id);
    }
}
