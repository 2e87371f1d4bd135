package vintem.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import vintem.bench.Benchmark.Effort;
import vintem.bench.Report.End;
import vintem.bench.Report.Part;

class ReportTest {
    private static final Duration TOOK = Duration.ofSeconds(61);

    @Test
    void every_bar_is_measured_by_a_benchmark_and_every_benchmark_has_a_bar() {
        assertThat(Arrays.stream(Bar.values()).map(Bar::flow).collect(Collectors.toSet()))
                .isEqualTo(
                        Benchmark.all().stream().map(Benchmark::name).collect(Collectors.toSet()));
    }

    @Test
    void a_bar_is_reached_missed_or_not_measured_and_the_table_has_them_all() {
        var report =
                new Report(
                        List.of("2 cores"),
                        List.of(
                                new Part(
                                        "ledger",
                                        List.of(
                                                new Figure(Bar.SINGLE_TRANSFERS, 22_588, 21.9),
                                                new Figure(Bar.TRANSFERS_IN_LISTS, 31_894, 0.78)),
                                        End.CONSERVED,
                                        "",
                                        TOOK),
                                new Part(
                                        "start",
                                        List.of(new Figure(Bar.START, 3_500.0, 0)),
                                        End.FAILED,
                                        "the server | is gone",
                                        TOOK)));
        var text = report.markdown("2026-11-26, commit 0123456789ab", false);
        assertThat(text.lines())
                .contains(
                        "- 2 cores",
                        "| ledger | single transfers, coalescer | 22,588 /s | ≥ 10,000 /s | 2.26 |"
                                + " 21.90 | reached |",
                        "| ledger | transfers in lists of 1,000 | 31,894 /s | ≥ 100,000 /s | 0.32 |"
                                + " 0.78 | **missed** |",
                        "| start | existing data to first answer | 3,500 ms | ≤ 4,000 ms | 0.88 |"
                                + "  | reached |",
                        "| start | idle, resident, database apart | – | ≤ 400 MB |  |  |"
                                + " not measured |",
                        "| ledger | 61 s | every cent is where it belongs |",
                        "| start | 61 s | FAILED: the server \\| is gone |")
                .anyMatch(line -> line.contains("2026-11-26, commit 0123456789ab"))
                .noneMatch(line -> line.contains("quick"));
        assertThat(report.markdown("", true)).contains("mean little");
        assertThat(report.isConserved()).isFalse();

        var printed = new StringWriter();
        report.print(new PrintWriter(printed));
        assertThat(printed.toString())
                .contains("MISSED", "not measured", "FAILED: the server | is gone", "2 cores");
    }

    @Test
    void what_is_to_hold_holds_or_not_and_less_is_better_where_it_says_at_most() {
        assertThat(Bar.HUGE_BATCH.isReached(1)).isTrue();
        assertThat(Bar.HUGE_BATCH.isReached(0)).isFalse();
        assertThat(Bar.HUGE_BATCH.shown(0)).isEqualTo("no");
        assertThat(Bar.FRAME.isReached(99.9)).isTrue();
        assertThat(Bar.FRAME.isReached(100.1)).isFalse();
        assertThat(Bar.BATCH.isReached(20_000)).isTrue();
        assertThat(Bar.BATCH.isReached(19_999)).isFalse();
    }

    /// Neither finds the packaged product here.
    @Test
    void a_benchmark_that_fails_keeps_no_other_from_running() throws Exception {
        var report =
                Benchmark.run(
                        List.of(new PaymentsBench(), new PayoutsBench()),
                        new PrintWriter(new StringWriter()),
                        Effort.QUICK);
        assertThat(report.parts()).extracting(Part::name).containsExactly("payments", "payouts");
        assertThat(report.parts())
                .allSatisfy(
                        part -> {
                            assertThat(part.end()).isEqualTo(End.FAILED);
                            assertThat(part.why()).isNotBlank();
                        });
        assertThat(report.isConserved()).isFalse();
    }
}
