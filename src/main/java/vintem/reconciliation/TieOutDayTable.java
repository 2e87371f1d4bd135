package vintem.reconciliation;

import jakarta.inject.Singleton;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;
import vintem.platform.BinaryArray;

/// What both sides of each day come to: pages and balances read a row for each day, however many
/// lines it has. Whatever changes a line, a movement or a match adds up its days anew before it
/// commits.
@Singleton
class TieOutDayTable {
    /// One day of both sides.
    ///
    /// @param openLines lines without a movement, and so on
    /// @param late lines that belong to a movement of another day
    public record Day(
            LocalDate day,
            long lines,
            long lineCents,
            long movements,
            long movementCents,
            long openLines,
            long openMovements,
            long late) {
        public boolean isEven() {
            return openLines == 0 && openMovements == 0 && late == 0;
        }
    }

    /// How many rows a day has on each side, and how many of them are not as they should be.
    public record Counts(
            long lines,
            long movements,
            long openLines,
            long openMovements,
            long lateLines,
            long lateMovements) {
        static final Counts NOTHING = new Counts(0, 0, 0, 0, 0, 0);

        /// Of the side that has more of them.
        long mostWrong() {
            return Math.max(openLines + lateLines, openMovements + lateMovements);
        }

        long late() {
            return lateLines + lateMovements;
        }

        boolean isEven() {
            return openLines + openMovements + late() == 0;
        }
    }

    // What a person has matched is of the days that it is of.
    private static final String SUMS =
            """
            select day, coalesce(l.lines, 0) as lines, coalesce(l.cents, 0) as line_cents,
                   coalesce(m.movements, 0) as movements, coalesce(m.cents, 0) as movement_cents,
                   coalesce(l.open, 0) as open_lines, coalesce(m.open, 0) as open_movements,
                   coalesce(l.late, 0) as late_lines, coalesce(m.late, 0) as late_movements
            from (
                select b.day, count(*) as lines, sum(b.amount_cents)::bigint as cents,
                       count(*) filter (where b.match_id is null) as open,
                       count(*) filter (where o.day <> b.day) as late
                from (select * from bank_statement_line <of>) b
                left join reconciliation_match h on h.id = b.match_id and h.how <> 'hand'
                left join bank_movement o on o.match_id = h.id
                group by b.day) l
            full join (
                select o.day, count(*) as movements, sum(o.amount_cents)::bigint as cents,
                       count(*) filter (where o.match_id is null) as open,
                       count(*) filter (where b.day <> o.day) as late
                from (select * from bank_movement <of>) o
                left join reconciliation_match h on h.id = o.match_id and h.how <> 'hand'
                left join bank_statement_line b on b.match_id = h.id
                group by o.day) m using (day)
            """;

    private static final String ADD_UP =
            "insert into reconciliation_day (day, lines, line_cents, movements, movement_cents,"
                    + " open_lines, open_movements, late_lines, late_movements) "
                    + SUMS.replace("<of>", "where day = any(cast(:days as date[]))")
                    + """
                    on conflict (day) do update
                    set lines = excluded.lines, line_cents = excluded.line_cents,
                        movements = excluded.movements, movement_cents = excluded.movement_cents,
                        open_lines = excluded.open_lines,
                        open_movements = excluded.open_movements,
                        late_lines = excluded.late_lines, late_movements = excluded.late_movements
                    """;

    private static final String WRONG_DAYS =
            "with told as ("
                    + SUMS.replace("<of>", "")
                    + """
                    )
                    select day from (
                        (select * from told except select * from reconciliation_day)
                        union all
                        (select * from reconciliation_day except select * from told)) differs
                    group by day order by day limit :most
                    """;

    private static final String COUNTS =
            """
            select lines, movements, open_lines, open_movements, late_lines, late_movements
            from reconciliation_day where day = :day
            """;

    private static final String MOVED_BETWEEN =
            """
            select coalesce(sum(movement_cents), 0)::bigint from reconciliation_day
            where day >= :from and day < :before
            """;

    private static final String LINES_BETWEEN =
            """
            select coalesce(sum(line_cents), 0)::bigint from reconciliation_day
            where day >= :from and day < :before
            """;

    private static final String DAYS =
            """
            with covered as (
                select distinct d::date as day
                from bank_statement s,
                     generate_series(s.first_day, s.last_day, interval '1 day') d
                where d::date <= :upTo
            ), page as (
                select day from covered where cast(:before as date) is null or day < :before
                order by day desc limit :most
            )
            select p.day, coalesce(d.lines, 0) as lines, coalesce(d.line_cents, 0) as line_cents,
                   coalesce(d.movements, 0) as movements,
                   coalesce(d.movement_cents, 0) as movement_cents,
                   coalesce(d.open_lines, 0) as open_lines,
                   coalesce(d.open_movements, 0) as open_movements,
                   coalesce(d.late_lines, 0) as late
            from page p left join reconciliation_day d on d.day = p.day order by p.day desc
            """;

    /// Adds up these days anew.
    void addUp(Handle tx, Collection<LocalDate> days) {
        if (!days.isEmpty()) {
            tx.createUpdate(ADD_UP)
                    .bind("days", BinaryArray.texts(days, LocalDate::toString))
                    .execute();
        }
    }

    /// Days that are not what their lines and movements come to.
    List<LocalDate> wrongDays(Handle snapshot, int most) {
        return snapshot.createQuery(WRONG_DAYS).bind("most", most).mapTo(LocalDate.class).list();
    }

    Counts counts(Handle tx, LocalDate day) {
        return tx.createQuery(COUNTS)
                .bind("day", day)
                .map(ConstructorMapper.of(Counts.class))
                .findOne()
                .orElse(Counts.NOTHING);
    }

    long movedBetween(Handle tx, LocalDate from, LocalDate before) {
        return between(tx, MOVED_BETWEEN, from, before);
    }

    long linesBetween(Handle tx, LocalDate from, LocalDate before) {
        return between(tx, LINES_BETWEEN, from, before);
    }

    private static long between(Handle tx, String query, LocalDate from, LocalDate before) {
        return tx.createQuery(query)
                .bind("from", from)
                .bind("before", before)
                .mapTo(Long.class)
                .one();
    }

    /// Newest first.
    List<Day> days(Handle tx, LocalDate upTo, @Nullable LocalDate before, int most) {
        return tx.createQuery(DAYS)
                .bind("upTo", upTo)
                .bind("before", before)
                .bind("most", most)
                .map(ConstructorMapper.of(Day.class))
                .list();
    }
}
