package vintem.investments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import vintem.investments.AssetTable.Asset;
import vintem.investments.MarketData.Quote;
import vintem.platform.BusinessDays;
import vintem.platform.Database;
import vintem.platform.Json;
import vintem.platform.SharedCache;

/// Prices of this moment, for whoever asks: kept for an hour for all nodes; asked for once, however
/// many want it at one time; and where the provider is away, the last good one with its age.
@Singleton
class Quotes {
    sealed interface Found {
        /// @param fetchedAt when the provider gave it
        /// @param stale the provider did not answer: this is what it last said
        record Price(Quote quote, Instant fetchedAt, String source, boolean stale)
                implements Found {}

        /// The provider says that there is no such symbol.
        record Unknown() implements Found {}

        /// The provider is away and never told this price.
        record Away() implements Found {}
    }

    /// What the cache holds.
    record Cached(Quote quote, Instant fetchedAt, String source) {}

    private static final Duration KEPT = Duration.ofHours(1);
    private static final Duration UNKNOWN_KEPT = Duration.ofMinutes(1);
    private static final byte[] UNKNOWN = "unknown".getBytes(StandardCharsets.UTF_8);

    private final MarketData market;
    private final SharedCache cache;
    private final Database database;
    private final QuoteTable table;
    private final AssetTable assets;
    private final Clock clock;
    private final Map<String, CompletableFuture<Found>> asking = new ConcurrentHashMap<>();

    @Inject
    Quotes(
            MarketData market,
            SharedCache cache,
            Database database,
            QuoteTable table,
            AssetTable assets,
            Clock clock) {
        this.market = market;
        this.cache = cache;
        this.database = database;
        this.table = table;
        this.assets = assets;
        this.clock = clock;
    }

    /// Waits for the provider, up to its deadline.
    Found price(String symbol) {
        return cached(symbol).orElseGet(() -> ask(symbol));
    }

    /// The same without waiting: what is known now. What is not in the cache is asked
    /// for meanwhile.
    Found priceAtHand(String symbol) {
        return cached(symbol)
                .orElseGet(
                        () -> {
                            if (!asking.containsKey(symbol)) {
                                Thread.ofVirtual().name("ask-price").start(() -> ask(symbol));
                            }
                            return lastGood(symbol);
                        });
    }

    private Optional<Found> cached(String symbol) {
        return cache.get(key(symbol))
                .flatMap(
                        bytes -> {
                            if (Arrays.equals(bytes, UNKNOWN)) {
                                return Optional.of(new Found.Unknown());
                            }
                            var text = new String(bytes, StandardCharsets.UTF_8);
                            var it = Json.readOwn(text, Cached.class);
                            return it.fetchedAt().plus(KEPT).isAfter(clock.instant())
                                    ? Optional.of(
                                            new Found.Price(
                                                    it.quote(), it.fetchedAt(), it.source(), false))
                                    : Optional.empty();
                        });
    }

    private Found ask(String symbol) {
        var mine = new CompletableFuture<Found>();
        var first = asking.putIfAbsent(symbol, mine);
        if (first != null) {
            try {
                return first.join();
            } catch (CompletionException failed) {
                return lastGood(symbol);
            }
        }
        try {
            var found = askMarket(symbol);
            mine.complete(found);
            return found;
        } catch (RuntimeException failed) {
            mine.completeExceptionally(failed);
            throw failed;
        } finally {
            asking.remove(symbol, mine);
        }
    }

    private Found askMarket(String symbol) {
        try {
            var quote = market.quote(symbol);
            if (quote.isEmpty()) {
                cache.put(key(symbol), UNKNOWN, UNKNOWN_KEPT);
                return new Found.Unknown();
            }
            var now = clock.instant();
            var kept = new QuoteTable.Kept(quote.get(), now, market.source());
            database.run(tx -> table.put(tx, kept));
            cache.put(key(symbol), Json.write(new Cached(quote.get(), now, market.source())), KEPT);
            return new Found.Price(quote.get(), now, market.source(), false);
        } catch (MarketData.Away away) {
            return lastGood(symbol);
        }
    }

    /// What the provider last said, or the last close.
    private Found lastGood(String symbol) {
        return database.transaction(
                tx -> {
                    var kept = table.find(tx, symbol);
                    if (kept.isPresent()) {
                        var it = kept.get();
                        return new Found.Price(it.quote(), it.fetchedAt(), it.source(), true);
                    }
                    return assets.byTicker(tx, List.of(symbol)).stream()
                            .findFirst()
                            .flatMap(Quotes::lastClose)
                            .<Found>map(it -> it)
                            .orElseGet(Found.Away::new);
                });
    }

    private static Optional<Found.Price> lastClose(Asset asset) {
        BigDecimal price = asset.closePrice();
        var day = asset.closeDate();
        if (price == null || day == null) {
            return Optional.empty();
        }
        var at = day.atTime(18, 0).atZone(BusinessDays.SAO_PAULO).toInstant();
        var quote =
                new Quote(
                        asset.ticker(),
                        asset.name(),
                        asset.exchange(),
                        asset.currency(),
                        price,
                        at);
        return Optional.of(new Found.Price(quote, at, "close", true));
    }

    private static String key(String symbol) {
        return "quote:" + symbol;
    }
}
