package vintem.bench;

import java.sql.Connection;
import java.sql.SQLException;

/// What every benchmark asks its server.
final class BenchTables {
    private static final String PAID =
            """
            select count(*), count(distinct p.id), count(distinct p.external_id),
                   coalesce(sum(-s.amount_cents), 0)
            from payout p
            join payout_attempt a on a.payout_id = p.id
            join simulated_bank.statement_line s
                on s.kind = 'payment' and s.reference = a.provider_id
            where p.status = 'paid'
            """;

    private static final String BANK_LINES =
            """
            select count(*), coalesce(sum(-amount_cents), 0) from simulated_bank.statement_line
            where kind = 'payment'
            """;

    private static final String PAID_OF_BATCH = "select paid from payout_batch where id = ?";

    /// What the bank's books and ours say of all payouts.
    ///
    /// @param lines the bank's payments, `matched` of them belong to a paid payout
    record Paid(long lines, long lineCents, long matched, long payouts, long ids, long cents) {}

    private BenchTables() {}

    static String show(Connection database, String setting) throws SQLException {
        return text(database, "show " + setting);
    }

    static boolean isDurable(Connection database) throws SQLException {
        return show(database, "fsync").equals("on")
                && show(database, "synchronous_commit").equals("on");
    }

    static Paid paid(Connection database) throws SQLException {
        try (var statement = database.createStatement()) {
            long lines;
            long lineCents;
            try (var row = statement.executeQuery(BANK_LINES)) {
                row.next();
                lines = row.getLong(1);
                lineCents = row.getLong(2);
            }
            try (var row = statement.executeQuery(PAID)) {
                row.next();
                return new Paid(
                        lines,
                        lineCents,
                        row.getLong(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getLong(4));
            }
        }
    }

    static long paidOfBatch(Connection database, String batchId) throws SQLException {
        try (var statement = database.prepareStatement(PAID_OF_BATCH)) {
            statement.setString(1, batchId);
            try (var row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    /// Makes the next figures independent of what was written before.
    static void settle(Connection database) throws SQLException {
        try (var statement = database.createStatement()) {
            statement.execute("checkpoint");
        }
    }

    private static String text(Connection database, String query) throws SQLException {
        try (var statement = database.createStatement();
                var row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }
}
