package vintem.access;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An API key as it is shown.
///
/// @param key the whole key where it was just made, else null
record KeyAnswer(
        UUID id,
        String name,
        String hint,
        @Nullable String key,
        Map<String, String> roles,
        @Nullable Long perItemLimitCents,
        @Nullable Long dailyLimitCents,
        @Nullable Long releaseAboveCents,
        UUID createdBy,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt) {
    static KeyAnswer of(KeyTable.Key key, @Nullable String secret) {
        return new KeyAnswer(
                key.id(),
                key.name(),
                key.hint(),
                secret,
                key.grant().roleWords(),
                key.perItemLimitCents(),
                key.dailyLimitCents(),
                key.releaseAboveCents(),
                key.createdBy(),
                key.createdAt(),
                key.expiresAt(),
                key.revokedAt());
    }
}
