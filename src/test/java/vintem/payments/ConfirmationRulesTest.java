package vintem.payments;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vintem.Http;
import vintem.Http.Answer;
import vintem.MovableClock;
import vintem.Rows;
import vintem.World;
import vintem.app.Audit;
import vintem.bank.SimulatedBank;

/// No real money is swallowed, and none is booked twice.
@QuarkusTest
@QuarkusTestResource(World.class)
class ConfirmationRulesTest {
    @Inject Audit audit;
    @Inject SimulatedBank bank;
    @Inject BookIncoming bookIncoming;
    @Inject MovableClock clock;

    private final Http merchant = Http.admin();

    @AfterEach
    void every_cent_is_there() {
        assertThat(audit.findings()).allSatisfy(each -> assertThat(each.wrong()).isEmpty());
    }

    @Test
    void two_hundred_confirmations_at_once_are_one_transition_one_transfer_and_one_event()
            throws Exception {
        var payment = Pix.create(merchant, 100.00);
        var id = payment.get("id").asText();
        var txid = payment.get("txid").asText();
        var endToEndId = Pix.endToEndId();
        var answers = atOnce(200, () -> Pix.confirm(txid, "100.00", endToEndId));
        assertThat(answers).extracting(Answer::status).containsOnly(200);
        assertThat(answers)
                .extracting(Answer::body)
                .containsOnly("{\"message\":\"The payment has been confirmed\"}");
        assertThat(Pix.transfers(id, "payment_confirmed")).isEqualTo(1);
        assertThat(Pix.news(id, "payment.confirmed")).isEqualTo(1);
        assertThat(receipts(id)).isEqualTo(1);
    }

    @Test
    void two_hundred_confirmations_in_the_seeds_shape_are_one_too() throws Exception {
        var payment = Pix.create(merchant, 50.00);
        var id = payment.get("id").asText();
        var txid = payment.get("txid").asText();
        var answers = atOnce(200, () -> Pix.confirm(txid, "50"));
        assertThat(answers).extracting(Answer::status).containsOnly(200);
        assertThat(Pix.transfers(id, "payment_confirmed")).isEqualTo(1);
        assertThat(Pix.news(id, "payment.confirmed")).isEqualTo(1);
    }

    @Test
    void money_for_nothing_that_we_know_told_by_many_at_once_is_kept_once() throws Exception {
        var endToEndId = Pix.endToEndId();
        var answers = atOnce(50, () -> Pix.confirm("UNKNOWN", "7.77", endToEndId));
        assertThat(answers).extracting(Answer::status).containsOnly(200);
        assertThat(answers.stream().map(it -> it.json().get("receipt_id").asText()).distinct())
                .hasSize(1);
        assertThat(answers.getFirst().json().get("reason").asText()).isEqualTo("unknown_txid");
        assertThat(
                        Pix.transfers(
                                answers.getFirst().json().get("receipt_id").asText(),
                                "receipt_unidentified"))
                .isEqualTo(1);
    }

    @Test
    void two_different_pix_for_one_payment_at_once_pay_it_once_and_the_other_waits()
            throws Exception {
        var payment = Pix.create(merchant, 10.00);
        var txid = payment.get("txid").asText();
        var answers = atOnce(20, () -> Pix.confirm(txid, "10", Pix.endToEndId()));
        assertThat(answers).extracting(Answer::status).containsOnly(200);
        assertThat(answers).filteredOn(it -> it.json().has("receipt_id")).hasSize(19);
        assertThat(Pix.transfers(payment.get("id").asText(), "payment_confirmed")).isEqualTo(1);
    }

    @Test
    void a_second_payment_another_amount_and_a_missing_txid_wait_in_the_queue() {
        var payment = Pix.create(merchant, 10.00);
        var txid = payment.get("txid").asText();
        assertThat(reason(Pix.confirm(txid, "9.99", Pix.endToEndId()))).isEqualTo("other_amount");
        assertThat(Pix.status(payment.get("id").asText())).isEqualTo("active");
        assertThat(Pix.confirm(txid, "10", Pix.endToEndId()).json().has("reason")).isFalse();
        assertThat(reason(Pix.confirm(txid, "10", Pix.endToEndId()))).isEqualTo("second_payment");
        var nameless =
                Pix.bank()
                        .post(
                                "/payments/pix/confirmation",
                                "{\"value\":3,\"end_to_end_id\":\"%s\"}"
                                        .formatted(Pix.endToEndId()));
        assertThat(reason(nameless)).isEqualTo("no_txid");
        var odd =
                Pix.bank()
                        .post(
                                "/payments/pix/confirmation",
                                "{\"bank_payment_id\":\"%s\",\"value\":3,\"end_to_end_id\":\"%s\"}"
                                        .formatted("'; drop table", Pix.endToEndId()));
        assertThat(reason(odd)).isEqualTo("unknown_txid");
    }

