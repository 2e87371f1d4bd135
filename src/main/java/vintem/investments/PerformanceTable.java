package vintem.investments;

import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.platform.BinaryArray;

/// What returns are worked out from: allocations and sales in units of today, closes per unit of
/// today and in reais.
@Singleton
class PerformanceTable {
    /// @param units bought, in units of today
    /// @param paid in the asset's currency
    record Bought(
            long allocationId,
            long assetId,
            String ticker,
            LocalDate date,
            BigDecimal units,
            BigDecimal paid,
            BigDecimal costBrl) {}

    record Sold(long allocationId, LocalDate date, BigDecimal units, BigDecimal proceedsBrl) {}

    record Price(long assetId, LocalDate date, BigDecimal priceBrl) {}

    /// What all active clients hold of one asset.
    public record Holding(
            long assetId,
            String ticker,
            String name,
            String currency,
            long clients,
            BigDecimal units,
            @Nullable BigDecimal closePrice,
            @Nullable LocalDate closeDate,
            BigDecimal costBrl,
            BigDecimal valueBrl) {}

    record MonthValue(LocalDate day, BigDecimal valueBrl) {}

    private static final String UNITS_SINCE =
            """
            case when s.splits = 0 then 1 else (select product(x.factor) from asset_split x
                where x.asset_id = s.id and x.date > %s) end
            """;

    private static final String BOUGHT =
            """
            select a.id, a.asset_id, s.ticker, a.buy_date, a.quantity * (%s) as units,
                   a.quantity * a.buy_price as paid, a.cost_brl
            from allocation a join asset s on s.id = a.asset_id
            where a.client_id = :client and a.is_active
                and a.cost_brl is not null and a.proceeds_brl is not null
            order by a.buy_date, a.id
            """
                    .formatted(UNITS_SINCE.formatted("a.buy_date"));

    private static final String SOLD =
            """
            select w.allocation_id, w.date, w.quantity * (%s) as units, w.proceeds_brl
            from withdrawal w
            join allocation a on a.id = w.allocation_id and a.is_active
                and a.cost_brl is not null and a.proceeds_brl is not null
            join asset s on s.id = w.asset_id
            where w.client_id = :client order by w.date, w.id
            """
                    .formatted(UNITS_SINCE.formatted("w.date"));

    private static final String PRICE =
            """
            d.close_price / (%s) * case when s.currency = 'BRL' then 1 else
                (select r.value from market_rate r where r.series = s.currency and r.day <= d.date
                 order by r.day desc limit 1) end
            """
                    .formatted(UNITS_SINCE.formatted("d.date"));

    /// Those of the days, and the last one before them.
    private static final String PRICES =
            """
            select * from (
            select d.asset_id, d.date, %s as price
            from daily_return d join asset s on s.id = d.asset_id
            where d.asset_id = any(:assets) and d.date <= :to and d.date >= coalesce(
                (select max(b.date) from daily_return b
                 where b.asset_id = d.asset_id and b.date < :from), :from)
            ) p where price is not null order by asset_id, date
            """
                    .formatted(PRICE);

    private static final String HOLDINGS =
            """
            select s.id, s.ticker, s.name, s.currency, count(distinct a.client_id) as clients,
                   sum(a.remaining) as units, s.close_price, s.close_date,
                   sum(a.cost_brl) as cost,
                   sum(case when s.price_brl is null then a.cost_brl
                       else a.remaining * s.price_brl end) as value
            from allocation a
            join asset s on s.id = a.asset_id
            join client c on c.id = a.client_id and c.status = 'active'
            where a.is_active and a.cost_brl is not null and a.proceeds_brl is not null
                and a.remaining > 0
            group by s.id order by value desc, s.ticker
            """;

