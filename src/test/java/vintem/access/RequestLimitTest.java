package vintem.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import vintem.MovableClock;

class RequestLimitTest {
    private static final UUID ANA = new UUID(1, 1);
    private static final UUID BIA = new UUID(1, 2);

    private final MovableClock clock = new MovableClock();

    @Test
    void a_minutes_worth_may_come_at_once_and_then_everybody_waits_for_themselves() {
        var limit = new RequestLimit(60, clock);
        var passed = IntStream.range(0, 100).filter(_ -> limit.take(ANA).isEmpty()).count();
        assertThat(passed).isBetween(60L, 62L);
        assertThat(limit.take(ANA))
                .get()
                .matches(wait -> wait.compareTo(Duration.ofSeconds(1)) <= 0);
        assertThat(limit.take(BIA)).isEmpty();
        clock.passes(Duration.ofSeconds(10));
        var more = IntStream.range(0, 100).filter(_ -> limit.take(ANA).isEmpty()).count();
        assertThat(more).isBetween(9L, 12L);
        clock.passes(Duration.ofMinutes(1));
        assertThat(limit.take(ANA)).isEmpty();
    }

    @Test
    void zero_is_no_limit() {
        var limit = new RequestLimit(0, clock);
        assertThat(IntStream.range(0, 10_000).allMatch(_ -> limit.take(ANA).isEmpty())).isTrue();
    }
}
