package vintem.cashback;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.cashback.PurchaseLines.Line;
import vintem.cashback.PurchaseLines.Outcome;
import vintem.cashback.PurchaseLines.Readable;
import vintem.cashback.PurchaseLines.Wrong;

/// Purchases as people keep them in spreadsheets.
class PurchaseLinesTest {
    private static final String CPF = "52998224725";
    private static final Clock CLOCK =
            Clock.fixed(Instant.parse("2026-11-26T12:00:00Z"), ZoneOffset.UTC);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NF-1;1.234,56;26/11/2026;529.982.247-25",
                "NF-1\t1234,56\t2026-11-26\t52998224725",
                "NF-1,1234.56,2026-11-26,529.982.247-25",
                "NF-1,\"1.234,56\",26/11/2026,52998224725",
                " NF-1 ; R$ 1.234,56 ; 26/11/2026 ; 529.982.247-25 ",
                "\uFEFFcodigo;valor;data;cpf\r\nNF-1;1234,56;26/11/2026;529.982.247-25\r\n",
                "CPF;Data;Código;Valor;loja\n52998224725;26/11/2026;NF-1;1.234,56;Centro",
                "\n;;;\nNF-1;1234,56;26/11/2026;52998224725\n;;;\n\n",
                "date,value,cpf,code\n2026-11-26,1234.56,52998224725,NF-1"
            })
    void it_is_read_whatever_stands_between_the_columns_and_in_which_order(String text) {
        assertThat(lines(text))
                .singleElement()
                .isInstanceOfSatisfying(
                        Readable.class,
                        it ->
                                assertThat(it.wish())
                                        .isEqualTo(
                                                new CreatePurchases.Wish(
                                                        "NF-1",
                                                        123_456,
                                                        LocalDate.of(2026, 11, 26),
                                                        CPF,
                                                        null)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 | 100",
                "1,5 | 150",
                "1.5 | 150",
                "0,01 | 1",
                "1.000 | -1",
                "1.000,00 | 100000",
                "1.000.000,00 | 100000000",
                "1000000,00 | 100000000",
                "1,000.00 | -1",
                "10.00,00 | -1",
                "1,234 | -1",
                "0 | -1",
                "-1 | -1",
                "1e3 | -1",
                "NaN | -1",
                "١٢ | -1",
                "100.000.000,00 | 10000000000",
                "100.000.000,01 | -1",
                "999999999999999999 | -1",
                "um | -1"
            })
    void an_amount_means_one_thing_or_is_refused(String typed, long cents) {
        var line = lines("NF-1;" + typed + ";26/11/2026;" + CPF).getFirst();
        if (cents < 0) {
            assertThat(line)
                    .isInstanceOfSatisfying(
                            Wrong.class, it -> assertThat(it.wrong()).containsExactly("valor"));
        } else {
            assertThat(line)
                    .isInstanceOfSatisfying(
                            Readable.class,
                            it -> assertThat(it.wish().amountCents()).isEqualTo(cents));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"27/11/2026", "31/02/2026", "11/26/2026", "26/11/26", "ontem", "1/1/2026"})
    void a_day_that_is_none_or_is_to_come_is_refused(String typed) {
        assertThat(lines("NF-1;1,00;" + typed + ";" + CPF))
                .singleElement()
                .isInstanceOfSatisfying(
                        Wrong.class, it -> assertThat(it.wrong()).containsExactly("data"));
    }

    @Test
    void each_line_says_what_is_wrong_with_it_and_none_costs_another() {
        var lines =
                lines(
                        """
                        NF-1;1,00;26/11/2026;529.982.247-25

                        ;x;y;z
                        NF-3;1,00;26/11/2026
                        NF-4;1,00;26/11/2026;529.982.247-25;more
                        "NF
                        5";1,00;26/11/2026;5299822472
                        NF-6;1,00;26/11/2026;529.982.247-25
                        """);
        assertThat(lines.stream().map(PurchaseLinesTest::said))
                .containsExactly(
                        "1",
                        "3 [codigo, valor, data, cpf]",
                        "4 [columns]",
                        "5 [columns]",
                        "6 [cpf]",
                        "8");
    }

    @Test
    void what_is_to_be_mended_is_written_as_it_is_read() {
        var text = "\"a;b\";\"say \"\"so\"\"\";\"two\nlines\";x";
        var line = lines(text).getFirst();
        assertThat(PurchaseLines.write(line)).isEqualTo(text);
        assertThat(lines(PurchaseLines.write(line)).getFirst().fields()).isEqualTo(line.fields());
    }

    @Test
    void what_windows_wrote_is_read_too() {
        var text = "Código;Valor;Data;CPF\nPão-1;1,00;26/11/2026;52998224725";
        var outcome = PurchaseLines.read(text.getBytes(Charset.forName("windows-1252")), CLOCK);
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Read.class,
                        it ->
                                assertThat(it.lines().getFirst().fields())
                                        .containsExactly("Pão-1", "1,00", "26/11/2026", CPF));
    }

    @Test
    void what_is_no_list_is_refused_as_a_whole() {
        assertThat(refusal("")).isEqualTo("empty");
        assertThat(refusal(" \n;;;\n")).isEqualTo("empty");
        assertThat(refusal("codigo;valor;data;cpf\n")).isEqualTo("empty");
        assertThat(refusal("codigo;preço;data;cpf\nNF-1;1;26/11/2026;" + CPF)).isEqualTo("heading");
        assertThat(refusal("PK\u0003\u0004\0\0xl/workbook.xml")).isEqualTo("no_text");
        assertThat(refusal("\"NF-1;1,00;26/11/2026;" + CPF)).isEqualTo("no_csv");
        assertThat(refusal(many(CashbackReader.MOST_PURCHASES + 1))).isEqualTo("too_many");
        assertThat(lines(many(CashbackReader.MOST_PURCHASES)))
                .hasSize(CashbackReader.MOST_PURCHASES)
                .allMatch(Readable.class::isInstance);
    }

    private static String many(int number) {
        return IntStream.range(0, number)
                .mapToObj(it -> "%d;1;26/11/2026;%s".formatted(it, CPF))
                .collect(Collectors.joining("\n"));
    }

    private static String said(Line line) {
        return switch (line) {
            case Readable it -> Integer.toString(it.number());
            case Wrong it -> it.number() + " " + it.wrong();
        };
    }

    private static List<Line> lines(String text) {
        return ((Outcome.Read) read(text)).lines();
    }

    private static String refusal(String text) {
        return ((Outcome.Refused) read(text)).why();
    }

    private static Outcome read(String text) {
        return PurchaseLines.read(text.getBytes(StandardCharsets.UTF_8), CLOCK);
    }
}
