package vintem.investments;

import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/// Every figure worked out from what was entered and known at an instant, and from nothing that is
/// kept: what `audit` compares with, and what `?as_of=` shows.
@Singleton
class HistoryTable {
    /// What one allocation comes to.
    ///
    /// @param rate reais for one unit of the asset's currency on the day it was bought
    /// @param splitFactor units of today for one of that day
    /// @param priceBrl of one unit of today, in reais
    /// @param valueBrl of what is left
    record Lot(
            long allocationId,
            long clientId,
            String ticker,
            String currency,
            LocalDate buyDate,
            BigDecimal quantity,
            BigDecimal buyPrice,
            @Nullable BigDecimal rate,
            @Nullable BigDecimal costBrl,
            BigDecimal splitFactor,
            BigDecimal remaining,
            @Nullable BigDecimal proceedsBrl,
            @Nullable LocalDate closeDate,
            @Nullable BigDecimal closePrice,
            @Nullable BigDecimal priceBrl,
            @Nullable BigDecimal valueBrl) {}

    /// A sale as it was known.
    record Sale(
            long allocationId,
            long clientId,
            LocalDate date,
            BigDecimal quantity,
            BigDecimal price,
            @Nullable BigDecimal proceedsBrl) {}

    record ClientThen(long id, String name, @Nullable String advisor) {}

    private static final String RATE_AT =
            """
            case when %1$s = 'BRL' then 1 else
                (select r.value from rate_then r
                 where r.series = %1$s and r.day <= %2$s and r.day > %2$s - 8
                 order by r.day desc limit 1) end
            """;

    private static final String THEN =
            """
            with lot_then as (
                select * from (
                    select id, client_id, asset_id, quantity, buy_price, buy_date, is_active,
                           recorded_at, 'infinity'::timestamptz as superseded_at from allocation
                    union all
                    select allocation_id, client_id, asset_id, quantity, buy_price, buy_date,
                           is_active, recorded_at, superseded_at from allocation_history) v
                where recorded_at <= :as_of and superseded_at > :as_of and is_active
                    and (:client::bigint is null or client_id = :client)
            ), close_then as (
                select distinct on (asset_id) asset_id, date, close_price from (
                    select asset_id, date, close_price, recorded_at,
                           'infinity'::timestamptz as superseded_at from daily_return
                    union all
                    select asset_id, date, close_price, recorded_at, superseded_at
                    from daily_return_history) v
                where recorded_at <= :as_of and superseded_at > :as_of and date <= :today
                order by asset_id, date desc
            ), rate_then as (
                select series, day, value from (
                    select series, day, value, recorded_at,
                           'infinity'::timestamptz as superseded_at from market_rate
                    union all
                    select series, day, value, recorded_at, superseded_at
                    from market_rate_history) v
                where recorded_at <= :as_of and superseded_at > :as_of and day <= :today
            ), split_then as (
                select asset_id, date, factor from asset_split where recorded_at <= :as_of
            ), priced as (
                select s.id, s.ticker, s.currency, c.date as close_date, c.close_price,
                       exists (select from split_then x where x.asset_id = s.id) as is_split,
                       case when exists (select from split_then x where x.asset_id = s.id)
                           then c.close_price / (select product(x.factor) from split_then x
                                where x.asset_id = s.id and x.date > c.date)
                           else c.close_price end
                       * case when s.currency = 'BRL' then 1 else
                           (select r.value from rate_then r where r.series = s.currency
                            order by r.day desc limit 1) end as price_brl
                from asset s left join close_then c on c.asset_id = s.id
            ), sale_then as (
                select w.allocation_id, w.client_id, w.date, w.quantity, w.price,
                       case when p.is_split then w.quantity
                           * (select product(x.factor) from split_then x
                              where x.asset_id = w.asset_id and x.date > w.date)
                           else w.quantity end as units,
                       w.quantity * w.price * (%1$s) as proceeds_brl
                from (
                    select allocation_id, client_id, asset_id, date, quantity, price,
                           recorded_at, 'infinity'::timestamptz as removed_at from withdrawal
                    union all
                    select allocation_id, client_id, asset_id, date, quantity, price,
                           recorded_at, removed_at from withdrawal_removed) w
                join priced p on p.id = w.asset_id
                where w.recorded_at <= :as_of and w.removed_at > :as_of
                    and (:client::bigint is null or w.client_id = :client)
            ), sold as (
                select allocation_id, sum(units) as units, sum(proceeds_brl) as proceeds,
                       count(*) filter (where proceeds_brl is null) as missing
                from sale_then group by allocation_id
            ), counted as (
                select l.id, l.client_id, p.ticker, p.currency, l.buy_date, l.quantity,
                       l.buy_price, (%2$s)::numeric as rate,
                       case when p.is_split then
                           (select product(x.factor) from split_then x
                            where x.asset_id = l.asset_id and x.date > l.buy_date)
                           else 1 end as split_factor,
                       coalesce(o.units, 0) as units_sold,
                       case when o.missing > 0 then null else coalesce(o.proceeds, 0) end
                           as proceeds_brl,
                       p.close_date, p.close_price, p.price_brl
                from lot_then l
                join priced p on p.id = l.asset_id
                left join sold o on o.allocation_id = l.id
            ), figure as (
                select c.*, c.quantity * c.buy_price * c.rate as cost_brl,
                       case when c.split_factor = 1 then c.quantity
                           else c.quantity * c.split_factor end - c.units_sold as remaining
                from counted c
            )
            """
                    .formatted(
                            RATE_AT.formatted("p.currency", "w.date"),
                            RATE_AT.formatted("p.currency", "l.buy_date"));

