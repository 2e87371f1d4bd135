package vintem.investments;

import java.time.DateTimeException;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import vintem.platform.Fields;
import vintem.platform.Problem;

/// Days as requests have them: `2026-01-31`, neither ahead of today nor from another age.
final class Days {
    private static final LocalDate FIRST = LocalDate.of(1990, 1, 1);
    private static final String DAY = "must be a date such as 2026-01-31";

    private Days() {}

    /// @throws DateTimeException where it is none
    static LocalDate parse(String text) {
        if (!text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}")) {
            throw new DateTimeException("no day");
        }
        return LocalDate.parse(text);
    }

    static @Nullable String objection(LocalDate day, LocalDate last) {
        if (day.isAfter(last)) {
            return "is ahead of today";
        }
        return day.isBefore(FIRST) ? "is before " + FIRST : null;
    }

    /// Out of a body, null where it is missing or wrong.
    static @Nullable LocalDate read(Fields fields, String name, LocalDate last) {
        var text = fields.text(name, 10);
        if (text == null) {
            return null;
        }
        try {
            var day = parse(text);
            var objection = objection(day, last);
            if (objection == null) {
                return day;
            }
            fields.wrong(name, objection);
        } catch (DateTimeException none) {
            fields.wrong(name, DAY);
        }
        return null;
    }

    /// Out of a query.
    ///
    /// @throws Problem `400` where it is none
    static LocalDate query(String name, @Nullable String text, LocalDate otherwise) {
        if (text == null || text.isEmpty()) {
            return otherwise;
        }
        try {
            var day = parse(text);
            if (!day.isBefore(FIRST) && day.getYear() < 10_000) {
                return day;
            }
        } catch (DateTimeException none) {
            // Answered below.
        }
        throw Problem.invalid("?" + name, DAY);
    }
}
