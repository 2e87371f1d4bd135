package vintem.app;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.config.ConfigProvider;
import vintem.access.SignInLinks;
import vintem.demo.LoadDemo;
import vintem.platform.ScheduledJobs;
import vintem.platform.Settings;

/// Runs while the server is up: says where to go, and waits.
public class Serve implements QuarkusApplication {
    private final Opening opening;
    private final SignInLinks links;
    private final LoadDemo demo;
    private final ScheduledJobs jobs;

    @Inject
    Serve(Opening opening, SignInLinks links, LoadDemo demo, ScheduledJobs jobs) {
        this.opening = opening;
        this.links = links;
        this.demo = demo;
        this.jobs = jobs;
    }

    @Override
    public int run(String... arguments) {
        if (Settings.flag("demo")) {
            print("");
            print("  Preparing the demo…");
            demo.load(Serve::progress)
                    .ifPresent(
                            it ->
                                    print(
                                            "  Three months of history, written in %.1f s.",
                                            it.toMillis() / 1000.0));
        }
        jobs.open();
        var host = Settings.text("host").orElse("127.0.0.1");
        var address = "http://%s:%d".formatted(host, Settings.port());
        print("");
        print("  Vintém is running (sandbox: no real money moves).");
        print("");
        print("  Pages      %s/app", address);
        links.create()
                .ifPresent(
                        link -> print("  Sign in    %s%s   (once, for 10 minutes)", address, link));
        opening.generatedPassword()
                .ifPresent(
                        secret ->
                                print(
                                        "  User       admin, password %s   (shown this once)",
                                        secret));
        print("  API        %s/docs", address);
        print("  Tour       %s/app/docs/tour", address);
        links.token().ifPresent(token -> printRequests(address, token));
        print("");
        print("  Ctrl-C stops it.");
        print("");
        if (Settings.flag("rehearsal")) {
            rehearse();
            return 0;
        }
        Quarkus.waitForExit();
        return 0;
    }

    private static void printRequests(String address, String token) {
        print("");
        print("  Three requests, ready to paste (the token holds for an hour):");
        print("");
        print("TOKEN=%s", token);
        print("");
        print("curl %s/payments/pix -H \"Authorization: Bearer $TOKEN\" \\", address);
        print("  -H 'Content-Type: application/json' -d '{\"value\":25.90}'");
        print("");
        print("curl %s/payouts/batch -H \"Authorization: Bearer $TOKEN\" \\", address);
        print(
                "  -H 'Content-Type: application/json' -d"
                        + " '{\"batch_id\":\"2025-10-05-A\",\"items\":[{\"external_id\":\"u1-001\","
                        + "\"user_id\":\"u1\",\"amount_cents\":35000,\"pix_key\":\"u1@email.com\"}]}'");
        print("");
        print("curl %s/ledger/accounts -H \"Authorization: Bearer $TOKEN\"", address);
    }

    /// A start that ends by itself: the JVM keeps what it has loaded by then (JEP 514), and later
    /// starts begin there. `./vintem` does one after each build.
    private static void rehearse() {
        var port = ConfigProvider.getConfig().getValue("quarkus.http.port", Integer.class);
        try (var client = HttpClient.newHttpClient()) {
            for (var path : List.of("/q/health", "/app/sign-in", "/payouts", "/openapi")) {
                var request =
                        HttpRequest.newBuilder(
                                        URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
                                .timeout(Duration.ofSeconds(20))
                                .build();
                client.send(request, BodyHandlers.discarding());
            }
        } catch (IOException unanswered) {
            throw new UncheckedIOException(unanswered);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// One line that counts up, for whoever looks at a terminal.
    private static void progress(int percent) {
        if (System.console() != null && System.console().isTerminal()) {
            System.out.printf("\r  %3d %%%s", percent, percent < 100 ? "" : "\r        \r");
            System.out.flush();
        }
    }

    private static void print(String format, Object... arguments) {
        System.out.println(format.formatted(arguments));
    }
}
