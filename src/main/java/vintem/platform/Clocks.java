package vintem.platform;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

/// Time is an argument: whoever needs it takes a `Clock`, and tests hand in one that moves.
///
/// It ticks in microseconds, as the database does: what is answered at once and what is read back
/// later are the same instant.
class Clocks {
    private static final Duration TICK = Duration.ofNanos(1_000);

    @Produces
    @Singleton
    Clock clock(Past past) {
        return new Held(past, Clock.tick(Clock.systemUTC(), TICK));
    }

    /// The running clock, unless it is held.
    private static final class Held extends Clock {
        private final Past past;
        private final Clock running;

        Held(Past past, Clock running) {
            this.past = past;
            this.running = running;
        }

        @Override
        public Instant instant() {
            return past.held().orElseGet(running::instant);
        }

        @Override
        public ZoneId getZone() {
            return running.getZone();
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return new Held(past, running.withZone(zone));
        }
    }
}
