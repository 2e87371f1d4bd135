package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import vintem.Books;
import vintem.Http;
import vintem.MovableClock;
import vintem.Rows;
import vintem.World;
import vintem.platform.OutboxRelay;
import vintem.platform.Together;

/// A charge is paid by boleto or by Pix, once; whoever pays both ways has a credit.
@QuarkusTest
@QuarkusTestResource(World.class)
class HybridTest {
    private static final String THEN = "2026-01-05 10:00:00";

    @Inject MovableClock clock;
    @Inject ChargePix chargePix;
    @Inject OutboxRelay relay;
    @Inject SettleByPix settleByPix;
    @Inject vintem.platform.Database database;

    private final Http creditor = Http.admin();

    @AfterAll
    static void every_cent_is_there() {
        Books.assertInOrder();
    }

    @Test
    void a_pix_settles_the_charge_and_closes_the_boleto() {
        var debt = Debts.newDebt();
        var id = charge(debt, "45.67");
        var code = code(id);
        assertThat(code.amountCents()).isEqualTo(4_567);
        assertThat(Debts.look(creditor, id).at("/charge/pix_copia_e_cola").asText())
                .isEqualTo(code.copyAndPaste());
        Debts.pay(code, "45.67");
        // Until the news has come the money is in the clearing account, and the audit knows it.
        every_cent_is_there();
        deliver();
        var charge = Debts.look(creditor, id);
        assertThat(charge.at("/charge/status").asText()).isEqualTo("paid");
        assertThat(charge.at("/charge/boleto_status").asText()).isEqualTo("written_off");
        assertThat(charge.at("/settlements/0/channel").asText()).isEqualTo("pix");
        assertThat(charge.at("/pix/0/status").asText()).isEqualTo("paid");
        assertThat(Debts.cents(id, "charge_settled")).isEqualTo(4_567);
        assertThat(Debts.balance("clearing:billing")).isZero();
        assertThat(chargePix.codes(List.of(UUID.fromString(id)))).isEmpty();
    }

    @Test
    void news_of_a_pix_that_come_again_settle_nothing_again() {
        var id = charge(Debts.newDebt(), "10");
        var code = code(id);
        Debts.pay(code, "10");
        deliver();
        var event =
                new vintem.payments.PaymentEvent.Confirmed(
                        code.paymentId(), "t", "clearing:billing", 1_000, 1_000, false, null);
        var news =
                new vintem.platform.Outbox.Event(
                        1,
                        vintem.payments.PaymentEvent.CONFIRMED,
                        code.paymentId().toString(),
                        vintem.platform.Json.text(event),
                        java.time.Instant.EPOCH);
        database.run(tx -> settleByPix.apply(tx, List.of(news, news)));
        assertThat(Debts.cents(id, "charge_settled")).isEqualTo(1_000);
        assertThat(Debts.look(creditor, id).get("settlements")).hasSize(1);
    }

    @Test
    void a_boleto_settles_the_charge_and_takes_its_pix_back() {
        var debt = Debts.newDebt();
        var id = charge(debt, "30");
        var code = code(id);
        Debts.tell(Debts.told(debt, "30", THEN));
        var charge = Debts.look(creditor, id);
        assertThat(charge.at("/charge/boleto_status").asText()).isEqualTo("paid");
        assertThat(charge.at("/pix/0/status").asText()).isEqualTo("removed");
        assertThat(charge.at("/charge/pix_copia_e_cola").isNull()).isTrue();
        // A static code can be paid for ever. Who does it nevertheless has a credit.
        Debts.pay(code, "30");
        deliver();
        charge = Debts.look(creditor, id);
        assertThat(charge.at("/settlements/1/reason").asText()).isEqualTo("paid_before");
        assertThat(charge.at("/settlements/1/credit_amount").decimalValue())
                .isEqualByComparingTo("30");
        assertThat(Debts.news(id, "charge.overpaid")).isOne();
        assertThat(Debts.balance("clearing:billing")).isZero();
    }

    @Test
    void boleto_and_pix_at_the_same_moment_settle_once_and_leave_a_credit() {
        for (var round = 0; round < 8; round++) {
            var debt = Debts.newDebt();
            var id = charge(debt, "20");
            var code = code(id);
            var works = new ArrayList<Callable<Integer>>();
            works.add(() -> Debts.tell(Debts.told(debt, "20", THEN)).status());
            works.add(
                    () -> {
                        Debts.pay(code, "20");
                        deliver();
                        return 200;
                    });
            assertThat(Together.atOnce(works)).containsOnly(200);
            deliver();
            assertThat(Debts.status(creditor, id)).isEqualTo("paid");
            assertThat(Debts.cents(id, "charge_settled")).isEqualTo(2_000);
            assertThat(Debts.cents(id, "charge_overpaid")).isEqualTo(2_000);
        }
        assertThat(Debts.balance("clearing:billing")).isZero();
    }

    @Test
    void one_code_is_shown_whoever_asks_how_often() {
        var id = UUID.fromString(charge(Debts.newDebt(), "20"));
        var codes = Together.atOnce(20, () -> chargePix.codes(List.of(id)).get(id).paymentId());
        assertThat(codes.stream().distinct()).hasSize(1);
        assertThat(Rows.number("select count(*) from charge_pix where charge_id = ?", id)).isOne();
    }

