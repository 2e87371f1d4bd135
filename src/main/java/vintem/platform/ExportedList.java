package vintem.platform;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A list that can be taken away as a spreadsheet, with the filters it has on its own route.
///
/// @param name in the address, `payments`
/// @param isOpen whether the one who is asking may read it
/// @param filters by name; another one is refused, so that a slip never exports everything
/// @param sheet what is asked for. What a person may not see on the list stands masked here, too.
///     It throws a [Problem] where a filter cannot be
public record ExportedList(
        String name,
        BooleanSupplier isOpen,
        Set<String> filters,
        Function<Filters, Sheet<?>> sheet) {
    /// A module's lists.
    @FunctionalInterface
    public interface Source {
        List<ExportedList> lists();
    }

    /// What was asked for; what was left empty, as a form does, is not.
    public record Filters(Map<String, String> given) {
        public Filters {
            given = Map.copyOf(given);
        }

        public @Nullable String get(String name) {
            return given.get(name);
        }
    }
}