    private static final String LOTS =
            THEN
                    + """
                    select f.*, f.remaining * f.price_brl as value_brl from figure f
                    where f.buy_date between :from and :to
                    order by f.client_id, f.buy_date, f.id
                    """;

    private static final String SALES =
            THEN
                    + """
                    select s.* from sale_then s join lot_then l on l.id = s.allocation_id
                    where s.date between :from and :to order by s.client_id, s.date
                    """;

    private static final String CLIENTS =
            """
            select id, name, advisor from (
                select id, name, advisor, status, recorded_at,
                       'infinity'::timestamptz as superseded_at from client
                union all
                select client_id, name, advisor, status, recorded_at, superseded_at
                from client_history) v
            where recorded_at <= :as_of and superseded_at > :as_of and status = 'active'
                and (:client::bigint is null or id = :client)
            """;

    /// What is kept of single allocations against what it should be.
    private static final String WRONG_LOTS =
            THEN
                    + """
                    select f.id from figure f join allocation a on a.id = f.id
                    where (a.cost_brl, a.remaining, a.proceeds_brl)
                        is distinct from (f.cost_brl, f.remaining, f.proceeds_brl)
                    order by f.id limit 20
                    """;

    /// The same for clients' months. A month that is not kept is one without money.
    private static final String WRONG_MONTHS =
            THEN
                    + """
                    , bought as (
                        select client_id, buy_date - (extract(day from buy_date)::int - 1) as month,
                               sum(cost_brl) filter (where counts) as captado,
                               sum(case when price_brl is null then cost_brl
                                   else remaining * price_brl end) filter (where counts) as market,
                               sum(case when price_brl is null then 0 else proceeds_brl end)
                                   filter (where counts) as proceeds,
                               count(*) filter (where not counts) as excluded
                        from (select *, cost_brl is not null and proceeds_brl is not null as counts
                              from figure) f
                        group by 1, 2
                    ), paid_out as (
                        select s.client_id, s.date - (extract(day from s.date)::int - 1) as month,
                               sum(s.proceeds_brl) as sold
                        from sale_then s join lot_then l on l.id = s.allocation_id group by 1, 2
                    ), should as (
                        select client_id, month, coalesce(captado, 0) as captado,
                               coalesce(market, 0) as market, coalesce(proceeds, 0) as proceeds,
                               coalesce(sold, 0) as sold, coalesce(excluded, 0) as excluded
                        from bought full join paid_out using (client_id, month)
                    )
                    select coalesce(s.client_id, m.client_id) as client_id,
                           coalesce(s.month, m.month) as month
                    from should s
                    full join captado_month m on m.client_id = s.client_id and m.month = s.month
                    where (coalesce(s.captado, 0), coalesce(s.market, 0), coalesce(s.proceeds, 0),
                           coalesce(s.sold, 0), coalesce(s.excluded, 0))
                        is distinct from (coalesce(m.captado, 0), coalesce(m.market, 0),
                           coalesce(m.proceeds, 0), coalesce(m.sold, 0), coalesce(m.excluded, 0))
                    order by 1, 2 limit 20
                    """;

