package vintem.reconciliation;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;
import vintem.platform.BinaryArray;
import vintem.reconciliation.TieOutLinesTable.LineState;
import vintem.reconciliation.TieOutLinesTable.MovementState;

/// The tables of the tie-out, and every statement that touches them.
@Singleton
class ReconciliationTable {
    public record Statement(
            UUID id,
            String source,
            String name,
            byte[] hash,
            LocalDate firstDay,
            LocalDate lastDay,
            long lines,
            long newLines,
            @Nullable Long closingCents,
            String importedBy,
            Instant importedAt) {}

    public record NewLine(
            UUID id,
            String identity,
            LocalDate day,
            int position,
            long amountCents,
            @Nullable String reference,
            @Nullable String description) {}

    /// What one entry moved on our account at the bank.
    public record Movement(
            UUID entryId,
            UUID subjectId,
            String kind,
            Instant at,
            LocalDate day,
            long amountCents) {}

    public record Reference(UUID entryId, String reference) {}

    public record Open(long count, @Nullable LocalDate oldest) {}

    public record Extent(LocalDate first, LocalDate last) {}

    public record Closing(LocalDate day, long cents) {}

    // Where money moved on our account, entry by entry. What was intended and came back never
    // reached the bank; what was settled left there when it was settled. 1 is `bank`, 5 is
    // `in_transit`; reads by transactions, as nothing finds transfers by their day.
    private static final String ENTRIES =
            """
            select t.entry_id, min(t.subject_id::text)::uuid as subject_id, min(t.kind) as kind,
                   max(t.occurred_at) as at,
                   (max(t.occurred_at) at time zone 'America/Sao_Paulo')::date as day,
                   sum(case when t.debit_account = 1 then t.amount_cents
                            else -t.amount_cents end)::bigint as amount_cents
            from transfer t
            where t.xact_id >= :since
            and ((t.debit_account = 1 and t.kind not like '%\\_reversed')
                 or (t.credit_account = 1 and t.kind not like '%\\_intended')
                 or (t.credit_account = 5 and t.debit_account <> 1 and t.kind like '%\\_settled'))
            group by t.entry_id
            having sum(case when t.debit_account = 1 then t.amount_cents
                            else -t.amount_cents end) <> 0
            """;

    // Transfers recorded before that moment were written in transactions below it.
    private static final String SINCE =
            """
            select coalesce(max(horizon), 0) from ledger_checkpoint where latest_recorded_at < :at
            """;

    private static final String NEW_MOVEMENTS =
            "with entries as ("
                    + ENTRIES
                    + """
                    )
                    insert into bank_movement (entry_id, subject_id, kind, at, day, amount_cents)
                    select entry_id, subject_id, kind, at, day, amount_cents from entries
                    where day between :first and :last
                    on conflict (entry_id) do nothing
                    returning entry_id, subject_id, kind, at, day, amount_cents
                    """;

    private static final String BALANCE_BEFORE =
            "with entries as ("
                    + ENTRIES
                    + ") select coalesce(sum(amount_cents), 0)::bigint from entries where day < :day";

    private static final String INSERT_REFERENCES =
            """
            insert into bank_movement_reference (reference, entry_id)
            select * from unnest(:references, :entries) on conflict do nothing
            """;

    private static final String INSERT_STATEMENT =
            """
            insert into bank_statement
                (id, source, name, hash, first_day, last_day, lines, new_lines, closing_cents,
                 imported_by, imported_at)
            values
                (:id, :source, :name, :hash, :firstDay, :lastDay, :lines, :newLines, :closingCents,
                 :importedBy, :importedAt)
            on conflict (hash) do nothing
            """;

    private static final String BY_HASH = "select * from bank_statement where hash = :hash";

    private static final String INSERT_LINES =
            """
            insert into bank_statement_line
                (id, statement_id, identity, day, position, amount_cents, reference, description)
            select l.id, :statement, l.identity, l.day, l.position, l.amount, l.reference,
                   l.description
            from unnest(:ids, :identities, cast(:days as date[]), :positions, :amounts, :references,
                        :descriptions)
                as l (id, identity, day, position, amount, reference, description)
            order by l.identity
            on conflict (identity) do nothing
            """;

