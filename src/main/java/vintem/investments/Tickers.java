package vintem.investments;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What assets are called on an exchange: `PETR4`, `BRK.B`, `^BVSP`.
final class Tickers {
    static final int LONGEST = 20;
    static final String RULE = "must be 1 to 20 of A-Z 0-9 . - ^ =, beginning with a letter or ^";

    // Nothing that a spreadsheet takes for a formula.
    private static final Pattern TICKER = Pattern.compile("[A-Z^][A-Z0-9.^=-]{0,19}");

    private Tickers() {}

    /// In capitals; empty where it can be none.
    static Optional<String> of(@Nullable String text) {
        return Optional.ofNullable(text)
                .filter(it -> it.length() <= LONGEST)
                .map(it -> it.strip().toUpperCase(Locale.ROOT))
                .filter(it -> TICKER.matcher(it).matches());
    }
}