    private static final String DOUBLED_DAYS =
            """
            select count(*) from (select asset_id, date from daily_return
                                  group by asset_id, date having count(*) > 1) d
            """;

    private static final String STRAY =
            """
            select count(*) from allocation a
            where not exists (select from client c where c.id = a.client_id)
                or not exists (select from asset s where s.id = a.asset_id)
            """;

    /// @param client null for all
    List<Lot> lots(
            Handle tx,
            Instant asOf,
            LocalDate today,
            @Nullable Long client,
            LocalDate from,
            LocalDate to) {
        return then(tx.createQuery(LOTS), asOf, today, client)
                .bind("from", from)
                .bind("to", to)
                .map((row, _) -> lot(row))
                .list();
    }

    List<Sale> sales(
            Handle tx,
            Instant asOf,
            LocalDate today,
            @Nullable Long client,
            LocalDate from,
            LocalDate to) {
        return then(tx.createQuery(SALES), asOf, today, client)
                .bind("from", from)
                .bind("to", to)
                .map(
                        (row, _) ->
                                new Sale(
                                        row.getLong("allocation_id"),
                                        row.getLong("client_id"),
                                        row.getObject("date", LocalDate.class),
                                        row.getBigDecimal("quantity"),
                                        row.getBigDecimal("price"),
                                        row.getBigDecimal("proceeds_brl")))
                .list();
    }

    /// Those that were active.
    List<ClientThen> clients(Handle tx, Instant asOf, @Nullable Long client) {
        return tx.createQuery(CLIENTS)
                .bind("as_of", asOf)
                .bind("client", client)
                .map((row, _) -> new ClientThen(row.getLong(1), row.getString(2), row.getString(3)))
                .list();
    }

    /// Some allocations of which something else is kept than comes out.
    List<Long> wrongLots(Handle tx, Instant now, LocalDate today) {
        return then(tx.createQuery(WRONG_LOTS), now, today, null).mapTo(Long.class).list();
    }

    /// Some clients' months, the same.
    List<CaptadoTable.Bucket> wrongMonths(Handle tx, Instant now, LocalDate today) {
        return then(tx.createQuery(WRONG_MONTHS), now, today, null)
                .map(
                        (row, _) ->
                                new CaptadoTable.Bucket(
                                        row.getLong(1), row.getObject(2, LocalDate.class)))
                .list();
    }

    long doubledDays(Handle tx) {
        return tx.createQuery(DOUBLED_DAYS).mapTo(Long.class).one();
    }

    long stray(Handle tx) {
        return tx.createQuery(STRAY).mapTo(Long.class).one();
    }

    private static Query then(Query query, Instant asOf, LocalDate today, @Nullable Long client) {
        return query.bind("as_of", asOf).bind("today", today).bind("client", client);
    }

    private static Lot lot(ResultSet row) throws SQLException {
        return new Lot(
                row.getLong("id"),
                row.getLong("client_id"),
                row.getString("ticker"),
                row.getString("currency"),
                row.getObject("buy_date", LocalDate.class),
                row.getBigDecimal("quantity"),
                row.getBigDecimal("buy_price"),
                row.getBigDecimal("rate"),
                row.getBigDecimal("cost_brl"),
                row.getBigDecimal("split_factor"),
                row.getBigDecimal("remaining"),
                row.getBigDecimal("proceeds_brl"),
                row.getObject("close_date", LocalDate.class),
                row.getBigDecimal("close_price"),
                row.getBigDecimal("price_brl"),
                row.getBigDecimal("value_brl"));
    }
}
