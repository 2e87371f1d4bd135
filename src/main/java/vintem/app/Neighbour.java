package vintem.app;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import vintem.app.Doctor.Check;
import vintem.app.Doctor.Status;
import vintem.platform.Settings;

/// Programs elsewhere that Vintém asks over HTTP where it is told to: each is asked one harmless
/// question. Their addresses and tokens stand in no finding, only the host.
final class Neighbour {
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final int REFUSED_FROM = 400;
    private static final int UNWELL_FROM = 500;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;

    private Neighbour() {}

    static List<Check> examine() {
        var checks = new ArrayList<Check>();
        prices().ifPresent(checks::add);
        cashback().ifPresent(checks::add);
        collector().ifPresent(checks::add);
        return checks;
    }

    private static Optional<Check> prices() {
        var name = "prices provider";
        var url = Settings.text("prices-url");
        if (url.isEmpty()) {
            return Optional.of(
                    isProduction()
                            ? new Check(
                                    name,
                                    Status.WARNING,
                                    "not set: closes come from files only",
                                    "Set VINTEM_PRICES_URL (and _TOKEN), or send closes to"
                                            + " POST /daily_returns/import.")
                            : new Check(name, Status.OK, "not set; the sandbox has its own", null));
        }
        var token = Settings.text("prices-token");
        return Optional.of(
                ask(
                        name,
                        "VINTEM_PRICES_URL",
                        url.get(),
                        "/quote/list?limit=1",
                        request -> token.ifPresent(it -> bearer(request, it)),
                        "Check VINTEM_PRICES_URL and VINTEM_PRICES_TOKEN. Until then the last good"
                                + " prices are shown with their age."));
    }

    private static Optional<Check> cashback() {
        var name = "cashback API";
        var url = Settings.text("cashback-api-url");
        if (url.isEmpty()) {
            return Optional.of(
                    new Check(
                            name,
                            Status.OK,
                            isProduction()
                                    ? "not set: resellers see the ledger's figures alone"
                                    : "not set; the sandbox has its own",
                            null));
        }
        var token = Settings.text("cashback-api-token");
        if (isProduction() && token.isEmpty()) {
            return Optional.of(
                    new Check(
                            name,
                            Status.WRONG,
                            "VINTEM_CASHBACK_API_TOKEN is not set",
                            "Set it: production does not start without."));
        }
        return Optional.of(
                ask(
                        name,
                        "VINTEM_CASHBACK_API_URL",
                        url.get(),
                        // Of nobody: whatever is answered, somebody is there.
                        "/v1/cashback?cpf=00000000000",
                        request -> token.ifPresent(it -> request.header("token", it)),
                        "Check VINTEM_CASHBACK_API_URL and _TOKEN. Until then the last good figure"
                                + " is shown with its age; nothing is ever paid by it."));
    }

    private static Optional<Check> collector() {
        var mend =
                "Check VINTEM_OTLP_ENDPOINT (without /v1/traces), VINTEM_OTLP_HEADERS, and that it"
                        + " takes OTLP over HTTP. Until then traces and metrics are dropped; nothing"
                        + " else suffers.";
        return Settings.text("otlp-endpoint")
                .map(
                        url ->
                                ask(
                                        "OTLP collector",
                                        "VINTEM_OTLP_ENDPOINT",
                                        url,
                                        "/v1/traces",
                                        request -> {
                                            headers(request);
                                            request.header("Content-Type", "application/json")
                                                    .POST(
                                                            BodyPublishers.ofString(
                                                                    "{\"resourceSpans\":[]}"));
                                        },
                                        mend));
    }

    private static Check ask(
            String name,
            String variable,
            String url,
            String path,
            java.util.function.Consumer<HttpRequest.Builder> complete,
            String mend) {
        HttpRequest request;
        try {
            var builder =
                    HttpRequest.newBuilder(URI.create(url.strip().replaceFirst("/+$", "") + path))
                            .timeout(PATIENCE);
            complete.accept(builder);
            request = builder.build();
        } catch (IllegalArgumentException noAddress) {
            return new Check(
                    name,
                    Status.WRONG,
                    "no address",
                    variable + " is an address like https://host.example/path.");
        }
        var host = request.uri().getHost();
        try (var http = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            var status = http.send(request, BodyHandlers.discarding()).statusCode();
            if (status == UNAUTHORIZED || status == FORBIDDEN) {
                return new Check(
                        name, Status.WRONG, "%s refuses us: %d".formatted(host, status), mend);
            }
            if (status >= UNWELL_FROM) {
                return new Check(
                        name, Status.WRONG, "%s is unwell: %d".formatted(host, status), mend);
            }
            return new Check(
                    name,
                    Status.OK,
                    "%s answers%s"
                            .formatted(host, status >= REFUSED_FROM ? " (" + status + ")" : ""),
                    null);
        } catch (IOException unanswered) {
            return new Check(name, Status.WRONG, host + " does not answer", mend);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return new Check(name, Status.WRONG, host + " was not waited for", mend);
        }
    }

    private static void bearer(HttpRequest.Builder request, String token) {
        request.header("Authorization", "Bearer " + token);
    }

    private static void headers(HttpRequest.Builder request) {
        for (var header : Settings.list("otlp-headers")) {
            var equals = header.indexOf('=');
            if (equals > 0) {
                request.header(header.substring(0, equals), header.substring(equals + 1));
            }
        }
    }

    private static boolean isProduction() {
        return Settings.text("mode").orElse("").equals("production");
    }
}
