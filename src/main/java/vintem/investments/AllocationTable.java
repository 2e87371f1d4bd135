package vintem.investments;

import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;
import vintem.platform.BinaryCopy;
import vintem.platform.Columns;

/// The tables `allocation`, `withdrawal` and `withdrawal_removed`.
@Singleton
class AllocationTable {
    /// Money to be put in.
    record NewAllocation(
            long clientId,
            long assetId,
            BigDecimal quantity,
            BigDecimal buyPrice,
            LocalDate buyDate) {}

    /// As it was given, and what its asset is worth now.
    ///
    /// @param remaining units of today that are left
    /// @param costBrl reais, unrounded; null where a rate is missing
    /// @param previousClose the close before the latest, to compare with
    public record Allocation(
            long id,
            long clientId,
            String clientName,
            long assetId,
            String ticker,
            String currency,
            BigDecimal quantity,
            BigDecimal buyPrice,
            LocalDate buyDate,
            boolean isActive,
            BigDecimal remaining,
            @Nullable BigDecimal costBrl,
            @Nullable BigDecimal proceedsBrl,
            @Nullable BigDecimal closePrice,
            @Nullable LocalDate closeDate,
            @Nullable BigDecimal previousClose,
            @Nullable BigDecimal priceBrl,
            Instant createdAt) {}

    /// What somebody looks for; null is anything.
    record Filter(@Nullable Long clientId, @Nullable Long assetId, @Nullable Boolean isActive) {}

    /// A sale.
    public record Withdrawal(
            long id,
            long allocationId,
            LocalDate date,
            BigDecimal quantity,
            BigDecimal price,
            @Nullable BigDecimal proceedsBrl) {}

    /// One line of the export, in the order of assets.
    record Position(
            long allocationId,
            long clientId,
            long assetId,
            String ticker,
            BigDecimal quantity,
            BigDecimal buyPrice,
            LocalDate buyDate,
            @Nullable BigDecimal costBrl,
            @Nullable BigDecimal valueBrl) {}

    /// A row of a file, its asset by its ticker and its client by one of the two.
    ///
    /// @param email in lower case
    /// @param buyPrice null for the asset's price now
    record Row(
            int line,
            @Nullable Long clientId,
            @Nullable String email,
            String ticker,
            BigDecimal quantity,
            @Nullable BigDecimal buyPrice,
            LocalDate buyDate) {}

    /// What is wrong with a row of a file.
    public record WrongRow(int line, String reason) {}

    private static final String INSERT =
            """
            insert into allocation (client_id, asset_id, quantity, buy_price, buy_date, is_active,
                                    created_at, recorded_at, remaining)
            values (:client, :asset, :quantity, :price, :date, true, :now, :now, :quantity)
            returning id
            """;

    private static final String SELECT =
            """
            select a.id, a.client_id, c.name as client_name, a.asset_id, s.ticker, s.currency,
                   a.quantity, a.buy_price, a.buy_date, a.is_active, a.remaining, a.cost_brl,
                   a.proceeds_brl, s.close_price, s.close_date, p.close_price as previous_close,
                   s.price_brl, a.created_at
            from allocation a
            join client c on c.id = a.client_id
            join asset s on s.id = a.asset_id
            left join lateral (
                select d.close_price from daily_return d
                where d.asset_id = a.asset_id and d.date < s.close_date
                order by d.date desc limit 1) p on true
            """;

    private static final String FIND = SELECT + "where a.id = :id";

    private static final String FILTER =
            """
            where (:client::bigint is null or a.client_id = :client)
                and (:asset::bigint is null or a.asset_id = :asset)
                and (:active::boolean is null or a.is_active = :active)
            """;

    private static final String PAGE =
            SELECT + FILTER + "order by a.id desc offset :skip limit :limit";

    private static final String BEFORE =
            SELECT + FILTER + "and a.id < :last order by a.id desc limit :most";

    private static final String COUNT = "select count(*) from allocation a " + FILTER;

    private static final String UPDATE =
            """
            update allocation set quantity = :quantity, buy_price = :price, buy_date = :date,
                is_active = :active, recorded_at = :now
            where id = :id
            """;

    private static final String SELL =
            """
            insert into withdrawal
                (allocation_id, client_id, asset_id, date, quantity, price, recorded_at)
            select id, client_id, asset_id, :date, :quantity, :price, :now
            from allocation where id = :id
            returning id
            """;

    private static final String DERIVE_SALE =
            """
            update withdrawal w set proceeds_brl = w.quantity * w.price *
                case when s.currency = 'BRL' then 1 else
                    (select r.value from market_rate r
                     where r.series = s.currency and r.day <= w.date and r.day > w.date - 8
                     order by r.day desc limit 1) end
            from asset s where s.id = w.asset_id and w.id = :id
            """;

    private static final String TAKE_BACK =
            """
            with gone as (
                delete from withdrawal where id = :sale and allocation_id = :allocation returning *)
            insert into withdrawal_removed
                (id, allocation_id, client_id, asset_id, date, quantity, price, recorded_at,
                 removed_at)
            select id, allocation_id, client_id, asset_id, date, quantity, price, recorded_at, :now
            from gone
            """;

