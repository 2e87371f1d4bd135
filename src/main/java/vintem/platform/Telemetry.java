package vintem.platform;

import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Switches on what is seen from outside: OTLP where `VINTEM_OTLP_ENDPOINT` names a collector, the
/// log as JSON where `VINTEM_LOG_FORMAT` is `ecs`. Without them nothing here costs anything.
@Singleton
class Telemetry {
    private static final int FIRST = 1;

    private @Nullable Otlp otlp;

    void start(@Observes @Priority(FIRST) StartupEvent event) {
        if (!Settings.flag("serving")) {
            return;
        }
        switch (Settings.text("log-format").orElse("text")) {
            case "text" -> {}
            case "ecs" -> EcsFormatter.install();
            default -> throw new IllegalArgumentException("VINTEM_LOG_FORMAT is `text` or `ecs`");
        }
        endpoint().ifPresent(address -> otlp = Otlp.open(address));
    }

    @PreDestroy
    void stop() {
        if (otlp != null) {
            otlp.close();
        }
    }

    /// Where the collector listens, by OTLP over HTTP.
    ///
    /// @throws IllegalArgumentException in words for the operator
    static Optional<URI> endpoint() {
        return Settings.text("otlp-endpoint")
                .map(
                        text -> {
                            if (!text.matches("https?://[^\\s/?#@]+(/[^\\s?#]*)?")) {
                                throw new IllegalArgumentException(
                                        "VINTEM_OTLP_ENDPOINT is an address like"
                                                + " http://collector.example:4318");
                            }
                            return URI.create(text.replaceAll("/+$", ""));
                        });
    }
}
