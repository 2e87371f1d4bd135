package vintem.billing;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import vintem.access.Capability;
import vintem.access.Role;
import vintem.access.SocketTickets;
import vintem.platform.Broadcast;
import vintem.platform.Database;
import vintem.platform.Json;
import vintem.platform.Line;
import vintem.platform.Origins;
import vintem.platform.Problem;
import vintem.platform.Sockets;

/// `GET /ws/billing/files/<id>`: a WebSocket whose first frame is the file's state, and then one
/// frame when it has moved, a few a second at most.
///
/// A program sends `Authorization`; a browser, which cannot, `?ticket=` ([SocketTickets]).
@Singleton
class DebtFileSocket {
    // Quarkus' own filters know nothing of sockets.
    private static final int BEFORE_QUARKUS = -400;
    private static final int REST_MILLIS = 250;
    private static final Logger LOG = Logger.getLogger(DebtFileSocket.class);

    /// What is sent: `state` first, then `progress`, and at the end the file's status.
    record Frame(String event, DebtFileBody file) {}

    private final Sockets sockets;
    private final SocketTickets tickets;
    private final Broadcast broadcast;
    private final Database database;
    private final DebtFileTable table;
    private final Clock clock;
    private final Vertx vertx;
    private final Origins origins = Origins.fromSettings();

    @Inject
    DebtFileSocket(
            Sockets sockets,
            SocketTickets tickets,
            Broadcast broadcast,
            Database database,
            DebtFileTable table,
            Clock clock,
            Vertx vertx) {
        this.sockets = sockets;
        this.tickets = tickets;
        this.broadcast = broadcast;
        this.database = database;
        this.table = table;
        this.clock = clock;
        this.vertx = vertx;
    }

    void mount(@Observes Router router) {
        router.route(HttpMethod.GET, "/ws/billing/files/:id")
                .order(BEFORE_QUARKUS)
                .handler(this::handle);
    }

    private void handle(RoutingContext routing) {
        var request = routing.request();
        // What comes before we are ready waits.
        request.pause();
        try {
            open(request, routing.pathParam("id"));
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
        var fileId = DebtFilesHttp.known(id);
        new Watcher(fileId, sockets.admit(request), Line.loop(request)).admit(request);
    }

    private Optional<DebtFileBody> read(UUID fileId) {
        return database.transaction(tx -> table.find(tx, fileId))
                .map(file -> DebtFileBody.of(file, clock.instant()));
    }

    /// One connection. Everything happens on its event loop, except asking the database and being
    /// told.
    private final class Watcher implements Broadcast.Listener, Line.Receiver {
        private final UUID fileId;
        private final Sockets.Place place;
        private final Executor loop;
        private final Broadcast.Listening listening;
        private @Nullable Line line;
        private boolean reading;
        private boolean moved;

        Watcher(UUID fileId, Sockets.Place place, Executor loop) {
            this.fileId = fileId;
            this.place = place;
            this.loop = loop;
            // Before the state is read: what happens in between is told.
            listening = broadcast.listen(FileScreens.topic(fileId), this);
        }

        void admit(HttpServerRequest request) {
            Line.whenEnded(request, this::leave);
            Thread.ofVirtual()
                    .name("admit-socket")
                    .start(
                            () -> {
                                try {
                                    tickets.admit(request, Capability.BILLING, Role.READ);
                                    var state = read(fileId);
                                    loop.execute(() -> open(request, state));
                                } catch (Problem problem) {
                                    loop.execute(() -> refuse(request, problem));
                                } catch (RuntimeException failed) {
                                    LOG.warnf("a socket could not be opened: %s", failed);
                                    loop.execute(() -> refuse(request, away()));
                                }
                            });
        }

        private void open(HttpServerRequest request, Optional<DebtFileBody> state) {
            if (state.isEmpty()) {
                refuse(request, DebtFilesHttp.noSuchFile());
                return;
            }
            Line.open(request, sockets.limits(), this)
                    .onSuccess(opened -> begin(opened, state.get()))
                    .onFailure(_ -> leave());
        }

        private void refuse(HttpServerRequest request, Problem problem) {
            leave();
            Sockets.refuse(request, problem);
        }

        private void begin(Line opened, DebtFileBody state) {
            line = opened;
            place.keep(opened);
            send("state", state);
            next();
        }

        private void leave() {
            listening.close();
            place.close();
        }

        @Override
        public void told(String topic, String event) {
            loop.execute(
                    () -> {
                        moved = true;
                        next();
                    });
        }

        @Override
        public void readAgain() {
            told("", FileScreens.MOVED);
        }

        @Override
        public void received(Line line, String text) {
            // Nothing that a client says means anything here.
        }

        /// One read after the other, and a rest between: a frame never carries an older state than
        /// the one before, and a fast import does not flood anybody.
        private void next() {
            if (line == null || reading || !moved) {
                return;
            }
            reading = true;
            moved = false;
            Thread.ofVirtual()
                    .name("read-debt-file")
                    .start(
                            () -> {
                                try {
                                    var state = read(fileId);
                                    loop.execute(() -> found(state));
                                } catch (RuntimeException away) {
                                    LOG.warnf("a file's state cannot be read: %s", away);
                                    loop.execute(() -> found(Optional.empty()));
                                }
                            });
        }

        /// @param state empty where it could not be read, or the file is gone
        private void found(Optional<DebtFileBody> state) {
            if (line == null) {
                return;
            }
            if (state.isEmpty()) {
                // The client connects again, and then the first frame tells it.
                line.close(Line.OUR_MISTAKE);
                return;
            }
            var status = state.get().status();
            var underWay =
                    status.equals(DebtFile.Status.IMPORTING.word())
                            || status.equals(DebtFile.Status.RECEIVING.word());
            send(underWay ? "progress" : status, state.get());
            vertx.setTimer(
                    REST_MILLIS,
                    _ ->
                            loop.execute(
                                    () -> {
                                        reading = false;
                                        next();
                                    }));
        }

        private void send(String event, DebtFileBody state) {
            if (line != null) {
                line.send(Json.text(new Frame(event, state)));
            }
        }

        private static Problem away() {
            return Problem.unavailable("The database does not answer.", 2);
        }
    }
}
