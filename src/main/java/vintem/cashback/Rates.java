package vintem.cashback;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;

/// What part of an amount is given back, by how large it is, for the months from one on.
///
/// @param validFrom the first day of a month
/// @param brackets from the lowest on; the lowest begins above zero
record Rates(
        UUID id,
        LocalDate validFrom,
        Rounding rounding,
        List<Bracket> brackets,
        Instant createdAt,
        UUID createdBy) {
    /// @param aboveCents larger amounts have this rate, up to where the next one begins
    record Bracket(long aboveCents, int rateBasisPoints) {
        /// `10%`, `12.5%`.
        String percent() {
            return Rates.percent(rateBasisPoints);
        }
    }

    private static final BigDecimal WHOLE = BigDecimal.valueOf(10_000);

    /// The rate of an amount: exactly at an edge it is still the lower one. Nothing has the lowest.
    int basisPoints(long cents) {
        var rate = brackets.getFirst().rateBasisPoints();
        for (var bracket : brackets) {
            if (cents > bracket.aboveCents()) {
                rate = bracket.rateBasisPoints();
            }
        }
        return rate;
    }

    /// What is given back of an amount: its rate of the whole of it, rounded once.
    long cashbackCents(long cents) {
        return BigDecimal.valueOf(cents)
                .multiply(BigDecimal.valueOf(basisPoints(cents)))
                .divide(WHOLE, 0, rounding.mode())
                .longValueExact();
    }

    String percent(long cents) {
        return percent(basisPoints(cents));
    }

    private static String percent(int basisPoints) {
        return BigDecimal.valueOf(basisPoints, 2).stripTrailingZeros().toPlainString() + "%";
    }
}
