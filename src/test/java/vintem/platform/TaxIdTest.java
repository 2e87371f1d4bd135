package vintem.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import br.com.caelum.stella.validation.CNPJValidator;
import br.com.caelum.stella.validation.CPFValidator;
import br.com.caelum.stella.validation.InvalidStateException;
import br.com.caelum.stella.validation.Validator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class TaxIdTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "52998224725",
                "12345678909",
                "11144477735",
                "52513127765",
                "52599927765",
                "11111111200"
            })
    void a_cpf_with_right_check_digits_is_one(String text) {
        assertThat(TaxId.parse(text)).contains(new TaxId.Cpf(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "12ABC34501DE35",
                "Q0SLFMBD7VX439",
                "11222333000181",
                "63025530002409",
                "61519128000150",
                "68745386000102",
                "26637142000158",
                "00000000000191",
                "34665388000161",
                "74221325000130"
            })
    void a_cnpj_with_right_check_digits_is_one(String text) {
        assertThat(TaxId.parse(text)).contains(new TaxId.Cnpj(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "52998224724",
                "11144477705",
                "11144477732",
                "12ABC34501DE45",
                "12ABC34501DE9B",
                "26637142000168",
                "26637142000154",
                "74221325000160",
                "52599927000100",
                "00000000000000"
            })
    void wrong_check_digits_make_no_tax_id(String text) {
        assertThat(TaxId.parse(text)).isEmpty();
        assertThat(TaxId.bare(text)).contains(text);
        assertThatThrownBy(() -> new TaxId.Cpf(text)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TaxId.Cnpj(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"})
    void a_row_of_one_digit_is_no_tax_id(String digit) {
        assertThat(TaxId.parse(digit.repeat(11))).isEmpty();
        assertThat(TaxId.parse(digit.repeat(14))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "529.982.247-25, 52998224725",
        "529982247-25, 52998224725",
        "' 529.982.247-25\t\n', 52998224725",
        "11.222.333/0001-81, 11222333000181",
        "12.ABC.345/01DE-35, 12ABC34501DE35",
        "12abc34501de35, 12ABC34501DE35",
        "12.abc.345/01de-35, 12ABC34501DE35"
    })
    void the_usual_mask_and_lower_case_are_normalised(String text, String value) {
        assertThat(TaxId.parse(text).map(TaxId::value)).contains(value);
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(
            strings = {
                " ",
                "5299822472",
                "529982247250",
                "5.2.9.9.8.2.2.4.7.2.5",
                "529 982 247 25",
                "+52998224725",
                "-52998224725",
                "52998224725\0",
                "\00052998224725",
                "5299822\0004725",
                "٥٢٩٩٨٢٢٤٧٢٥",
                "５２９９８２２４７２５",
                "12ABC34501DE3５",
                "12ABC345\u017f1DE35",
                "12ABC34501DE35; drop table payout",
                "MariaAparecida"
            })
    void hostile_input_is_not_a_tax_id(String text) {
        assertThat(TaxId.parse(text)).isEmpty();
        assertThat(TaxId.bare(text)).isEmpty();
    }

    @Test
    void a_megabyte_is_not_a_tax_id() {
        assertThat(TaxId.parse("1".repeat(1 << 20))).isEmpty();
        assertThat(TaxId.parse(" ".repeat(1 << 20) + "52998224725")).isEmpty();
    }

    @Test
    void a_foreign_letter_does_not_become_ours_by_changing_its_case() {
        var valid = "SI0000000001";
        var digits = TaxId.Cnpj.checkDigits(valid);

        assertThat(TaxId.parse(valid + digits)).isPresent();
        // Dotless i and long s, whose upper case is I and S.
        assertThat(TaxId.parse("\u017f\u01310000000001" + digits)).isEmpty();
    }

    @Test
    void lists_and_logs_see_a_masked_tax_id() {
        var cpf = TaxId.parse("12345678909").orElseThrow();
        var cnpj = TaxId.parse("12ABC34501DE35").orElseThrow();

        assertThat(cpf.formatted()).isEqualTo("123.456.789-09");
        assertThat(cpf.masked()).isEqualTo("***.456.789-**");
        assertThat(cpf).hasToString("***.456.789-**");
        assertThat(cnpj.formatted()).isEqualTo("12.ABC.345/01DE-35");
        assertThat(cnpj.masked()).isEqualTo("**.ABC.345/01DE-**");
        assertThat(cnpj).hasToString("**.ABC.345/01DE-**");
    }

    @Test
    void a_cnpj_tells_company_and_branch() {
        var letters = new TaxId.Cnpj("12ABC34501DE35");
        var digits = new TaxId.Cnpj("11222333000181");

        assertThat(letters.root()).isEqualTo("12ABC345");
        assertThat(letters.branch()).isEqualTo("01DE");
        assertThat(letters.isAlphanumeric()).isTrue();
        assertThat(digits.branch()).isEqualTo("0001");
        assertThat(digits.isAlphanumeric()).isFalse();
    }

    @Test
    void check_digits_belong_to_a_base_of_the_right_shape() {
        assertThat(TaxId.Cpf.checkDigits("529982247")).isEqualTo("25");
        assertThat(TaxId.Cnpj.checkDigits("12ABC34501DE")).isEqualTo("35");
        assertThatThrownBy(() -> TaxId.Cpf.checkDigits("12345678A"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TaxId.Cnpj.checkDigits("12abc34501de"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Property
    void a_cpf_is_valid_exactly_when_caelum_stella_says_so(@ForAll("cpfLike") String text) {
        assertThat(TaxId.parse(text).isPresent()).isEqualTo(accepts(new CPFValidator(), text));
    }

    @Property
    void a_cnpj_is_valid_exactly_when_caelum_stella_says_so(@ForAll("cnpjLike") String text) {
        assertThat(TaxId.parse(text).isPresent()).isEqualTo(accepts(new CNPJValidator(), text));
    }

    @Property
    void format_and_parse_are_inverse(@ForAll("taxIds") String text) {
        var taxId = TaxId.parse(text).orElseThrow();

        assertThat(taxId.value()).isEqualTo(text);
        assertThat(TaxId.parse(taxId.formatted())).contains(taxId);
        assertThat(TaxId.parse(taxId.masked())).isEmpty();
    }

    @Property
    void nothing_makes_it_throw(@ForAll String text) {
        TaxId.parse(text).ifPresent(taxId -> assertThat(taxId.value()).matches("[0-9A-Z]{11,14}"));
    }

    private static boolean accepts(Validator<String> oracle, String text) {
        try {
            oracle.assertValid(text);
            return true;
        } catch (InvalidStateException _) {
            return false;
        }
    }

    @Provide
    Arbitrary<String> cpfs() {
        return Arbitraries.strings()
                .numeric()
                .ofLength(9)
                .map(base -> base + TaxId.Cpf.checkDigits(base))
                .filter(cpf -> TaxId.parse(cpf).isPresent());
    }

    @Provide
    Arbitrary<String> cpfLike() {
        return Arbitraries.oneOf(cpfs(), Arbitraries.strings().numeric().ofLength(11));
    }

    private Arbitrary<String> cnpjs() {
        return Arbitraries.strings()
                .numeric()
                .withCharRange('A', 'Z')
                .ofLength(12)
                .map(base -> base + TaxId.Cnpj.checkDigits(base))
                .filter(cnpj -> TaxId.parse(cnpj).isPresent());
    }

    @Provide
    Arbitrary<String> cnpjLike() {
        return Arbitraries.oneOf(
                cnpjs(),
                Arbitraries.strings()
                        .numeric()
                        .ofLength(12)
                        .map(base -> base + TaxId.Cnpj.checkDigits(base)),
                Arbitraries.strings().numeric().ofLength(14));
    }

    @Provide
    Arbitrary<String> taxIds() {
        return Arbitraries.oneOf(cpfs(), cnpjs());
    }
}
