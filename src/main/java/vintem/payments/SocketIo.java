package vintem.payments;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import vintem.payments.PaymentStates.State;
import vintem.platform.Broadcast;
import vintem.platform.Line;
import vintem.platform.Origins;
import vintem.platform.Problem;
import vintem.platform.Settings;
import vintem.platform.Sockets;

/// Socket.IO at `/socket.io/`, for unchanged clients of version 4: Engine.IO 4 with polling,
/// WebSocket and the upgrade from one to the other, and the events of one namespace.
///
/// A client hears `payment-confirmed-<payment_id>` of the payments that it names, in the query
/// (`payment_id`), by emitting `watch` with the id, or by being the payment's page (`Referer`).
/// With `VINTEM_SOCKETIO_BROADCAST=true` every client hears of all, as in the service that this
/// replaces.
///
/// Source: <https://socket.io/docs/v4/engine-io-protocol/>; error codes as its server has them.
@Singleton
class SocketIo implements Broadcast.Listener {
    /// Quarkus' filters begin at -300 with the one for CORS, which knows nothing of broadcasting.
    static final int BEFORE_QUARKUS = -400;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SID_BYTES = 15;
    private static final int MOST_REMEMBERED = 10_000;
    private static final String POLLING = "polling";
    private static final String WEB_SOCKET = "websocket";
    private static final String PROTOCOL = "4";

    /// Why a request is turned away, in Engine.IO's words.
    enum Refusal {
        TRANSPORT_UNKNOWN(400, "Transport unknown"),
        SESSION_UNKNOWN(400, "Session ID unknown"),
        BAD_HANDSHAKE_METHOD(400, "Bad handshake method"),
        BAD_REQUEST(400, "Bad request"),
        FORBIDDEN(403, "Forbidden"),
        UNSUPPORTED_PROTOCOL_VERSION(400, "Unsupported protocol version");

        private final int status;
        private final String message;

        Refusal(int status, String message) {
            this.status = status;
            this.message = message;
        }

        String body() {
            return "{\"code\":%d,\"message\":\"%s\"}".formatted(ordinal(), message);
        }
    }

    private final Sockets sockets;
    private final Broadcast broadcast;
    private final LiveStates states;
    private final Origins origins;
    private final boolean toAll;
    private final Map<String, SocketIoSession> sessions = new ConcurrentHashMap<>();
    // Of those that were told to all: a hint may come twice.
    private final Cache<UUID, Boolean> toldToAll =
            Caffeine.newBuilder().maximumSize(MOST_REMEMBERED).build();

    @Inject
    SocketIo(Sockets sockets, Broadcast broadcast, LiveStates states) {
        this(
                sockets,
                broadcast,
                states,
                Origins.fromSettings(),
                Settings.flag("socketio-broadcast"));
    }

    /// @param toAll whether every client hears of every payment, and from any origin
    SocketIo(
            Sockets sockets,
            Broadcast broadcast,
            LiveStates states,
            Origins origins,
            boolean toAll) {
        this.sockets = sockets;
        this.broadcast = broadcast;
        this.states = states;
        this.origins = origins;
        this.toAll = toAll;
    }

    void mount(@Observes Router router) {
        router.route("/socket.io/*").order(BEFORE_QUARKUS).handler(this::handle);
        if (toAll) {
            broadcast.listenToAll(WatchedPayment.topics(), this);
        }
    }

    /// Clients that are connected at this moment.
    int clients() {
        return sessions.size();
    }

    /// The state that a client wants to hear of; paid back since is paid, too.
    static boolean isConfirmed(State state) {
        return state.paidAt() != null;
    }

    /// The event as an Engine.IO message with a Socket.IO event; an id needs no escaping.
    static String confirmed(UUID paymentId) {
        return "42[\"" + WatchedPayment.CONFIRMED + "-" + paymentId + "\"]";
    }

    static void answer(HttpServerResponse response, String text) {
        if (!response.ended()) {
            response.putHeader("Content-Type", "text/plain; charset=UTF-8").end(text);
        }
    }

    static void refuse(HttpServerRequest request, Refusal refusal) {
        refuse(request, refusal.status, refusal);
    }

    private static void refuse(HttpServerRequest request, int status, Refusal refusal) {
        Sockets.refuse(request, status, "application/json", refusal.body());
    }

