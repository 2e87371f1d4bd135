package vintem.webhooks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.standardwebhooks.Webhook;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A user's system: a real HTTP server that verifies what it is told with the library's own
/// verifier, and answers as the test says.
final class Receiver implements AutoCloseable {
    /// What arrived.
    record Told(
            String id,
            String timestamp,
            List<String> signatures,
            Map<String, List<String>> headers,
            String body) {
        JsonNode json() {
            try {
                return new ObjectMapper().readTree(body);
            } catch (IOException notJson) {
                throw new UncheckedIOException(notJson);
            }
        }

        String subject() {
            return json().at("/data/subject").asText();
        }

        /// Whether the library takes it for ours. Its verifier knows only the wall clock: where a
        /// test has moved time, its signer has to agree.
        boolean isSignedBy(String secret) {
            try {
                var webhook = new Webhook(secret);
                var at = Long.parseLong(timestamp);
                var away = Duration.between(Instant.ofEpochSecond(at), Instant.now()).abs();
                if (away.compareTo(Duration.ofMinutes(4)) < 0) {
                    webhook.verify(body, headers);
                    return true;
                }
                return signatures.contains(webhook.sign(id, at, body));
            } catch (Exception refused) {
                return false;
            }
        }
    }

    /// Answers one request.
    @FunctionalInterface
    interface Manner {
        void answer(Told told, HttpExchange exchange) throws IOException;
    }

    final List<Told> told = new CopyOnWriteArrayList<>();
    volatile Manner manner = (_, exchange) -> say(exchange, 200, "ok");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    Receiver() {
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 200);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        server.setExecutor(threads);
        server.createContext("/", this::hear);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    String url() {
        return "http://127.0.0.1:" + port() + "/hooks?from=vintem";
    }

    /// The subjects of what it was told, in the order in which they came.
    List<String> subjects() {
        return told.stream().map(Told::subject).toList();
    }

    List<String> ids() {
        return told.stream().map(Told::id).toList();
    }

    void answers(int status) {
        manner = (_, exchange) -> say(exchange, status, "status " + status);
    }

    void answers(int status, String retryAfter) {
        manner =
                (_, exchange) -> {
                    exchange.getResponseHeaders().add("Retry-After", retryAfter);
                    say(exchange, status, "later");
                };
    }

    static void say(HttpExchange exchange, int status, String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }

    private void hear(HttpExchange exchange) throws IOException {
        var headers = new java.util.TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(exchange.getRequestHeaders());
        var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        var it =
                new Told(
                        headers.get("webhook-id").getFirst(),
                        headers.get("webhook-timestamp").getFirst(),
                        Arrays.asList(headers.get("webhook-signature").getFirst().split(" ")),
                        lowerCase(headers),
                        body);
        told.add(it);
        manner.answer(it, exchange);
    }

    private static Map<String, List<String>> lowerCase(Map<String, List<String>> headers) {
        var lower = new java.util.HashMap<String, List<String>>();
        headers.forEach(
                (name, values) -> lower.put(name.toLowerCase(java.util.Locale.ROOT), values));
        return lower;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
