package vintem.reconciliation;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;
import vintem.platform.BinaryArray;
import vintem.reconciliation.TieOutLinesTable.LineState;
import vintem.reconciliation.TieOutLinesTable.MovementState;

/// What the tie-out reads and keeps of statements and of the ledger; [MatchTable] has what belongs
/// together.
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

    private static final String NOTHING_IMPORTED = "select not exists (select from bank_statement)";

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
}
