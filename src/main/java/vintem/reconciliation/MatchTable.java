package vintem.reconciliation;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import vintem.platform.BinaryArray;
import vintem.reconciliation.TieOutLinesTable.LineState;
import vintem.reconciliation.TieOutLinesTable.MovementState;

/// The table `reconciliation_match`, and what of the bank's lines and of our movements it joins.
@Singleton
class MatchTable {
    private static final String ONE_AT_A_TIME =
            "select pg_advisory_xact_lock(hashtext('vintem.reconciliation'))";

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
