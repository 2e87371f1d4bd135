package vintem.payouts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vintem.Http;
import vintem.World;
import vintem.app.Audit;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.platform.Database;
import vintem.platform.Ids;

/// Money that comes back after it was settled: it is ours again, and never goes out under that id.
@QuarkusTest
@QuarkusTestResource(World.class)
class ReturnedPayoutStory {
    @Inject BookReturns bookReturns;
    @Inject BankStatement statement;
    @Inject Database database;
    @Inject Ledger ledger;
    @Inject Audit audit;

    private final String id = Ids.next().toString();

    @AfterEach
    void every_cent_is_there() {
        assertThat(audit.findings()).allSatisfy(each -> assertThat(each.wrong()).isEmpty());
    }

    @Test
    void a_payout_that_came_back_is_returned_and_never_paid_again() throws Exception {
        bookReturns.run();
        var before = balanceCents();
        assertThat(send("returned").get("status").asText()).isEqualTo("paid");
        // Settled here, returned there and not read yet: the proof knows that.
        every_cent_is_there();
        awaitReturned();
        assertThat(balanceCents()).isEqualTo(before);

        var again = send("confirmed");
        assertThat(again.get("status").asText()).isEqualTo("duplicate");
        assertThat(again.get("original_status").asText()).isEqualTo("returned");
        bookReturns.run();
        assertThat(balanceCents()).isEqualTo(before);
        assertThat(statement.payments(id)).isEqualTo(1);

        var batch = Http.admin().get("/payouts/batches/" + id).json();
        assertThat(batch.get("returned").asInt()).isEqualTo(1);
        assertThat(batch.get("successful").asInt()).isZero();
    }

    /// The bank shows a line when no older transaction is running any more.
    private void awaitReturned() throws InterruptedException {
        for (var attempt = 0; attempt < 500; attempt++) {
            bookReturns.run();
            var payout = Http.admin().get("/payouts/" + id).json();
            if (payout.get("status").asText().equals("returned")) {
                return;
            }
            Thread.sleep(20);
        }
        throw new AssertionError("the return was not booked");
    }

    private JsonNode send(String scenario) {
        var body =
                """
                {"batch_id":"%1$s","items":[{"external_id":"%1$s","amount_cents":12000,
                 "pix_key":"%2$s@sandbox.vintem.invalid"}]}
                """
                        .formatted(id, scenario);
        var answer = Http.admin().post("/payouts/batch", body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().get("details").get(0);
    }

    private long balanceCents() {
        return database.snapshot(tx -> ledger.balanceCents(tx, AccountCode.BANK));
    }
}
