package vintem.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.bank.BrCode.Account;
import vintem.bank.BrCode.Finding;
import vintem.bank.BrCode.Invalid;
import vintem.bank.BrCode.Read;
import vintem.bank.BrCode.Reading;
import vintem.bank.BrCode.Reason;
import vintem.bank.BrCode.Receiver;
import vintem.bank.BrCode.Use;

class BrCodeTest {
    private static final Path VECTORS = Path.of("src/test/resources/data/brcode-vectors.tsv");

    private static final PixKey KEY = key("123e4567-e12b-12d1-a456-426655440000");

    private static final Receiver FULANO = new Receiver("Fulano de Tal", "BRASILIA");

    /// The example of the central bank's manual.
    private static final String MANUAL =
            "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802"
                    + "BR5913Fulano de Tal6008BRASILIA62070503***63041D3D";

    /// What is wrong or odd with the vectors that are not quite right.
    private static final Map<String, List<String>> FINDINGS =
            Map.of(
                    "url has scheme", List.of("26.25 HAS_SCHEME"),
                    "60 non-ascii", List.of("60 NOT_ASCII"),
                    "amount 0; amount zero", List.of("54 NOT_AN_AMOUNT"),
                    "amount 10.", List.of("26.01 NOT_A_KEY", "54 NOT_AN_AMOUNT"),
                    "name>25", List.of("59 TOO_LONG"),
                    "no 62", List.of("62.05 MISSING"),
                    "no city", List.of("60 MISSING"));

    /// A line of the vectors.
    ///
    /// @param kind `static`, `dynamic`, `rec`, `static+rec`, `static+saque` …
    /// @param issues `-`, or what a strict reader should refuse or note
    record Vector(String kind, String issues, String source, String text) {}

