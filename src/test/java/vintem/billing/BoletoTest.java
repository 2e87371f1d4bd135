package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import vintem.billing.Boleto.Finding;
import vintem.billing.Boleto.Read;
import vintem.billing.Boleto.Reading;
import vintem.billing.Boleto.Wrong;

class BoletoTest {
    private static final Path VECTORS = Path.of("src/test/resources/data/boleto-vectors.csv");

    private static final LocalDate TODAY = LocalDate.of(2026, 11, 22);

    private static final String CAIXA = "104:beneficiary=123456";

    /// In whose name the published boletos were made, and their numbers.
    private static final Map<String, String> MADE_FOR =
            Map.ofEntries(
                    Map.entry(
                            "brcobranca BB conv6 cart16",
                            "001:agreement=123879,wallet=16,digits=17 1234567899"),
                    Map.entry(
                            "brcobranca BB conv6",
                            "001:agreement=123879,agency=4042,account=61900,wallet=18 1234"),
                    Map.entry("brcobranca BB conv8", "001:agreement=12387989,wallet=18 777700168"),
                    Map.entry(
                            "brcobranca Bradesco 06",
                            "237:agency=1172,account=403005,wallet=06 75896452"),
                    Map.entry(
                            "brcobranca Itau 175a",
                            "341:agency=0810,account=53678,wallet=175 12345678"),
                    Map.entry(
                            "brcobranca Itau 175b",
                            "341:agency=0810,account=53678,wallet=175 258281"),
                    Map.entry(
                            "brcobranca Santander a", "033:beneficiary=1899775,wallet=102 9000026"),
                    Map.entry(
                            "jrimum Bradesco 5",
                            "237:agency=1234,account=6789,wallet=05 12345678901"),
                    Map.entry("netcore BB 17-019 dv9", "001:agreement=1234567,wallet=17 7"),
                    Map.entry(
                            "netcore Bradesco 09 dv1",
                            "237:agency=1234,account=123456,wallet=09 453"),
                    Map.entry("netcore Caixa SIG14 nn 14000000000000002-2", CAIXA + " 2"),
                    Map.entry("netcore Caixa SIG14 nn 14000000000000004-9", CAIXA + " 4"),
                    Map.entry("netcore Caixa SIG14 nn 14000000000000005-7", CAIXA + " 5"),
                    Map.entry("netcore Caixa SIG14 nn 14000000000000007-3", CAIXA + " 7"),
                    Map.entry("netcore Caixa SIG14 nn 14000000000000008-1", CAIXA + " 8"),
                    Map.entry("netcore Caixa SIG14 nn 14000000000000009-0", CAIXA + " 9"),
                    Map.entry(
                            "netcore Santander 101 dv1", "033:beneficiary=1234567,wallet=101 456"),
                    Map.entry(
                            "netcore Santander 101 dv9",
                            "033:beneficiary=1234567,wallet=101 16278"),
                    Map.entry("stella BB 17 conv7", "001:agreement=2670001,wallet=17 0"),
                    Map.entry(
                            "stella Caixa SIGCB 2",
                            "104:beneficiary=290274,kind=24 900000000000132"),
                    Map.entry("stella Caixa SIGCB 24", "104:beneficiary=503662,kind=24 6"),
                    Map.entry(
                            "stella Santander 102b",
                            "033:beneficiary=3903125,wallet=102 382713000472"));

    /// One has a second number in it; the account of the other has a check digit of fancy, which
    /// the bank itself would never print.
    private static final Set<String> ONLY_READ =
            Set.of("brcobranca Itau 196", "netcore Itau 109 dv1");

    /// A published boleto.
    record Vector(String source, String barCode, String printed, String line, LocalDate due) {}

