package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.dhatim.fastexcel.Workbook;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.Books;
import vintem.Http;
import vintem.Http.Answer;
import vintem.MovableClock;
import vintem.Rows;
import vintem.World;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.platform.Database;
import vintem.platform.Outbox;
import vintem.platform.Together;

/// Files of debts as their sender sees them: what becomes a charge, what becomes an erratum, and
/// what is refused.
@QuarkusTest
@QuarkusTestResource(World.class)
class DebtFileContractTest {
    private static final String TITLES = "name,governmentId,email,debtAmount,debtDueDate,debtId\n";

    @Inject MovableClock clock;
    @Inject Boletos boletos;
    @Inject Database database;
    @Inject DebtFileTable table;
    @Inject Spreadsheets spreadsheets;
    @Inject ImportDebts importDebts;
    @Inject ImportFiles importFiles;
    @Inject Outbox outbox;
    @Inject FileScreens screens;
    @Inject AccessLog log;

    private final Http creditor = Http.admin();

    @AfterAll
    static void every_cent_is_there() {
        Books.assertInOrder();
    }

    @Test
    void the_rows_of_the_official_sample_all_become_charges() {
        var code = Long.toString(UUID.randomUUID().getMostSignificantBits() >>> 1);
        var second = UUID.randomUUID().toString();
        var third = UUID.randomUUID().toString();
        var file =
                imported(
                        TITLES
                                + "John Doe,11111111111,johndoe@kanastra.com.br,1000000.00,2022-10-12,"
                                + code
                                + "\n"
                                + "John Doe,11111111111,johndoe@kanastra.com.br,1000000.00,2022-10-12,"
                                + second
                                + " \n"
                                + "Elijah Santos,9558,janet95@example.com,7811,2024-01-19,"
                                + third
                                + "\n");
        counted(file, 3, 3, 0, 0, 0);
        assertThat(file.get("charset").asText()).isEqualTo("UTF-8");
        assertThat(file.get("delimiter").asText()).isEqualTo(",");
        assertThat(file.get("decimal_mark").asText()).isEqualTo(".");
        assertThat(file.get("date_order").asText()).isEqualTo("YYYY-MM-DD");
        assertThat(file.get("boletos").asLong()).isEqualTo(3);
        assertThat(file.get("emails_queued").asLong()).isEqualTo(3);
        assertThat(file.get("imported_amount").decimalValue()).isEqualByComparingTo("2007811");
        for (var debt : List.of(code, second)) {
            var charge = charge(debt);
            assertThat(charge.get("name").asText()).isEqualTo("John Doe");
            assertThat(charge.get("government_id").asText()).isEqualTo("11111111111");
            // Flagged, not refused.
            assertThat(charge.get("document_valid").asBoolean()).isFalse();
            assertThat(charge.get("email").asText()).isEqualTo("johndoe@kanastra.com.br");
            assertThat(charge.get("debt_amount").decimalValue()).isEqualByComparingTo("1000000");
            assertThat(charge.get("status").asText()).isEqualTo("open");
            assertThat(charge.get("file_id")).isEqualTo(file.get("id"));
        }
        var elijah = charge(third);
        assertThat(elijah.get("document_valid").asBoolean()).isFalse();
        assertThat(elijah.get("debt_amount").decimalValue()).isEqualByComparingTo("7811");
        assertThat(elijah.get("debt_due_date").asText()).isEqualTo("2024-01-19");
        assertThat(receivable(file)).isEqualTo(200_781_100);
    }

    @Test
    void a_right_document_is_told_from_a_wrong_one() {
        var right = Debts.newDebt();
        var wrong = Debts.newDebt();
        imported(
                TITLES
                        + "Ana,529.982.247-25,ana@example.com,1,2027-01-26,%s\n".formatted(right)
                        + "Ana,529.982.247-26,ana@example.com,1,2027-01-26,%s\n".formatted(wrong));
        assertThat(charge(right).get("document_valid").asBoolean()).isTrue();
        assertThat(charge(wrong).get("document_valid").asBoolean()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"debtId", "debtID", "debt_id", "Debt Id"})
    void columns_stand_in_any_order_and_may_be_more_than_we_need(String title) {
        var debt = Debts.newDebt();
        var file =
                imported(
                        title
                                + ",state,note,debtDueDate,zip,email,address,debtAmount,city,"
                                + "governmentId,name\n"
                                + debt
                                + ",SP,vip,2027-01-26,01310-100,ana@example.com,Rua A 1,10.50,"
                                + "São Paulo,9558,Ana\n");
        counted(file, 1, 1, 0, 0, 0);
        assertThat(texts(file.get("ignored_columns"))).containsExactly("note");
        var charge = charge(debt);
        assertThat(charge.get("name").asText()).isEqualTo("Ana");
        assertThat(charge.get("debt_amount").decimalValue()).isEqualByComparingTo("10.50");
        assertThat(charge.get("debt_due_date").asText()).isEqualTo("2027-01-26");
    }

