package vintem.bench;

import static vintem.bench.Printout.millis;
import static vintem.bench.Printout.number;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.HdrHistogram.Histogram;

/// Every page of the console with a million rows behind it: how long the whole answer takes, as
/// whoever looks at it waits for it, and what it weighs.
///
/// Payments, payouts and deliveries are put there by SQL over half a year of days, purchases as in
/// [CashbackBench]; debts come as a file through the product. It runs meanwhile and keeps its sums
/// as it always does. Afterwards all proofs hold.
final class PagesBench implements Benchmark {
    private static final String HEAP = "512m";
    private static final int TIMES = 20;
    private static final int WARM_UP = 3;
    private static final int PER_RESELLER = 100;
    private static final int TIED_DAYS = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ZoneId SAO_PAULO = ZoneId.of("America/Sao_Paulo");
    private static final Pattern ASSET = Pattern.compile("(?:href|src)=\"(/web/[^\"#]+)");

    private enum Way {
        GET,
        SEARCH
    }

    /// @param what its path, or what is looked for
    private record Asked(Way way, String name, String what) {
        static Asked page(String path) {
            return new Asked(Way.GET, path.replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}", "…"), path);
        }

        static Asked search(String by, String what) {
            return new Asked(Way.SEARCH, "search by " + by, what);
        }

        Server.Answer of(Server server) throws IOException, InterruptedException {
            return switch (way) {
                case GET -> server.get(what);
                case SEARCH -> server.form("/app/search", "q=" + encoded(what));
            };
        }
    }

    private record Seen(Asked asked, Histogram micros, int status, double kilobytes) {
        double millisAt50() {
            return micros.getValueAtPercentile(50) / 1_000.0;
        }

        List<String> row() {
            return List.of(
                    asked.name(),
                    Integer.toString(status),
                    millis(micros.getValueAtPercentile(50)),
                    millis(micros.getMaxValue()),
                    number(kilobytes));
        }
    }

    private final Map<String, Long> weights = new HashMap<>();

    @Override
    public String name() {
        return "pages";
    }

    @Override
    public boolean run(Printout out, Effort effort)
            throws IOException, InterruptedException, SQLException {
        try (var scratch = Scratch.create()) {
            // Nobody is written to, and no day is read from the bank but those that are asked for.
            var settings = Map.of("VINTEM_BILLING_EMAILS", "false", "VINTEM_BCRYPT_COST", "4");
            var server = Server.start(scratch, HEAP, settings);
            try (var observer = server.database().connect()) {
                out.hardware(observer);
                fill(out, scratch, server, observer, effort);
                var pages = pages(observer);
                var seen = new ArrayList<Seen>();
                for (var each : pages) {
                    seen.add(look(server, each));
                }
                print(out, seen);
                return proof(out, server);
            }
        }
    }

    private static void fill(
            Printout out, Scratch scratch, Server server, Connection observer, Effort effort)
            throws IOException, InterruptedException, SQLException {
        var start = System.nanoTime();
        RawPageTables.fill(observer, effort.of(1_000_000, 100_000), effort.of(300_000, 30_000));
        RawPageTables.deliveries(observer, effort.of(300_000, 30_000));
        RawCashbackTables.fill(
                observer,
                effort.of(10_000, 1_000),
                PER_RESELLER,
                YearMonth.now(SAO_PAULO).minusMonths(1).atDay(1));
        RawPageTables.name(observer, effort.of(10_000, 1_000));
        var file = scratch.directory().resolve("debts.csv");
        BillingLoad.write(file, effort.of(1_000_000, 500_000, 50_000), false);
        send(server, file);
        for (var days = 1; days <= TIED_DAYS; days++) {
            var day = RawPageTables.daysAgo(observer, days + 1);
            server.post(
                    "/reconciliation/statements/rail",
                    "{\"day\":\"%s\"}".formatted(day).getBytes(StandardCharsets.UTF_8));
        }
        RawPageTables.vacuum(observer);
        BenchTables.settle(observer);
        out.say(
                "filled in %s s: %s",
                number((System.nanoTime() - start) / 1e9),
                String.join(", ", RawPageTables.counts(observer)));
    }

