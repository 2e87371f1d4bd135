package vintem.bench;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.postgresql.PGConnection;
import vintem.platform.Ids;

/// The limit that payouts are measured against: the rows of a batch, in the same commits, written
/// by statements that know everything beforehand. No JSON, no decisions, nothing read back.
///
/// The tables are copies of the product's own, with their columns, checks and indexes.
final class RawPayoutTables {
    // Copied from the catalogue, so that they stay the same when a migration changes them.
    private static final String CREATE =
            """
            do $$
            declare
                source text;
                options text;
            begin
                create schema raw_payouts;
                foreach source in array array[
                    'public.payout_batch', 'public.payout_submission', 'public.payout',
                    'public.payout_attempt', 'public.transfer', 'public.outbox',
                    'public.account_available', 'simulated_bank.payment'] loop
                    select ' with (' || array_to_string(reloptions, ', ') || ')' into options
                    from pg_class where oid = source::regclass;
                    execute format('create table raw_payouts.%I (like %s including all)%s',
                                   split_part(source, '.', 2), source, coalesce(options, ''));
                end loop;
                insert into raw_payouts.account_available (account_id, available_cents)
                values (1, 1000000000000);
            end
            $$
            """;

    private static final String BATCH =
            "insert into raw_payouts.payout_batch (id, created_at, items) values (?, now(), ?)";

    private static final String SUBMISSION =
            """
            insert into raw_payouts.payout_submission
                (id, batch_id, caller_id, caller_name, received_at, items, send_by)
            values (?, ?, ?, 'admin', now(), ?, now() + interval '5 s')
            """;

    private static final String PAYOUTS =
            """
            insert into raw_payouts.payout
                (id, external_id, batch_id, position, user_id, pix_key, amount_cents, purpose,
                 status, created_at, updated_at)
            select id, external_id, ?, position, user_id, pix_key, amount_cents, 'payouts',
                   'processing', now(), now()
            from unnest(?::uuid[], ?::text[], ?::int[], ?::text[], ?::text[], ?::bigint[])
                as p (id, external_id, position, user_id, pix_key, amount_cents)
            on conflict (external_id) do nothing
            """;

    private static final String TAKE =
            """
            update raw_payouts.account_available set available_cents = available_cents - ?
            where account_id = 1
            """;

    private static final String TRANSFERS =
            """
            insert into raw_payouts.transfer (id, entry_id, debit_account, credit_account,
                                              amount_cents, kind, subject_id, occurred_at)
            select id, id, ?, ?, amount_cents, ?, subject_id, now()
            from unnest(?::uuid[], ?::uuid[], ?::bigint[]) as t (id, subject_id, amount_cents)
            """;

    private static final String ATTEMPTS =
            """
            insert into raw_payouts.payout_attempt
                (payout_id, number, provider_id, submission_id, credential_id, spending_day,
                 pix_key, started_at, next_ask_at)
            select payout_id, 1, provider_id, ?, ?, current_date, pix_key, now(),
                   now() + interval '5 s'
            from unnest(?::uuid[], ?::text[], ?::text[]) as a (payout_id, provider_id, pix_key)
            """;

    private static final String BANK_PAYMENTS =
            """
            insert into raw_payouts.payment
                (provider_id, pix_key, amount_cents, status, end_to_end_id, settled_at)
            select provider_id, pix_key, amount_cents, 'settled', end_to_end_id, now()
            from unnest(?::text[], ?::text[], ?::bigint[], ?::text[])
                as p (provider_id, pix_key, amount_cents, end_to_end_id)
            on conflict (provider_id) do nothing
            """;

    private static final String END_ATTEMPTS =
            """
            update raw_payouts.payout_attempt a
            set outcome = 'paid', end_to_end_id = e.end_to_end_id, ended_at = now()
            from unnest(?::uuid[], ?::text[]) as e (payout_id, end_to_end_id)
            where a.payout_id = e.payout_id and a.outcome is null
            """;

    private static final String END_PAYOUTS =
            """
            update raw_payouts.payout set status = 'paid', updated_at = now()
            where id = any(?::uuid[])
            """;

    private static final String NEWS =
            """
            insert into raw_payouts.outbox (type, subject, body)
            select 'payout.paid', subject, body
            from unnest(?::text[], ?::text[]) as n (subject, body)
            """;

    private static final String COUNT =
            "update raw_payouts.payout_batch set paid = paid + ? where id = ?";

    private static final String FINISH =
            """
            update raw_payouts.payout_submission
            set successful = ?, failed = 0, duplicates = 0, processing = 0, finished_at = now()
            where id = ?
            """;

    private static final String RESULT =
            """
            select (select count(*) from raw_payouts.payout where status = 'paid'),
                   (select count(*) from raw_payouts.payout_attempt where outcome = 'paid'),
                   (select count(*) from raw_payouts.payment where status = 'settled'),
                   (select count(*) from raw_payouts.transfer),
                   (select count(*) from raw_payouts.outbox)
            """;

    private static final int BANK = 1;
    private static final int IN_TRANSIT = 5;
    private static final int PURPOSE = 6;

