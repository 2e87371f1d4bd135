package vintem.platform;

import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/// What is refused before any route is asked, an address with `%zz` for example, looks like every
/// other refusal.
@Singleton
class RouterErrors {
    void register(@Observes Router router) {
        router.errorHandler(
                400,
                context ->
                        answer(
                                context,
                                Problem.of(
                                        400,
                                        "bad-request",
                                        "Bad Request",
                                        "This request cannot be read.")));
    }

    private static void answer(RoutingContext context, Problem problem) {
        if (context.response().ended()) {
            return;
        }
        context.response()
                .setStatusCode(problem.status())
                .putHeader("Content-Type", "application/problem+json")
                .end(Buffer.buffer(Json.write(problem.body(new TraceId().value()))));
    }
}
