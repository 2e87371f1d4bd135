package vintem.payments;

import jakarta.inject.Singleton;
import java.util.UUID;

/// Whoever looks at a payment hears that it has changed. A hint: what has changed is read again.
@Singleton
class Screens {
    void changed(UUID paymentId, String event) {}
}
