package vintem.investments;

import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.platform.BinaryArray;
import vintem.platform.Columns;

/// The tables `asset` and `asset_split`.
@Singleton
class AssetTable {
    /// @param closePrice the latest close, in the asset's currency; null until there is one
    /// @param priceBrl what one unit is worth in reais now; null while the close or the rate is
    ///     missing
    public record Asset(
            long id,
            String ticker,
            String name,
            String exchange,
            String currency,
            @Nullable BigDecimal closePrice,
            @Nullable LocalDate closeDate,
            @Nullable BigDecimal priceBrl,
            Instant createdAt) {}

    /// One that is to be.
    record NewAsset(String ticker, String name, String exchange, String currency) {}

    /// @param factor units after it for one unit before it
    public record Split(LocalDate date, BigDecimal factor) {}

    /// An asset whose closes a node asks for.
    record Claimed(long id, String ticker, LocalDate from) {}

    private static final String COLUMNS =
            "id, ticker, name, exchange, currency, close_price, close_date, price_brl, created_at";

    private static final String INSERT =
            """
            insert into asset (ticker, name, exchange, currency, created_at)
            select t.ticker, t.name, t.exchange, t.currency, :now
            from unnest(:tickers, :names, :exchanges, :currencies)
                as t (ticker, name, exchange, currency)
            order by t.ticker
            on conflict (ticker) do nothing
            returning %s
            """
                    .formatted(COLUMNS);

    private static final String FIND = "select %s from asset where id = :id".formatted(COLUMNS);

    private static final String BY_TICKER =
            "select %s from asset where ticker = any(:tickers)".formatted(COLUMNS);

    private static final String EXISTING = "select id from asset where id = any(:ids)";

    private static final String PAGE =
            """
            select %s from asset
            where :pattern::text is null or lower(ticker) like :pattern or lower(name) like :pattern
            order by ticker offset :skip limit :limit
            """
                    .formatted(COLUMNS);

    private static final String AFTER =
            """
            select %s from asset
            where (:pattern::text is null or lower(ticker) like :pattern
                   or lower(name) like :pattern)
            and ticker > :last order by ticker limit :most
            """
                    .formatted(COLUMNS);

    private static final String COUNT =
            """
            select count(*) from asset
            where :pattern::text is null or lower(ticker) like :pattern or lower(name) like :pattern
            """;

    private static final String HELD =
            """
            select %s from asset s
            where exists (select from allocation a
                          where a.asset_id = s.id and a.is_active and a.remaining > 0)
            order by ticker
            """
                    .formatted(COLUMNS);

    private static final String INSERT_SPLIT =
            """
            insert into asset_split (asset_id, date, factor, recorded_at)
            values (:asset, :date, :factor, :now) on conflict do nothing
            """;

    private static final String COUNT_SPLIT =
            "update asset set splits = splits + 1 where id = :asset";

    private static final String SPLITS =
            "select date, factor from asset_split where asset_id = :asset order by date";

    private static final String OF_CURRENCY =
            "select id from asset where currency = any(:currencies) order by id";

    /// The latest close that is not ahead of today, as units of today and in reais.
    private static final String REPRICE =
            """
            update asset s
            set close_price = l.close_price, close_date = l.date, price_brl = l.price_brl
            from (
                select s.id, c.date, c.close_price,
                       case when s.splits = 0 then c.close_price else c.close_price
                           / (select product(x.factor) from asset_split x
                              where x.asset_id = s.id and x.date > c.date) end
                       * case when s.currency = 'BRL' then 1 else
                           (select r.value from market_rate r
                            where r.series = s.currency and r.day <= :today
                            order by r.day desc limit 1) end as price_brl
                from asset s
                join lateral (
                    select date, close_price from daily_return d
                    where d.asset_id = s.id and d.date <= :today order by date desc limit 1) c
                    on true
                where s.id = any(:assets)) l
            where s.id = l.id and (s.close_price, s.close_date, s.price_brl)
                is distinct from (l.close_price, l.date, l.price_brl)
            returning s.id
            """;

    /// Of assets that were never asked for this day; those that another node asks for are left to
    /// it.
    private static final String CLAIM =
            """
            update asset s set ingest_until = :until
            from (
                select s.id, coalesce(
                           (select min(a.buy_date) from allocation a where a.asset_id = s.id), :day)
                       as first
                from asset s
                where (s.ingested_for is null or s.ingested_for < :day)
                    and (s.ingest_until is null or s.ingest_until < :now)
                order by s.id limit :most for update skip locked) f
            where s.id = f.id
            returning s.id, s.ticker, least(f.first, :day) as first
            """;

    private static final String FIRST_BUY =
            "select min(buy_date) as first from allocation where is_active";

    private static final String INGESTED =
            """
            update asset set ingested_for = :day, ingest_until = null where id = any(:assets)
            """;

    private static final String LET_GO =
            "update asset set ingest_until = null where id = any(:assets)";

