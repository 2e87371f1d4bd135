package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vintem.billing.UtilitySlip.Read;
import vintem.billing.UtilitySlip.Segment;
import vintem.billing.UtilitySlip.Wrong;

class UtilitySlipTest {
    private static final String TELECOM = "846100000005246100291102005460339004695895061080";

    @Test
    void a_slip_of_modulo_10_is_read_by_its_line_and_by_its_bar_code() {
        var slip = read(TELECOM);

        assertThat(slip.barCode()).isEqualTo("84610000000246100291100054603390069589506108");
        assertThat(slip.segment()).isEqualTo(Segment.TELECOM);
        assertThat(slip.valueType()).isEqualTo(6);
        assertThat(slip.amountCents()).isEqualTo(2_461);
        assertThat(slip.company()).isEqualTo("0029");
        assertThat(slip.freeField()).isEqualTo("1100054603390069589506108").hasSize(25);
        assertThat(slip.line()).isEqualTo(TELECOM);
        assertThat(slip.printedLine())
                .isEqualTo("84610000000-5 24610029110-2 00546033900-4 69589506108-0");
        assertThat(read(slip.barCode())).isEqualTo(slip);
        assertThat(read(slip.printedLine())).isEqualTo(slip);
    }

    @Test
    void a_slip_of_modulo_11_is_read_too() {
        var slip = read(written("8583", "00000012345", "0064" + "1234567890123456789012345"));

        assertThat(slip.segment()).isEqualTo(Segment.GOVERNMENT);
        assertThat(slip.valueType()).isEqualTo(8);
        assertThat(slip.amountCents()).isEqualTo(12_345);
        assertThat(read(slip.line())).isEqualTo(slip);
    }

    @Test
    void a_company_of_segment_6_is_told_by_its_cnpj() {
        var slip = read(written("8660", "00000000100", "11222333" + "123456789012345678901"));

        assertThat(slip.segment()).isEqualTo(Segment.COMPANY);
        assertThat(slip.company()).isEqualTo("11222333");
        assertThat(slip.freeField()).isEqualTo("123456789012345678901");
    }

    @Test
    void a_value_that_is_no_money_is_no_amount() {
        assertThat(read(written("8170", "00000000100", "1".repeat(29))).amountCents()).isNull();
        assertThat(read(written("8190", "00000000100", "1".repeat(29))).amountCents()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "846100000006246100291102005460339004695895061080 | block1: the check digit is 6,"
                        + " should be 5: a digit was changed or lost",
                "8461000000052461002911020054603390046958950610 | the line of a slip has 48 digits"
                        + " and its bar code 44, here are 46",
                "346100000005246100291102005460339004695895061080 | the slip of a utility or a tax"
                        + " begins with 8",
                "84510000000246100291100054603390069589506108 | value_type: the kind of value is 5,"
                        + " should be 6 to 9",
                "84610000000x | a slip has only digits, with points, dashes and spaces between"
                        + " them"
            })
    void a_mistake_is_told_with_what_would_be_right(String text, String reason) {
        assertThat(reasons(text)).containsExactly(reason);
    }

    @Test
    void all_mistakes_are_told_at_once() {
        assertThat(reasons("886200000001246100291101005460339001695895061081"))
                .containsExactly(
                        "block1: the check digit is 1, should be 0: a digit was changed or lost",
                        "block2: the check digit is 1, should be 2: a digit was changed or lost",
                        "block3: the check digit is 1, should be 4: a digit was changed or lost",
                        "block4: the check digit is 1, should be 0: a digit was changed or lost",
                        "segment: the segment is 8, should be 1 to 7 or 9",
                        "check_digit: the check digit is 2, should be 7: a digit was changed or"
                                + " lost");
    }

    @Test
    void what_no_reader_takes_is_no_slip() {
        for (var barCode :
                List.of(
                        "",
                        TELECOM,
                        "x".repeat(44),
                        "34610000000246100291100054603390069589506108",
                        "84620000000246100291100054603390069589506108")) {
            assertThatThrownBy(() -> new UtilitySlip(barCode))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Property(tries = 100)
    void what_has_right_check_digits_is_read_and_any_change_of_one_digit_is_caught(
            @ForAll @NumericChars @StringLength(40) String rest,
            @ForAll @IntRange(min = 6, max = 9) int valueType,
            @ForAll @IntRange(min = 1, max = 7) int segment) {
        var barCode =
                written("8" + segment + valueType + "0", rest.substring(0, 11), rest.substring(11));
        var line = read(barCode).line();

        assertThat(read(line).barCode()).isEqualTo(barCode);
        if (valueType > 7) {
            // Modulo 11 writes two of its rests as 0.
            return;
        }
        for (var at = 0; at < line.length(); at++) {
            for (var other = '0'; other <= '9'; other++) {
                // The second digit of another slip may be right; the third decides how to check.
                if (other != line.charAt(at) && at != 2) {
                    assertThat(
                                    UtilitySlip.read(
                                            line.substring(0, at) + other + line.substring(at + 1)))
                            .isInstanceOf(Wrong.class);
                }
            }
        }
    }

    /// With the one check digit that is taken.
    private static String written(String beginning, String value, String rest) {
        for (var digit = '0'; digit <= '9'; digit++) {
            var barCode = beginning.substring(0, 3) + digit + value + rest;
            if (UtilitySlip.read(barCode) instanceof Read) {
                return barCode;
            }
        }
        throw new AssertionError("some digit is right");
    }

    private static UtilitySlip read(String text) {
        var reading = UtilitySlip.read(text);
        assertThat(reading).isInstanceOf(Read.class);
        return ((Read) reading).slip();
    }

    private static List<String> reasons(String text) {
        var reading = UtilitySlip.read(text);
        assertThat(reading).isInstanceOf(Wrong.class);
        return ((Wrong) reading).reasons().stream().map(Boleto.Finding::toString).toList();
    }
}
