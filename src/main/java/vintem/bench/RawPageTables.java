package vintem.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import vintem.platform.TaxId;

/// Half a year of a business, put past the product into its own tables as it would have written it:
/// day after day, each in transactions of its own, so that rows lie in the order of time and every
/// cent is where the proofs look for it.
final class RawPageTables {
    static final int DAYS = 180;

    private static final int CPFS = 1_000;
    private static final int FIRST_CPF = 400_000_000;
    private static final int FIRST_RESELLER = 500_000_000;

    // The sandbox's first money is as old as the history: what is as of a past day begins with it.
    // The server may have counted it to today by now.
    private static final String OPEN_EARLIER =
            """
            begin;
            set local session_replication_role = replica;
            update ledger_day_horizon set horizon = 0;
            delete from ledger_day;
            update transfer set recorded_at = now() - interval '181 days',
                                occurred_at = now() - interval '181 days'
            where kind = 'opening';
            update simulated_bank.other_line set booked_at = now() - interval '181 days'
            where kind = 'opening';
            commit
            """;

    // One in twenty was never paid.
    private static final String PAYMENTS =
            """
            with day as (
                select ?::integer as number, ?::integer as items,
                       date_trunc('day', now()) - make_interval(days => ?) as start
            ), made as (
                insert into payment
                    (id, txid, mode, status, amount_cents, purpose, copy_and_paste, reference,
                     payer_name, payer_tax_id, created_at, expires_at, paid_at, paid_cents,
                     end_to_end_id)
                select uuidv7(at - clock_timestamp()), md5(number || '-' || n), 'static',
                       case when n % 20 = 0 then 'expired' else 'paid' end, cents, 'sales',
                       '00020126440014br.gov.bcb.pix0122sandbox@vintem.invalid520400005303986'
                       || md5(number || '-' || n), 'order-' || number || '-' || n,
                       'Payer ' || n, (?::text[])[1 + n % 1000], at, at + interval '30 minutes',
                       case when n % 20 > 0 then at + interval '1 second' end,
                       case when n % 20 > 0 then cents end,
                       case when n % 20 > 0 then
                           'E12345678' || to_char(at at time zone 'UTC', 'YYYYMMDDHH24MI')
                           || lpad((number * 100000 + n)::text, 11, '0') end
                from (select number, n, 100 + (number * 31 + n * 7919) % 50000 as cents,
                             start + n * (least(interval '23 hours', now() - start) / items) as at
                      from day cross join lateral generate_series(1, items) n) each
                returning id, txid, paid_cents, paid_at, end_to_end_id
            ), paid as (
                select * from made where paid_at is not null
            ), received as (
                insert into pix_receipt
                    (id, end_to_end_id, txid, amount_cents, received_at, status, payment_id)
                select uuidv7(paid_at - clock_timestamp()), end_to_end_id, txid, paid_cents,
                       paid_at, 'confirmed', id
                from paid
            ), told as (
                insert into simulated_bank.told_receipt (end_to_end_id, amount_cents, booked_at)
                select end_to_end_id, paid_cents, paid_at from paid
            )
            insert into transfer (id, entry_id, debit_account, credit_account, amount_cents, kind,
                                  subject_id, occurred_at, recorded_at)
            select t, t, 1, 3, paid_cents, 'payment_confirmed', id, paid_at, paid_at
            from (select uuidv7(paid_at - clock_timestamp()) as t, * from paid) moved
            """;

    // Money that nobody claims.
    private static final String UNMATCHED =
            """
            with made as (
                insert into pix_receipt
                    (id, end_to_end_id, txid, amount_cents, received_at, status, reason)
                select uuidv7(at - now()), 'E12345678' || to_char(at at time zone 'UTC',
                           'YYYYMMDDHH24MI') || lpad(n::text, 11, 'u'),
                       md5('nobody-' || n), 1000 + n, at, 'unidentified', 'unknown_txid'
                from (select n, now() - n * interval '1 minute' as at
                      from generate_series(1, ?) n) each
                returning id, end_to_end_id, txid, amount_cents, received_at
            ), told as (
                insert into simulated_bank.told_receipt (end_to_end_id, amount_cents, booked_at)
                select end_to_end_id, amount_cents, received_at from made
            )
            insert into transfer (id, entry_id, debit_account, credit_account, amount_cents, kind,
                                  subject_id, occurred_at, recorded_at)
            select t, t, 1, 4, amount_cents, 'receipt_unidentified', id, received_at, received_at
            from (select uuidv7() as t, * from made) moved
            """;

