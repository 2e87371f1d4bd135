package vintem.investments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// Somebody who looks at a socket, and all that it showed.
final class Viewer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final WebSocket socket;

    private Viewer(int port, String path, String authorization) {
        var builder = CLIENT.newWebSocketBuilder().connectTimeout(PATIENCE);
        if (!authorization.isEmpty()) {
            builder.header("Authorization", authorization);
        }
        socket =
                builder.buildAsync(
                                URI.create("ws://127.0.0.1:" + port + path),
                                new WebSocket.Listener() {
                                    private final StringBuilder text = new StringBuilder();

                                    @Override
                                    public CompletionStage<?> onText(
                                            WebSocket from, CharSequence part, boolean last) {
                                        text.append(part);
                                        if (last) {
                                            texts.add(text.toString());
                                            text.setLength(0);
                                        }
                                        from.request(1);
                                        return null;
                                    }

                                    @Override
                                    public CompletionStage<?> onClose(
                                            WebSocket from, int code, String reason) {
                                        closed.complete(code);
                                        return null;
                                    }

                                    @Override
                                    public void onError(WebSocket from, Throwable failed) {
                                        closed.completeExceptionally(failed);
                                    }
                                })
                        .join();
    }

    static Viewer open(int port, String path, String authorization) {
        return new Viewer(port, path, authorization);
    }

    /// The next text.
    JsonNode next() {
        try {
            var text = texts.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (text == null) {
                throw new AssertionError("nothing was shown");
            }
            return JSON.readTree(text);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        } catch (IOException notJson) {
            throw new UncheckedIOException(notJson);
        }
    }

    /// The first text from here on for which that holds.
    JsonNode until(Predicate<JsonNode> isSo) {
        var end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            var text = next();
            if (isSo.test(text)) {
                return text;
            }
        }
        throw new AssertionError("it was never shown");
    }

    /// The client's line of a frame.
    static JsonNode line(JsonNode frame, long client) {
        for (var line : frame) {
            if (line.get("client_id").asLong() == client) {
                return line;
            }
        }
        return JSON.createObjectNode();
    }

    /// With what code the server closed it.
    int closedWith() {
        try {
            return closed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        } catch (java.util.concurrent.ExecutionException
                | java.util.concurrent.TimeoutException failed) {
            throw new AssertionError(failed);
        }
    }

    @Override
    public void close() {
        socket.abort();
    }
}
