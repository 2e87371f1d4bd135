package vintem.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import vintem.billing.BoletoNumbers;
import vintem.ledger.LedgerHome;
import vintem.platform.EmbeddedPostgres;
import vintem.platform.EmbeddedPostgres.Address;
import vintem.platform.Migrations;
import vintem.platform.Settings;
import vintem.platform.Settings.Mode;

/// What must stand before Quarkus starts: the database, its shape, the secrets, the mode. Closed
/// after Quarkus has stopped.
final class Preparation implements AutoCloseable {
    private static final int SECRET_BYTES = 32;

    private final Address address;
    private final @Nullable EmbeddedPostgres embedded;
    private final CountDownLatch closed = new CountDownLatch(1);

    private Preparation(Address address, @Nullable EmbeddedPostgres embedded) {
        this.address = address;
        this.embedded = embedded;
        // A signal starts the JVM's shutdown while main still runs: wait for it to stop the server.
        Runtime.getRuntime().addShutdownHook(new Thread(this::awaitClosed, "stop-postgres"));
    }

    /// Opens the data directory, or the external database where `VINTEM_DB_URL` names one, and
    /// brings it to the shape of this version.
    static Preparation open(Path dataDirectory) {
        fixMode(dataDirectory, Settings.mode());
        var external = externalAddress();
        var embedded =
                external.isPresent() ? null : EmbeddedPostgres.start(dataDirectory, Map.of());
        var address = embedded == null ? external.orElseThrow() : embedded.address();
        var preparation = new Preparation(address, embedded);
        try {
            Migrations.run(address);
            LedgerHome.settleIn(address);
            settleBoletoNumbers(address, dataDirectory);
            provideSecrets(dataDirectory);
            return preparation;
        } catch (RuntimeException failed) {
            preparation.close();
            throw failed;
        }
    }

    /// The mark of a restore goes when the numbers of its missing days are given up: a crash in
    /// between gives up more of them.
    static void settleBoletoNumbers(Address address, Path dataDirectory) {
        var mark = dataDirectory.resolve(Backup.RESTORED);
        try {
            BoletoNumbers.settleIn(address, Files.exists(mark));
            Files.deleteIfExists(mark);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// The database that `VINTEM_DB_URL` names, `jdbc:postgresql://host/name` or without the
    /// `jdbc:`.
    static Optional<Address> externalAddress() {
        return Settings.text("db-url")
                .map(url -> url.startsWith("jdbc:") ? url : "jdbc:" + url)
                .map(
                        url ->
                                new Address(
                                        url,
                                        Settings.text("db-user").orElse("vintem"),
                                        Settings.text("db-password").orElse("")));
    }

    Address address() {
        return address;
    }

    /// Hands over to Quarkus what it must know.
    static void connect(Address address) {
        System.setProperty("quarkus.datasource.jdbc.url", address.url());
        System.setProperty("quarkus.datasource.username", address.user());
        System.setProperty("quarkus.datasource.password", address.password());
    }

    /// The same, and where to listen.
    void serve() {
        connect(address);
        System.setProperty("vintem.serving", "true");
        System.setProperty("quarkus.http.port", Integer.toString(Settings.port()));
        System.setProperty("quarkus.http.host", Settings.text("host").orElse("127.0.0.1"));
        var origins = Settings.list("cors-origins");
        if (!origins.isEmpty()) {
            System.setProperty("quarkus.http.cors.enabled", "true");
            System.setProperty("quarkus.http.cors.origins", String.join(",", origins));
        }
    }

    /// Production needs a real bank, and there is no adapter to one yet.
    static void refuseProduction() {
        if (Settings.mode() == Mode.PRODUCTION) {
            throw new IllegalArgumentException(
                    "production mode refuses to start: there is no adapter to a real bank yet, and"
                            + " the simulated one moves no money. Run with VINTEM_MODE=sandbox.");
        }
    }

    @Override
    public void close() {
        try {
            if (embedded != null) {
                embedded.close();
            }
        } finally {
            closed.countDown();
        }
    }

    private void awaitClosed() {
        try {
            closed.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Sandbox money and real money never share a directory.
    private static void fixMode(Path dataDirectory, Mode mode) {
        var file = dataDirectory.resolve("mode");
        var name = mode.name().toLowerCase(Locale.ROOT);
        try {
            if (!Files.exists(dataDirectory)) {
                Files.createDirectories(
                        dataDirectory,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            }
            if (!Files.exists(file)) {
                write(file, name);
            }
            var fixed = Files.readString(file).trim();
            if (!fixed.equals(name)) {
                throw new IllegalArgumentException(
                        "%s was first started in %s mode and cannot be used in %s mode."
                                .formatted(dataDirectory, fixed, name));
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// `VINTEM_SECRET` and `VINTEM_BANK_SECRET`, made up where they are missing.
    static void provideSecrets(Path dataDirectory) {
        provideSecret(dataDirectory, "secret");
        provideSecret(dataDirectory, "bank-secret");
    }

    /// In the sandbox a missing secret is made up once and kept beside the data.
    private static void provideSecret(Path dataDirectory, String name) {
        if (Settings.text(name).isPresent()) {
            return;
        }
        var file = dataDirectory.resolve(name);
        try {
            if (!Files.exists(file)) {
                var bytes = new byte[SECRET_BYTES];
                new SecureRandom().nextBytes(bytes);
                write(file, HexFormat.of().formatHex(bytes));
            }
            System.setProperty("vintem." + name, Files.readString(file).trim());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// Beside and renamed, readable by its owner alone.
    private static void write(Path file, String text) throws IOException {
        var partial = file.resolveSibling(file.getFileName() + ".partial");
        Files.deleteIfExists(partial);
        Files.createFile(
                partial,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(partial, text);
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
