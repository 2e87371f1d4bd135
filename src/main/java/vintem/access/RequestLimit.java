package vintem.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import vintem.platform.Settings;

/// So many requests a minute with one credential, on this node (`VINTEM_REQUESTS_PER_MINUTE`; 0 for
/// no limit). A minute's worth may come at once; after that they pass as the minute does.
@Singleton
class RequestLimit {
    private static final int MOST_REMEMBERED = 10_000;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final long perMinute;
    private final Clock clock;
    // Whoever has been quiet for a minute has a full bucket, and need not be remembered.
    private final Cache<UUID, Bucket> buckets =
            Caffeine.newBuilder()
                    .maximumSize(MOST_REMEMBERED)
                    .expireAfterAccess(MINUTE.multipliedBy(2))
                    .build();

    @Inject
    RequestLimit(Clock clock) {
        this(Settings.number("requests-per-minute", 6_000), clock);
    }

    RequestLimit(long perMinute, Clock clock) {
        this.perMinute = perMinute;
        this.clock = clock;
    }

    /// Counts one request; or says how long to wait, and does not count it.
    Optional<Duration> take(UUID credentialId) {
        return perMinute <= 0
                ? Optional.empty()
                : buckets.get(credentialId, _ -> new Bucket())
                        .take(clock.instant(), MINUTE.dividedBy(perMinute));
    }

    private static final class Bucket {
        private Instant fullAt = Instant.MIN;

        synchronized Optional<Duration> take(Instant now, Duration one) {
            var next = (fullAt.isBefore(now) ? now : fullAt).plus(one);
            var wait = Duration.between(now.plus(MINUTE), next);
            if (wait.isPositive()) {
                return Optional.of(wait);
            }
            fullAt = next;
            return Optional.empty();
        }
    }
}
