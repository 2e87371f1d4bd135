package vintem.cashback;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import vintem.platform.Problem;

/// One page of a list as this contract has it: numbered from 1, with the count of all.
public record PageOf<T>(List<T> items, long total, int page, int size, long pages) {
    private static final int USUAL = 50;
    private static final int LARGEST = 100;
    private static final int FURTHEST = 1_000_000;

    /// Which page is asked for.
    public record Place(int page, int size) {
        public long skipped() {
            return (page - 1L) * size;
        }
    }

    static <T> PageOf<T> of(List<T> items, long total, Place place) {
        var pages = (total + place.size() - 1) / place.size();
        return new PageOf<>(items, total, place.page(), place.size(), pages);
    }

    <R> PageOf<R> map(Function<T, R> change) {
        return new PageOf<>(items.stream().map(change).toList(), total, page, size, pages);
    }

    /// @throws Problem `400` for what is no page
    static Place place(@Nullable String page, @Nullable String size) {
        return new Place(number("?page", page, 1, FURTHEST), number("?size", size, USUAL, LARGEST));
    }

    private static int number(String name, @Nullable String text, int usual, int most) {
        if (text == null) {
            return usual;
        }
        var number = text.matches("[0-9]{1,7}") ? Integer.parseInt(text) : 0;
        if (number < 1 || number > most) {
            throw Problem.invalid(name, "must be 1 to %d".formatted(most));
        }
        return number;
    }
}
