package vintem.platform;

import org.flywaydb.core.Flyway;
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
        "reconciliation"
    };

    private Migrations() {}

    /// Applies what is missing, as the owner of the data.
    ///
    /// @return how many migrations were applied
    public static int run(Address owner) {
        var locations = new String[MODULES.length];
        for (var i = 0; i < MODULES.length; i++) {
            locations[i] = "classpath:db/migration/" + MODULES[i];
        }
        return Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(owner.url(), owner.user(), owner.password())
                .locations(locations)
                .failOnMissingLocations(true)
                .validateMigrationNaming(true)
                .outOfOrder(true)
                .connectRetries(10)
                .load()
                .migrate()
                .migrationsExecuted;
    }
}
