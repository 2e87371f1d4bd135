package vintem.platform;

import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;

/// What becomes of a body that was answered before all of it was read: a gigabyte whose first line
/// is wrong, for example. Left alone it would pile up in memory behind the answer.
///
/// The connection takes no further request. What still comes is thrown away for some seconds, since
/// a connection that is closed while its client writes loses the answer; then it is closed.
@Singleton
public class UnreadBodies {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final CurrentVertxRequest current;
    private final Vertx vertx;

    @Inject
    UnreadBodies(CurrentVertxRequest current, Vertx vertx) {
        this.current = current;
        this.vertx = vertx;
    }

    /// To be called at the beginning of a route that may answer before it has read its body.
    public void guard() {
        var routing = current.getCurrent();
        var request = routing.request();
        routing.addHeadersEndHandler(
                _ -> {
                    if (!request.isEnded() && isFirstVersion(request)) {
                        request.response().putHeader("Connection", "close");
                    }
                });
        routing.addEndHandler(
                answered -> {
                    // Where the client went away instead, whoever reads the body is told of it.
                    if (answered.succeeded() && !request.isEnded()) {
                        leave(request);
                    }
                });
    }

    private void leave(HttpServerRequest request) {
        if (!isFirstVersion(request)) {
            // Other requests share the connection; only this one ends.
            request.response().reset(0);
            return;
        }
        var connection = request.connection();
        var timer = vertx.setTimer(PATIENCE.toMillis(), _ -> connection.close());
        connection.closeHandler(_ -> vertx.cancelTimer(timer));
        request.handler(_ -> {});
        request.exceptionHandler(_ -> {});
        request.endHandler(_ -> connection.close());
        request.resume();
    }

    private static boolean isFirstVersion(HttpServerRequest request) {
        return request.version() != HttpVersion.HTTP_2;
    }
}
