package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
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
import vintem.access.Caller;
import vintem.platform.Ids;
import vintem.platform.Together;

/// Charges as their creditor makes, finds, postpones and cancels them.
@QuarkusTest
@QuarkusTestResource(World.class)
class ChargeContractTest {
    @Inject MovableClock clock;
    @Inject CancelCharges cancelCharges;
    @Inject vintem.platform.Database database;
    @Inject MakeCharges makeCharges;
    @Inject Boletos boletos;

    private final Http creditor = Http.admin();

    @AfterAll
    static void every_cent_is_there() {
        Books.assertInOrder();
    }

    @Test
    void the_contracts_own_body_makes_a_charge_with_its_boleto() {
        var answer =
                creditor.post(
                        "/charges",
                        "{\"name\":\"John Doe\",\"governmentId\":\"11111111111\","
                                + "\"email\":\"johndoe@kanastra.com.br\",\"debtAmount\":990.00,"
                                + "\"debtDueDate\":\"26/01/2025\"}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        var charge = answer.json();
        var id = charge.get("id").asText();
        assertThat(answer.header("Location")).endsWith("/charges/" + id);
        assertThat(charge.get("debt_id").asText()).isEqualTo(id);
        assertThat(answer.body()).contains("\"debt_amount\":990.00");
        assertThat(charge.get("debt_due_date").asText()).isEqualTo("2025-01-26");
        assertThat(charge.get("document_valid").asBoolean()).isFalse();
        assertThat(charge.get("status").asText()).isEqualTo("open");
        assertThat(charge.get("created_at").asText()).isNotBlank();
        assertThat(charge.get("updated_at")).isEqualTo(charge.get("created_at"));
        // Past due: the boleto falls due when banks take it, beside the debt's own date.
        assertThat(LocalDate.parse(charge.get("boleto_due_date").asText()))
                .isEqualTo(boletos.earliestDue(Debts.today(clock)));
        assertThat(charge.get("boleto_status").asText()).isEqualTo("registered");
        assertThat(charge.get("bar_code").asText()).matches("[0-9]{44}").contains("0000099000");
        assertThat(charge.get("line").asText()).matches("[0-9]{47}");
        assertThat(charge.get("printed_line").asText()).contains(".");
        assertThat(charge.get("boleto_number").asText()).isNotBlank();
        assertThat(charge.get("page_url").asText()).matches(".*/c/[A-Za-z0-9_-]{43}");
        assertThat(charge.get("due_today").get("total_amount").decimalValue())
                .isEqualByComparingTo("990");
        assertThat(Debts.cents(id, "charge_made")).isEqualTo(99_000);
        assertThat(Debts.news(id, "charge.created")).isOne();
        var details = creditor.get(answer.header("Location")).json();
        assertThat(details.get("charge").get("id").asText()).isEqualTo(id);
        assertThat(details.at("/emails/0/reason").asText()).isEqualTo("issued");
        assertThat(details.at("/transfers/0/credit").asText()).isEqualTo("already_recognised");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name|\"\"",
                "name|null",
                "name|7",
                "name|\"a\\u0007b\"",
                "governmentId|null",
                "email|\"ana\"",
                "email|\"ana@example.com\\r\\nBcc: eve@example.com\"",
                "email|\"ana@x\\u0000.com\"",
                "debtAmount|0",
                "debtAmount|-1",
                "debtAmount|\"990.00\"",
                "debtAmount|9.999",
                "debtAmount|1e30",
                "debtAmount|null",
                "debtDueDate|\"31/02/2025\"",
                "debtDueDate|\"2025-13-01\"",
                "debtDueDate|\"01-02-2025\"",
                "debtDueDate|\"2025-01-01T00:00:00Z\"",
                "debtDueDate|\"01/01/0001\"",
                "debtDueDate|20250126",
                "debtId|\"  \"",
                "fine|\"200%\"",
                "interest|\"1%/fortnight\"",
                "discount|\"100% until 2026-01-01\"",
                "billed|\"sales\""
            })
    void each_mistake_is_named_and_nothing_is_written(String field, String value) {
        var before = Rows.number("select count(*) from charge");
        var body =
                "{\"name\":\"Ana\",\"governmentId\":\"9558\",\"email\":\"ana@example.com\","
                        + "\"debtAmount\":10,\"debtDueDate\":\"2027-01-26\"}";
        var json = vintem.platform.Json.text(Map.of(field, "@")).replace("\"@\"", value);
        var wrong =
                body.replaceAll("\"" + field + "\":[^,}]+,?", "")
                        .replace(",}", "}")
                        .replaceFirst(
                                "\\{",
                                java.util.regex.Matcher.quoteReplacement(
                                        json.substring(0, json.length() - 1) + ","));
        var answer = creditor.post("/charges", wrong);
        assertThat(answer.status()).as(wrong + " " + answer.body()).isEqualTo(400);
        assertThat(answer.json().at("/violations/0/pointer").asText()).isEqualTo("/" + field);
        assertThat(Rows.number("select count(*) from charge")).isEqualTo(before);
    }

