package vintem.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.UUID;
import org.postgresql.PGConnection;
import vintem.platform.Ids;

/// The limit that an import is measured against: the same rows by `COPY`, batch by batch, ready in
/// PostgreSQL's own format before the clock runs. Nothing is parsed, decided or looked up.
///
/// The tables are copies of the product's own, with their columns, checks and indexes.
final class RawBillingTables {
    // Copied from the catalogue, so that they stay the same when a migration changes them.
    private static final String CREATE =
            """
            do $$
            declare
                source text;
                options text;
            begin
                create schema raw_billing;
                foreach source in array array['charge', 'transfer', 'charge_email'] loop
                    select ' with (' || array_to_string(reloptions, ', ') || ')' into options
                    from pg_class where oid = source::regclass;
                    execute format('create table raw_billing.%I (like %s including all)%s',
                                   source, source, coalesce(options, ''));
                end loop;
            end
            $$
            """;

    private static final String EMPTY =
            "truncate raw_billing.charge, raw_billing.transfer, raw_billing.charge_email";

    private static final String DROP = "drop schema raw_billing cascade";

    private static final String CHARGES =
            """
            copy raw_billing.charge
                (id, debt_id, file_id, line, name, name_key, government_id, document_valid, email,
                 amount_cents, due_date, billed, page_key, status, beneficiary_id, boleto_number, boleto_due,
                 bar_code, boleto_status, boleto_issued_at, created_at, updated_at)
            from stdin (format binary)
            """;

    private static final String TRANSFERS =
            """
            copy raw_billing.transfer (id, entry_id, debit_account, credit_account, amount_cents, kind,
                                       subject_id, occurred_at)
            from stdin (format binary)
            """;

    private static final String EMAILS =
            """
            copy raw_billing.charge_email (charge_id, reason, status, queued_at)
            from stdin (format binary)
            """;

    private static final String RESULT =
            """
            select (select count(*) from raw_billing.charge),
                   (select count(*) from raw_billing.transfer),
                   (select count(*) from raw_billing.charge_email)
            """;

    private static final int RECEIVABLE = 9;
    private static final int ALREADY_RECOGNISED = 11;
    private static final LocalDate FIRST_DAY = LocalDate.of(2000, 1, 1);
    private static final byte[] SIGNATURE = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };

    /// Rows of one commit: charges, transfers and e-mails.
    private record Batch(byte[] charges, byte[] transfers, byte[] emails) {}

    private RawBillingTables() {}

    static void create(Connection connection) throws SQLException {
        execute(connection, CREATE);
    }

    static void empty(Connection connection) throws SQLException {
        execute(connection, EMPTY);
    }

    static void drop(Connection connection) throws SQLException {
        execute(connection, DROP);
    }

    /// Writes batches of rows into files, ready to be sent.
    ///
    /// @return how many
    static int prepare(Path directory, int rows, int batchRows) throws IOException {
        Files.createDirectories(directory);
        var file = UUID.randomUUID();
        var number = 0;
        for (var from = 0; from < rows; from += batchRows) {
            var batch = batch(file, from, Math.min(rows, from + batchRows));
            Files.write(directory.resolve(number + ".charges"), batch.charges());
            Files.write(directory.resolve(number + ".transfers"), batch.transfers());
            Files.write(directory.resolve(number + ".emails"), batch.emails());
            number++;
        }
        return number;
    }

    /// Sends one batch in one commit.
    static void copy(Connection connection, Path directory, int number)
            throws SQLException, IOException {
        copy(connection, CHARGES, directory.resolve(number + ".charges"));
        copy(connection, TRANSFERS, directory.resolve(number + ".transfers"));
        copy(connection, EMAILS, directory.resolve(number + ".emails"));
        connection.commit();
    }

    /// @return whether so many rows are in each table
    static boolean holds(Connection connection, long rows) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(RESULT)) {
            row.next();
            return row.getLong(1) == rows && row.getLong(2) == rows && row.getLong(3) == rows;
        }
    }

    private static void copy(Connection connection, String statement, Path file)
            throws SQLException, IOException {
        var bytes = Files.readAllBytes(file);
        var copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(statement);
        for (var at = 0; at < bytes.length; at += 1 << 20) {
            copy.writeToCopy(bytes, at, Math.min(1 << 20, bytes.length - at));
        }
        copy.endCopy();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Batch batch(UUID file, int from, int to) {
        var charges = new Rows();
        var transfers = new Rows();
        var emails = new Rows();
        var now = System.currentTimeMillis() * 1_000 - 946_684_800_000_000L;
        for (var i = from; i < to; i++) {
            var debt = BillingLoad.debt(i);
            var id = Ids.next();
            charges.begin(22)
                    .uuid(id)
                    .text(debt.debtId())
                    .uuid(file)
                    .integer(i + 2)
                    .text(debt.name())
                    .text(debt.name().toLowerCase(Locale.ROOT))
                    .text(debt.governmentId())
                    .flag(false)
                    .text(debt.email())
                    .bigint(debt.amountCents())
                    .date(debt.due())
                    .text("already_recognised")
                    .uuid(UUID.randomUUID())
                    .text("open")
                    .integer(1)
                    .bigint(i)
                    .date(debt.due().plusYears(5))
                    .text("3419%08d%08d%024d".formatted(i, debt.amountCents(), i))
                    .text("registered")
                    .bigint(now)
                    .bigint(now)
                    .bigint(now);
            var transfer = Ids.next();
            transfers
                    .begin(8)
                    .uuid(transfer)
                    .uuid(transfer)
                    .integer(RECEIVABLE)
                    .integer(ALREADY_RECOGNISED)
                    .bigint(debt.amountCents())
                    .text("charge_made")
                    .uuid(id)
                    .bigint(now);
            emails.begin(4).uuid(id).text("issued").text("queued").bigint(now);
        }
        return new Batch(charges.end(), transfers.end(), emails.end());
    }

    /// Rows as `COPY … (format binary)` takes them.
    private static final class Rows {
        private ByteBuffer bytes = ByteBuffer.allocate(1 << 22).put(SIGNATURE);

        Rows begin(int columns) {
            if (bytes.remaining() < 4_096) {
                bytes = ByteBuffer.allocate(bytes.capacity() * 2).put(bytes.flip());
            }
            bytes.putShort((short) columns);
            return this;
        }

        Rows uuid(UUID value) {
            bytes.putInt(16);
            bytes.putLong(value.getMostSignificantBits());
            bytes.putLong(value.getLeastSignificantBits());
            return this;
        }

        Rows text(String value) {
            var utf8 = value.getBytes(StandardCharsets.UTF_8);
            bytes.putInt(utf8.length).put(utf8);
            return this;
        }

        Rows integer(int value) {
            bytes.putInt(4).putInt(value);
            return this;
        }

        Rows bigint(long value) {
            bytes.putInt(8).putLong(value);
            return this;
        }

        Rows date(LocalDate value) {
            return integer((int) ChronoUnit.DAYS.between(FIRST_DAY, value));
        }

        Rows flag(boolean value) {
            bytes.putInt(1).put((byte) (value ? 1 : 0));
            return this;
        }

        byte[] end() {
            bytes.putShort((short) -1);
            var all = new byte[bytes.position()];
            bytes.flip().get(all);
            return all;
        }
    }
}
