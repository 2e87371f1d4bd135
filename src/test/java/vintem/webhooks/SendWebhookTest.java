package vintem.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vintem.platform.Certificates;
import vintem.platform.Together;
import vintem.webhooks.SendWebhook.Answer;

/// One request to receivers of every kind: it ends, holds little, and goes where it was told.
class SendWebhookTest {
    private static final Vertx VERTX = Vertx.vertx();
    private static final Duration SHORT = Duration.ofMillis(400);

    private static final Duration LONG = Duration.ofSeconds(30);

    private final SendWebhook patient = sender(LONG);
    private final SendWebhook hasty = sender(SHORT);

    @AfterAll
    static void close() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    @AfterEach
    void stop() {
        patient.stop();
        hasty.stop();
    }

    @Test
    void what_is_answered_is_told_with_its_beginning() {
        try (var receiver = new Receiver()) {
            receiver.answers(418, "120");
            assertThat(patient.send(url(receiver.port(), "/x?y=z"), local(), headers(), body()))
                    .isEqualTo(new Answer.Answered(418, Duration.ofSeconds(120), "later"));
            var told = receiver.told.getFirst();
            assertThat(told.body()).isEqualTo("{\"a\":\"ção\"}");
            assertThat(told.headers().get("content-length")).containsExactly("13");
        }
    }

    /// The name is only said: Host is the URL's, the connection is the address's.
    @Test
    void it_connects_to_the_address_and_names_the_host() {
        try (var receiver = new Receiver()) {
            var url = new TargetUrl("", false, "nobody-knows.invalid", receiver.port(), "/hooks");
            assertThat(patient.send(url, local(), headers(), body()))
                    .isInstanceOf(Answer.Answered.class);
            assertThat(receiver.told.getFirst().headers().get("host"))
                    .containsExactly("nobody-knows.invalid:" + receiver.port());
        }
    }

    @Test
    void a_redirect_is_an_answer_and_is_not_followed() {
        try (var receiver = new Receiver()) {
            receiver.manner =
                    (_, exchange) -> {
                        exchange.getResponseHeaders().add("Location", receiver.url());
                        Receiver.say(exchange, 307, "");
                    };
            assertThat(send(patient, receiver)).isEqualTo(answered(307, ""));
            assertThat(receiver.told).hasSize(1);
        }
    }

    @Test
    void of_an_endless_answer_four_kibibytes_are_kept() {
        try (var receiver = new Receiver()) {
            receiver.manner =
                    (_, exchange) -> {
                        exchange.sendResponseHeaders(200, 0);
                        var piece = "x".repeat(8_192).getBytes(StandardCharsets.UTF_8);
                        try (var out = exchange.getResponseBody()) {
                            while (true) {
                                out.write(piece);
                            }
                        } catch (IOException hungUp) {
                            // That is what is wanted.
                        }
                    };
            assertThat(send(patient, receiver)).isEqualTo(answered(200, "x".repeat(4_096)));
        }
    }

    @Test
    void what_is_no_text_is_told_as_far_as_it_can_be_stored() {
        try (var receiver = new Receiver()) {
            receiver.manner = (_, exchange) -> Receiver.say(exchange, 200, "a\u0000b");
            assertThat(send(patient, receiver)).isEqualTo(answered(200, "a\uFFFDb"));
        }
    }

    @Test
    void a_receiver_that_never_answers_is_left_alone() {
        var over = new CountDownLatch(1);
        try (var receiver = new Receiver()) {
            receiver.manner = (_, _) -> Together.await(over);
            assertThat(send(hasty, receiver)).isEqualTo(new Answer.Silent("timeout"));
            over.countDown();
        }
    }

    @Test
    void who_has_said_200_and_never_ends_has_said_200() {
        var over = new CountDownLatch(1);
        try (var receiver = new Receiver()) {
            receiver.manner =
                    (_, exchange) -> {
                        exchange.sendResponseHeaders(200, 100);
                        exchange.getResponseBody().write('y');
                        exchange.getResponseBody().flush();
                        Together.await(over);
                    };
            assertThat(send(sender(Duration.ofSeconds(3)), receiver)).isEqualTo(answered(200, "y"));
            over.countDown();
        }
    }

    @Test
    void where_nobody_listens_it_says_so() throws IOException {
        int free;
        try (var socket = new ServerSocket(0, 1, local())) {
            free = socket.getLocalPort();
        }
        assertThat(patient.send(url(free, "/"), local(), headers(), body()))
                .isEqualTo(new Answer.Silent("refused"));
    }

    @Test
    void what_is_no_http_is_told_from_what_is() {
        for (var said :
                List.of(
                        "",
                        "\r\n\r\n",
                        "SSH-2.0-OpenSSH_9.9\r\n",
                        "HTTP/1.1 abc Hello\r\n\r\n",
                        "HTTP/1.1 200 OK\r\n" + "x".repeat(100_000),
                        "HTTP/1.1 200 OK\r\n" + "X-Much: much\r\n".repeat(50_000) + "\r\n",
                        "\u0016\u0003\u0001\u0002\u0000")) {
            try (var raw = new RawReceiver(said)) {
                assertThat(patient.send(url(raw.port(), "/"), local(), headers(), body()))
                        .as(said.substring(0, Math.min(30, said.length())))
                        .isEqualTo(new Answer.Silent("broken"));
            }
        }
    }