    static List<Vector> vectors() throws IOException {
        var vectors =
                Files.readAllLines(VECTORS).stream()
                        .filter(line -> !line.startsWith("#"))
                        .map(line -> line.split("\t"))
                        .map(cells -> new Vector(cells[0], cells[2], cells[3], cells[4]))
                        .toList();
        assertThat(vectors).hasSize(30);
        return vectors;
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void every_vector_is_read_as_what_it_is_or_refused_for_what_is_wrong(Vector vector) {
        var reading = BrCode.read(vector.text());

        if (vector.issues().equals("-")) {
            assertThat(reading).isInstanceOf(Read.class);
        } else {
            assertThat(findings(reading)).isEqualTo(FINDINGS.get(vector.issues()));
            var isTolerated = vector.issues().matches("60 non-ascii|no 62");
            assertThat(reading).isInstanceOf(isTolerated ? Read.class : Invalid.class);
        }
        assertThat(reading.expectedCrc())
                .isEqualTo(vector.text().substring(vector.text().length() - 4));
        var last = vector.text().charAt(vector.text().length() - 1);
        var damaged = changed(vector.text(), vector.text().length() - 1, last == '0' ? "1" : "0");
        assertThat(findings(BrCode.read(damaged))).contains("63 CRC_MISMATCH");
        if (reading instanceof Read(var code, _, _, _)) {
            assertThat(kind(code)).isEqualTo(vector.kind());
            // What we would write for it says the same.
            assertThat(BrCode.read(code.text())).isEqualTo(read(code.text()));
            assertThat(read(code.text()).code()).isEqualTo(code);
            assertThat(read(code.text()).notes()).isEmpty();
        }
    }

    private static String kind(BrCode code) {
        var kind =
                switch (code.account()) {
                    case Account.Key(_, _, var facilitator) ->
                            facilitator == null ? "static" : "static+saque";
                    case Account.Location _ -> "dynamic";
                    case Account.None() -> "";
                };
        if (code.recurrence() == null) {
            return kind;
        }
        return kind.isEmpty() ? "rec" : kind + "+rec";
    }

    @Test
    void the_crc_is_ccitt_false() {
        assertThat(BrCode.crc("123456789")).isEqualTo("29B1");
    }

    @Test
    void a_static_code_is_written_as_the_manual_writes_it() {
        var code = BrCode.staticCode(KEY, FULANO);

        assertThat(code.text()).isEqualTo(MANUAL);
        assertThat(read(MANUAL).code()).isEqualTo(code);
        assertThat(read(MANUAL).notes()).isEmpty();
        assertThat(read(MANUAL).fields().toString())
                .isEqualTo(
                        "{00=01, 26.00=br.gov.bcb.pix,"
                                + " 26.01=123e4567-e12b-12d1-a456-426655440000, 52=0000, 53=986,"
                                + " 58=BR, 59=Fulano de Tal, 60=BRASILIA, 62.05=***, 63=1D3D}");
    }

    /// The codes of well-known libraries, byte by byte.
    static Stream<String[]> golden() {
        var thales = new Receiver("THALES OGLIARI", "SAO MIGUEL DO OESTE");
        var recurring = "pix.example.com/qr/v2/rec/";
        return Stream.of(
                golden(
                        BrCode.staticCode(key("thalesog@me.com"), thales)
                                .withAmountCents(1_000)
                                .withDescription("Pedido 123"),
                        "00020126510014br.gov.bcb.pix0115thalesog@me.com0210Pedido 1235204000053039"
                                + "86540510.005802BR5914THALES OGLIARI6015SAO MIGUEL DO O62070503**"
                                + "*63040DC6"),
                golden(
                        BrCode.staticCode(
                                        key("arya@stark.com"),
                                        new Receiver(
                                                "Arya Stark with a very long name",
                                                "Pindamonhangaba"))
                                .withAmountCents(12_500)
                                .withTxId(new TxId("verylongreconciliationidt")),
                        "00020126360014br.gov.bcb.pix0114arya@stark.com5204000053039865406125.00580"
                                + "2BR5925Arya Stark with a very lo6015Pindamonhangaba62290525veryl"
                                + "ongreconciliationidt630405B7"),
                golden(
                        BrCode.staticCode(
                                        key("12.ABC.345/01DE-35"),
                                        new Receiver("Empresa Alfanumerica Ltda", "São Paulo"))
                                .withAmountCents(1_050)
                                .withTxId(new TxId("PEDIDO123")),
                        "00020126360014br.gov.bcb.pix011412ABC34501DE35520400005303986540510.505802"
                                + "BR5925Empresa Alfanumerica Ltda6009Sao Paulo62130509PEDIDO123630"
                                + "4602B"),
                golden(
                        new BrCode(
                                new Account.Location(
                                        "payload.psp.com/3ec9d2f9-5f03-4e0e-820d-63a81e769e87",
                                        Use.MANY),
                                thales,
                                null,
                                null,
                                null),
                        "00020126740014br.gov.bcb.pix2552payload.psp.com/3ec9d2f9-5f03-4e0e-820d-63"
                                + "a81e769e875204000053039865802BR5914THALES OGLIARI6015SAO MIGUEL "
                                + "DO O62070503***630442C5"),
                golden(
                        new BrCode(
                                new Account.None(),
                                FULANO,
                                null,
                                null,
                                recurring + "2353c790eefb11eaadc10242ac120002"),
                        "00020126180014br.gov.bcb.pix5204000053039865802BR5913Fulano de Tal6008BRAS"
                                + "ILIA62070503***80800014br.gov.bcb.pix2558pix.example.com/qr/v2/r"
                                + "ec/2353c790eefb11eaadc10242ac120002630462C9"),
                golden(
                        BrCode.dynamicCode(
                                        "pix.example.com/qr/v2/8b3da2f39a4140d1a91abd93113bd441",
                                        FULANO)
                                .withRecurrence(recurring + "94ed2badcbc04c15b0bb7fa353194890"),
                        "00020101021226760014br.gov.bcb.pix2554pix.example.com/qr/v2/8b3da2f39a4140"
                                + "d1a91abd93113bd4415204000053039865802BR5913Fulano de Tal6008BRAS"
                                + "ILIA62070503***80800014br.gov.bcb.pix2558pix.example.com/qr/v2/r"
                                + "ec/94ed2badcbc04c15b0bb7fa35319489063047741"),
                golden(
                        BrCode.dynamicCode(
                                        "pix.example.com/qr/v2/cobv/1e6c54d3ec9449b7a7fc53b6b0f998e"
                                                + "7",
                                        FULANO)
                                .withRecurrence(recurring + "3ffa640fa4f14080adccb949fa2dc0d0"),
                        "00020101021226810014br.gov.bcb.pix2559pix.example.com/qr/v2/cobv/1e6c54d3e"
                                + "c9449b7a7fc53b6b0f998e75204000053039865802BR5913Fulano de Tal600"
                                + "8BRASILIA62070503***80800014br.gov.bcb.pix2558pix.example.com/qr"
                                + "/v2/rec/3ffa640fa4f14080adccb949fa2dc0d06304A441"));
    }

    private static String[] golden(BrCode code, String text) {
        return new String[] {code.text(), text};
    }

    @ParameterizedTest
    @MethodSource("golden")
    void what_we_write_is_what_others_write(String ours, String theirs) {
        assertThat(ours).isEqualTo(theirs);
        assertThat(read(theirs).code().text()).isEqualTo(theirs);
        assertThat(read(theirs).notes()).isEmpty();
    }

    @Test
    void other_arrangements_in_the_same_code_are_passed_over() {
        var read =
                read(
                        "00020104141234567890123426580014BR.GOV.BCB.PIX0136123e4567-e12b-12d1-a456-"
                                + "42665544000027300012BR.COM.OUTRO01100123456789520400005303986540"
                                + "6123.455802BR5917NOME DO RECEBEDOR6008BRASILIA610870074900803900"
                                + "12BR.COM.OUTRO01190123.ABCD.3456.WXYZ6304549C");

        assertThat(read.code())
                .isEqualTo(
                        BrCode.staticCode(KEY, new Receiver("NOME DO RECEBEDOR", "BRASILIA"))
                                .withAmountCents(12_345));
        assertThat(read.fields())
                .containsEntry("04", "12345678901234")
                .containsEntry("27.00", "BR.COM.OUTRO")
                .containsEntry("27.01", "0123456789")
                .containsEntry("61", "70074900")
                .containsEntry("80.01", "0123.ABCD.3456.WXYZ");
    }

    @Test
    void a_key_of_a_company_description_and_txid_are_read() {
        var read =
                read(
                        "00020126570014BR.GOV.BCB.PIX0114607011900001040217Mensagem opcional5204000"
                                + "0530398654041.225802BR5920Teste Batch atualiza6009SAO PAULO62260"
                                + "5221t9OGEuUWlqWQiY0CU2YmA63048179");

        assertThat(read.code())
                .isEqualTo(
                        new BrCode(
                                new Account.Key(key("60701190000104"), "Mensagem opcional", null),
                                new Receiver("Teste Batch atualiza", "SAO PAULO"),
                                122L,
                                new TxId("1t9OGEuUWlqWQiY0CU2YmA"),
                                null));
    }

    @Test
    void characters_beyond_ascii_count_one_each_and_are_noted() {
        var read =
                read(
                        "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-426655440000520400"
                                + "0053039865802BR5913Fulano de Tal6008BRASÍLIA62070503***6304B4F6");

        assertThat(read.code()).isEqualTo(BrCode.staticCode(KEY, FULANO));
        assertThat(read.fields()).containsEntry("60", "BRASÍLIA");
        assertThat(read.notes())
                .containsExactly(
                        new Finding(
                                "60",
                                Reason.NOT_ASCII,
                                "the receiver's city has characters that banks read differently"));
        // The same city as a program would write it that counts the nine bytes.
        assertThat(findings(BrCode.read(withCrc(edited("6008BRASILIA", "6009BRASÍLIA")))))
                .containsExactly("20 MALFORMED");
    }

    @ParameterizedTest
    @CsvSource({
        "São Paulo, Sao Paulo",
        "  Loja   da Ana ' ', Loja da Ana '",
        "Ação & Cia. 'Ñandú', Acao & Cia. 'Nandu'",
        "Café ☕ 😀 Bar, Cafe Bar",
        "Loja\u00a0da\tAna, Loja da Ana",
        "Łódź, odz",
        "Padaria Nossa Senhora da Conceição, Padaria Nossa Senhora da"
    })
    void a_name_is_written_in_ascii_and_cut_to_what_fits(String name, String written) {
        var receiver = new Receiver(name.replace("' '", "'"), "X");

        assertThat(receiver.name()).isEqualTo(written).hasSizeLessThanOrEqualTo(25);
        assertThat(new Receiver(receiver.name(), "X")).isEqualTo(receiver);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "😀", "東京", "\u0301"})
    void a_receiver_of_whom_nothing_would_be_left_is_refused(String name) {
        assertThatThrownBy(() -> new Receiver(name, "SAO PAULO"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Receiver("Ana", name))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_description_takes_the_room_that_the_key_leaves() {
        var long72 = "Pagamento do pedido numero 4711 de 23 de novembro, com entrega em sua casa.";

        assertThat(description("a@b.co", long72)).isEqualTo(long72.substring(0, 67));
        assertThat(description(KEY.value(), long72)).isEqualTo(long72.substring(0, 37).strip());
        assertThat(description("a".repeat(67) + "@email.com", long72)).isNull();
        assertThat(description("a@b.co", "😀")).isNull();
    }

    private static String description(String key, String text) {
        var code = BrCode.staticCode(key(key), FULANO).withDescription(text);
        assertThat(read(code.text()).code()).isEqualTo(code);
        return ((Account.Key) code.account()).description();
    }

    @Test
    void what_cannot_be_written_is_refused() {
        var code = BrCode.staticCode(KEY, FULANO);
        var dynamic = BrCode.dynamicCode("pix.example.com/1", FULANO);
        assertIllegal(() -> code.withAmountCents(0));
        assertIllegal(() -> code.withAmountCents(-1));
        assertIllegal(() -> code.withAmountCents(1_000_000_000_000L));
        assertIllegal(() -> code.withTxId(TxId.forCharge()));
        assertIllegal(() -> code.withRecurrence("https://pix.example.com"));
        assertIllegal(() -> dynamic.withAmountCents(1));
        assertIllegal(() -> dynamic.withTxId(TxId.forStaticCode()));
        assertIllegal(() -> dynamic.withDescription("x"));
        assertIllegal(() -> BrCode.dynamicCode("https://pix.example.com/1", FULANO));
        assertIllegal(() -> BrCode.dynamicCode("", FULANO));
        assertIllegal(() -> BrCode.dynamicCode("pix.example.com/" + "1".repeat(62), FULANO));
        assertIllegal(() -> new BrCode(new Account.None(), FULANO, null, null, null));
        assertIllegal(() -> new Account.Key(KEY, null, "1234567"));
        assertIllegal(() -> new Account.Key(key("a".repeat(60) + "@email.com"), null, "12345678"));
    }

    private static void assertIllegal(Runnable work) {
        assertThatThrownBy(work::run).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "6008BRASILIA | 6016NOVA FRIBURGO RJ | 60 TOO_LONG",
                "5913Fulano de Tal | 5926Fulano de Tal dos Santos 1 | 59 TOO_LONG",
                "5913Fulano de Tal | '' | 59 MISSING",
                "6008BRASILIA | '' | 60 MISSING",
                "5913Fulano de Tal | 5901😀 | 59 NOT_ASCII",
                "5802BR | 54010+5802BR | 54 NOT_AN_AMOUNT",
                "5802BR | 5403100+5802BR | 54 NOT_AN_AMOUNT",
                "5802BR | 540310.+5802BR | 54 NOT_AN_AMOUNT",
                "5802BR | 54030.9+5802BR | 54 NOT_AN_AMOUNT",
                "5802BR | 54040,90+5802BR | 54 NOT_AN_AMOUNT",
                "5802BR | 5405-1.00+5802BR | 54 NOT_AN_AMOUNT",
                "5802BR | 54081,234.50+5802BR | 54 NOT_AN_AMOUNT",
                "5802BR | 541412345678901.00+5802BR | 54 NOT_AN_AMOUNT",
                "5802BR | 54040.00+5802BR | 54 ZERO_AMOUNT",
                "5802BR | 5802US | 58 WRONG_VALUE",
                "5802BR | '' | 58 MISSING",
                "5303986 | 5303840 | 53 WRONG_VALUE",
                "5303986 | '' | 53 MISSING",
                "52040000 | 5204000X | 52 WRONG_VALUE",
                "52040000 | '' | 52 MISSING",
                "000201 | 000202 | 00 WRONG_VALUE",
                "000201 | '' | 00 MISSING",
                "000201 | 010213+000201 | 00 WRONG_ORDER; 01 WRONG_VALUE",
                "000201 | 000201+010213 | 01 WRONG_VALUE",
                "000201 | 000201000201 | 00 DUPLICATE",
                "6008BRASILIA | 6008BRASILIA+6004RIOS | 60 DUPLICATE",
                "br.gov.bcb.pix | br.gov.bcb.pox | 26.00 NOT_PIX",
                "62070503*** | 62080503***0 | 62 MALFORMED",
                "0503*** | 0503a-b | 62.05 NOT_A_TXID",
                "62070503*** | 62050501🎄 | 62.05 NOT_A_TXID",
                "62070503*** | 62300526ABCDEFGHIJKLMNOPQRSTUVWXYZ | 62.05 TOO_LONG",
                "6008BRASILIA | 6099BRASILIA | 60 MALFORMED",
                "6008BRASILIA | 6000 | 60 MALFORMED",
                "6008BRASILIA | 60٠8BRASILIA | - MALFORMED",
                "6008BRASILIA | 6O08BRASILIA | - MALFORMED"
            })
    void each_mistake_is_told_with_its_field(String right, String wrong, String findings) {
        var text = withCrc(edited(right, wrong.replace("+", "")));

        assertThat(BrCode.read(text)).isInstanceOf(Invalid.class);
        assertThat(String.join("; ", findings(BrCode.read(text))))
                .isEqualTo(findings.replace("-", ""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0103abc | 26.01 NOT_A_KEY",
                "011111111111111 | 26.01 NOT_A_KEY",
                "0114529.982.247-25 | 26.01 NOT_A_KEY",
                "011111912345678 | 26.01 NOT_A_KEY",
                "0115+55119123456789 | 26.01 NOT_A_KEY",
                "0116 ana@example.com | 26.01 NOT_A_KEY",
                "0115ana@example.com2509psp.com/1 | 26.25 AMBIGUOUS",
                "2517https://psp.com/1 | 26.25 HAS_SCHEME",
                "2511psp.com/a b | 26.25 NOT_A_LOCATION",
                "2510psp.com/é1 | 26.25 NOT_A_LOCATION",
                "2506/apath | 26.25 NOT_A_LOCATION",
                "0207message | 26.01 MISSING",
                "0115ana@example.com03071234567 | 26.03 NOT_AN_ISPB"
            })
    void each_mistake_of_an_account_is_told_with_its_field(String account, String findings) {
        assertThat(findings(BrCode.read(withAccount(account)))).containsExactly(findings);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0115ANA@example.com | 26.01 UNUSUAL",
                "011412abc34501de35 | 26.01 UNUSUAL",
                "0115ana@example.com0203Olá | 26.02 NOT_ASCII",
                "2509psp.com/10203Ola | 26.02 IGNORED",
                "2509psp.com/103081234567A | 26.03 IGNORED"
            })
    void what_does_no_harm_is_noted_with_its_field(String account, String findings) {
        var text = withAccount(account);

        assertThat(findings(read(text))).containsExactly(findings);
        assertThat(read(read(text).code().text()).notes()).isEmpty();
    }

    @Test
    void in_a_dynamic_code_amount_and_txid_are_passed_over() {
        var text = withAccount("2509psp.com/1");
        var odd =
                withCrc(
                        text.substring(0, text.length() - 8)
                                .replace("5802BR", "54041.005802BR")
                                .replace("62070503***", "62070503abc"));

        assertThat(read(odd).code()).isEqualTo(read(text).code());
        assertThat(findings(read(odd))).containsExactly("54 IGNORED", "62.05 IGNORED");
    }

    @Test
    void a_key_with_the_mark_of_a_single_payment_is_a_static_code_all_the_same() {
        assertThat(findings(read(withCrc(edited("000201", "000201010212")))))
                .containsExactly("01 IGNORED");
        assertThat(read(withCrc(edited("000201", "000201010211"))).notes()).isEmpty();
    }

    @Test
    void two_accounts_of_pix_are_one_too_many() {
        var second = "27370014br.gov.bcb.pix0115ana@example.com";

        assertThat(findings(BrCode.read(withCrc(edited("52040000", second + "52040000")))))
                .containsExactly("27.00 DUPLICATE");
        // Where the same field comes again, its parts are not mixed with those of the first.
        assertThat(
                        findings(
                                BrCode.read(
                                        withCrc(
                                                edited(
                                                        "52040000",
                                                        "2613250" + "9psp.com/152040000")))))
                .containsExactly("26 DUPLICATE");
    }

    @Test
    void a_recurrence_needs_its_location() {
        var without = "62070503***80180014br.gov.bcb.pix";
        var scheme = "62070503***80330014br.gov.bcb.pix2511http://a.br";

        assertThat(findings(BrCode.read(withCrc(edited("62070503***", without)))))
                .containsExactly("80.25 MISSING");
        assertThat(findings(BrCode.read(withCrc(edited("62070503***", scheme)))))
                .containsExactly("80.25 HAS_SCHEME");
    }

    @Test
    void all_mistakes_are_told_at_once() {
        var text =
                edited("6008BRASILIA", "6016NOVA FRIBURGO RJ")
                                .replace("5303986", "5303840")
                                .replace("0503***", "0503a b")
                        + "6304FFFF";

        assertThat(findings(BrCode.read(text)))
                .containsExactly(
                        "63 CRC_MISMATCH", "53 WRONG_VALUE", "60 TOO_LONG", "62.05 NOT_A_TXID");
    }

    @Test
    void sentences_say_what_would_be_right() {
        assertThat(BrCode.read(MANUAL.replace("1D3D", "1D3C")))
                .hasToString(
                        "[63: the CRC is '1D3C', should be 1D3D: a character was changed or lost,"
                                + " or it was never right]");
        assertThat(BrCode.read(MANUAL.substring(0, 100)))
                .hasToString(
                        "[59: says that it has 13 characters, and 7 follow, 63: the CRC is missing,"
                                + " a code ends in 6304 and the CRC]");
        assertThat(BrCode.read(MANUAL + "0"))
                .hasToString(
                        "[a tag and a length of two digits each belong where '0' stands, 63: the"
                                + " CRC is the last field and has 4 characters]");
    }

    /// A gist that many have copied ends in this CRC. It is not that of the manual's example.
    @Test
    void the_crc_170e_of_a_well_known_gist_is_wrong() {
        var reading = BrCode.read(MANUAL.replace("1D3D", "170E"));

        assertThat(findings(reading)).containsExactly("63 CRC_MISMATCH");
        assertThat(reading.expectedCrc()).isEqualTo("1D3D");
    }

    @Test
    void a_crc_in_lower_case_is_wrong() {
        assertThat(findings(BrCode.read(MANUAL.replace("1D3D", "1d3d"))))
                .containsExactly("63 CRC_MISMATCH");
    }

    @Test
    void the_crc_is_the_last_field_and_no_part_of_another() {
        var inside = "00020126580014br.gov.bcb.pix9911";
        var hidden = inside + "abc6304" + BrCode.crc(inside + "abc6304");

        assertThat(findings(BrCode.read(hidden)).getFirst()).isEqualTo("26 MALFORMED");
        var swallowed = edited("", "") + "9908";
        assertThat(findings(BrCode.read(withCrc(swallowed)))).contains("63 MISSING");
        assertThat(findings(BrCode.read(withCrc(edited("000201", "00020163041D3D")))))
                .containsExactly("63 DUPLICATE");
    }

    @Test
    void a_code_has_at_most_512_characters() {
        var other = "6599" + "x".repeat(99);
        var room = 512 - MANUAL.length();
        var text =
                withCrc(
                        edited(
                                "62070503***",
                                "62070503***"
                                        + other
                                        + other.replace("6599", "6699")
                                        + other.replace("6599", "6799")
                                        + "68%02d".formatted(room - 313)
                                        + "x".repeat(room - 313)));

        assertThat(text).hasSize(512);
        assertThat(read(text).code()).isEqualTo(BrCode.staticCode(KEY, FULANO));
        var longer = withCrc(text.substring(0, 504) + "6901x");
        assertThat(findings(BrCode.read(longer))).containsExactly(" TOO_LONG");
        assertThat(BrCode.read(longer).expectedCrc()).isNull();
    }

    @Test
    @Timeout(5)
    void long_input_is_refused_at_once() {
        for (var piece : List.of("0", "0002", "2699", "2604", "00020126", "a", "6304", "😀")) {
            assertThat(BrCode.read(piece.repeat(1_000_000))).isInstanceOf(Invalid.class);
            assertThat(BrCode.read(piece.repeat(512 / piece.length()))).isInstanceOf(Invalid.class);
        }
        assertThat(BrCode.read("")).isInstanceOf(Invalid.class);
    }

    @Test
    void what_is_logged_shows_no_key() {
        var code = BrCode.staticCode(key("maria@email.com"), FULANO);

        assertThat(code.toString()).doesNotContain("maria");
        assertThat(BrCode.read(code.text()).toString()).doesNotContain("maria");
        assertThat(BrCode.read(withAccount("0111maria@e..br")).toString())
                .contains("26.01")
                .doesNotContain("maria");
    }

    @Property
    void what_is_written_is_read_as_the_same(@ForAll("codes") BrCode code) {
        var text = code.text();

        assertThat(text).hasSizeLessThanOrEqualTo(512).matches("[ -~]+");
        assertThat(read(text).code()).isEqualTo(code);
        assertThat(read(text).notes()).isEmpty();
        assertThat(read(text).code().text()).isEqualTo(text);
    }

    @Test
    void any_change_of_one_character_is_caught() {
        var text =
                BrCode.staticCode(key("maria@email.com"), FULANO)
                        .withAmountCents(12_345)
                        .withTxId(new TxId("ABC123"))
                        .withDescription("Pedido")
                        .text();
        for (var at = 0; at < text.length(); at++) {
            for (char other = 0; other < 128; other++) {
                if (other != text.charAt(at)) {
                    assertThat(BrCode.read(changed(text, at, Character.toString(other))))
                            .as("%d to %d", at, (int) other)
                            .isInstanceOf(Invalid.class);
                }
            }
        }
    }

    @Property(tries = 5_000)
    void any_change_of_one_character_of_any_code_is_caught(
            @ForAll("codes") BrCode code, @ForAll Random random, @ForAll char other) {
        var text = code.text();
        var at = random.nextInt(text.length());
        if (other != text.charAt(at)) {
            // Beyond ASCII a character is several bytes, more than a CRC of two vouches for.
            var isNoted =
                    BrCode.read(changed(text, at, Character.toString(other)))
                                    instanceof Read(_, _, _, var notes)
                            && other > 127
                            && !notes.isEmpty();
            assertThat(isNoted || isRefused(changed(text, at, Character.toString(other)))).isTrue();
        }
    }

    private static boolean isRefused(String text) {
        return BrCode.read(text) instanceof Invalid;
    }

    private static String changed(String text, int at, String character) {
        return text.substring(0, at) + character + text.substring(at + 1);
    }

    @Property
    void random_bytes_never_throw(@ForAll byte[] bytes) {
        BrCode.read(new String(bytes, StandardCharsets.UTF_8));
        BrCode.read(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    @Property
    void random_text_never_throws(@ForAll String text) {
        BrCode.read(text);
        BrCode.read("000201" + text);
        BrCode.read(withCrc("000201" + text));
    }

    /// Right in its frame and its CRC, and anything in its fields.
    @Property(tries = 5_000)
    void random_fields_never_throw(@ForAll("fields") List<String> fields) {
        var reading = BrCode.read(withCrc("000201" + String.join("", fields)));

        if (reading instanceof Read(var code, _, _, _)) {
            assertThat(read(code.text()).code()).isEqualTo(code);
        }
    }

    @Provide
    Arbitrary<BrCode> codes() {
        var ascii = Arbitraries.strings().withCharRange(' ', '~').ofMinLength(1).ofMaxLength(80);
        var receivers =
                Combinators.combine(ascii, ascii)
                        .as((name, city) -> new Receiver("N" + name, "C" + city));
        var keys =
                Arbitraries.of(
                        "52998224725",
                        "12ABC34501DE35",
                        "+5511912345678",
                        "sandbox@vintem.invalid",
                        "a".repeat(67) + "@email.com",
                        "123e4567-e12b-12d1-a456-426655440000");
        var locations =
                Arbitraries.strings()
                        .withCharRange('!', '~')
                        .ofMaxLength(60)
                        .map(path -> "pix.example.com/" + path);
        var amounts = Arbitraries.longs().between(1, 999_999_999_999L).injectNull(0.2);
        var txids =
                Arbitraries.strings()
                        .alpha()
                        .numeric()
                        .ofMinLength(1)
                        .ofMaxLength(25)
                        .map(TxId::new)
                        .injectNull(0.2);
        var statics =
                Combinators.combine(
                                keys,
                                Arbitraries.strings().injectNull(0.3),
                                receivers,
                                amounts,
                                txids,
                                locations.injectNull(0.7))
                        .as(
                                (key, description, receiver, amountCents, txid, recurrence) ->
                                        new BrCode(
                                                new Account.Key(key(key), description, null),
                                                receiver,
                                                amountCents,
                                                txid,
                                                recurrence));
        var dynamics =
                Combinators.combine(
                                locations,
                                Arbitraries.of(Use.class),
                                receivers,
                                locations.injectNull(0.5))
                        .as(
                                (url, use, receiver, recurrence) ->
                                        new BrCode(
                                                new Account.Location(url, use),
                                                receiver,
                                                null,
                                                null,
                                                recurrence));
        var recurrences =
                Combinators.combine(locations, receivers)
                        .as(
                                (url, receiver) ->
                                        new BrCode(new Account.None(), receiver, null, null, url));
        return Arbitraries.oneOf(statics, dynamics, recurrences);
    }

    @Provide
    Arbitrary<List<String>> fields() {
        var values =
                Arbitraries.oneOf(
                        Arbitraries.strings().ofMinLength(1).ofMaxLength(20),
                        Arbitraries.of("é".repeat(25), "***", "10.00", "12", "psp.com/1", "BR"));
        var accounts =
                Combinators.combine(Arbitraries.of("01", "02", "03", "25"), values)
                        .as((tag, value) -> field(tag, value))
                        .list()
                        .ofMaxSize(3)
                        .map(parts -> field("00", "br.gov.bcb.pix") + String.join("", parts))
                        .filter(value -> value.length() < 100);
        var keys =
                Combinators.combine(Arbitraries.of("02", "03", "05"), values)
                        .as(
                                (tag, value) ->
                                        field("00", "br.gov.bcb.pix")
                                                + field("01", "ana@example.com")
                                                + field(tag, value));
        return Combinators.combine(
                        Arbitraries.oneOf(accounts, keys),
                        accounts.injectNull(0.7),
                        values,
                        values,
                        Combinators.combine(Arbitraries.of("01", "52", "54", "61", "62"), values)
                                .as((tag, value) -> field(tag, value))
                                .list()
                                .ofMaxSize(2))
                .as(
                        (account, recurrence, name, city, others) -> {
                            var all = new ArrayList<>(others);
                            all.add(field("26", account));
                            all.add("52040000" + "5303986" + "5802BR");
                            all.add(field("59", name) + field("60", city));
                            if (recurrence != null) {
                                all.add(field("80", recurrence));
                            }
                            return all;
                        });
    }

    private static String field(String tag, String value) {
        return tag + "%02d".formatted(value.codePointCount(0, value.length())) + value;
    }

    /// The manual's example with one part replaced, up to its CRC.
    private static String edited(String right, String wrong) {
        assertThat(MANUAL).contains(right);
        return MANUAL.substring(0, MANUAL.length() - 8).replace(right, wrong);
    }

    private static String withAccount(String fields) {
        return withCrc(
                "000201"
                        + field("26", "0014br.gov.bcb.pix" + fields)
                        + "5204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***");
    }

    private static String withCrc(String text) {
        return text + "6304" + BrCode.crc(text + "6304");
    }

    private static Read read(String text) {
        var reading = BrCode.read(text);
        assertThat(reading).isInstanceOf(Read.class);
        return (Read) reading;
    }

    private static List<String> findings(Reading reading) {
        var findings =
                switch (reading) {
                    case Read(_, _, _, var notes) -> notes;
                    case Invalid(_, _, var reasons) -> reasons;
                };
        return findings.stream().map(each -> each.path() + " " + each.reason()).toList();
    }

    private static PixKey key(String text) {
        return PixKey.parse(text).orElseThrow();
    }
}