    private static final String UNITS_OF =
            """
            select :quantity * (select product(x.factor) from asset_split x
                                where x.asset_id = a.asset_id and x.date > :date)
            from allocation a where a.id = :id
            """;

    private static final String SALES =
            """
            select id, allocation_id, date, quantity, price, proceeds_brl from withdrawal
            where allocation_id = :allocation order by date, id
            """;

    private static final String POSITIONS =
            """
            select a.id, a.client_id, a.asset_id, s.ticker, a.quantity, a.buy_price, a.buy_date,
                   a.cost_brl,
                   case when s.price_brl is null then a.cost_brl
                        else a.remaining * s.price_brl + a.proceeds_brl end as value_brl
            from allocation a join asset s on s.id = a.asset_id
            where a.is_active and (:client::bigint is null or a.client_id = :client)
                and (a.asset_id, a.id) > (:asset, :allocation)
            order by a.asset_id, a.id limit :most
            """;

    private static final String STAGE =
            """
            create temporary table staged_allocation (
                line integer not null, client_id bigint, email text collate "C",
                ticker text collate "C" not null, quantity text not null, buy_price text,
                buy_date date not null) on commit drop
            """;

    private static final String COPY =
            """
            copy staged_allocation (line, client_id, email, ticker, quantity, buy_price, buy_date)
            from stdin (format binary)
            """;

    private static final String ANALYZE = "analyze staged_allocation";

    /// Two joins, since one with `or` would look at each client for each row.
    private static final String STAGED =
            """
            from (
                select g.line, coalesce(e.id, i.id) as client_id,
                       coalesce(e.status, i.status) as status, s.id as asset_id, s.currency, s.splits, g.quantity::numeric as quantity,
                       coalesce(g.buy_price::numeric, s.close_price) as price, g.buy_date
                from staged_allocation g
                left join client e on e.email_key = g.email
                left join client i on i.id = g.client_id
                left join asset s on s.ticker = g.ticker) g
            """;

    private static final String STAGED_TICKERS =
            "select distinct ticker from staged_allocation order by ticker";

    private static final String STAGED_CLIENTS =
            "select distinct g.client_id %s where g.client_id is not null order by 1"
                    .formatted(STAGED);

    private static final String STAGED_WRONG =
            """
            select g.line, case when g.client_id is null then 'there is no such client'
                when g.status <> 'active' then 'the client is not active'
                else 'it has no price, and the asset has none' end as reason
            %s where g.client_id is null or g.status <> 'active' or g.price is null
            order by g.line limit :most
            """
                    .formatted(STAGED);

    private static final String INSERT_STAGED =
            """
            insert into allocation (client_id, asset_id, quantity, buy_price, buy_date, is_active,
                                    created_at, recorded_at, cost_brl, remaining, proceeds_brl)
            select g.client_id, g.asset_id, g.quantity, g.price, g.buy_date, true, :now, :now,
                   g.quantity * g.price * case when g.currency = 'BRL' then 1 else
                       (select r.value from market_rate r
                        where r.series = g.currency and r.day <= g.buy_date
                            and r.day > g.buy_date - 8 order by r.day desc limit 1) end,
                   case when g.splits = 0 then g.quantity else g.quantity
                       * (select product(x.factor) from asset_split x
                          where x.asset_id = g.asset_id and x.date > g.buy_date) end,
                   0
            %s order by g.line
            """
                    .formatted(STAGED);

    /// Without what is worked out, which [CaptadoTable#deriveLots] does next.
    long insert(Handle tx, NewAllocation it, Instant now) {
        return tx.createQuery(INSERT)
                .bind("client", it.clientId())
                .bind("asset", it.assetId())
                .bind("quantity", it.quantity())
                .bind("price", it.buyPrice())
                .bind("date", it.buyDate())
                .bind("now", now)
                .mapTo(Long.class)
                .one();
    }

    Optional<Allocation> find(Handle tx, long id) {
        return tx.createQuery(FIND).bind("id", id).map((row, _) -> allocation(row)).findOne();
    }

    /// The newest first.
    List<Allocation> page(Handle tx, Filter filter, long skip, int limit) {
        return filter(tx.createQuery(PAGE), filter)
                .bind("skip", skip)
                .bind("limit", limit)
                .map((row, _) -> allocation(row))
                .list();
    }

    /// The same list, read on from its last id.
    List<Allocation> before(Handle tx, Filter filter, long last, int most) {
        return filter(tx.createQuery(BEFORE), filter)
                .bind("last", last)
                .bind("most", most)
                .map((row, _) -> allocation(row))
                .list();
    }

    long count(Handle tx, Filter filter) {
        return filter(tx.createQuery(COUNT), filter).mapTo(Long.class).one();
    }

    void update(
            Handle tx,
            long id,
            BigDecimal quantity,
            BigDecimal price,
            LocalDate date,
            boolean active,
            Instant now) {
        tx.createUpdate(UPDATE)
                .bind("id", id)
                .bind("quantity", quantity)
                .bind("price", price)
                .bind("date", date)
                .bind("active", active)
                .bind("now", now)
                .execute();
    }