    @Test
    void an_odd_answer_is_an_answer() {
        var odd =
                Map.of(
                        "HTTP/1.0 200\r\n\r\nhello", 200,
                        "HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n", 999,
                        "HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n", 204,
                        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut", 200,
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n", 200,
                        "HTTP/1.1 503 No\r\nRetry-After: soon\r\nContent-Length: 0\r\n\r\n", 503);
        odd.forEach(
                (said, status) -> {
                    try (var raw = new RawReceiver(said)) {
                        assertThat(patient.send(url(raw.port(), "/"), local(), headers(), body()))
                                .as(said)
                                .isInstanceOfSatisfying(
                                        Answer.Answered.class,
                                        it -> assertThat(it.status()).isEqualTo(status));
                    }
                });
    }

    /// The address is connected to; the certificate has to be the name's all the same.
    @Test
    void a_certificate_is_of_the_urls_name_and_of_somebody_we_trust(@TempDir Path directory)
            throws IOException {
        var certificate = Certificates.of(directory, "hooks.example");
        var server = HttpsServer.create(new InetSocketAddress(local(), 0), 10);
        server.setHttpsConfigurator(new HttpsConfigurator(certificate));
        server.createContext("/", exchange -> Receiver.say(exchange, 200, "secure"));
        server.start();
        var trusting =
                new SendWebhook(
                        VERTX,
                        Clock.systemUTC(),
                        new SendWebhook.Patience(LONG, LONG),
                        new HttpClientOptions()
                                .setTrustOptions(
                                        new PfxOptions()
                                                .setPath(
                                                        directory
                                                                .resolve("hooks.example.p12")
                                                                .toString())
                                                .setPassword("changeit")));
        var port = server.getAddress().getPort();
        var right = new TargetUrl("", true, "hooks.example", port, "/");
        var other = new TargetUrl("", true, "other.example", port, "/");
        assertThat(trusting.send(right, local(), headers(), body()))
                .isEqualTo(answered(200, "secure"));
        assertThat(trusting.send(other, local(), headers(), body()))
                .isEqualTo(new Answer.Silent("tls"));
        assertThat(patient.send(right, local(), headers(), body()))
                .isEqualTo(new Answer.Silent("tls"));
        trusting.stop();
        server.stop(0);
    }

    @Test
    void retry_after_is_seconds_or_a_date() {
        try (var receiver = new Receiver()) {
            receiver.answers(503, "Fri, 31 Dec 1999 23:59:59 GMT");
            assertThat(send(patient, receiver)).isEqualTo(answered(503, "later"));
            receiver.answers(503, "Thu, 31 Dec 2099 23:59:59 GMT");
            assertThat(send(patient, receiver))
                    .isInstanceOfSatisfying(
                            Answer.Answered.class,
                            it -> assertThat(it.retryAfter()).isGreaterThan(Duration.ofDays(365)));
            receiver.answers(503, "99999999999999999999");
            assertThat(send(patient, receiver)).isEqualTo(answered(503, "later"));
        }
    }

    private static Answer send(SendWebhook by, Receiver receiver) {
        return by.send(url(receiver.port(), "/"), local(), headers(), body());
    }

    private static Answer answered(int status, String body) {
        return new Answer.Answered(status, Duration.ZERO, body);
    }

    private static SendWebhook sender(Duration patience) {
        return new SendWebhook(
                VERTX,
                Clock.systemUTC(),
                new SendWebhook.Patience(patience, patience),
                new HttpClientOptions());
    }

    private static TargetUrl url(int port, String path) {
        return new TargetUrl("", false, "127.0.0.1", port, path);
    }

    private static InetAddress local() {
        return InetAddress.getLoopbackAddress();
    }

    private static Map<String, String> headers() {
        return Map.of("webhook-id", "i", "webhook-timestamp", "1", "webhook-signature", "v1,s");
    }

    private static byte[] body() {
        return "{\"a\":\"ção\"}".getBytes(StandardCharsets.UTF_8);
    }

    /// Reads a request's head and says something.
    private static final class RawReceiver implements AutoCloseable {
        private final ServerSocket door;
        private final List<Socket> open = new CopyOnWriteArrayList<>();

        RawReceiver(String says) {
            try {
                door = new ServerSocket(0, 10, local());
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
            Thread.ofVirtual().start(() -> serve(says));
        }

        int port() {
            return door.getLocalPort();
        }

        private void serve(String says) {
            while (!door.isClosed()) {
                try (var socket = door.accept()) {
                    open.add(socket);
                    var in = socket.getInputStream();
                    var last = 0;
                    for (var next = in.read(); next >= 0; next = in.read()) {
                        last = last << 8 | next;
                        if (last == 0x0d0a0d0a) {
                            break;
                        }
                    }
                    in.skipNBytes(body().length);
                    socket.getOutputStream().write(says.getBytes(StandardCharsets.ISO_8859_1));
                    socket.getOutputStream().flush();
                } catch (IOException gone) {
                    // The next one comes.
                }
            }
        }

        @Override
        public void close() {
            try {
                door.close();
                for (var each : open) {
                    each.close();
                }
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }
}
