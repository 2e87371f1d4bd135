package vintem.investments;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.YearMonth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vintem.investments.Windows.Span;
import vintem.investments.Windows.Window;

/// Where the four periods begin and end, at the edges of weeks, half-years, months and years.
class WindowsTest {
    private static final LocalDate LATER = LocalDate.of(2035, 1, 1);

    @ParameterizedTest(name = "{0}: {1}, half from {3}, week from {4}")
    @CsvSource({
        // month, ref, year, half, week
        "2026-09, 2026-09-30, 2026-01-01, 2026-07-01, 2026-09-28",
        // A month that ends on a Sunday: its week is whole.
        "2026-05, 2026-05-31, 2026-01-01, 2026-01-01, 2026-05-25",
        // One that ends on a Monday: a week of one day.
        "2026-08, 2026-08-31, 2026-01-01, 2026-07-01, 2026-08-31",
        // 29 February.
        "2028-02, 2028-02-29, 2028-01-01, 2028-01-01, 2028-02-28",
        "2027-02, 2027-02-28, 2027-01-01, 2027-01-01, 2027-02-22",
        // The last day of a half-year, and the first month of the next.
        "2026-06, 2026-06-30, 2026-01-01, 2026-01-01, 2026-06-29",
        "2026-07, 2026-07-31, 2026-01-01, 2026-07-01, 2026-07-27",
        // 2026 has an ISO week 53, which begins in December.
        "2026-12, 2026-12-31, 2026-01-01, 2026-07-01, 2026-12-28",
    })
    void a_past_month_ends_at_its_own_end(
            YearMonth month, LocalDate ref, LocalDate year, LocalDate half, LocalDate week) {
        var windows = Windows.of(month, LATER).orElseThrow();
        assertThat(windows.ref()).isEqualTo(ref);
        assertThat(windows.span(Window.ANUAL)).isEqualTo(new Span(year, ref));
        assertThat(windows.span(Window.SEMESTRAL)).isEqualTo(new Span(half, ref));
        assertThat(windows.span(Window.MENSAL)).isEqualTo(new Span(month.atDay(1), ref));
        assertThat(windows.span(Window.SEMANAL)).isEqualTo(new Span(week, ref));
    }

    @Test
    void this_month_ends_today_and_its_week_may_begin_in_the_year_before() {
        var windows = Windows.of(YearMonth.of(2027, 1), LocalDate.of(2027, 1, 2)).orElseThrow();
        assertThat(windows.ref()).isEqualTo(LocalDate.of(2027, 1, 2));
        // Week 53 of 2026, on a Saturday of 2027.
        assertThat(windows.span(Window.SEMANAL).start()).isEqualTo(LocalDate.of(2026, 12, 28));
        assertThat(windows.span(Window.ANUAL).start()).isEqualTo(LocalDate.of(2027, 1, 1));
    }

    @Test
    void a_month_that_has_not_begun_has_none() {
        var today = LocalDate.of(2026, 11, 30);
        assertThat(Windows.of(YearMonth.of(2026, 12), today)).isEmpty();
        assertThat(Windows.of(YearMonth.of(2026, 11), today)).isPresent();
    }

    @Test
    void no_window_begins_a_year_early_or_goes_on_after_its_month() {
        for (var month = YearMonth.of(2020, 1);
                month.isBefore(YearMonth.of(2031, 1));
                month = month.plusMonths(1)) {
            var windows = Windows.of(month, LATER).orElseThrow();
            for (var window : Window.values()) {
                var span = windows.span(window);
                assertThat(span.end()).isEqualTo(month.atEndOfMonth());
                assertThat(span.start())
                        .isAfter(month.atEndOfMonth().minusYears(1))
                        .isBeforeOrEqualTo(span.end());
                var before = windows.before(window);
                assertThat(before.end()).isBefore(span.start());
                assertThat(before.start()).isBeforeOrEqualTo(before.end());
            }
        }
    }

    @ParameterizedTest(name = "{0} {1}: {2} to {3}")
    @CsvSource({
        "2026-11-26, MENSAL, 2026-10-01, 2026-10-26",
        // 31 days have no 31 days before them.
        "2026-03-31, MENSAL, 2026-02-01, 2026-02-28",
        "2028-03-31, MENSAL, 2028-02-01, 2028-02-29",
        "2026-11-26, SEMANAL, 2026-11-16, 2026-11-19",
        "2026-09-30, SEMESTRAL, 2026-01-01, 2026-04-02",
        "2026-12-31, SEMESTRAL, 2026-01-01, 2026-06-30",
        "2026-03-01, ANUAL, 2025-01-01, 2025-03-01",
        // The 60th day of a leap year is 29 February.
        "2029-03-01, ANUAL, 2028-01-01, 2028-02-29",
    })
    void a_card_compares_with_as_many_days_of_the_period_before(
            LocalDate ref, Window window, LocalDate start, LocalDate end) {
        var windows = Windows.of(YearMonth.from(ref), ref).orElseThrow();
        assertThat(windows.before(window)).isEqualTo(new Span(start, end));
    }
}
