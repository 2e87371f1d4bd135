package vintem.investments;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vintem.World;
import vintem.platform.Database;
import vintem.platform.Together;

/// Closes come after each trading day, each once, and gaps are filled.
@QuarkusTest
@QuarkusTestResource(World.class)
class IngestClosesTest {
    @Inject Office office;
    @Inject Database database;
    @Inject AssetTable assets;
    @Inject CloseTable closes;
    @Inject StoreCloses store;
    @Inject IngestCloses ingest;

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "2026-11-26, true",
        "2026-11-28, false",
        "2026-11-20, false",
        "2026-12-24, false",
        "2026-12-25, false",
        "2026-12-31, false",
        "2026-12-30, true",
        // Ash Wednesday, and the city's birthday, which B3 keeps no more.
        "2026-02-18, true",
        "2026-02-17, false",
        "2024-01-25, true",
        "2021-01-25, false",
        "2021-07-09, false",
        "2022-11-21, true",
        "2023-11-20, true",
        "2024-11-20, false"
    })
    void b3_trades_on_its_own_calendar(LocalDate day, boolean trades) {
        assertThat(TradingDays.isOne(day)).isEqualTo(trades);
    }

    @Test
    void gaps_since_the_first_purchase_are_filled_and_nothing_comes_twice() {
        var ana = office.client("Ana ingests");
        var asset = assetOf("SUZB3");
        office.buy(ana, asset, "1", "50", LocalDate.of(2026, 10, 1));
        // A close that somebody corrected stays.
        office.close(asset, "55.55", LocalDate.of(2026, 10, 14));
        ingest.ingest();
        var to = LocalDate.of(2026, 11, 24);
        var days =
                database.transaction(
                        tx -> closes.list(tx, asset.id(), LocalDate.of(2026, 10, 1), to));
        assertThat(days.stream().map(CloseTable.Listed::date))
                .containsExactlyElementsOf(TradingDays.between(LocalDate.of(2026, 10, 1), to));
        assertThat(days).anyMatch(it -> it.closePrice().toPlainString().equals("55.55"));
        assertThat(ingest.ingest().closes()).isZero();
        assertThat(office.found(asset).priceBrl()).isPositive();
    }

    @Test
    void many_nodes_at_once_ask_for_each_asset_once() {
        var ana = office.client("Ana on many nodes");
        var asset = office.asset("BRL");
        office.buy(ana, asset, "1", "50", LocalDate.of(2026, 10, 1));
        var asked = new AtomicInteger();
        var market = new ClosesOf(asset.ticker(), asked);
        var results = Together.atOnce(4, () -> node(market, Clock.systemUTC()).ingest());
        assertThat(asked).hasValue(1);
        assertThat(results.stream().mapToInt(IngestCloses.Ingested::closes).sum())
                .isGreaterThanOrEqualTo(1);
        database.run(
                tx ->
                        assertThat(
                                        closes.list(
                                                tx,
                                                asset.id(),
                                                LocalDate.of(2026, 10, 1),
                                                LocalDate.of(2026, 10, 1)))
                                .hasSize(1));
    }

    @Test
    void while_the_provider_is_away_nothing_is_lost_and_it_is_asked_again() {
        ingest.ingest();
        var ana = office.client("Ana without a provider");
        var asset = office.asset("BRL");
        office.buy(ana, asset, "1", "50", LocalDate.of(2026, 10, 1));
        var away = new ClosesOf(null, new AtomicInteger());
        assertThat(node(away, Clock.systemUTC()).ingest().failed()).isEqualTo(1);
        var asked = new AtomicInteger();
        assertThat(node(new ClosesOf(asset.ticker(), asked), Clock.systemUTC()).ingest().closes())
                .isEqualTo(1);
        assertThat(asked).hasValue(1);
    }

    @Test
    void before_the_market_has_closed_the_day_has_no_close() {
        var clock = Clock.fixed(Instant.parse("2026-11-25T20:00:00Z"), ZoneOffset.UTC);
        var market = new SandboxMarket(clock);
        var days = market.closes("PETR4", LocalDate.of(2026, 11, 23), LocalDate.of(2026, 11, 30));
        assertThat(days)
                .extracting(MarketData.DayPrice::date)
                .isEqualTo(List.of(LocalDate.of(2026, 11, 23), LocalDate.of(2026, 11, 24)));
        // The same on every node, and in every run.
        assertThat(
                        new SandboxMarket(Clock.systemUTC())
                                .closes(
                                        "PETR4",
                                        LocalDate.of(2026, 11, 23),
                                        LocalDate.of(2026, 11, 24)))
                .isEqualTo(days);
    }

    private AssetTable.Asset assetOf(String ticker) {
        return database.transaction(
                tx -> {
                    assets.insert(
                            tx,
                            List.of(new AssetTable.NewAsset(ticker, ticker, "B3", "BRL")),
                            office.clock.instant());
                    return assets.byTicker(tx, List.of(ticker)).getFirst();
                });
    }

    private IngestCloses node(MarketData market, Clock clock) {
        return new IngestCloses(database, market, assets, closes, store, clock);
    }

    /// Knows one close of one ticker; without a ticker it is away.
    private record ClosesOf(String ticker, AtomicInteger asked) implements MarketData {
        @Override
        public String source() {
            return "one";
        }

        @Override
        public Optional<Quote> quote(String symbol) {
            return Optional.empty();
        }

        @Override
        public List<DayPrice> closes(String symbol, LocalDate from, LocalDate to) {
            if (ticker == null) {
                throw new Away("away");
            }
            if (!symbol.equals(ticker)) {
                return List.of();
            }
            asked.incrementAndGet();
            return List.of(new DayPrice(LocalDate.of(2026, 10, 1), new java.math.BigDecimal("51")));
        }

        @Override
        public List<DayPrice> rates(String series, LocalDate from, LocalDate to) {
            return List.of();
        }

        @Override
        public Catalogue catalogue(int page, int perPage) {
            return new Catalogue(List.of(), 0);
        }
    }
}
