package vintem.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import vintem.Http;
import vintem.Http.Answer;
import vintem.Node;
import vintem.Query;
import vintem.World;
import vintem.bank.EndToEndId;
import vintem.platform.BusinessDays;
import vintem.platform.EmbeddedPostgres.Address;
import vintem.platform.Ids;
import vintem.platform.Together;

/// Money moves in all five capabilities at once, over whichever nodes there are.
///
/// Everybody does what a careful caller does: who gets no answer, or one that says *not now*, says
/// the same again, to any node, with the same key or the same id. So in the end everything that
/// anybody wanted was acknowledged, and must be there once.
final class LiveLoad implements AutoCloseable {
    /// What is done, and what was acknowledged of it.
    enum Kind {
        PAYMENT,
        EXPIRING,
        BATCH,
        FILE,
        PURCHASE,
        ALLOCATION
    }

    private static final int ITEMS = 20;
    static final int ROWS = 20;
    private static final int PURCHASE_CENTS = 15_000;
    private static final int ALLOCATION_REAIS = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration BEFORE_ASKING = Duration.ofSeconds(5);
    private static final Duration PACE = Duration.ofMillis(20);
    private static final String CPF = "52998224725";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Supplier<List<Node>> nodes;
    private final Set<Kind> kinds;
    private final String run;
    private final long seed;
    private final String token;
    private final long client;
    private final YearMonth lastMonth =
            YearMonth.from(BusinessDays.today(Clock.systemUTC())).minusMonths(1);
    private final HttpClient sockets = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<Void>> callers = new ArrayList<>();
    private final List<Viewer> viewers = new java.util.concurrent.CopyOnWriteArrayList<>();
    private final Map<Kind, Map<String, Long>> acknowledged = new ConcurrentHashMap<>();
    private final AtomicInteger unanswered = new AtomicInteger();
    private final AtomicInteger reconnected = new AtomicInteger();
    private final AtomicInteger askedInstead = new AtomicInteger();
    private volatile boolean enough;

    LiveLoad(Supplier<List<Node>> nodes, long seed) {
        this(nodes, seed, EnumSet.allOf(Kind.class));
    }

    /// @param nodes those that may be asked at this moment
    /// @param kinds what all of them can do
    LiveLoad(Supplier<List<Node>> nodes, long seed, Set<Kind> kinds) {
        this.nodes = nodes;
        this.kinds = kinds;
        this.seed = seed;
        this.run = Long.toString(seed, 36) + "-" + Ids.next().toString().substring(24);
        for (var kind : Kind.values()) {
            acknowledged.put(kind, new ConcurrentHashMap<>());
        }
        var first = nodes.get().getFirst();
        token = first.admin().header("Authorization").substring("Bearer ".length());
        client = kinds.contains(Kind.ALLOCATION) ? client(admin(first)) : 0;
        if (kinds.contains(Kind.PURCHASE)) {
            registerReseller(first.nobody());
        }
    }

    private long client(Http admin) {
        var answer =
                admin.post(
                        "/clients",
                        "{\"name\":\"Ana\",\"email\":\"%s@example.com\"}".formatted(run));
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.json().required("id").asLong();
    }

    private void registerReseller(Http nobody) {
        var answer =
                nobody.post(
                        "/revendedor",
                        """
                        {"full_name":"Ana","username":"u%s","password":"a good password",
                        "cpf":"%s","email":"%s@example.com"}"""
                                .formatted(run, CPF, run));
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    }

    /// Everybody begins, until [#finish].
    void start() {
        caller(Kind.PAYMENT, "payer", this::payWatched);
        caller(Kind.PAYMENT, "payer too", this::payWatched);
        caller(Kind.EXPIRING, "who never pays", this::letExpire);
        caller(Kind.BATCH, "payer of many", this::payBatch);
        caller(Kind.FILE, "biller", this::sendFile);
        caller(Kind.PURCHASE, "seller", this::sell);
        caller(Kind.ALLOCATION, "investor", this::invest);
        callers.add(threads.submit(this::keepLooking));
    }

    /// Somebody looks at captado on this node, and goes to another one when it is gone.
    void look(Node node) {
        var viewer = new Viewer(Integer.toString(viewers.size()));
        viewer.open(node);
        viewers.add(viewer);
    }

