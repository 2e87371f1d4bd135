package vintem.reconciliation;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/// Both sides of a day, line by line, with what became of each.
@Singleton
class TieOutLinesTable {
    /// A line with what became of it.
    ///
    /// @param state `matched`, `late` (matched, of another day), `doubled` or `extra`
    public record LineState(
            UUID id,
            LocalDate day,
            long amountCents,
            @Nullable String reference,
            @Nullable String description,
            @Nullable UUID matchId,
            @Nullable String how,
            @Nullable String decidedBy,
            String state,
            @Nullable LocalDate movementDay) {}

    /// A movement with what became of it.
    ///
    /// @param state `matched`, `late` or `missing` at the bank
    public record MovementState(
            UUID entryId,
            UUID subjectId,
            String kind,
            LocalDate day,
            Instant at,
            long amountCents,
            @Nullable UUID matchId,
            @Nullable String how,
            String state,
            @Nullable LocalDate lineDay) {}

    static final String LINE_STATES =
            """
            select l.id, l.day, l.position, l.amount_cents, l.reference, l.description, l.match_id, h.how,
                   h.decided_by, m.day as movement_day,
                   case when l.match_id is not null and h.how <> 'hand' and m.day <> l.day
                            then 'late'
                        when l.match_id is not null then 'matched'
                        when exists (select from bank_statement_line o
                                     where o.reference = l.reference and o.id <> l.id
                                     and o.amount_cents = l.amount_cents)
                            then 'doubled'
                        when l.reference is null
                             and exists (select from bank_statement_line o
                                         where o.day = l.day and o.id <> l.id
                                         and o.amount_cents = l.amount_cents
                                         and o.description is not distinct from l.description)
                            then 'doubled'
                        else 'extra' end as state
            from bank_statement_line l
            left join reconciliation_match h on h.id = l.match_id
            left join lateral (select min(day) as day from bank_movement m
                               where m.match_id = l.match_id) m on true
            """;

    // What a person has to look at is found by itself, however many lines of that day match.
    private static final String LINES_OF_DAY =
            "select * from (select s.*, row_number() over ("
                    + "order by s.state = 'matched', s.position, s.id) as place from ("
                    + LINE_STATES
                    + """
                    where l.id in (
                        (select id from bank_statement_line
                         where day = :day and match_id is null order by position, id limit :most)
                        union
                        (select b.id from bank_statement_line b
                         join reconciliation_match k on k.id = b.match_id and k.how <> 'hand'
                         join bank_movement o on o.match_id = k.id
                         where :late and b.day = :day and o.day <> b.day
                         order by b.position, b.id limit :most)
                        union
                        (select id from bank_statement_line
                         where day = :day order by position, id limit :most))) s) chosen
                    where place <= :most order by position, id
                    """;

    private static final String LINES_AFTER =
            "select * from ("
                    + LINE_STATES
                    + """
                    where l.day = :day and (:after::uuid is null or l.id > :after)
                    order by l.id limit :most) s order by s.id
                    """;

    static final String MOVEMENT_STATES =
            """
            select m.entry_id, m.subject_id, m.kind, m.day, m.at, m.amount_cents, m.match_id, h.how,
                   l.day as line_day,
                   case when m.match_id is null then 'missing'
                        when h.how <> 'hand' and l.day <> m.day then 'late'
                        else 'matched' end as state
            from bank_movement m
            left join reconciliation_match h on h.id = m.match_id
            left join lateral (select min(day) as day from bank_statement_line l
                               where l.match_id = m.match_id) l on true
            """;

    private static final String MOVEMENTS_OF_DAY =
            "select * from (select s.*, row_number() over ("
                    + "order by s.state = 'matched', s.at, s.entry_id) as place from ("
                    + MOVEMENT_STATES
                    + """
                    where m.entry_id in (
                        (select entry_id from bank_movement
                         where day = :day and match_id is null order by at, entry_id limit :most)
                        union
                        (select o.entry_id from bank_movement o
                         join reconciliation_match k on k.id = o.match_id and k.how <> 'hand'
                         join bank_statement_line b on b.match_id = k.id
                         where :late and o.day = :day and b.day <> o.day
                         order by o.at, o.entry_id limit :most)
                        union
                        (select entry_id from bank_movement
                         where day = :day order by at, entry_id limit :most))) s) chosen
                    where place <= :most order by at, entry_id
                    """;

    private static final String MOVEMENTS_AFTER =
            "select * from ("
                    + MOVEMENT_STATES
                    + """
                    where m.day = :day and (:after::uuid is null or m.entry_id > :after)
                    order by m.entry_id limit :most) s order by s.entry_id
                    """;

    /// Some of a day, in the order of the statement: first of all what is not as it should be, and
    /// then the others from the beginning.
    ///
    /// @param late whether any is matched with another day
    List<LineState> linesOf(Handle tx, LocalDate day, boolean late, int most) {
        return tx.createQuery(LINES_OF_DAY)
                .bind("day", day)
                .bind("late", late)
                .bind("most", most)
                .map(ConstructorMapper.of(LineState.class))
                .list();
    }

    /// All of a day, a page at a time, in the order in which they were imported.
    List<LineState> linesAfter(Handle tx, LocalDate day, @Nullable UUID after, int most) {
        return tx.createQuery(LINES_AFTER)
                .bind("day", day)
                .bind("after", after)
                .bind("most", most)
                .map(ConstructorMapper.of(LineState.class))
                .list();
    }

    /// All of a day, a page at a time, by their entries.
    List<MovementState> movementsAfter(Handle tx, LocalDate day, @Nullable UUID after, int most) {
        return tx.createQuery(MOVEMENTS_AFTER)
                .bind("day", day)
                .bind("after", after)
                .bind("most", most)
                .map(ConstructorMapper.of(MovementState.class))
                .list();
    }

    /// Some of a day, in the order in which they happened, chosen as lines are.
    List<MovementState> movementsOf(Handle tx, LocalDate day, boolean late, int most) {
        return tx.createQuery(MOVEMENTS_OF_DAY)
                .bind("day", day)
                .bind("late", late)
                .bind("most", most)
                .map(ConstructorMapper.of(MovementState.class))
                .list();
    }
}