    /// Units of each asset at the end of each month, and what they were worth then.
    private static final String CUSTODY =
            """
            with day as (
                select (m + interval '1 month' - interval '1 day')::date as last
                from generate_series(:first::date, :last::date, interval '1 month') m
            ), ends as (select least(last, :today) as day from day),
            flow as (
                select a.asset_id, a.buy_date as date, a.quantity * (%1$s) as units, a.cost_brl
                from allocation a join asset s on s.id = a.asset_id
                join client c on c.id = a.client_id and c.status = 'active'
                where a.is_active and a.cost_brl is not null and a.proceeds_brl is not null
                union all
                select w.asset_id, w.date, - w.quantity * (%2$s), 0
                from withdrawal w
                join allocation a on a.id = w.allocation_id and a.is_active
                    and a.cost_brl is not null and a.proceeds_brl is not null
                join asset s on s.id = w.asset_id
                join client c on c.id = w.client_id and c.status = 'active'
            ), dated as (
                select f.asset_id, (select min(e.day) from ends e where e.day >= f.date) as day,
                       sum(f.units) as units, sum(f.cost_brl) as cost
                from flow f where f.date <= :today group by 1, 2
            ), held as (
                select e.day, f.asset_id, sum(f.units) as units, sum(f.cost) as cost
                from ends e join dated f on f.day <= e.day group by 1, 2
            )
            select h.day, sum(coalesce(h.units * p.price, h.cost)) as value
            from held h join asset s on s.id = h.asset_id
            left join lateral (
                select %3$s as price from daily_return d
                where d.asset_id = h.asset_id and d.date <= h.day order by d.date desc limit 1) p
                on true
            group by h.day order by h.day
            """
                    .formatted(
                            UNITS_SINCE.formatted("a.buy_date"),
                            UNITS_SINCE.formatted("w.date"),
                            PRICE);

    List<Bought> bought(Handle tx, long client) {
        return tx.createQuery(BOUGHT)
                .bind("client", client)
                .map(
                        (row, _) ->
                                new Bought(
                                        row.getLong("id"),
                                        row.getLong("asset_id"),
                                        row.getString("ticker"),
                                        row.getObject("buy_date", LocalDate.class),
                                        row.getBigDecimal("units"),
                                        row.getBigDecimal("paid"),
                                        row.getBigDecimal("cost_brl")))
                .list();
    }

    List<Sold> sold(Handle tx, long client) {
        return tx.createQuery(SOLD)
                .bind("client", client)
                .map(
                        (row, _) ->
                                new Sold(
                                        row.getLong("allocation_id"),
                                        row.getObject("date", LocalDate.class),
                                        row.getBigDecimal("units"),
                                        row.getBigDecimal("proceeds_brl")))
                .list();
    }

    /// In the order of assets and days.
    List<Price> prices(Handle tx, Collection<Long> assets, LocalDate from, LocalDate to) {
        return tx.createQuery(PRICES)
                .bind("assets", BinaryArray.longs(assets, Long::longValue))
                .bind("from", from)
                .bind("to", to)
                .map(
                        (row, _) ->
                                new Price(
                                        row.getLong("asset_id"),
                                        row.getObject("date", LocalDate.class),
                                        row.getBigDecimal("price")))
                .list();
    }

    List<Holding> holdings(Handle tx) {
        return tx.createQuery(HOLDINGS)
                .map(
                        (row, _) ->
                                new Holding(
                                        row.getLong("id"),
                                        row.getString("ticker"),
                                        row.getString("name"),
                                        row.getString("currency"),
                                        row.getLong("clients"),
                                        row.getBigDecimal("units"),
                                        row.getBigDecimal("close_price"),
                                        row.getObject("close_date", LocalDate.class),
                                        row.getBigDecimal("cost"),
                                        row.getBigDecimal("value")))
                .list();
    }

    List<MonthValue> custody(Handle tx, YearMonth first, YearMonth last, LocalDate today) {
        return tx.createQuery(CUSTODY)
                .bind("first", first.atDay(1))
                .bind("last", last.atDay(1))
                .bind("today", today)
                .map(
                        (row, _) ->
                                new MonthValue(
                                        row.getObject("day", LocalDate.class),
                                        row.getBigDecimal("value")))
                .list();
    }
}