    /// Waits until each kind has gone on by so many, whatever happens meanwhile.
    void awaitProgress(int payments) {
        var before = new ConcurrentHashMap<Kind, Integer>();
        kinds.forEach(kind -> before.put(kind, count(kind)));
        Together.until(
                "all kinds of load go on",
                () -> {
                    failEarly();
                    return count(Kind.PAYMENT) >= before.get(Kind.PAYMENT) + payments
                            && before.keySet().stream()
                                    .allMatch(kind -> count(kind) > before.get(kind));
                });
    }

    /// What was acknowledged so far, by kind: ids, or what is as good.
    Map<Kind, Set<String>> known() {
        var known = new ConcurrentHashMap<Kind, Set<String>>();
        acknowledged.forEach((kind, each) -> known.put(kind, Set.copyOf(each.keySet())));
        return known;
    }

    int count(Kind kind) {
        return acknowledged.get(kind).size();
    }

    int unanswered() {
        return unanswered.get();
    }

    int reconnected() {
        return reconnected.get();
    }

    /// Nobody begins anything new; everybody ends what they have begun.
    void finish() {
        enough = true;
        for (var caller : callers) {
            outcome(caller);
        }
    }

    String summary() {
        return "%d payments, %d expired, %d payouts, %d debts, %d purchases, %d allocations; %d requests without an answer, %d sockets opened again, %d payers who had to ask"
                .formatted(
                        count(Kind.PAYMENT),
                        count(Kind.EXPIRING),
                        sum(Kind.BATCH),
                        sum(Kind.FILE),
                        count(Kind.PURCHASE),
                        count(Kind.ALLOCATION),
                        unanswered(),
                        reconnected(),
                        askedInstead.get());
    }

    /// After [#finish]: everything comes to its end, everything is there, and nothing is twice.
    void prove(Address database) {
        settleBatches();
        Together.until(
                "all files are imported",
                () ->
                        number(
                                        database,
                                        "select coalesce(sum(imported), 0) from debt_file where"
                                                + " status = 'done'")
                                == sum(Kind.FILE));
        Together.until(
                "what nobody pays expires",
                () ->
                        number(database, "select count(*) from payment where status = 'expired'")
                                == count(Kind.EXPIRING));
        if (kinds.contains(Kind.PURCHASE)) {
            closeMonth();
        }
        everyoneSeesTheSame();

        // Each charge has one, too.
        is(
                database,
                "select count(*) from payment",
                count(Kind.PAYMENT) + count(Kind.EXPIRING) + sum(Kind.FILE));
        is(database, "select count(*) from payment where status = 'paid'", count(Kind.PAYMENT));
        var confirmed = "from transfer where kind = 'payment_confirmed'";
        is(database, "select count(*) " + confirmed, count(Kind.PAYMENT));
        is(database, "select count(distinct subject_id) " + confirmed, count(Kind.PAYMENT));
        is(database, "select sum(amount_cents) " + confirmed, sum(Kind.PAYMENT));
        is(
                database,
                "select count(*) from simulated_bank.statement_line where kind = 'receipt'",
                count(Kind.PAYMENT));
        // The news of each expiry: a job that runs on all nodes has told it once.
        is(
                database,
                "select count(*) from outbox where type = 'payment.expired'",
                count(Kind.EXPIRING));

        is(database, "select count(*) from payout where status = 'paid'", sum(Kind.BATCH));
        is(database, "select count(*) from payout", sum(Kind.BATCH));
        is(
                database,
                "select count(*) from simulated_bank.statement_line where kind = 'payment'",
                sum(Kind.BATCH));
        is(database, "select count(*) from simulated_bank.payment where times_received > 1", 0);

        is(database, "select count(*) from charge", sum(Kind.FILE));
        is(database, "select count(*) from transfer where kind = 'charge_made'", sum(Kind.FILE));
        is(database, "select count(*) from charge_email", sum(Kind.FILE));

        is(
                database,
                "select count(*) from purchase where status = 'approved'",
                count(Kind.PURCHASE));
        is(database, "select count(*) from purchase", count(Kind.PURCHASE));
        is(
                database,
                "select count(*) from transfer where kind = 'cashback_credited'",
                count(Kind.PURCHASE) == 0 ? 0 : 1);
        is(
                database,
                "select sum(amount_cents) from transfer where kind = 'cashback_credited'",
                // More than R$ 1,500.00 in the month.
                (long) count(Kind.PURCHASE) * PURCHASE_CENTS / 5);

        is(database, "select count(*) from allocation", count(Kind.ALLOCATION));
        is(database, "select count(*) from outbox_parked", 0);
    }

