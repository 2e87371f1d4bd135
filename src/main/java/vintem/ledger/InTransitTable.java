package vintem.ledger;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import vintem.ledger.LedgerTables.Place;
import vintem.ledger.LedgerTables.Row;

/// The statement of `in_transit`, which every payout passes twice and which therefore has no index
/// of transfers. Checkpoints tell between which transactions its money moved, and only what was
/// written there is read, however much of other accounts came in between.
final class InTransitTable {
    /// Transactions among which are all that moved it from one checkpoint to another.
    ///
    /// @param beforeCents all that was debited and credited before them
    public record Stretch(long from, long before, long beforeCents) {
        private static final Stretch ALL = new Stretch(0, Long.MAX_VALUE, 0);
    }

    private static final String NEWEST =
            """
            select horizon as "from", 9223372036854775807 as "before",
                   debit_cents + credit_cents as before_cents
            from ledger_checkpoint where account_id = 5 and horizon <= :xactId::bigint
            order by horizon desc limit 1
            """;

    // Amounts are more than nothing: where the sum is the same, nothing has moved.
    private static final String OLDER =
            """
            select coalesce(o.horizon, 0) as "from", n.horizon as "before",
                   coalesce(o.cents, 0) as before_cents
            from (select min(horizon) as horizon from ledger_checkpoint
                  where account_id = 5 and debit_cents + credit_cents = :cents) n
            left join (select horizon, debit_cents + credit_cents as cents from ledger_checkpoint
                       where account_id = 5 and debit_cents + credit_cents < :cents
                       order by debit_cents + credit_cents desc, horizon desc limit 1) o on true
            """;

    private static final String ROWS =
            LedgerTables.ROW
                    + """
                    where transfer.xact_id >= :from and transfer.xact_id < :before
                    and (debit_account = 5 or credit_account = 5)
                    and (transfer.xact_id, id) < (:xactId::bigint, :id)
                    and recorded_at <= :recordedBy
                    order by transfer.xact_id desc, id desc limit :most
                    """;

    private InTransitTable() {}

    /// Newest first, older than a place, of what was recorded by an instant.
    static List<Row> statement(Handle tx, Place place, Instant recordedBy, int most) {
        var rows = new ArrayList<Row>();
        var stretch = newest(tx, place);
        rows.addAll(rows(tx, stretch, place, recordedBy, most));
        while (rows.size() < most && stretch.beforeCents() > 0) {
            stretch = older(tx, stretch);
            rows.addAll(rows(tx, stretch, place, recordedBy, most - rows.size()));
        }
        return rows;
    }

    private static Stretch newest(Handle tx, Place place) {
        return tx.createQuery(NEWEST)
                .bind("xactId", place.xactId())
                .map(ConstructorMapper.of(Stretch.class))
                .findOne()
                .orElse(Stretch.ALL);
    }

    private static Stretch older(Handle tx, Stretch stretch) {
        return tx.createQuery(OLDER)
                .bind("cents", stretch.beforeCents())
                .map(ConstructorMapper.of(Stretch.class))
                .one();
    }

    private static List<Row> rows(
            Handle tx, Stretch stretch, Place place, Instant recordedBy, int most) {
        return tx.createQuery(ROWS)
                .bindMethods(stretch)
                .bindMethods(place)
                .bind("recordedBy", recordedBy)
                .bind("most", most)
                .map(ConstructorMapper.of(Row.class))
                .list();
    }
}
