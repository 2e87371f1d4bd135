package vintem.platform;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vintem.platform.Problem.Violation;

/// Gathers the mistakes of one request: the first hundred, and how many there are.
public final class Violations {
    private static final int MOST_SHOWN = 100;

    private final List<Violation> first = new ArrayList<>();
    private long count;

    public void add(String pointer, String reason) {
        add(pointer, reason, null);
    }

    /// @param code of the reason, by which pages find it in their language; null where it has none
    public void add(String pointer, String reason, @Nullable String code) {
        count++;
        if (first.size() < MOST_SHOWN) {
            first.add(new Violation(pointer, reason, code));
        }
    }

    public boolean none() {
        return count == 0;
    }

    /// @throws Problem `400` where there was any
    public void orThrow() {
        if (count > 0) {
            throw Problem.invalid(first, count);
        }
    }
}
