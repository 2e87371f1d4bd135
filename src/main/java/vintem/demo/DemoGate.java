package vintem.demo;

import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.UUID;
import vintem.platform.Settings;

/// While a history is written the clock of this node stands in the past: whoever comes is asked to
/// come again, and only the demo itself, which shows its pass, is let in.
@Singleton
class DemoGate {
    static final String PASS = "Vintem-Demo";

    private static final int FIRST = -1_000;

    private final String pass = UUID.randomUUID().toString();
    private volatile boolean shut = Settings.text("demo-begins").isPresent();

    void mount(@Observes Router router) {
        if (!shut) {
            return;
        }
        router.route()
                .order(FIRST)
                .handler(
                        routing -> {
                            if (shut && !pass.equals(routing.request().getHeader(PASS))) {
                                routing.response()
                                        .setStatusCode(503)
                                        .putHeader("Retry-After", "2")
                                        .end("The demo is being prepared.");
                            } else {
                                routing.next();
                            }
                        });
    }

    String pass() {
        return pass;
    }

    void open() {
        shut = false;
    }
}
