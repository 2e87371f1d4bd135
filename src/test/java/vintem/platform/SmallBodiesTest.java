package vintem.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;
import vintem.Http;
import vintem.RawHttp;
import vintem.World;

/// Small bodies are read before a route is asked, however they arrive.
@QuarkusTest
@QuarkusTestResource(World.class)
class SmallBodiesTest {
    @Test
    void a_body_that_comes_a_few_bytes_at_a_time_is_whole_when_the_route_reads_it() {
        var body = "{\"value\":10.50,\"reference\":\"çã %s\"}".formatted("x".repeat(200));
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        var answer =
                RawHttp.send(
                        out -> {
                            out.write(RawHttp.head(lines(bytes.length)));
                            for (var i = 0; i < bytes.length; i += 50) {
                                out.write(bytes, i, Math.min(50, bytes.length - i));
                                out.flush();
                                Together.pause(Duration.ofMillis(10));
                            }
                        });
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("\"value\":10.50");
    }

    @Test
    void a_body_beyond_what_is_read_early_is_read_by_its_route() {
        var value = "{\"value\":1,\"description\":\"a\"";
        for (var length : new int[] {SmallBodies.MOST_BYTES, SmallBodies.MOST_BYTES + 1}) {
            var body = value + " ".repeat(length - value.length() - 1) + "}";
            var answer = Http.admin().post("/payments/pix", body);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        }
    }

    @Test
    void a_body_over_http_2_is_read_as_well() throws Exception {
        var port = ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
        try (var client = HttpClient.newBuilder().version(Version.HTTP_2).build()) {
            // The first request asks for the other protocol, the second one speaks it.
            for (var i = 0; i < 2; i++) {
                var request =
                        HttpRequest.newBuilder(
                                        URI.create("http://localhost:" + port + "/payments/pix"))
                                .header("Authorization", Http.admin().header("Authorization"))
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString("{\"value\":10.50}"))
                                .build();
                var answer = client.send(request, BodyHandlers.ofString());
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                assertThat(answer.version()).isEqualTo(Version.HTTP_2);
            }
        }
    }

    @Test
    void a_body_that_was_promised_and_never_comes_costs_a_connection_for_a_while_only() {
        var answer = RawHttp.send(out -> out.write(RawHttp.head(lines(100))));
        assertThat(answer.status()).isZero();
    }

    private static String lines(int length) {
        return "POST /payments/pix HTTP/1.1\r\nContent-Type: application/json\r\nAuthorization: "
                + Http.admin().header("Authorization")
                + "\r\nContent-Length: "
                + length
                + "\r\n";
    }
}
