package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import vintem.billing.Dialect.DateOrder;
import vintem.billing.Dialect.DecimalMark;
import vintem.billing.UnreadableFile.Reason;
import vintem.platform.Words;

/// How a file is written is found out once, from all of it, or the file is refused.
class DialectTest {
    private static final String TITLES = "name,governmentId,email,debtAmount,debtDueDate,debtId";

    @Example
    void the_official_file_has_commas_points_and_days_of_iso() throws Exception {
        var found =
                survey(
                        TITLES
                                + "\nElijah Santos,9558,janet95@example.com,7811,2024-01-19,ea23f2ca\n"
                                + "John Doe,11111111111,johndoe@kanastra.com.br,1000000.00,"
                                + "2022-10-12,8291");
        assertThat(found.rows()).isEqualTo(2);
        assertThat(found.dialect().delimiter()).isEqualTo(',');
        assertThat(found.dialect().decimalMark()).isEqualTo(DecimalMark.DOT);
        assertThat(found.dialect().dateOrder()).isEqualTo(DateOrder.ISO);
        assertThat(found.dialect().charset()).isEqualTo(StandardCharsets.UTF_8);
    }

    @Example
    void a_brazilian_spreadsheet_has_semicolons_commas_and_the_day_first() throws Exception {
        var found =
                survey(
                        TITLES.replace(',', ';')
                                + "\r\nAna;529.982.247-25;ana@example.com;1.234,56;31/01/2025;1\r\n");
        assertThat(found.dialect().delimiter()).isEqualTo(';');
        assertThat(found.dialect().decimalMark()).isEqualTo(DecimalMark.COMMA);
        assertThat(found.dialect().dateOrder()).isEqualTo(DateOrder.DAY_FIRST);
        assertThat(found.position()).isEqualTo(TITLES.length() + 2L);
        assertThat(found.line()).isEqualTo(2);
    }

    @Example
    void semicolons_go_with_points_and_commas_with_commas_too() throws Exception {
        assertThat(amounts(';', "10.50").decimalMark()).isEqualTo(DecimalMark.DOT);
        assertThat(amounts(',', "\"10,50\"").decimalMark()).isEqualTo(DecimalMark.COMMA);
    }

    @Example
    void where_no_amount_has_decimals_either_mark_will_do() throws Exception {
        assertThat(amounts(',', "10", "2000", "nonsense").decimalMark()).isNull();
    }

    @Example
    void an_amount_that_may_be_a_thousand_is_decided_by_the_others_or_not_at_all()
            throws Exception {
        assertThat(amounts(';', "1.234", "5,00").decimalMark()).isEqualTo(DecimalMark.COMMA);
        assertThat(amounts(';', "1.234", "5.00").decimalMark()).isEqualTo(DecimalMark.DOT);
        assertThat(amounts(';', "1.234", "1.234.567").decimalMark()).isEqualTo(DecimalMark.COMMA);
        assertThat(amounts(';', "1,234", "1,234.5").decimalMark()).isEqualTo(DecimalMark.DOT);
        assertRefused(Reason.AMBIGUOUS_AMOUNTS, () -> amounts(';', "10", "1.234"));
        assertRefused(Reason.AMBIGUOUS_AMOUNTS, () -> amounts(';', "1,234"));
    }

    @Example
    void a_single_amount_that_may_be_a_thousand_is_a_mistake_of_its_row() throws Exception {
        var whole = new String[20];
        java.util.Arrays.fill(whole, "10");
        whole[7] = "10.005";
        var mark = amounts(';', whole).decimalMark();
        assertThat(AmountText.cents("10.005", mark)).isEqualTo(AmountText.TOO_MANY_DECIMALS);
        whole[7] = "10,005";
        mark = amounts(';', whole).decimalMark();
        assertThat(AmountText.cents("10,005", mark)).isEqualTo(AmountText.TOO_MANY_DECIMALS);
        whole[8] = "10.005";
        assertRefused(Reason.AMBIGUOUS_AMOUNTS, () -> amounts(';', whole));
    }

    @Example
    void two_ways_to_write_an_amount_are_refused_unless_one_is_a_slip() throws Exception {
        assertRefused(Reason.AMBIGUOUS_AMOUNTS, () -> amounts(';', "1.234,56", "1234.56"));
        var nearlyAll = new String[200];
        java.util.Arrays.fill(nearlyAll, "10.50");
        nearlyAll[77] = "10,50";
        assertThat(amounts(';', nearlyAll).decimalMark()).isEqualTo(DecimalMark.DOT);
    }

