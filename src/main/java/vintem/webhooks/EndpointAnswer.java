package vintem.webhooks;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An endpoint as routes tell of it.
///
/// @param types null: all there are
/// @param secret only when it was made
@JsonInclude(JsonInclude.Include.ALWAYS)
public record EndpointAnswer(
        UUID id,
        String url,
        String description,
        @Nullable List<String> types,
        String status,
        Instant createdAt,
        int failures,
        @Nullable Instant failingSince,
        @Nullable Instant lastSuccessAt,
        @Nullable Instant lastFailureAt,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String secret) {
    static EndpointAnswer of(Endpoint endpoint, @Nullable String secret) {
        return new EndpointAnswer(
                endpoint.id(),
                endpoint.url(),
                endpoint.description(),
                endpoint.types(),
                endpoint.status(),
                endpoint.createdAt(),
                endpoint.failures(),
                endpoint.failingSince(),
                endpoint.lastSuccessAt(),
                endpoint.lastFailureAt(),
                secret);
    }
}
