package vintem.platform;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import vintem.platform.EmbeddedPostgres.Address;

/// Brings a database to the shape this version needs. Safe when two nodes start at once: Flyway
/// holds a lock on its history while it works.
public final class Migrations {
    private static final String[] MODULES = {
        "platform",
        "access",
        "ledger",
        "bank",
        "payments",
        "payouts",
        "billing",
        "cashback",
        "investments",
        "demo",
        "webhooks",
        "papers",
        "reconciliation"
    };

    /// @param done how many have run
    /// @param pending those that the next start runs
    /// @param changed those that ran otherwise, or are not of this version
    public record State(int done, List<String> pending, List<String> changed) {}

    private static final String MIGRATIONS = "db/migration/";

    private Migrations() {}

    /// Applies what is missing, as the owner of the data.
    ///
    /// A packaged product that finds its own seal on the history has nothing to apply, and is
    /// spared asking Flyway, which is a good part of a start.
    ///
    /// @return how many migrations were applied
    public static int run(Address owner) {
        return run(owner, packaged());
    }

    /// @param seal names these migrations and no others; empty where nothing does
    static int run(Address owner, Optional<String> seal) {
        if (seal.isPresent() && seal.equals(MigrationTable.sealed(owner))) {
            return 0;
        }
        // Gone before anything changes: a version that this one leaves half done looks closely,
        // too.
        MigrationTable.seal(owner, Optional.empty());
        var applied = configured(owner).connectRetries(10).load().migrate().migrationsExecuted;
        MigrationTable.seal(owner, seal);
        return applied;
    }

    /// What all migrations of this package come to: the archive keeps a checksum of each.
    private static Optional<String> packaged() {
        var home =
                URLDecoder.decode(
                        Migrations.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .getPath(),
                        UTF_8);
        if (!Files.isRegularFile(Path.of(home))) {
            return Optional.empty();
        }
        try (var archive = new JarFile(home)) {
            var all =
                    archive.stream()
                            .filter(it -> it.getName().startsWith(MIGRATIONS))
                            .map(it -> it.getName() + ":" + it.getCrc() + ":" + it.getSize())
                            .sorted()
                            .collect(Collectors.joining("\n"));
            return Optional.of(UUID.nameUUIDFromBytes(all.getBytes(UTF_8)).toString());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /// How a database differs from what this version needs. Changes nothing.
    public static State look(Address owner) {
        var flyway = configured(owner).load();
        var changed = new ArrayList<String>();
        for (var wrong : flyway.validateWithResult().invalidMigrations) {
            // What is still to run is no difference.
            if (wrong.errorDetails.errorCode
                    != CoreErrorCode.RESOLVED_VERSIONED_MIGRATION_NOT_APPLIED) {
                changed.add(wrong.version + " " + wrong.description);
            }
        }
        var info = flyway.info();
        var pending = Arrays.stream(info.pending()).map(MigrationInfo::getScript).toList();
        return new State(info.applied().length, pending, List.copyOf(changed));
    }

    private static FluentConfiguration configured(Address owner) {
        var locations = new String[MODULES.length];
        for (var i = 0; i < MODULES.length; i++) {
            locations[i] = "classpath:db/migration/" + MODULES[i];
        }
        return Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(owner.url(), owner.user(), owner.password())
                .locations(locations)
                .failOnMissingLocations(true)
                .validateMigrationNaming(true)
                .outOfOrder(true);
    }
}