    @Example
    void dates_that_may_be_either_are_days_first() throws Exception {
        assertThat(dates("01/02/2025").dateOrder()).isEqualTo(DateOrder.DAY_FIRST);
        assertThat(dates("nonsense").dateOrder()).isNull();
    }

    @Example
    void dates_with_the_month_first_are_refused_but_one_is_a_slip() throws Exception {
        assertRefused(
                Reason.AMBIGUOUS_DATES, () -> dates("01/02/2025", "12/31/2025", "07/20/2025"));
        assertThat(dates("01/02/2025", "12/31/2025", "03/04/2025").dateOrder())
                .isEqualTo(DateOrder.DAY_FIRST);
        assertThat(dates("31/12/2025", "12/31/2025", "12/30/2025").dateOrder())
                .isEqualTo(DateOrder.DAY_FIRST);
    }

    @Example
    void two_ways_to_write_a_date_are_refused() {
        assertRefused(Reason.AMBIGUOUS_DATES, () -> dates("2025-01-31", "31/01/2025"));
    }

    @Example
    void titles_are_known_in_any_case_order_and_spelling() throws Exception {
        for (var titles :
                List.of(
                        TITLES.replace("debtId", "debtID"),
                        "DEBTID,email,Debt Amount,name,governmentid,debt_due_date",
                        "\uFEFF" + TITLES,
                        "\"name\",\"governmentId\",\"email\",\"debtAmount\",\"debtDueDate\",\"debtId\"",
                        "sep=,\n" + TITLES,
                        "\n\n" + TITLES,
                        TITLES + ",address,city,state,zip,something else")) {
            assertThat(survey(titles + "\nx\n").dialect().fields())
                    .as(titles)
                    .filteredOn(it -> it.filter(DebtField::required).isPresent())
                    .hasSize(6);
        }
    }

    @Example
    void columns_that_mean_nothing_to_us_are_named() throws Exception {
        var dialect = survey(TITLES + ",phone,line,reason\nx").dialect();
        assertThat(dialect.ignored()).containsExactly("phone", "line", "reason");
        assertThat(dialect.place(DebtField.DEBT_ID)).isEqualTo(5);
        assertThat(dialect.place(DebtField.ZIP)).isEqualTo(-1);
    }

    @Example
    void the_sender_may_call_columns_otherwise() throws Exception {
        var titles = Map.of(DebtField.NAME, "Devedor", DebtField.DEBT_ID, "Contrato nº");
        var text = "Contrato nº;devedor;governmentId;email;debtAmount;debtDueDate;name\nx";
        for (var charset : List.of(StandardCharsets.UTF_8, StandardCharsets.ISO_8859_1)) {
            var found = survey(text, charset, titles).dialect();
            assertThat(found.place(DebtField.NAME)).isEqualTo(1);
            assertThat(found.place(DebtField.DEBT_ID)).isZero();
            assertThat(found.ignored()).containsExactly("name");
        }
    }

    @Example
    void a_file_without_titles_or_rows_is_refused_and_the_titles_that_lack_are_named() {
        assertRefused(Reason.EMPTY, () -> survey(""));
        assertRefused(Reason.EMPTY, () -> survey("\uFEFF\r\n\n"));
        assertRefused(Reason.NO_ROWS, () -> survey(TITLES));
        assertRefused(Reason.NO_ROWS, () -> survey(TITLES + "\n\n ,,, ,,\n\n"));
        assertRefused(Reason.NO_HEADER, () -> survey("sep=;\n"));
        assertRefused(
                Reason.NO_HEADER, () -> survey("John Doe,11111111111,j@x.com,1,2022-10-12,1"));
        assertThat(refusal("name,email,debtId\nx"))
                .isEqualTo("The first row does not name governmentId, debtAmount, debtDueDate.");
        assertThat(refusal(TITLES + ",Email\nx")).isEqualTo("The first row names email 2 times.");
    }

    private static String refusal(String file) {
        return catchThrowableOfType(UnreadableFile.class, () -> survey(file))
                .detail()
                .inWords(Words.EN);
    }

    @Example
    void a_million_columns_are_refused() {
        assertRefused(Reason.TOO_MANY_COLUMNS, () -> survey(",".repeat(60_000) + "\nx"));
        assertRefused(Reason.LINE_TOO_LONG, () -> survey(",".repeat(1_000_000)));
    }

