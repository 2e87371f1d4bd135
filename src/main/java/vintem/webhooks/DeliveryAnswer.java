package vintem.webhooks;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A delivery as routes tell of it.
///
/// @param webhookId the header `webhook-id`
/// @param nextAt when it is tried next; null where it has ended
/// @param request the bytes that are sent; only where one delivery is asked for
/// @param log each attempt; only where one delivery is asked for
@JsonInclude(JsonInclude.Include.ALWAYS)
public record DeliveryAnswer(
        UUID id,
        String webhookId,
        UUID endpointId,
        String type,
        String subject,
        String status,
        Instant createdAt,
        int attempts,
        @Nullable Instant nextAt,
        @Nullable Instant endedAt,
        @Nullable Integer lastStatus,
        @Nullable String lastError,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String request,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Attempt> log) {
    static DeliveryAnswer of(Delivery it) {
        return of(it, null, null);
    }

    static DeliveryAnswer of(Delivery it, @Nullable String request, @Nullable List<Attempt> log) {
        return new DeliveryAnswer(
                it.id(),
                Delivery.webhookId(it.id()),
                it.endpointId(),
                it.type(),
                it.subject(),
                it.status(),
                it.createdAt(),
                it.attempts(),
                it.status().equals(Delivery.WAITING) ? it.dueAt() : null,
                it.endedAt(),
                it.lastStatus(),
                it.lastError(),
                request,
                log);
    }
}
