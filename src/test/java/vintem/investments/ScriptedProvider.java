package vintem.investments;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/// A price provider that answers what a test says, over real HTTP.
final class ScriptedProvider implements AutoCloseable {
    /// @param body null where it never answers
    record Answer(int status, String body) {}

    private final HttpServer server;
    private final Deque<Answer> answers = new ArrayDeque<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    final List<String> asked = new CopyOnWriteArrayList<>();
    final List<String> tokens = new CopyOnWriteArrayList<>();
    private Answer always = new Answer(404, "{}");

    ScriptedProvider() {
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(
                "/",
                exchange -> {
                    asked.add(exchange.getRequestURI().toString());
                    tokens.add(
                            String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
                    var answer = next();
                    if (answer.body() == null) {
                        await();
                        exchange.close();
                        return;
                    }
                    var bytes = answer.body().getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(
                            answer.status(), bytes.length == 0 ? -1 : bytes.length);
                    if (bytes.length > 0) {
                        exchange.getResponseBody().write(bytes);
                    }
                    exchange.close();
                });
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    synchronized void then(int status, String body) {
        answers.add(new Answer(status, body));
    }

    synchronized void always(int status, String body) {
        always = new Answer(status, body);
    }

    private synchronized Answer next() {
        var next = answers.poll();
        return next == null ? always : next;
    }

    private void await() {
        try {
            closed.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    static String quote(String symbol, String price) {
        return """
        {"results":[{"symbol":"%s","longName":"Empresa %s","currency":"BRL",
        "regularMarketPrice":%s,"regularMarketTime":"2026-11-25T20:07:00.000Z"}]}"""
                .formatted(symbol, symbol, price);
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
    }
}
