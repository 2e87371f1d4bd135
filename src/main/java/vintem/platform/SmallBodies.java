package vintem.platform;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;

/// Reads a small body where it arrives, on the event loop, before a thread is taken for its
/// request.
///
/// A thread that reads the body itself asks the event loop for it and waits, for bytes that mostly
/// came together with the headers: two more hand-overs for each request, a fifth of what it costs
/// the server. Larger bodies, those that do not say how long they are, and files, whose route
/// records that they began to arrive, stay with their route.
@Singleton
class SmallBodies {
    /// Larger than any single payment, smaller than what a route refuses.
    static final int MOST_BYTES = 16 * 1024;

    private static final int BEFORE_ROUTES = -10;
    private static final Duration PATIENCE =
            Settings.duration("body-timeout-millis", Duration.ofSeconds(60));
    private static final Set<HttpMethod> WITH_BODY =
            Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE);

    void mount(@Observes Router router, Vertx vertx) {
        router.route().order(BEFORE_ROUTES).handler(routing -> read(vertx, routing));
    }

    private static void read(Vertx vertx, RoutingContext routing) {
        var request = routing.request();
        if (!isSmall(request)) {
            routing.next();
            return;
        }
        // Whoever promises a body and never sends it holds a connection, not for long.
        var timer = vertx.setTimer(PATIENCE.toMillis(), _ -> request.connection().close());
        request.body()
                .onComplete(
                        body -> {
                            vertx.cancelTimer(timer);
                            if (body.succeeded()) {
                                goOn(routing, body.result());
                            }
                            // Otherwise whoever sent it is gone.
                        });
        request.resume();
    }

    private static void goOn(RoutingContext routing, Buffer body) {
        ((RoutingContextInternal) routing).setBody(body);
        routing.next();
    }

    /// Only with a length: HTTP/1.1 then cuts the body there, whatever follows.
    private static boolean isSmall(HttpServerRequest request) {
        // A request of HTTP/2 that was read to its end may not be paused any more, and the router
        // pauses each.
        if (request.version() == HttpVersion.HTTP_2 || !WITH_BODY.contains(request.method())) {
            return false;
        }
        var type = request.getHeader("Content-Type");
        if (type == null || !type.startsWith("application/json")) {
            return false;
        }
        var length = request.getHeader("Content-Length");
        return length != null
                && !length.isEmpty()
                && length.length() <= 5
                && length.chars().allMatch(it -> it >= '0' && it <= '9')
                && Integer.parseInt(length) <= MOST_BYTES
                // Sent only once we say that we go on, which is for the route to do.
                && request.getHeader("Expect") == null;
    }
}