    private static final String KNOWN_LINES =
            "select count(*) from bank_statement_line where identity = any(:identities)";

    private static final String FORGET_DESCRIPTIONS =
            """
            update bank_statement_line set description = null
            where day < :before and description is not null and match_id is not null
            """;

    private static final String ONE_AT_A_TIME =
            "select pg_advisory_xact_lock(hashtext('vintem.reconciliation'))";

    private static final String NOTHING_IMPORTED = "select not exists (select from bank_statement)";

    // By what the bank calls it, and the amount; equal ones in their order.
    private static final String MATCH_BY_REFERENCE =
            """
            with lines as (
                select id, reference, amount_cents,
                       row_number() over (partition by reference, amount_cents
                                          order by day, position, id) as n
                from bank_statement_line where match_id is null and reference is not null
            ), moves as (
                select m.entry_id, r.reference, m.amount_cents,
                       row_number() over (partition by r.reference, m.amount_cents
                                          order by m.at, m.entry_id) as n
                from bank_movement m join bank_movement_reference r on r.entry_id = m.entry_id
                where m.match_id is null
            ), pairs as materialized (
                select distinct on (m.entry_id) uuidv7() as match_id, l.id as line_id, m.entry_id
                from lines l join moves m using (reference, amount_cents, n)
                order by m.entry_id, l.id
            ), matched as (
                insert into reconciliation_match (id, how, at)
                select match_id, 'reference', :now from pairs
            ), lined as (
                update bank_statement_line l set match_id = p.match_id
                from pairs p where l.id = p.line_id returning l.day
            ), moved as (
                update bank_movement m set match_id = p.match_id
                from pairs p where m.entry_id = p.entry_id returning m.day
            )
            select day from lined union select day from moved
            """;

    // By day and amount, where both sides have just one, and neither has a name that the other one
    // contradicts.
    private static final String MATCH_BY_AMOUNT =
            """
            with lines as (
                select day, amount_cents, min(id::text)::uuid as id, count(*) as n,
                       bool_or(reference ~ '^[ED][0-9A-Z]{8}[0-9]{12}') as named
                from bank_statement_line where match_id is null group by day, amount_cents
            ), moves as (
                select m.day, m.amount_cents, min(m.entry_id::text)::uuid as entry_id,
                       count(*) as n,
                       bool_or(exists (select from bank_movement_reference r
                                       where r.entry_id = m.entry_id)) as named
                from bank_movement m where m.match_id is null group by m.day, m.amount_cents
            ), pairs as materialized (
                select uuidv7() as match_id, l.id as line_id, m.entry_id
                from lines l join moves m using (day, amount_cents)
                where l.n = 1 and m.n = 1 and not (coalesce(l.named, false) and m.named)
            ), matched as (
                insert into reconciliation_match (id, how, at)
                select match_id, 'amount', :now from pairs
            ), lined as (
                update bank_statement_line l set match_id = p.match_id
                from pairs p where l.id = p.line_id returning l.day
            ), moved as (
                update bank_movement m set match_id = p.match_id
                from pairs p where m.entry_id = p.entry_id returning m.day
            )
            select day from lined union select day from moved
            """;

    private static final String EXTENT =
            """
            select min(first_day) as first, max(last_day) as last from bank_statement
            having count(*) > 0
            """;

    private static final String SET_OPENING =
            """
            insert into reconciliation_opening (day, cents) values (:day, :cents)
            on conflict (only_row) do update set day = excluded.day, cents = excluded.cents
            """;

    private static final String OPENING = "select day, cents from reconciliation_opening";

    // The balance that a statement tells nearest to the end of a day.
    private static final String NEAREST_CLOSING =
            """
            select last_day as day, closing_cents as cents from bank_statement
            where closing_cents is not null
            order by abs(last_day - cast(:day as date)), last_day, imported_at desc limit 1
            """;

