package vintem.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.trace.v1.Span;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.Http;
import vintem.OtlpReceiver;
import vintem.World;

/// What a collector hears of the product, by real OTLP.
@QuarkusTest
@QuarkusTestResource(World.class)
class TelemetryTest {
    private OtlpReceiver receiver;
    private Otlp otlp;

    @BeforeEach
    void a_collector_listens() {
        receiver = OtlpReceiver.open();
        System.setProperty("vintem.otlp-headers", "Authorization=Bearer the-collector");
        otlp = Otlp.open(receiver.endpoint());
    }

    @AfterEach
    void it_is_off_again() {
        otlp.close();
        receiver.close();
        System.clearProperty("vintem.otlp-headers");
        assertThat(Traces.traceId()).isEmpty();
    }

    @Test
    void spans_metrics_and_a_log_of_one_request_share_its_trace() {
        var id = Ids.next();
        // The bank pays and does not answer: somebody is told by the log.
        var answer =
                Http.admin()
                        .post(
                                "/payouts/batch?source=telemetry-test",
                                """
                                {"batch_id":"%s","items":[{"external_id":"%s","user_id":"ana",
                                "amount_cents":66603,"pix_key":"ana.segredo@example.com"}]}"""
                                        .formatted(id, id));
        assertThat(answer.status()).isEqualTo(200);
        otlp.close();

        var request = span("POST /payouts/batch");
        var trace = OtlpReceiver.hex(request.getTraceId());
        var useCase = span("PayBatch");
        assertThat(useCase.getTraceId()).isEqualTo(request.getTraceId());
        assertThat(useCase.getParentSpanId()).isEqualTo(request.getSpanId());
        assertThat(attributes(useCase)).contains("vintem.submission.id");
        assertThat(attributes(request))
                .contains("http.route /payouts/batch", "http.response.status_code 200");
        // The list that it became part of, with whoever else was in it, is linked to it.
        assertThat(receiver.spans())
                .anySatisfy(
                        list -> {
                            assertThat(list.getName()).isEqualTo("payouts list");
                            assertThat(list.getLinksList())
                                    .anyMatch(
                                            link ->
                                                    OtlpReceiver.hex(link.getTraceId())
                                                            .equals(trace));
                        });
        assertThat(receiver.logs())
                .anySatisfy(
                        line -> {
                            assertThat(line.getBody().getStringValue())
                                    .contains("the bank was silent about 1 of 1 payouts");
                            assertThat(OtlpReceiver.hex(line.getTraceId())).isEqualTo(trace);
                        });
        assertThat(exemplars("vintem_http_request_seconds"))
                .anyMatch(it -> OtlpReceiver.hex(it.getTraceId()).equals(trace));
        assertThat(receiver.authorizations()).containsOnly("Bearer the-collector");
    }

    @Test
    void nothing_personal_leaves_the_house() {
        var merchant = Http.admin();
        var created =
                merchant.post(
                        "/payments/pix",
                        """
                        {"value":12.34,"reference":"pedido da Zuleica","description":"segredo dela",
                         "payer":{"name":"Zuleica Personne","tax_id":"529.982.247-25"}}""");
        assertThat(created.status()).isEqualTo(200);
        var id = created.json().at("/payment/id").textValue();
        merchant.get("/payments/pix?q=Zuleica&payer=52998224725");
        merchant.get("/payments/pix/%s/details".formatted(id));
        // Refused, with what it was refused for in its body.
        merchant.post("/tools/inspect", "{\"text\":[\"529.982.247-25\"]}");
        Http.nobody()
                .with("Content-Type", "application/x-www-form-urlencoded")
                .post("/token", "username=Zuleica&password=senha+dela");
        Traces.span(
                "Failing",
                () -> {
                    try {
                        throw new IllegalStateException("the CPF 529.982.247-25 of Zuleica");
                    } catch (IllegalStateException failed) {
                        org.jboss.logging.Logger.getLogger("vintem.test").error("failed", failed);
                        return 0;
                    }
                });
        otlp.close();

        assertThat(span("CreatePayment").getAttributesList().toString()).contains(id);
        assertThat(receiver.logs().toString()).contains("java.lang.IllegalStateException");
        assertThat(receiver.everything())
                .doesNotContain(
                        "Zuleica", "52998224725", "529.982.247-25", "segredo", "senha", "?q=");
    }

