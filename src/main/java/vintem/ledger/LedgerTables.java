package vintem.ledger;

import jakarta.inject.Singleton;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

import vintem.platform.Problem;

import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/// The ledger's tables and every statement that touches them.
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

    public record Sums(int accountId, long debitCents, long creditCents) {}

    /// Where a row stands in the order of the books: the transaction it was written in, and its id.
    public record Place(String xactId, UUID id) {
        private static final Place FIRST = new Place("0", new UUID(0, 0));
        private static final Place LAST = new Place("18446744073709551615", new UUID(-1, -1));
    }

    private static final String ROW =
            """
            select id, entry_id, debit_account, credit_account, amount_cents, kind, subject_id,
                   occurred_at, recorded_at, xact_id::text
            from transfer
            """;

    // Written before under the same id is written: a list that is run again changes nothing.
    private static final String INSERT =
            """
            insert into transfer (id, entry_id, debit_account, credit_account, amount_cents, kind,
                                  subject_id, occurred_at)
            select * from unnest(:ids, :entries, :debits, :credits, :amounts, :kinds, :subjects,
                                 :occurred)
            on conflict (id) do nothing
            """;

    private static final String ALREADY_THERE = "select id from transfer where id = any(:ids)";

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

    // The last checkpoint, and everything written since: what is below its horizon is in it, what
    // is not below it is in the tail, nothing is in both.
    private static final String BALANCES =
            """
            select a.id as account_id,
                   coalesce(c.debit_cents, 0) + coalesce(d.cents, 0)::bigint as debit_cents,
                   coalesce(c.credit_cents, 0) + coalesce(k.cents, 0)::bigint as credit_cents
            from account a
            left join lateral (
                select * from ledger_checkpoint where account_id = a.id
                order by horizon desc limit 1) c on true
            left join lateral (
                select sum(amount_cents) as cents from transfer
                where debit_account = a.id and xact_id >= coalesce(c.horizon, '0')) d on true
            left join lateral (
                select sum(amount_cents) as cents from transfer
                where credit_account = a.id and xact_id >= coalesce(c.horizon, '0')) k on true
            where a.id = any(:ids)
            order by a.id
            """;

    // The youngest checkpoint of which everything was recorded by then.
    private static final String BALANCES_AS_OF =
            """
            select a.id as account_id,
                   coalesce(c.debit_cents, 0) + coalesce(d.cents, 0)::bigint as debit_cents,
                   coalesce(c.credit_cents, 0) + coalesce(k.cents, 0)::bigint as credit_cents
            from account a
            left join lateral (
                select * from ledger_checkpoint
                where account_id = a.id and latest_recorded_at <= :at
                order by horizon desc limit 1) c on true
            left join lateral (
                select sum(amount_cents) as cents from transfer
                where debit_account = a.id and xact_id >= coalesce(c.horizon, '0')
                and recorded_at <= :at) d on true
            left join lateral (
                select sum(amount_cents) as cents from transfer
                where credit_account = a.id and xact_id >= coalesce(c.horizon, '0')
                and recorded_at <= :at) k on true
            order by a.id
            """;

    private static final String OF_SUBJECT =
            ROW
                    + """
                    where subject_id = :subject and (xact_id, id) > (:xactId::xid8, :id)
                    order by xact_id, id limit :most
                    """;

    private static final String OF_IDS = ROW + "where id = any(:ids) order by id";

    private static final String PLACE = "select xact_id::text, id from transfer where id = :id";

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
                   where debit_account = :account and (xact_id, id) < (:xactId::xid8, :id)
                   order by transfer.xact_id desc, id desc limit :most)
                  union all
                  (select * from transfer
                   where credit_account = :account and (xact_id, id) < (:xactId::xid8, :id)
                   order by transfer.xact_id desc, id desc limit :most)) either_side
            order by either_side.xact_id desc, id desc limit :most
            """;

    // The balance just before a row: from the nearest checkpoint that does not cover it.
    private static final String BEFORE =
            """
            select :account as account_id,
                   coalesce(max(c.debit_cents), 0)
                       + coalesce(sum(t.amount_cents) filter (where t.debit_account = :account), 0)
                       ::bigint as debit_cents,
                   coalesce(max(c.credit_cents), 0)
                       + coalesce(sum(t.amount_cents) filter (where t.credit_account = :account), 0)
                       ::bigint as credit_cents
            from (select 1) one
            left join lateral (
                select * from ledger_checkpoint
                where account_id = :account and horizon <= :xactId::xid8
                order by horizon desc limit 1) c on true
            left join transfer t
                on (t.debit_account = :account or t.credit_account = :account)
                and t.xact_id >= coalesce(c.horizon, '0')
                and (t.xact_id, t.id) < (:xactId::xid8, :id)
            """;

    // One checkpoint at a time, whichever node takes it.
    private static final String ONE_AT_A_TIME =
            "select pg_try_advisory_xact_lock(hashtext('ledger_checkpoint'))";

    // Only what is older than the oldest running transaction: an id-based tail would lose money
    // that commits late.
    private static final String CHECKPOINT =
            """
            with horizon as materialized (select pg_snapshot_xmin(pg_current_snapshot()) as at)
            insert into ledger_checkpoint
                (account_id, horizon, latest_recorded_at, debit_cents, credit_cents)
            select a.id, h.at, greatest(c.latest_recorded_at, t.latest),
                   coalesce(c.debit_cents, 0) + t.debits, coalesce(c.credit_cents, 0) + t.credits
            from account a
            cross join horizon h
            left join lateral (
                select * from ledger_checkpoint where account_id = a.id
                order by horizon desc limit 1) c on true
            cross join lateral (
                select count(*) as rows, max(latest) as latest,
                       coalesce(sum(debit), 0)::bigint as debits,
                       coalesce(sum(credit), 0)::bigint as credits
                from (
                    select amount_cents as debit, null::bigint as credit, recorded_at as latest
                    from transfer where debit_account = a.id
                    and xact_id >= coalesce(c.horizon, '0') and xact_id < h.at
                    union all
                    select null, amount_cents, recorded_at
                    from transfer where credit_account = a.id
                    and xact_id >= coalesce(c.horizon, '0') and xact_id < h.at) tail) t
            where t.rows >= :least
            on conflict do nothing
            """;

    private static final String WRONG_CHECKPOINTS =
            """
            select a.code from ledger_checkpoint c join account a on a.id = c.account_id
            where c.horizon = (select max(horizon) from ledger_checkpoint where account_id = a.id)
            and (c.debit_cents, c.credit_cents) is distinct from (
                (select coalesce(sum(amount_cents), 0) from transfer
                 where debit_account = a.id and xact_id < c.horizon),
                (select coalesce(sum(amount_cents), 0) from transfer
                 where credit_account = a.id and xact_id < c.horizon))
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
        if (transfers.isEmpty()) {
            return;
        }
        var size = transfers.size();
        var ids = new UUID[size];
        var entries = new UUID[size];
        var debits = new Integer[size];
        var credits = new Integer[size];
        var amounts = new Long[size];
        var kinds = new String[size];
        var subjects = new UUID[size];
        var occurred = new Instant[size];
        for (var i = 0; i < size; i++) {
            var transfer = transfers.get(i);
            ids[i] = transfer.id();
            entries[i] = transfer.entryId();
            debits[i] = transfer.debit().id();
            credits[i] = transfer.credit().id();
            amounts[i] = transfer.amountCents();
            kinds[i] = transfer.kind();
            subjects[i] = transfer.subjectId();
            occurred[i] = transfer.occurredAt();
        }
        try (var insert = tx.createUpdate(INSERT)) {
            insert.bind("ids", ids)
                    .bind("entries", entries)
                    .bind("debits", debits)
                    .bind("credits", credits)
                    .bind("amounts", amounts)
                    .bind("kinds", kinds)
                    .bind("subjects", subjects)
                    .bind("occurred", occurred)
                    .execute();
        }
    }

    Set<UUID> alreadyThere(Handle tx, Collection<UUID> ids) {
        return tx.createQuery(ALREADY_THERE)
                .bindArray("ids", UUID.class, List.copyOf(ids))
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
                    .bind("cents", available.values().toArray(Long[]::new))
                    .execute();
        }
    }

    long aboveFloor(Handle tx, AccountCode account) {
        var balance = Ledger.Balance.of(balances(tx, Set.of(account)).getFirst());
        return Math.subtractExact(balance.balanceCents(), account.floorCents().orElseThrow());
    }

    List<Sums> balances(Handle tx) {
        return balances(tx, EnumSet.allOf(AccountCode.class));
    }

    private static List<Sums> balances(Handle tx, Set<AccountCode> accounts) {
        return tx.createQuery(BALANCES)
                .bind("ids", ids(accounts))
                .map(ConstructorMapper.of(Sums.class))
                .list();
    }

    List<Sums> balancesAsOf(Handle tx, Instant at) {
        return tx.createQuery(BALANCES_AS_OF)
                .bind("at", at)
                .map(ConstructorMapper.of(Sums.class))
                .list();
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

    List<Row> ofIds(Handle tx, Collection<UUID> ids) {
        return tx.createQuery(OF_IDS)
                .bindArray("ids", UUID.class, List.copyOf(ids))
                .map(ConstructorMapper.of(Row.class))
                .list();
    }

    /// @throws Problem `400` where no transfer has this id: it came as a cursor
    Place place(Handle tx, UUID id) {
        return tx.createQuery(PLACE)
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
        return tx.createQuery(STATEMENT)
                .bind("account", account.id())
                .bindMethods(before == null ? Place.LAST : before)
                .bind("most", most)
                .map(ConstructorMapper.of(Row.class))
                .list();
    }

    Sums before(Handle tx, AccountCode account, Place place) {
        return tx.createQuery(BEFORE)
                .bind("account", account.id())
                .bindMethods(place)
                .map(ConstructorMapper.of(Sums.class))
                .one();
    }

    /// Takes a checkpoint of the accounts that have at least so many rows since their last one.
    int checkpoint(Handle tx, int least) {
        if (!tx.createQuery(ONE_AT_A_TIME).mapTo(Boolean.class).one()) {
            return 0;
        }
        return tx.createUpdate(CHECKPOINT).bind("least", least).execute();
    }

    List<String> wrongCheckpoints(Handle tx) {
        return tx.createQuery(WRONG_CHECKPOINTS).mapTo(String.class).list();
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
        return moved && tx.execute("delete from ledger_checkpoint") >= 0;
    }

    long withUnknownAccount(Handle tx) {
        return tx.createQuery(STRANGERS).mapTo(Long.class).one();
    }

    private static Integer[] ids(Collection<AccountCode> accounts) {
        return accounts.stream().map(AccountCode::id).toArray(Integer[]::new);
    }
}
