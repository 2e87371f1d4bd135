package vintem.payouts;

import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.time.Duration;

/// The rules of the tests: nothing waits, until a test turns the guard on.
@Alternative
@Priority(1)
@Singleton
class MovableRules extends PayoutRules {
    private volatile Duration window = Duration.ZERO;

    /// Who looks alike within so long is held; zero turns it off.
    void looksForLookalikes(Duration within) {
        window = within;
    }

    @Override
    Duration lookalikeWindow() {
        return window;
    }
}
