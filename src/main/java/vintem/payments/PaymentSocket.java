package vintem.payments;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import vintem.payments.PaymentStates.State;
import vintem.platform.Broadcast;
import vintem.platform.Json;
import vintem.platform.Line;
import vintem.platform.Origins;
import vintem.platform.Problem;
import vintem.platform.Sockets;

/// `GET /ws/payments/<payment_id>`: a WebSocket whose first frame is the payment's state, and then
/// a frame for each change. Who connects again misses nothing, because the first frame is the
/// state.
///
/// The id is the right to look: it is random, and only the payer's page has it.
@Singleton
class PaymentSocket {
    private static final String STATE = "state";
    private static final int MOST_EVENTS_WAITING = 16;

    /// What is sent.
    record Frame(
            String event, UUID paymentId, String status, @Nullable Instant paidAt, boolean late) {}

    private final Sockets sockets;
    private final Broadcast broadcast;
    private final LiveStates states;
    private final Origins origins;

    @Inject
    PaymentSocket(Sockets sockets, Broadcast broadcast, LiveStates states) {
        this(sockets, broadcast, states, Origins.fromSettings());
    }

    PaymentSocket(Sockets sockets, Broadcast broadcast, LiveStates states, Origins origins) {
        this.sockets = sockets;
        this.broadcast = broadcast;
        this.states = states;
        this.origins = origins;
    }

    void mount(@Observes Router router) {
        router.route(HttpMethod.GET, "/ws/payments/:payment_id")
                .order(SocketIo.BEFORE_QUARKUS)
                .handler(this::handle);
    }

    private void handle(RoutingContext routing) {
        var request = routing.request();
        // What comes before we are ready waits.
        request.pause();
        try {
            open(request, routing.pathParam("payment_id"));
        } catch (Problem problem) {
            Sockets.refuse(request, problem);
        }
    }

    private void open(HttpServerRequest request, String id) {
        if (!origins.admit(request)) {
            throw Problem.forbidden("This comes from another site.");
        }
        if (!Sockets.isUpgrade(request)) {
            throw Problem.of(426, "upgrade-required", "A WebSocket", "Connect with a WebSocket.")
                    .header("Upgrade", "websocket");
        }
        var paymentId = WatchedPayment.id(id).orElseThrow(PaymentSocket::unknown);
        new Watcher(paymentId, sockets.admit(request), Line.loop(request)).open(request);
    }

    private static Problem unknown() {
        return Problem.notFound("There is no such payment.");
    }

    /// One connection. Everything happens on its event loop, except being told.
    private final class Watcher implements Broadcast.Listener, Line.Receiver {
        private final UUID paymentId;
        private final Sockets.Place place;
        private final Executor loop;
        private final Broadcast.Listening listening;
        private final Queue<String> events = new ArrayDeque<>(2);
        private @Nullable Line line;
        private boolean reading;

        Watcher(UUID paymentId, Sockets.Place place, Executor loop) {
            this.paymentId = paymentId;
            this.place = place;
            this.loop = loop;
            // Before the state is read: what happens in between is told.
            listening = broadcast.listen(WatchedPayment.topic(paymentId), this);
        }

        void open(HttpServerRequest request) {
            Line.whenEnded(request, this::leave);
            states.read(paymentId)
                    .whenComplete((state, _) -> loop.execute(() -> open(request, state)));
        }

        /// @param state null where it could not be read
        private void open(HttpServerRequest request, @Nullable Optional<State> state) {
            if (state == null) {
                leave();
                Sockets.refuse(request, Problem.unavailable("The database does not answer.", 2));
            } else if (state.isEmpty()) {
                leave();
                Sockets.refuse(request, unknown());
            } else {
                Line.open(request, sockets.limits(), this)
                        .onSuccess(opened -> begin(opened, state.get()))
                        .onFailure(_ -> leave());
            }
        }

        private void begin(Line opened, State state) {
            line = opened;
            place.keep(opened);
            send(STATE, state);
            next();
        }

        private void leave() {
            listening.close();
            place.close();
        }

        @Override
        public void told(String topic, String event) {
            loop.execute(() -> queue(event));
        }

        @Override
        public void readAgain() {
            told("", STATE);
        }

        @Override
        public void received(Line line, String text) {
            // Nothing that a client says means anything here.
        }

        private void queue(String event) {
            if (events.size() < MOST_EVENTS_WAITING) {
                events.add(event);
                next();
            } else if (line != null) {
                line.cut();
            }
        }

        /// One read after the other: a frame never carries an older state than the one before.
        private void next() {
            if (line == null || reading || events.isEmpty()) {
                return;
            }
            reading = true;
            states.read(paymentId)
                    .whenComplete((state, _) -> loop.execute(() -> found(state)));
        }

        /// @param state null where it could not be read
        private void found(@Nullable Optional<State> state) {
            reading = false;
            var event = events.remove();
            if (state == null || state.isEmpty()) {
                // The client connects again, and then the first frame tells it.
                if (line != null) {
                    line.close(Line.OUR_MISTAKE);
                }
            } else {
                send(event, state.get());
                next();
            }
        }

        private void send(String event, State state) {
            if (line != null) {
                line.send(
                        Json.text(
                                new Frame(
                                        event,
                                        paymentId,
                                        state.status(),
                                        state.paidAt(),
                                        state.late())));
            }
        }
    }
}
