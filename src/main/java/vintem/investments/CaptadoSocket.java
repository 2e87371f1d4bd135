package vintem.investments;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import vintem.investments.LiveFrames.Source;
import vintem.investments.LiveFrames.Wanted;
import vintem.platform.Problem;

/// `GET /ws/captado?month=<1-12>&year=<yyyy>`: what clients put in, at once, every five seconds and
/// whenever a figure changes. With `as_of` it is the frame of that instant.
@Singleton
class CaptadoSocket {
    private final LiveSockets sockets;
    private final Captado captado;
    private final SharedFrames shared;
    private final Clock clock;
    private final LongAdder computations = new LongAdder();

    @Inject
    CaptadoSocket(LiveSockets sockets, Captado captado, SharedFrames shared, Clock clock) {
        this.sockets = sockets;
        this.captado = captado;
        this.shared = shared;
        this.clock = clock;
    }

    void mount(@Observes Router router) {
        router.route(HttpMethod.GET, "/ws/captado")
                .order(LiveSockets.BEFORE_QUARKUS)
                .handler(routing -> sockets.handle(routing, () -> wanted(routing.request())));
    }

    /// How often this node worked figures out, for whichever month.
    long computations() {
        return computations.sum();
    }

    private Wanted wanted(HttpServerRequest request) {
        var month = CaptadoHttp.month(request.getParam("month"), request.getParam("year"));
        var asOf = Answers.asOf(request.getParam("as_of"), clock.instant());
        var windows =
                captado.windows(month, asOf)
                        .orElseThrow(() -> Problem.invalid("?month", "has not begun"));
        return new Wanted(
                "captado:" + month + (asOf == null ? "" : "@" + asOf),
                KeepCaptado.TOPIC,
                () -> asOf == null ? source(month) : frozen(windows, asOf));
    }

    Source source(YearMonth month) {
        return new Live(month, captado.board(month));
    }

    private Source frozen(Windows windows, Instant asOf) {
        return new Source() {
            private @Nullable String frame;

            @Override
            public String latest() {
                if (frame == null) {
                    computations.increment();
                    frame = captado.frame(windows, asOf);
                }
                return frame;
            }

            @Override
            public void forget() {
                frame = null;
            }
        };
    }

    /// One month as it is now.
    private final class Live implements Source {
        private final YearMonth month;
        private final CaptadoBoard board;
        private String stamp = "";
        private String frame = "";

        Live(YearMonth month, CaptadoBoard board) {
            this.month = month;
            this.board = board;
        }

        @Override
        public String latest() {
            var now = board.stamp();
            if (!now.equals(stamp)) {
                frame = shared.once("captado:%s:%s".formatted(month, now), this::look);
                stamp = now;
            }
            return frame;
        }

        private String look() {
            if (board.look()) {
                computations.increment();
            }
            return board.frame();
        }
    }
}
