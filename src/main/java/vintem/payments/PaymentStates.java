package vintem.payments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vintem.platform.Database;

/// How a payment stands, for whoever watches it.
@Singleton
class PaymentStates {
    record State(UUID paymentId, String status, @Nullable Instant paidAt, boolean late) {}

    private final PaymentLookupTable lookups;
    private final Database database;
    private final Clock clock;

    @Inject
    PaymentStates(PaymentLookupTable lookups, Database database, Clock clock) {
        this.lookups = lookups;
        this.database = database;
        this.clock = clock;
    }

    /// Those of them that exist, in no order.
    List<State> find(List<UUID> paymentIds) {
        var payments = database.transaction(tx -> lookups.find(tx, paymentIds));
        var now = clock.instant();
        return payments.stream()
                .map(it -> new State(it.id(), it.statusAt(now), it.paidAt(), it.late()))
                .toList();
    }
}
