package vintem.payments;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import vintem.Http;
import vintem.payments.PaymentStates.State;
import vintem.platform.Broadcast;
import vintem.platform.Origins;
import vintem.platform.Sockets;
import vintem.platform.Sockets.Limits;

/// The payer's sockets on a real HTTP server, and nothing else: with limits of its own, and as many
/// nodes as a test wants.
final class LiveServer implements AutoCloseable {
    static final Limits GENEROUS =
            new Limits(1_000, 10_000, Duration.ofSeconds(25), Duration.ofSeconds(20));

    /// What all nodes of a test know of their payments.
    static final class Stored {
        private final Map<UUID, State> states = new ConcurrentHashMap<>();
        private final Queue<Runnable> meanwhile = new ConcurrentLinkedQueue<>();
        private volatile boolean away;

        List<State> find(List<UUID> paymentIds) {
            if (away) {
                throw new IllegalStateException("the database is away");
            }
            var found = paymentIds.stream().map(states::get).filter(Objects::nonNull).toList();
            Optional.ofNullable(meanwhile.poll()).ifPresent(Runnable::run);
            return found;
        }
    }

    /// What is set from outside.
    record Settings(
            Limits limits,
            Stored stored,
            Optional<String> redisUrl,
            List<String> origins,
            boolean toAll) {
        static Settings usual() {
            return new Settings(GENEROUS, new Stored(), Optional.empty(), List.of(), false);
        }

        Settings with(Limits limits) {
            return new Settings(limits, stored, redisUrl, origins, toAll);
        }

        Settings withRedis(String url) {
            return new Settings(limits, stored, Optional.of(url), origins, toAll);
        }

        Settings withOrigins(String... origins) {
            return new Settings(limits, stored, redisUrl, List.of(origins), toAll);
        }

        Settings tellingAll() {
            return new Settings(limits, stored, redisUrl, origins, true);
        }
    }

    final Sockets sockets;
    final Broadcast broadcast;
    final SocketIo socketIo;
    private final Vertx vertx = Vertx.vertx();
    private final Stored stored;
    private final HttpServer server;

    LiveServer(Settings settings) {
        stored = settings.stored();
        sockets = new Sockets(vertx, settings.limits());
        broadcast = new Broadcast(vertx, settings.redisUrl());
        var states = new LiveStates(stored::find);
        var origins = new Origins(settings.origins());
        socketIo = new SocketIo(sockets, broadcast, states, origins, settings.toAll());
        var router = Router.router(vertx);
        socketIo.mount(router);
        new PaymentSocket(sockets, broadcast, states, origins).mount(router);
        var options = new HttpServerOptions().setHost("127.0.0.1").setCompressionSupported(true);
        Sockets.bound(options);
        server =
                vertx.createHttpServer(options)
                        .requestHandler(router)
                        .listen(0)
                        .toCompletionStage()
                        .toCompletableFuture()
                        .join();
    }

    int port() {
        return server.actualPort();
    }

    String url() {
        return "http://127.0.0.1:" + port();
    }

    Http http() {
        return Http.at(url());
    }

    UUID payment() {
        var id = UUID.randomUUID();
        stored.states.put(id, new State(id, "active", null, false));
        return id;
    }

    /// Paid and committed, but nobody is told.
    void payInSilence(UUID id) {
        stored.states.put(id, new State(id, "paid", Instant.parse("2026-11-22T12:00:00Z"), false));
    }

    void confirm(UUID id) {
        payInSilence(id);
        broadcast.tell("payment:" + id, "payment-confirmed");
    }

    void change(UUID id, String status, String event) {
        stored.states.put(id, new State(id, status, null, false));
        broadcast.tell("payment:" + id, event);
    }

    /// Happens after the next state was read and before anybody has it.
    void meanwhile(Runnable what) {
        stored.meanwhile.add(what);
    }

    /// Whether states can be read.
    void databaseIsAway(boolean away) {
        stored.away = away;
    }

    @Override
    public void close() {
        broadcast.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
