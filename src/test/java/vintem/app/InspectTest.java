package vintem.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.bank.PixKey;
import vintem.platform.TaxId;

class InspectTest {
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 22);

    @Test
    void a_cpf_is_explained_and_is_a_pix_key_too() {
        var cpf = inspect(" 529.982.247-25 ");

        assertThat(cpf.kind()).isEqualTo("cpf");
        assertThat(cpf.valid()).isTrue();
        assertThat(cpf.normalized()).isEqualTo("52998224725");
        assertThat(cpf.fields().toString())
                .isEqualTo(
                        "{formatted=529.982.247-25, masked=***.982.247-**, check_digits=25,"
                                + " pix_key_kind=cpf}");
        assertThat(cpf.problems()).isEmpty();
    }

    @Test
    void wrong_check_digits_of_a_cpf_are_named_with_the_right_ones() {
        var cpf = inspect("529.982.247-24");

        assertThat(cpf.kind()).isEqualTo("cpf");
        assertThat(cpf.valid()).isFalse();
        assertThat(cpf.normalized()).isNull();
        assertThat(cpf.fields().toString())
                .isEqualTo("{check_digits=24, expected_check_digits=25}");
        assertThat(cpf.problems()).containsExactly("check digits are 24, should be 25");
    }

    @Test
    void a_number_with_the_mask_of_a_cpf_is_not_taken_for_a_phone() {
        assertThat(inspect("52998224724").problems()).hasSize(2);
        assertThat(inspect("529982247-24").problems()).hasSize(1);
    }

    @Test
    void eleven_digits_that_look_like_a_phone_are_told_what_a_phone_needs() {
        var phone = inspect("11912345678");

        assertThat(phone.kind()).isEqualTo("cpf");
        assertThat(phone.problems())
                .containsExactly(
                        "check digits are 78, should be 84",
                        "a phone needs +55 in front: an 11-digit number without + is read as a"
                                + " CPF");
    }

    @Test
    void a_row_of_one_digit_is_no_cpf_though_its_check_digits_are_right() {
        assertThat(inspect("111.111.111-11").problems())
                .containsExactly("all digits are 1: such a number is never issued");
        assertThat(inspect("00000000000000").problems())
                .containsExactly("all digits are 0: such a number is never issued");
    }

    @Test
    void a_cnpj_with_letters_is_explained() {
        var cnpj = inspect("12.abc.345/01de-35");

        assertThat(cnpj.kind()).isEqualTo("cnpj");
        assertThat(cnpj.normalized()).isEqualTo("12ABC34501DE35");
        assertThat(cnpj.fields().toString())
                .isEqualTo(
                        "{formatted=12.ABC.345/01DE-35, masked=**.ABC.345/01DE-**,"
                                + " root=12ABC345, branch=01DE, alphanumeric=true,"
                                + " check_digits=35, pix_key_kind=cnpj}");
    }

    @ParameterizedTest
    @CsvSource({
        "12ABC34501DE45, 45, 35",
        "12ABC34501DE9B, 9B, 35",
        "26637142000168, 68, 58",
        "26637142000154, 54, 58",
        "74221325000160, 60, 30"
    })
    void wrong_check_digits_of_a_cnpj_are_named_with_the_right_ones(
            String text, String actual, String expected) {
        var cnpj = inspect(text);

        assertThat(cnpj.kind()).isEqualTo("cnpj");
        assertThat(cnpj.problems())
                .containsExactly("check digits are %s, should be %s".formatted(actual, expected));
        assertThat(cnpj.fields()).containsEntry("expected_check_digits", expected);
    }

    @Test
    void a_phone_is_explained() {
        var phone = inspect("+55 11 91234-5678");

        assertThat(phone.kind()).isEqualTo("phone");
        assertThat(phone.normalized()).isEqualTo("+5511912345678");
        assertThat(phone.fields().toString())
                .isEqualTo(
                        "{formatted=+55 11 91234-5678, ddd=11, line=mobile,"
                                + " masked=+5511*****5678, pix_key_kind=phone}");
        assertThat(inspect("+55 (48) 3123-4567").fields())
                .containsEntry("line", "landline")
                .containsEntry("formatted", "+55 48 3123-4567");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "(11) 91234-5678 | a phone needs +55 in front: +5511912345678",
                "11 91234-5678 | a phone needs +55 in front: +5511912345678",
                "5511912345678 | a phone needs +55 in front: +5511912345678",
                "1131234567 | a phone needs +55 in front: +551131234567",
                "+1 415 555-2671 | only Brazilian phones are taken: +55, the DDD, the number",
                "+5510998765432 | after +55 comes the DDD, two digits from 1 to 9",
                "+55 | after +55 comes the DDD, two digits from 1 to 9",
                "+5511812345678 | a number of nine digits is a mobile phone and begins with 9,"
                        + " here with 8",
                "+551191234567 | a number of eight digits is a landline and begins with 2 to 5,"
                        + " here with 9: mobile phones have nine digits and begin with 9",
                "+5511 | after the DDD come nine digits (mobile) or eight (landline), here are 0",
                "+55 11 91234-567x | after its + a phone has only digits, spaces, dashes and"
                        + " parentheses",
                "+ | after its + a phone has only digits, spaces, dashes and parentheses"
            })
    void a_wrong_phone_is_told_what_would_be_right(String text, String problem) {
        var phone = inspect(text);

        assertThat(phone.kind()).isEqualTo("phone");
        assertThat(phone.problems()).containsExactly(problem);
    }

    @Test
    void an_email_is_explained() {
        var email = inspect("Pix@BCB.gov.br");

        assertThat(email.kind()).isEqualTo("email");
        assertThat(email.normalized()).isEqualTo("pix@bcb.gov.br");
        assertThat(email.fields().toString())
                .isEqualTo("{domain=bcb.gov.br, masked=p***@bcb.gov.br, pix_key_kind=email}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "josé@email.com | before the @",
                "maria silva@email.com | before the @",
                "@email.com | before the @",
                "a@b@email.com | before the @",
                "maria@ | after the @",
                "maria@email..com | after the @",
                "maria@-email.com | after the @"
            })
    void a_wrong_email_is_told_where_it_is_wrong(String text, String problem) {
        var email = inspect(text);

        assertThat(email.kind()).isEqualTo("email");
        assertThat(email.problems()).singleElement().asString().startsWith(problem);
    }

    @Test
    void a_long_email_is_told_how_long_it_may_be() {
        assertThat(inspect("a".repeat(68) + "@email.com").problems())
                .containsExactly("a Pix key has at most 77 characters, here are 78");
    }

    @Test
    void a_random_key_is_explained() {
        var evp = inspect("123E4567-E89B-12D3-A456-426655440000");

        assertThat(evp.kind()).isEqualTo("evp");
        assertThat(evp.normalized()).isEqualTo("123e4567-e89b-12d3-a456-426655440000");
        assertThat(evp.fields().toString())
                .isEqualTo("{masked=123e4567-****-****-****-************, pix_key_kind=evp}");
    }

    @Test
    void a_wrong_random_key_is_told_what_would_be_right() {
        assertThat(inspect("123e4567e89b12d3a456426655440000"))
                .isEqualTo(
                        Inspection.invalid(
                                "evp",
                                "a random key has dashes: 123e4567-e89b-12d3-a456-426655440000"));
        assertThat(inspect("123e4567-e89b-12d3-a456-42665544000g"))
                .isEqualTo(
                        Inspection.invalid(
                                "evp", "a random key has only the digits 0-9 and the letters a-f"));
    }

    @Test
    void a_static_br_code_is_explained_field_by_field() {
        var code =
                inspect(
                        " 00020126510014br.gov.bcb.pix0115thalesog@me.com0210Pedido 12352040000530398"
                                + "6540510.005802BR5914THALES OGLIARI6015SAO MIGUEL DO O62100506ABC1"
                                + "236304A20F\n");

        assertThat(code.problems()).isEmpty();
        assertThat(code.kind()).isEqualTo("br_code");
        assertThat(code.valid()).isTrue();
        assertThat(code.normalized()).startsWith("000201").endsWith("6304A20F");
        assertThat(code.notes()).isEmpty();
        assertThat(code.fields().toString())
                .isEqualTo(
                        "{type=static, pix_key=thalesog@me.com, pix_key_kind=email,"
                                + " description=Pedido 123, amount=R$ 10,00, amount_cents=1000,"
                                + " name=THALES OGLIARI, city=SAO MIGUEL DO O, txid=ABC123,"
                                + " crc=A20F, expected_crc=A20F, 00=01, 26.00=br.gov.bcb.pix,"
                                + " 26.01=thalesog@me.com, 26.02=Pedido 123, 52=0000, 53=986,"
                                + " 54=10.00, 58=BR, 59=THALES OGLIARI, 60=SAO MIGUEL DO O,"
                                + " 62.05=ABC123, 63=A20F}");
    }

    @Test
    void a_dynamic_and_a_composite_br_code_are_explained() {
        var dynamic =
                inspect(
                        "00020101021226770014BR.GOV.BCB.PIX2555pix.example.com/qr/93598be0-1bd0-499"
                                + "7-8318-81776a1d8a995204000053039865802BR5907EMPRESA6009SAO PAULO"
                                + "62070503***6304EEAB");
        assertThat(dynamic.valid()).isTrue();
        assertThat(dynamic.fields())
                .containsEntry("type", "dynamic")
                .containsEntry(
                        "location",
                        "https://pix.example.com/qr/93598be0-1bd0-4997-8318-81776a1d8a99")
                .containsEntry("use", "once");

        var recurrence =
                inspect(
                        "00020126180014br.gov.bcb.pix5204000053039865802BR5913Fulano de Tal6008BRAS"
                                + "ILIA62070503***80800014br.gov.bcb.pix2558pix.example.com/qr/v2/r"
                                + "ec/2353c790eefb11eaadc10242ac120002630462C9");
        assertThat(recurrence.valid()).isTrue();
        assertThat(recurrence.fields())
                .containsEntry("type", "recurrence")
                .containsEntry(
                        "recurrence",
                        "https://pix.example.com/qr/v2/rec/2353c790eefb11eaadc10242ac120002");
    }

    @Test
    void a_broken_br_code_is_told_which_fields_are_wrong_and_why() {
        var code =
                inspect(
                        "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-426655440000520400"
                                + "005303986540310.5802BR5913Fulano de Tal62070503***63041D3D");

        assertThat(code.kind()).isEqualTo("br_code");
        assertThat(code.valid()).isFalse();
        assertThat(code.normalized()).isNull();
        assertThat(code.problems())
                .containsExactly(
                        "63: the CRC is '1D3D', should be F017: a character was changed or lost, or"
                                + " it was never right",
                        "60: the receiver's city is missing",
                        "54: the amount is '10.', should be up to ten digits, a point and two"
                                + " decimals, such as 1234.50");
        assertThat(code.fields())
                .containsEntry("crc", "1D3D")
                .containsEntry("expected_crc", "F017")
                .containsEntry("26.01", "123e4567-e12b-12d1-a456-426655440000");
    }

    @Test
    void a_br_code_that_breaks_off_is_told_where() {
        var code = inspect("00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456");

        assertThat(code.kind()).isEqualTo("br_code");
        assertThat(code.problems())
                .containsExactly(
                        "26: says that it has 58 characters, and 45 follow",
                        "63: the CRC is missing, a code ends in 6304 and the CRC");
    }

    @Test
    void what_is_odd_about_a_valid_br_code_is_a_note() {
        var code =
                inspect(
                        "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-426655440000520400"
                                + "0053039865802BR5913Fulano de Tal6008BRASÍLIA62070503***6304B4F6");

        assertThat(code.valid()).isTrue();
        assertThat(code.notes())
                .containsExactly(
                        "60: the receiver's city has characters that banks read differently");
    }

    @Test
    void a_boleto_is_explained_field_by_field_by_its_line_and_by_its_bar_code() {
        var line = inspect("34191.10006 00012.360053 71234.570001 1 16810000012345");

        assertThat(line.problems()).isEmpty();
        assertThat(line.kind()).isEqualTo("boleto");
        assertThat(line.valid()).isTrue();
        assertThat(line.notes()).isEmpty();
        assertThat(line.fields().toString())
                .isEqualTo(
                        "{written_as=line, bank=341, bank_name=Itaú, currency=9, check_digit=1,"
                                + " due_factor=1681, due=2027-01-04, due_otherwise=2002-05-15,"
                                + " amount=R$ 123,45, amount_cents=12345,"
                                + " free_field=1100000012360057123457000, wallet=110,"
                                + " nosso_numero=00000123-6, agency=0057, account=12345-7,"
                                + " bar_code=34191168100000123451100000012360057123457000,"
                                + " line=34191.10006 00012.360053 71234.570001 1 16810000012345}");
        var barCode = inspect(line.fields().get("bar_code"));
        assertThat(barCode.normalized()).isEqualTo(line.fields().get("bar_code"));
        assertThat(barCode.fields()).containsEntry("written_as", "bar_code");
        assertThat(barCode.fields()).containsEntry("line", line.fields().get("line"));
    }

    @Test
    void a_boleto_of_each_bank_tells_what_the_bank_has_put_into_it() {
        assertThat(inspect("23791.17209 60007.589645 52040.300502 5 42230000295295").fields())
                .containsEntry("bank_name", "Bradesco")
                .containsEntry("agency", "1172")
                .containsEntry("wallet", "06")
                .containsEntry("nosso_numero", "00075896452")
                .containsEntry("account", "0403005");
        assertThat(inspect("00190.00009 01234.567004 00000.007179 9 70520000060000").fields())
                .containsEntry("bank_name", "Banco do Brasil")
                .containsEntry("nosso_numero", "12345670000000007")
                .containsEntry("wallet", "17");
        assertThat(inspect("00191.23876 90000.000126 34567.899215 9 37690000013500").fields())
                .containsEntry("agreement", "123879")
                .containsEntry("nosso_numero", "00000001234567899");
        assertThat(inspect("00191.23876 90123.440423 00061.900189 2 37690000013500").fields())
                .containsEntry("nosso_numero", "12387901234")
                .containsEntry("agency", "4042")
                .containsEntry("account", "00061900")
                .containsEntry("wallet", "18");
        assertThat(inspect("03399.12347 56700.000005 00456.101013 1 69340000271716").fields())
                .containsEntry("beneficiary", "1234567")
                .containsEntry("nosso_numero", "000000000456-1")
                .containsEntry("wallet", "101");
        assertThat(inspect("10491.23456 60000.100044 00000.000216 8 69180000010000").fields())
                .containsEntry("beneficiary", "123456-0")
                .containsEntry("nosso_numero", "14000000000000002");
        assertThat(inspect("34191.96005 25828.112349 56712.345505 1 25250000013500").fields())
                .containsEntry("document", "1234567")
                .containsEntry("client", "12345");
    }

    @Test
    void a_boleto_of_a_bank_that_we_make_none_for_is_explained_too() {
        // Caixa's older layout, and a bank whose layout we do not know.
        assertThat(inspect(withCheckDigit("1049", "00000000000000", "1123456900000000000000123")))
                .satisfies(
                        boleto -> {
                            assertThat(boleto.valid()).isTrue();
                            assertThat(boleto.fields())
                                    .containsEntry("beneficiary", "123456")
                                    .containsEntry("nosso_numero", "900000000000000123")
                                    .doesNotContainKey("due")
                                    .doesNotContainKey("amount");
                            assertThat(boleto.notes())
                                    .containsExactly(
                                            "due_factor: there is no due date",
                                            "amount: there is none, the payer says how much");
                        });
        assertThat(inspect(withCheckDigit("7480", "16780000012345", "1".repeat(25))))
                .satisfies(
                        boleto -> {
                            assertThat(boleto.fields())
                                    .containsEntry("bank_name", "Sicredi")
                                    .containsEntry("free_field", "1".repeat(25))
                                    .doesNotContainKey("nosso_numero");
                            assertThat(boleto.notes())
                                    .containsExactly(
                                            "currency: 0 stands in boletos of situação 2, others"
                                                    + " have 9 (reais)");
                        });
        assertThat(inspect(withCheckDigit("9999", "16780000012345", "1".repeat(25))).fields())
                .doesNotContainKey("bank_name");
    }

    private static String withCheckDigit(String beginning, String middle, String rest) {
        for (var digit = '1'; digit <= '9'; digit++) {
            var barCode = beginning + digit + middle + rest;
            if (inspect(barCode).valid()) {
                return barCode;
            }
        }
        throw new AssertionError("some digit is right");
    }

    @Test
    void a_boleto_with_a_wrong_digit_is_told_which_field_is_wrong() {
        var boleto = inspect("00190.00002 01149.718601 68524.522114 6 75860000102656");

        assertThat(boleto.kind()).isEqualTo("boleto");
        assertThat(boleto.valid()).isFalse();
        assertThat(boleto.normalized()).isNull();
        assertThat(boleto.problems())
                .containsExactly(
                        "field1: the check digit is 2, should be 9: a digit was changed or lost");
        assertThat(boleto.fields().toString())
                .isEqualTo(
                        "{bank=001, currency=9, field1=0019000002, field2=01149718601,"
                                + " field3=68524522114, check_digit=6, due_factor=7586,"
                                + " amount=0000102656}");
        assertThat(inspect("1".repeat(44)).fields()).containsEntry("free_field", "1".repeat(25));
        assertThat(inspect("1".repeat(46)).problems())
                .containsExactly("a line has 47 digits and a bar code 44, here are 46");
    }

    @Test
    void the_slip_of_a_utility_is_explained() {
        var slip = inspect("84610000000-5 24610029110-2 00546033900-4 69589506108-0");

        assertThat(slip.kind()).isEqualTo("utility_slip");
        assertThat(slip.normalized()).isEqualTo("846100000005246100291102005460339004695895061080");
        assertThat(slip.fields().toString())
                .isEqualTo(
                        "{written_as=line, segment=telecom, value_type=6, check_digit=1,"
                                + " amount=R$ 24,61, amount_cents=2461, company=0029,"
                                + " free_field=1100054603390069589506108,"
                                + " bar_code=84610000000246100291100054603390069589506108,"
                                + " line=84610000000-5 24610029110-2 00546033900-4 69589506108-0}");
        assertThat(inspect("84610000000246100291100054603390069589506108").valid()).isTrue();

        var wrong = inspect("846100000006246100291102005460339004695895061080");
        assertThat(wrong.kind()).isEqualTo("utility_slip");
        assertThat(wrong.problems())
                .containsExactly(
                        "block1: the check digit is 6, should be 5: a digit was changed or lost");
        assertThat(wrong.fields()).containsEntry("block1", "846100000006");
        assertThat(inspect("8".repeat(47)).problems())
                .containsExactly(
                        "the line of a slip has 48 digits and its bar code 44, here are 47");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00020126581234567890123456789012345678901@mail.com",
                "a0014br.gov.bcb.pix@email.com",
                "00020126-5800-1412-a456-426655440000",
                "00020126580012"
            })
    void what_only_begins_like_a_br_code_is_none(String text) {
        assertThat(inspect(text).kind()).isNotEqualTo("br_code");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | the text is empty",
                "' \t ' | the text is empty",
                "maria | this is nothing that Vintém knows",
                "constantinople | this is nothing that Vintém knows",
                "٥٢٩٩٨٢٢٤٧٢٥ | this is nothing that Vintém knows",
                "5299822472512 | a CPF has 11 digits, 529.982.247-25, and a CNPJ 14,"
                        + " 11.222.333/0001-81; here are 13"
            })
    void the_unknown_is_said_to_be_unknown(String text, String problem) {
        assertThat(inspect(text)).isEqualTo(Inspection.invalid("unknown", problem));
    }

    @Test
    void no_more_than_4096_characters_are_read() {
        assertThat(inspect("x".repeat(4_096)).problems())
                .containsExactly("this is nothing that Vintém knows");
        assertThat(inspect("x".repeat(4_097)).problems())
                .containsExactly("the text has 4097 characters, and no more than 4096 are read");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a@", "+", "1", "a-", "(", ".", "0-", "\0"})
    void long_input_does_not_make_it_throw(String piece) {
        assertThat(inspect(piece.repeat(4_096 / piece.length())).valid()).isFalse();
    }

    @Property
    void a_text_is_valid_exactly_when_it_has_no_problem_and_is_a_pix_key_or_a_tax_id(
            @ForAll("texts") String text) {
        var inspection = inspect(text);

        assertThat(inspection.valid())
                .isEqualTo(inspection.problems().isEmpty())
                .isEqualTo(inspection.normalized() != null)
                .isEqualTo(PixKey.parse(text).isPresent() || TaxId.parse(text).isPresent());
        assertThat(inspection.fields().containsKey("pix_key_kind")).isEqualTo(inspection.valid());
    }

    private static Inspection inspect(String text) {
        return Inspect.inspect(text, TODAY);
    }

    @Provide
    Arbitrary<String> texts() {
        var cpf =
                Arbitraries.strings()
                        .numeric()
                        .ofLength(9)
                        .map(base -> base + TaxId.Cpf.checkDigits(base));
        return Arbitraries.oneOf(
                Arbitraries.strings(),
                cpf,
                Arbitraries.strings().withChars("+5119 ()-@.aZ0/").ofMaxLength(20),
                Arbitraries.strings().numeric().ofLength(8).map(n -> "+55 21 9" + n),
                Arbitraries.strings().alpha().ofMinLength(1).map(name -> name + "@email.com"));
    }
}
