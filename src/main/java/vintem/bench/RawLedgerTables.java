package vintem.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.postgresql.PGConnection;
import vintem.ledger.AccountCode;
import vintem.ledger.Transfer;

/// The limit that the ledger is measured against: the same rows in copies of its tables, the
/// account with a floor locked and lowered by what the list takes, nothing decided.
final class RawLedgerTables {
    private static final String CREATE =
            """
            create schema raw_ledger;
            create table raw_ledger.transfer (like public.transfer including all);
            create table raw_ledger.account_available
                (like public.account_available including all);
            insert into raw_ledger.account_available values (1, 1000000000000000)
            """;

    private static final String TAKE =
            """
            update raw_ledger.account_available set available_cents = available_cents - ?
            where account_id = 1 and available_cents >= ?
            """;

    private static final String INSERT_LIST =
            """
            insert into raw_ledger.transfer (id, entry_id, debit_account, credit_account,
                                             amount_cents, kind, subject_id, occurred_at)
            select id, id, debit, credit, amount_cents, 'bench', id, now()
            from unnest(?::uuid[], ?::int[], ?::int[], ?::bigint[])
                as t (id, debit, credit, amount_cents)
            """;

    private static final String INSERT_ONE =
            """
            insert into raw_ledger.transfer (id, entry_id, debit_account, credit_account,
                                             amount_cents, kind, subject_id, occurred_at)
            values (?, ?, ?, ?, ?, 'bench', ?, now())
            """;

    private static final String COUNT = "select count(*) from raw_ledger.transfer";

    private final Connection connection;
    private final PGConnection arrays;
    private final PreparedStatement take;
    private final PreparedStatement insertList;
    private final PreparedStatement insertOne;

    /// @param connection its own; the statements stay prepared
    RawLedgerTables(Connection connection) throws SQLException {
        this.connection = connection;
        arrays = connection.unwrap(PGConnection.class);
        connection.setAutoCommit(false);
        take = connection.prepareStatement(TAKE);
        insertList = connection.prepareStatement(INSERT_LIST);
        insertOne = connection.prepareStatement(INSERT_ONE);
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

    void postList(List<Transfer> transfers) throws SQLException {
        var size = transfers.size();
        var ids = new UUID[size];
        var debits = new int[size];
        var credits = new int[size];
        var amounts = new long[size];
        var taken = 0L;
        for (var i = 0; i < size; i++) {
            var transfer = transfers.get(i);
            ids[i] = transfer.id();
            debits[i] = transfer.debit().ordinal() + 1;
            credits[i] = transfer.credit().ordinal() + 1;
            amounts[i] = transfer.amountCents();
            taken += lowersBank(transfer) ? transfer.amountCents() : 0;
        }
        take(taken);
        insertList.setObject(1, connection.createArrayOf("uuid", ids));
        insertList.setObject(2, arrays.createArrayOf("int4", debits));
        insertList.setObject(3, arrays.createArrayOf("int4", credits));
        insertList.setObject(4, arrays.createArrayOf("int8", amounts));
        insertList.executeUpdate();
        connection.commit();
    }

    void postOne(Transfer transfer) throws SQLException {
        if (lowersBank(transfer)) {
            take(transfer.amountCents());
        }
        insertOne.setObject(1, transfer.id());
        insertOne.setObject(2, transfer.id());
        insertOne.setInt(3, transfer.debit().ordinal() + 1);
        insertOne.setInt(4, transfer.credit().ordinal() + 1);
        insertOne.setLong(5, transfer.amountCents());
        insertOne.setObject(6, transfer.id());
        insertOne.executeUpdate();
        connection.commit();
    }

    private void take(long cents) throws SQLException {
        take.setLong(1, cents);
        take.setLong(2, cents);
        if (take.executeUpdate() != 1) {
            throw new IllegalStateException("the raw bank account is empty");
        }
    }

    private static boolean lowersBank(Transfer transfer) {
        return transfer.credit() == AccountCode.BANK;
    }
}
