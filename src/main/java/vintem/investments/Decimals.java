package vintem.investments;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;
import vintem.platform.Fields;

/// Quantities, prices and returns: exact while they are counted with, rounded half-even where they
/// are shown (docs/rounding.md).
final class Decimals {
    static final MathContext EXACT_ENOUGH = MathContext.DECIMAL128;

    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
    private static final BigDecimal MOST = new BigDecimal("1000000000000");
    private static final int MOST_DECIMALS = 8;
    private static final int MONEY = 2;
    private static final int RETURN = 4;

    private Decimals() {}

    /// Reais and cents.
    static BigDecimal money(BigDecimal exact) {
        return exact.setScale(MONEY, RoundingMode.HALF_EVEN);
    }

    static @Nullable BigDecimal moneyOrNull(@Nullable BigDecimal exact) {
        return exact == null ? null : money(exact);
    }

    /// How much more the one is than the other, in percent with four decimals; 0 where the other
    /// is 0.
    static BigDecimal percentOver(BigDecimal now, BigDecimal before) {
        return before.signum() == 0
                ? BigDecimal.ZERO.setScale(RETURN)
                : percent(now.subtract(before).divide(before, EXACT_ENOUGH));
    }

    static @Nullable BigDecimal percentOverOrNull(
            @Nullable BigDecimal now, @Nullable BigDecimal before) {
        return now == null || before == null || before.signum() == 0
                ? null
                : percentOver(now, before);
    }

    /// A fraction as percent with four decimals.
    static BigDecimal percent(BigDecimal fraction) {
        return fraction.multiply(HUNDRED).setScale(RETURN, RoundingMode.HALF_EVEN);
    }

    /// As it was given, without zeros at its end and without an exponent.
    static BigDecimal plain(BigDecimal exact) {
        var trimmed = exact.stripTrailingZeros();
        return trimmed.scale() < 0 ? trimmed.setScale(0) : trimmed;
    }

    static @Nullable BigDecimal plainOrNull(@Nullable BigDecimal exact) {
        return exact == null ? null : plain(exact);
    }

    /// What is wrong with a quantity or a price, null where nothing is.
    static @Nullable String objection(BigDecimal value) {
        if (value.signum() <= 0) {
            return "must be more than 0";
        }
        if (value.compareTo(MOST) > 0) {
            return "must be at most 1000000000000";
        }
        return value.stripTrailingZeros().scale() > MOST_DECIMALS
                ? "must have at most %d decimals".formatted(MOST_DECIMALS)
                : null;
    }

    /// A quantity or a price out of a body, null where it is missing or wrong.
    static @Nullable BigDecimal read(Fields fields, String name) {
        var value = fields.decimal(name);
        if (value == null) {
            return null;
        }
        var objection = objection(value);
        if (objection != null) {
            fields.wrong(name, objection);
            return null;
        }
        return value;
    }

    /// The same, and it must be there.
    static BigDecimal require(Fields fields, String name) {
        var value = read(fields, name);
        if (value == null) {
            if (!fields.has(name)) {
                fields.wrong(name, "is required");
            }
            return BigDecimal.ONE;
        }
        return value;
    }
}