    @Test
    void the_sender_may_say_how_their_columns_are_called() {
        var debt = Debts.newDebt();
        var names = encoded("{\"name\":\"Devedor\",\"debtId\":\"Contrato\"}");
        var answer =
                send(
                        ("Contrato,governmentId,email,debtAmount,debtDueDate,Devedor\n"
                                        + debt
                                        + ",9558,ana@example.com,1,2027-01-26,Ana")
                                .getBytes(StandardCharsets.UTF_8),
                        "?columns=" + names);
        counted(done(answer), 1, 1, 0, 0, 0);
        assertThat(charge(debt).get("name").asText()).isEqualTo("Ana");
    }

    @Test
    void a_mark_other_line_breaks_and_a_last_line_without_one_do_not_matter() {
        var one = Debts.newDebt();
        var two = Debts.newDebt();
        var file =
                imported(
                        "\uFEFF"
                                + TITLES.replace("\n", "\r\n")
                                + row(one, "1")
                                + "\r\n\r\n"
                                + row(two, "2"));
        counted(file, 2, 2, 0, 0, 0);
        assertThat(texts(file.get("columns")).getFirst()).isEqualTo("name");
        assertThat(charge(one).get("debt_amount").decimalValue()).isEqualByComparingTo("1");
        assertThat(charge(two).get("debt_amount").decimalValue()).isEqualByComparingTo("2");
    }

