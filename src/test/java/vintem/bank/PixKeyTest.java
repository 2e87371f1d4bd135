package vintem.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.bank.PixKey.Kind;
import vintem.platform.TaxId;

class PixKeyTest {
    @ParameterizedTest
    @CsvSource({
        "12345678909, CPF, 12345678909",
        "123.456.789-09, CPF, 12345678909",
        "11222333000181, CNPJ, 11222333000181",
        "11.222.333/0001-81, CNPJ, 11222333000181",
        "12.abc.345/01de-35, CNPJ, 12ABC34501DE35",
        "+5511987654321, PHONE, +5511987654321",
        "+55 11 91234-5678, PHONE, +5511912345678",
        "' +55 (11) 91234-5678 ', PHONE, +5511912345678",
        "(+55) 11 91234-5678, PHONE, +5511912345678",
        "+55 11 3123-4567, PHONE, +551131234567",
        "pix@bcb.gov.br, EMAIL, pix@bcb.gov.br",
        "Pix@BCB.gov.br, EMAIL, pix@bcb.gov.br",
        "u1@email.com, EMAIL, u1@email.com",
        "+joao+pix@email.com, EMAIL, +joao+pix@email.com",
        "123e4567-e89b-12d3-a456-426655440000, EVP, 123e4567-e89b-12d3-a456-426655440000",
        "123e4567-e12b-12d1-a456-426655440000, EVP, 123e4567-e12b-12d1-a456-426655440000",
        "123E4567-E89B-12D3-A456-426655440000, EVP, 123e4567-e89b-12d3-a456-426655440000"
    })
    void a_key_is_read_as_people_write_it(String text, Kind kind, String value) {
        assertThat(PixKey.parse(text)).contains(new PixKey(kind, value));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "11912345678",
                "(11) 91234-5678",
                "11 91234-5678",
                "5511912345678",
                "055 11 91234-5678"
            })
    void a_phone_without_plus_is_never_guessed(String text) {
        assertThat(PixKey.parse(text)).isEmpty();
    }

    @Test
    void eleven_digits_are_a_cpf_even_where_they_look_like_a_phone() {
        var digits = "119000000";
        var cpf = digits + TaxId.Cpf.checkDigits(digits);

        assertThat(PixKey.parse("+55" + cpf).map(PixKey::kind)).contains(Kind.PHONE);
        assertThat(PixKey.parse(cpf).map(PixKey::kind)).contains(Kind.CPF);
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(
            strings = {
                " ",
                "+",
                "@",
                "+5510998765432",
                "+5501998765432",
                "+55119876543210",
                "+551198765432",
                "+5511812345678",
                "+551161234567",
                "+14155552671",
                "+55 11 9123٤-5678",
                "++5511912345678",
                "55+11912345678",
                "maria",
                "maria@",
                "@email.com",
                "maria@@email.com",
                "maria@email..com",
                "maria@-email.com",
                "maria@email-.com",
                "maria silva@email.com",
                "maría@email.com",
                "\u212aarl@email.com",
                "maria@email.com\n@x",
                "maria@email.com\0",
                "maria%x@email.com",
                "123e4567e89b12d3a456426655440000",
                "123e4567-e89b-12d3-a456-42665544000",
                "123e4567-e89b-12d3-a456-42665544000g",
                "{123e4567-e89b-12d3-a456-426655440000}",
                "52998224724",
                "11111111111",
                "00000000000000"
            })
    void anything_else_is_not_a_key(String text) {
        assertThat(PixKey.parse(text)).isEmpty();
    }

    @Test
    void an_email_key_has_at_most_77_characters() {
        var domain = "@email.com";

        assertThat(PixKey.parse("a".repeat(67) + domain)).isPresent();
        assertThat(PixKey.parse("a".repeat(68) + domain)).isEmpty();
        assertThat(PixKey.parse("   " + "a".repeat(67) + domain + "   ")).isPresent();
    }

    @Test
    @Timeout(5)
    void long_input_is_refused_at_once() {
        int million = 1_000_000;

        assertThat(PixKey.parse("a".repeat(million))).isEmpty();
        assertThat(PixKey.parse("a@" + "a.".repeat(million))).isEmpty();
        assertThat(PixKey.parse("a@" + "a-".repeat(90))).isEmpty();
        assertThat(PixKey.parse("a@" + "a".repeat(75))).isEmpty();
        assertThat(PixKey.parse("+" + "5".repeat(million))).isEmpty();
        assertThat(PixKey.parse(" ".repeat(million) + "u1@email.com")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "12345678909, ***.456.789-**",
        "12ABC34501DE35, **.ABC.345/01DE-**",
        "+5511912345678, +5511*****5678",
        "+551131234567, +5511****4567",
        "maria@email.com, m***@email.com",
        "ab@email.com, ***@email.com",
        "123e4567-e89b-12d3-a456-426655440000, 123e4567-****-****-****-************"
    })
    void lists_and_logs_see_a_masked_key(String text, String masked) {
        var key = PixKey.parse(text).orElseThrow();

        assertThat(key.masked()).isEqualTo(masked);
        assertThat(key).hasToString(key.kind() + " " + masked);
    }

    @Test
    void a_key_cannot_be_made_of_what_is_none() {
        assertThatThrownBy(() -> new PixKey(Kind.EMAIL, "Pix@bcb.gov.br"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("bcb");
        assertThatThrownBy(() -> new PixKey(Kind.CPF, "11222333000181"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PixKey(Kind.CNPJ, "12345678909"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PixKey(Kind.CPF, "123.456.789-09"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Property
    void reading_a_key_again_changes_nothing(@ForAll("texts") String text) {
        PixKey.parse(text).ifPresent(key -> assertThat(PixKey.parse(key.value())).contains(key));
    }

    @Property
    void every_generated_key_is_read(@ForAll("keys") String text) {
        assertThat(PixKey.parse(text)).isPresent();
        reading_a_key_again_changes_nothing(text);
    }

    @Property
    void a_masked_key_hides_something(@ForAll("keys") String text) {
        var key = PixKey.parse(text).orElseThrow();

        assertThat(key.masked()).contains("**").isNotEqualTo(key.value());
    }

    @Property
    void garbage_never_throws(@ForAll String text) {
        PixKey.parse(text);
        PixKey.parse("+55" + text);
        PixKey.parse(text + "@" + text);
    }

    @Provide
    Arbitrary<String> keys() {
        var digits = Arbitraries.strings().numeric();
        var cpf =
                digits.ofLength(9)
                        .map(base -> base + TaxId.Cpf.checkDigits(base))
                        .filter(text -> TaxId.parse(text).isPresent())
                        .map(text -> TaxId.parse(text).orElseThrow().formatted());
        var cnpj =
                Arbitraries.strings()
                        .numeric()
                        .withCharRange('a', 'z')
                        .ofLength(12)
                        .map(base -> base + TaxId.Cnpj.checkDigits(base.toUpperCase(Locale.ROOT)))
                        .filter(text -> TaxId.parse(text).isPresent());
        var mobile = digits.ofLength(8).map(n -> "+55 (11) 9" + n);
        var landline = digits.ofLength(7).map(n -> "+55 48 3" + n);
        var email =
                Arbitraries.strings()
                        .alpha()
                        .numeric()
                        .withChars(".!#$&'*+/=?^_`{|}~-")
                        .ofMinLength(1)
                        .ofMaxLength(60)
                        .map(name -> name + "@Email.com.br");
        var evp = Arbitraries.create(UUID::randomUUID).map(Object::toString);
        return Arbitraries.oneOf(cpf, cnpj, mobile, landline, email, evp);
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Arbitraries.strings(),
                Arbitraries.strings().withChars("+5119 ()-@.aZ0/").ofMaxLength(20));
    }
}
