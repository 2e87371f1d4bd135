package vintem.demo;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;
import vintem.access.SignInLinks;
import vintem.platform.Json;
import vintem.platform.Settings;

/// The product's own routes, as any client calls them: as its first administrator, as its bank, or
/// as somebody with another token.
@Singleton
class Wire {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    // Tokens hold for an hour of the held clock.
    private static final Duration TOKEN_USED = Duration.ofMinutes(50);

    /// The product would not.
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final int status;

        Refused(int status, String message) {
            super(message);
            this.status = status;
        }
    }

    private static final int NOT_FOUND = 404;

    private record Token(String secret, Instant until) {}

    private final SignInLinks links;
    private final DemoGate gate;
    private final Clock clock;
    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(PATIENCE)
                    .build();
    private @Nullable Token token;

    @Inject
    Wire(SignInLinks links, DemoGate gate, Clock clock) {
        this.links = links;
        this.gate = gate;
        this.clock = clock;
    }

    @PreDestroy
    void close() {
        http.shutdownNow();
    }

    JsonNode get(String path) {
        return send(request(path, admin()).GET());
    }

    JsonNode getAs(String secret, String path) {
        return send(request(path, secret).GET());
    }

    /// A page that anybody may open.
    void look(String path) {
        send(request(path, admin()).header("Accept", "text/html").GET(), false);
    }

    JsonNode post(String path, Object body) {
        return as(admin(), path, body, Map.of());
    }

    JsonNode postOnce(String path, Object body, String key) {
        return as(admin(), path, body, Map.of("Idempotency-Key", key));
    }

    /// The bank tells something.
    JsonNode tell(String path, Object body) {
        return as(Settings.list("bank-secret").getFirst(), path, body, Map.of());
    }

    /// The bank tells something that nobody here knows of: it is kept, and answered so.
    void tellStrange(String path, Object body) {
        try {
            tell(path, body);
        } catch (Refused refused) {
            if (refused.status != NOT_FOUND) {
                throw refused;
            }
        }
    }

    /// A file, or a form.
    JsonNode file(String path, String type, String text) {
        return send(
                request(path, admin())
                        .header("Content-Type", type)
                        .POST(BodyPublishers.ofString(text)));
    }

    JsonNode as(String secret, String path, Object body, Map<String, String> headers) {
        var request =
                request(path, secret)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofByteArray(Json.write(body)));
        headers.forEach(request::header);
        return send(request);
    }

    /// The token of somebody who signs in with a password.
    String signIn(String name, String password) {
        var form = "username=" + name + "&password=" + encoded(password);
        return file("/token", "application/x-www-form-urlencoded", form)
                .get("access_token")
                .asText();
    }

    /// Does all of it at once and gives the answers in order: requests that wait together are one
    /// list in the product, too.
    static <T> List<T> together(List<? extends Callable<T>> calls) {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<T>();
            for (var future : executor.invokeAll(calls)) {
                answers.add(future.get());
            }
            return answers;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        } catch (ExecutionException failed) {
            throw new IllegalStateException(failed.getCause());
        }
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private synchronized String admin() {
        var now = clock.instant();
        var known = token;
        if (known == null || !now.isBefore(known.until())) {
            known = new Token(links.token().orElseThrow(), now.plus(TOKEN_USED));
            token = known;
        }
        return known.secret();
    }

    private HttpRequest.Builder request(String path, String secret) {
        return HttpRequest.newBuilder(URI.create(base() + path))
                .timeout(PATIENCE)
                .header(DemoGate.PASS, gate.pass())
                .header("Authorization", "Bearer " + secret);
    }

    private JsonNode send(HttpRequest.Builder request) {
        return Json.readOwn(send(request, true), JsonNode.class);
    }

    private String send(HttpRequest.Builder request, boolean json) {
        try {
            var answer = http.send(request.build(), BodyHandlers.ofString());
            if (answer.statusCode() >= 300) {
                throw new Refused(
                        answer.statusCode(),
                        "%s %s: %d %s"
                                .formatted(
                                        answer.request().method(),
                                        answer.uri().getPath(),
                                        answer.statusCode(),
                                        answer.body()));
            }
            return json && answer.body().isEmpty() ? "null" : answer.body();
        } catch (IOException unanswered) {
            throw new UncheckedIOException(unanswered);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }

    private static String base() {
        var port = ConfigProvider.getConfig().getValue("quarkus.http.port", Integer.class);
        var host = Settings.text("host").filter(it -> !it.equals("0.0.0.0")).orElse("127.0.0.1");
        return "http://%s:%d".formatted(host, port);
    }
}
