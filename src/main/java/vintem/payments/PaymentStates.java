package vintem.payments;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What those who watch a payment are shown.
@Singleton
class PaymentStates {
    /// @param paidAt since when it counts as paid, null where it does not
    /// @param late whether it was paid after it had expired
    record State(UUID paymentId, String status, @Nullable Instant paidAt, boolean late) {}

    private final Map<UUID, State> states = new ConcurrentHashMap<>();

    Optional<State> find(UUID paymentId) {
        return Optional.ofNullable(states.get(paymentId));
    }

    /// Until payments are there: the tests say what is stored.
    void put(State state) {
        states.put(state.paymentId(), state);
    }
}
