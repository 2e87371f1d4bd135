package vintem.webhooks;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;
import vintem.platform.BinaryArray;
import vintem.platform.Columns;

/// The tables `webhook_endpoint` and `webhook_secret`.
@Singleton
class EndpointTable {
    /// @param sealed as it lies there; its place is its id
    record Sealed(UUID id, UUID endpointId, byte[] sealed) {}

    /// So many, and since when the first of them.
    record Unwell(long count, @Nullable Instant oldest) {}

    /// How an endpoint does. Counting ends at 10,000: many is enough to know.
    public record Health(UUID endpointId, long waiting, long dead) {}

    private static final int MOST_COUNTED = 10_000;

    private static final String COLUMNS =
            """
            id, url, description, types, status, created_at, failures, failing_since,
            last_success_at, last_failure_at, nullif(rest_until, '-infinity') as rest_until
            """;

    private static final String INSERT =
            """
            insert into webhook_endpoint (id, url, description, types, status, created_at)
            values (:id, :url, :description, :types, 'enabled', :now)
            """;

    private static final String ALL =
            "select " + COLUMNS + " from webhook_endpoint order by created_at, id";

    private static final String FIND =
            "select " + COLUMNS + " from webhook_endpoint where id = :id";

    private static final String LOCK = FIND + " for no key update";

    private static final String COUNT = "select count(*) from webhook_endpoint";

    // One at a time counts and inserts, or many at once would all find room.
    private static final String TAKE_TURNS =
            "select pg_advisory_xact_lock(hashtextextended('webhook_endpoint', 0))";

    private static final String CHANGE =
            """
            update webhook_endpoint
            set url = :url, description = :description, types = :types, status = :status
            where id = :id
            """;

    private static final String WANT_ANEW =
            "update webhook_endpoint set since_xact = pg_current_xact_id() where id = :id";

    private static final String FORGET_FAILURES =
            """
            update webhook_endpoint
            set failures = 0, failing_since = null, rest_until = '-infinity'
            where id = :id
            """;

    private static final String DELETE = "delete from webhook_endpoint where id = :id";

    private static final String TOLD =
            "select types from webhook_endpoint where status in ('enabled', 'failing')";

    private static final String WITH_WORK =
            """
            select e.id from webhook_endpoint e
            where e.status = 'enabled' and e.rest_until <= :now
            and exists (
                select from webhook_delivery d
                where d.endpoint_id = e.id and d.status = 'waiting' and d.due_at <= :now
                and (d.leased_until is null or d.leased_until <= :now))
            """;

    private static final String SUCCEEDED =
            """
            update webhook_endpoint
            set failures = 0, failing_since = null, rest_until = '-infinity',
                last_success_at = :now,
                last_failure_at = case when :failed then :now else last_failure_at end
            where id = :id
            """;

    private static final String FAILED =
            """
            update webhook_endpoint
            set failures = :failures,
                failing_since = case when :failures > 0 then coalesce(failing_since, :now) end,
                last_failure_at = :now, rest_until = :restUntil, status = :status
            where id = :id
            """;

    private static final String INSERT_SECRET =
            """
            insert into webhook_secret (id, endpoint_id, sealed, created_at)
            values (:id, :endpoint, :sealed, :now)
            """;

    // The one in force, and earlier ones that were to live longer.
    private static final String END_SECRETS =
            """
            update webhook_secret set valid_until = :until
            where endpoint_id = :endpoint and (valid_until is null or valid_until > :until)
            """;

    // The newest first: that is the one the receiver is to have.
    private static final String SECRETS =
            """
            select id, endpoint_id, sealed from webhook_secret
            where endpoint_id = :endpoint and (valid_until is null or valid_until > :now)
            order by created_at desc, id desc
            """;

    private static final String COUNT_SECRETS =
            """
            select count(*) from webhook_secret
            where endpoint_id = :endpoint and (valid_until is null or valid_until > :now)
            """;

    private static final String FORGET_SECRETS =
            "delete from webhook_secret where valid_until <= :now";

    private static final String UNWELL =
            """
            select count(*) as many, min(failing_since) as oldest from webhook_endpoint
            where status in ('failing', 'gone')
            """;

    private static final String HEALTH =
            """
            select e.id,
                (select count(*) from (
                    select from webhook_delivery d
                    where d.endpoint_id = e.id and d.status = 'waiting' limit :most) d) as waiting,
                (select count(*) from (
                    select from webhook_delivery d
                    where d.endpoint_id = e.id and d.status = 'dead' limit :most) d) as dead
            from webhook_endpoint e
            """;

    void takeTurns(Handle tx) {
        tx.execute(TAKE_TURNS);
    }

    long count(Handle tx) {
        return tx.createQuery(COUNT).mapTo(Long.class).one();
    }

    void insert(
            Handle tx,
            UUID id,
            String url,
            String description,
            @Nullable List<String> types,
            Instant now) {
        bindTypes(tx.createUpdate(INSERT), types)
                .bind("id", id)
                .bind("url", url)
                .bind("description", description)
                .bind("now", now)
                .execute();
    }

    List<Endpoint> all(Handle tx) {
        return tx.createQuery(ALL).map((row, _) -> endpoint(row)).list();
    }

