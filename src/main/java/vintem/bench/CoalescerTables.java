package vintem.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// A table like most that single requests write to: an id, an amount, a note, one index besides.
final class CoalescerTables {
    /// What one caller asks for.
    record Row(UUID id, long amountCents, String note) {}

    private static final String CREATE =
            """
            create table bench_row (
                id uuid primary key,
                amount_cents bigint not null,
                note text not null,
                created_at timestamptz not null default now()
            );
            create index bench_row_note on bench_row (note)
            """;

    private static final String INSERT_LIST =
            """
            insert into bench_row (id, amount_cents, note)
            select * from unnest(:ids, :amounts, :notes)
            on conflict (id) do nothing
            """;

    private static final String INSERT_ONE =
            """
            insert into bench_row (id, amount_cents, note) values (?, ?, ?)
            on conflict (id) do nothing
            """;

    private static final String SUMS =
            "select count(*), coalesce(sum(amount_cents), 0) from bench_row";

    private CoalescerTables() {}

    static void create(Connection owner) throws SQLException {
        try (var statement = owner.createStatement()) {
            statement.execute(CREATE);
        }
    }

    static void insert(Handle tx, List<Row> rows) {
        tx.createUpdate(INSERT_LIST)
                .bind("ids", rows.stream().map(Row::id).toArray(UUID[]::new))
                .bind("amounts", rows.stream().map(Row::amountCents).toArray(Long[]::new))
                .bind("notes", rows.stream().map(Row::note).toArray(String[]::new))
                .execute();
    }

    static PreparedStatement prepare(Connection connection) throws SQLException {
        return connection.prepareStatement(INSERT_ONE);
    }

    static void insert(PreparedStatement prepared, Row row) throws SQLException {
        prepared.setObject(1, row.id());
        prepared.setLong(2, row.amountCents());
        prepared.setString(3, row.note());
        prepared.executeUpdate();
    }

    /// Number of rows and sum of their amounts.
    static long[] sums(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(SUMS)) {
            row.next();
            return new long[] {row.getLong(1), row.getLong(2)};
        }
    }
}
