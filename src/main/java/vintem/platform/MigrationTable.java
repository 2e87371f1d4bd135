package vintem.platform;

import java.sql.SQLException;
import java.util.Optional;
import vintem.platform.EmbeddedPostgres.Address;

/// The seal on Flyway's history: what was applied last, and that it was applied as a whole. Every
/// copy of the database has it, too.
final class MigrationTable {
    private static final String SEALED =
            "select obj_description(to_regclass('flyway_schema_history'), 'pg_class')";

    private static final String SEAL =
            """
            do $$ begin
                if to_regclass('flyway_schema_history') is not null then
                    comment on table flyway_schema_history is %s;
                end if;
            end $$
            """;

    private MigrationTable() {}

    static Optional<String> sealed(Address owner) {
        try (var connection = owner.connect();
                var query = connection.prepareStatement(SEALED);
                var row = query.executeQuery()) {
            row.next();
            return Optional.ofNullable(row.getString(1));
        } catch (SQLException notYet) {
            // Flyway asks again, and says what is wrong.
            return Optional.empty();
        }
    }

    /// @param seal of digits, letters and hyphens; empty takes it away
    static void seal(Address owner, Optional<String> seal) {
        // Such statements take no parameters.
        var text = seal.map(it -> "'" + it.replaceAll("[^0-9A-Za-z-]", "") + "'").orElse("null");
        try (var connection = owner.connect();
                var statement = connection.createStatement()) {
            statement.execute(SEAL.formatted(text));
        } catch (SQLException notYet) {
            // Flyway says what is wrong; without a seal the next start is slower.
        }
    }
}
