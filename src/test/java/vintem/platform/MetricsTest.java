package vintem.platform;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MetricsTest {
    @Test
    void a_counter_is_one_whoever_asks_and_misses_nobody() {
        var counter = Metrics.counter("test_count_total", "A count", "of", "many");
        Together.atOnce(
                8,
                () -> {
                    for (var i = 0; i < 1_000; i++) {
                        Metrics.counter("test_count_total", "A count", "of", "many").increment();
                    }
                    return true;
                });
        assertThat(counter.sum()).isEqualTo(8_000);
        assertThat(Metrics.prometheus())
                .contains(
                        "# HELP test_count_total A count\n# TYPE test_count_total counter\n"
                                + "test_count_total{of=\"many\"} 8000\n");
    }

    @Test
    void a_histogram_counts_a_value_where_it_belongs() {
        var sizes = Metrics.histogram("test_size", "Sizes", new double[] {1, 10});
        for (var size : new int[] {1, 2, 10, 11}) {
            sizes.record(size);
        }
        assertThat(Metrics.prometheus())
                .contains(
                        """
                        # TYPE test_size histogram
                        test_size_bucket{le="1.0"} 1
                        test_size_bucket{le="10.0"} 3
                        test_size_bucket{le="+Inf"} 4
                        test_size_sum 24.0
                        test_size_count 4
                        """);
    }

    @Test
    void a_figure_that_cannot_be_had_hides_no_other() {
        Metrics.gauge(
                "test_broken",
                "Broken",
                () -> {
                    throw new IllegalStateException("the database is away");
                });
        Metrics.gauge("test_well", "Well", () -> 3);
        assertThat(Metrics.prometheus()).contains("test_broken NaN\n", "test_well 3.0\n");
    }

    @Test
    void whoever_shows_a_figure_last_is_asked() {
        Metrics.gauge("test_again", "Again", () -> 1);
        Metrics.gauge("test_again", "Again", () -> 2);
        assertThat(Metrics.prometheus()).contains("test_again 2.0\n").doesNotContain("again 1.0");
    }

    @Test
    void what_a_label_says_cannot_break_the_line() {
        Metrics.counter("test_odd_total", "Odd", "a", "\"\\\n").increment();
        assertThat(Metrics.prometheus()).contains("test_odd_total{a=\"\\\"\\\\\\n\"} 1\n");
    }
}
