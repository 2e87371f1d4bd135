package vintem;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;

/// A caller of the product over real HTTP.
public final class Http {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String base;
    private final Map<String, String> headers;

    private Http(String base, Map<String, String> headers) {
        this.base = base;
        this.headers = headers;
    }

    /// What came back.
    public record Answer(int status, String body, HttpResponse<String> raw) {
        public JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (IOException notJson) {
                throw new UncheckedIOException(body, notJson);
            }
        }

        public String header(String name) {
            return raw.headers().firstValue(name).orElse("");
        }
    }

    /// Somebody without a credential, at the application under test.
    public static Http nobody() {
        var port = ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
        return at("http://localhost:" + port);
    }

    public static Http at(String base) {
        return new Http(base, Map.of());
    }

    /// The administrator of the tests.
    public static Http admin() {
        return nobody().signedIn("admin", World.ADMIN_PASSWORD);
    }

    public Http signedIn(String user, String password) {
        var form = "username=" + user + "&password=" + password;
        var answer = with("Content-Type", "application/x-www-form-urlencoded").post("/token", form);
        if (answer.status() != 200) {
            throw new AssertionError(user + " may not sign in: " + answer.body());
        }
        return bearer(answer.json().required("access_token").asText());
    }

    public Http bearer(String token) {
        return with("Authorization", "Bearer " + token);
    }

    public Http with(String header, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Http(base, more);
    }

    /// The header that this caller sends, empty where it sends none.
    public String header(String name) {
        return headers.getOrDefault(name, "");
    }

    public Answer get(String path) {
        return send("GET", path, new byte[0]);
    }

    public Answer post(String path, String body) {
        return send("POST", path, body.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    public Answer post(String path, byte[] body) {
        return send("POST", path, body);
    }

    public Answer send(String method, String path, byte[] body) {
        var request =
                HttpRequest.newBuilder(URI.create(base + path))
                        .timeout(Duration.ofMinutes(2))
                        .method(
                                method,
                                body.length == 0 && method.equals("GET")
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofByteArray(body));
        if (!headers.containsKey("Content-Type") && body.length > 0) {
            request.header("Content-Type", "application/json");
        }
        headers.forEach(request::header);
        try {
            var response = CLIENT.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body(), response);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