    /// The rows of one batch, made before the clock runs.
    record Rows(
            String batchId,
            UUID submission,
            UUID caller,
            UUID[] payouts,
            UUID[] intended,
            UUID[] settled,
            String[] externalIds,
            int[] positions,
            String[] users,
            String[] keys,
            long[] amounts,
            String[] providers,
            String[] endToEnds,
            String[] bodies) {

        static Rows of(String batchId, int items) {
            var rows =
                    new Rows(
                            batchId,
                            Ids.next(),
                            Ids.next(),
                            new UUID[items],
                            new UUID[items],
                            new UUID[items],
                            new String[items],
                            new int[items],
                            new String[items],
                            new String[items],
                            new long[items],
                            new String[items],
                            new String[items],
                            new String[items]);
            for (var i = 0; i < items; i++) {
                rows.fill(i);
            }
            return rows;
        }

        private void fill(int i) {
            payouts[i] = Ids.next();
            intended[i] = Ids.next();
            settled[i] = Ids.next();
            externalIds[i] = PayoutLoad.externalId(batchId, i);
            positions[i] = i;
            users[i] = PayoutLoad.userId(i);
            keys[i] = PayoutLoad.pixKey(batchId, i);
            amounts[i] = PayoutLoad.amountCents(i);
            providers[i] = payouts[i].toString().replace("-", "");
            endToEnds[i] = "E00000000202611221200" + providers[i].substring(21);
            bodies[i] =
                    ("{\"payout_id\":\"%s\",\"external_id\":\"%s\",\"batch_id\":\"%s\","
                                    + "\"amount_cents\":%d,\"end_to_end_id\":\"%s\"}")
                            .formatted(
                                    payouts[i], externalIds[i], batchId, amounts[i], endToEnds[i]);
        }

        int size() {
            return payouts.length;
        }
    }

    private final Connection connection;
    private final PGConnection arrays;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();

    /// @param connection its own; the statements stay prepared
    RawPayoutTables(Connection connection) throws SQLException {
        this.connection = connection;
        this.arrays = connection.unwrap(PGConnection.class);
        connection.setAutoCommit(false);
    }

    static void create(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(CREATE);
        }
    }

    /// Writes one batch in the commits of the product: the intent, then the bank and the settlement
    /// of each chunk, then the answer.
    void pay(Rows rows, int chunk) throws SQLException {
        claim(rows);
        connection.commit();
        for (var from = 0; from < rows.size(); from += chunk) {
            var to = Math.min(rows.size(), from + chunk);
            bank(rows, from, to);
            connection.commit();
            settle(rows, from, to);
            connection.commit();
        }
        execute(FINISH, rows.size(), rows.submission());
        connection.commit();
    }

    /// @return whether each of so many items left all of its rows
    static boolean holds(Connection connection, long items) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(RESULT)) {
            row.next();
            return row.getLong(1) == items
                    && row.getLong(2) == items
                    && row.getLong(3) == items
                    && row.getLong(4) == 2 * items
                    && row.getLong(5) == items;
        }
    }

    private void claim(Rows rows) throws SQLException {
        execute(BATCH, rows.batchId(), rows.size());
        execute(SUBMISSION, rows.submission(), rows.batchId(), rows.caller(), rows.size());
        execute(
                PAYOUTS,
                rows.batchId(),
                uuids(rows.payouts(), 0, rows.size()),
                texts(rows.externalIds(), 0, rows.size()),
                arrays.createArrayOf("int4", rows.positions()),
                texts(rows.users(), 0, rows.size()),
                texts(rows.keys(), 0, rows.size()),
                longs(rows.amounts(), 0, rows.size()));
        execute(TAKE, Arrays.stream(rows.amounts()).sum());
        transfers(rows, rows.intended(), IN_TRANSIT, BANK, "payout_intended", 0, rows.size());
        execute(
                ATTEMPTS,
                rows.submission(),
                rows.caller(),
                uuids(rows.payouts(), 0, rows.size()),
                texts(rows.providers(), 0, rows.size()),
                texts(rows.keys(), 0, rows.size()));
    }

    private void bank(Rows rows, int from, int to) throws SQLException {
        var providers = texts(rows.providers(), from, to);
        execute(
                BANK_PAYMENTS,
                providers,
                texts(rows.keys(), from, to),
                longs(rows.amounts(), from, to),
                texts(rows.endToEnds(), from, to));
    }

    private void settle(Rows rows, int from, int to) throws SQLException {
        var payouts = uuids(rows.payouts(), from, to);
        execute(END_ATTEMPTS, payouts, texts(rows.endToEnds(), from, to));
        execute(END_PAYOUTS, payouts);
        transfers(rows, rows.settled(), PURPOSE, IN_TRANSIT, "payout_settled", from, to);
        var subjects = new String[to - from];
        Arrays.setAll(subjects, i -> rows.payouts()[from + i].toString());
        execute(NEWS, texts(subjects, 0, subjects.length), texts(rows.bodies(), from, to));
        execute(COUNT, to - from, rows.batchId());
    }

    private void transfers(
            Rows rows, UUID[] ids, int debit, int credit, String kind, int from, int to)
            throws SQLException {
        execute(
                TRANSFERS,
                debit,
                credit,
                kind,
                uuids(ids, from, to),
                uuids(rows.payouts(), from, to),
                longs(rows.amounts(), from, to));
    }

    private void execute(String sql, Object... values) throws SQLException {
        var statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        for (var i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        statement.executeUpdate();
    }

    private Array uuids(UUID[] values, int from, int to) throws SQLException {
        return connection.createArrayOf("uuid", Arrays.copyOfRange(values, from, to));
    }

    private Array texts(String[] values, int from, int to) throws SQLException {
        return connection.createArrayOf("text", Arrays.copyOfRange(values, from, to));
    }

    private Array longs(long[] values, int from, int to) throws SQLException {
        return arrays.createArrayOf("int8", Arrays.copyOfRange(values, from, to));
    }
}
