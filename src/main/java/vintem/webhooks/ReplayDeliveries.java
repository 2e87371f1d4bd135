package vintem.webhooks;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.platform.Database;

/// Sends again what was sent, or given up: with the same id and the same bytes, so that a receiver
/// that knows it does nothing twice.
@Singleton
class ReplayDeliveries {
    private final Database database;
    private final EndpointTable endpoints;
    private final DeliveryTable deliveries;
    private final AccessLog log;
    private final Clock clock;

    @Inject
    ReplayDeliveries(
            Database database,
            EndpointTable endpoints,
            DeliveryTable deliveries,
            AccessLog log,
            Clock clock) {
        this.database = database;
        this.endpoints = endpoints;
        this.deliveries = deliveries;
        this.log = log;
        this.clock = clock;
    }

    /// One, now; one that waits is tried now instead of later. Safe twice.
    Optional<Delivery> one(Caller caller, UUID id) {
        return database.transaction(
                tx -> {
                    if (deliveries.find(tx, id).isEmpty()) {
                        return Optional.empty();
                    }
                    var now = clock.instant();
                    if (!deliveries.replay(tx, id, now)) {
                        deliveries.hurry(tx, id, now);
                    }
                    log.record(tx, caller, "webhook.replayed", id.toString(), "");
                    return deliveries.find(tx, id);
                });
    }

    /// All of an endpoint that were given up and are not older than that.
    ///
    /// @return how many; empty where there is no such endpoint
    OptionalInt dead(Caller caller, UUID endpoint, Instant since) {
        return database.transaction(
                tx -> {
                    if (endpoints.find(tx, endpoint).isEmpty()) {
                        return OptionalInt.empty();
                    }
                    var many = deliveries.replayDead(tx, endpoint, since, clock.instant());
                    log.record(
                            tx,
                            caller,
                            "webhook.dead_replayed",
                            endpoint.toString(),
                            "%d since %s".formatted(many, since));
                    return OptionalInt.of(many);
                });
    }
}