    @Example
    void what_is_no_text_is_refused() {
        assertRefused(Reason.NOT_TEXT, () -> survey(TITLES + "\na\0b,"));
        assertRefused(Reason.NOT_TEXT, () -> Survey.refuseOthers(new byte[] {0x1f, (byte) 0x8b}));
        assertRefused(
                Reason.NOT_TEXT,
                () -> Survey.refuseOthers("%PDF-1.7".getBytes(StandardCharsets.US_ASCII)));
        assertRefused(
                Reason.NOT_TEXT,
                () -> Survey.refuseOthers("\uFEFFa".getBytes(StandardCharsets.UTF_16LE)));
    }

    @Example
    void encodings_are_told_apart_wherever_the_first_accent_stands() throws Exception {
        var rows = "x,1,x@x.com,1,2024-01-19,1\n".repeat(20_000);
        var text = TITLES + "\n" + rows + "João Conceição,1,x@x.com,1,2024-01-19,1\n";
        assertThat(survey(text, StandardCharsets.UTF_8, Map.of()).dialect().charset())
                .isEqualTo(StandardCharsets.UTF_8);
        assertThat(survey(text, StandardCharsets.ISO_8859_1, Map.of()).dialect().charset())
                .isEqualTo(StandardCharsets.ISO_8859_1);
        assertThat(
                        survey(text.replace("João", "“João”"), Dialect.WINDOWS, Map.of())
                                .dialect()
                                .charset())
                .isEqualTo(Dialect.WINDOWS);
        assertThat(
                        survey(
                                        "Endereço," + TITLES + "\nRua A\n",
                                        StandardCharsets.ISO_8859_1,
                                        Map.of())
                                .dialect()
                                .columns())
                .startsWith("Endereço");
    }

    @Property(tries = 300)
    void text_in_utf8_is_always_known_as_such(
            @ForAll("texts") String text, @ForAll @IntRange(min = 1, max = 9) int atOnce)
            throws Exception {
        assertThat(charset(text.getBytes(StandardCharsets.UTF_8), atOnce))
                .isEqualTo(StandardCharsets.UTF_8);
    }

    @Property(tries = 300)
    void accented_words_in_another_encoding_are_never_taken_for_utf8(
            @ForAll("accented") String text, @ForAll @IntRange(min = 1, max = 9) int atOnce)
            throws Exception {
        assertThat(charset(text.getBytes(StandardCharsets.ISO_8859_1), atOnce))
                .isEqualTo(StandardCharsets.ISO_8859_1);
    }

    @Example
    void a_few_broken_places_leave_utf8_what_it_is() throws Exception {
        var bytes = "ção".repeat(20).getBytes(StandardCharsets.UTF_8);
        bytes[0] = (byte) 0xE7;
        assertThat(charset(bytes, 100)).isEqualTo(StandardCharsets.UTF_8);
        assertThat(charset(new byte[] {'a', (byte) 0xC3}, 100))
                .isEqualTo(StandardCharsets.ISO_8859_1);
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings()
                .ofMaxLength(60)
                .filter(it -> it.indexOf(0) < 0)
                .filter(StandardCharsets.UTF_8.newEncoder()::canEncode);
    }

    /// As names have it: an accent never stands before what UTF-8 would go on with.
    @Provide
    Arbitrary<String> accented() {
        return Arbitraries.of("João", "Conceição", "Antônio", "maçã", "é", "À vista", "coração")
                .list()
                .ofMinSize(1)
                .ofMaxSize(10)
                .map(it -> String.join(" ", it));
    }

    @Property(tries = 500)
    void an_amount_is_read_back_however_it_is_written(
            @ForAll @LongRange(min = 1, max = AmountText.MOST_CENTS) long cents,
            @ForAll boolean grouped,
            @ForAll boolean currency) {
        for (var mark : DecimalMark.values()) {
            var reais = Long.toString(cents / 100);
            var whole =
                    grouped ? reais.replaceAll("(?<=\\d)(?=(\\d{3})+$)", "" + mark.group()) : reais;
            var text = "%s%s%02d ".formatted(whole, mark.mark(), cents % 100);
            assertThat(AmountText.cents((currency ? "R$ " : " ") + text, mark)).isEqualTo(cents);
            assertThat(AmountText.cents("-" + text, mark)).isEqualTo(-cents);
            if (cents % 100 == 0) {
                assertThat(AmountText.cents(whole, mark)).isEqualTo(cents);
            }
            if (cents % 10 == 0) {
                var short_ = whole + mark.mark() + cents % 100 / 10;
                assertThat(AmountText.cents(short_, mark)).isEqualTo(cents);
            }
        }
    }

