package vintem.demo;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// An adviser's clients and what they put in: over a year of it, a little more each month, sold now
/// and then. Prices are the sandbox market's, the same on every day of every run.
@Singleton
class Office {
    private static final int CLIENTS = 14;
    private static final int OLDEST_DAYS = 420;
    private static final LocalTime OPENS = LocalTime.of(9, 20);
    private static final LocalTime MARKET_CLOSED = LocalTime.of(19, 45);
    private static final List<String> ADVISERS = List.of("Helena Prado", "Otávio Reis");

    private static final List<String> TICKERS =
            List.of(
                    "PETR4", "VALE3", "ITUB4", "WEGE3", "ABEV3", "BBAS3", "BOVA11", "IVVB11",
                    "HGLG11", "KNRI11", "MXRF11", "TAEE11", "SUZB3", "RADL3", "AAPL", "VOO");

    private final Wire wire;
    private final Then then;

    @Inject
    Office(Wire wire, Then then) {
        this.wire = wire;
        this.then = then;
    }

    void opens(LocalDate day, Random dice) {
        then.is(day, OPENS);
        for (var i = 0; i < CLIENTS; i++) {
            var who = client(i);
            wire.post(
                    "/clients",
                    Map.of(
                            "name", who.name(),
                            "email", who.email(),
                            "advisor", ADVISERS.get(i % ADVISERS.size())));
        }
        var rows = new StringBuilder("client_email,ticker,quantity,buy_price,buy_date\n");
        for (var i = 0; i < 70; i++) {
            var bought = day.minusDays(1L + dice.nextInt(OLDEST_DAYS - Demo.DAYS));
            row(rows, i % CLIENTS, bought, dice);
        }
        wire.file("/allocations/import", "text/csv", rows.toString());
        closesCome(day);
    }

    /// A month's new money.
    void invests(LocalDate day, Random dice) {
        then.is(day, OPENS);
        var rows = new StringBuilder("client_email,ticker,quantity,buy_price,buy_date\n");
        for (var i = 0; i < 6 + dice.nextInt(5); i++) {
            row(rows, dice.nextInt(CLIENTS), day.minusDays(dice.nextInt(6)), dice);
        }
        wire.file("/allocations/import", "text/csv", rows.toString());
    }

    void sells(LocalDate day, Random dice) {
        then.is(day, OPENS);
        var lots = wire.get("/allocations?limit=50").get("items");
        var lot = lots.get(dice.nextInt(lots.size()));
        var price = lot.get(lot.hasNonNull("current_price") ? "current_price" : "buy_price");
        wire.post(
                "/allocations/%d/withdrawals".formatted(lot.get("id").asLong()),
                Map.of(
                        "date",
                        day.toString(),
                        "quantity",
                        1 + dice.nextInt(3),
                        "price",
                        price.decimalValue()));
    }

    void closesCome(LocalDate day) {
        then.is(day, MARKET_CLOSED);
        wire.post("/daily_returns/ingestion", Map.of());
    }

    /// A client puts something in.
    void goesOn(Random dice) {
        var clients = wire.get("/clients?limit=50").get("items");
        if (!clients.isEmpty()) {
            var client = clients.get(dice.nextInt(clients.size())).get("id").asLong();
            wire.post(
                    "/allocations",
                    Map.of(
                            "client_id",
                            client,
                            "asset_symbol",
                            TICKERS.get(dice.nextInt(TICKERS.size())),
                            "quantity",
                            1 + dice.nextInt(20),
                            "buy_date",
                            then.today().toString()));
        }
    }

    private void row(StringBuilder rows, int client, LocalDate day, Random dice) {
        var ticker = TICKERS.get(dice.nextInt(TICKERS.size()));
        rows.append(
                "%s,%s,%d,%s,%s\n"
                        .formatted(
                                client(client).email(),
                                ticker,
                                5 + dice.nextInt(120),
                                price(ticker, dice),
                                day));
    }

    /// Near what the market has: a tenth less to a twentieth more.
    private BigDecimal price(String ticker, Random dice) {
        var now = wire.get("/assets/price?symbol=" + ticker).required("price").decimalValue();
        return now.multiply(BigDecimal.valueOf(90L + dice.nextInt(15), 2))
                .setScale(2, RoundingMode.HALF_EVEN);
    }

    private static People.Person client(int number) {
        return People.of(700 + number);
    }
}
