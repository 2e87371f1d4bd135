package vintem.webhooks;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One piece of news for one endpoint.
///
/// @param status `waiting`, `delivered` or `dead` (nobody tries it again by themselves)
/// @param dueAt when it is tried next, where it waits
/// @param endedAt when it was delivered, or given up
/// @param lastStatus of the last answer, null where there was none
/// @param lastError why there was no answer
public record Delivery(
        UUID id,
        long seq,
        UUID endpointId,
        String type,
        String subject,
        String status,
        Instant createdAt,
        int attempts,
        Instant dueAt,
        @Nullable Instant endedAt,
        @Nullable Integer lastStatus,
        @Nullable String lastError) {
    static final String WAITING = "waiting";
    static final String DELIVERED = "delivered";
    static final String DEAD = "dead";

    /// The header `webhook-id`: the same each time it is sent.
    static String webhookId(UUID id) {
        return "msg_" + id;
    }
}
