package vintem.cashback;

import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What becomes of a fraction of a cent.
enum Rounding {
    HALF_EVEN(RoundingMode.HALF_EVEN),
    HALF_UP(RoundingMode.HALF_UP),
    DOWN(RoundingMode.DOWN);

    private final RoundingMode mode;

    Rounding(RoundingMode mode) {
        this.mode = mode;
    }

    RoundingMode mode() {
        return mode;
    }

    /// As JSON and the database have it.
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Rounding> of(String word) {
        return Arrays.stream(values()).filter(it -> it.word().equals(word)).findFirst();
    }
}
