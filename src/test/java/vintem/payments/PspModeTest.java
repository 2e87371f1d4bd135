package vintem.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import vintem.Books;
import vintem.Http;
import vintem.MovableClock;
import vintem.Rows;
import vintem.World;
import vintem.bank.BrCode;
import vintem.platform.Ids;

/// Codes that the PSP makes: what it says is shown unaltered, and a PSP that is silent loses
/// nothing.
@QuarkusTest
@QuarkusTestResource(World.class)
class PspModeTest {
    @Inject MovableClock clock;
    @Inject RegisterCharges registerCharges;

    private final Http merchant = Http.admin();

    @AfterAll
    static void every_cent_is_there() {
        Books.assertInOrder();
    }

    @Test
    void the_psps_text_is_shown_unaltered() {
        var payment = Pix.create(merchant, "{\"value\":10,\"mode\":\"psp\"}");
        assertThat(payment.get("txid").asText()).matches("[A-Za-z0-9]{26,35}");
        assertThat(payment.get("status").asText()).isEqualTo("active");
        var registered =
                Rows.text(
                        "select copy_and_paste from simulated_bank.charge where txid = ?",
                        payment.get("txid").asText());
        assertThat(payment.get("pix_copia_e_cola").asText()).isEqualTo(registered);
        assertThat(BrCode.read(registered).fields()).containsKey("26.25").containsEntry("01", "12");
        assertThat(Pix.confirm(payment.get("txid").asText(), "10").status()).isEqualTo(200);
    }

    @Test
    void a_psp_that_does_not_answer_leaves_it_registering_and_is_asked_again() {
        // The sandbox's bank registers it in silence and answers the second time.
        var payment = Pix.create(merchant, "{\"value\":666.03,\"mode\":\"psp\"}");
        var id = payment.get("id").asText();
        assertThat(payment.get("status").asText()).isEqualTo("registering");
        assertThat(payment.get("pix_copia_e_cola").isNull()).isTrue();
        assertThat(Http.nobody().get("/payments/pix/qr_code/qr_code_payment_" + id).status())
                .isEqualTo(404);
        clock.passes(Duration.ofSeconds(30));
        registerCharges.run();
        assertThat(Pix.status(id)).isEqualTo("active");
        assertThat(Pix.look(id).get("pix_copia_e_cola").asText()).startsWith("0002");
    }

    @Test
    void a_charge_that_the_psp_refuses_has_no_code() {
        var payment = Pix.create(merchant, "{\"value\":666.02,\"mode\":\"psp\"}");
        assertThat(payment.get("status").asText()).isEqualTo("refused");
        assertThat(payment.get("pix_copia_e_cola").isNull()).isTrue();
    }

    @Test
    void a_registering_payment_expires_and_is_paid_late_when_its_money_comes() {
        var payment = Pix.create(merchant, "{\"value\":666.04,\"mode\":\"psp\",\"expires_in\":60}");
        clock.passes(Duration.ofMinutes(2));
        registerCharges.run();
        assertThat(Pix.status(payment.get("id").asText())).isEqualTo("expired");
        assertThat(Pix.confirm(payment.get("txid").asText(), "666.04").status()).isEqualTo(200);
        assertThat(Pix.look(payment.get("id").asText()).get("late").asBoolean()).isTrue();
    }

    @Test
    void a_key_is_answered_with_what_the_psp_said() {
        var keyed = merchant.with("Idempotency-Key", Ids.next().toString());
        var body = "{\"value\":10,\"mode\":\"psp\"}";
        var first = keyed.post("/payments/pix", body);
        assertThat(first.json().at("/payment/status").asText()).isEqualTo("active");
        assertThat(keyed.post("/payments/pix", body).body()).isEqualTo(first.body());
    }
}
