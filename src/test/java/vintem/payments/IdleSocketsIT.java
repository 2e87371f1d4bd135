package vintem.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vintem.Node;
import vintem.platform.Together;

/// Many payers who wait, and the page of the service that this replaces, against the packaged
/// product. `-Dvintem.tests=campaign` makes them ten thousand.
class IdleSocketsIT {
    private static final int SOCKETS =
            System.getProperty("vintem.tests", "suite").equals("campaign") ? 10_000 : 1_000;
    private static final int TOGETHER = 200;
    private static final int MOST_BYTES_EACH = 20_000;

    @TempDir private Path temporary;

    @Test
    void payers_who_wait_take_little_of_a_heap_of_512_mb() {
        var settings =
                Map.of(
                        "VINTEM_SOCKETS_PER_ADDRESS", "20000",
                        "VINTEM_SOCKETIO_BROADCAST", "true",
                        "VINTEM_CORS_ORIGINS", "https://painel.example");
        var vertx = Vertx.vertx();
        try (var node = Node.start(temporary.resolve("data"), settings, "-Xmx512m")) {
            var before = node.heapBytes();
            var connected = new AtomicInteger();
            open(vertx, node, "/socket.io/?EIO=4&transport=websocket", connected);
            Together.until("all are connected", () -> connected.get() == SOCKETS);
            var after = node.heapBytes();
            System.out.printf(
                    "%,d idle clients of Socket.IO: heap %,d MB, before %,d MB%n",
                    SOCKETS, after >> 20, before >> 20);
            assertThat((after - before) / SOCKETS).isLessThan(MOST_BYTES_EACH);

            // Quarkus' own filter would turn this page away: it is not among the listed.
            var elsewhere = node.nobody().with("Origin", "https://loja.example");
            var answer = elsewhere.get("/socket.io/?EIO=4&transport=polling");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
            assertThat(elsewhere.get("/q/health/live").status()).isEqualTo(403);
            assertThat(node.output()).doesNotContain("ERROR", "OutOfMemoryError");
        } finally {
            vertx.close();
        }
    }

    private static void open(Vertx vertx, Node node, String path, AtomicInteger connected) {
        var client = vertx.createWebSocketClient(new WebSocketClientOptions().setMaxConnections(SOCKETS));
        var base = URI.create(node.base());
        var options =
                new WebSocketConnectOptions()
                        .setHost(base.getHost())
                        .setPort(base.getPort())
                        .setURI(path);
        for (var opened = 0; opened < SOCKETS; opened += TOGETHER) {
            var some = new ArrayList<Future<Void>>();
            for (var i = 0; i < TOGETHER; i++) {
                some.add(connect(client, options, connected));
            }
            Future.all(some).toCompletionStage().toCompletableFuture().join();
        }
    }

    private static Future<Void> connect(
            WebSocketClient client, WebSocketConnectOptions options, AtomicInteger connected) {
        return client.connect(options)
                .compose(
                        socket -> {
                            socket.textMessageHandler(
                                    text -> {
                                        if (text.startsWith("40")) {
                                            connected.incrementAndGet();
                                        } else if (text.equals("2")) {
                                            socket.writeTextMessage("3");
                                        }
                                    });
                            return socket.writeTextMessage("40");
                        });
    }
}
