package vintem;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import vintem.platform.EmbeddedPostgres;

/// What stands in the database of a node that runs as a process of its own, past the product.
public final class Query {
    private Query() {}

    /// The first column of all rows.
    public static List<String> all(EmbeddedPostgres.Address address, String sql) {
        try (var connection = address.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            var found = new ArrayList<String>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return found;
        } catch (SQLException failed) {
            throw new AssertionError(failed);
        }
    }

    /// The first column of the only row.
    public static String one(EmbeddedPostgres.Address address, String sql) {
        return all(address, sql).getFirst();
    }
}
