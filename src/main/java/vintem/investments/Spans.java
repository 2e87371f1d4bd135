package vintem.investments;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import vintem.investments.Windows.Span;
import vintem.platform.Problem;

/// Days from one to another, as queries ask for them.
final class Spans {
    private static final int MOST_YEARS = 30;

    private Spans() {}

    /// The last twelve months where nothing else is asked for.
    ///
    /// @throws Problem `400` for days that cannot be, or more than thirty years
    static Span of(@Nullable String from, @Nullable String to, LocalDate today) {
        var end = Days.query("to", to, today);
        var last = end.isAfter(today) ? today : end;
        var start = Days.query("from", from, last.minusYears(1));
        if (start.isAfter(end)) {
            throw Problem.invalid("?from", "is after ?to");
        }
        if (start.isBefore(last.minusYears(MOST_YEARS))) {
            throw Problem.invalid("?from", "is more than %d years before".formatted(MOST_YEARS));
        }
        return new Span(start, last);
    }
}
