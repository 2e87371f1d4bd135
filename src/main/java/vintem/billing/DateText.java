package vintem.billing;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import vintem.billing.Dialect.DateOrder;
import vintem.platform.AsciiDigits;

/// Dates as files of debts have them: `2024-01-19` or `19/01/2024`.
final class DateText {
    /// What a date tells of how all of them are written.
    enum Evidence {
        /// Neither.
        NONE,
        ISO,
        /// With slashes; day or month may come first.
        SLASHES,
        /// With slashes, and what comes first is no month.
        DAY_FIRST,
        /// With slashes, and what comes second is no month.
        MONTH_FIRST
    }

    static final int FIRST_YEAR = 1900;
    static final int LAST_YEAR = 2199;
    private static final int MONTHS = 12;
    private static final int DAYS = 31;
    private static final int ISO_LENGTH = 10;

    private DateText() {}

    /// The day, or null where there is none of that name, or not in our centuries.
    static @Nullable LocalDate day(String text, DateOrder order) {
        return switch (order) {
            case ISO ->
                    isIso(text)
                            ? day(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10))
                            : null;
            case DAY_FIRST -> dayFirst(text);
        };
    }

    static Evidence evidence(String text) {
        if (isIso(text)) {
            return Evidence.ISO;
        }
        var first = text.indexOf('/');
        var second = text.indexOf('/', first + 1);
        if (!isSlashed(text, first, second)) {
            return Evidence.NONE;
        }
        var one = number(text, 0, first);
        var two = number(text, first + 1, second);
        if (one > MONTHS && one <= DAYS && two <= MONTHS) {
            return Evidence.DAY_FIRST;
        }
        return two > MONTHS && two <= DAYS && one <= MONTHS
                ? Evidence.MONTH_FIRST
                : Evidence.SLASHES;
    }

    private static @Nullable LocalDate dayFirst(String text) {
        var first = text.indexOf('/');
        var second = text.indexOf('/', first + 1);
        return isSlashed(text, first, second)
                ? day(
                        number(text, second + 1, text.length()),
                        number(text, first + 1, second),
                        number(text, 0, first))
                : null;
    }

    private static @Nullable LocalDate day(int year, int month, int day) {
        if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > MONTHS || day < 1) {
            return null;
        }
        var first = LocalDate.of(year, month, 1);
        return day > first.lengthOfMonth() ? null : first.withDayOfMonth(day);
    }

    private static boolean isIso(String text) {
        return text.length() == ISO_LENGTH
                && text.charAt(4) == '-'
                && text.charAt(7) == '-'
                && AsciiDigits.only(text, 0, 4)
                && AsciiDigits.only(text, 5, 7)
                && AsciiDigits.only(text, 8, 10);
    }

    private static boolean isSlashed(String text, int first, int second) {
        return (first == 1 || first == 2)
                && (second == first + 2 || second == first + 3)
                && text.length() == second + 5
                && AsciiDigits.only(text, 0, first)
                && AsciiDigits.only(text, first + 1, second)
                && AsciiDigits.only(text, second + 1, text.length());
    }

    private static int number(String text, int from, int to) {
        var number = 0;
        for (var i = from; i < to; i++) {
            number = number * 10 + (text.charAt(i) - '0');
        }
        return number;
    }
}
