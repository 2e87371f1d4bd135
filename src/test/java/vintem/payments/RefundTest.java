package vintem.payments;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
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
import vintem.platform.Ids;

/// Money that goes back to its payer: never more than came, never twice, and never lost on the way.
@QuarkusTest
@QuarkusTestResource(World.class)
class RefundTest {
    @Inject MovableClock clock;
    @Inject ResolveRefunds resolveRefunds;
    @Inject BookIncoming bookIncoming;

    private final Http merchant = Http.admin();

    @AfterAll
    static void every_cent_is_there() {
        Books.assertInOrder();
    }

    @Test
    void a_payment_is_refunded_in_parts_until_nothing_is_left() {
        var id = paid("100");
        var first = Pix.tryRefund(merchant, id, "30.00");
        assertThat(first.status()).isEqualTo(201);
        assertThat(first.json().get("status").asText()).isEqualTo("done");
        assertThat(merchant.get(first.header("Location")).json()).isEqualTo(first.json());
        assertThat(Pix.status(id)).isEqualTo("paid");
        assertThat(Pix.look(id).get("refunded").decimalValue()).isEqualByComparingTo("30");

        assertThat(Pix.tryRefund(merchant, id, "70.01").status()).isEqualTo(422);
        assertThat(Pix.refund(merchant, id, "70").get("status").asText()).isEqualTo("done");
        assertThat(Pix.status(id)).isEqualTo("refunded");
        assertThat(Pix.tryRefund(merchant, id, "0.01").status()).isEqualTo(409);
        assertThat(Pix.transfers(id, "refund_settled")).isEqualTo(2);
        assertThat(Pix.news(id, "payment.refunded")).isEqualTo(2);
    }

    @Test
    void a_refund_is_bound_to_the_pix_that_paid() {
        var payment = Pix.create(merchant, 5.00);
        var endToEndId = Pix.endToEndId();
        Pix.confirm(payment.get("txid").asText(), "5", endToEndId);
        var refund = Pix.refund(merchant, payment.get("id").asText(), "5");
        assertThat(refund.get("end_to_end_id").asText()).isEqualTo(endToEndId);
        assertThat(
                        Rows.number(
                                "select count(*) from simulated_bank.other_line"
                                        + " where kind = 'refund' and end_to_end_id = ?",
                                endToEndId))
                .isEqualTo(1);
    }

