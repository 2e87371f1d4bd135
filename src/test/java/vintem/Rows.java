package vintem;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.config.ConfigProvider;

/// What stands in the database under test, read by its owner past the product.
public final class Rows {
    private static Connection connection;
    private static String connectedTo;

    private Rows() {}

    /// A fingerprint of each table's rows: equal before and after means that nothing was written.
    public static Map<String, String> ofAllTables() {
        return of("public", "simulated_bank");
    }

    /// The bank's own books alone.
    public static Map<String, String> ofTheBank() {
        return of("simulated_bank");
    }

    private static Map<String, String> of(String... schemas) {
        var prints = new TreeMap<String, String>();
        try (var statement = connection().createStatement()) {
            var queries = new ArrayList<String>();
            try (var rows =
                    statement.executeQuery(
                            "select format('select %L, count(*) || '' rows, '' || coalesce(sum("
                                    + "hashtextextended(t::text, 0)), 0) from %I.%I t',"
                                    + " tablename, schemaname, tablename) from pg_tables"
                                    + " where schemaname in ('"
                                    + String.join("','", schemas)
                                    + "')")) {
                while (rows.next()) {
                    queries.add(rows.getString(1));
                }
            }
            try (var rows = statement.executeQuery(String.join(" union all ", queries))) {
                while (rows.next()) {
                    prints.put(rows.getString(1), rows.getString(2));
                }
            }
        } catch (SQLException failed) {
            throw new AssertionError(failed);
        }
        return prints;
    }

    /// How often money left the account at the bank for this payout.
    public static long paymentsAtTheBank(String externalId) {
        return number(
                """
                select count(*) from simulated_bank.statement_line s
                join payout_attempt a on a.provider_id = s.reference
                join payout p on p.id = a.payout_id
                where s.kind = 'payment' and p.external_id = ?
                """,
                externalId);
    }

    /// As if nobody had tried a wrong password.
    public static void forgetGuesses() {
        try (var statement = connection().createStatement()) {
            statement.execute("delete from sign_in_failure");
        } catch (SQLException failed) {
            throw new AssertionError(failed);
        }
    }

    /// Changes rows past the product, as a crash or a mistake would.
    public static void change(String statement) {
        try (var run = connection().createStatement()) {
            run.execute(statement);
        } catch (SQLException failed) {
            throw new AssertionError(failed);
        }
    }

    /// The one number that a query finds.
    public static long number(String query, Object... parameters) {
        return Long.parseLong(text(query, parameters));
    }

    /// The one text that a query finds.
    public static String text(String query, Object... parameters) {
        try (var statement = connection().prepareStatement(query)) {
            for (var i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        } catch (SQLException failed) {
            throw new AssertionError(failed);
        }
    }

    private static synchronized Connection connection() throws SQLException {
        var config = ConfigProvider.getConfig();
        var url = config.getValue("quarkus.datasource.jdbc.url", String.class);
        if (connection == null || connection.isClosed() || !url.equals(connectedTo)) {
            connectedTo = url;
            connection =
                    DriverManager.getConnection(
                            url,
                            config.getValue("quarkus.datasource.username", String.class),
                            config.getValue("quarkus.datasource.password", String.class));
        }
        return connection;
    }
}
