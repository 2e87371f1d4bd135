package vintem.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

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

    private static final String WAL_BYTES = "select pg_current_wal_lsn() - '0/0'::pg_lsn";

    private static final String PAID_OF_BATCH = "select paid from payout_batch where id = ?";

    private static final String RECEIVED =
            """
            select (select count(*) from payment),
                   (select count(*) from payment where status = 'paid'),
                   (select count(*) from transfer where kind = 'payment_confirmed'),
                   (select coalesce(sum(amount_cents), 0) from transfer
                    where kind = 'payment_confirmed'),
                   (select count(*) from simulated_bank.statement_line where kind = 'receipt'),
                   (select coalesce(sum(amount_cents), 0) from simulated_bank.statement_line
                    where kind = 'receipt'),
                   (select count(distinct p.id) from payment p
                    join transfer t on t.subject_id = p.id and t.kind = 'payment_confirmed'
                        and t.amount_cents = p.paid_cents
                    join simulated_bank.statement_line s on s.kind = 'receipt'
                        and s.reference = p.end_to_end_id and s.amount_cents = p.paid_cents
                    where p.status = 'paid')
            """;

    // What was never changed still names the transaction that wrote it.
    private static final String LISTS_CREATED =
            """
            select percentile_disc(0.5) within group (order by size),
                   percentile_disc(0.9) within group (order by size), coalesce(max(size), 0)
            from (select count(*) as size from payment where status = 'active'
                  group by xmin::text) as list
            """;

    private static final String LISTS_CONFIRMED =
            """
            select percentile_disc(0.5) within group (order by size),
                   percentile_disc(0.9) within group (order by size), coalesce(max(size), 0)
            from (select count(*) as size from transfer where kind = 'payment_confirmed'
                  group by xact_id) as list
            """;

    private static final String BILLED =
            """
            select (select count(*) from charge),
                   (select count(distinct debt_id) from charge),
                   (select coalesce(sum(amount_cents), 0) from charge),
                   (select count(*) from transfer where kind = 'charge_made'),
                   (select coalesce(sum(amount_cents), 0) from transfer where kind = 'charge_made'),
                   (select count(distinct (beneficiary_id, boleto_number)) from charge),
                   (select count(*) from charge_email where status = 'queued'),
                   (select count(*) from charge c
                    join transfer t on t.subject_id = c.id and t.amount_cents = c.amount_cents
                    join charge_email e on e.charge_id = c.id)
            """;

    private static final String RECORDED =
            """
            select subject_id, (extract(epoch from recorded_at) * 1000000)::bigint
            from transfer where kind = 'payment_confirmed' and subject_id = any(?)
            """;

    /// What the bank's books and ours say of all payments.
    ///
    /// @param transfers their confirmations in our books
    /// @param lines the bank's receipts
    /// @param matched paid payments that have both, with the same cents
    record Received(
            long payments,
            long paid,
            long transfers,
            long transferCents,
            long lines,
            long lineCents,
            long matched) {}

    /// What the bank's books and ours say of all payouts.
    ///
    /// @param lines the bank's payments, `matched` of them belong to a paid payout
    record Paid(long lines, long lineCents, long matched, long payouts, long ids, long cents) {}

    /// What our books say of all charges.
    ///
    /// @param ids different debts
    /// @param matched charges that have a receivable of their amount and an e-mail
    record Billed(
            long charges,
            long ids,
            long cents,
            long receivables,
            long receivableCents,
            long boletos,
            long emails,
            long matched) {
        boolean isWhole() {
            return ids == charges
                    && receivables == charges
                    && receivableCents == cents
                    && boletos == charges
                    && emails == charges
                    && matched == charges;
        }
    }

    private BenchTables() {}

    static String show(Connection database, String setting) throws SQLException {
        return text(database, "show " + setting);
    }

    /// How much was written to the log so far.
    static long walBytes(Connection database) throws SQLException {
        return Long.parseLong(text(database, WAL_BYTES));
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

    static Received received(Connection database) throws SQLException {
        try (var statement = database.createStatement();
                var row = statement.executeQuery(RECEIVED)) {
            row.next();
            return new Received(
                    row.getLong(1),
                    row.getLong(2),
                    row.getLong(3),
                    row.getLong(4),
                    row.getLong(5),
                    row.getLong(6),
                    row.getLong(7));
        }
    }

    static Billed billed(Connection database) throws SQLException {
        try (var statement = database.createStatement();
                var row = statement.executeQuery(BILLED)) {
            row.next();
            return new Billed(
                    row.getLong(1),
                    row.getLong(2),
                    row.getLong(3),
                    row.getLong(4),
                    row.getLong(5),
                    row.getLong(6),
                    row.getLong(7),
                    row.getLong(8));
        }
    }

    /// How many payments one transaction created: median, 90th percentile, most.
    static List<String> listsCreated(Connection database) throws SQLException {
        return cells(database, LISTS_CREATED);
    }

    /// How many confirmations one transaction booked.
    static List<String> listsConfirmed(Connection database) throws SQLException {
        return cells(database, LISTS_CONFIRMED);
    }

    /// When confirmations were written down, in microseconds since 1970: a moment before their
    /// commit.
    static Map<UUID, Long> recordedAtMicros(Connection database, Collection<UUID> payments)
            throws SQLException {
        var found = new HashMap<UUID, Long>();
        try (var statement = database.prepareStatement(RECORDED)) {
            statement.setArray(1, database.createArrayOf("uuid", payments.toArray()));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    found.put(row.getObject(1, UUID.class), row.getLong(2));
                }
            }
        }
        return found;
    }

    /// Makes the next figures independent of what was written before.
    static void settle(Connection database) throws SQLException {
        try (var statement = database.createStatement()) {
            statement.execute("checkpoint");
        }
    }

    private static List<String> cells(Connection database, String query) throws SQLException {
        try (var statement = database.createStatement();
                var row = statement.executeQuery(query)) {
            row.next();
            var cells = new ArrayList<String>();
            for (var i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                cells.add(String.valueOf(row.getObject(i)));
            }
            return cells;
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
