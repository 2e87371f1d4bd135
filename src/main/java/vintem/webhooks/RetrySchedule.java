package vintem.webhooks;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// When what failed is tried again: over three days, as Standard Webhooks recommends
/// (https://www.standardwebhooks.com, *Deliverability and reliability*).
final class RetrySchedule {
    private static final List<Duration> PAUSES =
            List.of(
                    Duration.ofSeconds(5),
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(30),
                    Duration.ofHours(2),
                    Duration.ofHours(5),
                    Duration.ofHours(10),
                    Duration.ofHours(14),
                    Duration.ofHours(20),
                    Duration.ofHours(24));

    // Many that failed at once do not come back at once.
    private static final double MOST_JITTER = 0.2;

    private static final Duration LONGEST_ASKED_FOR = Duration.ofHours(24);
    private static final int PROBES_AFTER = 3;
    private static final Duration LONGEST_REST = Duration.ofMinutes(1);

    private RetrySchedule() {}

    /// The pause after so many attempts, at least as long as the receiver asked for; empty where it
    /// was the last one.
    static Optional<Duration> pauseAfter(int attempts, Duration askedFor) {
        if (attempts > PAUSES.size()) {
            return Optional.empty();
        }
        var pause = PAUSES.get(attempts - 1);
        var jitter = ThreadLocalRandom.current().nextDouble(MOST_JITTER);
        var jittered = pause.plusMillis((long) (pause.toMillis() * jitter));
        var asked = within(askedFor);
        return Optional.of(asked.compareTo(jittered) > 0 ? asked : jittered);
    }

    /// What a receiver may ask for at most.
    static Duration within(Duration askedFor) {
        return askedFor.compareTo(LONGEST_ASKED_FOR) > 0 ? LONGEST_ASKED_FOR : askedFor;
    }

    /// Whether an endpoint has failed so often in a row that it is only probed, one piece of news
    /// at a time.
    static boolean isProbed(int failures) {
        return failures >= PROBES_AFTER;
    }

    /// How long an endpoint that has failed so often in a row is left alone as a whole: what waits
    /// for it must not use up its attempts in a minute.
    static Duration restAfter(int failures) {
        if (!isProbed(failures)) {
            return Duration.ZERO;
        }
        var rest = Duration.ofSeconds(1L << Math.min(10, failures - PROBES_AFTER));
        return rest.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : rest;
    }
}
