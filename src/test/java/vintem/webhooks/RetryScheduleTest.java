package vintem.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/// When what failed is tried again.
class RetryScheduleTest {
    @RepeatedTest(20)
    void it_goes_over_three_days_with_growing_pauses() {
        var sum = Duration.ZERO;
        var last = Duration.ZERO;
        for (var attempts = 1; attempts <= 9; attempts++) {
            var pause = RetrySchedule.pauseAfter(attempts, Duration.ZERO).orElseThrow();
            assertThat(pause).isGreaterThan(last);
            last = attempts < 7 ? pause : Duration.ZERO;
            sum = sum.plus(pause);
        }
        assertThat(sum).isBetween(Duration.ofHours(75), Duration.ofHours(92));
        assertThat(RetrySchedule.pauseAfter(10, Duration.ZERO)).isEmpty();
    }

    @Test
    void many_that_failed_at_once_do_not_come_back_at_once() {
        var pauses =
                java.util.stream.IntStream.range(0, 100)
                        .mapToObj(_ -> RetrySchedule.pauseAfter(3, Duration.ZERO).orElseThrow())
                        .distinct();
        assertThat(pauses).hasSizeGreaterThan(50);
    }

    @Test
    void a_receiver_that_asks_for_more_time_gets_it_within_a_day() {
        assertThat(RetrySchedule.pauseAfter(1, Duration.ofHours(3))).hasValue(Duration.ofHours(3));
        assertThat(RetrySchedule.pauseAfter(1, Duration.ofDays(30))).hasValue(Duration.ofDays(1));
        assertThat(RetrySchedule.pauseAfter(9, Duration.ofSeconds(1)).orElseThrow())
                .isGreaterThanOrEqualTo(Duration.ofHours(24));
    }

    @Test
    void an_endpoint_that_keeps_failing_is_left_alone_for_a_minute_at_most() {
        assertThat(RetrySchedule.restAfter(0)).isZero();
        assertThat(RetrySchedule.restAfter(2)).isZero();
        assertThat(RetrySchedule.restAfter(3)).isEqualTo(Duration.ofSeconds(1));
        assertThat(RetrySchedule.restAfter(1_000)).isEqualTo(Duration.ofMinutes(1));
    }
}
