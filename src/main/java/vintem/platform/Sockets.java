package vintem.platform;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Who is connected and stays so: so many from one address, so many in all, none that is silent.
///
/// One timer looks at all of them; ten thousand idle ones cost a loop over ten thousand numbers a
/// second.
@Singleton
public final class Sockets {
    /// The most that one message of a client may have.
    public static final int MOST_BYTES = 16 * 1024;

    private static final Logger LOG = Logger.getLogger(Sockets.class);
    private static final int CLOSING_SECONDS = 5;
    private static final int RETRY_SECONDS = 10;
    private static final Duration SLOWEST_SWEEP = Duration.ofSeconds(1);
    private static final int SWEEPS_A_PING = 5;

    /// @param perAddress sockets from one client address
    /// @param total sockets on this node
    /// @param ping how long nothing may be said before we ask whether somebody is there
    /// @param patience how long an answer to that may take, and every step of a beginning
    public record Limits(int perAddress, int total, Duration ping, Duration patience) {
        static Limits fromSettings() {
            return new Limits(
                    Math.toIntExact(Settings.number("sockets-per-address", 200)),
                    Math.toIntExact(Settings.number("sockets-total", 20_000)),
                    Settings.duration("socket-ping-millis", Duration.ofSeconds(25)),
                    Settings.duration("socket-patience-millis", Duration.ofSeconds(20)));
        }
    }

    /// Something that must give signs of life.
    public interface Living {
        /// Called often, on an event loop: compares two numbers, and acts only where it is time.
        void beat(long nowNanos);
    }

    /// What one client takes up until it is closed. Closing twice does nothing.
    public final class Place implements AutoCloseable {
        private final String address;
        private final AtomicBoolean closed = new AtomicBoolean();
        private volatile @Nullable Living living;

        private Place(String address) {
            this.address = address;
        }

        /// From now on it is asked for signs of life.
        public void keep(Living living) {
            this.living = living;
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                living = null;
                places.remove(this);
                count.decrementAndGet();
                byAddress.computeIfPresent(address, (_, taken) -> taken == 1 ? null : taken - 1);
            }
        }
    }

    private final Limits limits;
    private final Runnable stop;
    private final Map<String, Integer> byAddress = new ConcurrentHashMap<>();
    private final Set<Place> places = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();

    @Inject
    Sockets(Vertx vertx) {
        this(vertx, Limits.fromSettings());
    }

    public Sockets(Vertx vertx, Limits limits) {
        this.limits = limits;
        var every = limits.ping().dividedBy(SWEEPS_A_PING).toMillis();
        var sweeps =
                vertx.setPeriodic(Math.clamp(every, 1, SLOWEST_SWEEP.toMillis()), _ -> sweep());
        stop = () -> vertx.cancelTimer(sweeps);
    }

    @PreDestroy
    void close() {
        stop.run();
    }

    public Limits limits() {
        return limits;
    }

    /// Sockets that are open at this moment.
    public int open() {
        return count.get();
    }

    /// Takes a place for who asks.
    ///
    /// @throws Problem `429` where its address has too many, `503` where all are taken
    public Place admit(HttpServerRequest request) {
        var address = ClientAddress.of(request);
        if (count.incrementAndGet() > limits.total()) {
            count.decrementAndGet();
            throw Problem.unavailable("Too many are connected.", RETRY_SECONDS);
        }
        if (byAddress.merge(address, 1, Integer::sum) > limits.perAddress()) {
            byAddress.computeIfPresent(address, (_, taken) -> taken == 1 ? null : taken - 1);
            count.decrementAndGet();
            throw Problem.tooManyRequests("Too many sockets from this address.", RETRY_SECONDS);
        }
        var place = new Place(address);
        places.add(place);
        return place;
    }

    /// Whether it asks to become a WebSocket and can.
    public static boolean isUpgrade(HttpServerRequest request) {
        return request.version() == HttpVersion.HTTP_1_1
                && "websocket".equalsIgnoreCase(request.getHeader("Upgrade"))
                && request.headers().contains("Sec-WebSocket-Key");
    }

    /// Says no before there is a socket.
    public static void refuse(HttpServerRequest request, Problem problem) {
        var response = request.response();
        problem.headers().forEach(response::putHeader);
        refuse(
                request,
                problem.status(),
                "application/problem+json",
                Json.text(problem.body(new TraceId().value())));
    }

    /// Answers, and takes no more on this connection: what is left of the request was never read,
    /// and whoever was to be told of the connection's end is told.
    public static void refuse(HttpServerRequest request, int status, String type, String body) {
        var response = request.response();
        var said =
                response.ended()
                        ? Future.<Void>succeededFuture()
                        : response.setStatusCode(status)
                                .putHeader("Content-Type", type)
                                .putHeader("Connection", "close")
                                .end(body);
        said.onComplete(_ -> request.connection().close());
    }

    /// What the HTTP server must know about sockets: how large a message is, and that it is not
    /// compressed, since each compressor would take a hundred times what a socket does.
    public static void bound(HttpServerOptions options) {
        options.setMaxWebSocketFrameSize(MOST_BYTES)
                .setMaxWebSocketMessageSize(MOST_BYTES)
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setWebSocketClosingTimeout(CLOSING_SECONDS);
    }

    @Singleton
    static final class Options implements HttpServerOptionsCustomizer {
        @Override
        public void customizeHttpServer(HttpServerOptions options) {
            bound(options);
        }

        @Override
        public void customizeHttpsServer(HttpServerOptions options) {
            bound(options);
        }
    }

    private void sweep() {
        var now = System.nanoTime();
        for (var place : places) {
            var living = place.living;
            if (living != null) {
                try {
                    living.beat(now);
                } catch (RuntimeException failed) {
                    LOG.error("a socket failed", failed);
                }
            }
        }
    }
}
