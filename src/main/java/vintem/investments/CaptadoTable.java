package vintem.investments;

import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;
import vintem.investments.Windows.Span;
import vintem.investments.Windows.Window;
import vintem.platform.BinaryArray;

/// The tables `captado_month` and `captado_client`, and what in `allocation` and `withdrawal` is
/// worked out.
@Singleton
class CaptadoTable {
    /// A month of a client.
    record Bucket(long clientId, LocalDate month) {
        static Bucket of(long clientId, LocalDate day) {
            return new Bucket(clientId, day.withDayOfMonth(1));
        }
    }

    /// What one client put in in one window: unrounded reais.
    ///
    /// @param sold in the window, of whichever allocation
    record Sums(BigDecimal captado, BigDecimal atual, BigDecimal sold) {}

    /// @param excluded allocations of the year that count nowhere
    record ClientSums(
            long clientId,
            String name,
            @Nullable String advisor,
            Sums anual,
            Sums semestral,
            Sums mensal,
            Sums semanal,
            int excluded) {
        Sums of(Window window) {
            return switch (window) {
                case ANUAL -> anual;
                case SEMESTRAL -> semestral;
                case MENSAL -> mensal;
                case SEMANAL -> semanal;
            };
        }
    }

    /// @param version counts all changes that were committed
    /// @param oldestRunning whatever is committed later has a number that is not smaller
    record State(long version, String oldestRunning) {}

    /// What all active clients together put in and took out.
    record Total(BigDecimal captado, BigDecimal sold) {}

    public record MonthTotal(
            LocalDate month, BigDecimal captado, BigDecimal atual, BigDecimal sold) {}

    private static final String MONTH_OF = "%1$s - (extract(day from %1$s)::int - 1)";

    private static final String UNITS_SINCE =
            "(select product(x.factor) from asset_split x where x.asset_id = %s and x.date > %s)";

    /// A rate holds until the next one, but not over a week: then it is missing.
    private static final String RATE_AT =
            """
            case when s.currency = 'BRL' then 1 else
                (select r.value from market_rate r
                 where r.series = s.currency and r.day <= %1$s and r.day > %1$s - 8
                 order by r.day desc limit 1) end
            """;

    /// Whether an allocation counts.
    private static final String COUNTS = "(a.cost_brl is not null and a.proceeds_brl is not null)";

    /// What is left of it; at what was paid, while the asset has no close at all.
    private static final String MARKET =
            "case when s.price_brl is null then a.cost_brl else a.remaining * s.price_brl end";

    private static final String PROCEEDS =
            "case when s.price_brl is null then 0 else a.proceeds_brl end";

    private static final String SHARE_ASSETS =
            "select id from asset where id = any(:assets) order by id for share";

    private static final String LOCK_ASSETS =
            "select id from asset where id = any(:assets) order by id for no key update";

    private static final String ENROL =
            """
            insert into captado_client (client_id, version, changed_xact)
            select id, 0, pg_current_xact_id() from unnest(:clients) as new (id)
            on conflict do nothing
            """;

    private static final String LOCK_CLIENTS =
            """
            select client_id from captado_client where client_id = any(:clients)
            order by client_id for update
            """;

    private static final String TOUCH =
            """
            update captado_client set version = version + 1, changed_xact = pg_current_xact_id()
            where client_id = any(:clients)
            """;

    private static final String HOLDERS =
            "select distinct client_id from allocation where asset_id = any(:assets) and is_active";

    private static final String DERIVE_SALES =
            """
            update withdrawal w set proceeds_brl = w.quantity * w.price * (%s)
            from asset s where s.id = w.asset_id and w.asset_id = any(:assets)
            """
                    .formatted(RATE_AT.formatted("w.date"));

    private static final String DERIVE =
            """
            update allocation a
            set cost_brl = d.cost, remaining = d.remaining, proceeds_brl = d.proceeds
            from (
                select o.id, o.quantity * o.buy_price * (%s) as cost,
                       case when s.splits = 0 then o.quantity else o.quantity * %s end
                           - coalesce(w.units, 0) as remaining,
                       case when w.missing > 0 then null else coalesce(w.proceeds, 0) end as proceeds
                from allocation o
                join asset s on s.id = o.asset_id
                left join lateral (
                    select sum(w.quantity * %s) as units, sum(w.proceeds_brl) as proceeds,
                           count(*) filter (where w.proceeds_brl is null) as missing
                    from withdrawal w where w.allocation_id = o.id) w on true
                where %%s
            ) d
            where a.id = d.id and (a.cost_brl, a.remaining, a.proceeds_brl)
                is distinct from (d.cost, d.remaining, d.proceeds)
            """
                    .formatted(
                            RATE_AT.formatted("o.buy_date"),
                            UNITS_SINCE.formatted("o.asset_id", "o.buy_date"),
                            UNITS_SINCE.formatted("w.asset_id", "w.date"));

