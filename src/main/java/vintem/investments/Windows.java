package vintem.investments;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.Locale;
import java.util.Optional;

/// The four periods in which *captado* is counted for a chosen month. All of them end on the same
/// day: the month's last one, or today where that is earlier.
///
/// @param ref the day on which they end
public record Windows(YearMonth month, LocalDate ref) {
    /// A period of the calendar.
    public enum Window {
        ANUAL {
            @Override
            LocalDate start(LocalDate ref) {
                return ref.with(TemporalAdjusters.firstDayOfYear());
            }

            @Override
            LocalDate before(LocalDate start) {
                return start.minusYears(1);
            }
        },
        SEMESTRAL {
            @Override
            LocalDate start(LocalDate ref) {
                return LocalDate.of(ref.getYear(), ref.getMonthValue() <= 6 ? 1 : 7, 1);
            }

            @Override
            LocalDate before(LocalDate start) {
                return start.minusMonths(6);
            }
        },
        MENSAL {
            @Override
            LocalDate start(LocalDate ref) {
                return ref.withDayOfMonth(1);
            }

            @Override
            LocalDate before(LocalDate start) {
                return start.minusMonths(1);
            }
        },
        SEMANAL {
            @Override
            LocalDate start(LocalDate ref) {
                return ref.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
            }

            @Override
            LocalDate before(LocalDate start) {
                return start.minusWeeks(1);
            }
        };

        abstract LocalDate start(LocalDate ref);

        /// Where the period before the one that starts there starts.
        abstract LocalDate before(LocalDate start);

        /// As JSON and queries have it.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Optional<Window> of(String word) {
            for (var each : values()) {
                if (each.word().equals(word)) {
                    return Optional.of(each);
                }
            }
            return Optional.empty();
        }
    }

    /// Both days belong to it.
    public record Span(LocalDate start, LocalDate end) {}

    /// @return empty where the month has not begun
    public static Optional<Windows> of(YearMonth month, LocalDate today) {
        if (month.atDay(1).isAfter(today)) {
            return Optional.empty();
        }
        var last = month.atEndOfMonth();
        return Optional.of(new Windows(month, last.isAfter(today) ? today : last));
    }

    public Span span(Window window) {
        return new Span(window.start(ref), ref);
    }

    /// The same number of elapsed days of the period before, or all of it where it is shorter.
    public Span before(Window window) {
        var now = span(window);
        var start = window.before(now.start());
        var end = start.plusDays(ChronoUnit.DAYS.between(now.start(), now.end()));
        var last = now.start().minusDays(1);
        return new Span(start, end.isAfter(last) ? last : end);
    }
}
