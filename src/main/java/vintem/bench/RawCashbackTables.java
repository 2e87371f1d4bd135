package vintem.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// Resellers and their purchases by the hundred thousand, put past the product into its own tables
/// as it would have written them; and the close of their month, written by hand as well as one can,
/// on copies of the same tables.
final class RawCashbackTables {
    private static final String RESELLERS =
            """
            with made as (
                insert into reseller (id, user_name, full_name, cpf, email, created_at)
                select uuidv7(), 'bench-' || n, 'Bench ' || n, (10000000000 + n)::text,
                       'bench-' || n || '@example.com', now()
                from generate_series(1, ?) n
                returning id
            )
            insert into cashback_account (reseller_id) select id from made
            """;

    // R$ 1.00 to R$ 50.00, as many for each reseller, over the days of one month.
    private static final String PURCHASES =
            """
            insert into purchase (id, code, reseller_id, amount_cents, bought_on, status,
                                  created_at, judged_at)
            select uuidv7(), 'bench-' || r.place || '-' || n, r.id,
                   100 + (r.place * 7 + n * 131) % 4900, ?::date + (n % 28)::integer,
                   'approved', now(), now()
            from (select id, row_number() over (order by id) as place from reseller
                  where user_name like 'bench-%') r
            cross join generate_series(1, ?) n
            """;

    private static final String MONTHS =
            """
            with sums as (
                select p.reseller_id, count(*) as purchases, sum(p.amount_cents)::bigint as cents
                from purchase p join reseller r on r.id = p.reseller_id
                where r.user_name like 'bench-%' group by 1
            )
            insert into cashback_month
                (reseller_id, month, purchases, approved_cents, accrued_cents)
            select reseller_id, ?::date, purchases, cents,
                   cashback_cents(cents, case when cents > 150000 then 2000
                                              when cents > 100000 then 1500 else 1000 end,
                                  'half_even')
            from sums
            """;

    private static final String ACCRUALS =
            """
            insert into transfer (id, entry_id, debit_account, credit_account, amount_cents, kind,
                                  subject_id, occurred_at)
            select id, id, 17, 18, accrued_cents, 'cashback_accrued', reseller_id, now()
            from (select uuidv7() as id, m.reseller_id, m.accrued_cents
                  from cashback_month m join reseller r on r.id = m.reseller_id
                  where r.user_name like 'bench-%' and m.accrued_cents > 0) accrued
            """;

    // Copied from the catalogue, so that they stay the same when a migration changes them.
    private static final String COPY =
            """
            create schema raw_cashback;
            create table raw_cashback.cashback_month (like public.cashback_month including all)
                with (fillfactor = 70);
            create table raw_cashback.cashback_account (like public.cashback_account including all)
                with (fillfactor = 70);
            create table raw_cashback.cashback_credit (like public.cashback_credit including all);
            create table raw_cashback.transfer (like public.transfer including all);
            insert into raw_cashback.cashback_month select * from public.cashback_month;
            insert into raw_cashback.cashback_account select * from public.cashback_account;
            """;

    private static final List<String> CLOSE =
            List.of(
                    """
                    insert into raw_cashback.cashback_credit
                    select reseller_id, '<month>', sum(accrued_cents - credited_cents), 0
                    from raw_cashback.cashback_month
                    where month <= '<month>' and accrued_cents <> credited_cents group by reseller_id
                    """,
                    """
                    insert into raw_cashback.transfer (id, entry_id, debit_account, credit_account,
                                                       amount_cents, kind, subject_id, occurred_at)
                    select id, id, 18, 19, own_cents, 'cashback_credited', reseller_id, now()
                    from (select uuidv7() as id, * from raw_cashback.cashback_credit) credit
                    """,
                    """
                    update raw_cashback.cashback_account a
                    set available_cents = available_cents + own_cents
                    from raw_cashback.cashback_credit c where c.reseller_id = a.reseller_id
                    """,
                    """
                    update raw_cashback.cashback_month set credited_cents = accrued_cents
                    where month <= '<month>' and accrued_cents <> credited_cents
                    """);

    private static final String FROM_PURCHASES =
            """
            select count(*) from (
                select reseller_id, sum(amount_cents) from purchase
                where status = 'approved' and deleted_at is null
                and bought_on >= ?::date and bought_on < ?::date + interval '1 month'
                group by reseller_id) sums
            """;

    private static final String CREDITED =
            "select coalesce(sum(own_cents + adjustment_cents), 0)::bigint from ";

    private static final String SOME =
            "select id from reseller where user_name like 'bench-%' order by md5(id::text) limit ?";

    private static final String PURCHASE_COUNT =
            "select count(*) from purchase where code like ? || '%'";

    private RawCashbackTables() {}

    /// As many resellers with as many approved purchases each, and what is owed for them.
    static void fill(Connection owner, int resellers, int each, LocalDate month)
            throws SQLException {
        owner.setAutoCommit(false);
        update(owner, RESELLERS, resellers);
        update(owner, PURCHASES, month.toString(), each);
        update(owner, MONTHS, month.toString());
        update(owner, ACCRUALS);
        owner.commit();
        owner.setAutoCommit(true);
    }

    static void copy(Connection owner) throws SQLException {
        try (var statement = owner.createStatement()) {
            statement.execute(COPY);
        }
    }

    /// Everybody's month at once, in one transaction.
    static double closeSeconds(Connection owner, LocalDate month) throws SQLException {
        owner.setAutoCommit(false);
        var start = System.nanoTime();
        try (var statement = owner.createStatement()) {
            for (var each : CLOSE) {
                statement.executeUpdate(each.replace("<month>", month.toString()));
            }
        }
        owner.commit();
        var seconds = (System.nanoTime() - start) / 1e9;
        owner.setAutoCommit(true);
        return seconds;
    }

    /// How long it takes to sum all purchases of the month up again.
    static double sumSeconds(Connection owner, LocalDate month) throws SQLException {
        var start = System.nanoTime();
        number(owner, FROM_PURCHASES, month.toString(), month.toString());
        return (System.nanoTime() - start) / 1e9;
    }

    static long creditedCents(Connection owner) throws SQLException {
        return number(owner, CREDITED + "public.cashback_credit");
    }

    static long rawCreditedCents(Connection owner) throws SQLException {
        return number(owner, CREDITED + "raw_cashback.cashback_credit");
    }

    /// Some of the resellers, in no order.
    static List<UUID> some(Connection owner, int most) throws SQLException {
        try (var statement = owner.prepareStatement(SOME)) {
            statement.setInt(1, most);
            var ids = new ArrayList<UUID>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getObject(1, UUID.class));
                }
            }
            return ids;
        }
    }

    static long purchases(Connection owner, String prefix) throws SQLException {
        return number(owner, PURCHASE_COUNT, prefix);
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

    private static long number(Connection owner, String sql, Object... parameters)
            throws SQLException {
        try (var statement = owner.prepareStatement(sql)) {
            for (var i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
