package vintem.demo;

import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// The one row that says that this database is a demo's.
@Singleton
class DemoTable {
    // A database that was ever started has a user: `admin`, made by its first start.
    private static final String IS_USED = "select exists (select from app_user)";
    private static final String IS_DEMO = "select exists (select from demo)";
    private static final String IS_LOADED =
            "select exists (select from demo where loaded_at is not null)";
    private static final String BEGIN = "insert into demo default values on conflict do nothing";
    private static final String LOADED = "update demo set loaded_at = :now, next_at = :now";

    // The database's clock: two nodes may differ.
    private static final String TAKE_TURN =
            """
            update demo
            set ticks = ticks + 1, next_at = clock_timestamp() + :millis * interval '1 millisecond'
            where loaded_at is not null and next_at <= clock_timestamp()
            returning ticks
            """;

    /// As the owner, before the server starts.
    static boolean isUsed(Connection owner) throws SQLException {
        return ask(owner, IS_USED);
    }

    static boolean isDemo(Connection owner) throws SQLException {
        return ask(owner, IS_DEMO);
    }

    static boolean isLoaded(Connection owner) throws SQLException {
        return ask(owner, IS_LOADED);
    }

    /// @return whether this call began it
    static boolean begin(Connection owner) throws SQLException {
        try (var statement = owner.createStatement()) {
            return statement.executeUpdate(BEGIN) == 1;
        }
    }

    void loaded(Handle tx, Instant now) {
        tx.createUpdate(LOADED).bind("now", now).execute();
    }

    /// The number of the event that this node lets happen now; empty where another one has, or it
    /// is too early.
    Optional<Long> takeTurn(Handle tx, long untilNextMillis) {
        return tx.createQuery(TAKE_TURN)
                .bind("millis", untilNextMillis)
                .mapTo(Long.class)
                .findOne();
    }

    private static boolean ask(Connection owner, String sql) throws SQLException {
        try (var statement = owner.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getBoolean(1);
        }
    }
}
