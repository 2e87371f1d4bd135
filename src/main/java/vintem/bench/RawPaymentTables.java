package vintem.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import vintem.platform.Ids;

/// What a service does that inserts each payment when it is asked for: the same row into a copy of
/// the same table, with its checks and indexes, in a transaction of its own.
final class RawPaymentTables {
    // Copied from the catalogue, so that it stays the same when a migration changes it.
    private static final String CREATE =
            """
            do $$
            declare
                options text;
            begin
                create schema raw_payments;
                select ' with (' || array_to_string(reloptions, ', ') || ')' into options
                from pg_class where oid = 'public.payment'::regclass;
                execute 'create table raw_payments.payment (like public.payment including all)'
                    || coalesce(options, '');
            end
            $$
            """;

    private static final String INSERT =
            """
            insert into raw_payments.payment
                (id, txid, mode, status, amount_cents, purpose, copy_and_paste, created_at,
                 expires_at)
            values (?, ?, 'static', 'active', ?, 'sales', ?, ?, ?)
            """;

    private static final String COUNT = "select count(*) from raw_payments.payment";

    // As long as the product's in the sandbox; it differs in the txid and the last four characters.
    private static final String CODE =
            "00020126440014br.gov.bcb.pix0122sandbox@vintem.invalid520400005303986"
                    + "5406100.005802BR5914SANDBOX VINTEM6009SAO PAULO62290525";

    private static final int MINUTES = 30;

    private final PreparedStatement insert;

    /// @param connection its own; the statement stays prepared
    RawPaymentTables(Connection connection) throws SQLException {
        insert = connection.prepareStatement(INSERT);
    }

    static void create(Connection owner) throws SQLException {
        try (var statement = owner.createStatement()) {
            statement.execute(CREATE);
        }
    }

    static long count(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(COUNT)) {
            row.next();
            return row.getLong(1);
        }
    }

    void insert(long amountCents) throws SQLException {
        var id = Ids.next();
        var hex = id.toString().replace("-", "");
        // The random half first: a txid has no order, and its index is as wide as the product's.
        var txid = hex.substring(16) + hex.substring(0, 9);
        var now = OffsetDateTime.now(ZoneOffset.UTC);
        insert.setObject(1, id);
        insert.setString(2, txid);
        insert.setLong(3, amountCents);
        insert.setString(4, CODE + txid + "6304ABCD");
        insert.setObject(5, now);
        insert.setObject(6, now.plusMinutes(MINUTES));
        insert.executeUpdate();
    }
}
