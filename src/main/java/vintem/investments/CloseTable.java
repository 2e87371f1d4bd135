package vintem.investments;

import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import vintem.investments.AllocationTable.WrongRow;
import vintem.platform.BinaryArray;
import vintem.platform.BinaryCopy;

/// The tables `daily_return` and `market_rate`.
@Singleton
class CloseTable {
    /// The closing price of one day, in the asset's currency.
    record Close(long assetId, LocalDate date, BigDecimal price) {}

    /// @param series a currency (reais for one unit of it), or `CDI` (percent a business day)
    record Rate(String series, LocalDate day, BigDecimal value) {}

    /// A row of a file.
    record Row(int line, String ticker, LocalDate date, BigDecimal price) {}

    /// A close as it is listed.
    record Listed(
            long assetId, String ticker, LocalDate date, BigDecimal closePrice, String source) {}

    private static final String INSERT =
            """
            insert into daily_return as d (asset_id, date, close_price, source, recorded_at)
            select asset_id, date::date, price::numeric, :source, :now
            from unnest(:assets, :dates, :prices) as c (asset_id, date, price)
            order by asset_id, date
            on conflict (asset_id, date) %s
            """;

    private static final String INSERT_MISSING = INSERT.formatted("do nothing");

    /// What is said again and is the same changes nothing.
    private static final String INSERT_OR_CORRECT =
            INSERT.formatted(
                    """
                    do update set close_price = excluded.close_price, source = excluded.source,
                        recorded_at = excluded.recorded_at
                    where d.close_price <> excluded.close_price
                    """);

    private static final String PUT_RATES =
            """
            insert into market_rate as r (series, day, value, source, recorded_at)
            select series, day::date, value::numeric, :source, :now
            from unnest(:series, :days, :values) as n (series, day, value)
            order by series, day
            on conflict (series, day) do update set value = excluded.value,
                source = excluded.source, recorded_at = excluded.recorded_at
            where r.value <> excluded.value
            """;

    private static final String STAGE =
            """
            create temporary table staged_close (
                line integer not null, ticker text collate "C" not null, date date not null,
                price text not null) on commit drop
            """;

    private static final String COPY =
            "copy staged_close (line, ticker, date, price) from stdin (format binary)";

    private static final String STAGED_ASSETS =
            """
            select s.id from asset s
            where s.ticker in (select ticker from staged_close) order by s.id
            """;

    private static final String STAGED_WRONG =
            """
            select line, reason from (
                select g.line, 'there is no such asset' as reason
                from staged_close g left join asset s on s.ticker = g.ticker where s.id is null
                union all
                select max(line), 'the same asset and day stand in a row before it'
                from staged_close group by ticker, date having count(*) > 1) w
            order by line limit :most
            """;

    private static final String INSERT_STAGED =
            """
            insert into daily_return as d (asset_id, date, close_price, source, recorded_at)
            select s.id, g.date, g.price::numeric, :source, :now
            from staged_close g join asset s on s.ticker = g.ticker
            order by s.id, g.date
            on conflict (asset_id, date) do update set close_price = excluded.close_price,
                source = excluded.source, recorded_at = excluded.recorded_at
            where d.close_price <> excluded.close_price
            """;

    private static final String LIST =
            """
            select d.asset_id, s.ticker, d.date, d.close_price, d.source
            from daily_return d join asset s on s.id = d.asset_id
            where d.asset_id = :asset and d.date between :from and :to order by d.date
            """;

    private static final String BEFORE =
            """
            select d.asset_id, s.ticker, d.date, d.close_price, d.source
            from daily_return d join asset s on s.id = d.asset_id
            where d.asset_id = :asset and d.date < :from order by d.date desc limit 1
            """;

    private static final String KNOWN_DAYS =
            "select date from daily_return where asset_id = :asset and date between :from and :to";

    private static final String RATES =
            """
            select series, day, value from market_rate
            where series = :series and day between :from and :to order by day
            """;

