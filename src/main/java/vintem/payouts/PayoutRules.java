package vintem.payouts;

import jakarta.inject.Singleton;
import java.time.Duration;
import vintem.access.Grant;
import vintem.platform.Settings;

/// When payouts wait instead of being sent at once. All of it is off unless somebody sets it: a
/// batch is paid in its request, as the contract has it.
@Singleton
class PayoutRules {
    private final long releaseAboveCents =
            Settings.number("payouts-release-above-cents", Grant.NO_LIMIT);
    private final Duration releaseWithin =
            Duration.ofHours(Settings.number("payouts-release-hours", 72));
    private final Duration lookalikeWindow =
            Duration.ofMinutes(Settings.number("payouts-lookalike-minutes", 0));

    /// A batch of more than this waits for a second person, whoever sends it.
    long releaseAboveCents() {
        return releaseAboveCents;
    }

    /// How long a batch waits for a person before it is given up.
    Duration releaseWithin() {
        return releaseWithin;
    }

    /// How long after a payout the same amount to the same key is taken for a mistake; zero where
    /// nobody looks.
    Duration lookalikeWindow() {
        return lookalikeWindow;
    }
}
