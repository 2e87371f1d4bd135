package vintem.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// Keep-alive HTTP connections, one request at a time on each, with requests and answers as bytes.
///
/// Anything but `200` and `201` ends the benchmark: a load that is refused is no load.
final class HttpLoad implements AutoCloseable {
    /// A request, complete, and what becomes of the answer's body.
    interface Request {
        byte[] bytes();

        void answered(String body);
    }

    private static final int MOST_BYTES = 16 * 1024;
    private static final String LENGTH = "content-length: ";
    private static final int STATUS = "HTTP/1.1 ".length();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /// One connection, and the request that waits for its answer.
    private final class Caller implements Wires.End {
        private final Wires.Wire wire;
        private @Nullable Request asked;
        private long sentAtNanos;

        Caller() throws IOException {
            wire = wires.open(this, MOST_BYTES);
        }

        void ask(Request request) {
            asked = request;
            sentAtNanos = System.nanoTime();
            wire.send(request.bytes());
        }

        @Override
        public void received(ByteBuffer bytes) {
            var head = headLength(bytes);
            if (head == 0) {
                return;
            }
            var header = text(bytes, 0, head);
            var length = contentLength(header);
            if (bytes.remaining() < head + length) {
                return;
            }
            var body = text(bytes, head, length);
            bytes.position(head + length);
            var request = asked;
            if (!header.startsWith("20", STATUS) || request == null) {
                throw new IllegalStateException(header + body);
            }
            micros.recordValue((System.nanoTime() - sentAtNanos) / 1_000);
            asked = null;
            free.add(this);
            request.answered(body);
        }

        @Override
        public void ended() {
            throw new IllegalStateException("the server closed a connection");
        }
    }

    private final Wires wires;
    private final List<Caller> callers = new ArrayList<>();
    private final Queue<Caller> free = new ArrayDeque<>();
    private Histogram micros = Printout.histogram();

    HttpLoad(Wires wires, int connections) throws IOException {
        this.wires = wires;
        for (var i = 0; i < connections; i++) {
            callers.add(new Caller());
        }
        free.addAll(callers);
    }

    /// As a request on the wire.
    static byte[] post(String path, String token, String json) {
        return ("POST "
                        + path
                        + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Authorization: Bearer "
                        + token
                        + "\r\nContent-Length: "
                        + json.length()
                        + "\r\n\r\n"
                        + json)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /// Every connection asks again as soon as it is answered.
    ///
    /// @param next gives null where there is nothing more to ask
    Callers.Measured busy(Duration time, Supplier<@Nullable Request> next) throws IOException {
        micros = Printout.histogram();
        var start = System.nanoTime();
        var asking = true;
        while (asking || free.size() < callers.size()) {
            while (asking && !free.isEmpty()) {
                var request = System.nanoTime() - start < time.toNanos() ? next.get() : null;
                if (request == null) {
                    asking = false;
                } else {
                    free.remove().ask(request);
                }
            }
            if (free.size() < callers.size()) {
                turn();
            }
        }
        return measured(start);
    }

    /// So many requests a second, whatever the answers take; a connection must be free.
    Callers.Measured steady(int perSecond, List<? extends Request> requests) throws IOException {
        micros = Printout.histogram();
        var start = System.nanoTime();
        var asked = 0;
        while (asked < requests.size()) {
            var due = start + asked * 1_000_000_000L / perSecond;
            var wait = due - System.nanoTime();
            if (wait <= 0 && !free.isEmpty()) {
                free.remove().ask(requests.get(asked++));
            } else {
                wires.turn(Math.max(1, wait / 1_000_000));
            }
        }
        while (free.size() < callers.size()) {
            turn();
        }
        return measured(start);
    }

    @Override
    public void close() {
        callers.forEach(each -> each.wire.close());
    }

    private void turn() throws IOException {
        var answered = micros.getTotalCount();
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        while (micros.getTotalCount() == answered) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the server does not answer");
            }
            wires.turn(1_000);
        }
    }

    private Callers.Measured measured(long start) {
        var seconds = (System.nanoTime() - start) / 1e9;
        return new Callers.Measured(micros, micros.getTotalCount() / seconds);
    }

    /// Up to and with the empty line; 0 where it has not come yet.
    static int headLength(ByteBuffer bytes) {
        for (var end = 4; end <= bytes.remaining(); end++) {
            if (bytes.get(end - 1) == '\n'
                    && bytes.get(end - 2) == '\r'
                    && bytes.get(end - 3) == '\n') {
                return end;
            }
        }
        return 0;
    }

    static String text(ByteBuffer bytes, int from, int length) {
        return new String(
                bytes.array(), bytes.position() + from, length, StandardCharsets.ISO_8859_1);
    }

    private static int contentLength(String header) {
        var at = header.toLowerCase(Locale.ROOT).indexOf(LENGTH) + LENGTH.length();
        if (at < LENGTH.length()) {
            throw new IllegalStateException("an answer without a length: " + header);
        }
        return Integer.parseInt(header.substring(at, header.indexOf('\r', at)));
    }
}