    private static void send(Server server, Path file) throws IOException, InterruptedException {
        var start = System.nanoTime();
        var answer = server.upload("/billing/files?name=debts.csv", "text/csv", file);
        var state = JSON.readTree(answer.body());
        while (!state.path("status").asText().equals("done")) {
            if (System.nanoTime() - start > PATIENCE.toNanos()
                    || !state.path("status").asText().equals("importing")) {
                throw new IllegalStateException("the file is not done: " + state);
            }
            Thread.sleep(BETWEEN_LOOKS);
            state = JSON.readTree(server.get("/billing/files/" + state.get("id").asText()).body());
        }
    }

    /// The lists from their beginning and from their middle, by each of their filters; one thing of
    /// each kind, the older the better; and every way of looking for something.
    private static List<Asked> pages(Connection observer) throws SQLException {
        var payment = RawPageTables.oldPayment(observer);
        var payout = RawPageTables.oldPayout(observer);
        var charge = RawPageTables.charge(observer);
        var day = RawPageTables.daysAgo(observer, 90);
        var pages =
                new ArrayList<>(
                        List.of(
                                Asked.page("/app"),
                                Asked.search("id", payment[0]),
                                Asked.search("txid", payment[1]),
                                Asked.search("end-to-end id", payment[2]),
                                Asked.search("reference", payment[3]),
                                Asked.search("payer's CPF", payment[4]),
                                Asked.search("amount", payment[5].replaceFirst("(..)$", ",$1")),
                                Asked.search("external_id", payout[0]),
                                Asked.search("payout's end-to-end id", payout[4]),
                                Asked.search("Pix key", payout[3]),
                                Asked.search("debtId", charge[1]),
                                Asked.search("e-mail", charge[2]),
                                Asked.search("name", charge[4]),
                                Asked.search("purchase code", RawPageTables.purchase(observer)),
                                Asked.search("nothing", "there is no such thing"),
                                Asked.page("/app/story/" + payment[0]),
                                Asked.page("/app/story/" + payout[1]),
                                Asked.page("/app/story/" + charge[0]),
                                Asked.page("/app/story/" + RawPageTables.receipt(observer))));
        for (var path :
                List.of(
                        "/app/ledger",
                        "/app/ledger?as_of=" + day,
                        "/app/ledger/months",
                        "/app/ledger/months?month=" + YearMonth.from(day),
                        "/app/ledger/bank",
                        "/app/ledger/bank?after=" + RawPageTables.deepPlace(observer),
                        "/app/ledger/bank?as_of=" + day,
                        "/app/ledger/sales",
                        "/app/ledger/in_transit",
                        "/app/ledger/receivable",
                        "/app/ledger/unidentified",
                        "/app/ledger/cashback_pending",
                        "/app/payments",
                        "/app/payments?after=" + payment[0],
                        "/app/payments?status=paid",
                        "/app/payments?status=active",
                        "/app/payments?status=expired",
                        "/app/payments?status=refunded",
                        "/app/payments?q=" + payment[3],
                        "/app/payments/one?id=" + payment[0],
                        "/app/payments/unmatched",
                        "/app/payouts",
                        "/app/payouts/batch?id=" + payout[2],
                        "/app/payouts/batch?id=" + payout[2] + "&status=failed",
                        "/app/payouts/one?external_id=" + payout[0],
                        "/app/payouts/holds",
                        "/app/reconciliation",
                        "/app/reconciliation/day?date=" + RawPageTables.daysAgo(observer, 2),
                        "/app/billing",
                        "/app/billing/file?id=" + charge[3],
                        "/app/billing/charges",
                        "/app/billing/charges?after=" + charge[0],
                        "/app/billing/charges?status=open",
                        "/app/billing/charges?status=paid",
                        "/app/billing/charges?debtor=" + encoded(charge[4]),
                        "/app/billing/charges?debtor=" + encoded(charge[2]),
                        "/app/billing/charges?due_from=2023-01-01&due_to=2023-01-31",
                        "/app/billing/charges?file_id=" + charge[3],
                        "/app/billing/charge?id=" + charge[0],
                        "/app/billing/unknown",
                        "/app/billing/suppressions",
                        "/app/billing/outbox",
                        "/app/purchases",
                        "/app/purchases?status=approved&page=9",
                        "/app/purchases?status=validating",
                        "/app/purchases?q=bench-1",
                        "/app/purchases/rates",
                        "/app/purchases/closes",
                        "/app/webhooks",
                        "/app/webhooks/endpoint?id=" + RawPageTables.endpoint(observer),
                        "/app/webhooks/deliveries",
                        "/app/webhooks/deliveries?status=dead",
                        "/app/webhooks/deliveries?status=waiting",
                        "/app/webhooks/deliveries?status=dead&type=payout.paid",
                        "/app/webhooks/delivery?id=" + RawPageTables.delivery(observer),
                        "/app/investments",
                        "/app/access/log",
                        "/app/access/reads",
                        "/app/privacy",
                        "/app/settings",
                        "/app/parked-events",
                        "/app/sandbox",
                        "/app/docs/console")) {
            pages.add(Asked.page(path));
        }
        return pages;
    }