    static String newId() {
        var bytes = new byte[SID_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().encodeToString(bytes);
    }

    Broadcast.Listening listen(UUID paymentId, Broadcast.Listener listener) {
        return broadcast.listen(WatchedPayment.topic(paymentId), listener);
    }

    CompletableFuture<Optional<State>> read(UUID paymentId) {
        return states.read(paymentId);
    }

    void forget(SocketIoSession session) {
        sessions.remove(session.id());
    }

    /// Where every client hears of all.
    @Override
    public void told(String topic, String event) {
        if (event.equals(WatchedPayment.CONFIRMED)) {
            WatchedPayment.ofTopic(topic).ifPresent(this::tellAll);
        }
    }

    private void tellAll(UUID paymentId) {
        states.read(paymentId)
                .thenAccept(
                        state -> {
                            if (state.filter(SocketIo::isConfirmed).isPresent()
                                    && toldToAll.asMap().putIfAbsent(paymentId, true) == null) {
                                var packet = confirmed(paymentId);
                                sessions.values().forEach(each -> each.hear(paymentId, packet));
                            }
                        });
    }

    private void handle(RoutingContext routing) {
        var request = routing.request();
        // A body waits until somebody reads it, a WebSocket's first frames until it is one.
        request.pause();
        // Quarkus' own compression is for its own routes; small secrets are better not compressed.
        request.response()
                .putHeader("Content-Encoding", "identity")
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Content-Type-Options", "nosniff");
        try {
            handle(request);
        } catch (Problem problem) {
            Sockets.refuse(request, problem);
        } catch (IllegalArgumentException malformed) {
            // The query's percent signs.
            refuse(request, Refusal.BAD_REQUEST);
        }
    }

    private void handle(HttpServerRequest request) {
        if (!admitOrigin(request)) {
            refuse(request, Refusal.FORBIDDEN);
            return;
        }
        if (request.method().equals(HttpMethod.OPTIONS)) {
            preflight(request);
            return;
        }
        var query = request.params();
        var transport = query.get("transport");
        var sid = query.get("sid");
        if (!POLLING.equals(transport) && !WEB_SOCKET.equals(transport)) {
            refuse(request, Refusal.TRANSPORT_UNKNOWN);
        } else if (query.contains("j")) {
            // JSONP: answers that run as a script, for any page that asks.
            refuse(request, Refusal.BAD_REQUEST);
        } else if (sid == null) {
            begin(request, query, transport);
        } else {
            var session = sessions.get(sid);
            if (session == null) {
                refuse(request, Refusal.SESSION_UNKNOWN);
            } else {
                goOn(request, session, transport);
            }
        }
    }

    private boolean admitOrigin(HttpServerRequest request) {
        var origin = request.getHeader("Origin");
        var response = request.response();
        if (toAll) {
            response.putHeader("Access-Control-Allow-Origin", "*");
            return true;
        }
        if (origin != null && origins.isListed(origin)) {
            response.putHeader("Access-Control-Allow-Origin", origin)
                    .putHeader("Access-Control-Allow-Credentials", "true")
                    .putHeader("Vary", "Origin");
            return true;
        }
        return origins.admit(request);
    }

    private static void preflight(HttpServerRequest request) {
        request.resume();
        request.response()
                .putHeader("Access-Control-Allow-Methods", "GET, POST")
                .putHeader("Access-Control-Allow-Headers", "Content-Type")
                .putHeader("Access-Control-Max-Age", "600")
                .setStatusCode(204)
                .end();
    }

    /// A new client.
    private void begin(HttpServerRequest request, MultiMap query, String transport) {
        var isPolling = transport.equals(POLLING);
        if (!request.method().equals(HttpMethod.GET)) {
            refuse(request, Refusal.BAD_HANDSHAKE_METHOD);
        } else if (!PROTOCOL.equals(query.get("EIO"))) {
            refuse(request, Refusal.UNSUPPORTED_PROTOCOL_VERSION);
        } else if (!isPolling && !Sockets.isUpgrade(request)) {
            refuse(request, Refusal.BAD_REQUEST);
        } else {
            var session = newSession(request, query);
            if (isPolling) {
                request.resume();
                answer(request.response(), handshake(session.id(), "\"websocket\""));
            } else {
                Line.whenEnded(request, session::close);
                Line.open(request, sockets.limits(), session)
                        .onSuccess(line -> session.begin(line, handshake(session.id(), "")))
                        .onFailure(_ -> session.close());
            }
        }
    }

    private SocketIoSession newSession(HttpServerRequest request, MultiMap query) {
        var named = new LinkedHashSet<UUID>();
        query.getAll("payment_id").stream()
                .limit(SocketIoSession.MOST_WATCHED)
                .forEach(id -> WatchedPayment.id(id).ifPresent(named::add));
        WatchedPayment.ofPage(request.getHeader("Referer")).ifPresent(named::add);
        var place = sockets.admit(request);
        var session = new SocketIoSession(this, sockets.limits(), place, Line.loop(request), named);
        sessions.put(session.id(), session);
        place.keep(session);
        return session;
    }

    private String handshake(String sid, String upgrades) {
        return "0{\"sid\":\"%s\",\"upgrades\":[%s],\"pingInterval\":%d,\"pingTimeout\":%d,\"maxPayload\":%d}"
                .formatted(
                        sid,
                        upgrades,
                        sockets.limits().ping().toMillis(),
                        sockets.limits().patience().toMillis(),
                        Sockets.MOST_BYTES);
    }

    /// A client that is known.
    private void goOn(HttpServerRequest request, SocketIoSession session, String transport) {
        if (transport.equals(WEB_SOCKET)) {
            if (Sockets.isUpgrade(request)) {
                Line.open(request, sockets.limits(), session).onSuccess(session::probe);
            } else {
                refuse(request, Refusal.BAD_REQUEST);
            }
        } else if (request.method().equals(HttpMethod.GET)) {
            request.resume();
            session.poll(request);
        } else if (request.method().equals(HttpMethod.POST)) {
            read(request, session);
        } else {
            refuse(request, Refusal.BAD_REQUEST);
        }
    }

    private static void read(HttpServerRequest request, SocketIoSession session) {
        var body = Buffer.buffer();
        request.handler(
                part -> {
                    if (request.response().ended()) {
                        return;
                    }
                    if (body.length() + part.length() > Sockets.MOST_BYTES) {
                        session.close();
                        refuse(request, 413, Refusal.BAD_REQUEST);
                    } else {
                        body.appendBuffer(part);
                    }
                });
        request.endHandler(_ -> session.posted(request, body.toString(StandardCharsets.UTF_8)));
        request.resume();
    }
}
