package vintem.investments;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vintem.Http;
import vintem.RawWebSocket;
import vintem.World;
import vintem.access.AccessLog;
import vintem.access.SocketTickets;
import vintem.investments.ClientTable.Client;
import vintem.platform.Database;
import vintem.platform.Idempotency;
import vintem.platform.PersonalData;
import vintem.platform.RealRedis;
import vintem.platform.Together;

/// Two nodes with one database and one Redis, which comes and goes.
@QuarkusTest
@QuarkusTestResource(World.class)
class OfficeNodesTest {
    private static final LocalDate DAY = LocalDate.of(2026, 7, 10);
    private static final String JULY = "/ws/captado?month=7&year=2026";
    private static final Duration TICK = Duration.ofSeconds(2);

    @Inject Office office;
    @Inject Database database;
    @Inject Idempotency idempotency;
    @Inject SocketTickets tickets;
    @Inject AccessLog log;
    @Inject Clock clock;

    private final Http admin = Http.admin();
    private final ArrayList<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (var each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void a_change_on_one_node_reaches_a_socket_on_the_other_and_is_worked_out_once() {
        var redis = keep(RealRedis.start());
        var one = node(redis.url(), TICK);
        var other = node(redis.url(), TICK);
        Together.until(
                "both hear", () -> one.broadcast.reachesAll() && other.broadcast.reachesAll());
        var ana = office.client("Ana of two nodes");
        var asset = office.asset("BRL");
        var here = keep(viewer(one));
        var there = keep(viewer(other));
        here.next();
        there.next();
        var before = one.captado.computations() + other.captado.computations();
        for (var i = 1; i <= 5; i++) {
            buy(one, ana, asset, "10");
            var sum = 10 * i + ".00";
            here.until(it -> captado(it, ana).equals(sum));
            there.until(it -> captado(it, ana).equals(sum));
        }
        // Each state by one of the two; a state in between may be one more.
        assertThat(one.captado.computations() + other.captado.computations() - before)
                .isBetween(5L, 8L);
    }

    @Test
    void redis_stops_and_starts_again_and_figures_stay_right() {
        var redis = keep(RealRedis.start());
        var one = node(redis.url(), TICK);
        var other = node(redis.url(), TICK);
        Together.until(
                "both hear", () -> one.broadcast.reachesAll() && other.broadcast.reachesAll());
        var ana = office.client("Ana of a lost Redis");
        var asset = office.asset("BRL");
        var here = keep(viewer(one));
        var there = keep(viewer(other));
        buy(one, ana, asset, "10");
        there.until(it -> captado(it, ana).equals("10.00"));
        redis.stop();
        buy(one, ana, asset, "20");
        // Here at once, there with the next tick: nobody tells it any more.
        here.until(it -> captado(it, ana).equals("30.00"));
        there.until(it -> captado(it, ana).equals("30.00"));
        assertThat(one.quotes.price("PETR4")).isInstanceOf(Quotes.Found.Price.class);
        redis.startAgain();
        Together.until(
                "both hear", () -> one.broadcast.reachesAll() && other.broadcast.reachesAll());
        buy(other, ana, asset, "5");
        here.until(it -> captado(it, ana).equals("35.00"));
        there.until(it -> captado(it, ana).equals("35.00"));
        Together.until("it is shared again", () -> one.cache.isShared() && other.cache.isShared());
    }

    @Test
    void a_client_who_was_forgotten_is_in_no_frame_of_any_node_nor_in_redis() {
        var redis = keep(RealRedis.start());
        // Nothing but the hint makes them look again.
        var one = node(redis.url(), Duration.ofHours(1));
        var other = node(redis.url(), Duration.ofHours(1));
        Together.until(
                "both hear", () -> one.broadcast.reachesAll() && other.broadcast.reachesAll());
        var zuleica = office.client("Zuleica of two nodes");
        buy(one, zuleica, office.asset("BRL"), "10");
        var asOf = "&as_of=" + clock.instant();
        var there = keep(viewer(other));
        var then = keep(Viewer.open(other.port(), JULY + asOf, admin.header("Authorization")));
        there.until(it -> name(it, zuleica).equals(zuleica.name()));
        then.until(it -> name(it, zuleica).equals(zuleica.name()));
        assertThat(redis.texts("vintem:cache:frame:*")).anyMatch(it -> it.contains("Zuleica of"));

        var person = new PersonalData.Person(null, zuleica.email(), List.of(), null, List.of());
        var erasure =
                new PersonalData.Erasure(
                        person, "apagado-2", false, clock.instant(), clock.instant());
        database.run(tx -> one.investors.erase(tx, erasure));
        one.everywhere.committed();

        there.until(it -> !it.toString().contains("Zuleica of"));
        then.until(it -> !it.toString().contains("Zuleica of"));
        Together.until(
                "no frame in Redis names them",
                () ->
                        redis.texts("vintem:cache:frame:*").stream()
                                .noneMatch(it -> it.contains("Zuleica of")));
    }

    @Test
    void a_price_that_one_node_was_told_the_other_need_not_ask_for() {
        var redis = keep(RealRedis.start());
        var asked = new java.util.concurrent.atomic.AtomicInteger();
        var market = new SandboxMarket(clock);
        var counting = new CountingMarket(market, asked);
        var one = node(Optional.of(redis.url()), TICK, Duration.ofSeconds(5), counting);
        var other = node(Optional.of(redis.url()), TICK, Duration.ofSeconds(5), counting);
        var symbol = "RADL3";
        var found = Together.atOnce(20, () -> one.quotes.price(symbol));
        assertThat(found).allMatch(found.getFirst()::equals);
        assertThat(other.quotes.price(symbol)).isEqualTo(found.getFirst());
        assertThat(asked).hasValue(1);
    }

    @Test
    void without_redis_the_same_works_in_one_process() {
        var node = node(Optional.empty(), TICK, Duration.ofSeconds(5), new SandboxMarket(clock));
        var ana = office.client("Ana without Redis");
        var asset = office.asset("BRL");
        var viewer = keep(viewer(node));
        viewer.next();
        buy(node, ana, asset, "10");
        viewer.until(it -> captado(it, ana).equals("10.00"));
        node.quotes.price("PRIO3");
        var again = (Quotes.Found.Price) node.quotes.price("PRIO3");
        assertThat(again.stale()).isFalse();
    }

    @Test
    void who_does_not_read_is_dropped_and_the_others_are_served() {
        var node =
                node(
                        Optional.empty(),
                        Duration.ofMillis(100),
                        // A machine under load takes long for eight million characters.
                        Duration.ofSeconds(8),
                        new SandboxMarket(clock));
        var text = "\"" + "x".repeat(8 << 20) + "\"";
        node.router
                .route("/ws/big")
                .handler(
                        routing ->
                                node.sockets.handle(
                                        routing,
                                        () ->
                                                new LiveFrames.Wanted(
                                                        "big", "none", () -> () -> text)));
        var ticket = admin.post("/auth/socket-ticket", "").json().get("ticket").asText();
        try (var slow = RawWebSocket.openSlow(node.port(), "/ws/big?ticket=" + ticket);
                var reader = Viewer.open(node.port(), "/ws/big", admin.header("Authorization"))) {
            assertThat(slow.status()).isEqualTo(101);
            assertThat(reader.next().asText()).hasSize(8 << 20);
            assertThat(node.open.open()).isEqualTo(2);
            // Long before it would have to answer a ping.
            var start = System.nanoTime();
            Together.until("who does not read is dropped", () -> node.open.open() == 1);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isLessThan(Duration.ofSeconds(20));
            reader.next();
        }
    }

    private OfficeNode node(String redisUrl, Duration tick) {
        return node(Optional.of(redisUrl), tick, Duration.ofSeconds(5), new SandboxMarket(clock));
    }

    private OfficeNode node(
            Optional<String> redisUrl, Duration tick, Duration patience, MarketData market) {
        return keep(
                new OfficeNode(
                        database,
                        idempotency,
                        tickets,
                        log,
                        clock,
                        market,
                        redisUrl,
                        tick,
                        patience));
    }

    private <T extends AutoCloseable> T keep(T it) {
        open.add(it);
        return it;
    }

    private Viewer viewer(OfficeNode node) {
        return Viewer.open(node.port(), JULY, admin.header("Authorization"));
    }

    private static void buy(OfficeNode node, Client client, AssetTable.Asset asset, String price) {
        Office.done(
                node.allocations.allocate(
                        new KeepAllocations.Wanted(
                                client.id(),
                                asset.id(),
                                null,
                                BigDecimal.ONE,
                                new BigDecimal(price),
                                DAY),
                        Optional.empty()));
    }

    private static String name(JsonNode frame, Client client) {
        return Viewer.line(frame, client.id()).path("client_name").asText();
    }

    private static String captado(JsonNode frame, Client client) {
        var found = Viewer.line(frame, client.id()).at("/mensal/captado");
        return found.isMissingNode() ? "" : found.decimalValue().setScale(2).toPlainString();
    }
}
