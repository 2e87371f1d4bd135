package vintem.bench;

import static vintem.bench.Printout.number;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import vintem.platform.Ids;
import vintem.platform.TaxId;

/// Purchases over HTTP, in turn with payments; then a million of them in the database, one
/// reseller's statement among them, and the close of everybody's month beside the same by raw SQL.
final class CashbackBench implements Benchmark {
    private static final int CONNECTIONS = 128;
    private static final int BUYERS = 100;
    private static final int FIRST_BUYER = 300_000_000;
    private static final int LIST = 8_000;
    private static final int STATEMENTS = 500;
    private static final String HEAP = "512m";
    private static final String OVER_HTTP = "http-";
    private static final String IN_LISTS = "list-";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final YearMonth month = YearMonth.now(ZoneId.of("America/Sao_Paulo")).minusMonths(1);
    private long entered;

    @Override
    public String name() {
        return "cashback";
    }

    @Override
    public boolean run(Printout out, Effort effort)
            throws IOException, InterruptedException, SQLException {
        var settings =
                Map.of(
                        "VINTEM_BANK_SECRET", Ids.next().toString(),
                        "VINTEM_REGISTRATIONS_PER_ADDRESS", "1000000",
                        "VINTEM_BCRYPT_COST", "4");
        try (var scratch = Scratch.create()) {
            var server = Server.start(scratch, HEAP, settings);
            try (var observer = server.database().connect();
                    var wires = new Wires(server.address());
                    var http = new HttpLoad(wires, CONNECTIONS)) {
                out.hardware(observer);
                out.say("server: a process of its own, -Xmx%s; one thread here asks", HEAP);
                register(server);
                inTurn(out, server, http, effort);
                var listed = lists(out, server, effort);
                var resellers = effort.of(10_000, 500);
                var each = effort.of(100, 20);
                RawCashbackTables.fill(observer, resellers, each, month.atDay(1));
                BenchTables.settle(observer);
                statements(out, server, observer, effort);
                close(out, server, observer, resellers, each);
                return proof(out, server, observer, listed);
            }
        }
    }

    private static void register(Server server) throws IOException, InterruptedException {
        for (var i = 0; i < BUYERS; i++) {
            var body =
                    """
                    {"full_name":"Buyer","username":"buyer-%d","password":"a good password",
                    "cpf":"%s","email":"buyer-%d@example.com"}"""
                            .formatted(i, cpf(i), i);
            require(server.post("/revendedor", body.getBytes(StandardCharsets.UTF_8)), 201);
        }
    }

    private void inTurn(Printout out, Server server, HttpLoad http, Effort effort)
            throws IOException {
        var payments = new PaymentLoad(server.token(), "nobody confirms here");
        var warmUp = Duration.ofMillis(effort.of(12_000, 8_000, 1_500));
        http.busy(warmUp, () -> payments.creation(_ -> {}));
        http.busy(warmUp, () -> purchase(server.token()));
        var rounds = effort.of(5, 4, 2);
        var time = Duration.ofMillis(effort.of(4_000, 1_000));
        var paid = Printout.histogram();
        var bought = Printout.histogram();
        var paymentRates = new ArrayList<String>();
        var purchaseRates = new ArrayList<String>();
        var paymentSum = 0.0;
        var purchaseSum = 0.0;
        for (var i = 0; i < rounds; i++) {
            var payment = http.busy(time, () -> payments.creation(_ -> {}));
            var purchase = http.busy(time, () -> purchase(server.token()));
            paid.add(payment.micros());
            bought.add(purchase.micros());
            paymentRates.add(number(payment.perSecond()));
            purchaseRates.add(number(purchase.perSecond()));
            paymentSum += payment.perSecond();
            purchaseSum += purchase.perSecond();
        }
        var header = new ArrayList<>(List.of("%d rounds in turn".formatted(rounds)));
        header.addAll(Callers.COLUMNS);
        out.table(
                header,
                List.of(
                        row("create a payment, 128 connections", paid, paymentSum / rounds),
                        row("create a purchase, 128 connections", bought, purchaseSum / rounds)));
        out.say("payments   %s", String.join("  ", paymentRates));
        out.say("purchases  %s", String.join("  ", purchaseRates));
        out.measured(Bar.PURCHASE_TO_PAYMENT, purchaseSum / paymentSum);
    }

    private HttpLoad.Request purchase(String token) {
        var number = entered;
        var json = purchase(OVER_HTTP, number);
        var bytes = HttpLoad.post("/compra", token, json);
        entered++;
        return new HttpLoad.Request() {
            @Override
            public byte[] bytes() {
                return bytes;
            }

            @Override
            public void answered(String body) {
                if (!body.contains("\"codigo\"")) {
                    throw new IllegalStateException("not entered: " + body);
                }
            }
        };
    }