    /// Units of today that so many units of that day are.
    BigDecimal unitsOf(Handle tx, long id, BigDecimal quantity, LocalDate date) {
        return tx.createQuery(UNITS_OF)
                .bind("id", id)
                .bind("quantity", quantity)
                .bind("date", date)
                .mapTo(BigDecimal.class)
                .one();
    }

    long sell(
            Handle tx,
            long id,
            LocalDate date,
            BigDecimal quantity,
            BigDecimal price,
            Instant now) {
        var sale =
                tx.createQuery(SELL)
                        .bind("id", id)
                        .bind("date", date)
                        .bind("quantity", quantity)
                        .bind("price", price)
                        .bind("now", now)
                        .mapTo(Long.class)
                        .one();
        tx.createUpdate(DERIVE_SALE).bind("id", sale).execute();
        return sale;
    }

    void takeBack(Handle tx, long allocation, long sale, Instant now) {
        tx.createUpdate(TAKE_BACK)
                .bind("allocation", allocation)
                .bind("sale", sale)
                .bind("now", now)
                .execute();
    }

    List<Withdrawal> sales(Handle tx, long allocation) {
        return tx.createQuery(SALES)
                .bind("allocation", allocation)
                .map(
                        (row, _) ->
                                new Withdrawal(
                                        row.getLong("id"),
                                        row.getLong("allocation_id"),
                                        row.getObject("date", LocalDate.class),
                                        row.getBigDecimal("quantity"),
                                        row.getBigDecimal("price"),
                                        row.getBigDecimal("proceeds_brl")))
                .list();
    }

    /// Active ones in the order of assets, those after the given one.
    List<Position> positions(
            Handle tx, @Nullable Long clientId, long afterAsset, long afterAllocation, int most) {
        return tx.createQuery(POSITIONS)
                .bind("client", clientId)
                .bind("asset", afterAsset)
                .bind("allocation", afterAllocation)
                .bind("most", most)
                .map(
                        (row, _) ->
                                new Position(
                                        row.getLong("id"),
                                        row.getLong("client_id"),
                                        row.getLong("asset_id"),
                                        row.getString("ticker"),
                                        row.getBigDecimal("quantity"),
                                        row.getBigDecimal("buy_price"),
                                        row.getObject("buy_date", LocalDate.class),
                                        row.getBigDecimal("cost_brl"),
                                        row.getBigDecimal("value_brl")))
                .list();
    }

    // ── a file of them ────────────────────────────────────────────────────────────────────────

    /// A place for a file's rows until the transaction ends.
    void stage(Handle tx) {
        tx.execute(STAGE);
    }

    void copy(Handle tx, List<Row> rows) {
        BinaryCopy.copy(
                tx,
                COPY,
                7,
                rows,
                (out, row) -> {
                    out.integer(row.line());
                    if (row.clientId() == null) {
                        out.none();
                    } else {
                        out.bigint(row.clientId());
                    }
                    out.text(row.email()).text(row.ticker());
                    out.text(row.quantity().toPlainString());
                    out.text(row.buyPrice() == null ? null : row.buyPrice().toPlainString());
                    out.date(row.buyDate());
                });
    }

    /// All rows are there: how many they are decides how they are looked up.
    void staged(Handle tx) {
        tx.execute(ANALYZE);
    }

    List<String> stagedTickers(Handle tx) {
        return tx.createQuery(STAGED_TICKERS).mapTo(String.class).list();
    }

    List<Long> stagedClients(Handle tx) {
        return tx.createQuery(STAGED_CLIENTS).mapTo(Long.class).list();
    }

    List<WrongRow> stagedWrong(Handle tx, int most) {
        return tx.createQuery(STAGED_WRONG)
                .bind("most", most)
                .map((row, _) -> new WrongRow(row.getInt(1), row.getString(2)))
                .list();
    }

    /// With what is worked out: nothing of them is sold yet.
    int insertStaged(Handle tx, Instant now) {
        return tx.createUpdate(INSERT_STAGED).bind("now", now).execute();
    }

    private static Query filter(Query query, Filter filter) {
        return query.bind("client", filter.clientId())
                .bind("asset", filter.assetId())
                .bind("active", filter.isActive());
    }

    private static Allocation allocation(ResultSet row) throws SQLException {
        return new Allocation(
                row.getLong("id"),
                row.getLong("client_id"),
                row.getString("client_name"),
                row.getLong("asset_id"),
                row.getString("ticker"),
                row.getString("currency"),
                row.getBigDecimal("quantity"),
                row.getBigDecimal("buy_price"),
                row.getObject("buy_date", LocalDate.class),
                row.getBoolean("is_active"),
                row.getBigDecimal("remaining"),
                row.getBigDecimal("cost_brl"),
                row.getBigDecimal("proceeds_brl"),
                row.getBigDecimal("close_price"),
                row.getObject("close_date", LocalDate.class),
                row.getBigDecimal("previous_close"),
                row.getBigDecimal("price_brl"),
                Columns.instant(row, "created_at"));
    }
}
