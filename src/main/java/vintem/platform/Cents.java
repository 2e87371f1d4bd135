package vintem.platform;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.stream.LongStream;

/// Money in reais, kept as whole cents in a `long` and never as a floating-point number.
///
/// A `long` holds up to R$ 92 quadrillion; whatever leaves that range is an
/// `ArithmeticException`, never a wrapped sum. Decimals exist only at the edge: in a contract
/// that has them and on a page.
public final class Cents {
    private static final Locale BRAZIL = Locale.of("pt", "BR");

    private Cents() {}

    /// Reais into cents, exactly: `10.50` and `10.5000` are 1050.
    ///
    /// @throws ArithmeticException for a fraction of a cent (`10.505`) and for what no `long` holds
    public static long fromReais(BigDecimal reais) {
        return reais.movePointRight(2).longValueExact();
    }

    /// Cents into reais, always with two decimals.
    public static BigDecimal toReais(long cents) {
        return BigDecimal.valueOf(cents, 2);
    }

    /// For people: `R$ 1.234,56`, a debit `-R$ 1.234,56`. The space is a plain one.
    public static String format(long cents) {
        var sign = cents < 0 ? "-" : "";
        return sign + String.format(BRAZIL, "R$ %,.2f", toReais(cents).abs());
    }

    /// @throws ArithmeticException for a sum that no `long` holds
    public static long sum(LongStream cents) {
        return cents.reduce(0, Math::addExact);
    }
}