    private static final String DERIVE_LOTS = DERIVE.formatted("o.id = any(:allocations)");

    private static final String DERIVE_ASSETS = DERIVE.formatted("o.asset_id = any(:assets)");

    private static final String OVERSOLD =
            """
            select exists (
                select from withdrawal w join allocation o on o.id = w.allocation_id
                where o.asset_id = :asset
                group by o.id having sum(w.quantity * %s) > o.quantity * %s)
            """
                    .formatted(
                            UNITS_SINCE.formatted("w.asset_id", "w.date"),
                            UNITS_SINCE.formatted("o.asset_id", "o.buy_date"));

    private static final String REBUILD =
            """
            with touched as materialized (%%s),
            bought as (
                select t.client_id, t.month,
                       sum(a.cost_brl) filter (where %1$s) as captado,
                       sum(%2$s) filter (where %1$s) as market,
                       sum(%3$s) filter (where %1$s) as proceeds,
                       (count(*) filter (where not %1$s))::int as excluded
                from touched t
                join allocation a on a.client_id = t.client_id and %4$s = t.month and a.is_active
                join asset s on s.id = a.asset_id
                group by t.client_id, t.month),
            sold as (
                select t.client_id, t.month, sum(w.proceeds_brl) as sold
                from touched t
                join withdrawal w on w.client_id = t.client_id and %5$s = t.month
                join allocation a on a.id = w.allocation_id and a.is_active
                group by t.client_id, t.month)
            insert into captado_month as m
                (client_id, month, captado, market, proceeds, sold, excluded)
            select t.client_id, t.month, coalesce(b.captado, 0), coalesce(b.market, 0),
                   coalesce(b.proceeds, 0), coalesce(s.sold, 0), coalesce(b.excluded, 0)
            from touched t
            left join bought b on b.client_id = t.client_id and b.month = t.month
            left join sold s on s.client_id = t.client_id and s.month = t.month
            order by t.client_id, t.month
            on conflict (client_id, month) do update
            set captado = excluded.captado, market = excluded.market,
                proceeds = excluded.proceeds, sold = excluded.sold, excluded = excluded.excluded
            where (m.captado, m.market, m.proceeds, m.sold, m.excluded) is distinct from
                (excluded.captado, excluded.market, excluded.proceeds, excluded.sold,
                 excluded.excluded)
            """
                    .formatted(
                            COUNTS,
                            MARKET,
                            PROCEEDS,
                            MONTH_OF.formatted("a.buy_date"),
                            MONTH_OF.formatted("w.date"));

    private static final String REBUILD_BUCKETS =
            REBUILD.formatted(
                    "select distinct client_id, month from unnest(:clients, :months::date[])"
                            + " as b (client_id, month)");

    private static final String REBUILD_ASSETS =
            REBUILD.formatted(
                    """
                    select a.client_id, %s as month from allocation a
                    where a.asset_id = any(:assets) and a.is_active
                    union
                    select w.client_id, %s from withdrawal w where w.asset_id = any(:assets)
                    """
                            .formatted(
                                    MONTH_OF.formatted("a.buy_date"),
                                    MONTH_OF.formatted("w.date")));

    private static final String REBUILD_CLIENTS =
            REBUILD.formatted(
                    """
                    select a.client_id, %s as month from allocation a
                    where a.client_id = any(:clients)
                    union
                    select w.client_id, %s from withdrawal w where w.client_id = any(:clients)
                    """
                            .formatted(
                                    MONTH_OF.formatted("a.buy_date"),
                                    MONTH_OF.formatted("w.date")));

    private static final String STATE =
            """
            select coalesce(sum(version), 0)::bigint, pg_snapshot_xmin(pg_current_snapshot())::text
            from captado_client
            """;

    private static final String CHANGED =
            "select client_id from captado_client where changed_xact >= :since::xid8";

