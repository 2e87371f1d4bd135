package vintem.cashback;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import vintem.platform.BinaryArray;
import vintem.platform.Columns;

/// The tables `cashback_rates` and `cashback_bracket`, which only grow.
@Singleton
class RateTable {
    public record Row(
            UUID id,
            LocalDate validFrom,
            String rounding,
            Instant createdAt,
            UUID createdBy,
            long aboveCents,
            int rateBasisPoints) {}

    // Of two for the same month the younger counts: it comes last, and the last one that is valid
    // is taken.
    private static final String ALL =
            """
            select r.*, b.above_cents, b.rate_basis_points
            from cashback_rates r join cashback_bracket b on b.rates_id = r.id
            order by r.valid_from, r.created_at, r.id, b.above_cents
            """;

    private static final String INSERT =
            """
            insert into cashback_rates (id, valid_from, rounding, created_at, created_by)
            values (:id, :validFrom, :rounding, :createdAt, :createdBy)
            """;

    private static final String INSERT_BRACKETS =
            """
            insert into cashback_bracket (rates_id, above_cents, rate_basis_points)
            select :id, above, rate from unnest(:above, :rates) as b (above, rate)
            """;

    /// All that were ever decided, the last valid one last.
    List<Row> all(Handle tx) {
        return tx.createQuery(ALL).map((row, _) -> row(row)).list();
    }

    void insert(Handle tx, Rates rates) {
        tx.createUpdate(INSERT)
                .bind("id", rates.id())
                .bind("validFrom", rates.validFrom())
                .bind("rounding", rates.rounding().word())
                .bind("createdAt", rates.createdAt())
                .bind("createdBy", rates.createdBy())
                .execute();
        tx.createUpdate(INSERT_BRACKETS)
                .bind("id", rates.id())
                .bind("above", BinaryArray.longs(rates.brackets(), Rates.Bracket::aboveCents))
                .bind("rates", BinaryArray.ints(rates.brackets(), Rates.Bracket::rateBasisPoints))
                .execute();
    }

    // By hand: it is read with each list of purchases.
    private static Row row(ResultSet row) throws SQLException {
        return new Row(
                Columns.uuid(row, "id"),
                row.getObject("valid_from", LocalDate.class),
                row.getString("rounding"),
                Columns.instant(row, "created_at"),
                Columns.uuid(row, "created_by"),
                row.getLong("above_cents"),
                row.getInt("rate_basis_points"));
    }
}
