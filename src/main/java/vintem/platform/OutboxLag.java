package vintem.platform;

import io.quarkus.arc.All;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Shows how far subscribers are behind the news.
@Singleton
class OutboxLag {
    private static final Duration OLDEST = Duration.ofSeconds(10);

    private final List<Subscriber> subscribers;
    private final Remembered<Map<String, Double>> lags;
    private final Remembered<Long> parked;

    @Inject
    OutboxLag(Database database, OutboxTable table, @All List<Subscriber> subscribers) {
        this.subscribers = subscribers;
        lags = new Remembered<>(OLDEST, () -> database.transaction(table::lagSeconds));
        parked = new Remembered<>(OLDEST, () -> database.transaction(table::countParked));
    }

    void show(@Observes StartupEvent event) {
        for (var subscriber : subscribers) {
            Metrics.gauge(
                    "vintem_outbox_lag_seconds",
                    "How old the oldest piece of news is that a subscriber has not passed",
                    () -> lags.get().getOrDefault(subscriber.name(), 0.0),
                    "subscriber",
                    subscriber.name());
        }
        Metrics.gauge(
                "vintem_outbox_parked",
                "News that a subscriber stumbled over and that wait for a person",
                () -> parked.get());
    }
}
