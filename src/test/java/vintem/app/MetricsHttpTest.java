package vintem.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import vintem.Http;
import vintem.World;

/// What Prometheus reads.
@QuarkusTest
@QuarkusTestResource(World.class)
class MetricsHttpTest {
    private static final Pattern LINE =
            Pattern.compile(
                    "[a-z_]+(\\{[a-z_]+=\"[^\"]*\"(,[a-z_]+=\"[^\"]*\")*})? (NaN|[-+0-9.eE]+|Infinity)");

    @Test
    void it_takes_a_credential_and_gives_the_text_format() {
        assertThat(Http.nobody().get("/q/metrics").status()).isEqualTo(401);
        var answer = Http.admin().get("/q/metrics");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).contains("text/plain", "version=0.0.4");
        assertThat(answer.body().lines())
                .allMatch(it -> it.startsWith("# ") || LINE.matcher(it).matches());
        assertThat(answer.body())
                .contains(
                        "\nvintem_outbox_parked 0.0\n",
                        "vintem_outbox_lag_seconds{subscriber=",
                        "vintem_coalescer_waiting{line=\"payments\"} ",
                        "vintem_cashback_api_circuit 0.0\n",
                        "vintem_jvm_heap_used_bytes ");
    }

    @Test
    void what_happens_is_counted_once() {
        var admin = Http.admin();
        var before = read(admin, "vintem_payments_created_total");
        var paid = read(admin, "vintem_payouts_total{outcome=\"paid\"}");
        var refused = read(admin, "vintem_payouts_total{outcome=\"refused\"}");
        var lists = read(admin, "vintem_coalescer_list_size_count{line=\"payments\"}");
        assertThat(admin.post("/payments/pix", "{\"value\":1.00}").status()).isEqualTo(200);
        assertThat(admin.post("/payments/pix", "{\"value\":0}").status()).isEqualTo(400);
        var id = UUID.randomUUID();
        admin.post(
                "/payouts/batch",
                """
                {"batch_id":"%s","items":[
                {"external_id":"%s-1","user_id":"u","amount_cents":100,"pix_key":"ana@mail.com"},
                {"external_id":"%s-2","user_id":"u","amount_cents":100,"pix_key":"none"}]}"""
                        .formatted(id, id, id));
        assertThat(read(admin, "vintem_payments_created_total")).isEqualTo(before + 1);
        assertThat(read(admin, "vintem_payouts_total{outcome=\"paid\"}")).isEqualTo(paid + 1);
        assertThat(read(admin, "vintem_payouts_total{outcome=\"refused\"}")).isEqualTo(refused + 1);
        assertThat(read(admin, "vintem_coalescer_list_size_count{line=\"payments\"}"))
                .isEqualTo(lists + 1);
    }

    @Test
    void routes_are_told_apart_by_their_patterns_and_never_by_what_was_asked() {
        var admin = Http.admin();
        admin.get("/payments/pix/" + UUID.randomUUID() + "/details");
        var body = admin.get("/q/metrics").body();
        assertThat(body)
                .contains(
                        "vintem_http_request_seconds_count{method=\"GET\","
                                + "route=\"/payments/pix/{id}/details\",status=\"4xx\"}");
        assertThat(body.lines().filter(it -> it.contains("route=")))
                .noneMatch(it -> it.matches(".*[0-9a-f]{8}-[0-9a-f]{4}.*"));
    }

    @Test
    void the_books_of_a_sandbox_that_is_well_do_not_drift() {
        assertThat(read(Http.admin(), "vintem_ledger_drift_cents")).isZero();
    }

    private static double read(Http admin, String line) {
        return admin.get("/q/metrics")
                .body()
                .lines()
                .filter(it -> it.startsWith(line + " "))
                .mapToDouble(it -> Double.parseDouble(it.substring(line.length() + 1)))
                .findFirst()
                .orElse(0);
    }
}