    @Test
    void the_same_key_refunds_once_and_without_a_key_nothing_is_refunded() {
        var id = paid("10");
        var path = "/payments/pix/%s/refunds".formatted(id);
        assertThat(merchant.post(path, "{\"value\":1}").status()).isEqualTo(400);
        var keyed = merchant.with("Idempotency-Key", Ids.next().toString());
        var first = keyed.post(path, "{\"value\":1}");
        var again = keyed.post(path, "{\"value\":1}");
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.header("Idempotency-Hit")).isEqualTo("true");
        assertThat(keyed.post(path, "{\"value\":2}").status()).isEqualTo(422);
        assertThat(Pix.transfers(id, "refund_intended")).isEqualTo(1);
    }

    @Test
    void a_key_whose_node_died_after_the_intent_finds_its_refund_and_begins_no_other() {
        var id = paid("100");
        var path = "/payments/pix/%s/refunds".formatted(id);
        var keyed = merchant.with("Idempotency-Key", Ids.next().toString());
        var first = keyed.post(path, "{\"value\":10}").json();
        // As if the answer had never been kept, and the lease of the key is over.
        Rows.change("update idempotency_key set status = null, body = null where body is not null");
        clock.passes(Duration.ofMinutes(5));
        var again = Http.admin().with("Idempotency-Key", keyed.header("Idempotency-Key"));
        assertThat(again.post(path, "{\"value\":10}").json().get("id")).isEqualTo(first.get("id"));
        assertThat(Pix.transfers(id, "refund_intended")).isEqualTo(1);
    }

    @Test
    void of_many_refunds_at_once_no_more_goes_back_than_came() throws Exception {
        var id = paid("10");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls =
                    IntStream.range(0, 16)
                            .<Future<Answer>>mapToObj(
                                    _ -> threads.submit(() -> Pix.tryRefund(merchant, id, "3")))
                            .toList();
            var done = 0;
            for (var call : calls) {
                done += call.get().status() == 201 ? 1 : 0;
            }
            assertThat(done).isEqualTo(3);
        }
        assertThat(Pix.look(id).get("refunded").decimalValue()).isEqualByComparingTo("9");
    }

    @Test
    void two_halves_at_once_are_the_whole() throws Exception {
        for (var round = 0; round < 12; round++) {
            var id = paid("10");
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var one = threads.submit(() -> Pix.tryRefund(merchant, id, "5"));
                var other = threads.submit(() -> Pix.tryRefund(merchant, id, "5"));
                assertThat(one.get().status()).isEqualTo(201);
                assertThat(other.get().status()).isEqualTo(201);
            }
            assertThat(Pix.status(id)).isEqualTo("refunded");
        }
    }

    @Test
    void what_was_not_paid_cannot_be_refunded() {
        var id = Pix.create(merchant, 10.00).get("id").asText();
        assertThat(Pix.tryRefund(merchant, id, "1").status()).isEqualTo(409);
        assertThat(Pix.tryRefund(merchant, Ids.next().toString(), "1").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "0.001", "\"1\"", "null", "1e400"})
    void a_value_that_is_none_is_refused(String value) {
        var id = paid("10");
        assertThat(Pix.tryRefund(merchant, id, value).status()).isEqualTo(400);
        assertThat(Pix.transfers(id, "refund_intended")).isZero();
    }

    @Test
    void after_ninety_days_it_is_too_late() {
        var id = paid("10");
        clock.passes(Duration.ofDays(91));
        var answer = Pix.tryRefund(Http.admin(), id, "1");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().get("type").asText()).endsWith("/refund-too-late");
    }

    @Test
    void a_refund_that_the_bank_refuses_fails_and_its_money_is_back() {
        var id = paid("1000");
        var refund = Pix.refund(merchant, id, "666.02");
        assertThat(refund.get("status").asText()).isEqualTo("failed");
        assertThat(refund.get("reason").asText()).isEqualTo("refused_by_bank");
        assertThat(Pix.look(id).get("refunded").decimalValue()).isZero();
        assertThat(Pix.transfers(id, "refund_reversed")).isEqualTo(1);
        assertThat(Pix.refund(merchant, id, "1000").get("status").asText()).isEqualTo("done");
    }

    @ParameterizedTest
    @CsvSource({"666.03, done, 1", "666.04, failed, 0", "666.05, failed, 0"})
    void a_bank_that_is_silent_is_asked_and_never_told_twice(
            String value, String status, int atTheBank) {
        var id = paid("1000");
        var refund = Pix.refund(merchant, id, value);
        assertThat(refund.get("status").asText()).isEqualTo("processing");
        resolveRefunds.run();
        assertThat(refund(id).get("status").asText())
                .as("it may still be sent")
                .isEqualTo("processing");
        clock.passes(Duration.ofMinutes(1));
        resolveRefunds.run();
        assertThat(refund(id).get("status").asText()).isEqualTo(status);
        assertThat(
                        Rows.number(
                                "select count(*) from simulated_bank.other_line where reference = ?",
                                refund.get("refund_id").asText()))
                .isEqualTo(atTheBank);
    }

    @Test
    void what_the_bank_takes_back_by_itself_is_booked_once() {
        var payment = Pix.create(merchant, 666.09);
        var id = payment.get("id").asText();
        assertThat(Pix.confirm(payment.get("txid").asText(), "666.09", Pix.endToEndId()).status())
                .isEqualTo(200);
        assertThat(Pix.status(id)).isEqualTo("paid");
        bookIncoming.run();
        bookIncoming.run();
        assertThat(Pix.status(id)).isEqualTo("refunded");
        assertThat(refund(id).get("by_bank").asBoolean()).isTrue();
        assertThat(Pix.transfers(id, "refund_by_bank")).isEqualTo(1);
        assertThat(Pix.tryRefund(merchant, id, "1").status()).isEqualTo(409);
    }

    @Test
    void unclaimed_money_that_the_bank_takes_back_waits_no_longer() {
        var receipt =
                Pix.confirm("UNKNOWN", "666.09", Pix.endToEndId())
                        .json()
                        .get("receipt_id")
                        .asText();
        bookIncoming.run();
        assertThat(Rows.text("select status from pix_receipt where id = ?::uuid", receipt))
                .isEqualTo("refunded");
    }

    private String paid(String value) {
        var payment = Pix.create(merchant, "{\"value\":%s}".formatted(value));
        Pix.confirm(payment.get("txid").asText(), value, Pix.endToEndId());
        return payment.get("id").asText();
    }

    private JsonNode refund(String id) {
        return Http.admin().get("/payments/pix/%s/details".formatted(id)).json().at("/refunds/0");
    }
}