    // What the bank has by the end of a day of ours that is of a later one, less what we have by
    // then that the bank has later.
    private static final String CROSSING =
            """
            select (select coalesce(sum(l.amount_cents), 0) from bank_statement_line l
                    where l.day <= :day and exists (
                        select from bank_movement m where m.match_id = l.match_id and m.day > :day))
                 - (select coalesce(sum(m.amount_cents), 0) from bank_movement m
                    where m.day <= :day and exists (
                        select from bank_statement_line l
                        where l.match_id = m.match_id and l.day > :day))
            """;

    private static final String TOLD_CLOSING =
            """
            select last_day as day, closing_cents as cents from bank_statement
            where closing_cents is not null and last_day < :today
            order by last_day desc, imported_at desc limit 1
            """;

    private static final String WRONG_LINES =
            "select * from ("
                    + TieOutLinesTable.LINE_STATES
                    + """
                    where l.day < :today) s
                    where s.state <> 'matched' order by s.day, s.id limit :most
                    """;

    private static final String MISSING =
            TieOutLinesTable.MOVEMENT_STATES
                    + """
                    where m.match_id is null and m.day < :today
                    and exists (select from bank_statement s
                                where m.day between s.first_day and s.last_day)
                    order by m.day, m.at limit :most
                    """;

    // What the books have of days that are covered and closed, and the copy has not.
    private static final String NOT_COPIED =
            "with entries as ("
                    + ENTRIES
                    + """
                    )
                    select e.entry_id, e.subject_id, e.kind, e.at, e.day, e.amount_cents
                    from entries e
                    where e.day < :today
                    and exists (select from bank_statement s
                                where e.day between s.first_day and s.last_day)
                    and not exists (select from bank_movement m where m.entry_id = e.entry_id)
                    order by e.day, e.at limit :most
                    """;

    private static final String OPEN_LINES =
            """
            select count(*) as count, min(day) as oldest
            from (select day from bank_statement_line
                  where match_id is null and day < :today order by day limit :most) o
            """;

    private static final String OPEN_MOVEMENTS =
            """
            select count(*) as count, min(day) as oldest
            from (select m.day from bank_movement m
                  where m.match_id is null and m.day < :today
                  and exists (select from bank_statement s
                              where m.day between s.first_day and s.last_day)
                  order by m.day limit :most) o
            """;

    private static final String LOCK_LINES =
            """
            select id from bank_statement_line where id = any(:ids) order by id for update
            """;

    private static final String LOCK_MOVEMENTS =
            """
            select entry_id from bank_movement where entry_id = any(:ids) order by entry_id for update
            """;

    private static final String LINES_BY_ID =
            TieOutLinesTable.LINE_STATES + "where l.id = any(:ids) order by l.id";

    private static final String MOVEMENTS_BY_ID =
            TieOutLinesTable.MOVEMENT_STATES + "where m.entry_id = any(:ids) order by m.entry_id";

    private static final String INSERT_MATCH =
            """
            insert into reconciliation_match (id, how, decided_by, at)
            values (:id, 'hand', :by, :now)
            """;

    private static final String CONFIRM =
            """
            update reconciliation_match set how = 'hand', decided_by = :by, at = :now
            where id = :match
            """;

    private static final String DAYS_OF =
            """
            select day from bank_statement_line where match_id = :match
            union
            select day from bank_movement where match_id = :match
            """;

    private static final String SET_LINES =
            "update bank_statement_line set match_id = :match where id = any(:ids)";

    private static final String SET_MOVEMENTS =
            "update bank_movement set match_id = :match where entry_id = any(:ids)";

    private static final String FREE_LINES =
            "update bank_statement_line set match_id = null where match_id = :match";

    private static final String FREE_MOVEMENTS =
            "update bank_movement set match_id = null where match_id = :match";

    private static final String DELETE_MATCH = "delete from reconciliation_match where id = :match";

    /// Imports and decisions take turns: each sees what the one before it matched.
    void oneAtATime(Handle tx) {
        tx.createQuery(ONE_AT_A_TIME).mapTo(String.class).one();
    }