    @Test
    void a_pix_that_is_booked_pays_no_other_payment() {
        var paid = Pix.create(merchant, 10.00);
        var waiting = Pix.create(merchant, 10.00);
        var endToEndId = Pix.endToEndId();
        Pix.confirm(paid.get("txid").asText(), "10", endToEndId);
        assertThat(Pix.confirm(waiting.get("txid").asText(), "10", endToEndId).status())
                .isEqualTo(200);
        var unclaimed = Pix.endToEndId();
        assertThat(reason(Pix.confirm("unknown", "10", unclaimed))).isEqualTo("unknown_txid");
        assertThat(reason(Pix.confirm(waiting.get("txid").asText(), "10", unclaimed)))
                .isEqualTo("unknown_txid");
        var id = waiting.get("id").asText();
        assertThat(Pix.status(id)).isEqualTo("active");
        assertThat(Pix.transfers(id, "payment_confirmed")).isZero();
        assertThat(Pix.transfers(paid.get("id").asText(), "payment_confirmed")).isEqualTo(1);
    }

    @Test
    void who_tells_of_a_booked_pix_again_holds_nobody_up_who_is_on_the_same_list()
            throws Exception {
        var booked = Pix.endToEndId();
        Pix.confirm(Pix.create(merchant, 10.00).get("txid").asText(), "10", booked);
        var payments = new ArrayList<JsonNode>();
        for (var i = 0; i < 64; i++) {
            payments.add(Pix.create(merchant, 10.00));
        }
        var next = new AtomicInteger();
        var answers =
                atOnce(
                        64,
                        () -> {
                            var i = next.getAndIncrement();
                            return Pix.confirm(
                                    payments.get(i).get("txid").asText(),
                                    "10",
                                    i % 16 == 0 ? booked : Pix.endToEndId());
                        });
        assertThat(answers).allSatisfy(each -> assertThat(each.status()).isEqualTo(200));
        for (var i = 0; i < 64; i++) {
            assertThat(Pix.status(payments.get(i).get("id").asText()))
                    .isEqualTo(i % 16 == 0 ? "active" : "paid");
        }
        assertThat(linesAtTheBank(booked)).isEqualTo(1);
    }

    @Test
    void all_that_stands_on_a_page_of_the_table_is_paid_where_it_stands() throws Exception {
        var payments = new ArrayList<JsonNode>();
        for (var i = 0; i < 40; i++) {
            payments.add(Pix.create(merchant, 10.00));
        }
        var before = pages(payments);
        var next = new AtomicInteger();
        var answers =
                atOnce(
                        40,
                        () ->
                                Pix.confirm(
                                        payments.get(next.getAndIncrement()).get("txid").asText(),
                                        "10",
                                        Pix.endToEndId()));
        assertThat(answers).extracting(Answer::status).containsOnly(200);
        assertThat(pages(payments)).isEqualTo(before);
    }

    /// Where PostgreSQL keeps the rows: elsewhere is an entry in each index.
    private static List<String> pages(List<JsonNode> payments) {
        return payments.stream()
                .map(
                        it ->
                                Rows.text(
                                        "select (ctid::text::point)[0]::text from payment where"
                                                + " txid = ? and status in ('active', 'paid')",
                                        it.get("txid").asText()))
                .toList();
    }

    @Test
    void one_pix_told_with_two_values_is_a_contradiction_and_changes_nothing() {
        var payment = Pix.create(merchant, 10.00);
        var endToEndId = Pix.endToEndId();
        Pix.confirm(payment.get("txid").asText(), "10", endToEndId);
        var other = Pix.confirm(payment.get("txid").asText(), "11", endToEndId);
        assertThat(other.status()).isEqualTo(409);
        assertThat(Pix.confirm(payment.get("txid").asText(), "10", endToEndId).status())
                .isEqualTo(200);
    }

