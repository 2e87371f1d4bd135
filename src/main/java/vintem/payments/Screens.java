package vintem.payments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.UUID;
import vintem.platform.Broadcast;

/// Tells whoever looks at a payment that it has changed. A hint, after the commit: they read again.
@Singleton
class Screens {
    private final Broadcast broadcast;

    @Inject
    Screens(Broadcast broadcast) {
        this.broadcast = broadcast;
    }

    /// Whether anybody looks at a payment at this moment, on a node that this one can tell.
    boolean areWatched() {
        return broadcast.isHeard(WatchedPayment.topics());
    }

    /// @param event `payment-confirmed`, `payment-expired`, `payment-removed`, `payment-refunded`
    ///     or `payment-registered`
    void changed(UUID paymentId, String event) {
        broadcast.tell(WatchedPayment.topic(paymentId), event);
    }
}
