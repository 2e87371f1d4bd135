package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import vintem.Books;
import vintem.Http;
import vintem.MovableClock;
import vintem.Rows;
import vintem.World;
import vintem.payments.BankNews;
import vintem.payments.PaymentEvent;
import vintem.platform.Database;
import vintem.platform.Json;
import vintem.platform.Outbox;
import vintem.platform.OutboxRelay;
import vintem.platform.Together;

/// Money for a charge that goes back: a credit to its debtor, a Pix that was refunded, or one that
/// the bank takes back by itself (MED).
@QuarkusTest
@QuarkusTestResource(World.class)
class RefundedChargeTest {
    private static final String THEN = "2026-01-05 10:00:00";

    @Inject MovableClock clock;
    @Inject ChargePix chargePix;
    @Inject OutboxRelay relay;
    @Inject SettleByPix settleByPix;
    @Inject Database database;
    @Inject BankNews bankNews;

    private final Http creditor = Http.admin();

    @AfterAll
    static void every_cent_is_there() {
        Books.assertInOrder();
    }

    @Test
    void who_paid_by_boleto_and_by_pix_gets_the_pix_back() {
        var debt = Debts.newDebt();
        var id = charge(debt, "30");
        var code = code(id);
        Debts.tell(Debts.told(debt, "30", THEN));
        pay(code, "30");
        assertThat(credit(id)).isEqualByComparingTo("30");
        assertThat(giveBack(id, "first").status()).isEqualTo(201);
        // Asked for, and not booked yet: the audit knows of it, and nothing goes back twice.
        every_cent_is_there();
        assertThat(giveBack(id, "second").status()).isEqualTo(409);
        deliver();
        assertThat(credit(id)).isZero();
        assertThat(Debts.status(creditor, id)).isEqualTo("paid");
        assertThat(Debts.cents(id, "charge_credit_refunded")).isEqualTo(3_000);
        assertThat(Debts.news(id, "charge.refunded")).isOne();
        var again = giveBack(id, "first");
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.header("Idempotency-Hit")).isEqualTo("true");
        assertThat(giveBack(id, "third").json().get("type").asText()).endsWith("nothing-to-refund");
        assertThat(Debts.balance("clearing:billing")).isZero();
    }

    /// Whichever came first: what is paid by boleto stays, and the Pix goes back.
    @Test
    void a_boleto_that_comes_after_the_pix_is_given_back_by_that_pix() {
        var debt = Debts.newDebt();
        var id = charge(debt, "40");
        pay(code(id), "40");
        Debts.tell(Debts.told(debt, "40", THEN));
        assertThat(giveBack(id, "k").status()).isEqualTo(201);
        deliver();
        assertThat(credit(id)).isZero();
        assertThat(Debts.status(creditor, id)).isEqualTo("paid");
        assertThat(Debts.balance("clearing:billing")).isZero();
    }

    @Test
    void two_who_give_the_same_credit_back_at_once_give_it_once() {
        var debt = Debts.newDebt();
        var id = charge(debt, "100");
        var code = code(id);
        Debts.tell(Debts.told(debt, "60", THEN));
        // 40 were open, 60 are a credit; the Pix itself could give 100 back.
        pay(code, "100");
        var answers =
                Together.atOnce(
                        List.of(
                                () -> giveBack(id, "one").status(),
                                () -> giveBack(id, "two").status(),
                                () -> giveBack(id, "three").status()));
        assertThat(answers).containsExactlyInAnyOrder(201, 409, 409);
        deliver();
        assertThat(Debts.cents(id, "charge_credit_refunded")).isEqualTo(6_000);
        assertThat(Debts.status(creditor, id)).isEqualTo("paid");
    }

    @Test
    void a_credit_that_came_by_boleto_has_no_pix_to_go_back_by() {
        var debt = Debts.newDebt();
        var id = charge(debt, "10");
        Debts.tell(Debts.told(debt, "15", THEN));
        assertThat(credit(id)).isEqualByComparingTo("5");
        assertThat(giveBack(id, "k").status()).isEqualTo(409);
        assertThat(giveBack(UUID.randomUUID().toString(), "k").status()).isEqualTo(404);
        assertThat(creditor.post("/charges/" + id + "/credit-refund", "").status())
                .as("a key is required")
                .isEqualTo(400);
        assertThat(credit(id)).isEqualByComparingTo("5");
    }

    @Test
    void a_pix_that_is_refunded_opens_its_charge_again() {
        var due = LocalDate.of(2026, 3, 2);
        var id = charge(Debts.newDebt(), "100", due, Map.of("fine", "2%"));
        var code = code(id);
        pay(code, "102");
        assertThat(Debts.status(creditor, id)).isEqualTo("paid");
        refund(code, "30");
        var charge = Debts.look(creditor, id);
        assertThat(charge.at("/charge/status").asText()).isEqualTo("partially_paid");
        assertThat(charge.at("/charge/open_amount").decimalValue()).isEqualByComparingTo("30");
        assertThat(charge.at("/charge/paid_at").isNull()).isTrue();
        refund(code, "72");
        charge = Debts.look(creditor, id);
        assertThat(charge.at("/charge/status").asText()).isEqualTo("open");
        assertThat(charge.at("/charge/open_amount").decimalValue()).isEqualByComparingTo("100");
        assertThat(charge.at("/refunds/1/late_amount").decimalValue()).isEqualByComparingTo("2");
        assertThat(Debts.cents(id, "charge_refunded")).isEqualTo(10_000);
        assertThat(Debts.cents(id, "charge_late_refunded")).isEqualTo(200);
        every_cent_is_there();
        // It can be paid again.
        var next = code(id);
        assertThat(next.paymentId()).isNotEqualTo(code.paymentId());
        pay(next, "102");
        assertThat(Debts.status(creditor, id)).isEqualTo("paid");
        assertThat(Debts.balance("clearing:billing")).isZero();
    }

    @Test
    void a_discount_ends_with_the_payment_that_had_earned_it() {
        var due = Debts.today(clock).plusDays(30);
        var id = charge(Debts.newDebt(), "100", due, Map.of("discount", "5% until " + due));
        var code = code(id);
        pay(code, "95");
        assertThat(Debts.status(creditor, id)).isEqualTo("paid");
        refund(code, "95");
        var charge = Debts.look(creditor, id).get("charge");
        assertThat(charge.get("status").asText()).isEqualTo("open");
        assertThat(charge.get("open_amount").decimalValue()).isEqualByComparingTo("100");
        assertThat(Debts.cents(id, "charge_discount_ended")).isEqualTo(500);
    }

    @Test
    void what_goes_back_of_a_cancelled_charge_is_not_owed_again() {
        var id = charge(Debts.newDebt(), "100");
        var whole = code(id);
        // Paid in part, by a code of another amount.
        Debts.pay(UUID.fromString(id), 6_000);
        var rest = code(id);
        Debts.cancel(UUID.fromString(id));
        pay(rest, "40");
        assertThat(credit(id)).isEqualByComparingTo("40");
        pay(whole, "100");
        assertThat(credit(id)).isEqualByComparingTo("140");
        refund(whole, "100");
        refund(rest, "40");
        assertThat(credit(id)).isZero();
        var charge = Debts.look(creditor, id).get("charge");
        assertThat(charge.get("status").asText()).isEqualTo("cancelled");
        assertThat(charge.get("paid_amount").decimalValue()).isEqualByComparingTo("60");
    }

    @Test
    void a_part_that_had_been_paid_of_a_cancelled_charge_is_not_billed_any_more() {
        var debt = Debts.newDebt();
        var id = charge(debt, "100");
        var whole = code(id);
        pay(whole, "100");
        refund(whole, "60");
        Debts.cancel(UUID.fromString(id));
        refund(whole, "40");
        var charge = Debts.look(creditor, id).get("charge");
        assertThat(charge.get("status").asText()).isEqualTo("cancelled");
        assertThat(charge.get("paid_amount").decimalValue()).isZero();
        assertThat(Debts.cents(id, "charge_cancelled")).isEqualTo(10_000);
    }

    @Test
    void what_the_bank_takes_back_by_itself_opens_the_charge_and_says_so() {
        // The sandbox's bank takes this amount back.
        var id = charge(Debts.newDebt(), "666.09");
        pay(code(id), "666.09");
        assertThat(Debts.status(creditor, id)).isEqualTo("paid");
        bankNews.book();
        deliver();
        var charge = Debts.look(creditor, id);
        assertThat(charge.at("/charge/status").asText()).isEqualTo("open");
        assertThat(charge.at("/refunds/0/by_bank").asBoolean()).isTrue();
        assertThat(Debts.news(id, "charge.refunded")).isOne();
        var page =
                Http.admin().with("Accept", "text/html").get("/app/billing/charge?id=" + id).body();
        assertThat(page).contains("Pix tomado de volta pelo banco (MED)", "voltaram a ser devidos");
    }

    @Test
    void news_of_a_refund_that_come_again_change_nothing_again() {
        var id = charge(Debts.newDebt(), "50");
        var code = code(id);
        pay(code, "50");
        refund(code, "20");
        var refundId =
                Rows.text(
                        "select refund_id from charge_refund where charge_id = ?",
                        UUID.fromString(id));
        var event =
                new PaymentEvent.Refunded(
                        code.paymentId(), refundId, "clearing:billing", 2_000, false, false);
        var news =
                new Outbox.Event(
                        1,
                        PaymentEvent.REFUNDED,
                        code.paymentId().toString(),
                        Json.text(event),
                        java.time.Instant.EPOCH);
        database.run(tx -> settleByPix.apply(tx, List.of(news, news)));
        assertThat(Debts.cents(id, "charge_refunded")).isEqualTo(2_000);
    }

    @Test
    void a_file_counts_its_charge_as_paid_no_more() {
        var files = new DebtFiles(creditor);
        var row = files.row("r", "80");
        var file = files.imported(DebtFiles.file(row)).get("id").asText();
        var id = Rows.text("select id::text from charge where debt_id = ?", files.id("r"));
        var code = code(id);
        pay(code, "80");
        assertThat(files.find(file).get("paid").asInt()).isEqualTo(1);
        refund(code, "1");
        assertThat(files.find(file).get("paid").asInt()).isZero();
    }

    private String charge(String debt, String amount) {
        return charge(debt, amount, Debts.today(clock).plusDays(30), Map.of());
    }

    private String charge(String debt, String amount, LocalDate due, Map<String, String> terms) {
        var wish = Debts.wish(debt, amount, due);
        wish.putAll(terms);
        return Debts.charge(creditor, wish).get("id").asText();
    }

    private ChargePix.Code code(String chargeId) {
        var id = UUID.fromString(chargeId);
        return chargePix.codes(List.of(id)).get(id);
    }

    private java.math.BigDecimal credit(String id) {
        return Debts.look(creditor, id).get("credit_amount").decimalValue();
    }

    private Http.Answer giveBack(String id, String key) {
        return creditor.with("Idempotency-Key", key + id)
                .post("/charges/" + id + "/credit-refund", "");
    }

    private void pay(ChargePix.Code code, String amount) {
        Debts.pay(code, amount);
        deliver();
    }

    private void refund(ChargePix.Code code, String amount) {
        var answer =
                creditor.with("Idempotency-Key", UUID.randomUUID().toString())
                        .post(
                                "/payments/pix/%s/refunds".formatted(code.paymentId()),
                                "{\"value\":%s}".formatted(amount));
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        deliver();
    }

    /// The relay reads below the oldest running transaction: others may be at work.
    private void deliver() {
        Together.until(
                "charges know of what came and went",
                () -> {
                    relay.relay();
                    return Rows.number(
                                    """
                                    select (select count(*) from charge_pix x
                                            join payment p on p.id = x.payment_id
                                            where p.paid_at is not null and not exists (
                                                select from charge_settlement s
                                                where s.payment_id = p.id))
                                         + (select count(*) from pix_refund f
                                            where f.status = 'done'
                                            and f.purpose = 'clearing:billing' and not exists (
                                                select from charge_refund r
                                                where r.refund_id = f.refund_id))
                                    """)
                            == 0;
                });
    }
}