    @Example
    void what_is_no_amount_is_none() {
        for (var text :
                List.of(
                        "",
                        " ",
                        "abc",
                        ".",
                        ",",
                        "1e3",
                        "0x10",
                        "1.2.3",
                        "1..2",
                        "--1",
                        "1-",
                        "+1",
                        "1 000",
                        "10.",
                        ".50",
                        "12,34.5",
                        "1.23,4",
                        "1234.567,00",
                        "NaN",
                        "٣",
                        "1.234,5a",
                        "R$",
                        "$1",
                        "1.234.56",
                        "½")) {
            assertThat(AmountText.cents(text, DecimalMark.COMMA))
                    .as(text)
                    .isEqualTo(AmountText.NO_NUMBER);
        }
        assertThat(AmountText.cents("1.005", DecimalMark.DOT))
                .isEqualTo(AmountText.TOO_MANY_DECIMALS);
        assertThat(AmountText.cents("1,000", DecimalMark.COMMA))
                .isEqualTo(AmountText.TOO_MANY_DECIMALS);
        for (var text : List.of("10000000000.01", "99999999999", "9".repeat(400))) {
            assertThat(AmountText.cents(text, DecimalMark.DOT))
                    .as(text)
                    .isEqualTo(AmountText.TOO_LARGE);
        }
        assertThat(AmountText.cents("10000000000.00", DecimalMark.DOT))
                .isEqualTo(AmountText.MOST_CENTS);
    }

    @Property(tries = 500)
    void a_day_is_read_back_in_both_orders(@ForAll @IntRange(min = -25_000, max = 80_000) int day) {
        var date = LocalDate.of(1970, 1, 1).plusDays(day);
        assertThat(DateText.day(date.toString(), DateOrder.ISO)).isEqualTo(date);
        var text = date.getDayOfMonth() + "/" + date.getMonthValue() + "/" + date.getYear();
        assertThat(DateText.day(text, DateOrder.DAY_FIRST)).isEqualTo(date);
        assertThat(DateText.day(text, DateOrder.ISO)).isNull();
        assertThat(DateText.day(date.toString(), DateOrder.DAY_FIRST)).isNull();
    }

    @Example
    void impossible_days_are_none() {
        for (var text :
                List.of(
                        "30/02/2024",
                        "29/02/2023",
                        "31/04/2024",
                        "00/01/2024",
                        "01/13/2024",
                        "01/00/2024",
                        "1/1/24",
                        "01/01/20245",
                        "01-01-2024",
                        "1/1/2024 ",
                        "01/01/1899",
                        "01/01/2200",
                        "//",
                        "1//2024",
                        "٠١/٠١/٢٠٢٤",
                        "")) {
            assertThat(DateText.day(text, DateOrder.DAY_FIRST)).as(text).isNull();
        }
        for (var text : List.of("2024-02-30", "2024-13-01", "2024-1-01", "2024-01-19T00:00", "")) {
            assertThat(DateText.day(text, DateOrder.ISO)).as(text).isNull();
        }
    }

    private static Dialect amounts(char delimiter, String... amounts)
            throws IOException, UnreadableFile {
        var text = new StringBuilder(TITLES.replace(',', delimiter)).append('\n');
        for (var amount : amounts) {
            text.append(
                    String.join("" + delimiter, "x", "1", "x@x.com", amount, "2024-01-19", "1\n"));
        }
        return survey(text.toString()).dialect();
    }

    private static Dialect dates(String... dates) throws IOException, UnreadableFile {
        var text = new StringBuilder(TITLES).append('\n');
        for (var date : dates) {
            text.append("x,1,x@x.com,1,").append(date).append(",1\n");
        }
        return survey(text.toString()).dialect();
    }

    private static Survey.Result survey(String text) throws IOException, UnreadableFile {
        return survey(text, StandardCharsets.UTF_8, Map.of());
    }

    private static Survey.Result survey(String text, Charset charset, Map<DebtField, String> titles)
            throws IOException, UnreadableFile {
        var in = new ByteArrayInputStream(text.getBytes(charset));
        return new Survey(titles).csv(in::read);
    }

    private static Charset charset(byte[] bytes, int atOnce) throws UnreadableFile {
        var encoding = new Encoding();
        for (var at = 0; at < bytes.length; at += atOnce) {
            encoding.look(bytes, at, Math.min(atOnce, bytes.length - at));
        }
        return encoding.charset();
    }

    private interface Reading {
        void read() throws IOException, UnreadableFile;
    }

    private static void assertRefused(Reason reason, Reading reading) {
        assertThatThrownBy(reading::read)
                .isInstanceOfSatisfying(
                        UnreadableFile.class, it -> assertThat(it.reason()).isEqualTo(reason));
    }
}