    @Test
    void a_debt_is_charged_once_for_ever_and_whoever_comes_second_is_told_by_which_charge() {
        var debt = Debts.newDebt();
        var due = Debts.today(clock).plusDays(30);
        var first = Debts.charge(creditor, Debts.wish(debt, "10.50", due));
        var same = Debts.tryCharge(creditor, Debts.wish(debt, "10.50", due));
        assertThat(same.status()).isEqualTo(409);
        assertThat(same.json().get("type").asText()).endsWith("/debt-charged-before");
        assertThat(same.json().get("charge_id")).isEqualTo(first.get("id"));
        assertThat(same.json().get("differs")).isEmpty();
        var other = Debts.tryCharge(creditor, Debts.wish(debt, "11", due.plusDays(1)));
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.json().get("differs").toString())
                .isEqualTo("[\"debtAmount\",\"debtDueDate\"]");
        assertThat(Debts.cents(first.get("id").asText(), "charge_made")).isEqualTo(1_050);
    }

    @Test
    void one_debt_asked_for_by_many_at_once_is_charged_once() {
        var debt = Debts.newDebt();
        var due = Debts.today(clock).plusDays(30);
        var answers =
                Together.atOnce(40, () -> Debts.tryCharge(creditor, Debts.wish(debt, "3", due)));
        assertThat(answers).filteredOn(it -> it.status() == 201).hasSize(1);
        assertThat(answers).filteredOn(it -> it.status() == 409).hasSize(39);
    }

    @Test
    void two_hundred_different_debts_at_once_are_all_charged_and_no_number_comes_twice() {
        var due = Debts.today(clock).plusDays(30);
        var works = new ArrayList<Callable<Answer>>();
        for (var i = 0; i < 200; i++) {
            works.add(() -> Debts.tryCharge(creditor, Debts.wish(Debts.newDebt(), "7", due)));
        }
        var answers = Together.atOnce(works);
        assertThat(answers).extracting(Answer::status).containsOnly(201);
        var numbers = new HashSet<String>();
        answers.forEach(it -> numbers.add(it.json().get("boleto_number").asText()));
        assertThat(numbers).hasSize(200);
    }

    @Test
    void a_request_sent_again_with_its_key_is_answered_with_the_same_bytes() {
        var keyed = creditor.with("Idempotency-Key", Ids.next().toString());
        var body =
                vintem.platform.Json.text(
                        Debts.wish(Debts.newDebt(), "10", Debts.today(clock).plusDays(9)));
        var first = keyed.post("/charges", body);
        var second = keyed.post("/charges", body);
        assertThat(first.status()).isEqualTo(201);
        assertThat(second.status()).isEqualTo(201);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.header("Location")).isEqualTo(first.header("Location"));
        assertThat(second.header("Idempotency-Hit")).isEqualTo("true");
        assertThat(keyed.post("/charges", body.replace("Ana", "Eva")).status()).isEqualTo(422);
    }

    @Test
    void documents_and_addresses_may_repeat_and_may_be_odd() {
        var due = Debts.today(clock).plusDays(30);
        for (var document : List.of("9558", "11111111111", "9558")) {
            var wish = Debts.wish(Debts.newDebt(), "10", due);
            wish.put("governmentId", document);
            wish.put("email", "the-same@example.com");
            assertThat(Debts.charge(creditor, wish).get("document_valid").asBoolean()).isFalse();
        }
        var valid = Debts.charge(creditor, Debts.wish(Debts.newDebt(), "10", due));
        assertThat(valid.get("document_valid").asBoolean()).isTrue();
        assertThat(valid.get("boleto_due_date").asText()).isEqualTo(due.toString());
    }

    @Test
    void what_no_boleto_can_hold_is_charged_without_one() {
        var due = Debts.today(clock).plusDays(30);
        var charge = Debts.charge(creditor, Debts.wish(Debts.newDebt(), "100000000.00", due));
        assertThat(charge.get("boleto_status").asText()).isEqualTo("none");
        assertThat(charge.get("bar_code").isNull()).isTrue();
        var largest = Debts.charge(creditor, Debts.wish(Debts.newDebt(), "99999999.99", due));
        assertThat(largest.get("boleto_status").asText()).isEqualTo("registered");
    }

    @Test
    void late_terms_are_none_by_default_and_warned_of_above_the_law() {
        var due = LocalDate.of(2025, 1, 10);
        var plain = Debts.charge(creditor, Debts.wish(Debts.newDebt(), "100", due));
        assertThat(plain.get("late_terms").asText()).isEmpty();
        assertThat(plain.at("/due_today/total_amount").decimalValue()).isEqualByComparingTo("100");
        var wish = Debts.wish(Debts.newDebt(), "100", due);
        wish.put("fine", "10%");
        wish.put("interest", "1%/month");
        var strict = Debts.charge(creditor, wish);
        assertThat(strict.get("late_terms").asText()).isEqualTo("fine=10%;interest=1%/month");
        assertThat(strict.get("warnings")).hasSize(1);
        assertThat(strict.at("/due_today/fine_amount").decimalValue()).isEqualByComparingTo("10");
        assertThat(strict.at("/due_today/days_late").asLong()).isPositive();
    }

    @Test
    void a_name_is_found_without_its_accents_and_however_many_spaces_stand_in_it() {
        var marker = letters(12);
        var wish = Debts.wish(Debts.newDebt(), "10", LocalDate.of(2031, 5, 1));
        wish.put("name", "JOSÉ  d'Ávila " + marker);
        var id = Debts.charge(creditor, wish).get("id").asText();
        assertThat(pages("debtor=jose%20d'avila%20" + marker, 2)).isEqualTo(List.of(id));
        assertThat(pages("debtor=Jos%C3%A9%20d'%C3%81vila%20%20" + marker, 2))
                .isEqualTo(List.of(id));
    }

    @Test
    void lists_filter_by_each_thing_and_go_on_page_by_page() {
        // As long as a CNPJ, which it is not.
        var marker = "Zz" + letters(12);
        var due = LocalDate.of(2031, 5, 1);
        var ids = new ArrayList<String>();
        for (var i = 0; i < 5; i++) {
            var wish = Debts.wish(Debts.newDebt(), "10", due.plusDays(i));
            wish.put("name", marker + " " + i);
            wish.put("governmentId", "390.533.447-05");
            wish.put("email", marker + "@example.com");
            ids.add(Debts.charge(creditor, wish).get("id").asText());
        }
        creditor.post("/charges/" + ids.get(3) + "/cancel", "");
        // Newest first.
        assertThat(pages("debtor=" + marker + "@example.com", 2)).isEqualTo(ids.reversed());
        assertThat(pages("debtor=39053344705", 100)).containsAll(ids);
        assertThat(pages("debtor=" + marker.toUpperCase(), 2)).isEqualTo(ids);
        assertThat(pages("debtor=" + marker + "%203", 2)).isEqualTo(List.of(ids.get(3)));
        assertThat(pages("debtor=" + marker + "&status=open", 2))
                .isEqualTo(List.of(ids.get(0), ids.get(1), ids.get(2), ids.get(4)));
        assertThat(pages("debtor=" + marker + "@example.com&status=cancelled", 2))
                .isEqualTo(List.of(ids.get(3)));
        assertThat(pages("due_from=2031-05-02&due_to=04/05/2031", 1)).isEqualTo(ids.subList(1, 4));
        assertThat(pages("due_from=2031-05-02&due_to=2031-05-05&status=open,paid", 2))
                .isEqualTo(List.of(ids.get(1), ids.get(2), ids.get(4)));
        var debtId = Debts.look(creditor, ids.get(2)).at("/charge/debt_id").asText();
        assertThat(pages("debt_id=" + debtId, 2)).isEqualTo(List.of(ids.get(2)));
        assertThat(pages("debt_id=" + debtId + "&status=paid", 2)).isEmpty();
        assertThat(pages("status=cancelled", 500)).contains(ids.get(3)).doesNotContain(ids.get(2));
        assertThat(pages("file_id=" + UUID.randomUUID(), 2)).isEmpty();
        assertThat(pages("", 3)).containsAll(ids);
        var line = creditor.get("/charges?debt_id=" + debtId).json().at("/items/0");
        assertThat(line.get("government_id").asText()).isEqualTo("***.533.447-**");
        for (var wrong : List.of("status=owed", "due_from=x", "file_id=1", "after=1", "limit=0")) {
            assertThat(creditor.get("/charges?" + wrong).status()).as(wrong).isEqualTo(400);
        }
    }

    private static String letters(int length) {
        var random = ThreadLocalRandom.current();
        return random.ints(length, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private List<String> pages(String query, int size) {
        var found = new ArrayList<String>();
        var next = "";
        do {
            var page = creditor.get("/charges?limit=" + size + "&" + query + next).json();
            page.get("items").forEach(each -> found.add(each.get("id").asText()));
            next = page.get("next").isNull() ? "" : "&after=" + page.get("next").asText();
        } while (!next.isEmpty());
        assertThat(new HashSet<>(found)).hasSameSizeAs(found);
        return found;
    }

    @Test
    void cancelling_takes_what_is_owed_out_of_the_books_once() {
        var wish = Debts.wish(Debts.newDebt(), "100", Debts.today(clock).plusDays(30));
        wish.put("billed", "revenue");
        var id = Debts.charge(creditor, wish).get("id").asText();
        assertThat(
                        Debts.tell(
                                        Debts.told(
                                                (String) wish.get("debtId"),
                                                "30",
                                                "2026-01-02 10:00:00"))
                                .status())
                .isEqualTo(200);
        var cancelled = creditor.post("/charges/" + id + "/cancel", "");
        assertThat(cancelled.status()).isEqualTo(200);
        assertThat(cancelled.json().get("status").asText()).isEqualTo("cancelled");
        assertThat(cancelled.json().get("boleto_status").asText()).isEqualTo("written_off");
        assertThat(Debts.cents(id, "charge_cancelled")).isEqualTo(7_000);
        assertThat(creditor.post("/charges/" + id + "/cancel", "").status()).isEqualTo(200);
        assertThat(Debts.cents(id, "charge_cancelled")).isEqualTo(7_000);
        assertThat(Debts.news(id, "charge.cancelled")).isOne();
        assertThat(creditor.post("/charges/" + UUID.randomUUID() + "/cancel", "").status())
                .isEqualTo(404);
    }

    @Test
    void a_paid_charge_is_neither_cancelled_nor_postponed() {
        var debt = Debts.newDebt();
        var id = id(debt, "10");
        Debts.tell(Debts.told(debt, "10", "2026-01-02 10:00:00"));
        var cancelled = creditor.post("/charges/" + id + "/cancel", "");
        assertThat(cancelled.status()).isEqualTo(409);
        assertThat(cancelled.json().get("type").asText()).endsWith("/charge-ended");
        assertThat(postpone(id, Debts.today(clock).plusDays(40).toString()).status())
                .isEqualTo(409);
        assertThat(Debts.status(creditor, id)).isEqualTo("paid");
    }

    @Test
    void another_due_date_makes_another_boleto_and_the_number_of_the_first_stays_used() {
        var debt = Debts.newDebt();
        var id = id(debt, "10");
        var before = Debts.look(creditor, id).get("charge");
        var due = Debts.today(clock).plusDays(60);
        var answer = postpone(id, due.toString());
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        var after = answer.json();
        assertThat(after.get("debt_due_date").asText()).isEqualTo(due.toString());
        assertThat(after.get("boleto_due_date").asText()).isEqualTo(due.toString());
        assertThat(after.get("boleto_number")).isNotEqualTo(before.get("boleto_number"));
        assertThat(after.get("boleto_status").asText()).isEqualTo("registered");
        var former = Debts.look(creditor, id).at("/former_boletos/0");
        assertThat(former.get("boleto_number")).isEqualTo(before.get("boleto_number"));
        assertThat(former.get("line")).isEqualTo(before.get("line"));
        assertThat(former.get("status").asText()).isEqualTo("written_off");
        // Asked for again, it is the same.
        assertThat(postpone(id, due.toString()).json()).isEqualTo(after);
        // Whoever pays the old boleto pays the same debt.
        assertThat(Debts.tell(Debts.told(debt, "10", "2026-01-02 10:00:00")).status())
                .isEqualTo(200);
        assertThat(Debts.status(creditor, id)).isEqualTo("paid");
    }

    @Test
    void a_boleto_of_what_is_left_is_made_after_a_part_was_paid() {
        var debt = Debts.newDebt();
        var id = id(debt, "100");
        Debts.tell(Debts.told(debt, "40", "2026-01-02 10:00:00"));
        var due = Debts.look(creditor, id).at("/charge/debt_due_date").asText();
        var after = postpone(id, due).json();
        assertThat(after.get("bar_code").asText().substring(9, 19)).isEqualTo("0000006000");
        assertThat(postpone(id, due).json().get("boleto_number"))
                .isEqualTo(after.get("boleto_number"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2020-01-01", "30/02/2030", "soon", ""})
    void no_due_date_in_the_past_and_none_that_is_no_day(String day) {
        var id = id(Debts.newDebt(), "10");
        var number = Debts.look(creditor, id).at("/charge/boleto_number");
        assertThat(postpone(id, day).status()).isEqualTo(400);
        assertThat(Debts.look(creditor, id).at("/charge/boleto_number")).isEqualTo(number);
    }

    @Test
    void a_whole_file_is_cancelled_but_for_what_is_paid() {
        var file = Ids.next();
        var debts = new ArrayList<String>();
        var list = new ArrayList<NewCharge>();
        var numbers = boletos.take(3);
        for (var i = 0; i < 3; i++) {
            var debt = Debts.newDebt();
            debts.add(debt);
            list.add(
                    new NewCharge(
                            Ids.next(),
                            debt,
                            file,
                            i + 2,
                            "Eva",
                            "9558",
                            false,
                            "eva@example.com",
                            1_000,
                            Debts.today(clock),
                            null,
                            Billed.OWED_TO_CREDITOR,
                            DebtorLink.newKey(),
                            boletos.issue(
                                    numbers,
                                    i,
                                    1_000,
                                    Debts.today(clock),
                                    Debts.today(clock),
                                    false),
                            clock.instant()));
        }
        database.run(tx -> makeCharges.make(tx, list));
        assertThat(pages("file_id=" + file, 2))
                .isEqualTo(list.reversed().stream().map(it -> it.id().toString()).toList());
        Debts.tell(Debts.told(debts.get(1), "10", "2026-01-02 10:00:00"));
        assertThat(cancelCharges.ofFile(file, Caller.SYSTEM)).isEqualTo(2);
        assertThat(cancelCharges.ofFile(file, Caller.SYSTEM)).isZero();
        assertThat(pages("file_id=" + file + "&status=cancelled", 1)).hasSize(2);
        assertThat(pages("file_id=" + file + "&status=paid", 1)).hasSize(1);
    }

    private String id(String debt, String amount) {
        var due = Debts.today(clock).plusDays(30);
        return Debts.charge(creditor, Debts.wish(debt, amount, due)).get("id").asText();
    }

    private Answer postpone(String id, String day) {
        return creditor.post(
                "/charges/" + id + "/due-date", "{\"due_date\":\"%s\"}".formatted(day));
    }
}
