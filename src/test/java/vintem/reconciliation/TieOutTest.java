package vintem.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.arc.All;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vintem.Http;
import vintem.Http.Answer;
import vintem.MovableClock;
import vintem.Rows;
import vintem.World;
import vintem.app.Audit;
import vintem.platform.BusinessDays;
import vintem.platform.ClosingLines;
import vintem.platform.Database;
import vintem.platform.Ids;
import vintem.platform.Words;

/// The bank's statement against our books: each of a missing, an extra, a doubled and a late line
/// is named by the page and by the audit.
@QuarkusTest
@QuarkusTestResource(World.class)
class TieOutTest {
    @Inject MovableClock clock;
    @Inject Audit audit;
    @Inject ReadRailStatement job;
    @Inject Database database;

    @Inject @All List<ClosingLines> closings;

    private final String run = Ids.next().toString();
    private Http admin = Http.nobody();
    private LocalDate day = LocalDate.EPOCH;

    /// A day of which nobody else knows anything.
    @BeforeEach
    void a_new_day_begins() {
        goTo(2);
        day = BusinessDays.today(clock);
    }

    @AfterEach
    void nobody_has_imported_anything() {
        Rows.change(
                "truncate bank_statement_line, bank_movement, bank_movement_reference,"
                        + " reconciliation_match, bank_statement, reconciliation_opening, reconciliation_day");
        assertThat(found()).isEmpty();
    }

    @Test
    void a_statement_that_tells_what_we_tell_leaves_nothing_open() {
        var lines = List.of(line(day, -700, pay("a", 700)), line(day, -800, pay("b", 800)));
        goTo(1);
        var answer = importCsv(lines);
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        assertThat(answer.json().get("new_lines").longValue()).isEqualTo(2);
        assertThat(states("lines")).containsExactly("-700 matched", "-800 matched");
        assertThat(states("movements")).containsExactly("-700 matched", "-800 matched");
        assertThat(found()).isEmpty();
        var owner = day().at("/movements/0");
        assertThat(owner.get("module").textValue()).isEqualTo("payouts");
        assertThat(owner.get("name").textValue()).isEqualTo(run + "-a");
        assertThat(owner.get("page").textValue())
                .isEqualTo("/app/payouts/one?external_id=" + run + "-a");
    }

