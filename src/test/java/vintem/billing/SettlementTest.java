package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.Books;
import vintem.Http;
import vintem.Http.Answer;
import vintem.MovableClock;
import vintem.Rows;
import vintem.World;
import vintem.platform.Together;

/// The bank's webhook: every rule of the contract, and that no cent is booked twice.
@QuarkusTest
@QuarkusTestResource(World.class)
class SettlementTest {
    // Paid long ago, as the contract's sample is.
    private static final String THEN = "2022-06-09 10:00:00";

    @Inject MovableClock clock;
    @Inject SettleCharge settleCharge;
    @Inject vintem.platform.Database database;

    private final Http creditor = Http.admin();

    @AfterAll
    static void every_cent_is_there() {
        Books.assertInOrder();
    }

    @Test
    void parts_accumulate_until_the_charge_is_paid() {
        var debt = Debts.newDebt();
        var id = charge(debt, "1000000.00");
        var first = Debts.tell(Debts.told(debt, "100000.00", THEN));
        assertThat(first.status()).as(first.body()).isEqualTo(200);
        assertThat(first.json().get("charge_status").asText()).isEqualTo("partially_paid");
        assertThat(first.body()).contains("\"open_amount\":900000.00");
        assertThat(Debts.news(id, "charge.partially_paid")).isOne();

        var rest = Debts.tell(Debts.told(debt, "900000.00", "2022-06-10 10:00:00"));
        assertThat(rest.json().get("charge_status").asText()).isEqualTo("paid");
        var charge = Debts.look(creditor, id);
        assertThat(charge.at("/charge/status").asText()).isEqualTo("paid");
        assertThat(charge.at("/charge/paid_at").asText()).isEqualTo("2022-06-10T13:00:00Z");
        assertThat(charge.at("/charge/boleto_status").asText()).isEqualTo("paid");
        assertThat(charge.get("settlements")).hasSize(2);
        assertThat(Debts.cents(id, "charge_settled")).isEqualTo(100_000_000);
        assertThat(Debts.news(id, "charge.paid")).isOne();
        assertThat(Debts.news(id, "charge.overpaid")).isZero();
    }

    @Test
    void a_time_without_a_zone_is_sao_paulos() {
        var debt = Debts.newDebt();
        charge(debt, "10");
        var answer = Debts.tell(Debts.told(debt, "1", THEN));
        assertThat(answer.json().at("/settlement/paid_at").asText())
                .isEqualTo("2022-06-09T13:00:00Z");
        // The same moment, written otherwise, is the same message.
        var again = Debts.tell(Debts.told(debt, "1.00", "2022-06-09T13:00:00Z"));
        assertThat(again.json().get("repeated").asBoolean()).isTrue();
        var once = Debts.tell(Debts.told(debt, "1", "2022-06-09T10:00:00-03:00"));
        assertThat(once.json().get("repeated").asBoolean()).isTrue();
    }

    @Test
    void without_an_id_the_four_fields_together_tell_a_message_that_comes_again() {
        var debt = Debts.newDebt();
        var id = charge(debt, "100");
        assertThat(repeated(Debts.told(debt, "10", THEN))).isFalse();
        assertThat(repeated(Debts.told(debt, "10", THEN))).isTrue();
        assertThat(repeated(Debts.told(debt, "10", "2022-06-09 10:00:01"))).isFalse();
        assertThat(repeated(Debts.told(debt, "11", THEN))).isFalse();
        assertThat(repeated(Debts.told(debt, "10", THEN).replace("John", "Jane"))).isFalse();
        assertThat(Debts.cents(id, "charge_settled")).isEqualTo(4_100);
    }

    @Test
    void with_an_id_the_id_alone_tells_it() {
        var debt = Debts.newDebt();
        var id = charge(debt, "100");
        var one = UUID.randomUUID().toString();
        assertThat(repeated(Debts.told(debt, "10", THEN, one))).isFalse();
        assertThat(repeated(Debts.told(debt, "10", "2022-06-09 10:00:05", one))).isTrue();
        assertThat(repeated(Debts.told(debt, "10", THEN, UUID.randomUUID().toString()))).isFalse();
        var endToEnd =
                Debts.told(debt, "10", THEN, one + "-2").replace("payment_id", "end_to_end_id");
        assertThat(repeated(endToEnd)).isFalse();
        assertThat(repeated(endToEnd)).isTrue();
        // Told once more with both of its names, and then with the other one alone.
        var both = endToEnd.replace("{", "{\"payment_id\":\"" + one + "-3\",");
        assertThat(repeated(both)).isTrue();
        assertThat(repeated(Debts.told(debt, "10", THEN, one + "-3"))).isTrue();
        assertThat(Debts.cents(id, "charge_settled")).isEqualTo(3_000);
    }