    private static final String SUMS =
            """
            select c.id, c.name, c.advisor,
                   coalesce(y.anual, 0), coalesce(y.anual_atual, 0), coalesce(y.anual_sold, 0),
                   coalesce(y.semestral, 0), coalesce(y.semestral_atual, 0),
                   coalesce(y.semestral_sold, 0),
                   coalesce(y.mensal, 0), coalesce(y.mensal_atual, 0), coalesce(y.mensal_sold, 0),
                   coalesce(w.captado, 0), coalesce(w.atual, 0), coalesce(o.sold, 0),
                   coalesce(y.excluded, 0)
            from client c
            left join (
                select client_id,
                       sum(captado) as anual, sum(market + proceeds) as anual_atual,
                       sum(sold) as anual_sold,
                       sum(captado) filter (where month >= :half) as semestral,
                       sum(market + proceeds) filter (where month >= :half) as semestral_atual,
                       sum(sold) filter (where month >= :half) as semestral_sold,
                       sum(captado) filter (where month = :month) as mensal,
                       sum(market + proceeds) filter (where month = :month) as mensal_atual,
                       sum(sold) filter (where month = :month) as mensal_sold,
                       sum(excluded) as excluded
                from captado_month where month between :year and :month %%1$s
                group by client_id) y on y.client_id = c.id
            left join (
                select a.client_id, sum(a.cost_brl) as captado, sum(%1$s + %2$s) as atual
                from allocation a join asset s on s.id = a.asset_id
                where a.buy_date between :week and :ref and a.is_active and %3$s %%2$s
                group by a.client_id) w on w.client_id = c.id
            left join (
                select a.client_id, sum(w.proceeds_brl) as sold
                from withdrawal w join allocation a on a.id = w.allocation_id
                where w.date between :week and :ref and a.is_active %%2$s
                group by a.client_id) o on o.client_id = c.id
            where c.status = 'active' %%3$s
            """
                    .formatted(MARKET, PROCEEDS, COUNTS);

    private static final String SUMS_OF_ALL = SUMS.formatted("", "", "");

    private static final String SUMS_OF_SOME =
            SUMS.formatted(
                    "and client_id = any(:clients)",
                    "and a.client_id = any(:clients)",
                    "and c.id = any(:clients)");

    private static final String TOTAL =
            """
            select coalesce(sum(captado), 0), coalesce(sum(sold), 0) from (
                select m.client_id, m.captado, m.sold from captado_month m
                where m.month >= :first and m.month < :end
                union all
                select a.client_id, a.cost_brl, 0 from allocation a
                where (a.buy_date between :start and :before or a.buy_date between :after and :last)
                    and a.is_active and %s
                union all
                select w.client_id, 0, w.proceeds_brl
                from withdrawal w join allocation a on a.id = w.allocation_id
                where (w.date between :start and :before or w.date between :after and :last)
                    and a.is_active
            ) t join client c on c.id = t.client_id and c.status = 'active'
            """
                    .formatted(COUNTS);

    private static final String MONTHS =
            """
            select m.month, sum(m.captado) as captado, sum(m.market + m.proceeds) as atual,
                   sum(m.sold) as sold
            from captado_month m join client c on c.id = m.client_id and c.status = 'active'
            where m.month between :first and :last
            group by m.month order by m.month
            """;

    // ── locks, in this order: assets, then clients, each by id ────────────────────────────────

    /// Prices do not change until the transaction ends.
    void shareAssets(Handle tx, Collection<Long> assets) {
        assets(tx.createQuery(SHARE_ASSETS), assets).mapTo(Long.class).list();
    }

    /// Nobody else puts anything into these assets, or prices them, until the transaction ends.
    void lockAssets(Handle tx, Collection<Long> assets) {
        assets(tx.createQuery(LOCK_ASSETS), assets).mapTo(Long.class).list();
    }

    void enrol(Handle tx, Collection<Long> clients) {
        clients(tx.createUpdate(ENROL), clients).execute();
    }

    void lockClients(Handle tx, Collection<Long> clients) {
        clients(tx.createQuery(LOCK_CLIENTS), clients).mapTo(Long.class).list();
    }

    // ── keeping ───────────────────────────────────────────────────────────────────────────────

    void touch(Handle tx, Collection<Long> clients) {
        clients(tx.createUpdate(TOUCH), clients).execute();
    }

    /// Whether more of some allocation was sold than was bought, as its splits stand now.
    boolean oversold(Handle tx, long asset) {
        return tx.createQuery(OVERSOLD).bind("asset", asset).mapTo(Boolean.class).one();
    }

    List<Long> holders(Handle tx, Collection<Long> assets) {
        return assets(tx.createQuery(HOLDERS), assets).mapTo(Long.class).list();
    }

    void deriveLots(Handle tx, Collection<Long> allocations) {
        tx.createUpdate(DERIVE_LOTS)
                .bind("allocations", BinaryArray.longs(allocations, Long::longValue))
                .execute();
    }