    /// Those that are there already are not among what it returns.
    List<Asset> insert(Handle tx, Collection<NewAsset> assets, Instant now) {
        return tx.createQuery(INSERT)
                .bind("tickers", BinaryArray.texts(assets, NewAsset::ticker))
                .bind("names", BinaryArray.texts(assets, NewAsset::name))
                .bind("exchanges", BinaryArray.texts(assets, NewAsset::exchange))
                .bind("currencies", BinaryArray.texts(assets, NewAsset::currency))
                .bind("now", now)
                .map((row, _) -> asset(row))
                .list();
    }

    Optional<Asset> find(Handle tx, long id) {
        return tx.createQuery(FIND).bind("id", id).map((row, _) -> asset(row)).findOne();
    }

    List<Asset> byTicker(Handle tx, Collection<String> tickers) {
        return tx.createQuery(BY_TICKER)
                .bind("tickers", BinaryArray.texts(tickers, each -> each))
                .map((row, _) -> asset(row))
                .list();
    }

    List<Long> existing(Handle tx, Collection<Long> ids) {
        return tx.createQuery(EXISTING)
                .bind("ids", BinaryArray.longs(ids, Long::longValue))
                .mapTo(Long.class)
                .list();
    }

    List<Asset> page(Handle tx, @Nullable String search, long skip, int limit) {
        return tx.createQuery(PAGE)
                .bind("pattern", search == null ? null : ClientTable.pattern(search))
                .bind("skip", skip)
                .bind("limit", limit)
                .map((row, _) -> asset(row))
                .list();
    }

    long count(Handle tx, @Nullable String search) {
        return tx.createQuery(COUNT)
                .bind("pattern", search == null ? null : ClientTable.pattern(search))
                .mapTo(Long.class)
                .one();
    }

    /// Assets of which somebody has something.
    /// By ticker, behind one.
    List<Asset> after(Handle tx, @Nullable String search, String last, int most) {
        return tx.createQuery(AFTER)
                .bind("pattern", search == null ? null : ClientTable.pattern(search))
                .bind("last", last)
                .bind("most", most)
                .map((row, _) -> asset(row))
                .list();
    }

    List<Asset> held(Handle tx) {
        return tx.createQuery(HELD).map((row, _) -> asset(row)).list();
    }

    /// @return false where it has a split of that day
    boolean split(Handle tx, long asset, Split split, Instant now) {
        var isNew =
                tx.createUpdate(INSERT_SPLIT)
                                .bind("asset", asset)
                                .bind("date", split.date())
                                .bind("factor", split.factor())
                                .bind("now", now)
                                .execute()
                        == 1;
        if (isNew) {
            tx.createUpdate(COUNT_SPLIT).bind("asset", asset).execute();
        }
        return isNew;
    }

    List<Split> splits(Handle tx, long asset) {
        return tx.createQuery(SPLITS)
                .bind("asset", asset)
                .map((row, _) -> new Split(row.getObject(1, LocalDate.class), row.getBigDecimal(2)))
                .list();
    }

    List<Long> ofCurrencies(Handle tx, Collection<String> currencies) {
        return tx.createQuery(OF_CURRENCY)
                .bind("currencies", BinaryArray.texts(currencies, each -> each))
                .mapTo(Long.class)
                .list();
    }

    /// @return those that are worth something else now
    List<Long> reprice(Handle tx, Collection<Long> assets, LocalDate today) {
        return tx.createQuery(REPRICE)
                .bind("assets", BinaryArray.longs(assets, Long::longValue))
                .bind("today", today)
                .mapTo(Long.class)
                .list();
    }

    List<Claimed> claim(Handle tx, LocalDate day, Instant now, Instant until, int most) {
        return tx.createQuery(CLAIM)
                .bind("day", day)
                .bind("now", now)
                .bind("until", until)
                .bind("most", most)
                .map(
                        (row, _) ->
                                new Claimed(
                                        row.getLong("id"),
                                        row.getString("ticker"),
                                        row.getObject("first", LocalDate.class)))
                .list();
    }

    /// The first day on which anybody bought anything.
    Optional<LocalDate> firstBuy(Handle tx) {
        return tx.createQuery(FIRST_BUY)
                .map((row, _) -> Optional.ofNullable(row.getObject("first", LocalDate.class)))
                .one();
    }

    void ingested(Handle tx, Collection<Long> assets, LocalDate day) {
        tx.createUpdate(INGESTED)
                .bind("assets", BinaryArray.longs(assets, Long::longValue))
                .bind("day", day)
                .execute();
    }

    void letGo(Handle tx, Collection<Long> assets) {
        tx.createUpdate(LET_GO)
                .bind("assets", BinaryArray.longs(assets, Long::longValue))
                .execute();
    }

    private static Asset asset(ResultSet row) throws SQLException {
        return new Asset(
                row.getLong("id"),
                row.getString("ticker"),
                row.getString("name"),
                row.getString("exchange"),
                row.getString("currency"),
                row.getBigDecimal("close_price"),
                row.getObject("close_date", LocalDate.class),
                row.getBigDecimal("price_brl"),
                Columns.instant(row, "created_at"));
    }
}
