package vintem.platform;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One page of a list: `{"items":[…],"next":…}`. `next` goes into `?after=` to read on; null at the
/// end.
public record Page<T>(List<T> items, @Nullable String next) {
    public static final int USUAL = 50;
    public static final int LARGEST = 500;

    /// Cuts a list that was read one row longer than the page.
    public static <T> Page<T> of(List<T> oneMore, int size, Function<T, String> cursor) {
        if (oneMore.size() <= size) {
            return new Page<>(oneMore, null);
        }
        var items = oneMore.subList(0, size);
        return new Page<>(items, cursor.apply(items.getLast()));
    }

    /// The same page with other items.
    public <R> Page<R> map(Function<T, R> change) {
        return new Page<>(items.stream().map(change).toList(), next);
    }

    /// The `?limit=` of a request.
    ///
    /// @throws Problem `400` where it is not 1 to 500
    public static int size(@Nullable String limit) {
        if (limit == null) {
            return USUAL;
        }
        if (!limit.matches("[0-9]{1,4}")) {
            throw Problem.invalid("?limit", "must be 1 to %d".formatted(LARGEST));
        }
        var size = Integer.parseInt(limit);
        if (size < 1 || size > LARGEST) {
            throw Problem.invalid("?limit", "must be 1 to %d".formatted(LARGEST));
        }
        return size;
    }
}