    @Test
    void an_operator_matches_money_to_a_payment_and_it_is_paid() {
        var payment = Pix.create(merchant, 10.00);
        var id = payment.get("id").asText();
        var kept = Pix.confirm(payment.get("txid").asText(), "9.50", Pix.endToEndId()).json();
        var receipt = kept.get("receipt_id").asText();
        assertThat(queue()).contains(receipt);

        assertThat(match(receipt, id).status()).isEqualTo(200);
        assertThat(match(receipt, id).status()).as("again").isEqualTo(200);
        assertThat(Pix.status(id)).isEqualTo("paid");
        assertThat(queue()).doesNotContain(receipt);
        var details = merchant.get("/payments/pix/%s/details".formatted(id)).json();
        assertThat(details.at("/payment/paid_value").decimalValue()).isEqualByComparingTo("9.50");
        assertThat(details.at("/transfers/0/debit").asText()).isEqualTo("unidentified");
        assertThat(details.at("/transfers/0/credit").asText()).isEqualTo("sales");
        assertThat(Pix.news(id, "payment.confirmed")).isEqualTo(1);
    }

    @Test
    void money_is_not_matched_to_what_is_paid_or_unknown_or_twice() {
        var paid = Pix.create(merchant, 10.00);
        Pix.confirm(paid.get("txid").asText(), "10", Pix.endToEndId());
        var receipt =
                Pix.confirm(paid.get("txid").asText(), "10", Pix.endToEndId())
                        .json()
                        .get("receipt_id")
                        .asText();
        assertThat(match(receipt, paid.get("id").asText()).status()).isEqualTo(409);
        assertThat(match(receipt, vintem.platform.Ids.next().toString()).status()).isEqualTo(404);
        assertThat(match(receipt, "x").status()).isEqualTo(400);
        assertThat(match(vintem.platform.Ids.next().toString(), paid.get("id").asText()).status())
                .isEqualTo(404);
        var one = Pix.create(merchant, 10.00).get("id").asText();
        var two = Pix.create(merchant, 10.00).get("id").asText();
        assertThat(match(receipt, one).status()).isEqualTo(200);
        assertThat(match(receipt, two).status()).isEqualTo(409);
        assertThat(Pix.status(two)).isEqualTo("active");
    }

    @Test
    void an_operator_gives_unclaimed_money_back_and_it_leaves_the_books() {
        var kept = Pix.confirm("UNKNOWN", "12.34", Pix.endToEndId()).json();
        var receipt = kept.get("receipt_id").asText();
        var keyed = merchant.with("Idempotency-Key", receipt);
        var path = "/payments/pix/unmatched/%s/refund".formatted(receipt);
        var refund = keyed.post(path, "");
        assertThat(refund.status()).as(refund.body()).isEqualTo(201);
        assertThat(refund.json().get("status").asText()).isEqualTo("done");
        assertThat(keyed.post(path, "").body()).isEqualTo(refund.body());
        assertThat(merchant.with("Idempotency-Key", receipt + "2").post(path, "").status())
                .isEqualTo(409);
        assertThat(queue()).doesNotContain(receipt);
        assertThat(Pix.transfers(receipt, "refund_settled")).isEqualTo(1);
    }

    @Test
    void a_note_without_money_is_dismissed_and_money_is_not() {
        var txid = "NOTE" + System.nanoTime();
        Pix.confirm(txid, "5");
        var note =
                Rows.text("select id from pix_receipt where txid = ? and status = 'noted'", txid);
        var money = Pix.confirm("UNKNOWN", "5", Pix.endToEndId()).json().get("receipt_id").asText();
        assertThat(dismiss(note).status()).isEqualTo(200);
        assertThat(dismiss(note).status()).isEqualTo(200);
        assertThat(dismiss(money).status()).isEqualTo(409);
        assertThat(queue()).doesNotContain(note).contains(money);
    }

    @Test
    void a_message_of_the_bank_that_never_came_is_made_up_for() {
        var payment = Pix.create(merchant, 20.00);
        var id = payment.get("id").asText();
        bank.receive(payment.get("txid").asText(), 20_00);
        bank.receive(null, 1_00);
        assertThat(Pix.status(id)).isEqualTo("active");
        assertThat(audit.findings()).allSatisfy(each -> assertThat(each.wrong()).isEmpty());
        bookIncoming.run();
        bookIncoming.run();
        assertThat(Pix.status(id)).isEqualTo("paid");
        assertThat(Pix.transfers(id, "payment_confirmed")).isEqualTo(1);
    }