    @Test
    void an_id_told_with_another_amount_or_for_another_debt_is_a_contradiction() {
        var debt = Debts.newDebt();
        var other = Debts.newDebt();
        charge(debt, "100");
        charge(other, "100");
        var one = UUID.randomUUID().toString();
        Debts.tell(Debts.told(debt, "10", THEN, one));
        for (var body :
                List.of(Debts.told(debt, "11", THEN, one), Debts.told(other, "10", THEN, one))) {
            var answer = Debts.tell(body);
            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.json().get("type").asText()).endsWith("/other-value-before");
        }
    }

    @Test
    void two_hundred_tellings_of_one_payment_at_once_are_one_settlement() {
        var debt = Debts.newDebt();
        var id = charge(debt, "100");
        var body = Debts.told(debt, "100", THEN);
        var answers = Together.atOnce(200, () -> Debts.tell(body));
        assertThat(answers).extracting(Answer::status).containsOnly(200);
        assertThat(answers).filteredOn(it -> !it.json().get("repeated").asBoolean()).hasSize(1);
        assertThat(settlements(id)).isOne();
        assertThat(Debts.cents(id, "charge_settled")).isEqualTo(10_000);
        assertThat(Debts.news(id, "charge.paid")).isOne();
    }

    @Test
    void a_hundred_different_parts_at_once_all_count() {
        var debt = Debts.newDebt();
        var id = charge(debt, "100");
        var works = new ArrayList<Callable<Answer>>();
        for (var i = 0; i < 100; i++) {
            var body = Debts.told(debt, "1", THEN, UUID.randomUUID().toString());
            works.add(() -> Debts.tell(body));
        }
        assertThat(Together.atOnce(works)).extracting(Answer::status).containsOnly(200);
        assertThat(Debts.status(creditor, id)).isEqualTo("paid");
        assertThat(settlements(id)).isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "",
                "{\"debtId\":\"x\"}",
                "{\"debtId\":\"x\",\"paidAt\":\"2022-06-09 10:00:00\",\"paidAmount\":0}",
                "{\"debtId\":\"x\",\"paidAt\":\"2022-06-09 10:00:00\",\"paidAmount\":-1}",
                "{\"debtId\":\"x\",\"paidAt\":\"2022-06-09 10:00:00\",\"paidAmount\":0.001}",
                "{\"debtId\":\"x\",\"paidAt\":\"2022-06-09 10:00:00\",\"paidAmount\":\"1\"}",
                "{\"debtId\":\"x\",\"paidAt\":\"2022-06-09 10:00:00\",\"paidAmount\":1e40}",
                "{\"debtId\":\"x\",\"paidAt\":\"2022-02-30 10:00:00\",\"paidAmount\":1}",
                "{\"debtId\":\"x\",\"paidAt\":\"2022-06-09 25:00:00\",\"paidAmount\":1}",
                "{\"debtId\":\"x\",\"paidAt\":\"09/06/2022 10:00\",\"paidAmount\":1}",
                "{\"debtId\":\"x\",\"paidAt\":\"yesterday\",\"paidAmount\":1}",
                "{\"debtId\":\"x\",\"paidAt\":1654779600,\"paidAmount\":1}",
                "{\"debtId\":\"x\",\"paidAt\":\"2022-06-09 10:00:00+99:00\",\"paidAmount\":1}",
                "{\"debtId\":\"x\",\"paidAt\":\"2999-06-09 10:00:00\",\"paidAmount\":1}",
                "{\"debtId\":8291,\"paidAt\":\"2022-06-09 10:00:00\",\"paidAmount\":1}",
                "{\"debtId\":\"\",\"paidAt\":\"2022-06-09 10:00:00\",\"paidAmount\":1}",
                "{\"debtId\":\"x\\u0000\",\"paidAt\":\"2022-06-09 10:00:00\",\"paidAmount\":1}",
                "{\"debtId\":\"x\",\"paidAt\":\"2022-06-09 10:00:00\",\"paidAmount\":1,"
                        + "\"payment_id\":\"\"}",
                "{\"debtId\":\"x\",\"paidAt\":\"2022-06-09 10:00:00\",\"paidAmount\":1,"
                        + "\"payment_id\":\"a b\"}",
                "{\"debtId\":\"x\",\"paidAt\":\"2022-06-09 10:00:00\",\"paidAmount\":1,"
                        + "\"paidAmount\":2}"
            })
    void what_is_malformed_is_refused_and_leaves_no_trace(String body) {
        var before = Rows.number("select count(*) from charge_settlement");
        assertThat(
                        Debts.bank()
                                .with("Content-Type", "application/json")
                                .post("/billing/payments", body)
                                .status())
                .isEqualTo(400);
        assertThat(Rows.number("select count(*) from charge_settlement")).isEqualTo(before);
    }

    @Test
    void the_banks_clock_may_be_five_minutes_ahead_and_no_more() {
        var debt = Debts.newDebt();
        charge(debt, "100");
        var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        assertThat(Debts.tell(Debts.told(debt, "1", at(now.plusSeconds(240)))).status())
                .isEqualTo(200);
        assertThat(Debts.tell(Debts.told(debt, "1", at(now.plusSeconds(400)))).status())
                .isEqualTo(400);
    }

    @Test
    void only_the_bank_may_tell() {
        var body = Debts.told("x", "1", THEN);
        assertThat(Http.nobody().post("/billing/payments", body).status()).isEqualTo(401);
        assertThat(creditor.post("/billing/payments", body).status()).isEqualTo(403);
    }

    @Test
    void an_unknown_debt_is_kept_and_booked_when_an_operator_says_whose_it_is() {
        var stranger = Debts.newDebt();
        var debt = Debts.newDebt();
        var id = charge(debt, "50");
        var bank = Debts.balance("bank");
        var answer = Debts.tell(Debts.told(stranger, "50", THEN));
        assertThat(answer.status()).isEqualTo(404);
        var settlement = answer.json().get("settlement_id").asText();
        assertThat(
                        Debts.tell(Debts.told(stranger, "50", THEN))
                                .json()
                                .get("settlement_id")
                                .asText())
                .isEqualTo(settlement);
        assertThat(Debts.news(settlement, "settlement.unknown")).isOne();
        assertThat(Debts.balance("bank")).isEqualTo(bank);
        assertThat(waiting()).contains(settlement);

        assertThat(match(settlement, "nobody-has-this").status()).isEqualTo(404);
        var matched = match(settlement, debt);
        assertThat(matched.status()).as(matched.body()).isEqualTo(200);
        assertThat(matched.json().get("charge_status").asText()).isEqualTo("paid");
        assertThat(matched.json().at("/settlement/decided_by").asText()).isEqualTo("admin");
        assertThat(Debts.balance("bank")).isEqualTo(bank + 5_000);
        assertThat(waiting()).doesNotContain(settlement);
        // Decided once; the bank may tell of it as often as it likes.
        assertThat(match(settlement, debt).status()).isEqualTo(200);
        var other = Debts.newDebt();
        charge(other, "50");
        assertThat(match(settlement, other).status()).isEqualTo(409);
        assertThat(dismiss(settlement).status()).isEqualTo(409);
        assertThat(repeated(Debts.told(stranger, "50", THEN))).isTrue();
        assertThat(settlements(id)).isOne();
    }

    @Test
    void a_debt_that_is_charged_later_is_paid_when_the_bank_tells_again() {
        var debt = Debts.newDebt();
        var settlement =
                Debts.tell(Debts.told(debt, "50", THEN)).json().get("settlement_id").asText();
        assertThat(dismiss(settlement).json().get("status").asText()).isEqualTo("dismissed");
        assertThat(dismiss(settlement).status()).isEqualTo(200);
        assertThat(match(settlement, debt).status()).isEqualTo(404);
        var id = charge(debt, "50");
        assertThat(match(settlement, debt).status()).isEqualTo(409);
        assertThat(repeated(Debts.told(debt, "50", THEN))).isFalse();
        assertThat(Debts.status(creditor, id)).isEqualTo("paid");
        assertThat(repeated(Debts.told(debt, "50", THEN))).isTrue();
        assertThat(Debts.cents(id, "charge_settled")).isEqualTo(5_000);
    }

    @Test
    void an_unknown_debt_told_by_many_at_once_waits_once() {
        var body = Debts.told(Debts.newDebt(), "3", THEN);
        var answers = Together.atOnce(60, () -> Debts.tell(body));
        assertThat(answers).extracting(Answer::status).containsOnly(404);
        assertThat(answers.stream().map(it -> it.json().get("settlement_id").asText()).distinct())
                .hasSize(1);
    }

    @Test
    void two_nodes_that_are_told_at_the_same_moment_book_it_once() {
        // Each transaction is a node's own: what one coalescer gathers, another cannot.
        var known = Debts.newDebt();
        var id = charge(known, "40");
        var stranger = Debts.newDebt();
        var works = new ArrayList<Callable<List<SettleCharge.Outcome>>>();
        for (var node = 0; node < 12; node++) {
            works.add(
                    () ->
                            database.transaction(
                                    tx ->
                                            settleCharge.settle(
                                                    tx,
                                                    List.of(
                                                            message(stranger, 700),
                                                            message(known, 4_000)))));
        }
        var outcomes = Together.atOnce(works);
        assertThat(settlements(id)).isOne();
        assertThat(Debts.cents(id, "charge_settled")).isEqualTo(4_000);
        assertThat(outcomes.stream().map(each -> each.getFirst()).distinct()).hasSize(1);
        assertThat(outcomes)
                .filteredOn(
                        each ->
                                each.getLast()
                                                instanceof
                                                SettleCharge.Outcome.Settled(_, _, var again)
                                        && !again)
                .hasSize(1);
    }

    private SettleCharge.Message message(String debt, long cents) {
        return new SettleCharge.Message(
                vintem.platform.Ids.next(),
                debt,
                cents,
                Instant.parse("2026-01-05T13:00:00Z"),
                "John Doe",
                null,
                null,
                clock.instant());
    }

    @Test
    void what_is_too_much_is_a_credit_and_flagged() {
        var debt = Debts.newDebt();
        var id = charge(debt, "10");
        var answer = Debts.tell(Debts.told(debt, "12.50", THEN));
        assertThat(answer.json().at("/settlement/reason").asText()).isEqualTo("overpaid");
        assertThat(answer.json().at("/settlement/credit_amount").decimalValue())
                .isEqualByComparingTo("2.50");
        assertThat(Debts.status(creditor, id)).isEqualTo("paid");
        assertThat(Debts.cents(id, "charge_overpaid")).isEqualTo(250);
        assertThat(Debts.news(id, "charge.overpaid")).isOne();
        assertThat(ids(creditor.get("/billing/payments?only=credit").json()))
                .contains(answer.json().at("/settlement/id").asText());
    }

    @Test
    void money_for_what_is_paid_or_cancelled_is_all_credit() {
        var paid = Debts.newDebt();
        var paidId = charge(paid, "10");
        Debts.tell(Debts.told(paid, "10", THEN));
        var second = Debts.tell(Debts.told(paid, "10", "2022-06-10 10:00:00"));
        assertThat(second.json().at("/settlement/reason").asText()).isEqualTo("paid_before");
        assertThat(Debts.cents(paidId, "charge_overpaid")).isEqualTo(1_000);

        var cancelled = Debts.newDebt();
        var cancelledId = charge(cancelled, "10");
        creditor.post("/charges/" + cancelledId + "/cancel", "");
        var late = Debts.tell(Debts.told(cancelled, "10", THEN));
        assertThat(late.json().at("/settlement/reason").asText()).isEqualTo("cancelled");
        assertThat(Debts.cents(cancelledId, "charge_overpaid")).isEqualTo(1_000);
        assertThat(Debts.status(creditor, cancelledId)).isEqualTo("cancelled");
    }

    @Test
    void what_is_due_is_reckoned_at_the_time_it_was_paid() {
        // A Monday; 2 % once and 3 % a month for 10 days are 3.00.
        var due = LocalDate.of(2026, 3, 2);
        var terms = Map.of("fine", "2%", "interest", "3%/month");
        var inTime = Debts.newDebt();
        charge(inTime, "100", due, terms);
        var first = Debts.tell(Debts.told(inTime, "100", "2026-03-02 23:59:59"));
        assertSplit(first, "100", "0", "0", "0");

        var late = Debts.newDebt();
        var lateId = charge(late, "100", due, terms);
        assertSplit(
                Debts.tell(Debts.told(late, "103", "2026-03-12 10:00:00")), "100", "3", "0", "0");
        assertThat(Debts.cents(lateId, "charge_late_paid")).isEqualTo(300);

        var above = Debts.newDebt();
        charge(above, "100", due, terms);
        assertSplit(
                Debts.tell(Debts.told(above, "105", "2026-03-12 10:00:00")), "100", "3", "2", "0");

        var below = Debts.newDebt();
        charge(below, "100", due, terms);
        var short2 = Debts.tell(Debts.told(below, "101", "2026-03-12 10:00:00"));
        assertThat(short2.json().get("charge_status").asText()).isEqualTo("paid");
        assertSplit(short2, "100", "1", "0", "2");
        assertThat(ids(creditor.get("/billing/payments?only=waived").json()))
                .contains(short2.json().at("/settlement/id").asText());
    }

    @Test
    void late_at_night_in_utc_is_still_the_day_before_in_sao_paulo() {
        var debt = Debts.newDebt();
        charge(debt, "100", LocalDate.of(2026, 3, 2), Map.of("fine", "2%"));
        assertSplit(
                Debts.tell(Debts.told(debt, "100", "2026-03-03T02:59:59Z")), "100", "0", "0", "0");
    }

    @Test
    void by_the_discounts_day_less_settles_the_whole_and_the_discount_leaves_the_books() {
        var debt = Debts.newDebt();
        var terms = Map.of("discount", "10% until 2026-03-02");
        var id = charge(debt, "100", LocalDate.of(2026, 3, 10), terms);
        var answer = Debts.tell(Debts.told(debt, "90", "2026-03-02 12:00:00"));
        assertThat(answer.json().get("charge_status").asText()).isEqualTo("paid");
        assertSplit(answer, "90", "0", "0", "0");
        assertThat(Debts.cents(id, "charge_discounted")).isEqualTo(1_000);

        var later = Debts.newDebt();
        charge(later, "100", LocalDate.of(2026, 3, 10), terms);
        assertThat(
                        Debts.tell(Debts.told(later, "90", "2026-03-03 12:00:00"))
                                .json()
                                .get("charge_status")
                                .asText())
                .isEqualTo("partially_paid");
    }

    @Test
    void spaces_around_the_debt_id_do_not_matter() {
        var debt = Debts.newDebt();
        var wish = Debts.wish(debt + " ", "10", Debts.today(clock));
        assertThat(Debts.charge(creditor, wish).get("debt_id").asText()).isEqualTo(debt);
        assertThat(Debts.tell(Debts.told(debt + "  ", "10", THEN)).status()).isEqualTo(200);
    }

    private String charge(String debt, String amount) {
        return charge(debt, amount, Debts.today(clock).plusDays(30), Map.of());
    }

    private String charge(String debt, String amount, LocalDate due, Map<String, String> terms) {
        var wish = Debts.wish(debt, amount, due);
        wish.putAll(terms);
        return Debts.charge(creditor, wish).get("id").asText();
    }

    private static boolean repeated(String body) {
        var answer = Debts.tell(body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().get("repeated").asBoolean();
    }

    private static long settlements(String chargeId) {
        return Rows.number(
                "select count(*) from charge_settlement where charge_id = ?::uuid", chargeId);
    }

    private static void assertSplit(
            Answer answer, String principal, String late, String credit, String waived) {
        var settlement = answer.json().get("settlement");
        assertThat(settlement.get("principal_amount").decimalValue())
                .isEqualByComparingTo(principal);
        assertThat(settlement.get("late_amount").decimalValue()).isEqualByComparingTo(late);
        assertThat(settlement.get("credit_amount").decimalValue()).isEqualByComparingTo(credit);
        assertThat(settlement.get("waived_amount").decimalValue()).isEqualByComparingTo(waived);
    }

    private Answer match(String settlement, String debt) {
        return creditor.post(
                "/billing/payments/unknown/" + settlement + "/match",
                "{\"debt_id\":\"%s\"}".formatted(debt));
    }

    private Answer dismiss(String settlement) {
        return creditor.post("/billing/payments/unknown/" + settlement + "/dismiss", "");
    }

    private List<String> waiting() {
        return ids(creditor.get("/billing/payments/unknown?limit=500").json());
    }

    private static List<String> ids(JsonNode page) {
        var ids = new ArrayList<String>();
        page.get("items").forEach(each -> ids.add(each.get("id").asText()));
        return ids;
    }

    private static String at(Instant instant) {
        return instant.toString();
    }
}