    private Seen look(Server server, Asked asked) throws IOException, InterruptedException {
        var micros = Printout.histogram();
        var answer = asked.of(server);
        for (var i = 1; i < WARM_UP; i++) {
            asked.of(server);
        }
        for (var i = 0; i < TIMES; i++) {
            var start = System.nanoTime();
            answer = asked.of(server);
            micros.recordValue((System.nanoTime() - start) / 1_000);
        }
        if (answer.status() != 200 && answer.status() != 303) {
            throw new IllegalStateException(
                    asked.name() + " answered " + answer.status() + ": " + answer.body());
        }
        return new Seen(asked, micros, answer.status(), weight(server, answer) / 1024.0);
    }

    private static void print(Printout out, List<Seen> seen) {
        out.table(
                List.of("page, %d times".formatted(TIMES), "", "p50", "max", "KB, compressed"),
                seen.stream().map(Seen::row).toList());
        var slowest = seen.stream().mapToDouble(Seen::millisAt50).max().orElse(0);
        out.measured(Bar.PAGE, slowest);
        out.measured(Bar.PAGE_BYTES, seen.stream().mapToDouble(Seen::kilobytes).max().orElse(0));
        out.say(
                "%d pages, slower than 50 ms at p50: %s",
                seen.size(),
                seen.stream()
                        .filter(each -> !Bar.PAGE.isReached(each.millisAt50()))
                        .map(each -> each.asked().name())
                        .collect(Collectors.joining(", ", "", ".")));
    }

    private static boolean proof(Printout out, Server server)
            throws IOException, InterruptedException {
        server.complaints().forEach(line -> out.say("server: %s", line));
        try {
            server.audit().forEach(line -> out.say("audit: %s", line));
        } catch (Server.NotConserved wrong) {
            out.say("audit: %s", wrong.getMessage());
            return false;
        }
        return true;
    }

    /// The page and all that it loads, as a browser that has nothing yet gets it.
    private long weight(Server server, Server.Answer page)
            throws IOException, InterruptedException {
        var weight = compressed(page.body());
        var assets =
                ASSET.matcher(page.body())
                        .results()
                        .map(each -> each.group(1))
                        .collect(Collectors.toSet());
        for (var asset : assets) {
            if (!weights.containsKey(asset)) {
                weights.put(asset, compressed(server.get(asset).body()));
            }
            weight += weights.getOrDefault(asset, 0L);
        }
        return weight;
    }

    private static long compressed(String text) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(bytes)) {
            zip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.size();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
