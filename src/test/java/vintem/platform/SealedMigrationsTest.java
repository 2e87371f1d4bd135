package vintem.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import org.flywaydb.core.api.FlywayException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vintem.platform.EmbeddedPostgres.Address;

class SealedMigrationsTest {
    private static final Optional<String> THIS = Optional.of("this-version");
    private static final Optional<String> OTHER = Optional.of("other-version");

    @TempDir private Path temporary;

    @Test
    void only_a_database_with_the_seal_of_just_this_version_is_taken_as_it_is() throws Exception {
        var small = Map.of("shared_buffers", "16MB");
        try (var server = EmbeddedPostgres.start(temporary.resolve("data"), small)) {
            var owner = server.address();
            assertThat(Migrations.run(owner, THIS)).isPositive();
            // Flyway would refuse it.
            execute(
                    owner,
                    "update flyway_schema_history set checksum = 1 where installed_rank = 1");

            assertThat(Migrations.run(owner, THIS)).isZero();
            assertThatThrownBy(() -> Migrations.run(owner, Optional.empty()))
                    .isInstanceOf(FlywayException.class);
        }
    }

    @Test
    void a_version_that_fails_takes_the_seal_of_the_one_before_with_it() throws Exception {
        var small = Map.of("shared_buffers", "16MB");
        try (var server = EmbeddedPostgres.start(temporary.resolve("data"), small)) {
            var owner = server.address();
            Migrations.run(owner, THIS);
            execute(
                    owner,
                    "update flyway_schema_history set checksum = 1 where installed_rank = 1");

            assertThatThrownBy(() -> Migrations.run(owner, OTHER))
                    .isInstanceOf(FlywayException.class);
            assertThatThrownBy(() -> Migrations.run(owner, THIS))
                    .isInstanceOf(FlywayException.class);
        }
    }

    private static void execute(Address owner, String statement) throws SQLException {
        try (var connection = owner.connect();
                var running = connection.createStatement()) {
            running.execute(statement);
        }
    }
}
