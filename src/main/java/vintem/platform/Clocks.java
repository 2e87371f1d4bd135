package vintem.platform;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;

/// Time is an argument: whoever needs it takes a `Clock`, and tests hand in one that moves.
///
/// It ticks in microseconds, as the database does: what is answered at once and what is read back
/// later are the same instant.
class Clocks {
    private static final Duration TICK = Duration.ofNanos(1_000);

    @Produces
    @Singleton
    Clock clock() {
        return Clock.tick(Clock.systemUTC(), TICK);
    }
}
