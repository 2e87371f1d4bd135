package vintem.payments;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// How a payment is named by those who watch it.
final class WatchedPayment {
    /// The event that the page waits for.
    static final String CONFIRMED = "payment-confirmed";

    private static final String TOPICS = "payment:";
    private static final String PAGES = "/payments/pix/";

    private WatchedPayment() {}

    /// What a `Broadcast` about this payment goes by.
    static String topic(UUID paymentId) {
        return TOPICS + paymentId;
    }

    /// What all such topics begin with.
    static String topics() {
        return TOPICS;
    }

    static Optional<UUID> ofTopic(String topic) {
        return id(topic.substring(TOPICS.length()));
    }

    /// An id as we write it; Java alone would take `1-1-1-1-1`, too.
    static Optional<UUID> id(@Nullable String text) {
        if (text == null || text.length() != 36) {
            return Optional.empty();
        }
        try {
            var id = UUID.fromString(text);
            return id.toString().equalsIgnoreCase(text) ? Optional.of(id) : Optional.empty();
        } catch (IllegalArgumentException notAnId) {
            return Optional.empty();
        }
    }

    /// The payment whose page a `Referer` names.
    static Optional<UUID> ofPage(@Nullable String referer) {
        if (referer == null) {
            return Optional.empty();
        }
        var start = referer.indexOf(PAGES);
        if (start < 0) {
            return Optional.empty();
        }
        var rest = referer.substring(start + PAGES.length());
        return id(rest.split("[/?#]", 2)[0]);
    }
}
