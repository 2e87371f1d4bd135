package vintem.webhooks;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Where news go.
///
/// @param types the news it wants; null: all there are
/// @param status `enabled`; `disabled` by a person; `failing`: switched off by us, its news are
///     kept; `gone`: it answered 410
/// @param failures rounds in a row in which nothing was delivered
/// @param failingSince the first of those
/// @param restUntil nobody asks it before; the past where it is not left alone
public record Endpoint(
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
        @Nullable Instant restUntil) {
    static final String ENABLED = "enabled";
    static final String DISABLED = "disabled";
    static final String FAILING = "failing";
    static final String GONE = "gone";

    boolean isEnabled() {
        return status.equals(ENABLED);
    }
}