    Optional<Endpoint> find(Handle tx, UUID id) {
        return tx.createQuery(FIND).bind("id", id).map((row, _) -> endpoint(row)).findOne();
    }

    Optional<Endpoint> lock(Handle tx, UUID id) {
        return tx.createQuery(LOCK).bind("id", id).map((row, _) -> endpoint(row)).findOne();
    }

    void change(Handle tx, Endpoint to) {
        bindTypes(tx.createUpdate(CHANGE), to.types())
                .bind("id", to.id())
                .bind("url", to.url())
                .bind("description", to.description())
                .bind("status", to.status())
                .execute();
    }

    void wantAnew(Handle tx, UUID id) {
        tx.createUpdate(WANT_ANEW).bind("id", id).execute();
    }

    void forgetFailures(Handle tx, UUID id) {
        tx.createUpdate(FORGET_FAILURES).bind("id", id).execute();
    }

    boolean delete(Handle tx, UUID id) {
        return tx.createUpdate(DELETE).bind("id", id).execute() == 1;
    }

    /// The types that somebody wants; all known ones where one endpoint wants all.
    Set<String> wanted(Handle tx) {
        var wanted = new TreeSet<String>();
        for (var types : tx.createQuery(TOLD).map((row, _) -> types(row)).list()) {
            if (types.isEmpty()) {
                return EventTypes.KNOWN;
            }
            wanted.addAll(types.get());
        }
        return wanted;
    }

    /// Endpoints for which something is due that nobody is sending.
    List<UUID> withWork(Handle tx, Instant now) {
        return tx.createQuery(WITH_WORK).bind("now", now).mapTo(UUID.class).list();
    }

    /// @param failed whether others of the same list failed
    void succeeded(Handle tx, UUID id, boolean failed, Instant now) {
        tx.createUpdate(SUCCEEDED).bind("id", id).bind("failed", failed).bind("now", now).execute();
    }

    void failed(Handle tx, UUID id, int failures, String status, Instant restUntil, Instant now) {
        tx.createUpdate(FAILED)
                .bind("id", id)
                .bind("failures", failures)
                .bind("status", status)
                .bind("restUntil", restUntil)
                .bind("now", now)
                .execute();
    }

    void insertSecret(Handle tx, Sealed secret, Instant now) {
        tx.createUpdate(INSERT_SECRET)
                .bind("id", secret.id())
                .bind("endpoint", secret.endpointId())
                .bind("sealed", secret.sealed())
                .bind("now", now)
                .execute();
    }

    void endSecrets(Handle tx, UUID endpoint, Instant until) {
        tx.createUpdate(END_SECRETS).bind("endpoint", endpoint).bind("until", until).execute();
    }

    List<Sealed> secrets(Handle tx, UUID endpoint, Instant now) {
        return tx.createQuery(SECRETS)
                .bind("endpoint", endpoint)
                .bind("now", now)
                .map(
                        (row, _) ->
                                new Sealed(
                                        Columns.uuid(row, "id"),
                                        Columns.uuid(row, "endpoint_id"),
                                        row.getBytes("sealed")))
                .list();
    }

    long countSecrets(Handle tx, UUID endpoint, Instant now) {
        return tx.createQuery(COUNT_SECRETS)
                .bind("endpoint", endpoint)
                .bind("now", now)
                .mapTo(Long.class)
                .one();
    }

    int forgetSecrets(Handle tx, Instant now) {
        return tx.createUpdate(FORGET_SECRETS).bind("now", now).execute();
    }

    /// Those that nobody switched off on purpose.
    Unwell unwell(Handle tx) {
        return tx.createQuery(UNWELL)
                .map(
                        (row, _) ->
                                new Unwell(
                                        row.getLong("many"), Columns.instantOrNull(row, "oldest")))
                .one();
    }

    List<Health> health(Handle tx) {
        return tx.createQuery(HEALTH)
                .bind("most", MOST_COUNTED)
                .map(
                        (row, _) ->
                                new Health(
                                        Columns.uuid(row, "id"),
                                        row.getLong("waiting"),
                                        row.getLong("dead")))
                .list();
    }

    private static Update bindTypes(Update update, @Nullable List<String> types) {
        return types == null
                ? update.bindNull("types", Types.OTHER)
                : update.bind("types", BinaryArray.texts(types, each -> each));
    }

    private static Endpoint endpoint(ResultSet row) throws SQLException {
        return new Endpoint(
                Columns.uuid(row, "id"),
                row.getString("url"),
                row.getString("description"),
                types(row).orElse(null),
                row.getString("status"),
                Columns.instant(row, "created_at"),
                row.getInt("failures"),
                Columns.instantOrNull(row, "failing_since"),
                Columns.instantOrNull(row, "last_success_at"),
                Columns.instantOrNull(row, "last_failure_at"),
                Columns.instantOrNull(row, "rest_until"));
    }

    private static Optional<List<String>> types(ResultSet row) throws SQLException {
        var array = row.getArray("types");
        if (array == null) {
            return Optional.empty();
        }
        var types = new ArrayList<String>();
        for (var each : (Object[]) array.getArray()) {
            types.add((String) each);
        }
        return Optional.of(types);
    }
}