    /// The same as lists, each of one call.
    private long lists(Printout out, Server server, Effort effort)
            throws IOException, InterruptedException {
        var lists = effort.of(10, 4, 2);
        var seconds = 0.0;
        for (var i = 0; i < lists; i++) {
            var json = new StringBuilder("{\"compras\":[");
            for (var n = 0; n < LIST; n++) {
                json.append(n == 0 ? "" : ",").append(purchase(IN_LISTS, (long) i * LIST + n));
            }
            var body = json.append("]}").toString().getBytes(StandardCharsets.UTF_8);
            var start = System.nanoTime();
            var answer = server.post("/compra/lote", body);
            seconds += (System.nanoTime() - start) / 1e9;
            require(answer, 200);
            if (JSON.readTree(answer.body()).required("criadas").asLong() != LIST) {
                throw new IllegalStateException("not all of a list was entered");
            }
        }
        out.say(
                "lists of %,d over HTTP: %s purchases/s",
                LIST, number(lists * (double) LIST / seconds));
        return (long) lists * LIST;
    }

    private void statements(Printout out, Server server, Connection observer, Effort effort)
            throws IOException, InterruptedException, SQLException {
        var ids = RawCashbackTables.some(observer, effort.of(STATEMENTS, 100));
        var micros = Printout.histogram();
        // The first ones are compiled, and bring the index into memory.
        for (var pass = 0; pass < 2; pass++) {
            micros.reset();
            for (var id : ids) {
                var start = System.nanoTime();
                var answer =
                        server.get(
                                "/cashback/extrato?mes=%s&revendedor_id=%s".formatted(month, id));
                micros.recordValue((System.nanoTime() - start) / 1_000);
                require(answer, 200);
            }
        }
        out.table(
                List.of("one reseller's month over HTTP", "p50", "p90", "p99", "max"),
                List.of(cells("one after the other", micros)));
        out.measured(Bar.STATEMENT, micros.getValueAtPercentile(99) / 1_000.0);
    }

    private void close(Printout out, Server server, Connection observer, int resellers, int each)
            throws IOException, InterruptedException, SQLException {
        var first = month.atDay(1);
        RawCashbackTables.copy(observer);
        BenchTables.settle(observer);
        var sum = RawCashbackTables.sumSeconds(observer, first);
        var raw = RawCashbackTables.closeSeconds(observer, first);
        BenchTables.settle(observer);
        var start = System.nanoTime();
        require(server.post("/cashback/fechamentos", body(first)), 200);
        var seconds = (System.nanoTime() - start) / 1e9;
        var again = System.nanoTime();
        require(server.post("/cashback/fechamentos", body(first)), 200);
        out.table(
                List.of(
                        "the close of %,d resellers with %,d purchases"
                                .formatted(resellers, (long) resellers * each),
                        "seconds",
                        "resellers/s"),
                List.of(
                        List.of("by the product", number(seconds), number(resellers / seconds)),
                        List.of("the same by raw SQL", number(raw), number(resellers / raw)),
                        List.of("closed again", number((System.nanoTime() - again) / 1e9), ""),
                        List.of("all purchases summed up by raw SQL", number(sum), "")));
        out.say(
                "product / raw SQL: %.2f; / raw SQL that sums all purchases first: %.2f",
                seconds / raw, seconds / (raw + sum));
    }

    private byte[] body(LocalDate first) {
        return "{\"mes\":\"%s\"}".formatted(YearMonth.from(first)).getBytes(StandardCharsets.UTF_8);
    }

    /// Each purchase exists once, raw SQL and the product credited the same, and every proof of the
    /// product holds.
    private boolean proof(Printout out, Server server, Connection observer, long listed)
            throws IOException, InterruptedException, SQLException {
        var overHttp = RawCashbackTables.purchases(observer, OVER_HTTP);
        var inLists = RawCashbackTables.purchases(observer, IN_LISTS);
        var once = overHttp == entered && inLists == listed;
        out.say(
                "the books: %,d purchases of %,d entered one by one, %,d of %,d in lists: %s",
                overHttp, entered, inLists, listed, once ? "each once" : "NOT EACH ONCE");
        var credited = RawCashbackTables.creditedCents(observer);
        var same = credited == RawCashbackTables.rawCreditedCents(observer);
        out.say("credited: %,d cents, raw SQL %s", credited, same ? "the same" : "NOT THE SAME");
        server.complaints().forEach(line -> out.say("server: %s", line));
        try {
            server.audit().forEach(line -> out.say("audit: %s", line));
        } catch (Server.NotConserved wrong) {
            out.say("audit: %s", wrong.getMessage());
            return false;
        }
        return once && same;
    }

    private static String purchase(String prefix, long number) {
        return "{\"codigo\":\"%s%d\",\"valor\":%d.%02d,\"data\":\"2026-01-%02d\",\"cpf\":\"%s\"}"
                .formatted(
                        prefix,
                        number,
                        10 + number % 900,
                        number % 100,
                        1 + number % 28,
                        cpf((int) (number % BUYERS)));
    }

    private static String cpf(int buyer) {
        var base = Integer.toString(FIRST_BUYER + buyer);
        return base + TaxId.Cpf.checkDigits(base);
    }

    private static List<String> row(String name, Histogram micros, double perSecond) {
        var row = new ArrayList<>(List.of(name));
        row.addAll(new Callers.Measured(micros, perSecond).cells());
        return row;
    }

    private static List<String> cells(String name, Histogram micros) {
        var row = new ArrayList<>(List.of(name));
        row.addAll(Printout.percentiles(micros));
        return row;
    }

    private static void require(Server.Answer answer, int status) {
        if (answer.status() != status) {
            throw new IllegalStateException("answered " + answer.status() + ": " + answer.body());
        }
    }
}
