package vintem.investments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.MovableClock;
import vintem.World;
import vintem.platform.Database;
import vintem.platform.SharedCache;
import vintem.platform.Together;

/// A provider that is slow, refuses, fails and talks nonsense: the last good price with its age,
/// within the deadline.
@QuarkusTest
@QuarkusTestResource(World.class)
class HttpMarketTest {
    private static final Duration DEADLINE = Duration.ofMillis(800);
    private static final Duration REST = Duration.ofMillis(600);

    @Inject Database database;
    @Inject MovableClock clock;

    private final ScriptedProvider provider = new ScriptedProvider();
    private final Vertx vertx = Vertx.vertx();
    private final SharedCache cache = new SharedCache(vertx, Optional.empty());

    @AfterEach
    void close() {
        provider.close();
        cache.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void a_price_is_read_exactly_and_kept_for_an_hour() {
        provider.always(200, ScriptedProvider.quote("KEPT3", "36.380000000000000001"));
        var quotes = quotes(market());
        var price = price(quotes, "KEPT3");
        assertThat(price.quote().price()).isEqualByComparingTo("36.38");
        assertThat(price.quote().asOf()).isEqualTo(Instant.parse("2026-11-25T20:07:00Z"));
        assertThat(price.quote().name()).isEqualTo("Empresa KEPT3");
        assertThat(price.stale()).isFalse();
        price(quotes, "KEPT3");
        assertThat(provider.asked).containsExactly("/quote/KEPT3");
        assertThat(provider.tokens).containsExactly("Bearer segredo");
        clock.passes(Duration.ofMinutes(61));
        price(quotes, "KEPT3");
        assertThat(provider.asked).hasSize(2);
    }

    @Test
    void whoever_asks_at_one_moment_asks_once() {
        provider.always(200, ScriptedProvider.quote("MANY3", "10"));
        var quotes = quotes(market());
        var found = Together.atOnce(50, () -> price(quotes, "MANY3").quote().price());
        assertThat(found).allMatch(it -> it.compareTo(BigDecimal.TEN) == 0);
        assertThat(provider.asked.size()).isLessThanOrEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 502, 503})
    void what_may_pass_is_tried_again(int status) {
        provider.then(status, "{\"error\":\"no\"}");
        provider.then(status, "");
        provider.always(200, ScriptedProvider.quote("AGAIN3", "11"));
        assertThat(market().quote("AGAIN3").orElseThrow().price()).isEqualByComparingTo("11");
        assertThat(provider.asked).hasSize(3);
    }

    @Test
    void no_such_symbol_is_said_and_asked_once() {
        assertThat(market().quote("NOSUCH3")).isEmpty();
        assertThat(provider.asked).hasSize(1);
        assertThat(quotes(market()).price("NOSUCH3")).isEqualTo(new Quotes.Found.Unknown());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no JSON",
                "[]",
                "{}",
                "{\"results\":[]}",
                "{\"results\":{}}",
                "{\"results\":[{\"regularMarketPrice\":null}]}",
                "{\"results\":[{\"regularMarketPrice\":\"36\"}]}",
                "{\"results\":[{\"regularMarketPrice\":-1}]}",
                "{\"results\":[{\"regularMarketPrice\":0}]}",
                "{\"results\":[{\"regularMarketPrice\":1e999999999}]}",
                "{\"results\":[{\"regularMarketPrice\":1,\"regularMarketTime\":\"now\"}]}",
                "{\"results\":[{\"regularMarketPrice\":1}],\"results\":[]}",
                "<html>502</html>"
            })
    void garbage_is_no_answer(String body) {
        provider.always(200, body);
        var market = market();
        assertThatThrownBy(() -> market.quote("GARB3")).isInstanceOf(MarketData.Away.class);
        assertThat(quotes(market).price("GARB3")).isEqualTo(new Quotes.Found.Away());
    }

    @Test
    void a_slow_provider_costs_its_deadline_and_the_last_good_price_is_shown_with_its_age() {
        provider.always(200, ScriptedProvider.quote("SLOW3", "42"));
        var quotes = quotes(market());
        price(quotes, "SLOW3");
        clock.passes(Duration.ofHours(2));
        provider.always(200, null);
        var start = System.nanoTime();
        var price = price(quotes, "SLOW3");
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isLessThan(DEADLINE.plusMillis(1_500));
        assertThat(price.stale()).isTrue();
        assertThat(price.quote().price()).isEqualByComparingTo("42");
        assertThat(Duration.between(price.fetchedAt(), clock.instant()))
                .isGreaterThanOrEqualTo(Duration.ofHours(2));
    }

    @Test
    void after_failures_in_a_row_nobody_asks_for_a_while_and_then_it_is_tried_again() {
        provider.always(500, "{}");
        var market = market();
        for (var i = 0; i < 2; i++) {
            assertThatThrownBy(() -> market.quote("OPEN3")).isInstanceOf(MarketData.Away.class);
        }
        assertThat(market.isResting()).isTrue();
        var asked = provider.asked.size();
        var start = System.nanoTime();
        assertThatThrownBy(() -> market.quote("OPEN3")).isInstanceOf(MarketData.Away.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(300));
        assertThat(provider.asked).hasSize(asked);
        provider.always(200, ScriptedProvider.quote("OPEN3", "7"));
        Together.until(
                "it is asked again",
                () -> {
                    try {
                        return market.quote("OPEN3").isPresent();
                    } catch (MarketData.Away resting) {
                        return false;
                    }
                });
        assertThat(market.isResting()).isFalse();
    }

    @Test
    void closes_are_those_of_the_days_that_were_asked_for() {
        var day = Instant.parse("2026-11-24T13:00:00Z").getEpochSecond();
        provider.always(
                200,
                """
                {"results":[{"symbol":"HIST3","historicalDataPrice":[
                {"date":%d,"close":10.1},{"date":%d,"close":null},{"date":%d,"close":9}]}]}"""
                        .formatted(day, day + 86_400, day - 40 * 86_400));
        var closes =
                market().closes("HIST3", LocalDate.of(2026, 11, 20), LocalDate.of(2026, 11, 26));
        assertThat(closes).hasSize(1);
        assertThat(closes.getFirst().date()).isEqualTo(LocalDate.of(2026, 11, 24));
        assertThat(closes.getFirst().price()).isEqualByComparingTo("10.1");
    }

    @Test
    void the_catalogue_leaves_out_what_was_never_traded() {
        provider.always(
                200,
                """
                {"stocks":[{"stock":"PETR4","name":"PETROBRAS","close":36.4},
                {"stock":"NEW3","name":"NEW","close":null}],"totalCount":2000}""");
        var page = market().catalogue(1, 2);
        assertThat(page.items()).extracting(MarketData.Listed::symbol).isEqualTo(List.of("PETR4"));
        assertThat(page.total()).isEqualTo(2_000);
        assertThat(provider.asked).containsExactly("/quote/list?page=1&limit=2");
    }

    @Test
    void what_symbols_hold_is_no_part_of_the_address() {
        market().quote("^A=B");
        assertThat(provider.asked).containsExactly("/quote/%5EA%3DB");
    }

    private HttpMarket market() {
        return new HttpMarket(
                new HttpMarket.Terms(provider.url(), Optional.of("segredo"), DEADLINE, REST),
                clock);
    }

    private Quotes quotes(MarketData market) {
        return new Quotes(market, cache, database, new QuoteTable(), new AssetTable(), clock);
    }

    private static Quotes.Found.Price price(Quotes quotes, String symbol) {
        return (Quotes.Found.Price) quotes.price(symbol);
    }
}