    @Test
    void quoted_fields_hold_commas_quotes_and_line_breaks() {
        var debt = Debts.newDebt();
        var last = Debts.newDebt();
        var file =
                imported(
                        TITLES
                                + "\"Souza, \"\"Ana\"\"\nMaria\",9558,ana@example.com,10.50,"
                                + "2027-01-26,\""
                                + debt
                                + "\"\n"
                                + ",9558,ana@example.com,10.50,2027-01-26,x\n"
                                + row(last, "1"));
        counted(file, 3, 2, 0, 1, 0);
        assertThat(charge(debt).get("name").asText()).isEqualTo("Souza, \"Ana\" Maria");
        charge(last);
        // Lines are those of the file, not of its rows.
        assertThat(errata(file).getFirst().get("line").asInt()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({
        "ISO-8859-1,José Conceição",
        "windows-1252,José ‘Zé’ Conceição",
        "UTF-8,José ‘Zé’ Conceição"
    })
    void the_encoding_is_found_out_and_said(String charset, String name) {
        var debt = Debts.newDebt();
        var text =
                TITLES
                        + row(debt, "1").replace("Ana", name)
                        + "\n"
                        + row("x", "0").replace("Ana", name);
        var file = done(send(text.getBytes(Charset.forName(charset)), ""));
        assertThat(file.get("charset").asText()).isEqualTo(charset);
        assertThat(charge(debt).get("name").asText()).isEqualTo(name);
        var csv = creditor.get("/billing/files/" + id(file) + "/errata.csv");
        assertThat(csv.header("Content-Type")).isEqualTo("text/csv; charset=" + charset);
        assertThat(csv.body()).contains(name);
    }

    @Test
    void the_dialect_of_brazilian_spreadsheets_is_found_out_and_stated() {
        var one = Debts.newDebt();
        var two = Debts.newDebt();
        var three = Debts.newDebt();
        var titles = TITLES.replace(',', ';');
        var file =
                imported(
                        titles
                                + "Ana;9558;ana@example.com;1.234,56;01/02/2027;%s\n".formatted(one)
                                + "Ana;9558;ana@example.com;1.234;26/01/2025;%s\n".formatted(two)
                                + "Ana;9558;ana@example.com;R$ 7,5;3/4/2027;%s\n".formatted(three));
        counted(file, 3, 3, 0, 0, 0);
        assertThat(file.get("delimiter").asText()).isEqualTo(";");
        assertThat(file.get("decimal_mark").asText()).isEqualTo(",");
        assertThat(file.get("date_order").asText()).isEqualTo("DD/MM/YYYY");
        assertThat(charge(one).get("debt_amount").decimalValue()).isEqualByComparingTo("1234.56");
        assertThat(charge(one).get("debt_due_date").asText()).isEqualTo("2027-02-01");
        assertThat(charge(two).get("debt_amount").decimalValue()).isEqualByComparingTo("1234");
        assertThat(charge(two).get("debt_due_date").asText()).isEqualTo("2025-01-26");
        assertThat(charge(three).get("debt_amount").decimalValue()).isEqualByComparingTo("7.5");
        assertThat(charge(three).get("debt_due_date").asText()).isEqualTo("2027-04-03");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1.234|2027-01-26|2|2027-01-26|ambiguous_amounts",
                "1,50|2027-01-26|1.50|2027-01-26|ambiguous_amounts",
                "1|01/13/2027|2|02/14/2027|ambiguous_dates",
                "1|2027-01-26|2|26/01/2027|ambiguous_dates"
            })
    void what_can_be_read_in_two_ways_is_refused(
            String amount, String due, String amount2, String due2, String reason) {
        var text = "Ana;9558;ana@example.com;%s;%s;%s\n";
        refused(
                (TITLES.replace(',', ';')
                                + text.formatted(amount, due, Debts.newDebt())
                                + text.formatted(amount2, due2, Debts.newDebt()))
                        .getBytes(StandardCharsets.UTF_8),
                reason);
    }

    @Test
    void past_due_dates_import_and_their_boletos_fall_due_when_banks_take_them() {
        var past = Debts.newDebt();
        var future = Debts.newDebt();
        imported(
                TITLES
                        + row(past, "10.50", "2022-10-12")
                        + "\n"
                        + row(future, "10.50", "2027-06-15"));
        assertThat(charge(past).get("debt_due_date").asText()).isEqualTo("2022-10-12");
        assertThat(LocalDate.parse(charge(past).get("boleto_due_date").asText()))
                .isEqualTo(boletos.earliestDue(Debts.today(clock)))
                .isAfter(Debts.today(clock));
        assertThat(charge(past).get("bar_code").asText()).matches("[0-9]{44}");
        assertThat(charge(past).get("line").asText()).matches("[0-9]{47}");
        assertThat(charge(future).get("boleto_due_date").asText()).isEqualTo("2027-06-15");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Ana,9558,ana@example.com,10.50,2027-01-26|missing_fields|",
                "Ana,9558,ana@example.com,10.50,2027-01-26,x,y|extra_fields|",
                ",9558,ana@example.com,10.50,2027-01-26,x|empty|name",
                "  ,9558,ana@example.com,10.50,2027-01-26,x|empty|name",
                "Ana,9558,,10.50,2027-01-26,x|empty|email",
                "Ana,9558,ana,10.50,2027-01-26,x|bad_email|email",
                "Ana,9558,ana@@example.com,10.50,2027-01-26,x|bad_email|email",
                "Ana,9558,ana@example.com,ten,2027-01-26,x|not_an_amount|debtAmount",
                "Ana,9558,ana@example.com,,2027-01-26,x|not_an_amount|debtAmount",
                "Ana,9558,ana@example.com,1e3,2027-01-26,x|not_an_amount|debtAmount",
                "Ana,9558,ana@example.com,NaN,2027-01-26,x|not_an_amount|debtAmount",
                "Ana,9558,ana@example.com,0,2027-01-26,x|not_positive|debtAmount",
                "Ana,9558,ana@example.com,0.00,2027-01-26,x|not_positive|debtAmount",
                "Ana,9558,ana@example.com,-5.00,2027-01-26,x|not_positive|debtAmount",
                "Ana,9558,ana@example.com,1.999,2027-01-26,x|too_many_decimals|debtAmount",
                "Ana,9558,ana@example.com,99999999999.00,2027-01-26,x|too_large|debtAmount",
                "Ana,9558,ana@example.com,10.50,2027-02-30,x|not_a_date|debtDueDate",
                "Ana,9558,ana@example.com,10.50,2027-13-01,x|not_a_date|debtDueDate",
                "Ana,9558,ana@example.com,10.50,,x|not_a_date|debtDueDate",
                "Ana,9558,ana@example.com,10.50,soon,x|not_a_date|debtDueDate",
                "Ana,9558,ana@example.com,10.50,2027-01-26,|empty|debtId",
                "Ana,9558,ana@example.com,10.50,2027-01-26,  |empty|debtId"
            })
    void a_mistake_stays_in_its_row_and_good_rows_are_kept(
            String row, String reason, String column) {
        var before = Debts.newDebt();
        var after = Debts.newDebt();
        var file = imported(TITLES + row(before, "1.00") + "\n" + row + "\n" + row(after, "2.00"));
        counted(file, 3, 2, 0, 1, 0);
        charge(before);
        charge(after);
        var erratum = errata(file).getFirst();
        assertThat(erratum.get("line").asInt()).isEqualTo(3);
        assertThat(erratum.get("kind").asText()).isEqualTo("error");
        assertThat(erratum.get("mistakes")).hasSize(1);
        assertThat(erratum.at("/mistakes/0/reason").asText()).isEqualTo(reason);
        assertThat(erratum.at("/mistakes/0/column").asText(""))
                .isEqualTo(Optional.ofNullable(column).orElse(""));
        assertThat(texts(erratum.get("fields")).stream().map(String::strip).toList())
                .containsExactly(
                        Arrays.stream(row.split(",", -1))
                                .map(String::strip)
                                .toArray(String[]::new));
        assertThat(errataCsv(file).lines().skip(1)).singleElement().asString().contains(",3,");
    }

    @Test
    void all_mistakes_of_a_row_are_told_at_once() {
        var file = imported(TITLES + row(Debts.newDebt(), "1.00") + "\n,1,ana,0,2027-02-30,\n");
        var mistakes = errata(file).getFirst().get("mistakes");
        assertThat(StreamSupport.stream(mistakes.spliterator(), false).map(JsonNode::toString))
                .containsExactlyInAnyOrder(
                        "{\"column\":\"name\",\"reason\":\"empty\"}",
                        "{\"column\":\"email\",\"reason\":\"bad_email\"}",
                        "{\"column\":\"debtAmount\",\"reason\":\"not_positive\"}",
                        "{\"column\":\"debtDueDate\",\"reason\":\"not_a_date\"}",
                        "{\"column\":\"debtId\",\"reason\":\"empty\"}");
    }

