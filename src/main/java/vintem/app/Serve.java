package vintem.app;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import jakarta.inject.Inject;
import vintem.access.SignInLinks;
import vintem.platform.Settings;

/// Runs while the server is up: says where to go, and waits.
public class Serve implements QuarkusApplication {
    private final Opening opening;
    private final SignInLinks links;

    @Inject
    Serve(Opening opening, SignInLinks links) {
        this.opening = opening;
        this.links = links;
    }

    @Override
    public int run(String... arguments) {
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
        links.token()
                .ifPresent(
                        token -> {
                            print("");
                            print("  A first batch, ready to paste (the token holds for an hour):");
                            print("");
                            print(
                                    "curl %s/payouts/batch -H 'Content-Type: application/json' \\",
                                    address);
                            print("  -H 'Authorization: Bearer %s' \\", token);
                            print(
                                    "  -d '{\"batch_id\":\"2025-10-05-A\",\"items\":[{\"external_id\":\"u1-001\","
                                            + "\"user_id\":\"u1\",\"amount_cents\":35000,\"pix_key\":\"u1@email.com\"}]}'");
                        });
        print("");
        print("  Ctrl-C stops it.");
        print("");
        Quarkus.waitForExit();
        return 0;
    }

    private static void print(String format, Object... arguments) {
        System.out.println(format.formatted(arguments));
    }
}
