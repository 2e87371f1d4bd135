package vintem.access;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A user as others see them.
record UserAnswer(
        UUID id,
        String name,
        Map<String, String> roles,
        @Nullable Long perItemLimitCents,
        @Nullable Long dailyLimitCents,
        @Nullable Long releaseAboveCents,
        @Nullable Long releaseLimitCents,
        boolean active,
        Instant createdAt) {
    static UserAnswer of(UserTable.User user) {
        return new UserAnswer(
                user.id(),
                user.name(),
                user.grant().roleWords(),
                user.perItemLimitCents(),
                user.dailyLimitCents(),
                user.releaseAboveCents(),
                user.releaseLimitCents(),
                user.active(),
                user.createdAt());
    }
}
