package vintem.payments;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import vintem.platform.RealRedis;
import vintem.platform.Sockets.Limits;
import vintem.platform.Together;

/// What an unchanged `socket.io-client` 4 hears, and what it does not.
class SocketIoTest {
    private static final Map<String, ?> POLLING = Map.of("transports", List.of("polling"));
    private static final Map<String, ?> WEB_SOCKET = Map.of("transports", List.of("websocket"));
    private static final Map<String, ?> BOTH = Map.of();
    private static final Limits IMPATIENT =
            new Limits(100, 1_000, Duration.ofMillis(300), Duration.ofMillis(1_200));

    private static SocketIoClients clients;
    private static int names;
    private LiveServer server = new LiveServer(LiveServer.Settings.usual());

    @BeforeAll
    static void start_clients() {
        clients = new SocketIoClients();
    }

    @AfterAll
    static void stop_clients() {
        clients.close();
    }

    @BeforeEach
    void name() {
        names++;
    }

    @AfterEach
    void stop() {
        clients.disconnectAll();
        server.close();
    }

    static List<Map<String, ?>> transports() {
        return List.of(POLLING, WEB_SOCKET, BOTH);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void a_client_hears_once_that_the_payment_it_watches_is_confirmed(Map<String, ?> transport) {
        var payment = server.payment();
        open("payer", transport);
        clients.watch(name("payer"), payment).await(name("payer"), "ack");
        assertThat(clients.detail(name("payer"), "ack")).isEqualTo("{\"watching\":true}");

        server.confirm(payment);
        server.confirm(payment);
        await("payer", confirmed(payment));
        settle("payer");
        assertThat(count("payer", confirmed(payment))).isOne();
        assertThat(clients.detail(name("payer"), confirmed(payment))).isEqualTo("null");
    }

    @ParameterizedTest
    @MethodSource("transports")
    void another_payers_client_hears_nothing(Map<String, ?> transport) {
        var payment = server.payment();
        open("payer", with(transport, "query", Map.of("payment_id", server.payment())));
        open("other", transport);

        server.confirm(payment);
        settle("payer");
        settle("other");
        assertThat(count("payer", confirmed(payment))).isZero();
        assertThat(count("other", confirmed(payment))).isZero();
    }

    @Test
    void a_client_that_may_choose_moves_from_polling_to_a_websocket() {
        var payment = server.payment();
        open("payer", with(BOTH, "query", Map.of("payment_id", payment)));
        await("payer", "upgrade");
        assertThat(clients.detail(name("payer"), "upgrade")).isEqualTo("websocket");

        server.confirm(payment);
        await("payer", confirmed(payment));
        assertThat(server.sockets.open()).isOne();
    }

    @Test
    void a_payment_is_watched_by_query_and_by_the_page_that_asks() {
        var named = server.payment();
        var shown = server.payment();
        open("payer", with(POLLING, "query", Map.of("payment_id", named)));
        var page = server.url() + "/payments/pix/" + shown + "?lang=en";
        open("other", with(WEB_SOCKET, "extraHeaders", Map.of("Referer", page)));
        Together.until("both are watched", () -> server.broadcast.topics() == 2);

        server.confirm(named);
        server.confirm(shown);
        await("payer", confirmed(named));
        await("other", confirmed(shown));
        settle("payer");
        settle("other");
        assertThat(count("payer", confirmed(shown))).isZero();
        assertThat(count("other", confirmed(named))).isZero();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void who_connects_again_hears_what_was_confirmed_meanwhile(Map<String, ?> transport) {
        var payment = server.payment();
        open("payer", with(transport, "query", Map.of("payment_id", payment)));
        Together.until("it is watched", () -> server.broadcast.topics() == 1);
        clients.disconnect(name("payer")).await(name("payer"), "disconnect");
        Together.until("it is gone", () -> server.socketIo.clients() == 0);

        server.confirm(payment);
        clients.connect(name("payer")).await(name("payer"), "connect", 2);
        await("payer", confirmed(payment));
        settle("payer");
        assertThat(count("payer", confirmed(payment))).isOne();
    }

    @Test
    void a_payment_that_was_confirmed_before_is_told_at_once() {
        var payment = server.payment();
        server.payInSilence(payment);
        open("payer", with(WEB_SOCKET, "query", Map.of("payment_id", payment)));
        await("payer", confirmed(payment));
    }

    @Test
    void what_is_confirmed_while_the_state_is_read_is_not_missed() {
        var payment = server.payment();
        server.meanwhile(() -> server.confirm(payment));
        open("payer", with(POLLING, "query", Map.of("payment_id", payment)));
        await("payer", confirmed(payment));
    }

    @Test
    void only_a_confirmation_is_told() {
        var payment = server.payment();
        open("payer", WEB_SOCKET);
        clients.watch(name("payer"), payment).await(name("payer"), "ack");
        server.change(payment, "expired", "payment-expired");
        // A hint that is not true: nothing was paid.
        server.broadcast.tell("payment:" + payment, "payment-confirmed");
        settle("payer");
        assertThat(count("payer", confirmed(payment))).isZero();
        server.confirm(payment);
        await("payer", confirmed(payment));
    }

    @Test
    void what_cannot_be_watched_is_said_in_the_answer() {
        open("payer", POLLING);
        clients.watch(name("payer"), UUID.randomUUID()).await(name("payer"), "ack");
        assertThat(clients.detail(name("payer"), "ack")).contains("no such payment");
        clients.emit(name("payer"), "watch", "' or 1=1");
        clients.emit(name("payer"), "watch", Map.of("id", 1));
        clients.emit(name("payer"), "something else", 1, 2, 3);
        for (var i = 1; i < 50; i++) {
            clients.watch(name("payer"), server.payment());
        }
        clients.await(name("payer"), "ack", 50);
        clients.watch(name("payer"), server.payment()).await(name("payer"), "ack", 51);
        assertThat(clients.detail(name("payer"), "ack")).contains("too many");
    }

    @ParameterizedTest
    @MethodSource("transports")
    void nothing_is_left_of_a_client_that_has_gone(Map<String, ?> transport) {
        open("payer", with(transport, "query", Map.of("payment_id", server.payment())));
        open("other", with(transport, "reconnection", false));
        Together.until("it is watched", () -> server.broadcast.topics() == 1);
        assertThat(server.sockets.open()).isEqualTo(2);

        clients.disconnect(name("payer")).cut(name("other"));
        Together.until("nobody is left", () -> server.socketIo.clients() == 0);
        Together.until("no place is left", () -> server.sockets.open() == 0);
        assertThat(server.broadcast.topics()).isZero();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void a_client_that_answers_stays_and_one_that_falls_silent_is_dropped(
            Map<String, ?> transport) {
        restart(LiveServer.Settings.usual().with(IMPATIENT));
        open("payer", transport);
        // Several times longer than a silent one is borne.
        Together.pause(Duration.ofMillis(4_500));
        assertThat(count("payer", "disconnect")).isZero();

        signal("STOP");
        try {
            Together.until("it is dropped", () -> server.sockets.open() == 0);
        } finally {
            signal("CONT");
        }
        clients.await(name("payer"), "connect", 2);
    }

    @Test
    void another_namespace_is_refused() {
        clients.open(name("payer"), server.url() + "/admin", Map.of());
        await("payer", "connect_error");
        assertThat(clients.detail(name("payer"), "connect_error")).isEqualTo("Invalid namespace");
    }

    @Test
    void broadcasting_serves_a_page_like_the_originals_from_elsewhere() {
        restart(LiveServer.Settings.usual().tellingAll());
        var elsewhere = Map.of("Origin", "https://loja.example");
        open("payer", with(BOTH, "extraHeaders", elsewhere));
        open("other", with(POLLING, "extraHeaders", elsewhere));
        var payment = server.payment();
        clients.watch(name("other"), payment).await(name("other"), "ack");

        server.confirm(payment);
        server.confirm(payment);
        await("payer", confirmed(payment));
        await("other", confirmed(payment));
        settle("payer");
        settle("other");
        assertThat(count("payer", confirmed(payment))).isOne();
        assertThat(count("other", confirmed(payment))).isOne();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void a_page_from_elsewhere_is_refused_unless_it_is_listed(Map<String, ?> transport) {
        restart(LiveServer.Settings.usual().withOrigins("https://loja.example"));
        var stranger = Map.of("Origin", "https://evil.example");
        clients.open(name("payer"), server.url(), with(transport, "extraHeaders", stranger));
        await("payer", "connect_error");
        open("other", with(transport, "extraHeaders", Map.of("Origin", "https://loja.example")));
        assertThat(count("payer", "connect")).isZero();
    }

    @Test
    void the_payer_on_one_node_hears_of_a_confirmation_on_another() {
        try (var redis = RealRedis.start()) {
            var settings = LiveServer.Settings.usual().withRedis(redis.url());
            restart(settings);
            try (var other = new LiveServer(settings)) {
                Together.until("they know each other", server.broadcast::reachesAll);
                Together.until("they know each other", other.broadcast::reachesAll);
                var first = other.payment();
                var second = other.payment();
                open("payer", with(POLLING, "query", Map.of("payment_id", first)));
                open("other", with(WEB_SOCKET, "query", Map.of("payment_id", second)));
                Together.until("both are watched", () -> server.broadcast.topics() == 2);

                other.confirm(first);
                await("payer", confirmed(first));
                // While nobody hears of it: it is read again when the nodes know each other again.
                redis.stop();
                Together.until("Redis is missed", () -> !other.broadcast.reachesAll());
                other.confirm(second);
                redis.startAgain();
                await("other", confirmed(second));
            }
        }
    }

    @Test
    void a_state_that_cannot_be_read_ends_the_connection_and_the_client_comes_back_for_it() {
        var payment = server.payment();
        open("payer", with(WEB_SOCKET, "query", Map.of("payment_id", payment)));
        Together.until("it is watched", () -> server.broadcast.topics() == 1);
        server.databaseIsAway(true);
        server.confirm(payment);
        await("payer", "disconnect");
        server.databaseIsAway(false);
        await("payer", confirmed(payment));
    }

    private void restart(LiveServer.Settings settings) {
        server.close();
        server = new LiveServer(settings);
    }

    private void open(String who, Map<String, ?> options) {
        clients.open(name(who), server.url(), options).await(name(who), "connect");
    }

    private void await(String who, String event) {
        clients.await(name(who), event);
    }

    private long count(String who, String event) {
        return clients.count(name(who), event);
    }

    /// Whatever was on its way to this client has come: answers keep their order.
    private void settle(String who) {
        var before = clients.count(name(who), "ack");
        clients.watch(name(who), UUID.randomUUID());
        clients.await(name(who), "ack", Math.toIntExact(before) + 1);
    }

    private static String name(String who) {
        return who + "-" + names;
    }

    private static String confirmed(UUID payment) {
        return "payment-confirmed-" + payment;
    }

    private static Map<String, ?> with(Map<String, ?> options, String name, Object value) {
        var more = new java.util.HashMap<String, Object>(options);
        more.put(name, value);
        return more;
    }

    private static void signal(String name) {
        try {
            var pid = Long.toString(clients.process().pid());
            assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor()).isZero();
        } catch (java.io.IOException | InterruptedException failed) {
            throw new AssertionError(failed);
        }
    }
}
