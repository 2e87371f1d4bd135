package vintem.platform;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

    private Migrations() {}

    /// Applies what is missing, as the owner of the data.
    ///
    /// @return how many migrations were applied
    public static int run(Address owner) {
        return configured(owner).connectRetries(10).load().migrate().migrationsExecuted;
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
