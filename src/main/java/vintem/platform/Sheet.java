package vintem.platform;

import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A list as a spreadsheet: columns that know what they hold, and rows that come one after the
/// other, so that a million takes no more memory than a thousand.
///
/// @param columns in order
/// @param bare whether the titles are the columns' bare names, as a contract has them, and not the
///     texts `column.<name>`
public record Sheet<T>(List<Column<T>> columns, Rows<T> rows, boolean bare) {
    /// Rows read at once.
    public static final int AT_ONCE = 2_000;

    /// What a column holds, and so how a spreadsheet is to understand it.
    public enum Kind {
        /// Anything's text; never a formula.
        TEXT,
        /// Cents in a `Long`, shown in reais with two decimals.
        MONEY,
        /// A `BigDecimal` with as many decimals as it has.
        DECIMAL,
        /// A whole number.
        COUNT,
        /// An [Instant], shown in São Paulo's time.
        INSTANT,
        /// A [LocalDate].
        DAY
    }

    /// @param value of a row: what the kind says, or null
    public record Column<T>(String name, Kind kind, Function<T, @Nullable Object> value) {}

    /// Where rows go.
    @FunctionalInterface
    public interface Sink<T> {
        void row(T row) throws IOException;
    }

    /// Where rows come from.
    @FunctionalInterface
    public interface Rows<T> {
        void each(Sink<T> sink) throws IOException;
    }

    /// One page of a list.
    @FunctionalInterface
    public interface Next<T> {
        /// @param last of the page before; null of the first
        List<T> after(@Nullable T last);
    }

    public Sheet {
        columns = List.copyOf(columns);
    }

    public Sheet(List<Column<T>> columns, Rows<T> rows) {
        this(columns, rows, false);
    }

    /// Rows of a list that is read on from its last row. Each page is read in a transaction of its
    /// own: a download may take as long as it likes and holds nothing meanwhile.
    ///
    /// @param next gives at most [#AT_ONCE] rows, fewer only at the end
    public static <T> Rows<T> pages(Next<T> next) {
        return sink -> {
            @Nullable T last = null;
            while (true) {
                var page = next.after(last);
                for (var row : page) {
                    sink.row(row);
                }
                if (page.size() < AT_ONCE) {
                    return;
                }
                last = page.getLast();
            }
        };
    }

    /// A list that is short by nature.
    public static <T> Rows<T> all(java.util.function.Supplier<List<T>> rows) {
        return sink -> {
            for (var row : rows.get()) {
                sink.row(row);
            }
        };
    }

    public static <T> Column<T> text(String name, Function<T, @Nullable Object> value) {
        return new Column<>(name, Kind.TEXT, value);
    }

    public static <T> Column<T> money(String name, Function<T, @Nullable Object> cents) {
        return new Column<>(name, Kind.MONEY, cents);
    }

    public static <T> Column<T> decimal(String name, Function<T, @Nullable Object> value) {
        return new Column<>(name, Kind.DECIMAL, value);
    }

    public static <T> Column<T> count(String name, Function<T, @Nullable Object> value) {
        return new Column<>(name, Kind.COUNT, value);
    }

    public static <T> Column<T> instant(String name, Function<T, @Nullable Object> value) {
        return new Column<>(name, Kind.INSTANT, value);
    }

    public static <T> Column<T> day(String name, Function<T, @Nullable Object> value) {
        return new Column<>(name, Kind.DAY, value);
    }

    /// What a spreadsheet would run as a formula has an apostrophe before it, as text then.
    public static String harmless(String text) {
        return !text.isEmpty() && "=+-@\t\r\n".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    }
}