    boolean nothingImported(Handle tx) {
        return tx.createQuery(NOTHING_IMPORTED).mapTo(Boolean.class).one();
    }

    Optional<Statement> byHash(Handle tx, byte[] hash) {
        return tx.createQuery(BY_HASH)
                .bind("hash", hash)
                .map(ConstructorMapper.of(Statement.class))
                .findOne();
    }

    void insert(Handle tx, Statement statement) {
        tx.createUpdate(INSERT_STATEMENT).bindMethods(statement).execute();
    }

    void forgetDescriptions(Handle tx, LocalDate before) {
        tx.createUpdate(FORGET_DESCRIPTIONS).bind("before", before).execute();
    }

    /// How many of these lines are there already.
    long knownLines(Handle tx, List<NewLine> lines) {
        return tx.createQuery(KNOWN_LINES)
                .bind("identities", BinaryArray.texts(lines, NewLine::identity))
                .mapTo(Long.class)
                .one();
    }

    void insertLines(Handle tx, UUID statementId, List<NewLine> lines) {
        tx.createUpdate(INSERT_LINES)
                .bind("statement", statementId)
                .bind("ids", BinaryArray.uuids(lines, NewLine::id))
                .bind("identities", BinaryArray.texts(lines, NewLine::identity))
                .bind("days", BinaryArray.texts(lines, each -> each.day().toString()))
                .bind("positions", BinaryArray.ints(lines, NewLine::position))
                .bind("amounts", BinaryArray.longs(lines, NewLine::amountCents))
                .bind("references", BinaryArray.texts(lines, NewLine::reference))
                .bind("descriptions", BinaryArray.texts(lines, NewLine::description))
                .execute();
    }

    /// The number below which no transaction wrote what was recorded from then on.
    long since(Handle tx, Instant at) {
        return tx.createQuery(SINCE).bind("at", at).mapTo(Long.class).one();
    }

    /// Copies what the ledger has of these days and the copy has not.
    List<Movement> copyMovements(Handle tx, LocalDate first, LocalDate last, long since) {
        return tx.createQuery(NEW_MOVEMENTS)
                .bind("first", first)
                .bind("last", last)
                .bind("since", since)
                .map(ConstructorMapper.of(Movement.class))
                .list();
    }

    void insertReferences(Handle tx, List<Reference> references) {
        if (!references.isEmpty()) {
            tx.createUpdate(INSERT_REFERENCES)
                    .bind("references", BinaryArray.texts(references, Reference::reference))
                    .bind("entries", BinaryArray.uuids(references, Reference::entryId))
                    .execute();
        }
    }

    long balanceBefore(Handle tx, LocalDate day) {
        return tx.createQuery(BALANCE_BEFORE)
                .bind("day", day)
                .bind("since", 0L)
                .mapTo(Long.class)
                .one();
    }

    void setOpening(Handle tx, LocalDate day, long cents) {
        tx.createUpdate(SET_OPENING).bind("day", day).bind("cents", cents).execute();
    }

    Optional<Closing> opening(Handle tx) {
        return tx.createQuery(OPENING).map(ConstructorMapper.of(Closing.class)).findOne();
    }

    Optional<Closing> nearestClosing(Handle tx, LocalDate day) {
        return tx.createQuery(NEAREST_CLOSING)
                .bind("day", day)
                .map(ConstructorMapper.of(Closing.class))
                .findOne();
    }

    /// The last balance that a statement tells of a day that is over.
    Optional<Closing> toldClosing(Handle tx, LocalDate today) {
        return tx.createQuery(TOLD_CLOSING)
                .bind("today", today)
                .map(ConstructorMapper.of(Closing.class))
                .findOne();
    }

    long crossing(Handle tx, LocalDate day) {
        return tx.createQuery(CROSSING).bind("day", day).mapTo(Long.class).one();
    }

    /// @return the days of what was matched, on either side
    Set<LocalDate> match(Handle tx, Instant now) {
        var days = new HashSet<LocalDate>();
        for (var how : List.of(MATCH_BY_REFERENCE, MATCH_BY_AMOUNT)) {
            days.addAll(tx.createQuery(how).bind("now", now).mapTo(LocalDate.class).list());
        }
        return days;
    }

