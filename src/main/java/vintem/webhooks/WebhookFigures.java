package vintem.webhooks;

import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import vintem.platform.Database;
import vintem.platform.Metrics;
import vintem.platform.Remembered;

/// Shows how far behind other systems are told, and what was given up.
@Singleton
class WebhookFigures {
    private static final Duration OLDEST = Duration.ofSeconds(10);

    private final Remembered<Double> lag;
    private final Remembered<Long> dead;

    @Inject
    WebhookFigures(Database database, DeliveryTable deliveries, Clock clock) {
        lag =
                new Remembered<>(
                        OLDEST,
                        () ->
                                database.transaction(
                                        tx -> deliveries.lagSeconds(tx, clock.instant())));
        dead = new Remembered<>(OLDEST, () -> database.transaction(deliveries::countDead));
    }

    void show(@Observes StartupEvent event) {
        Metrics.gauge(
                "vintem_webhooks_lag_seconds",
                "For how long the oldest webhook has been due that nobody took",
                lag::get);
        Metrics.gauge(
                "vintem_webhooks_dead",
                "Webhooks that were given up and wait for a person",
                () -> dead.get());
    }
}