    @Test
    void a_problem_names_the_trace_that_it_happened_in() {
        var refused = Http.admin().post("/payments/pix", "{\"value\":0}");
        assertThat(refused.status()).isEqualTo(400);
        otlp.close();
        assertThat(receiver.spans())
                .anyMatch(
                        it ->
                                OtlpReceiver.hex(it.getTraceId())
                                        .equals(refused.json().required("trace_id").textValue()));
    }

    @Test
    void what_a_span_failed_of_is_its_kind_and_not_its_words() {
        assertThatThrownBy(
                        () ->
                                Traces.span(
                                        "Failing",
                                        () -> {
                                            throw new IllegalStateException("of Zuleica");
                                        }))
                .isInstanceOf(IllegalStateException.class);
        otlp.close();
        assertThat(attributes(span("Failing")))
                .contains("error.type java.lang.IllegalStateException");
        assertThat(receiver.everything()).doesNotContain("Zuleica");
    }

    @Test
    void every_figure_of_prometheus_is_sent_as_well() {
        otlp.close();
        var sent = receiver.metrics().stream().map(it -> it.getName()).toList();
        var lines = Metrics.prometheus().lines().filter(it -> it.startsWith("# TYPE"));
        var counted =
                lines.map(it -> it.split(" "))
                        .filter(it -> !it[3].equals("histogram"))
                        .map(it -> it[2])
                        .toList();
        assertThat(counted).isNotEmpty();
        assertThat(sent).containsAll(counted);
    }

    @Test
    void a_collector_that_is_away_costs_no_request() {
        receiver.close();
        assertThat(Http.admin().get("/payments/pix").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "collector:4318",
                "ftp://collector",
                "http://",
                "http://user:secret@collector",
                "http://collector?key=secret",
                "http://a b"
            })
    void an_endpoint_that_is_none_is_said_so(String endpoint) {
        System.setProperty("vintem.otlp-endpoint", endpoint);
        try {
            assertThatThrownBy(Telemetry::endpoint)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("VINTEM_OTLP_ENDPOINT");
        } finally {
            System.clearProperty("vintem.otlp-endpoint");
        }
    }

    @Test
    void a_log_format_that_is_none_is_said_so() {
        System.setProperty("vintem.log-format", "xml");
        try {
            assertThatThrownBy(() -> new Telemetry().start(new StartupEvent()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("VINTEM_LOG_FORMAT");
        } finally {
            System.clearProperty("vintem.log-format");
        }
    }

    @Test
    void an_endpoint_may_have_a_path_and_none_is_none() {
        assertThat(Telemetry.endpoint()).isEmpty();
        System.setProperty("vintem.otlp-endpoint", "https://collector.example/otlp/");
        try {
            assertThat(Telemetry.endpoint()).contains(URI.create("https://collector.example/otlp"));
        } finally {
            System.clearProperty("vintem.otlp-endpoint");
        }
    }

    private Span span(String name) {
        return receiver.spans().stream()
                .filter(it -> it.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no span " + name + receiver.spans()));
    }

    /// `name value`, or `name` alone where the value is long.
    private static List<String> attributes(Span span) {
        return span.getAttributesList().stream()
                .flatMap(
                        it -> {
                            var value = it.getValue();
                            var text =
                                    value.hasIntValue()
                                            ? Long.toString(value.getIntValue())
                                            : value.getStringValue();
                            return Stream.of(it.getKey(), it.getKey() + " " + text);
                        })
                .toList();
    }

    private List<Exemplar> exemplars(String histogram) {
        return receiver.metrics().stream()
                .filter(it -> it.getName().equals(histogram))
                .flatMap(it -> it.getHistogram().getDataPointsList().stream())
                .flatMap(it -> it.getExemplarsList().stream())
                .toList();
    }
}