    @Override
    public void close() {
        enough = true;
        callers.forEach(it -> it.cancel(true));
        threads.shutdownNow();
        viewers.forEach(Viewer::leave);
        sockets.shutdownNow();
    }

    private interface Piece {
        void once(Random random);
    }

    private void caller(Kind kind, String name, Piece piece) {
        if (!kinds.contains(kind)) {
            return;
        }
        // Of one seed, and yet each does something else.
        var random = new Random(seed * 31 + name.hashCode());
        callers.add(
                threads.submit(
                        () -> {
                            while (!enough) {
                                piece.once(random);
                                Together.pause(PACE);
                            }
                            return null;
                        }));
    }

    private void payWatched(Random random) {
        var cents = 100 + random.nextInt(100_000);
        var body = "{\"value\":%s}".formatted(reais(cents));
        var payment = post(random, "/payments/pix", body, 200).json().required("payment");
        var id = payment.required("id").asText();
        var payer = new Payer(id);
        payer.open(any(random));
        var said =
                "{\"bank_payment_id\":\"%s\",\"value\":%s,\"end_to_end_id\":\"%s\"}"
                        .formatted(
                                payment.required("txid").asText(),
                                reais(cents),
                                EndToEndId.create("12345678", Instant.now()).value());
        insist(
                random,
                node ->
                        node.nobody()
                                .bearer(World.BANK_SECRET)
                                .post("/payments/pix/confirmation", said),
                Set.of(200),
                Set.of());
        acknowledged.get(Kind.PAYMENT).put(id, (long) cents);
        payer.awaitPaid(random);
    }

    private void letExpire(Random random) {
        var id =
                post(random, "/payments/pix", "{\"value\":1,\"expires_in\":1}", 200)
                        .json()
                        .at("/payment/id")
                        .asText();
        acknowledged.get(Kind.EXPIRING).put(id, 100L);
        Together.pause(Duration.ofMillis(500));
    }

    /// Without a key: whoever says a batch again is told of each payout what became of it.
    private void payBatch(Random random) {
        var id = "%s-%d".formatted(run, count(Kind.BATCH));
        submit(random, id);
        acknowledged.get(Kind.BATCH).put(id, (long) ITEMS);
        Together.pause(Duration.ofMillis(400));
    }

    private void submit(Random random, String batch) {
        var items = new ArrayList<String>();
        for (var i = 0; i < ITEMS; i++) {
            var scenario = i == 0 ? "silent-paid" : i == 1 ? "slow" : "confirmed";
            items.add(
                    "{\"external_id\":\"%s-%d\",\"amount_cents\":%d,\"pix_key\":\"%s@sandbox.vintem.invalid\"}"
                            .formatted(batch, i, 100 + i, scenario));
        }
        var body = "{\"batch_id\":\"%s\",\"items\":[%s]}".formatted(batch, String.join(",", items));
        insist(random, node -> admin(node).post("/payouts/batch", body), Set.of(200), Set.of());
    }

    /// A file that is sent again is the same file.
    private void sendFile(Random random) {
        var number = count(Kind.FILE);
        var text = new StringBuilder("name,governmentId,email,debtAmount,debtDueDate,debtId\n");
        for (var i = 0; i < ROWS; i++) {
            var debt = "%s-%d-%d".formatted(run, number, i);
            text.append("Ana,9558,%s@mail.example,%d.50,2022-10-12,%s\n".formatted(debt, i, debt));
        }
        var bytes = text.toString().getBytes(UTF_8);
        var answer =
                insist(
                        random,
                        node ->
                                admin(node)
                                        .with("Content-Type", "text/csv")
                                        .post("/billing/files?name=" + number, bytes),
                        Set.of(200, 202),
                        Set.of());
        acknowledged.get(Kind.FILE).put(answer.json().required("id").asText(), (long) ROWS);
        Together.pause(Duration.ofMillis(1_500));
    }

