package vintem;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import vintem.ledger.LedgerHome;
import vintem.platform.EmbeddedPostgres;
import vintem.platform.Migrations;

/// The database under the tests that run Quarkus: a real, durable PostgreSQL of its own, started
/// before it and stopped after it.
public class World implements QuarkusTestResourceLifecycleManager {
    /// The password of `admin` in tests.
    public static final String ADMIN_PASSWORD = "senha-de-teste";

    /// The bank's secret in tests.
    public static final String BANK_SECRET = "segredo-do-banco-de-teste";

    /// What signs tokens in tests.
    public static final String SECRET = "a-secret-of-at-least-thirty-two-bytes-for-tests";

    private EmbeddedPostgres postgres;
    private Path directory;

    @Override
    public Map<String, String> start() {
        try {
            directory = Files.createTempDirectory("vintem-world-");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        postgres = EmbeddedPostgres.start(directory, Map.of());
        var address = postgres.address();
        Migrations.run(address);
        LedgerHome.settleIn(address);
        System.setProperty("vintem.secret", SECRET);
        System.setProperty("vintem.bank-secret", BANK_SECRET);
        System.setProperty("vintem.admin-password", ADMIN_PASSWORD);
        System.setProperty("vintem.bcrypt-cost", "4");
        System.setProperty("vintem.bank-timeout-millis", "300");
        System.setProperty("vintem.sandbox-slow-millis", "100");
        // All tests share few credentials.
        System.setProperty("vintem.requests-per-minute", "0");
        System.setProperty("vintem.registrations-per-address", "100000");
        System.setProperty("vintem.body-timeout-millis", "5000");
        System.setProperty("vintem.serving", "true");
        // Receivers of webhooks that tests start are here; no other private address is allowed.
        System.setProperty("vintem.webhooks-allow-private", "127.0.0.1/32");
        // Few rows make many batches, and a small file is too large.
        System.setProperty("vintem.billing-batch-rows", "20");
        System.setProperty("vintem.billing-max-file-bytes", Integer.toString(8 << 20));
        return Map.of(
                "quarkus.datasource.jdbc.url", address.url(),
                "quarkus.datasource.username", address.user(),
                "quarkus.datasource.password", address.password());
    }

    @Override
    public void stop() {
        Traces.keep(postgres.address());
        postgres.close();
        try (var paths = Files.walk(directory)) {
            for (var path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