    @Test
    void the_same_debt_twice_in_a_file_is_a_duplicate_and_listed() {
        var debt = Debts.newDebt();
        var file =
                imported(
                        TITLES
                                + row(debt, "10.50")
                                + "\n"
                                + row(Debts.newDebt(), "1")
                                + "\n"
                                + row(debt, "10.5").replace(debt, debt + " ")
                                + "\n");
        counted(file, 3, 2, 1, 0, 0);
        var duplicates = creditor.get("/billing/files/" + id(file) + "/duplicates").json();
        assertThat(duplicates.get("items")).hasSize(1);
        assertThat(duplicates.at("/items/0/line").asInt()).isEqualTo(4);
        assertThat(duplicates.at("/items/0/debt_id").asText()).isEqualTo(debt);
        assertThat(creditor.get("/charges?debt_id=" + debt).json().get("items")).hasSize(1);
        assertThat(receivable(file)).isEqualTo(1_150);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.50|11.00|debtAmount|other_amount",
                "2027-01-26|2027-01-27|debtDueDate|other_due_date",
                "Ana|Eva|name|other_debtor",
                "9558|9559|governmentId|other_debtor",
                "ana@example.com|eva@example.com|email|other_debtor"
            })
    void another_amount_day_or_debtor_is_a_conflict_and_never_overwrites(
            String ours, String theirs, String column, String reason) {
        var debt = Debts.newDebt();
        var right = row(debt, "10.50");
        var other = right.replace(ours, theirs);
        var inside = imported(TITLES + right + "\n" + other + "\n");
        counted(inside, 2, 1, 0, 0, 1);
        var before = charge(debt);
        var across = imported(TITLES + other + "\n" + right + "\n");
        counted(across, 2, 0, 1, 0, 1);
        for (var file : List.of(inside, across)) {
            var erratum = errata(file).getFirst();
            assertThat(erratum.get("kind").asText()).isEqualTo("conflict");
            assertThat(erratum.get("mistakes").toString())
                    .isEqualTo("[{\"column\":\"%s\",\"reason\":\"%s\"}]".formatted(column, reason));
            assertThat(String.join(",", texts(erratum.get("fields")))).isEqualTo(other);
        }
        assertThat(errata(inside).getFirst().get("line").asInt()).isEqualTo(3);
        assertThat(errata(across).getFirst().get("line").asInt()).isEqualTo(2);
        assertThat(charge(debt)).isEqualTo(before);
        assertThat(receivable(inside)).isEqualTo(1_050);
        assertThat(receivable(across)).isZero();
    }

    @Test
    void errata_are_corrected_and_sent_again() {
        var good = Debts.newDebt();
        var bad = Debts.newDebt();
        var first =
                imported(
                        TITLES
                                + row(good, "1.00")
                                + "\n"
                                + "\"Souza, Ana\",9558,ana@,2.00,2027-01-26,"
                                + bad
                                + "\n");
        counted(first, 2, 1, 0, 1, 0);
        var csv = errataCsv(first);
        assertThat(csv)
                .isEqualTo(
                        "\uFEFFname,governmentId,email,debtAmount,debtDueDate,debtId,line,reason\r\n"
                                + "\"Souza, Ana\",9558,ana@,2.00,2027-01-26,"
                                + bad
                                + ",3,email: is not an e-mail address\r\n");
        var second = imported(csv.replace("ana@,", "ana@example.com,"));
        counted(second, 1, 1, 0, 0, 0);
        assertThat(texts(second.get("ignored_columns"))).containsExactly("line", "reason");
        assertThat(charge(bad).get("name").asText()).isEqualTo("Souza, Ana");
        assertThat(charge(bad).get("debt_amount").decimalValue()).isEqualByComparingTo("2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(A1)"})
    void what_a_spreadsheet_would_run_is_made_harmless_and_comes_back_as_it_was(String name) {
        var debt = Debts.newDebt();
        var file =
                imported(
                        TITLES
                                + row(Debts.newDebt(), "1.00")
                                + "\n"
                                + row(debt, "2.00").replace("Ana", name).replace("ana@", "ana@@"));
        var csv = errataCsv(file);
        assertThat(csv.lines().skip(1)).singleElement().asString().startsWith("'" + name + ",");
        imported(csv.replace("ana@@", "ana@"));
        assertThat(charge(debt).get("name").asText()).isEqualTo(name);
    }

    @Test
    void the_same_bytes_again_are_the_first_file_and_nothing_new_happens() {
        var text = TITLES + row(Debts.newDebt(), "1.00");
        var first = imported(text);
        var before = Rows.number("select count(*) from debt_file");
        var again = send(text.getBytes(StandardCharsets.UTF_8), "?name=other.csv&billed=revenue");
        assertThat(again.status()).as(again.body()).isEqualTo(200);
        assertThat(again.json().get("duplicate").asBoolean()).isTrue();
        assertThat(again.json().get("id")).isEqualTo(first.get("id"));
        assertThat(again.json().get("billed").asText()).isEqualTo("already_recognised");
        assertThat(Rows.number("select count(*) from debt_file")).isEqualTo(before);
        counted(look(id(first)), 1, 1, 0, 0, 0);
    }

    /// What begins like a file that is there is put aside while it arrives.
    @Test
    void a_long_file_that_only_begins_like_another_one_is_imported_whole() {
        var text = new StringBuilder(TITLES.strip() + ",notes\n");
        for (var i = 0; i < 300; i++) {
            text.append(row(Debts.newDebt(), "1.00").strip())
                    .append(',')
                    .append("x".repeat(1_000))
                    .append('\n');
        }
        counted(imported(text.toString()), 300, 300, 0, 0, 0);
        assertThat(send(text.toString().getBytes(StandardCharsets.UTF_8), "").status())
                .isEqualTo(200);
        var longer = text + row(Debts.newDebt(), "1.00").strip() + ",one more\n";
        counted(imported(longer), 301, 1, 300, 0, 0);
    }

    @Test
    void the_same_bytes_twice_at_the_same_moment_are_one_file() {
        var debt = Debts.newDebt();
        var bytes = (TITLES + row(debt, "1.00")).getBytes(StandardCharsets.UTF_8);
        var answers = Together.atOnce(3, () -> send(bytes, ""));
        assertThat(answers.stream().map(Answer::status)).containsExactlyInAnyOrder(202, 200, 200);
        var ids = answers.stream().map(it -> it.json().get("id").asText()).distinct().toList();
        assertThat(ids).hasSize(1);
        counted(doneById(ids.getFirst()), 1, 1, 0, 0, 0);
        assertThat(creditor.get("/charges?debt_id=" + debt).json().get("items")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "null",
            value = {
                "''|empty",
                "John Doe,11111111111,johndoe@kanastra.com.br,1000000.00,2022-10-12,8291|no_header",
                "name,governmentId,email,debtAmount,debtDueDate|no_header",
                "name,governmentId,email,debtAmount,debtDueDate,debtId|no_rows",
                "name,governmentId,email,debtAmount,debtDueDate,debtId,debtID|no_header",
                "%PDF-1.7 and so on|not_text"
            })
    void what_is_no_file_of_debts_is_refused_with_its_reason(String text, String reason) {
        refused(text.getBytes(StandardCharsets.UTF_8), reason);
    }

    @Test
    void what_is_no_text_is_refused() {
        refused((TITLES + row("a\0b", "1.00")).getBytes(StandardCharsets.UTF_8), "not_text");
        refused(TITLES.getBytes(StandardCharsets.UTF_16), "not_text");
        refused(new byte[] {'P', 'K', 3, 4, 0, 0, 0, 0, 1, 2, 3}, "not_a_spreadsheet");
        refused(new byte[] {0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0, 0}, "not_text");
        var other = creditor.with("Content-Type", "application/json").post("/billing/files", "{}");
        assertThat(other.status()).isEqualTo(415);
    }

    @Test
    void what_is_above_the_limit_is_refused_and_nothing_of_it_is_kept() throws IOException {
        var charges = Rows.number("select count(*) from charge");
        var bytes = (TITLES + row(Debts.newDebt(), "1.00")).getBytes(StandardCharsets.UTF_8);
        var outcome = receive(bytes, bytes.length - 1);
        assertThat(outcome).isInstanceOf(ReceiveDebtFile.Outcome.TooLarge.class);
        var newest = creditor.get("/billing/files?limit=1").json().at("/items/0");
        assertThat(newest.get("status").asText()).isEqualTo("failed");
        assertThat(newest.get("reason").asText()).isEqualTo("too_large");
        assertThat(newest.get("detail").asText()).contains("%,d".formatted(bytes.length - 1));
        assertThat(
                        Rows.number(
                                "select count(*) from debt_file_chunk where file_id = ?::uuid",
                                id(newest)))
                .isZero();
        assertThat(Rows.number("select count(*) from charge")).isEqualTo(charges);
        // At the limit it is taken, the failed one notwithstanding.
        assertThat(receive(bytes, bytes.length))
                .isInstanceOf(ReceiveDebtFile.Outcome.Received.class);
        importFiles.importAll();
        assertThat(Rows.number("select count(*) from charge")).isEqualTo(charges + 1);
    }

    @Test
    void counters_add_up_and_the_ledger_has_what_the_charges_have() {
        var text = new StringBuilder(TITLES);
        var debts = new ArrayList<String>();
        for (var i = 1; i <= 40; i++) {
            debts.add(Debts.newDebt());
            text.append(row(debts.getLast(), i + ".99")).append('\n');
        }
        text.append(row(debts.get(3), "4.99")).append('\n');
        text.append(row(debts.get(4), "5.99")).append('\n');
        text.append(row(debts.get(5), "7.99")).append('\n');
        text.append("nothing\n");
        text.append(row(Debts.newDebt(), "0")).append('\n');
        text.append(row(Debts.newDebt(), "-1")).append('\n');
        var before = Debts.balance("receivable");
        var file = imported(text.toString());
        counted(file, 46, 40, 2, 3, 1);
        // 1 + … + 40 reais and 40 times 99 cents.
        assertThat(receivable(file)).isEqualTo(82_000 + 40 * 99);
        assertThat(Debts.balance("receivable") - before).isEqualTo(82_000 + 40 * 99);
        assertThat(file.get("imported_amount").decimalValue()).isEqualByComparingTo("859.60");
        var listed = creditor.get("/charges?limit=500&file_id=" + id(file)).json().get("items");
        assertThat(
                        StreamSupport.stream(listed.spliterator(), false)
                                .map(it -> it.get("debt_amount").decimalValue())
                                .reduce(BigDecimal.ZERO, BigDecimal::add))
                .isEqualByComparingTo("859.60");
        assertThat(listed).hasSize(40);
    }

    @Test
    void a_cancelled_file_is_not_imported_and_may_be_sent_again() throws IOException {
        var debt = Debts.newDebt();
        var bytes = (TITLES + row(debt, "1.00")).getBytes(StandardCharsets.UTF_8);
        var received = (ReceiveDebtFile.Outcome.Received) receive(bytes, 1 << 20);
        var fileId = received.file().id().toString();
        var cancelled = creditor.post("/billing/files/" + fileId + "/cancel", "");
        assertThat(cancelled.status()).as(cancelled.body()).isEqualTo(200);
        assertThat(cancelled.json().get("status").asText()).isEqualTo("cancelled");
        importFiles.importAll();
        assertThat(look(fileId).get("imported").asLong()).isZero();
        assertThat(creditor.get("/charges?debt_id=" + debt).json().get("items")).isEmpty();
        var again = done(send(bytes, ""));
        assertThat(id(again)).isNotEqualTo(fileId);
        counted(again, 1, 1, 0, 0, 0);
        charge(debt);
    }

    @Test
    void a_file_that_is_cancelled_later_keeps_its_charges_unless_they_are_to_go_too() {
        var debt = Debts.newDebt();
        var file = imported(TITLES + row(debt, "1.00"));
        var cancel = "/billing/files/" + id(file) + "/cancel";
        assertThat(creditor.post(cancel, "").status()).isEqualTo(200);
        assertThat(charge(debt).get("status").asText()).isEqualTo("open");
        assertThat(creditor.post(cancel + "?charges=true", "").status()).isEqualTo(200);
        Together.until("its charges went", () -> !look(id(file)).get("clearing").asBoolean());
        assertThat(charge(debt).get("status").asText()).isEqualTo("cancelled");
        assertThat(creditor.post(cancel + "?charges=maybe", "").status()).isEqualTo(400);
    }

    @Test
    void a_spreadsheet_imports_just_as_text_does() {
        var one = Debts.newDebt();
        var two = Debts.newDebt();
        var bad = Debts.newDebt();
        var bytes =
                workbook(
                        List.of(
                                List.of(
                                        "name",
                                        "governmentId",
                                        "email",
                                        "debtAmount",
                                        "debtDueDate",
                                        "debtID"),
                                List.of(
                                        "Ana Conceição",
                                        "529.982.247-25",
                                        "ana@example.com",
                                        new BigDecimal("1234.56"),
                                        LocalDate.of(2027, 1, 26),
                                        one),
                                List.of(
                                        "Eva",
                                        new BigDecimal("9558"),
                                        "eva@example.com",
                                        "1.234,50",
                                        "27/01/2027",
                                        two + " "),
                                List.of(
                                        "Eva",
                                        "9558",
                                        "eva",
                                        new BigDecimal("0.1"),
                                        LocalDate.of(2027, 1, 28),
                                        bad)));
        var file = done(send(bytes, "?name=debts.xlsx"));
        assertThat(file.get("format").asText()).isEqualTo("xlsx");
        counted(file, 3, 2, 0, 1, 0);
        assertThat(charge(one).get("name").asText()).isEqualTo("Ana Conceição");
        assertThat(charge(one).get("debt_amount").decimalValue()).isEqualByComparingTo("1234.56");
        assertThat(charge(one).get("debt_due_date").asText()).isEqualTo("2027-01-26");
        assertThat(charge(one).get("document_valid").asBoolean()).isTrue();
        assertThat(charge(two).get("government_id").asText()).isEqualTo("9558");
        assertThat(charge(two).get("debt_amount").decimalValue()).isEqualByComparingTo("1234.50");
        assertThat(charge(two).get("debt_due_date").asText()).isEqualTo("2027-01-27");
        var erratum = errata(file).getFirst();
        assertThat(erratum.get("line").asInt()).isEqualTo(4);
        assertThat(erratum.at("/mistakes/0/reason").asText()).isEqualTo("bad_email");
        // Its errata are text, in its own way of writing.
        var again = imported(errataCsv(file).replace(";eva;", ";eva@example.com;"));
        counted(again, 1, 1, 0, 0, 0);
        assertThat(charge(bad).get("debt_amount").decimalValue()).isEqualByComparingTo("0.10");
        assertThat(charge(bad).get("debt_due_date").asText()).isEqualTo("2027-01-28");
    }

    @Test
    void money_is_exact_to_the_cent() {
        var amounts =
                Map.of(
                        "0.10",
                        10L,
                        "0.20",
                        20L,
                        "1000000.00",
                        100_000_000L,
                        "0.01",
                        1L,
                        "0.29",
                        29L,
                        "99999999.99",
                        9_999_999_999L,
                        "100000000.00",
                        10_000_000_000L);
        var debts = new HashMap<String, String>();
        var text = new StringBuilder(TITLES);
        amounts.keySet()
                .forEach(
                        it -> {
                            debts.put(it, Debts.newDebt());
                            text.append(row(debts.get(it), it)).append('\n');
                        });
        var file = imported(text.toString());
        amounts.forEach(
                (written, cents) -> {
                    var charge = charge(debts.get(written));
                    assertThat(charge.get("debt_amount").decimalValue())
                            .isEqualByComparingTo(written);
                    assertThat(Debts.cents(charge.get("id").asText(), "charge_made"))
                            .isEqualTo(cents);
                });
        assertThat(receivable(file))
                .isEqualTo(amounts.values().stream().mapToLong(Long::longValue).sum());
        // No bar code has room for the largest one.
        assertThat(file.get("boletos").asLong()).isEqualTo(amounts.size() - 1);
    }

    @Test
    void sending_and_listing_are_two_things() {
        var bytes = (TITLES + row(Debts.newDebt(), "1.00")).getBytes(StandardCharsets.UTF_8);
        var answer = send(bytes, "?name=agosto.csv");
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
        var sent = answer.json();
        assertThat(answer.header("Location")).endsWith("/billing/files/" + id(sent));
        assertThat(sent.get("name").asText()).isEqualTo("agosto.csv");
        assertThat(sent.get("size").asLong()).isEqualTo(bytes.length);
        assertThat(sent.get("sha256").asText()).matches("[0-9a-f]{64}");
        assertThat(sent.get("duplicate").asBoolean()).isFalse();
        assertThat(sent.get("total_rows").asLong()).isOne();
        done(answer);
        var list = creditor.get("/billing/files").json();
        assertThat(list.at("/items/0/id")).isEqualTo(sent.get("id"));
        assertThat(list.at("/items/0/status").asText()).isEqualTo("done");
        for (var it : List.of("imported", "duplicates", "errors", "conflicts", "paid", "rows")) {
            assertThat(list.at("/items/0").has(it)).as(it).isTrue();
        }
        assertThat(creditor.get("/billing/files/" + UUID.randomUUID()).status()).isEqualTo(404);
        assertThat(Http.nobody().get("/billing/files").status()).isEqualTo(401);
        assertThat(Http.nobody().post("/billing/files", bytes).status()).isEqualTo(401);
    }

    @Test
    void a_form_with_the_file_will_do_as_well() {
        var debt = Debts.newDebt();
        var form =
                "--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhi\r\n"
                        + "--b\r\nContent-Disposition: form-data; name=\"file\";"
                        + " filename=\"C:\\dividas\\julho.csv\"\r\nContent-Type: text/csv\r\n\r\n"
                        + TITLES
                        + row(debt, "1.00")
                        + "\r\n--b--\r\n";
        var answer =
                creditor.with("Content-Type", "multipart/form-data; boundary=b")
                        .post("/billing/files", form);
        var file = done(answer);
        assertThat(file.get("name").asText()).isEqualTo("julho.csv");
        counted(file, 1, 1, 0, 0, 0);
        charge(debt);
    }

    @Test
    void late_terms_and_the_billed_account_of_the_query_are_kept() {
        var debt = Debts.newDebt();
        var bytes = (TITLES + row(debt, "100.00", "2025-01-10")).getBytes(StandardCharsets.UTF_8);
        var file =
                done(
                        send(
                                bytes,
                                "?billed=owed_to_creditor&fine=2%25&interest="
                                        + encoded("1%/month")));
        assertThat(file.get("billed").asText()).isEqualTo("owed_to_creditor");
        assertThat(file.get("late_terms").asText()).isEqualTo("fine=2%;interest=1%/month");
        var charge = charge(debt);
        assertThat(charge.get("late_terms").asText()).isEqualTo("fine=2%;interest=1%/month");
        assertThat(charge.get("billed").asText()).isEqualTo("owed_to_creditor");
        assertThat(charge.at("/due_today/fine_amount").decimalValue()).isEqualByComparingTo("2");
        var transfers = Debts.look(creditor, charge.get("id").asText()).get("transfers");
        assertThat(transfers).hasSize(1);
        assertThat(transfers.at("/0/debit").asText()).isEqualTo("receivable");
        assertThat(transfers.at("/0/credit").asText()).isEqualTo("owed_to_creditor");
        for (var wrong :
                List.of(
                        "billed=sales",
                        "fine=200%25",
                        "interest=much",
                        "columns=x",
                        "columns=%5B%5D",
                        "columns=%7B%22name%22:1%7D")) {
            assertThat(send(bytes, "?" + wrong).status()).as(wrong).isEqualTo(400);
        }
    }

    private static String row(String debt, String amount) {
        return row(debt, amount, "2027-01-26");
    }

    private static String row(String debt, String amount, String due) {
        return "Ana,9558,ana@example.com,%s,%s,%s".formatted(amount, due, debt);
    }

    private Answer send(byte[] bytes, String query) {
        return creditor.with("Content-Type", "text/csv").post("/billing/files" + query, bytes);
    }

    private JsonNode imported(String text) {
        return done(send(text.getBytes(StandardCharsets.UTF_8), ""));
    }

    /// The file, when all of it is imported.
    private JsonNode done(Answer sent) {
        assertThat(sent.status()).as(sent.body()).isEqualTo(202);
        return doneById(id(sent.json()));
    }

    private JsonNode doneById(String fileId) {
        Together.until(
                "the end of the import",
                () -> !look(fileId).get("status").asText().equals("importing"));
        var file = look(fileId);
        assertThat(file.get("status").asText()).as(file.toString()).isEqualTo("done");
        return file;
    }

    private JsonNode look(String fileId) {
        return creditor.get("/billing/files/" + fileId).json();
    }

    private static String id(JsonNode file) {
        return file.get("id").asText();
    }

    private static void counted(
            JsonNode file, int rows, int imported, int duplicates, int errors, int conflicts) {
        assertThat(imported + duplicates + errors + conflicts).isEqualTo(rows);
        var counts = new ArrayList<String>();
        for (var it :
                List.of("total_rows", "rows", "imported", "duplicates", "errors", "conflicts")) {
            counts.add(it + "=" + file.get(it).asLong());
        }
        assertThat(counts)
                .containsExactly(
                        "total_rows=" + rows,
                        "rows=" + rows,
                        "imported=" + imported,
                        "duplicates=" + duplicates,
                        "errors=" + errors,
                        "conflicts=" + conflicts);
    }

    /// The one charge of a debt, with all about it.
    private JsonNode charge(String debtId) {
        var items = creditor.get("/charges?debt_id=" + encoded(debtId)).json().get("items");
        assertThat(items).as(debtId).hasSize(1);
        return Debts.look(creditor, items.at("/0/id").asText()).get("charge");
    }

    private List<JsonNode> errata(JsonNode file) {
        var items = creditor.get("/billing/files/" + id(file) + "/errata").json().get("items");
        return StreamSupport.stream(items.spliterator(), false).toList();
    }

    private String errataCsv(JsonNode file) {
        var answer =
                creditor.with("Accept-Language", "en")
                        .get("/billing/files/" + id(file) + "/errata.csv");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private static List<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
    }

    /// Cents that the file's charges have in the ledger.
    private static long receivable(JsonNode file) {
        return Rows.number(
                "select coalesce(sum(t.amount_cents), 0) from transfer t"
                        + " join charge c on c.id = t.subject_id"
                        + " where t.kind = 'charge_made' and c.file_id = ?::uuid",
                id(file));
    }

    private void refused(byte[] bytes, String reason) {
        var charges = Rows.number("select count(*) from charge");
        var answer = send(bytes, "");
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.json().get("type").asText()).endsWith("/unreadable-file");
        assertThat(answer.json().get("reason").asText()).isEqualTo(reason);
        assertThat(answer.json().get("detail").asText()).isNotBlank();
        var file = look(answer.json().get("file_id").asText());
        assertThat(file.get("status").asText()).isEqualTo("failed");
        assertThat(file.get("reason").asText()).isEqualTo(reason);
        importFiles.importAll();
        assertThat(Rows.number("select count(*) from charge")).isEqualTo(charges);
    }

    /// Takes a file in that nobody imports until they are asked to.
    private ReceiveDebtFile.Outcome receive(byte[] bytes, long mostBytes) throws IOException {
        var idle = new ImportFiles(database, table, importDebts, outbox, screens, clock, 0);
        var receive =
                new ReceiveDebtFile(
                        database,
                        table,
                        spreadsheets,
                        idle,
                        outbox,
                        screens,
                        log,
                        clock,
                        new ReceiveDebtFile.Limits(mostBytes, 1, Duration.ofSeconds(60), 1));
        return receive.receive(
                new ReceiveDebtFile.Upload(
                        "debts.csv",
                        Map.of(),
                        LateTerms.NONE,
                        Billed.ALREADY_RECOGNISED,
                        Caller.SYSTEM),
                new ByteArrayInputStream(bytes));
    }

    /// A spreadsheet with numbers and dates in their cells.
    static byte[] workbook(List<List<Object>> rows) {
        var bytes = new ByteArrayOutputStream();
        try (var workbook = new Workbook(bytes, "vintem", "1.0")) {
            var sheet = workbook.newWorksheet("debts");
            for (var i = 0; i < rows.size(); i++) {
                for (var j = 0; j < rows.get(i).size(); j++) {
                    switch (rows.get(i).get(j)) {
                        case BigDecimal number -> sheet.value(i, j, number);
                        case LocalDate day -> {
                            sheet.value(i, j, day);
                            sheet.style(i, j).format("dd/mm/yyyy").set();
                        }
                        case Object text -> sheet.value(i, j, text.toString());
                    }
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return bytes.toByteArray();
    }

    @Test
    void where_nobody_is_written_to_the_page_of_a_file_that_is_done_asks_no_more() {
        var bytes = (TITLES + row(Debts.newDebt(), "1.00")).getBytes(StandardCharsets.UTF_8);
        var done = done(send(bytes, ""));
        var file =
                database.transaction(tx -> table.find(tx, UUID.fromString(id(done)))).orElseThrow();
        assertThat(BillingPages.FileLine.of(file, false).moving()).isFalse();
        // Its mail waits: nobody sends any here.
        assertThat(BillingPages.FileLine.of(file, true).moving()).isTrue();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
