package vintem.payouts;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Test;
import vintem.Http;
import vintem.World;
import vintem.app.Audit;

@QuarkusTest
@QuarkusTestResource(World.class)
class BatchContractTest {
    private static final String SAMPLE =
            """
            { "batch_id": "2025-10-05-A",
              "items": [
                {"external_id":"u1-001","user_id":"u1","amount_cents":35000,"pix_key":"u1@email.com"},
                {"external_id":"u2-002","user_id":"u2","amount_cents":120000,"pix_key":"+55 11 91234-5678"} ] }
            """;

    @Inject Audit audit;

    @Test
    void the_official_sample_is_answered_byte_for_byte_and_a_second_time_with_two_duplicates() {
        var first = Http.admin().post("/payouts/batch", SAMPLE);
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.body())
                .isEqualTo(
                        "{\"batch_id\":\"2025-10-05-A\",\"processed\":2,\"successful\":2,\"failed\":0,"
                                + "\"duplicates\":0,\"details\":["
                                + "{\"external_id\":\"u1-001\",\"status\":\"paid\",\"amount_cents\":35000},"
                                + "{\"external_id\":\"u2-002\",\"status\":\"paid\",\"amount_cents\":120000}]}");
        var second = Http.admin().post("/payouts/batch", SAMPLE);
        assertThat(second.body())
                .isEqualTo(
                        "{\"batch_id\":\"2025-10-05-A\",\"processed\":2,\"successful\":0,\"failed\":0,"
                                + "\"duplicates\":2,\"details\":["
                                + "{\"external_id\":\"u1-001\",\"status\":\"duplicate\",\"amount_cents\":35000},"
                                + "{\"external_id\":\"u2-002\",\"status\":\"duplicate\",\"amount_cents\":120000}]}");
        assertThat(audit.findings()).allSatisfy(each -> assertThat(each.wrong()).isEmpty());
    }
}