    /// The days of what belongs together, on either side.
    List<LocalDate> daysOf(Handle tx, UUID matchId) {
        return tx.createQuery(DAYS_OF).bind("match", matchId).mapTo(LocalDate.class).list();
    }

    /// The first and the last day that any statement covers; empty where nothing was imported.
    Optional<Extent> extent(Handle tx) {
        return tx.createQuery(EXTENT).map(ConstructorMapper.of(Extent.class)).findOne();
    }

    Open openLines(Handle tx, LocalDate today, int most) {
        return open(tx, OPEN_LINES, today, most);
    }

    Open openMovements(Handle tx, LocalDate today, int most) {
        return open(tx, OPEN_MOVEMENTS, today, most);
    }

    private static Open open(Handle tx, String query, LocalDate today, int most) {
        return tx.createQuery(query)
                .bind("today", today)
                .bind("most", most)
                .map(ConstructorMapper.of(Open.class))
                .one();
    }

    /// Lines of closed days that match nothing, or of another day.
    List<LineState> wrongLines(Handle tx, LocalDate today, int most) {
        return tx.createQuery(WRONG_LINES)
                .bind("today", today)
                .bind("most", most)
                .map(ConstructorMapper.of(LineState.class))
                .list();
    }

    List<MovementState> missing(Handle tx, LocalDate today, int most) {
        return tx.createQuery(MISSING)
                .bind("today", today)
                .bind("most", most)
                .map(ConstructorMapper.of(MovementState.class))
                .list();
    }

    List<Movement> notCopied(Handle tx, LocalDate today, long since, int most) {
        return tx.createQuery(NOT_COPIED)
                .bind("today", today)
                .bind("since", since)
                .bind("most", most)
                .map(ConstructorMapper.of(Movement.class))
                .list();
    }

    /// Locked, in the order of their ids, and read by a statement after that.
    List<LineState> lockLines(Handle tx, Collection<UUID> ids) {
        var array = BinaryArray.uuids(ids, (UUID each) -> each);
        tx.createQuery(LOCK_LINES).bind("ids", array).mapTo(UUID.class).list();
        return tx.createQuery(LINES_BY_ID)
                .bind("ids", array)
                .map(ConstructorMapper.of(LineState.class))
                .list();
    }

    List<MovementState> lockMovements(Handle tx, Collection<UUID> ids) {
        var array = BinaryArray.uuids(ids, (UUID each) -> each);
        tx.createQuery(LOCK_MOVEMENTS).bind("ids", array).mapTo(UUID.class).list();
        return tx.createQuery(MOVEMENTS_BY_ID)
                .bind("ids", array)
                .map(ConstructorMapper.of(MovementState.class))
                .list();
    }

    /// Parts what belonged together.
    ///
    /// @return false where there is no such match
    boolean free(Handle tx, UUID matchId) {
        tx.createUpdate(FREE_LINES).bind("match", matchId).execute();
        tx.createUpdate(FREE_MOVEMENTS).bind("match", matchId).execute();
        return tx.createUpdate(DELETE_MATCH).bind("match", matchId).execute() == 1;
    }

    void confirm(Handle tx, UUID matchId, String by, Instant now) {
        tx.createUpdate(CONFIRM).bind("match", matchId).bind("by", by).bind("now", now).execute();
    }

    void join(
            Handle tx,
            UUID matchId,
            Collection<UUID> lines,
            Collection<UUID> movements,
            String by,
            Instant now) {
        tx.createUpdate(INSERT_MATCH).bind("id", matchId).bind("by", by).bind("now", now).execute();
        tx.createUpdate(SET_LINES)
                .bind("match", matchId)
                .bind("ids", BinaryArray.uuids(lines, (UUID each) -> each))
                .execute();
        tx.createUpdate(SET_MOVEMENTS)
                .bind("match", matchId)
                .bind("ids", BinaryArray.uuids(movements, (UUID each) -> each))
                .execute();
    }
}
