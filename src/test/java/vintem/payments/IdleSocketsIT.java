package vintem.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vintem.Node;
import vintem.platform.Together;

/// Many payers who wait, against the packaged product within a heap of 512 MB.
/// `-Dvintem.tests=campaign` makes them ten thousand.
class IdleSocketsIT {
    private static final int SOCKETS =
            System.getProperty("vintem.tests", "suite").equals("campaign") ? 10_000 : 1_000;
    private static final int TOGETHER = 100;
    private static final int SOCKETS_A_PAYMENT = 10;
    private static final int MOST_BYTES_EACH = 20_000;
    private static final Map<String, String> SETTINGS =
            Map.of(
                    "VINTEM_SOCKETS_PER_ADDRESS", "20000",
                    "VINTEM_SOCKETIO_BROADCAST", "true",
                    "VINTEM_CORS_ORIGINS", "https://painel.example");

    @TempDir private Path temporary;
    private final Vertx vertx = Vertx.vertx();
    private final WebSocketClient client =
            vertx.createWebSocketClient(new WebSocketClientOptions().setMaxConnections(SOCKETS));
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger confirmed = new AtomicInteger();
    private Node node;
    private long before;

    @BeforeEach
    void start() {
        node = Node.start(temporary.resolve("data"), SETTINGS, "-Xmx512m");
        before = node.heapBytes();
    }

    @AfterEach
    void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
        assertThat(node.output()).doesNotContain("ERROR", "OutOfMemoryError");
        node.close();
    }

    @Test
    void payers_with_a_plain_websocket_take_little_and_hear_their_confirmation() {
        var payments = payments(SOCKETS / SOCKETS_A_PAYMENT);
        open(number -> "/ws/payments/" + payments.get(number % payments.size()));
        measure("plain WebSockets");

        pay(payments.getFirst());
        Together.until(
                "those of one payment hear of it", () -> confirmed.get() == SOCKETS_A_PAYMENT);
    }

    @Test
    void clients_of_socket_io_take_little_and_a_page_like_the_originals_is_let_in() {
        open(_ -> "/socket.io/?EIO=4&transport=websocket");
        measure("clients of Socket.IO");

        // Quarkus' own filter would turn this page away: it is not among the listed.
        var elsewhere = node.nobody().with("Origin", "https://loja.example");
        var answer = elsewhere.get("/socket.io/?EIO=4&transport=polling");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(elsewhere.get("/q/health/live").status()).isEqualTo(403);

        pay(payments(1).getFirst());
        Together.until("all hear of it", () -> confirmed.get() == SOCKETS);
    }

    private void measure(String what) {
        Together.until("all are connected", () -> begun.get() == SOCKETS);
        var after = node.heapBytes();
        System.out.printf(
                "%,d %s: heap %,d MB, %,d MB before%n", SOCKETS, what, after >> 20, before >> 20);
        assertThat((after - before) / SOCKETS).isLessThan(MOST_BYTES_EACH);
    }

    private List<String> payments(int count) {
        var admin = node.admin();
        var payments = new ArrayList<String>();
        for (var i = 0; i < count; i++) {
            payments.add(Pix.create(admin, 10.00).get("id").asText());
        }
        return payments;
    }

    private void pay(String payment) {
        var payer = node.nobody().with("Accept", "application/json");
        var answer = payer.post("/payments/pix/" + payment + "/simulation", "");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    private void open(IntFunction<String> path) {
        for (var opened = 0; opened < SOCKETS; opened += TOGETHER) {
            var some = new ArrayList<Future<Void>>();
            for (var i = 0; i < TOGETHER; i++) {
                some.add(connect(path.apply(opened + i)));
            }
            Future.all(some).toCompletionStage().toCompletableFuture().join();
        }
    }

    private Future<Void> connect(String path) {
        var base = URI.create(node.base());
        var options =
                new WebSocketConnectOptions()
                        .setHost(base.getHost())
                        .setPort(base.getPort())
                        .setURI(path);
        return client.connect(options)
                .compose(
                        socket -> {
                            socket.textMessageHandler(text -> hear(socket, text));
                            return path.startsWith("/socket.io/")
                                    ? socket.writeTextMessage("40")
                                    : Future.succeededFuture();
                        });
    }

    private void hear(WebSocket socket, String text) {
        if (text.startsWith("40") || text.contains("\"event\":\"state\"")) {
            begun.incrementAndGet();
        } else if (text.contains("payment-confirmed")) {
            confirmed.incrementAndGet();
        } else if (text.equals("2")) {
            socket.writeTextMessage("3");
        }
    }
}