    @Test
    void a_missing_an_extra_a_doubled_and_a_late_line_are_named_by_page_and_audit() {
        var a = pay("a", 700);
        pay("b", 800);
        var c = pay("c", 900);
        var d = pay("d", 1_000);
        var lines =
                List.of(
                        line(day, -700, a),
                        line(day, -700, a),
                        line(day, -55, ""),
                        line(day, -900, c),
                        line(day.plusDays(1), -1_000, d));
        goTo(2);
        importCsv(lines);
        assertThat(states("lines"))
                .containsExactly("-700 matched", "-700 doubled", "-55 extra", "-900 matched");
        assertThat(states("movements"))
                .containsExactly("-700 matched", "-800 missing", "-900 matched", "-1000 late");
        assertThat(found())
                .hasSize(4)
                .anyMatch(each -> each.contains(a) && each.endsWith("is there twice"))
                .anyMatch(
                        each -> each.contains("0,55") && each.endsWith("is none of our movements"))
                .anyMatch(each -> each.contains(d) && each.contains("movement of " + day))
                .anyMatch(each -> each.contains("8,00") && each.endsWith("is missing"));
        var page = admin.with("Accept", "text/html").get("/app/reconciliation/day?date=" + day);
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.body())
                .contains("Em dobro", "Sem par nos livros", "Falta no banco", "há 2 dias")
                .contains("O banco lançou outro dia", run + "-b", "Pagamentos");
        var days = admin.get("/reconciliation/days?limit=5").json().required("items");
        assertThat(days).hasSize(2);
        assertThat(days.get(1).get("open_lines").longValue()).isEqualTo(2);
        assertThat(days.get(1).get("open_movements").longValue()).isEqualTo(1);
    }

    @Test
    void the_closing_of_the_day_says_what_is_open_and_since_when() {
        assertThat(closing()).as("nothing was ever imported").isEmpty();
        var a = pay("a", 700);
        pay("b", 800);
        var d = pay("d", 1_000);
        goTo(2);
        importCsv(
                List.of(line(day, -700, a), line(day, -55, ""), line(day.plusDays(1), -1_000, d)));
        assertThat(closing())
                .containsExactly(
                        "Linhas do extrato deste dia: 2",
                        "! Linhas sem par nos livros: 1",
                        "! Movimentos que faltam no banco: 1",
                        "Lançados pelo banco em outro dia: 0",
                        "! Em aberto, deste e de outros dias: 2",
                        "! O mais antigo em aberto: %s (há 1 dia)".formatted(Words.PT.day(day)));
        var next = day;
        day = day.plusDays(1);
        assertThat(closing())
                .contains("! Lançados pelo banco em outro dia: 1")
                .contains(
                        "! O mais antigo em aberto: %s (há 2 dias)".formatted(Words.PT.day(next)));
        day = day.plusDays(1);
        assertThat(closing())
                .contains(
                        "Extrato deste dia: ainda não importado",
                        "! Em aberto, deste e de outros dias: 2");
        day = next;
    }

    @Test
    void the_closing_of_a_day_that_ties_asks_for_nobody() {
        var a = pay("a", 700);
        goTo(1);
        importCsv(List.of(line(day, -700, a)));
        assertThat(closing())
                .containsExactly(
                        "Linhas do extrato deste dia: 1",
                        "Linhas sem par nos livros: 0",
                        "Movimentos que faltam no banco: 0",
                        "Lançados pelo banco em outro dia: 0");
    }

    @Test
    void the_closing_says_by_how_much_the_banks_balance_differs() {
        var a = pay("a", 700);
        goTo(1);
        var ofx =
                """
                OFXHEADER:100

                <OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>BRL
                <BANKTRANLIST><DTSTART>%1$s<DTEND>%1$s
                <STMTTRN><TRNTYPE>DEBIT<DTPOSTED>%1$s<TRNAMT>-7.00<FITID>1<MEMO>%2$s</STMTTRN>
                </BANKTRANLIST><LEDGERBAL><BALAMT>0.01<DTASOF>%1$s</LEDGERBAL>
                </STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
                """
                        .formatted(day.toString().replace("-", ""), a);
        var answer = admin.with("Content-Type", "application/x-ofx").post(imports("s.ofx"), ofx);
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        assertThat(closing())
                .anyMatch(
                        it ->
                                it.startsWith(
                                        "! Diferença de saldo em %s: "
                                                .formatted(Words.PT.day(day))));
    }

    /// The lines of the day's closing about the statement, with `!` before those for somebody.
    private List<String> closing() {
        var from = day.atStartOfDay(BusinessDays.SAO_PAULO).toInstant();
        var until = day.plusDays(1).atStartOfDay(BusinessDays.SAO_PAULO).toInstant();
        return database
                .snapshot(
                        tx -> {
                            var all = new ArrayList<ClosingLines.Line>();
                            closings.forEach(it -> all.addAll(it.lines(tx, Words.PT, from, until)));
                            return all;
                        })
                .stream()
                .filter(it -> it.group().equals("tie_out"))
                .map(it -> (it.attention() ? "! " : "") + it.label() + ": " + it.value())
                .toList();
    }

    @Test
    void importing_it_twice_changes_nothing_and_what_overlaps_adds_what_is_new() {
        var a = pay("a", 700);
        var b = pay("b", 800);
        goTo(1);
        var twice = List.of(line(day, -700, a), line(day, -700, a));
        var first = importCsv(twice);
        assertThat(first.status()).isEqualTo(201);
        var before = Rows.ofAllTables();
        var again = importCsv(twice);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(Rows.ofAllTables()).isEqualTo(before);

        // Another file with the same two lines, and one more.
        var more = importCsv(List.of(twice.get(0), twice.get(1), line(day, -800, b)));
        assertThat(more.json().get("new_lines").longValue()).isEqualTo(1);
        assertThat(states("lines"))
                .containsExactlyInAnyOrder("-700 matched", "-700 doubled", "-800 matched");
    }

    @Test
    void a_person_confirms_what_is_late_and_matches_what_the_bank_grouped() {
        var d = pay("d", 1_000);
        pay("b", 800);
        pay("c", 900);
        goTo(2);
        importCsv(List.of(line(day.plusDays(1), -1_000, d), line(day, -1_700, "")));
        assertThat(found()).hasSize(4);

        var late = id("movements", -1_000);
        assertThat(join(List.of(), List.of(late)).status()).isEqualTo(200);
        var grouped = id("lines", -1_700);
        var both = List.of(id("movements", -800), id("movements", -900));
        assertThat(join(List.of(grouped), both.subList(0, 1)).status()).isEqualTo(422);
        var joined = join(List.of(grouped), both);
        assertThat(joined.status()).as(joined.body()).isEqualTo(200);
        assertThat(join(List.of(grouped), both).body()).isEqualTo(joined.body());
        assertThat(found()).isEmpty();
        assertThat(states("movements"))
                .containsExactly("-1000 matched", "-800 matched", "-900 matched");

        var match = "/reconciliation/matches/" + joined.json().get("match_id").textValue();
        assertThat(admin.send("DELETE", match, new byte[0]).status()).isEqualTo(204);
        assertThat(admin.send("DELETE", match, new byte[0]).status()).isEqualTo(404);
        assertThat(found()).hasSize(3);
    }

    @Test
    void without_a_name_a_line_is_matched_by_its_day_and_amount_if_there_is_one_of_each() {
        var fee =
                """
                {"transfers":[{"debit":"bank_fees","credit":"bank","kind":"bank_fee",
                "amount_cents":123}]}""";
        assertThat(admin.with("Idempotency-Key", run).post("/ledger/transfers", fee).status())
                .isLessThan(300);
        goTo(1);
        importCsv(List.of(line(day, -123, "")));
        assertThat(states("movements")).containsExactly("-123 matched");
        assertThat(day().at("/movements/0/module").textValue()).isEqualTo("ledger");
        assertThat(found()).isEmpty();
        // The rail's bank knows of no such fee: the books are put right for the tests after this.
        var back =
                fee.replace(
                        "\"debit\":\"bank_fees\",\"credit\":\"bank\"",
                        "\"debit\":\"bank\",\"credit\":\"bank_fees\"");
        assertThat(
                        admin.with("Idempotency-Key", run + "back")
                                .post("/ledger/transfers", back)
                                .status())
                .isLessThan(300);
    }

    @Test
    void of_a_day_with_many_lines_the_page_shows_first_of_all_what_is_wrong() {
        payEach(230);
        var lines = new ArrayList<String>();
        IntStream.rangeClosed(1, 230).forEach(cents -> lines.add(line(day, -cents, "")));
        lines.add(line(day, -99_999, ""));
        goTo(1);
        assertThat(importCsv(lines).status()).isEqualTo(201);
        var page =
                admin.with("Accept", "text/html").get("/app/reconciliation/day?date=" + day).body();
        assertThat(page)
                .contains("999,99", "1 sem par nos livros", "As exportações abaixo trazem todas");
        assertThat(page.split("<tr class=\"matched\"", -1)).hasSize(1 + 199 + 200);
        assertThat(page.indexOf("999,99")).isLessThan(page.indexOf("<tr class=\"matched\""));
        assertThat(states("lines")).hasSize(231).endsWith("-99999 extra");
        assertThat(day().get("cut").booleanValue()).isFalse();
        assertThat(found()).singleElement().satisfies(it -> assertThat(it).contains("999,99"));
        Rows.change("update reconciliation_day set movements = 7");
        assertThat(found()).anyMatch(it -> it.contains(day + ": its sums are not"));
        goTo(1);
        job.run();
        assertThat(found()).singleElement().satisfies(it -> assertThat(it).contains("999,99"));
    }

    /// One payout of each amount from a cent on.
    private void payEach(int most) {
        var items =
                IntStream.rangeClosed(1, most)
                        .mapToObj(
                                cents ->
                                        """
                                        {"external_id":"%1$s-%2$d","amount_cents":%2$d,
                                        "pix_key":"tie@mail.com"}"""
                                                .formatted(run, cents))
                        .collect(Collectors.joining(","));
        var body = "{\"batch_id\":\"%s\",\"items\":[%s]}".formatted(run, items);
        assertThat(admin.post("/payouts/batch", body).status()).isEqualTo(200);
    }

    @Test
    void an_ofx_file_of_either_kind_tells_lines_and_a_balance_that_is_compared() {
        var a = pay("a", 700);
        var b = pay("b", 800);
        goTo(1);
        var sgml =
                """
                OFXHEADER:100
                DATA:OFXSGML
                VERSION:102
                ENCODING:USASCII
                CHARSET:1252

                <OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>BRL
                <BANKTRANLIST><DTSTART>%1$s<DTEND>%1$s
                <STMTTRN><TRNTYPE>DEBIT<DTPOSTED>%1$s120000[-3:BRT]<TRNAMT>-7,00<FITID>1
                <MEMO>PIX ENVIADO %2$s</STMTTRN>
                <STMTTRN><TRNTYPE>DEBIT<DTPOSTED>%1$s<TRNAMT>-8.00<FITID>2<NAME><MEMO>Pix %3$s &amp; co</STMTTRN>
                </BANKTRANLIST><LEDGERBAL><BALAMT>0.01<DTASOF>%1$s</LEDGERBAL>
                </STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
                """
                        .formatted(day.toString().replace("-", ""), a, b);
        var answer =
                admin.with("Content-Type", "application/x-ofx").post(imports("sgml.ofx"), sgml);
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        assertThat(answer.json().get("source").textValue()).isEqualTo("ofx");
        assertThat(states("lines")).containsExactly("-700 matched", "-800 matched");
        assertThat(found())
                .singleElement()
                .satisfies(each -> assertThat(each).contains("its balance and ours"));

        var xml =
                """
                <?xml version="1.0" encoding="UTF-8"?><?OFX OFXHEADER="200" VERSION="211"?>
                <OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>BRL</CURDEF>
                <BANKTRANLIST><DTSTART>%1$s</DTSTART><DTEND>%1$s</DTEND>
                <STMTTRN><TRNTYPE>DEBIT</TRNTYPE><DTPOSTED>%1$s</DTPOSTED><TRNAMT>-7.00</TRNAMT>
                <FITID>9</FITID><MEMO>%2$s</MEMO></STMTTRN>
                </BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
                """
                        .formatted(day.toString().replace("-", ""), a);
        var again = admin.with("Content-Type", "application/x-ofx").post(imports("xml.ofx"), xml);
        assertThat(again.json().get("new_lines").longValue()).isZero();
    }

    @Test
    void the_rails_own_statement_of_a_day_matches_and_comes_again_without_effect() {
        pay("a", 700);
        var payment =
                admin.post("/payments/pix", "{\"value\":12.34}").json().at("/payment/id").asText();
        admin.post("/payments/pix/" + payment + "/simulation", "");
        assertThat(fromRail(day).status()).as("the day is not over").isEqualTo(400);
        goTo(1);
        var answer = fromRail(day);
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        assertThat(answer.json().get("lines").longValue()).isGreaterThanOrEqualTo(1);
        assertThat(states("movements"))
                .contains("-700 matched")
                .allMatch(it -> it.endsWith(" matched"));
        assertThat(states("lines")).allMatch(it -> it.endsWith(" matched"));
        assertThat(fromRail(day).status()).isEqualTo(200);
        job.run();
        assertThat(states("lines")).allMatch(it -> it.endsWith(" matched"));
    }

    @Test
    void what_cannot_be_read_is_refused_and_nothing_is_imported() {
        for (var wrong :
                List.of(
                        "",
                        "date,amount\n",
                        "date,amount\n2026-11-25,12.345\n",
                        "date,amount\n2026-13-25,12\n",
                        "a,b\n1,2\n",
                        "\0",
                        "<OFX>",
                        "<OFX></OFX>",
                        "<OFX><STMTTRN></OFX>",
                        "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><OFX>&e;</OFX>",
                        "<OFX>" + "<A>".repeat(100) + "</OFX>",
                        "<OFX><BANKTRANLIST><DTSTART>x<DTEND>y</BANKTRANLIST></OFX>")) {
            var answer =
                    admin.with("Content-Type", "text/csv")
                            .post("/reconciliation/statements", wrong);
            assertThat(answer.status()).as(wrong).isEqualTo(400);
        }
        assertThat(Rows.number("select count(*) from bank_statement")).isZero();
    }

    private Answer importCsv(List<String> lines) {
        var csv = "date;amount;end_to_end_id;description\n" + String.join("\n", lines) + "\n";
        return admin.with("Content-Type", "text/csv").post(imports("extrato.csv"), csv);
    }

    private String imports(String name) {
        return "/reconciliation/statements?name=" + name;
    }

    private Answer fromRail(LocalDate of) {
        return admin.post("/reconciliation/statements/rail", "{\"day\":\"%s\"}".formatted(of));
    }

    private static String line(LocalDate of, long cents, String endToEndId) {
        return "%s;%s;%s;Pix"
                .formatted(of, java.math.BigDecimal.valueOf(cents, 2).toPlainString(), endToEndId);
    }

    /// Pays somebody, and says what the bank calls it.
    private String pay(String name, long cents) {
        var id = run + "-" + name;
        var body =
                """
                {"batch_id":"%1$s","items":[{"external_id":"%1$s","amount_cents":%2$d,
                "pix_key":"tie@mail.com"}]}"""
                        .formatted(id, cents);
        var answer = admin.post("/payouts/batch", body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return admin.get("/payouts/" + id).json().at("/attempts/0/end_to_end_id").textValue();
    }

    private JsonNode day() {
        var answer = admin.get("/reconciliation/days/" + day);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private List<String> states(String side) {
        var states = new ArrayList<String>();
        for (var each : day().required(side)) {
            states.add(each.get("amount_cents").longValue() + " " + each.get("state").textValue());
        }
        return states;
    }

    private String id(String side, long cents) {
        for (var each : day().required(side)) {
            if (each.get("amount_cents").longValue() == cents) {
                return each.get("id").textValue();
            }
        }
        throw new AssertionError(cents);
    }

    private Answer join(List<String> lines, List<String> movements) {
        return admin.post(
                "/reconciliation/matches",
                vintem.platform.Json.text(
                        java.util.Map.of("lines", lines, "movements", movements)));
    }

    /// What the audit finds of the tie-out.
    private List<String> found() {
        return audit.findings().stream()
                .filter(each -> each.claim().startsWith("each line of the bank's"))
                .flatMap(each -> each.wrong().stream())
                .toList();
    }

    /// Ten in the morning, so many days ahead.
    private void goTo(int daysAhead) {
        var then =
                BusinessDays.today(clock)
                        .plusDays(daysAhead)
                        .atTime(10, 0)
                        .atZone(BusinessDays.SAO_PAULO)
                        .toInstant();
        clock.passes(Duration.between(clock.instant(), then));
        // Tokens do not last for days.
        admin = Http.admin();
    }
}