    @Test
    void a_pix_that_the_bank_lists_and_tells_of_is_one_line_of_its_statement() {
        var payment = Pix.create(merchant, 20.00);
        var txid = payment.get("txid").asText();
        var received = bank.receive(txid, 20_00);
        Pix.confirm(txid, "20", received.endToEndId());
        bookIncoming.run();
        assertThat(Pix.transfers(payment.get("id").asText(), "payment_confirmed")).isEqualTo(1);
        assertThat(linesAtTheBank(received.endToEndId())).isEqualTo(1);
    }

    @Test
    void a_pix_that_is_twice_on_the_banks_statement_is_found_by_the_audit() {
        var endToEndId = Pix.endToEndId();
        Pix.confirm(Pix.create(merchant, 10.00).get("txid").asText(), "10", endToEndId);
        Rows.change(
                "insert into simulated_bank.told_receipt values ('%s', 1000, now())"
                        .formatted(endToEndId));
        assertThat(audit.findings().stream().flatMap(each -> each.wrong().stream()))
                .contains("1 Pix are on the bank's statement more than once");
        Rows.change(
                "delete from simulated_bank.told_receipt where ctid = (select max(ctid)"
                        + " from simulated_bank.told_receipt where end_to_end_id = '%s')"
                                .formatted(endToEndId));
    }

    @Test
    void a_pix_told_without_its_id_first_is_the_same_money_when_its_id_comes() {
        var payment = Pix.create(merchant, 30.00);
        var id = payment.get("id").asText();
        Pix.confirm(payment.get("txid").asText(), "30");
        // As with a real bank, which makes no id up.
        Rows.change("update payment set end_to_end_id = null where id = '%s'".formatted(id));
        Rows.change(
                "update pix_receipt set end_to_end_id = null where payment_id = '%s'"
                        .formatted(id));
        var endToEndId = Pix.endToEndId();
        var named = Pix.confirm(payment.get("txid").asText(), "30", endToEndId);
        assertThat(named.json().has("receipt_id")).isFalse();
        assertThat(Pix.look(id).get("end_to_end_id").asText()).isEqualTo(endToEndId);
        assertThat(Pix.transfers(id, "payment_confirmed")).isEqualTo(1);
        assertThat(Pix.refund(merchant, id, "30").get("end_to_end_id").asText())
                .isEqualTo(endToEndId);
    }

    @Test
    void money_in_time_whose_message_comes_late_is_not_late() {
        var payment = Pix.create(merchant, "{\"value\":20,\"expires_in\":60}");
        bank.receive(payment.get("txid").asText(), 20_00);
        clock.passes(Duration.ofMinutes(5));
        bookIncoming.run();
        var seen = Pix.look(payment.get("id").asText());
        assertThat(seen.get("status").asText()).isEqualTo("paid");
        assertThat(seen.get("late").asBoolean()).isFalse();
    }

    private static String reason(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().path("reason").asText();
    }

    private Answer match(String receipt, String payment) {
        return merchant.post(
                "/payments/pix/unmatched/%s/match".formatted(receipt),
                "{\"payment_id\":\"%s\"}".formatted(payment));
    }

    private Answer dismiss(String receipt) {
        return merchant.post("/payments/pix/unmatched/%s/dismissal".formatted(receipt), "");
    }

    private List<String> queue() {
        var ids = new ArrayList<String>();
        for (JsonNode each :
                merchant.get("/payments/pix/unmatched?limit=500").json().get("items")) {
            ids.add(each.get("id").asText());
        }
        return ids;
    }

    private static long linesAtTheBank(String endToEndId) {
        return Rows.number(
                "select count(*) from simulated_bank.statement_line where reference = ?",
                endToEndId);
    }

    private static long receipts(String paymentId) {
        return Rows.number(
                "select count(*) from pix_receipt where payment_id = ?::uuid", paymentId);
    }

    private static List<Answer> atOnce(int callers, Callable<Answer> call) throws Exception {
        var start = new CyclicBarrier(callers);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var futures =
                    java.util.stream.IntStream.range(0, callers)
                            .mapToObj(
                                    _ ->
                                            threads.submit(
                                                    () -> {
                                                        start.await();
                                                        return call.call();
                                                    }))
                            .toList();
            var answers = new ArrayList<Answer>();
            for (var future : futures) {
                answers.add(future.get());
            }
            return answers;
        }
    }
}
