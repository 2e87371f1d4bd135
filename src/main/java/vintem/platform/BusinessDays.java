package vintem.platform;

import java.time.Clock;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.MonthDay;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The days on which Brazilian banks settle: not Saturdays, Sundays and national holidays
/// (CMN resolution 4.880/2020), nor the extra ones given here, such as those of a town.
///
/// Ash Wednesday is a business day. So is 31 December, as in ANBIMA's calendar, though branches
/// are closed to the public: count it, but let no bill fall due on it. Years are read with the
/// law of today, except that 20 November is a holiday only from 2024 (law 14.759/2023).
public record BusinessDays(Set<LocalDate> extraHolidays) {
    /// The calendar of the whole country.
    public static final BusinessDays NATIONAL = new BusinessDays(Set.of());

    /// Where a day begins and ends for due dates, whatever the zone of the server.
    public static final ZoneId SAO_PAULO = ZoneId.of("America/Sao_Paulo");

    private static final MonthDay BLACK_AWARENESS = MonthDay.of(11, 20);

    private static final Set<MonthDay> FIXED =
            Set.of(
                    MonthDay.of(1, 1),
                    MonthDay.of(4, 21),
                    MonthDay.of(5, 1),
                    MonthDay.of(9, 7),
                    MonthDay.of(10, 12),
                    MonthDay.of(11, 2),
                    MonthDay.of(11, 15),
                    MonthDay.of(12, 25));

    /// Carnival Monday and Tuesday, Good Friday, Corpus Christi.
    private static final Set<Long> DAYS_FROM_EASTER = Set.of(-48L, -47L, -2L, 60L);

    public BusinessDays {
        extraHolidays = Set.copyOf(extraHolidays);
    }

    /// The day it is in São Paulo.
    public static LocalDate today(Clock clock) {
        return LocalDate.now(clock.withZone(SAO_PAULO));
    }

    /// This calendar with more holidays.
    public BusinessDays with(Collection<LocalDate> holidays) {
        return new BusinessDays(
                Stream.concat(extraHolidays.stream(), holidays.stream())
                        .collect(Collectors.toSet()));
    }

    public boolean isBusinessDay(LocalDate date) {
        var weekend =
                date.getDayOfWeek() == DayOfWeek.SATURDAY
                        || date.getDayOfWeek() == DayOfWeek.SUNDAY;
        return !weekend && !isNationalHoliday(date) && !extraHolidays.contains(date);
    }

    /// The date itself if it is a business day, otherwise the first one after it.
    public LocalDate next(LocalDate date) {
        var day = date;
        while (!isBusinessDay(day)) {
            day = day.plusDays(1);
        }
        return day;
    }

    /// The business day that comes `days` business days after the date, or before it where `days`
    /// is negative. From a Saturday, 1 is Monday. With 0 it is `next(date)`, so that the answer is
    /// always a business day.
    public LocalDate plus(LocalDate date, int days) {
        if (days == 0) {
            return next(date);
        }
        int step = Integer.signum(days);
        var day = date;
        for (int left = days; left != 0; ) {
            day = day.plusDays(step);
            if (isBusinessDay(day)) {
                left -= step;
            }
        }
        return day;
    }

    /// How many business days come after `from`, up to and with `to`: the days that interest runs
    /// when something due on `from` is paid on `to`. Zero when `to` is not later.
    public int between(LocalDate from, LocalDate to) {
        int days = 0;
        for (var day = from; day.isBefore(to); ) {
            day = day.plusDays(1);
            if (isBusinessDay(day)) {
                days++;
            }
        }
        return days;
    }

    static boolean isNationalHoliday(LocalDate date) {
        var monthDay = MonthDay.from(date);
        return FIXED.contains(monthDay)
                || monthDay.equals(BLACK_AWARENESS) && date.getYear() >= 2024
                || DAYS_FROM_EASTER.contains(easter(date.getYear()).until(date, ChronoUnit.DAYS));
    }

    /// Easter Sunday of a Gregorian year (1583 and later), by the anonymous algorithm that
    /// Meeus gives in *Astronomical Algorithms*, chapter 8. Its letters are his.
    static LocalDate easter(int year) {
        int a = year % 19;
        int b = year / 100;
        int c = year % 100;
        int g = (8 * b + 13) / 25;
        int h = (19 * a + b - b / 4 - g + 15) % 30;
        int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
        int m = (a + 11 * h + 22 * l) / 451;
        int n = h + l - 7 * m + 114;
        return LocalDate.of(year, n / 31, n % 31 + 1);
    }
}
