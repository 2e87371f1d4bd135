package vintem.platform;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Columns that JDBC has no plain getter for, where a row is mapped by hand.
///
/// Jdbi's mappers look at a record's parameters and their annotations again for each query. That
/// is nothing for a page of rows, and more than all the rest for one payment, many times a second.
public final class Columns {
    private Columns() {}

    public static UUID uuid(ResultSet row, String name) throws SQLException {
        return row.getObject(name, UUID.class);
    }

    public static @Nullable UUID uuidOrNull(ResultSet row, String name) throws SQLException {
        return row.getObject(name, UUID.class);
    }

    public static @Nullable Long longOrNull(ResultSet row, String name) throws SQLException {
        return row.getObject(name, Long.class);
    }

    public static Instant instant(ResultSet row, String name) throws SQLException {
        return row.getObject(name, OffsetDateTime.class).toInstant();
    }

    public static @Nullable Instant instantOrNull(ResultSet row, String name) throws SQLException {
        var at = row.getObject(name, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