    private void sell(Random random) {
        var code = "%s-%d".formatted(run, count(Kind.PURCHASE));
        var body =
                "{\"codigo\":\"%s\",\"valor\":%s,\"data\":\"%s\",\"cpf\":\"%s\"}"
                        .formatted(code, reais(PURCHASE_CENTS), lastMonth.atDay(10), CPF);
        var id = post(random, "/compra", body, 201).json().required("id").asText();
        // Who says again what was done already is told that there is no such move.
        insist(
                random,
                node -> admin(node).post("/compra/" + id + "/status", "{\"status\":\"Aprovado\"}"),
                Set.of(200),
                Set.of(409));
        acknowledged.get(Kind.PURCHASE).put(id, (long) PURCHASE_CENTS);
    }

    private void invest(Random random) {
        var body =
                "{\"client_id\":%d,\"asset_symbol\":\"PETR4\",\"quantity\":1,\"buy_price\":%d}"
                        .formatted(client, ALLOCATION_REAIS);
        var id = post(random, "/allocations", body, 201).json().required("id").asText();
        acknowledged.get(Kind.ALLOCATION).put(id, 1L);
    }

    private Void keepLooking() {
        var random = new Random(seed);
        while (!enough) {
            for (var viewer : viewers) {
                if (viewer.ended) {
                    reconnected.incrementAndGet();
                    viewer.open(any(random));
                }
            }
            Together.pause(PACE);
        }
        return null;
    }

    /// What is not known is waited for; what the bank never got is sent again.
    private void settleBatches() {
        var random = new Random(seed);
        for (var batch : acknowledged.get(Kind.BATCH).keySet()) {
            Together.until(
                    "batch " + batch + " is paid",
                    () -> {
                        var report = admin(any(random)).get("/payouts/batches/" + batch).json();
                        if (report.path("processing").asInt() == 0
                                && report.path("failed").asInt() > 0) {
                            submit(random, batch);
                        }
                        return report.path("successful").asInt() == ITEMS;
                    });
        }
    }

    /// By all nodes at once; whoever comes second finds it closed.
    private void closeMonth() {
        var closed =
                Together.atOnce(
                        nodes.get().stream()
                                .<Callable<Answer>>map(
                                        node ->
                                                () ->
                                                        admin(node)
                                                                .post(
                                                                        "/cashback/fechamentos",
                                                                        "{\"mes\":\"%s\"}"
                                                                                .formatted(
                                                                                        lastMonth)))
                                .toList());
        assertThat(closed).allSatisfy(it -> assertThat(it.status()).as(it.body()).isEqualTo(200));
    }

    /// Every screen, on whichever node it has come to be, shows all that was bought.
    private void everyoneSeesTheSame() {
        var random = new Random(seed);
        for (var viewer : viewers) {
            Together.until(
                    "viewer " + viewer.name + " sees everything",
                    () -> {
                        if (viewer.ended) {
                            viewer.open(any(random));
                        }
                        return viewer.captado() == (long) count(Kind.ALLOCATION) * ALLOCATION_REAIS;
                    });
        }
    }

    /// With a key of its own, kept for as long as it is said again.
    private Answer post(Random random, String path, String body, int good) {
        var key = Ids.next().toString();
        return insist(
                random,
                node -> admin(node).with("Idempotency-Key", key).post(path, body),
                Set.of(good),
                Set.of());
    }

    /// Says it until it is answered.
    ///
    /// @param alsoGood right once an answer was lost: it may have been done
    private Answer insist(
            Random random, Function<Node, Answer> call, Set<Integer> good, Set<Integer> alsoGood) {
        var lost = false;
        var until = Instant.now().plus(PATIENCE);
        while (true) {
            var node = any(random);
            try {
                var answer = call.apply(node);
                if (good.contains(answer.status()) || lost && alsoGood.contains(answer.status())) {
                    return answer;
                }
                assertThat(answer.status() == 503 || answer.body().contains("request-in-flight"))
                        .as(() -> "%d %s\n%s".formatted(answer.status(), answer.body(), because()))
                        .isTrue();
                lost = true;
            } catch (UncheckedIOException gone) {
                lost = true;
                unanswered.incrementAndGet();
            }
            assertThat(Instant.now()).as("an answer in the end").isBefore(until);
            Together.pause(PACE);
        }
    }

    private Node any(Random random) {
        var all = nodes.get();
        return all.get(random.nextInt(all.size()));
    }