    @Test
    void a_list_of_charges_has_a_list_of_codes() {
        var ids = new ArrayList<UUID>();
        for (var i = 0; i < 5; i++) {
            ids.add(UUID.fromString(charge(Debts.newDebt(), "1" + i)));
        }
        var before = code(ids.get(2).toString());
        var codes = chargePix.codes(ids);
        assertThat(codes).containsOnlyKeys(ids);
        assertThat(codes.get(ids.get(2)).paymentId()).isEqualTo(before.paymentId());
        assertThat(codes.get(ids.get(4)).amountCents()).isEqualTo(1_400);
    }

    @Test
    void after_a_part_the_code_is_for_what_is_left() {
        var debt = Debts.newDebt();
        var id = charge(debt, "100");
        var whole = code(id);
        Debts.tell(Debts.told(debt, "60", THEN));
        var rest = code(id);
        assertThat(rest.amountCents()).isEqualTo(4_000);
        assertThat(rest.paymentId()).isNotEqualTo(whole.paymentId());
        // The old code, for the whole: what is above the rest is a credit.
        Debts.pay(whole, "100");
        deliver();
        assertThat(Debts.status(creditor, id)).isEqualTo("paid");
        assertThat(Debts.cents(id, "charge_overpaid")).isEqualTo(6_000);
    }

    @Test
    void a_code_has_its_amount_for_ever_so_late_terms_make_another() {
        var due = Debts.today(clock).plusDays(2);
        var id = charge(Debts.newDebt(), "100", due, Map.of("fine", "2%", "interest", "0.10/day"));
        var inTime = code(id);
        assertThat(inTime.amountCents()).isEqualTo(10_000);
        assertThat(Charge.day(inTime.expiresAt().minusMillis(1)))
                .isEqualTo(vintem.platform.BusinessDays.NATIONAL.next(due));
        clock.passes(Duration.ofDays(15));
        var late = code(id);
        var daysLate = due.until(Debts.today(clock), java.time.temporal.ChronoUnit.DAYS);
        assertThat(late.amountCents()).isEqualTo(10_000 + 200 + 10 * daysLate);
        assertThat(code(id).paymentId()).isEqualTo(late.paymentId());
        clock.passes(Duration.ofDays(1));
        assertThat(code(id).amountCents()).isEqualTo(late.amountCents() + 10);
        // Whoever pays the first code pays the principal; the rest is waived.
        Debts.pay(inTime, "100");
        deliver();
        // Signed in anew: days have passed.
        var charge = Debts.look(Http.admin(), id);
        assertThat(charge.at("/charge/status").asText()).isEqualTo("paid");
        assertThat(charge.at("/settlements/0/waived_amount").decimalValue()).isPositive();
    }

    @Test
    void a_code_with_late_terms_pays_them() {
        var id = charge(Debts.newDebt(), "100", LocalDate.of(2026, 3, 2), Map.of("fine", "2%"));
        var code = code(id);
        assertThat(code.amountCents()).isEqualTo(10_200);
        Debts.pay(code, "102");
        deliver();
        assertThat(Debts.cents(id, "charge_late_paid")).isEqualTo(200);
        assertThat(Debts.status(creditor, id)).isEqualTo("paid");
    }

    @Test
    void cancelled_charges_and_another_due_date_take_the_code_back() {
        var cancelled = charge(Debts.newDebt(), "10");
        code(cancelled);
        creditor.post("/charges/" + cancelled + "/cancel", "");
        assertThat(Debts.look(creditor, cancelled).at("/pix/0/status").asText())
                .isEqualTo("removed");
        assertThat(chargePix.codes(List.of(UUID.fromString(cancelled)))).isEmpty();

        var postponed = charge(Debts.newDebt(), "10");
        var before = code(postponed);
        creditor.post(
                "/charges/" + postponed + "/due-date",
                "{\"due_date\":\"%s\"}".formatted(Debts.today(clock).plusDays(70)));
        assertThat(code(postponed).paymentId()).isNotEqualTo(before.paymentId());
    }

    @Test
    void what_no_code_can_hold_has_none() {
        var id =
                charge(
                        Debts.newDebt(),
                        "9999999999.99",
                        LocalDate.of(2026, 3, 2),
                        Map.of("fine", "2%"));
        assertThat(chargePix.codes(List.of(UUID.fromString(id)))).isEmpty();
        assertThat(chargePix.codes(List.of(UUID.randomUUID()))).isEmpty();
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

    /// The relay reads below the oldest running transaction: others may be at work.
    private void deliver() {
        Together.until(
                "every confirmed Pix has settled its charge",
                () -> {
                    relay.relay();
                    return Rows.number(
                                    "select count(*) from charge_pix x"
                                            + " join payment p on p.id = x.payment_id"
                                            + " where p.paid_at is not null and not exists ("
                                            + "select from charge_settlement s"
                                            + " where s.payment_id = p.id)")
                            == 0;
                });
    }
}
