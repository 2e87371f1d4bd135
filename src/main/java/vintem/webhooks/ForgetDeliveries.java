package vintem.webhooks;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import vintem.platform.Database;
import vintem.platform.Settings;

/// Deletes deliveries and their logs when they have become old, and secrets that are over. What
/// waits for an endpoint that is enabled stays, however old.
@Singleton
class ForgetDeliveries {
    private static final int AT_ONCE = 5_000;

    private final Database database;
    private final EndpointTable endpoints;
    private final DeliveryTable deliveries;
    private final Clock clock;
    private final Duration kept = Duration.ofDays(Settings.number("webhooks-keep-days", 30));

    @Inject
    ForgetDeliveries(
            Database database, EndpointTable endpoints, DeliveryTable deliveries, Clock clock) {
        this.database = database;
        this.endpoints = endpoints;
        this.deliveries = deliveries;
        this.clock = clock;
    }

    @Scheduled(every = "1h", delayed = "7m", concurrentExecution = ConcurrentExecution.SKIP)
    void run() {
        var before = clock.instant().minus(kept);
        while (database.transaction(tx -> deliveries.forget(tx, before, AT_ONCE)) == AT_ONCE) {
            // More are as old.
        }
        database.transaction(tx -> endpoints.forgetSecrets(tx, clock.instant()));
    }
}
