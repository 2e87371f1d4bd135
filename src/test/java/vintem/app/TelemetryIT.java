package vintem.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vintem.Node;
import vintem.OtlpReceiver;
import vintem.platform.Together;

/// What the packaged product tells from outside, and what it does not even load.
class TelemetryIT {
    private static final String PAYMENT =
            "{\"value\":12.34,\"payer\":{\"name\":\"Zuleica\",\"tax_id\":\"529.982.247-25\"}}";

    @TempDir private Path temporary;

    @Test
    void it_sends_traces_metrics_and_logs_and_writes_its_log_as_json() throws IOException {
        try (var receiver = OtlpReceiver.open();
                var node =
                        Node.start(
                                temporary.resolve("data"),
                                Map.of(
                                        "VINTEM_OTLP_ENDPOINT", receiver.endpoint().toString(),
                                        "VINTEM_OTLP_METRICS_MILLIS", "500",
                                        "VINTEM_LOG_FORMAT", "ecs"))) {
            assertThat(node.admin().post("/payments/pix", PAYMENT).status()).isEqualTo(200);
            Together.until(
                    "the span of a payment",
                    () ->
                            receiver.spans().stream()
                                    .anyMatch(it -> it.getName().equals("CreatePayment")));
            Together.until(
                    "the figure of payments",
                    () ->
                            receiver.metrics().stream()
                                    .anyMatch(
                                            it ->
                                                    it.getName()
                                                            .equals(
                                                                    "vintem_payments_created_total")));
            node.stop();
            // What waited in a queue is sent before the end.
            assertThat(receiver.logs())
                    .anyMatch(it -> it.getBody().getStringValue().contains("started in"));
            assertThat(receiver.everything()).doesNotContain("Zuleica", "982.247");
            var json = new ObjectMapper();
            var lines =
                    node.output().lines().filter(it -> it.startsWith("{\"@timestamp\"")).toList();
            assertThat(lines).isNotEmpty();
            for (var line : lines) {
                assertThat(json.readTree(line).required("service.name").textValue())
                        .isEqualTo("vintem");
            }
        }
    }

    @Test
    void without_an_endpoint_nothing_of_it_is_loaded() throws IOException {
        var loaded = temporary.resolve("loaded");
        try (var node =
                Node.start(
                        temporary.resolve("data"), Map.of(), "-Xlog:class+load:file=" + loaded)) {
            assertThat(node.admin().post("/payments/pix", PAYMENT).status()).isEqualTo(200);
            assertThat(node.stop()).isEqualTo(143);
        }
        assertThat(Files.readString(loaded))
                .contains("vintem.platform.Traces")
                .doesNotContain("io.opentelemetry.sdk", "io.opentelemetry.exporter");
    }

    @Test
    void a_setting_that_is_wrong_is_said_before_anybody_is_served() {
        var refused =
                Node.command(
                        temporary.resolve("data"),
                        Map.of("VINTEM_CASHBACK_API_URL", "nowhere", "VINTEM_PORT", "0"),
                        "run");
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.output())
                .contains("vintem: VINTEM_CASHBACK_API_URL is an address like")
                .doesNotContain("\tat ");
    }
}