    private static final String SOURCES =
            """
            select distinct source from market_rate
            where series = :series and day between :from and :to order by source
            """;

    /// @param correct whether a close that is there already is overwritten
    /// @return how many were new or corrected
    int put(Handle tx, Collection<Close> closes, String source, boolean correct, Instant now) {
        return tx.createUpdate(correct ? INSERT_OR_CORRECT : INSERT_MISSING)
                .bind("assets", BinaryArray.longs(closes, Close::assetId))
                .bind("dates", BinaryArray.texts(closes, each -> each.date().toString()))
                .bind("prices", BinaryArray.texts(closes, each -> each.price().toPlainString()))
                .bind("source", source)
                .bind("now", now)
                .execute();
    }

    int putRates(Handle tx, Collection<Rate> rates, String source, Instant now) {
        return tx.createUpdate(PUT_RATES)
                .bind("series", BinaryArray.texts(rates, Rate::series))
                .bind("days", BinaryArray.texts(rates, each -> each.day().toString()))
                .bind("values", BinaryArray.texts(rates, each -> each.value().toPlainString()))
                .bind("source", source)
                .bind("now", now)
                .execute();
    }

    // ── a file of closes ──────────────────────────────────────────────────────────────────────

    /// A place for a file's rows until the transaction ends.
    void stage(Handle tx) {
        tx.execute(STAGE);
    }

    void copy(Handle tx, List<Row> rows) {
        BinaryCopy.copy(
                tx,
                COPY,
                4,
                rows,
                (out, row) ->
                        out.integer(row.line())
                                .text(row.ticker())
                                .date(row.date())
                                .text(row.price().toPlainString()));
    }

    List<Long> stagedAssets(Handle tx) {
        return tx.createQuery(STAGED_ASSETS).mapTo(Long.class).list();
    }

    List<WrongRow> stagedWrong(Handle tx, int most) {
        return tx.createQuery(STAGED_WRONG)
                .bind("most", most)
                .map((row, _) -> new WrongRow(row.getInt(1), row.getString(2)))
                .list();
    }

    /// @return how many were new or corrected
    int insertStaged(Handle tx, String source, Instant now) {
        return tx.createUpdate(INSERT_STAGED).bind("source", source).bind("now", now).execute();
    }

    List<Listed> list(Handle tx, long asset, LocalDate from, LocalDate to) {
        return tx.createQuery(LIST)
                .bind("asset", asset)
                .bind("from", from)
                .bind("to", to)
                .map((row, _) -> listed(row))
                .list();
    }

    Optional<Listed> before(Handle tx, long asset, LocalDate from) {
        return tx.createQuery(BEFORE)
                .bind("asset", asset)
                .bind("from", from)
                .map((row, _) -> listed(row))
                .findOne();
    }

    List<LocalDate> knownDays(Handle tx, long asset, LocalDate from, LocalDate to) {
        return tx.createQuery(KNOWN_DAYS)
                .bind("asset", asset)
                .bind("from", from)
                .bind("to", to)
                .mapTo(LocalDate.class)
                .list();
    }

    List<Rate> rates(Handle tx, String series, LocalDate from, LocalDate to) {
        return tx.createQuery(RATES)
                .bind("series", series)
                .bind("from", from)
                .bind("to", to)
                .map(
                        (row, _) ->
                                new Rate(
                                        row.getString(1),
                                        row.getObject(2, LocalDate.class),
                                        row.getBigDecimal(3)))
                .list();
    }

    List<String> sources(Handle tx, String series, LocalDate from, LocalDate to) {
        return tx.createQuery(SOURCES)
                .bind("series", series)
                .bind("from", from)
                .bind("to", to)
                .mapTo(String.class)
                .list();
    }

    private static Listed listed(java.sql.ResultSet row) throws java.sql.SQLException {
        return new Listed(
                row.getLong(1),
                row.getString(2),
                row.getObject(3, LocalDate.class),
                row.getBigDecimal(4),
                row.getString(5));
    }
}
