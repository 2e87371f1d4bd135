package vintem.platform;

import io.agroal.api.AgroalDataSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import vintem.platform.EmbeddedPostgres.Address;

/// A TCP line to the server that breaks where a test says so.
public final class BreakingLine implements AutoCloseable {
    /// Which side of the server's work the line breaks on.
    public enum Side {
        /// The server never gets what was sent.
        BEFORE,
        /// The server does it, and its answer is lost.
        AFTER
    }

    private record Break(Side side, Predicate<String> where, AtomicInteger times) {}

    private final ServerSocket door;
    private final int port;
    private final Address address;
    private final AgroalDataSource pool;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile Break next = new Break(Side.BEFORE, _ -> false, new AtomicInteger());
    private volatile boolean away;

    public BreakingLine(Address server) {
        try {
            door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        port = URI.create(server.url().substring("jdbc:".length())).getPort();
        // Without server-side prepared statements each COMMIT can be recognised on the line.
        var url =
                server.url().replace(":" + port, ":" + door.getLocalPort())
                        + (server.url().contains("?") ? "&" : "?")
                        + "prepareThreshold=0";
        address = new Address(url, server.user(), server.password());
        Thread.ofVirtual().start(this::accept);
        pool = Pool.open(address);
    }

    public Database database() {
        return new Database(pool);
    }

    /// Breaks at the next COMMITs.
    public void breakAtCommit(Side side, int times) {
        next = new Break(side, sent -> sent.contains("COMMIT"), new AtomicInteger(times));
    }

    /// Breaks at the so many-th message from now.
    public void breakAtMessage(Side side, int number) {
        var seen = new AtomicInteger();
        next = new Break(side, _ -> seen.incrementAndGet() == number, new AtomicInteger(1));
    }

    public boolean hasBroken() {
        return next.times.get() <= 0;
    }

    /// The database cannot be reached at all.
    public void goAway() {
        away = true;
        open.forEach(BreakingLine::shut);
    }

    public void comeBack() {
        away = false;
        next = new Break(Side.BEFORE, _ -> false, new AtomicInteger());
    }

    @Override
    public void close() {
        pool.close();
        away = true;
        open.forEach(BreakingLine::shut);
        try {
            door.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                var client = door.accept();
                if (away) {
                    shut(client);
                    continue;
                }
                var server = new Socket(InetAddress.getLoopbackAddress(), port);
                new Line(client, server).start();
            } catch (IOException closed) {
                // The door is closed, or the server is: the client sees a broken line.
            }
        }
    }

    private static void shut(Socket socket) {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // That is what was wanted.
        }
    }

    private final class Line {
        private final Socket client;
        private final Socket server;
        private volatile boolean swallow;

        Line(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void start() {
            open.add(client);
            open.add(server);
            Thread.ofVirtual().start(() -> pump(client, server, true));
            Thread.ofVirtual().start(() -> pump(server, client, false));
        }

        private void pump(Socket from, Socket to, boolean upwards) {
            var buffer = new byte[1 << 16];
            try (from;
                    to) {
                var in = from.getInputStream();
                var out = to.getOutputStream();
                for (var read = in.read(buffer); read > 0; read = in.read(buffer)) {
                    if (upwards && breaksAt(buffer, read)) {
                        if (next.side == Side.BEFORE) {
                            return;
                        }
                        swallow = true;
                    }
                    if (!upwards && swallow) {
                        return;
                    }
                    out.write(buffer, 0, read);
                }
            } catch (IOException broken) {
                // Both ends are closed.
            } finally {
                open.remove(from);
                open.remove(to);
            }
        }

        private boolean breaksAt(byte[] buffer, int read) {
            var now = next;
            var sent = new String(buffer, 0, read, StandardCharsets.ISO_8859_1);
            return now.times.get() > 0 && now.where.test(sent) && now.times.getAndDecrement() > 0;
        }
    }
}
