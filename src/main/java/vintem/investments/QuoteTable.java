package vintem.investments;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import vintem.investments.MarketData.Quote;
import vintem.platform.Columns;

/// The table `quote`: the last good price of each symbol.
@Singleton
class QuoteTable {
    record Kept(Quote quote, Instant fetchedAt, String source) {}

    private static final String PUT =
            """
            insert into quote as q
                (symbol, name, exchange, currency, price, as_of, fetched_at, source)
            values (:symbol, :name, :exchange, :currency, :price, :asOf, :fetchedAt, :source)
            on conflict (symbol) do update
            set name = excluded.name, exchange = excluded.exchange, currency = excluded.currency,
                price = excluded.price, as_of = excluded.as_of, fetched_at = excluded.fetched_at,
                source = excluded.source
            where q.fetched_at < excluded.fetched_at
            """;

    private static final String FIND = "select * from quote where symbol = :symbol";

    void put(Handle tx, Kept kept) {
        var quote = kept.quote();
        tx.createUpdate(PUT)
                .bind("symbol", quote.symbol())
                .bind("name", quote.name())
                .bind("exchange", quote.exchange())
                .bind("currency", quote.currency())
                .bind("price", quote.price())
                .bind("asOf", quote.asOf())
                .bind("fetchedAt", kept.fetchedAt())
                .bind("source", kept.source())
                .execute();
    }

    Optional<Kept> find(Handle tx, String symbol) {
        return tx.createQuery(FIND)
                .bind("symbol", symbol)
                .map(
                        (row, _) ->
                                new Kept(
                                        new Quote(
                                                row.getString("symbol"),
                                                row.getString("name"),
                                                row.getString("exchange"),
                                                row.getString("currency"),
                                                row.getBigDecimal("price"),
                                                Columns.instant(row, "as_of")),
                                        Columns.instant(row, "fetched_at"),
                                        row.getString("source")))
                .findOne();
    }
}