    // One batch of each day.
    private static final String PAYOUTS =
            """
            with day as (
                select ?::integer as number, ?::integer as items,
                       date_trunc('day', now()) - make_interval(days => ?) as start
            ), batch as (
                insert into payout_batch (id, created_at, items, paid)
                select 'pages-' || number, start, items, items from day
            ), submission as (
                insert into payout_submission
                    (id, batch_id, caller_id, caller_name, received_at, items, send_by, successful,
                     failed, duplicates, processing, finished_at)
                select uuidv7(start - clock_timestamp()), 'pages-' || number, uuidv7(), 'admin',
                       start, items, start, items, 0, 0, 0, start + interval '1 minute'
                from day
                returning id as submission_id, caller_id
            ), made as (
                insert into payout
                    (id, external_id, batch_id, position, user_id, pix_key, amount_cents, tax_id,
                     purpose, status, created_at, updated_at)
                select uuidv7(start - clock_timestamp()), 'pages-' || number || '-' || n,
                       'pages-' || number, n, 'user-' || n, 'user-' || n || '@example.com',
                       100 + (number * 37 + n * 4001) % 20000, (?::text[])[1 + n % 1000],
                       'payouts', 'paid', start, start + interval '1 minute'
                from day cross join lateral generate_series(1, items) n
                returning id, pix_key, amount_cents, created_at, updated_at,
                          'E87654321' || to_char(created_at at time zone 'UTC', 'YYYYMMDDHH24MI')
                          || right(replace(id::text, '-', ''), 11) as end_to_end_id
            ), attempt as (
                insert into payout_attempt
                    (payout_id, number, provider_id, submission_id, credential_id, spending_day,
                     pix_key, started_at, next_ask_at, outcome, end_to_end_id, ended_at)
                select id, 1, replace(id::text, '-', '') || '01', submission_id, caller_id,
                       created_at::date, pix_key, created_at, created_at, 'paid', end_to_end_id,
                       updated_at
                from made cross join submission
            ), told as (
                insert into simulated_bank.payment
                    (provider_id, pix_key, amount_cents, status, end_to_end_id, settled_at)
                select replace(id::text, '-', '') || '01', pix_key, amount_cents, 'settled',
                       end_to_end_id, updated_at
                from made
            )
            insert into transfer (id, entry_id, debit_account, credit_account, amount_cents, kind,
                                  subject_id, occurred_at, recorded_at)
            select t, t, debit, credit, amount_cents, kind, id, at, at
            from (select uuidv7(created_at - clock_timestamp()) as t, id, amount_cents, leg.*,
                         created_at as at
                  from made cross join (values (5, 1, 'payout_intended'),
                                               (6, 5, 'payout_settled'))
                      as leg (debit, credit, kind)) moved
            """;

    // Resellers as they are: their CPFs have check digits.
    private static final String CPFS_OF_RESELLERS =
            """
            update reseller r set cpf = (?::text[])[n.place]
            from (select id, row_number() over (order by id) as place from reseller) n
            where n.id = r.id
            """;

    // Nobody is told: the endpoint is switched off, and its secret opens nothing.
    private static final String ENDPOINT =
            """
            with made as (
                insert into webhook_endpoint (id, url, description, status, created_at)
                values (uuidv7(), 'https://hooks.example.com/vintem', 'ERP', 'disabled', now())
                returning id
            )
            insert into webhook_secret (id, endpoint_id, sealed, created_at)
            select uuidv7(), id, '\\x00', now() from made
            """;

    // Of news that the outbox has forgotten.
    private static final String DELIVERIES =
            """
            with made as (
                insert into webhook_delivery
                    (id, endpoint_id, event_id, type, subject, body, status, created_at, attempts,
                     due_at, ended_at, last_status)
                select uuidv7(at - clock_timestamp()), e.id, -n, 'payment.confirmed',
                       md5(n::text)::uuid::text,
                       '{"type":"payment.confirmed","timestamp":"2026-11-26T12:00:00Z","data":{}}',
                       case when n % 1000 = 0 then 'dead' else 'delivered' end, at, 1, at, at,
                       case when n % 1000 = 0 then 500 else 200 end
                from webhook_endpoint e
                cross join lateral (
                    select n, now() - (? - n) * (interval '25 days' / ?) as at
                    from generate_series(1, ?) n) each
                returning id, last_status, created_at
            )
            insert into webhook_attempt (delivery_id, number, at, duration_millis, status, response)
            select id, 1, created_at, 20, last_status, 'ok' from made
            """;

    private static final List<String> COUNTED =
            List.of(
                    "payment",
                    "pix_receipt",
                    "payout",
                    "charge",
                    "purchase",
                    "transfer",
                    "webhook_delivery");

    private static final String OLD_PAYMENT =
            """
            select id::text, txid, end_to_end_id, reference, payer_tax_id, amount_cents::text
            from payment where paid_at < now() - interval '90 days' order by id desc limit 1
            """;

    private static final String OLD_PAYOUT =
            """
            select p.external_id, p.id::text, p.batch_id, p.pix_key, a.end_to_end_id
            from payout p join payout_attempt a on a.payout_id = p.id
            where p.created_at < now() - interval '90 days' order by p.id desc limit 1
            """;

