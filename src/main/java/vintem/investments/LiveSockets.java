package vintem.investments;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import vintem.access.Capability;
import vintem.access.Role;
import vintem.access.SocketTickets;
import vintem.investments.LiveFrames.Wanted;
import vintem.platform.Json;
import vintem.platform.Line;
import vintem.platform.Origins;
import vintem.platform.Problem;
import vintem.platform.Sockets;
import vintem.platform.TraceId;

/// Opens the sockets of this module: for whoever may read it, by `Authorization` or by a ticket.
/// What is wrong with the parameters is said in a frame, `{"error":{…}}`, and then it is closed.
@Singleton
class LiveSockets {
    // Quarkus' own filters know nothing of sockets.
    static final int BEFORE_QUARKUS = -400;

    private static final Logger LOG = Logger.getLogger(LiveSockets.class);

    private final Sockets sockets;
    private final SocketTickets tickets;
    private final LiveFrames frames;
    private final Origins origins = Origins.fromSettings();

    @Inject
    LiveSockets(Sockets sockets, SocketTickets tickets, LiveFrames frames) {
        this.sockets = sockets;
        this.tickets = tickets;
        this.frames = frames;
    }

    /// @param wanted reads the request's parameters, or throws a [Problem]
    void handle(RoutingContext routing, Supplier<Wanted> wanted) {
        var request = routing.request();
        // What comes before we are ready waits.
        request.pause();
        try {
            if (!origins.admit(request)) {
                throw Problem.forbidden("This comes from another site.");
            }
            if (!Sockets.isUpgrade(request)) {
                throw Problem.of(
                                426, "upgrade-required", "A WebSocket", "Connect with a WebSocket.")
                        .header("Upgrade", "websocket");
            }
            checkQuery(request);
            new Watcher(sockets.admit(request), Line.loop(request), wanted).admit(request);
        } catch (Problem problem) {
            Sockets.refuse(request, problem);
        }
    }

    /// A lone `%` means nothing, and would be noticed in the middle of something else.
    private static void checkQuery(HttpServerRequest request) {
        try {
            request.params();
        } catch (IllegalArgumentException notEncoded) {
            throw Problem.invalid("The address is not percent-encoded.");
        }
    }

    /// One connection. Everything happens on its event loop, except asking the database.
    private final class Watcher implements Line.Receiver {
        private final Sockets.Place place;
        private final Executor loop;
        private final Supplier<Wanted> wanted;
        private LiveFrames.@Nullable Seat seat;
        private boolean left;

        Watcher(Sockets.Place place, Executor loop, Supplier<Wanted> wanted) {
            this.place = place;
            this.loop = loop;
            this.wanted = wanted;
        }

        void admit(HttpServerRequest request) {
            Line.whenEnded(request, () -> loop.execute(this::leave));
            Thread.ofVirtual()
                    .name("admit-socket")
                    .start(
                            () -> {
                                try {
                                    tickets.admit(request, Capability.INVESTMENTS, Role.READ);
                                    loop.execute(() -> open(request));
                                } catch (Problem problem) {
                                    loop.execute(() -> refuse(request, problem));
                                } catch (RuntimeException failed) {
                                    LOG.warnf("a socket could not be opened: %s", failed);
                                    loop.execute(() -> refuse(request, away()));
                                }
                            });
        }

        @Override
        public void received(Line line, String text) {
            // Nothing that a client says means anything here.
        }

        private void open(HttpServerRequest request) {
            Line.open(request, sockets.limits(), this)
                    .onSuccess(this::begin)
                    .onFailure(_ -> leave());
        }

        private void begin(Line line) {
            if (left) {
                return;
            }
            place.keep(line);
            try {
                seat = frames.join(wanted.get(), line, loop);
            } catch (Problem problem) {
                line.send(Json.text(Map.of("error", problem.body(new TraceId().value()))));
                line.close(Line.REFUSED);
            }
        }

        private void refuse(HttpServerRequest request, Problem problem) {
            leave();
            Sockets.refuse(request, problem);
        }

        private void leave() {
            left = true;
            place.close();
            if (seat != null) {
                seat.leave();
            }
        }

        private static Problem away() {
            return Problem.unavailable("The database does not answer.", 2);
        }
    }
}
