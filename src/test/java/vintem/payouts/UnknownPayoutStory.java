package vintem.payouts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vintem.Http;
import vintem.MovableClock;
import vintem.World;
import vintem.app.Audit;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.platform.Database;
import vintem.platform.Ids;

/// A bank that does not answer: the payout is asked about, and never sent again by itself.
@QuarkusTest
@QuarkusTestResource(World.class)
class UnknownPayoutStory {
    @Inject ResolveUnknownPayouts resolver;
    @Inject BankStatement statement;
    @Inject MovableClock clock;
    @Inject Database database;
    @Inject Ledger ledger;
    @Inject Audit audit;

    private final String id = Ids.next().toString();

    @AfterEach
    void every_cent_is_there() {
        assertThat(audit.findings()).allSatisfy(each -> assertThat(each.wrong()).isEmpty());
        assertThat(statement.sentAgain(id)).isEmpty();
    }

    @Test
    void a_silent_bank_that_paid_is_believed_when_asked() {
        assertThat(send("silent-paid")).isEqualTo("processing");
        assertThat(send("silent-paid")).isEqualTo("duplicate of processing");
        assertThat(payout().get("status").asText()).isEqualTo("processing");
        timePasses();
        assertThat(payout().get("status").asText()).isEqualTo("paid");
        assertThat(send("silent-paid")).isEqualTo("duplicate");
        assertThat(statement.payments(id)).isEqualTo(1);
    }

    @Test
    void nobody_is_asked_while_the_sender_may_still_send() {
        assertThat(send("silent-paid")).isEqualTo("processing");
        resolver.resolve();
        assertThat(attempt(0).get("times_asked").asInt()).isZero();
        timePasses();
        assertThat(attempt(0).get("times_asked").asInt()).isEqualTo(1);
    }

    @Test
    void what_never_arrived_fails_gives_the_money_back_and_goes_out_again_under_the_same_order() {
        var before = balanceCents();
        assertThat(send("silent-unpaid")).isEqualTo("processing");
        assertThat(balanceCents()).isEqualTo(before - 120_00);
        timePasses();
        assertThat(payout().get("status").asText()).isEqualTo("failed");
        assertThat(payout().get("reason").asText()).isEqualTo("not_received");
        assertThat(balanceCents()).isEqualTo(before);

        assertThat(send("confirmed")).isEqualTo("paid");
        assertThat(attempt(1).get("provider_id")).isEqualTo(attempt(0).get("provider_id"));
        assertThat(statement.orders(id)).hasSize(1);
        assertThat(statement.payments(id)).isEqualTo(1);
        assertThat(balanceCents()).isEqualTo(before - 120_00);
    }

    @Test
    void what_was_refused_in_silence_fails_and_goes_out_again_under_a_new_order() {
        assertThat(send("silent-refused")).isEqualTo("processing");
        timePasses();
        assertThat(payout().get("reason").asText()).isEqualTo("refused_by_bank");

        assertThat(send("confirmed")).isEqualTo("paid");
        assertThat(attempt(1).get("provider_id")).isNotEqualTo(attempt(0).get("provider_id"));
        assertThat(statement.orders(id)).hasSize(2);
        assertThat(statement.payments(id)).isEqualTo(1);
    }

    @Test
    void a_slow_bank_is_waited_for() {
        assertThat(send("slow")).isEqualTo("paid");
        assertThat(statement.payments(id)).isEqualTo(1);
    }

    @Test
    void an_answer_that_comes_twice_settles_once() {
        assertThat(send("answered-twice")).isEqualTo("paid");
        assertThat(statement.payments(id)).isEqualTo(1);
        assertThat(payout().get("transfers")).hasSize(2);
    }

    @Test
    void asking_goes_on_at_growing_distances_and_stops_when_it_is_known() {
        assertThat(send("silent-paid")).isEqualTo("processing");
        timePasses();
        timePasses();
        assertThat(attempt(0).get("times_asked").asInt()).isEqualTo(1);
    }

    private void timePasses() {
        clock.passes(Duration.ofMinutes(1));
        resolver.resolve();
    }

    private String send(String scenario) {
        var body =
                """
                {"batch_id":"%1$s","items":[{"external_id":"%1$s","amount_cents":12000,
                 "pix_key":"%2$s@sandbox.vintem.invalid"}]}
                """
                        .formatted(id, scenario);
        var answer = Http.admin().post("/payouts/batch", body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        var detail = answer.json().get("details").get(0);
        return detail.has("original_status")
                ? detail.get("status").asText() + " of " + detail.get("original_status").asText()
                : detail.get("status").asText();
    }

    private JsonNode payout() {
        return Http.admin().get("/payouts/" + id).json();
    }

    private JsonNode attempt(int index) {
        return payout().get("attempts").get(index);
    }

    private long balanceCents() {
        return database.snapshot(tx -> ledger.balanceCents(tx, AccountCode.BANK));
    }
}
