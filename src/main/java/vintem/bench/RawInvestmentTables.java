package vintem.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import org.postgresql.PGConnection;

/// What investments come to by hand-written SQL, on the product's own rows.
final class RawInvestmentTables {
    private static final String CLIENTS =
            """
            with new as (
                insert into client
                    (name, email, email_key, status, advisor, created_at, recorded_at)
                select 'Client ' || lpad(i::text, 6, '0'), 'c' || i || '@example.com',
                       'c' || i || '@example.com', 'active', 'Advisor ' || i %% 20, now(), now()
                from generate_series(1, %d) i returning id)
            insert into captado_client (client_id, version, changed_xact)
            select id, 0, pg_current_xact_id() from new
            """;

    private static final String ASSETS =
            """
            insert into asset (ticker, name, exchange, currency, created_at, ingested_for)
            select 'BEN' || i, 'Asset ' || i, 'B3', 'BRL', now(), 'infinity'
            from generate_series(1, %d) i
            """;

    private static final String LIKE_ALLOCATIONS =
            """
            create unlogged table raw_allocation (line integer, email text, ticker text,
                quantity numeric, buy_price numeric, buy_date date)
            """;

    private static final String COPY_IN = "copy raw_allocation from stdin (format csv, header)";

    private static final String RAW_INSERT =
            """
            create table raw_written (like allocation including all);
            insert into raw_written (client_id, asset_id, quantity, buy_price, buy_date, is_active,
                created_at, recorded_at, cost_brl, remaining, proceeds_brl)
            select c.id, s.id, r.quantity, r.buy_price, r.buy_date, true, now(), now(),
                   r.quantity * r.buy_price, r.quantity, 0
            from raw_allocation r join client c on c.email_key = r.email
            join asset s on s.ticker = r.ticker;
            """;

    private static final String DROP = "drop table raw_allocation, raw_written";

    /// The definitions of the contract, from allocations, for all clients at once.
    private static final String CAPTADO =
            """
            select a.client_id,
                   sum(a.cost_brl), sum(a.remaining * s.price_brl + a.proceeds_brl),
                   sum(a.cost_brl) filter (where a.buy_date >= ?),
                   sum(a.remaining * s.price_brl + a.proceeds_brl) filter (where a.buy_date >= ?),
                   sum(a.cost_brl) filter (where a.buy_date >= ?),
                   sum(a.remaining * s.price_brl + a.proceeds_brl) filter (where a.buy_date >= ?),
                   sum(a.cost_brl) filter (where a.buy_date >= ?),
                   sum(a.remaining * s.price_brl + a.proceeds_brl) filter (where a.buy_date >= ?)
            from allocation a join asset s on s.id = a.asset_id
            where a.is_active and a.buy_date between ? and ?
            group by a.client_id
            """;

    private static final String EXPORT =
            """
            copy (
                select a.client_id, s.ticker, a.quantity, a.buy_price, round(a.cost_brl, 2),
                       round(a.remaining * s.price_brl, 2),
                       round(a.remaining * s.price_brl - a.cost_brl, 2),
                       round((a.remaining * s.price_brl / a.cost_brl - 1) * 100, 4), 0
                from allocation a join asset s on s.id = a.asset_id where a.is_active
                order by a.asset_id, a.id) to stdout (format csv)
            """;

    private static final String FIRST_CLIENT = "select min(id) from client";

    private static final String FIRST_ASSET = "select min(id) from asset";

    private RawInvestmentTables() {}

    static void populate(Connection owner, int clients, int assets) throws SQLException {
        try (var statement = owner.createStatement()) {
            statement.execute(CLIENTS.formatted(clients));
            statement.execute(ASSETS.formatted(assets));
        }
    }

    static void analyze(Connection owner) throws SQLException {
        try (var statement = owner.createStatement()) {
            statement.execute("vacuum analyze");
        }
    }

    /// The same file by `COPY` and one `insert`, into a table with the same indexes.
    ///
    /// @return seconds
    static double importFile(Connection owner, Path file) throws SQLException, IOException {
        try (var statement = owner.createStatement()) {
            statement.execute(LIKE_ALLOCATIONS);
            var start = System.nanoTime();
            try (var in = Files.newInputStream(file)) {
                owner.unwrap(PGConnection.class).getCopyAPI().copyIn(COPY_IN, in);
            }
            statement.execute(RAW_INSERT);
            var seconds = (System.nanoTime() - start) / 1e9;
            statement.execute(DROP);
            return seconds;
        }
    }

    /// @return how many clients there are in the answer
    static int captado(
            Connection owner,
            LocalDate year,
            LocalDate half,
            LocalDate month,
            LocalDate week,
            LocalDate ref)
            throws SQLException {
        try (var query = owner.prepareStatement(CAPTADO)) {
            var days = new LocalDate[] {half, half, month, month, week, week, year, ref};
            for (var i = 0; i < days.length; i++) {
                query.setObject(i + 1, days[i]);
            }
            var rows = 0;
            try (var row = query.executeQuery()) {
                while (row.next()) {
                    for (var i = 2; i <= 9; i++) {
                        row.getBigDecimal(i);
                    }
                    rows++;
                }
            }
            return rows;
        }
    }

    static long export(Connection owner, OutputStream out) throws SQLException, IOException {
        return owner.unwrap(PGConnection.class).getCopyAPI().copyOut(EXPORT, out);
    }

    static long firstClient(Connection owner) throws SQLException {
        return number(owner, FIRST_CLIENT);
    }

    static long firstAsset(Connection owner) throws SQLException {
        return number(owner, FIRST_ASSET);
    }

    private static long number(Connection owner, String query) throws SQLException {
        try (var statement = owner.createStatement();
                var row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }
}
