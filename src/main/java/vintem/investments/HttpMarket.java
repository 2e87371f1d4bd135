package vintem.investments;

import dev.failsafe.CircuitBreaker;
import dev.failsafe.CircuitBreakerOpenException;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import vintem.platform.BusinessDays;
import vintem.platform.Fields;
import vintem.platform.Json;
import vintem.platform.Problem;
import vintem.platform.Settings;

/// A market that is asked over HTTP, in the JSON of brapi.dev: `/quote/<symbol>`, with `range` for
/// closes, `/quote/list`, and `/v2/currency`.
///
/// What fails in a way that may pass (429, 5xx, no answer) is tried again after growing pauses of
/// random length; after several failures in a row nobody asks for a while. Whatever happens, a
/// question ends within its deadline.
final class HttpMarket implements MarketData {
    /// @param deadline for one question with all its attempts
    /// @param rest for how long nobody asks a provider that failed several times in a row
    record Terms(URI url, Optional<String> token, Duration deadline, Duration rest) {
        static Optional<Terms> fromSettings() {
            return Settings.text("prices-url")
                    .map(
                            url ->
                                    new Terms(
                                            URI.create(url.replaceFirst("/+$", "")),
                                            Settings.text("prices-token"),
                                            Settings.duration(
                                                    "prices-deadline-millis",
                                                    Duration.ofSeconds(3)),
                                            Settings.duration(
                                                    "prices-rest-seconds",
                                                    Duration.ofSeconds(30))));
        }
    }

    private static final int MOST_BYTES = 8 << 20;
    private static final int MOST_ROWS = 20_000;
    private static final int LONGEST_TEXT = 500;
    private static final int FAILURES = 5;
    private static final int ATTEMPTS = 3;
    private static final double JITTER = 0.5;
    private static final int NOT_FOUND = 404;
    private static final int TOO_MANY = 429;

