package vintem.platform;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ConnectionValidator;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.exceptionsorter.PostgreSQLExceptionSorter;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import java.sql.SQLException;
import java.time.Duration;
import vintem.platform.EmbeddedPostgres.Address;

/// Connections outside Quarkus: for commands, benchmarks and tests. Quarkus makes its own by the
/// same rules, from `application.properties`.
public final class Pool {
    private static final int LARGEST = 20;

    private Pool() {}

    /// A pool whose connections have only the rights of the running product.
    public static AgroalDataSource open(Address address) {
        return open(address, "set role vintem_app");
    }

    /// A pool with the rights of the owner of the data.
    public static AgroalDataSource openAsOwner(Address address) {
        return open(address, "select 1");
    }

    private static AgroalDataSource open(Address address, String atFirst) {
        var pool = new AgroalDataSourceConfigurationSupplier();
        pool.connectionPoolConfiguration()
                .maxSize(LARGEST)
                .acquisitionTimeout(Duration.ofSeconds(5))
                // A connection whose line broke is thrown away; otherwise it would be handed out
                // for ever.
                .exceptionSorter(new PostgreSQLExceptionSorter())
                .connectionValidator(ConnectionValidator.defaultValidator())
                .idleValidationTimeout(Duration.ofSeconds(1));
        pool.connectionPoolConfiguration()
                .connectionFactoryConfiguration()
                .jdbcUrl(address.url())
                .initialSql(atFirst)
                .principal(new NamePrincipal(address.user()))
                .credential(new SimplePassword(address.password()));
        try {
            return AgroalDataSource.from(pool);
        } catch (SQLException failed) {
            throw new IllegalStateException("the database does not answer", failed);
        }
    }
}