    static List<Vector> vectors() throws IOException {
        var vectors =
                Files.readAllLines(VECTORS).stream()
                        .skip(1)
                        .map(row -> row.split(","))
                        .map(
                                cells ->
                                        new Vector(
                                                cells[0],
                                                cells[1],
                                                cells[2],
                                                cells[3],
                                                LocalDate.parse(cells[4])))
                        .toList();
        assertThat(vectors).hasSize(24);
        return vectors;
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void every_published_boleto_is_read_by_its_bar_code_and_by_its_line(Vector vector) {
        for (var text : List.of(vector.barCode(), vector.line(), vector.printed())) {
            var boleto = read(text, vector.due());

            assertThat(boleto.barCode()).isEqualTo(vector.barCode());
            assertThat(boleto.line()).isEqualTo(vector.line());
            assertThat(boleto.printedLine()).isEqualTo(vector.printed());
            assertThat(boleto.due()).isEqualTo(vector.due());
            assertThat("%010d".formatted(boleto.amountCents()))
                    .isEqualTo(vector.barCode().substring(9, 19));
        }
        for (var at = 0; at < 47; at++) {
            assertThat(vector.line().substring(at, at + 1)).matches("[0-9]");
        }
        assertThat(uncaught(vector.line())).isEqualTo(uncatchable(vector.line()));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void every_published_boleto_is_written_as_its_bank_writes_it(Vector vector) {
        if (ONLY_READ.contains(vector.source())) {
            return;
        }
        var madeFor = MADE_FOR.get(vector.source()).split(" ");
        var boleto =
                Boleto.write(
                        Beneficiary.parse(madeFor[0]),
                        Long.parseLong(madeFor[1]),
                        Long.parseLong(vector.barCode().substring(9, 19)),
                        vector.due());

        assertThat(boleto.barCode()).isEqualTo(vector.barCode());
        assertThat(boleto.line()).isEqualTo(vector.line());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "341:agency=1248,account=02124,wallet=109 | 10152 | 675787 | 2029-05-20 |"
                        + " 34194254800006757871090001015271248021246000 |"
                        + " 34191.09008 01015.271248 80212.460002 4 25480000675787",
                "001:agreement=1238798,wallet=18 | 7777700168 | 13500 | 2008-02-03 |"
                        + " 00193377100000135000000001238798777770016818 |"
                        + " 00190.00009 01238.798779 77700.168188 3 37710000013500",
                "001:agreement=1238,agency=4042,account=61900,wallet=18 | 123456 | 13500 |"
                        + " 2008-02-01 | 00191376900000135001238012345640420006190018 |"
                        + " 00191.23801 12345.640424 00061.900189 1 37690000013500",
                "001:agreement=1234567,wallet=17 | 5 | 40000 | 2016-11-27 |"
                        + " 00191699100000400000000001234567000000000517 |"
                        + " 00190.00009 01234.567004 00000.005173 1 69910000040000",
                "237:agency=4042,account=61900,wallet=03 | 777700168 | 13500 | 2008-02-02 |"
                        + " 23791377000000135004042030077770016800619000 |"
                        + " 23794.04201 30077.770011 68006.190000 1 37700000013500",
                "104:beneficiary=123456 | 6 | 50000 | 2017-01-05 |"
                        + " 10491703000000500001234560000100040000000064 |"
                        + " 10491.23456 60000.100044 00000.000646 1 70300000050000"
            })
    void more_boletos_that_others_have_published_are_written_and_read(
            String config, long number, long cents, LocalDate due, String barCode, String line) {
        var boleto = Boleto.write(Beneficiary.parse(config), number, cents, due);

        assertThat(boleto.barCode()).isEqualTo(barCode);
        assertThat(boleto.printedLine()).isEqualTo(line);
        assertThat(read(line, due)).isEqualTo(boleto);
        assertThat(read(barCode, due)).isEqualTo(boleto);
    }

    @Test
    void what_stands_in_a_boleto_is_told() {
        var boleto = Boleto.write(Beneficiary.SANDBOX, 12, 12_345, LocalDate.of(2026, 12, 31));

        assertThat(boleto.bank()).isEqualTo(341);
        assertThat(boleto.currency()).isEqualTo(9);
        assertThat(boleto.dueFactor()).isEqualTo(1677);
        assertThat(boleto.amountCents()).isEqualTo(12_345);
        assertThat(boleto.freeField()).isEqualTo(Beneficiary.SANDBOX.freeField(12)).hasSize(25);
        assertThat(boleto.due()).isEqualTo("2026-12-31");
    }

    @ParameterizedTest
    @CsvSource({
        "2000-07-03, 1000",
        "2008-02-01, 3769",
        "2008-05-02, 3860",
        "2025-02-21, 9999",
        "2025-02-22, 1000",
        "2025-02-23, 1001",
        "2025-12-01, 1282",
        "2026-11-22, 1638",
        "2026-12-31, 1677",
        "2029-05-20, 2548",
        "2049-10-13, 9999",
        "2049-10-14, 1000",
        "2074-06-05, 1000"
    })
    void a_due_date_is_a_factor_that_begins_again_after_9999(LocalDate due, int factor) {
        assertThat(Boleto.factor(due)).isEqualTo(factor);
        assertThat(written(due).dueFactor()).isEqualTo(factor);
        assertThat(read(written(due).line(), due)).isEqualTo(written(due));
    }

    @Test
    void every_day_of_sixty_years_is_read_again_near_itself() {
        for (var due = Boleto.FIRST_DUE; due.getYear() <= 2060; due = due.plusDays(1)) {
            var factor = Boleto.factor(due);

            assertThat(factor).isBetween(1_000, 9_999);
            assertThat(Boleto.due(factor, due)).isEqualTo(due);
            // Three thousand days old, or due in five thousand five hundred.
            assertThat(Boleto.due(factor, due.plusDays(3_000))).isEqualTo(due);
            assertThat(Boleto.due(factor, due.minusDays(5_500))).isEqualTo(due);
        }
    }

    @Test
    void between_the_windows_a_factor_is_the_day_that_is_nearer() {
        var due = LocalDate.of(2026, 11, 22);
        var factor = Boleto.factor(due);

        assertThat(Boleto.due(factor, due.plusDays(3_499))).isEqualTo(due);
        assertThat(Boleto.due(factor, due.plusDays(3_500))).isEqualTo(due.plusDays(9_000));
        assertThat(Boleto.due(factor, due.minusDays(5_501))).isEqualTo(due.minusDays(9_000));
        // Before the first factor there was none.
        assertThat(Boleto.due(1_000, LocalDate.of(1990, 1, 1))).isEqualTo(Boleto.FIRST_DUE);
    }

    @Test
    void a_boleto_may_have_no_due_date_and_no_amount() {
        var open = Boleto.write(Beneficiary.SANDBOX, 1, 0, null);

        assertThat(open.barCode().substring(5, 19)).isEqualTo("00000000000000");
        assertThat(open.amountCents()).isZero();
        assertThat(read(open.line(), TODAY)).isEqualTo(open);
        assertThat(read(open.line(), TODAY).due()).isNull();
    }

    @Test
    void what_has_no_room_in_a_bar_code_is_refused() {
        var most = Boleto.write(Beneficiary.SANDBOX, 99_999_999, Boleto.MOST_CENTS, TODAY);
        assertThat(read(most.line(), TODAY)).isEqualTo(most);
        assertThat(most.amountCents()).isEqualTo(9_999_999_999L);

        assertIllegal(() -> Boleto.write(Beneficiary.SANDBOX, 1, 10_000_000_000L, TODAY));
        assertIllegal(() -> Boleto.write(Beneficiary.SANDBOX, 1, -1, TODAY));
        assertIllegal(() -> Boleto.write(Beneficiary.SANDBOX, 100_000_000, 1, TODAY));
        assertIllegal(() -> Boleto.write(Beneficiary.SANDBOX, -1, 1, TODAY));
        assertIllegal(() -> written(LocalDate.of(2000, 7, 2)));
    }

    @Test
    void a_bar_code_and_a_due_date_that_do_not_belong_together_are_no_boleto() {
        var boleto = written(TODAY);

        assertThat(new Boleto(boleto.barCode(), TODAY)).isEqualTo(boleto);
        assertThat(new Boleto(boleto.barCode(), TODAY.minusDays(9_000))).isNotEqualTo(boleto);
        assertIllegal(() -> new Boleto(boleto.barCode(), TODAY.plusDays(1)));
        assertIllegal(() -> new Boleto(boleto.barCode(), null));
        assertIllegal(() -> new Boleto(boleto.line(), TODAY));
        assertIllegal(() -> new Boleto("x".repeat(44), TODAY));
        assertIllegal(() -> new Boleto("8" + boleto.barCode().substring(1), TODAY));
    }

    @ParameterizedTest
    @CsvSource({
        "00190000020114971860168524522114675860000102656, field1 CHECK_DIGIT",
        "00190000090114971860168524522114975860000102656, check_digit CHECK_DIGIT",
        "00190000090114971860168524522114675860000102656, ''"
    })
    void the_vectors_of_brazilian_utils_are_read_or_refused(String line, String findings) {
        assertThat(findings(Boleto.read(line, LocalDate.of(2018, 7, 15)))).isEqualTo(findings);
    }

    @Test
    void the_digit_of_a_currency_is_9_or_is_tolerated_as_0() {
        var boleto = written(TODAY);
        var situationTwo = withCurrency(boleto.barCode(), '0');

        assertThat(read(situationTwo, TODAY).currency()).isZero();
        assertThat(read(read(situationTwo, TODAY).line(), TODAY).barCode()).isEqualTo(situationTwo);
        assertThat(findings(Boleto.read(withCurrency(boleto.barCode(), '1'), TODAY)))
                .isEqualTo("currency CURRENCY");
    }

    @Test
    void every_mistake_is_told_with_what_would_be_right() {
        assertThat(reasons(Boleto.read("34191.75124 34567.840813", TODAY)))
                .containsExactly("a line has 47 digits and a bar code 44, here are 21");
        assertThat(reasons(Boleto.read("", TODAY)))
                .containsExactly("a line has 47 digits and a bar code 44, here are 0");
        assertThat(reasons(Boleto.read("3419l.75124", TODAY)))
                .containsExactly(
                        "a boleto has only digits, with points, dashes and spaces between them");
        assertThat(reasons(Boleto.read("846100000005246100291102005460339004695895061080", TODAY)))
                .containsExactly("what begins with 8 is the slip of a utility or a tax");
        assertThat(reasons(Boleto.read("746100000005246100291102005460339004695895061080", TODAY)))
                .containsExactly(
                        "a line of 47 digits is a boleto's, one of 48 that begins in 8 is a"
                                + " utility's");
        assertThat(
                        reasons(
                                Boleto.read(
                                        "34191.75125 34567.840814 05367.890001 2 43290000000000",
                                        TODAY)))
                .containsExactly(
                        "field1: the check digit is 5, should be 4: a digit was changed or lost",
                        "field2: the check digit is 4, should be 3: a digit was changed or lost",
                        "field3: the check digit is 1, should be 0: a digit was changed or lost",
                        "check_digit: the check digit is 2, should be 1: a digit was changed or"
                                + " lost");
        assertThat(reasons(Boleto.read("0".repeat(44), TODAY)))
                .containsExactly(
                        "bank: no bank has the number 000",
                        "check_digit: the check digit is 0, should be 1: a digit was changed or"
                                + " lost");
        assertThat(reasons(Boleto.read("34191099900000000001751234567840810536789000", TODAY)))
                .contains(
                        "due_factor: the due date is 0999, should be 1000 to 9999, or 0000 for"
                                + " none");
    }

    @Test
    void a_line_is_read_however_it_was_copied() {
        var boleto = written(TODAY);

        for (var text :
                List.of(
                        " " + boleto.printedLine() + "\n",
                        boleto.printedLine().replace(' ', '\u00a0'),
                        boleto.printedLine().replace(".", "").replace(" ", "-"),
                        String.join(" ", boleto.line().split("")))) {
            assertThat(read(text, TODAY)).isEqualTo(boleto);
        }
    }

    @Test
    @Timeout(5)
    void long_and_strange_input_is_refused_at_once() {
        for (var piece : List.of("0", "8", " ", "34191.75124 ", "\0", "٣", "😀", "-")) {
            assertThat(Boleto.read(piece.repeat(1_000_000), TODAY)).isInstanceOf(Wrong.class);
            assertThat(UtilitySlip.read(piece.repeat(1_000_000)))
                    .isInstanceOf(UtilitySlip.Wrong.class);
        }
    }

    @Test
    @Timeout(20)
    void a_million_are_written_while_nobody_waits() {
        var digits = 0L;
        for (var number = 1; number <= 1_000_000; number++) {
            digits += Boleto.write(Beneficiary.SANDBOX, number, number, TODAY).barCode().length();
        }
        assertThat(digits).isEqualTo(44_000_000);
    }

    @Property
    void what_is_written_is_read_as_the_same(@ForAll("boletos") Boleto boleto) {
        var near = boleto.due() == null ? TODAY : boleto.due();

        assertThat(boleto.barCode()).hasSize(44).matches("[0-9]+");
        assertThat(boleto.line()).hasSize(47).matches("[0-9]+");
        assertThat(boleto.printedLine().replaceAll("[. ]", "")).isEqualTo(boleto.line());
        assertThat(read(boleto.barCode(), near)).isEqualTo(boleto);
        assertThat(read(boleto.line(), near)).isEqualTo(boleto);
        assertThat(read(boleto.printedLine(), near)).isEqualTo(boleto);
    }

    @Property(tries = 60)
    void any_change_of_one_digit_of_a_line_is_caught_unless_the_standard_cannot(
            @ForAll("boletos") Boleto boleto) {
        assertThat(uncaught(boleto.line())).isEqualTo(uncatchable(boleto.line()));
    }

    /// How many of the lines that differ in one digit are read all the same.
    private static long uncaught(String line) {
        var uncaught = 0L;
        for (var at = 0; at < line.length(); at++) {
            for (var other = '0'; other <= '9'; other++) {
                if (other != line.charAt(at)
                        && Boleto.read(changed(line, at, other), TODAY) instanceof Read) {
                    uncaught++;
                }
            }
        }
        return uncaught;
    }

    /// The three fields have check digits of their own, which catch any digit. Factor and amount
    /// have only that of the whole, in which 1 stands for three of the eleven rests: where it is 1,
    /// a change from one of these rests to another cannot be seen. This counts them from the
    /// definition.
    private static long uncatchable(String line) {
        var barCode = BoletoReader.barCode(line);
        if (barCode.charAt(4) != '1') {
            return 0;
        }
        var uncatchable = 0L;
        for (var at = 5; at < 19; at++) {
            for (var other = '0'; other <= '9'; other++) {
                var changed = changed(barCode, at, other);
                var sum = 0;
                for (var i = 43; i >= 0; i--) {
                    var fromRight = i > 4 ? 43 - i : 42 - i;
                    sum += i == 4 ? 0 : (changed.charAt(i) - '0') * (2 + fromRight % 8);
                }
                var factor = Integer.parseInt(changed.substring(5, 9));
                if (other != barCode.charAt(at)
                        && (sum % 11 <= 1 || sum % 11 == 10)
                        && (factor == 0 || factor >= 1_000)) {
                    uncatchable++;
                }
            }
        }
        return uncatchable;
    }

    @Property
    void random_text_never_throws(@ForAll String text, @ForAll("digits") String digits) {
        for (var each : List.of(text, digits, digits + text)) {
            Boleto.read(each, TODAY);
            UtilitySlip.read(each);
        }
    }

    @Property
    void random_bytes_never_throw(@ForAll byte[] bytes) {
        Boleto.read(new String(bytes, StandardCharsets.UTF_8), TODAY);
        Boleto.read(new String(bytes, StandardCharsets.ISO_8859_1), TODAY);
    }

    @Provide
    Arbitrary<String> digits() {
        return Arbitraries.strings().numeric().ofMinLength(43).ofMaxLength(49);
    }

    @Provide
    Arbitrary<Boleto> boletos() {
        var dues =
                Arbitraries.longs()
                        .between(
                                Boleto.FIRST_DUE.toEpochDay(),
                                LocalDate.of(2060, 12, 31).toEpochDay())
                        .map(LocalDate::ofEpochDay)
                        .injectNull(0.1);
        return Combinators.combine(
                        beneficiaries(),
                        Arbitraries.longs().greaterOrEqual(1),
                        Arbitraries.longs().between(0, Boleto.MOST_CENTS),
                        dues)
                .as(
                        (beneficiary, number, cents, due) ->
                                Boleto.write(
                                        beneficiary,
                                        number % beneficiary.mostNumbers() + 1,
                                        cents,
                                        due));
    }

    private static Arbitrary<Beneficiary> beneficiaries() {
        var itau =
                Combinators.combine(number(4), number(5), number(3))
                        .as("341:agency=%s,account=%s,wallet=%s"::formatted)
                        .filter(config -> !config.matches(".*=(10[67]|1[12]2|14[23]|19[568])"));
        var bradesco =
                Combinators.combine(number(4), number(7), number(2))
                        .as("237:agency=%s,account=%s,wallet=%s"::formatted);
        var brasil =
                Combinators.combine(
                                Arbitraries.of(4, 6, 7, 8).flatMap(BoletoTest::number),
                                number(4),
                                number(8),
                                number(2))
                        .as("001:agreement=%s,agency=%s,account=%s,wallet=%s"::formatted);
        var seventeen = number(6).map("001:agreement=%s,wallet=18,digits=17"::formatted);
        var santander =
                Combinators.combine(number(7), number(3))
                        .as("033:beneficiary=%s,wallet=%s"::formatted);
        var caixa = number(6).map("104:beneficiary=%s"::formatted);
        return Arbitraries.oneOf(itau, bradesco, brasil, seventeen, santander, caixa)
                .map(Beneficiary::parse);
    }

    private static Arbitrary<String> number(int digits) {
        return Arbitraries.strings().numeric().ofLength(digits);
    }

    private static Boleto written(@Nullable LocalDate due) {
        return Boleto.write(Beneficiary.SANDBOX, 4711, 9_900, due);
    }

    private static Boleto read(String text, LocalDate reference) {
        var reading = Boleto.read(text, reference);
        assertThat(reading).as(text).isInstanceOf(Read.class);
        return ((Read) reading).boleto();
    }

    private static String changed(String text, int at, char other) {
        return text.substring(0, at) + other + text.substring(at + 1);
    }

    /// With the check digit that belongs to it.
    private static String withCurrency(String barCode, char currency) {
        for (var digit = '1'; digit <= '9'; digit++) {
            var text = changed(changed(barCode, 3, currency), 4, digit);
            if (!findings(Boleto.read(text, TODAY)).contains("CHECK_DIGIT")) {
                return text;
            }
        }
        throw new AssertionError("some digit is right");
    }

    private static String findings(Reading reading) {
        return switch (reading) {
            case Read _ -> "";
            case Wrong(var reasons) ->
                    String.join(
                            "; ",
                            reasons.stream()
                                    .map(each -> each.field() + " " + each.reason())
                                    .toList());
        };
    }

    private static List<String> reasons(Reading reading) {
        assertThat(reading).isInstanceOf(Wrong.class);
        return ((Wrong) reading).reasons().stream().map(Finding::toString).toList();
    }

    private static void assertIllegal(Runnable work) {
        assertThatThrownBy(work::run).isInstanceOf(IllegalArgumentException.class);
    }
}
