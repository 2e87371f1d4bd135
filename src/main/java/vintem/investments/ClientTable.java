package vintem.investments;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;
import vintem.platform.BinaryArray;
import vintem.platform.Columns;

/// The table `client`.
@Singleton
class ClientTable {
    static final String ACTIVE = "active";
    static final String INACTIVE = "inactive";

    /// @param status `active` or `inactive`
    public record Client(
            long id,
            String name,
            String email,
            String status,
            @Nullable String advisor,
            Instant createdAt) {}

    /// What somebody looks for.
    ///
    /// @param search a part of a name or of an e-mail address
    record Search(@Nullable String search, @Nullable String status) {}

    /// What a client is called in a file.
    record Named(long id, String emailKey) {}

    private static final String COLUMNS = "id, name, email, status, advisor, created_at";

    private static final String INSERT =
            """
            insert into client
                (name, email, email_key, status, advisor, created_at, recorded_at)
            values (:name, :email, :key, 'active', :advisor, :now, :now)
            returning %s
            """
                    .formatted(COLUMNS);

    private static final String UPDATE =
            """
            update client set name = :name, email = :email, email_key = :key, status = :status,
                advisor = :advisor, recorded_at = :now
            where id = :id returning %s
            """
                    .formatted(COLUMNS);

    private static final String FIND = "select %s from client where id = :id".formatted(COLUMNS);

    private static final String MATCHES =
            """
            (:pattern::text is null or lower(name) like :pattern or email_key like :pattern)
                and (:status::text is null or status = :status)
            """;

    private static final String PAGE =
            """
            select %s from client where %s
            order by lower(name) collate "C", id offset :skip limit :limit
            """
                    .formatted(COLUMNS, MATCHES);

    private static final String AFTER =
            """
            select %s from client where %s and id > :last order by id limit :most
            """
                    .formatted(COLUMNS, MATCHES);

    private static final String COUNT = "select count(*) from client where " + MATCHES;

    private static final String BY_EMAIL =
            "select id, email_key from client where email_key = any(:keys)";

    private static final String EXISTING = "select id from client where id = any(:ids)";

    /// @throws RuntimeException for which `Database.isTaken`, where the address belongs to another
    Client insert(Handle tx, String name, String email, @Nullable String advisor, Instant now) {
        return tx.createQuery(INSERT)
                .bind("name", name)
                .bind("email", email)
                .bind("key", key(email))
                .bind("advisor", advisor)
                .bind("now", now)
                .map((row, _) -> client(row))
                .one();
    }

    Optional<Client> update(Handle tx, Client client, Instant now) {
        return tx.createQuery(UPDATE)
                .bind("id", client.id())
                .bind("name", client.name())
                .bind("email", client.email())
                .bind("key", key(client.email()))
                .bind("status", client.status())
                .bind("advisor", client.advisor())
                .bind("now", now)
                .map((row, _) -> client(row))
                .findOne();
    }

    Optional<Client> find(Handle tx, long id) {
        return tx.createQuery(FIND).bind("id", id).map((row, _) -> client(row)).findOne();
    }

    List<Client> page(Handle tx, Search search, long skip, int limit) {
        return search(tx.createQuery(PAGE), search)
                .bind("skip", skip)
                .bind("limit", limit)
                .map((row, _) -> client(row))
                .list();
    }

    /// In the order of their ids.
    List<Client> after(Handle tx, Search search, long last, int most) {
        return search(tx.createQuery(AFTER), search)
                .bind("last", last)
                .bind("most", most)
                .map((row, _) -> client(row))
                .list();
    }

    long count(Handle tx, Search search) {
        return search(tx.createQuery(COUNT), search).mapTo(Long.class).one();
    }

    List<Named> byEmail(Handle tx, Collection<String> keys) {
        return tx.createQuery(BY_EMAIL)
                .bind("keys", BinaryArray.texts(keys, each -> each))
                .map((row, _) -> new Named(row.getLong(1), row.getString(2)))
                .list();
    }

    List<Long> existing(Handle tx, Collection<Long> ids) {
        return tx.createQuery(EXISTING)
                .bind("ids", BinaryArray.longs(ids, Long::longValue))
                .mapTo(Long.class)
                .list();
    }

    static String key(String email) {
        return email.toLowerCase(Locale.ROOT);
    }

    /// A pattern for `like` that finds the text wherever it stands, and means nothing else.
    static String pattern(String text) {
        var plain =
                text.toLowerCase(Locale.ROOT)
                        .replace("\\", "\\\\")
                        .replace("%", "\\%")
                        .replace("_", "\\_");
        return "%" + plain + "%";
    }

    private static Query search(Query query, Search search) {
        return query.bind("pattern", search.search() == null ? null : pattern(search.search()))
                .bind("status", search.status());
    }

    private static Client client(ResultSet row) throws SQLException {
        return new Client(
                row.getLong("id"),
                row.getString("name"),
                row.getString("email"),
                row.getString("status"),
                row.getString("advisor"),
                Columns.instant(row, "created_at"));
    }
}