    private static final String CHARGE =
            """
            select id::text, debt_id, email, file_id::text, name from charge
            order by id desc offset 1000 limit 1
            """;

    private static final String RECEIPT =
            "select id::text from pix_receipt where status = 'unidentified' limit 1";

    private static final String PURCHASE = "select code from purchase limit 1 offset 1000";

    private static final String ENDPOINT_ID = "select id::text from webhook_endpoint limit 1";

    private static final String DELIVERY =
            "select id::text from webhook_delivery order by seq desc limit 1";

    // A transfer in the middle of an account's history, as the statement's pages name it.
    private static final String DEEP =
            """
            select xact_id || '_' || id from transfer
            where debit_account = 1 and kind = 'payment_confirmed'
            and recorded_at < now() - interval '90 days'
            order by xact_id desc, id desc limit 1
            """;

    private RawPageTables() {}

    /// As many payments and payouts, over the last days and today.
    static void fill(Connection owner, int payments, int payouts) throws SQLException {
        execute(owner, OPEN_EARLIER);
        var array = owner.createArrayOf("text", cpfs(FIRST_CPF, CPFS));
        for (var day = 1; day <= DAYS; day++) {
            update(owner, PAYMENTS, day, part(payments, day), DAYS - day, array);
            update(owner, PAYOUTS, day, part(payouts, day), DAYS - day, array);
        }
        update(owner, UNMATCHED, 200);
    }

    static void name(Connection owner, int resellers) throws SQLException {
        update(
                owner,
                CPFS_OF_RESELLERS,
                owner.createArrayOf("text", cpfs(FIRST_RESELLER, resellers)));
    }

    private static String[] cpfs(int first, int count) {
        var cpfs = new String[count];
        for (var i = 0; i < count; i++) {
            var base = Integer.toString(first + i);
            cpfs[i] = base + TaxId.Cpf.checkDigits(base);
        }
        return cpfs;
    }

    static void deliveries(Connection owner, int deliveries) throws SQLException {
        execute(owner, ENDPOINT);
        update(owner, DELIVERIES, deliveries, deliveries, deliveries);
    }

    /// What autovacuum would have done by and by.
    static void vacuum(Connection owner) throws SQLException {
        execute(owner, "vacuum (analyze)");
    }

    /// How many rows there are, table by table.
    static List<String> counts(Connection owner) throws SQLException {
        var counts = new ArrayList<String>();
        for (var table : COUNTED) {
            var count = Long.parseLong(row(owner, "select count(*)::text from " + table)[0]);
            counts.add("%,d %s".formatted(count, table));
        }
        return counts;
    }

    /// @return id, txid, end-to-end id, reference, payer's CPF, cents
    static String[] oldPayment(Connection owner) throws SQLException {
        return row(owner, OLD_PAYMENT);
    }

    /// @return external id, id, batch, Pix key, end-to-end id
    static String[] oldPayout(Connection owner) throws SQLException {
        return row(owner, OLD_PAYOUT);
    }

    /// @return id, debt, e-mail, file, name
    static String[] charge(Connection owner) throws SQLException {
        return row(owner, CHARGE);
    }

    static String receipt(Connection owner) throws SQLException {
        return row(owner, RECEIPT)[0];
    }

    static String purchase(Connection owner) throws SQLException {
        return row(owner, PURCHASE)[0];
    }

    static String endpoint(Connection owner) throws SQLException {
        return row(owner, ENDPOINT_ID)[0];
    }

    static String delivery(Connection owner) throws SQLException {
        return row(owner, DELIVERY)[0];
    }

    /// Where a page begins in the middle of the bank account's history.
    static String deepPlace(Connection owner) throws SQLException {
        return row(owner, DEEP)[0];
    }

    static LocalDate daysAgo(Connection owner, int days) throws SQLException {
        return LocalDate.parse(row(owner, "select (current_date - %d)::text".formatted(days))[0]);
    }

    private static int part(int all, int day) {
        return all / DAYS + (day <= all % DAYS ? 1 : 0);
    }

    private static void execute(Connection owner, String sql) throws SQLException {
        try (var statement = owner.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void update(Connection owner, String sql, Object... parameters)
            throws SQLException {
        try (var statement = owner.prepareStatement(sql)) {
            for (var i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            statement.executeUpdate();
        }
    }

    private static String[] row(Connection owner, String query) throws SQLException {
        try (var statement = owner.createStatement();
                var rows = statement.executeQuery(query)) {
            if (!rows.next()) {
                throw new IllegalStateException("nothing was found: " + query);
            }
            var row = new String[rows.getMetaData().getColumnCount()];
            for (var i = 0; i < row.length; i++) {
                row[i] = rows.getString(i + 1);
            }
            return row;
        }
    }
}