    private Http admin(Node node) {
        return node.nobody().bearer(token);
    }

    private String because() {
        return "-Dvintem.seed=" + seed;
    }

    /// A caller that has failed is not waited for.
    private void failEarly() {
        callers.stream().filter(Future::isDone).forEach(LiveLoad::outcome);
    }

    private static void outcome(Future<Void> caller) {
        try {
            caller.get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        } catch (ExecutionException failed) {
            throw new AssertionError(failed.getCause());
        }
    }

    private long sum(Kind kind) {
        return acknowledged.get(kind).values().stream().mapToLong(it -> it).sum();
    }

    private void is(Address database, String sql, long expected) {
        assertThat(number(database, sql)).as("%s (%s)", sql, because()).isEqualTo(expected);
    }

    private static long number(Address database, String sql) {
        var text = Query.one(database, sql);
        return text == null ? 0 : new java.math.BigDecimal(text).longValueExact();
    }

    private static String reais(long cents) {
        return "%d.%02d".formatted(cents / 100, cents % 100);
    }

    /// A WebSocket whose texts are read as they come; it ends when its node does.
    private abstract class Screen implements WebSocket.Listener {
        private final StringBuilder part = new StringBuilder();
        private volatile WebSocket socket;
        volatile boolean ended = true;

        abstract String path();

        abstract void shows(String text);

        /// Tries this node once; whether it is open, [#ended] says.
        void open(Node node) {
            try {
                part.setLength(0);
                ended = false;
                socket =
                        sockets.newWebSocketBuilder()
                                .connectTimeout(Duration.ofSeconds(10))
                                .header("Authorization", "Bearer " + token)
                                .buildAsync(
                                        URI.create(node.base().replace("http:", "ws:") + path()),
                                        this)
                                .join();
            } catch (CompletionException refused) {
                if (!(refused.getCause() instanceof IOException)
                        || refused.getCause() instanceof SocketTimeoutException) {
                    throw refused;
                }
                ended = true;
            }
        }

        void leave() {
            if (socket != null) {
                socket.abort();
            }
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
            part.append(text);
            if (last) {
                shows(part.toString());
                part.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            ended = true;
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable broken) {
            ended = true;
        }
    }

    /// Somebody with a payment's page: hears of it, connects again, and asks now and then.
    private final class Payer extends Screen {
        private final String id;
        private volatile boolean paid;

        Payer(String id) {
            this.id = id;
        }

        @Override
        String path() {
            return "/ws/payments/" + id;
        }

        @Override
        void shows(String text) {
            if (text.contains("\"status\":\"paid\"")) {
                paid = true;
            }
        }

        /// A node that dies between its commit and its hint tells nobody: then asking does it, as
        /// the page does.
        void awaitPaid(Random random) {
            var since = Instant.now();
            while (!paid) {
                if (ended) {
                    reconnected.incrementAndGet();
                    open(any(random));
                }
                Together.pause(Duration.ofMillis(2));
                if (Instant.now().isAfter(since.plus(BEFORE_ASKING))) {
                    askedInstead.incrementAndGet();
                    var answer =
                            insist(
                                    random,
                                    node ->
                                            node.nobody()
                                                    .with("Accept", "application/json")
                                                    .get("/payments/pix/" + id),
                                    Set.of(200),
                                    Set.of());
                    assertThat(answer.json().required("status").asText()).isEqualTo("paid");
                    break;
                }
            }
            leave();
        }
    }

    /// Somebody who looks at what clients have put in.
    private final class Viewer extends Screen {
        private final String name;
        private volatile String latest = "[]";

        Viewer(String name) {
            this.name = name;
        }

        @Override
        String path() {
            var month = YearMonth.from(BusinessDays.today(Clock.systemUTC()));
            return "/ws/captado?month=%d&year=%d".formatted(month.getMonthValue(), month.getYear());
        }

        @Override
        void shows(String text) {
            latest = text;
        }

        long captado() {
            try {
                for (JsonNode each : JSON.readTree(latest)) {
                    if (each.path("client_id").asLong() == client) {
                        return each.at("/anual/captado").decimalValue().longValue();
                    }
                }
                return 0;
            } catch (IOException notJson) {
                throw new UncheckedIOException(notJson);
            }
        }
    }
}