    private final Terms terms;
    private final Clock clock;
    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(2))
                    .build();
    private final CircuitBreaker<Fields> breaker;

    HttpMarket(Terms terms, Clock clock) {
        this.terms = terms;
        this.clock = clock;
        breaker =
                CircuitBreaker.<Fields>builder()
                        .handle(Away.class)
                        .withFailureThreshold(FAILURES)
                        .withDelay(terms.rest())
                        .build();
    }

    @Override
    public String source() {
        return terms.url().getHost();
    }

    /// Whether nobody asks at this moment.
    boolean isResting() {
        return breaker.isOpen();
    }

    @Override
    public Optional<Quote> quote(String symbol) {
        return ask("/quote/" + encoded(symbol))
                .map(
                        answer ->
                                understood(
                                        () -> {
                                            var it = answer.objects("results", 1).getFirst();
                                            var quote =
                                                    new Quote(
                                                            symbol,
                                                            name(it, "longName", symbol),
                                                            name(it, "fullExchangeName", "B3"),
                                                            currency(it),
                                                            price(it, "regularMarketPrice"),
                                                            time(it));
                                            answer.orThrow();
                                            return quote;
                                        }));
    }

    @Override
    public List<DayPrice> closes(String symbol, LocalDate from, LocalDate to) {
        var path = "/quote/%s?interval=1d&range=%s".formatted(encoded(symbol), range(from));
        return ask(path)
                .map(answer -> understood(() -> closes(answer, from, to)))
                .orElse(List.of());
    }

    private static List<DayPrice> closes(Fields answer, LocalDate from, LocalDate to) {
        var it = answer.objects("results", 1).getFirst();
        var closes = new ArrayList<DayPrice>();
        if (it.has("historicalDataPrice")) {
            for (var row : it.objects("historicalDataPrice", MOST_ROWS)) {
                // A day without trades has no close.
                if (row.has("close")) {
                    var at = Instant.ofEpochSecond(row.requiredInteger("date"));
                    var day = LocalDate.ofInstant(at, BusinessDays.SAO_PAULO);
                    if (!day.isBefore(from) && !day.isAfter(to)) {
                        closes.add(new DayPrice(day, price(row, "close")));
                    }
                }
            }
        }
        answer.orThrow();
        return closes;
    }

    /// It tells only what holds now.
    @Override
    public List<DayPrice> rates(String series, LocalDate from, LocalDate to) {
        var today = BusinessDays.today(clock);
        if (series.length() != 3 || series.equals(SandboxMarket.CDI) || to.isBefore(today)) {
            return List.of();
        }
        return ask("/v2/currency?currency=" + encoded(series) + "-BRL")
                .map(
                        answer ->
                                understood(
                                        () -> {
                                            var it = answer.objects("currency", 1).getFirst();
                                            var text = it.requiredText("bidPrice", LONGEST_TEXT);
                                            answer.orThrow();
                                            return List.of(
                                                    new DayPrice(today, sound(decimal(text))));
                                        }))
                .orElse(List.of());
    }

    @Override
    public Catalogue catalogue(int page, int perPage) {
        return ask("/quote/list?page=%d&limit=%d".formatted(page, perPage))
                .map(
                        answer ->
                                understood(
                                        () -> {
                                            var items = new ArrayList<Listed>();
                                            for (var row : answer.objects("stocks", MOST_ROWS)) {
                                                var symbol = row.requiredText("stock", 20);
                                                // Some were never traded.
                                                if (row.has("close")) {
                                                    items.add(
                                                            new Listed(
                                                                    symbol,
                                                                    name(row, "name", symbol),
                                                                    "BRL",
                                                                    price(row, "close")));
                                                }
                                            }
                                            var total = answer.integer("totalCount");
                                            answer.orThrow();
                                            return new Catalogue(
                                                    items, total == null ? items.size() : total);
                                        }))
                .orElse(new Catalogue(List.of(), 0));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /// @return empty where the provider says that there is no such thing
    private Optional<Fields> ask(String path) {
        var deadline = System.nanoTime() + terms.deadline().toNanos();
        var again =
                RetryPolicy.<Fields>builder()
                        .handle(Away.class)
                        .withBackoff(100, 1_000, ChronoUnit.MILLIS)
                        .withJitter(JITTER)
                        .withMaxAttempts(ATTEMPTS)
                        .withMaxDuration(terms.deadline())
                        .build();
        try {
            return Optional.ofNullable(
                    Failsafe.with(again, breaker).get(() -> once(path, deadline)));
        } catch (CircuitBreakerOpenException resting) {
            throw new Away("it failed several times in a row, and is not asked for a while");
        } catch (FailsafeException interrupted) {
            Thread.currentThread().interrupt();
            throw new Away("interrupted");
        }
    }

    @Nullable
    private Fields once(String path, long deadline) {
        var left = Duration.ofNanos(deadline - System.nanoTime());
        if (left.compareTo(Duration.ofMillis(10)) < 0) {
            throw new Away("no answer within " + terms.deadline().toMillis() + " ms");
        }
        var request =
                HttpRequest.newBuilder(URI.create(terms.url() + path))
                        .timeout(left)
                        .header("Accept", "application/json");
        terms.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        // The client's own time-out ends with the headers; a body that trickles is cut off here.
        var asked =
                client.sendAsync(
                        request.build(),
                        BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES));
        try {
            var answer = asked.get(left.toMillis(), TimeUnit.MILLISECONDS);
            if (answer.statusCode() == NOT_FOUND) {
                return null;
            }
            if (answer.statusCode() != 200) {
                throw new Away(
                        answer.statusCode() == TOO_MANY
                                ? "it has been asked too often"
                                : "it answered " + answer.statusCode());
            }
            return understood(() -> Json.object(answer.body()));
        } catch (TimeoutException late) {
            asked.cancel(true);
            throw new Away("no answer within " + terms.deadline().toMillis() + " ms");
        } catch (ExecutionException failed) {
            throw new Away(
                    failed.getCause() instanceof IOException
                            ? "no answer"
                            : "no answer that can be read");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Away("interrupted");
        }
    }

    /// Whatever is not as it should be is no answer.
    private static <T> T understood(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (Problem
                | NoSuchElementException
                | DateTimeException
                | NumberFormatException garbage) {
            throw new Away("it answered what cannot be read");
        }
    }

    private static String name(Fields fields, String member, String otherwise) {
        var text = fields.text(member, LONGEST_TEXT);
        return text == null || text.isBlank() ? otherwise : text.strip();
    }

    private static String currency(Fields fields) {
        var text = fields.text("currency", 3);
        return text == null || !text.matches("[A-Z]{3}") ? "BRL" : text;
    }

    private static BigDecimal price(Fields fields, String member) {
        var value = fields.decimal(member);
        return sound(value == null ? BigDecimal.ZERO : value);
    }

    /// More decimals than prices have come from floating numbers.
    private static BigDecimal sound(BigDecimal price) {
        var rounded = price.setScale(8, RoundingMode.HALF_EVEN);
        if (Decimals.objection(rounded) != null) {
            throw new NumberFormatException("not a price");
        }
        return Decimals.plain(rounded);
    }

    private static BigDecimal decimal(String text) {
        if (!text.matches("[0-9]{1,12}(\\.[0-9]{1,12})?")) {
            throw new NumberFormatException("not a price");
        }
        return new BigDecimal(text);
    }

    private Instant time(Fields fields) {
        var text = fields.text("regularMarketTime", LONGEST_TEXT);
        return text == null ? clock.instant() : Instant.parse(text);
    }

    private String range(LocalDate from) {
        var days = ChronoUnit.DAYS.between(from, BusinessDays.today(clock));
        if (days < 25) {
            return "1mo";
        }
        if (days < 85) {
            return "3mo";
        }
        if (days < 360) {
            return "1y";
        }
        return days < 1_800 ? "5y" : "max";
    }
}
