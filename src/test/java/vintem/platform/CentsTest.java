package vintem.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CentsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "10.5, 1050",
        "10.50000, 1050",
        "-0.01, -1",
        "1E+3, 100000",
        "0E+2147483647, 0",
        "92233720368547758.07, 9223372036854775807",
        "-92233720368547758.08, -9223372036854775808"
    })
    void reais_become_whole_cents(BigDecimal reais, long cents) {
        assertThat(Cents.fromReais(reais)).isEqualTo(cents);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.505",
                "0.001",
                "1E-2147483647",
                "1E+2147483647",
                "1E+999999999",
                "92233720368547758.08",
                "-92233720368547758.09"
            })
    void fractions_of_a_cent_and_what_no_long_holds_are_refused(BigDecimal reais) {
        assertThatThrownBy(() -> Cents.fromReais(reais)).isInstanceOf(ArithmeticException.class);
    }

    @Property
    void cents_to_reais_and_back_are_the_same_cents(@ForAll long cents) {
        assertThat(Cents.toReais(cents).scale()).isEqualTo(2);
        assertThat(Cents.fromReais(Cents.toReais(cents))).isEqualTo(cents);
    }

    @Property
    void whatever_is_taken_is_taken_without_rounding(@ForAll BigDecimal reais) {
        var wholeCents = reais.setScale(2, RoundingMode.DOWN);
        if (wholeCents.compareTo(reais) == 0 && wholeCents.unscaledValue().bitLength() <= 63) {
            assertThat(Cents.toReais(Cents.fromReais(reais))).isEqualByComparingTo(reais);
        } else {
            assertThatThrownBy(() -> Cents.fromReais(reais))
                    .isInstanceOf(ArithmeticException.class);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | R$ 0,00",
                "7 | R$ 0,07",
                "-7 | -R$ 0,07",
                "99999 | R$ 999,99",
                "123456 | R$ 1.234,56",
                "-123456789 | -R$ 1.234.567,89",
                "9223372036854775807 | R$ 92.233.720.368.547.758,07",
                "-9223372036854775808 | -R$ 92.233.720.368.547.758,08"
            })
    void people_read_amounts_as_in_brazil(long cents, String text) {
        assertThat(Cents.format(cents)).isEqualTo(text);
    }

    @Test
    void a_sum_is_exact_or_refused() {
        assertThat(Cents.sum(LongStream.empty())).isZero();
        assertThat(Cents.sum(LongStream.of(Long.MAX_VALUE - 1, 1))).isEqualTo(Long.MAX_VALUE);
        assertThatThrownBy(() -> Cents.sum(LongStream.of(Long.MAX_VALUE, 1)))
                .isInstanceOf(ArithmeticException.class);
    }
}
