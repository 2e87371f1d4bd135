package vintem;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import vintem.platform.EmbeddedPostgres;

/// What a run of the tests leaves in tables that nobody is ever erased from: kept as text, to be
/// looked through for personal data.
final class Traces {
    private static final List<String> TABLES =
            List.of("outbox", "outbox_parked", "transfer", "access_log", "read_log");

    private Traces() {}

    static void keep(EmbeddedPostgres.Address address) {
        try (var connection =
                        DriverManager.getConnection(
                                address.url(), address.user(), address.password());
                var statement = connection.createStatement()) {
            var logs = Files.createDirectories(Path.of("target/scan"));
            for (var table : TABLES) {
                var lines = new StringBuilder();
                try (var rows = statement.executeQuery("select t::text from " + table + " t")) {
                    while (rows.next()) {
                        lines.append(rows.getString(1)).append('\n');
                    }
                }
                Files.writeString(Files.createTempFile(logs, table + "-", ".txt"), lines);
            }
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