    /// With what was sold of them.
    void deriveAssets(Handle tx, Collection<Long> assets) {
        assets(tx.createUpdate(DERIVE_SALES), assets).execute();
        assets(tx.createUpdate(DERIVE_ASSETS), assets).execute();
    }

    void rebuild(Handle tx, Collection<Bucket> buckets) {
        tx.createUpdate(REBUILD_BUCKETS)
                .bind("clients", BinaryArray.longs(buckets, Bucket::clientId))
                .bind("months", BinaryArray.texts(buckets, each -> each.month().toString()))
                .execute();
    }

    void rebuildAssets(Handle tx, Collection<Long> assets) {
        assets(tx.createUpdate(REBUILD_ASSETS), assets).execute();
    }

    void rebuildClients(Handle tx, Collection<Long> clients) {
        clients(tx.createUpdate(REBUILD_CLIENTS), clients).execute();
    }

    // ── reading ───────────────────────────────────────────────────────────────────────────────

    State state(Handle tx) {
        return tx.createQuery(STATE)
                .map((row, _) -> new State(row.getLong(1), row.getString(2)))
                .one();
    }

    /// Clients of whom something was committed that a reader at that moment may not have seen.
    List<Long> changedSince(Handle tx, String oldestRunning) {
        return tx.createQuery(CHANGED).bind("since", oldestRunning).mapTo(Long.class).list();
    }

    List<ClientSums> sums(Handle tx, Windows windows) {
        return windows(tx.createQuery(SUMS_OF_ALL), windows)
                .map((row, _) -> clientSums(row))
                .list();
    }

    /// Of these clients, without those that are not active.
    List<ClientSums> sums(Handle tx, Windows windows, Collection<Long> clients) {
        return clients(windows(tx.createQuery(SUMS_OF_SOME), windows), clients)
                .map((row, _) -> clientSums(row))
                .list();
    }

    /// Of any days: whole months from what is kept, the days around them from allocations.
    Total total(Handle tx, Span span) {
        var first =
                span.start().getDayOfMonth() == 1
                        ? YearMonth.from(span.start())
                        : YearMonth.from(span.start()).plusMonths(1);
        var end = YearMonth.from(span.end().plusDays(1));
        var firstDay = first.atDay(1);
        var endDay = end.isBefore(first) ? firstDay : end.atDay(1);
        var before = firstDay.minusDays(1);
        return tx.createQuery(TOTAL)
                .bind("first", firstDay)
                .bind("end", endDay)
                .bind("start", span.start())
                .bind("before", before.isAfter(span.end()) ? span.end() : before)
                .bind("after", endDay)
                .bind("last", span.end())
                .map((row, _) -> new Total(row.getBigDecimal(1), row.getBigDecimal(2)))
                .one();
    }

    List<MonthTotal> months(Handle tx, YearMonth first, YearMonth last) {
        return tx.createQuery(MONTHS)
                .bind("first", first.atDay(1))
                .bind("last", last.atDay(1))
                .map(
                        (row, _) ->
                                new MonthTotal(
                                        row.getObject("month", LocalDate.class),
                                        row.getBigDecimal("captado"),
                                        row.getBigDecimal("atual"),
                                        row.getBigDecimal("sold")))
                .list();
    }

    private static ClientSums clientSums(ResultSet row) throws SQLException {
        return new ClientSums(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                sums(row, 4),
                sums(row, 7),
                sums(row, 10),
                sums(row, 13),
                row.getInt(16));
    }

    private static Sums sums(ResultSet row, int first) throws SQLException {
        return new Sums(
                row.getBigDecimal(first),
                row.getBigDecimal(first + 1),
                row.getBigDecimal(first + 2));
    }

    private static <S extends SqlStatement<S>> S windows(S statement, Windows windows) {
        return statement
                .bind("year", windows.span(Window.ANUAL).start())
                .bind("half", windows.span(Window.SEMESTRAL).start())
                .bind("month", windows.span(Window.MENSAL).start())
                .bind("week", windows.span(Window.SEMANAL).start())
                .bind("ref", windows.ref());
    }

    private static <S extends SqlStatement<S>> S clients(S statement, Collection<Long> clients) {
        return statement.bind("clients", BinaryArray.longs(clients, Long::longValue));
    }

    private static <S extends SqlStatement<S>> S assets(S statement, Collection<Long> assets) {
        return statement.bind("assets", BinaryArray.longs(assets, Long::longValue));
    }
}
