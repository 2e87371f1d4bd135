package vintem.webhooks;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.platform.BinaryArray;
import vintem.platform.Columns;

/// The tables `webhook_delivery`, `webhook_attempt` and `webhook_forgotten`.
@Singleton
class DeliveryTable {
    /// News that an endpoint is to be told.
    record News(long eventId, String type, String subject, String body) {}

    /// A delivery that this node holds.
    ///
    /// @param attempt its number, from 1
    /// @param ofSchedule its number since the delivery was last replayed
    record Claimed(
            UUID id,
            UUID lease,
            String type,
            String subject,
            String body,
            int attempt,
            int ofSchedule) {}

    /// What became of an attempt.
    ///
    /// @param status of the delivery from now on
    /// @param dueAt where it waits on
    record Settled(Claimed claimed, String status, Instant dueAt, Attempt attempt) {}

    /// Which deliveries are asked for; null is any.
    ///
    /// @param before only those earlier than this `seq`
    record Search(
            @Nullable UUID endpoint, @Nullable String status, @Nullable String type, long before) {}

    private static final String COLUMNS =
            """
            id, seq, endpoint_id, type, subject, status, created_at, attempts, due_at, ended_at,
            last_status, last_error
            """;

    // Locked, so that an endpoint that is deleted at this moment is left out instead of missed.
    // The order is that of the news: seq is handed out in it.
    private static final String QUEUE =
            """
            with told as materialized (
                select id, types from webhook_endpoint where status in ('enabled', 'failing')
                order by id for key share
            )
            insert into webhook_delivery
                (id, endpoint_id, event_id, type, subject, body, status, created_at, due_at)
            select uuidv7(), told.id, news.event_id, news.type, news.subject, news.body, 'waiting',
                :now::timestamptz, :now::timestamptz
            from unnest(:ids, :types, :subjects, :bodies)
                with ordinality as news (event_id, type, subject, body, place)
            join told on told.types is null or news.type = any (told.types)
            order by news.place, told.id
            on conflict (endpoint_id, event_id) do nothing
            """;

    private static final String QUEUE_TEST =
            """
            insert into webhook_delivery
                (id, endpoint_id, type, subject, body, status, created_at, due_at)
            values (:id, :endpoint, :type, :subject, :body, 'waiting', :now, :now)
            """;

    // How many are under way counts for all nodes together. Of one subject only the first that
    // waits is taken: while it is under way it still waits, so nobody overtakes it, whoever asks.
    private static final String CLAIM =
            """
            update webhook_delivery d
            set lease = :lease, leased_until = :leasedUntil, attempts = d.attempts + 1
            from (
                select w.id from webhook_delivery w
                where w.endpoint_id = :endpoint and w.status = 'waiting' and w.due_at <= :now
                and (w.leased_until is null or w.leased_until <= :now)
                and not exists (
                    select from webhook_delivery earlier
                    where earlier.endpoint_id = w.endpoint_id and earlier.subject = w.subject
                    and earlier.status = 'waiting' and earlier.seq < w.seq)
                order by w.due_at, w.seq
                limit greatest(0, :most - (
                    select count(*) from webhook_delivery held
                    where held.endpoint_id = :endpoint and held.status = 'waiting'
                    and held.leased_until > :now))
                for update skip locked
            ) first
            where d.id = first.id
            returning d.id, d.type, d.subject, d.body, d.attempts,
                d.attempts - d.attempts_before as of_schedule
            """;

    // Only what this node still holds: whoever waited too long has lost it to somebody else.
    private static final String SETTLE =
            """
            update webhook_delivery d
            set status = s.status, due_at = s.due_at, lease = null, leased_until = null,
                ended_at = case when s.status = 'waiting' then null else :now::timestamptz end,
                last_status = s.last_status, last_error = s.last_error
            from unnest(:ids, :leases, :statuses, :dueAts, :lastStatuses::integer[], :lastErrors)
                as s (id, lease, status, due_at, last_status, last_error)
            where d.id = s.id and d.lease = s.lease and d.status = 'waiting'
            returning d.id
            """;

    // An attempt that nobody waits for any more was made all the same. Its delivery may be gone
    // with its endpoint.
    private static final String LOG =
            """
            insert into webhook_attempt
                (delivery_id, number, at, duration_millis, status, error, response)
            select a.id, a.number, a.at, a.duration_millis, a.status, a.error, a.response
            from unnest(:ids, :numbers, :ats, :durations, :lastStatuses::integer[], :lastErrors,
                :responses) as a (id, number, at, duration_millis, status, error, response)
            join webhook_delivery d on d.id = a.id
            on conflict do nothing
            """;

    // What stands behind is not due before it: so that looking for what is due does not look at it
    // again and again. That it does not overtake does not depend on this.
    private static final String HOLD_BACK =
            """
            update webhook_delivery d set due_at = s.due_at
            from unnest(:subjects, :dueAts) as s (subject, due_at)
            where d.endpoint_id = :endpoint and d.subject = s.subject and d.status = 'waiting'
            and d.lease is null and d.due_at <> s.due_at
            """;

    private static final String REPLAY =
            """
            update webhook_delivery
            set status = 'waiting', due_at = :now, ended_at = null, attempts_before = attempts
            where id = :id and status <> 'waiting'
            """;

    private static final String HURRY =
            """
            update webhook_delivery set due_at = :now
            where id = :id and status = 'waiting' and lease is null
            """;

    private static final String REPLAY_DEAD =
            """
            update webhook_delivery
            set status = 'waiting', due_at = :now, ended_at = null, attempts_before = attempts
            where endpoint_id = :endpoint and status = 'dead' and created_at >= :since
            """;

    // What waits for an endpoint that begins anew is due now.
    private static final String HURRY_ALL =
            """
            update webhook_delivery set due_at = :now
            where endpoint_id = :endpoint and status = 'waiting' and lease is null
            and due_at > :now
            """;

    private static final String PAGE =
            """
            select %s from webhook_delivery
            where seq < :before
            and (:endpoint::uuid is null or endpoint_id = :endpoint)
            and (:type::text is null or type = :type)
            and %s
            order by seq desc
            limit :limit
            """;

    // A status stands in the text, so that the few of it are found by an index of their own.
    private static final String PAGE_OF_ALL = PAGE.formatted(COLUMNS, "true");
    private static final String PAGE_OF_WAITING = PAGE.formatted(COLUMNS, "status = 'waiting'");
    private static final String PAGE_OF_DELIVERED = PAGE.formatted(COLUMNS, "status = 'delivered'");
    private static final String PAGE_OF_DEAD = PAGE.formatted(COLUMNS, "status = 'dead'");

    private static final String FIND =
            "select " + COLUMNS + " from webhook_delivery where id = :id";

    private static final String BODY = "select body from webhook_delivery where id = :id";

    private static final String ATTEMPTS =
            """
            select number, at, duration_millis, status, error, response from webhook_attempt
            where delivery_id = :id order by number
            """;

    private static final String DELETE_SOME =
            """
            delete from webhook_delivery where id in (
                select id from webhook_delivery where endpoint_id = :endpoint limit :most)
            """;

    private static final String FORGET =
            """
            with old as (
                delete from webhook_delivery where id in (
                    select d.id from webhook_delivery d
                    join webhook_endpoint e on e.id = d.endpoint_id
                    where d.created_at < :before
                    and (d.status <> 'waiting' or e.status <> 'enabled')
                    limit :most
                )
                returning event_id
            )
            select count(*) as many, coalesce(max(event_id), 0) as last from old
            """;

    private static final String REMEMBER_FORGOTTEN =
            "update webhook_forgotten set event_id = greatest(event_id, :last)";

    private static final String LAG =
            """
            select coalesce(extract(epoch from max(:now::timestamptz - d.due_at)), 0)::float8
            from webhook_endpoint e
            cross join lateral (
                select due_at from webhook_delivery d
                where d.endpoint_id = e.id and d.status = 'waiting'
                order by due_at, seq limit 1
            ) d
            where e.status = 'enabled'
            """;

    // By the index of what is dead, oldest first; counting ends at the limit. Whoever tries an
    // endpoint sees at once what came of it: that waits for nobody.
    private static final String DEAD =
            """
            select count(*) as many, min(ended_at) as oldest from (
                select ended_at from webhook_delivery
                where status = 'dead' and event_id is not null order by seq limit :most
            ) dead
            """;

    private static final String COUNT_DEAD =
            "select count(*) from webhook_delivery where status = 'dead' and event_id is not null";

    void queue(Handle tx, List<News> news, Instant now) {
        tx.createUpdate(QUEUE)
                .bind("ids", BinaryArray.longs(news, News::eventId))
                .bind("types", BinaryArray.texts(news, News::type))
                .bind("subjects", BinaryArray.texts(news, News::subject))
                .bind("bodies", BinaryArray.texts(news, News::body))
                .bind("now", now)
                .execute();
    }

    void queueTest(Handle tx, UUID id, UUID endpoint, String subject, String body, Instant now) {
        tx.createUpdate(QUEUE_TEST)
                .bind("id", id)
                .bind("endpoint", endpoint)
                .bind("type", EventTypes.TEST)
                .bind("subject", subject)
                .bind("body", body)
                .bind("now", now)
                .execute();
    }

    List<Claimed> claim(
            Handle tx, UUID endpoint, UUID lease, int most, Instant now, Instant leasedUntil) {
        return tx.createQuery(CLAIM)
                .bind("endpoint", endpoint)
                .bind("lease", lease)
                .bind("most", most)
                .bind("now", now)
                .bind("leasedUntil", leasedUntil)
                .map(
                        (row, _) ->
                                new Claimed(
                                        Columns.uuid(row, "id"),
                                        lease,
                                        row.getString("type"),
                                        row.getString("subject"),
                                        row.getString("body"),
                                        row.getInt("attempts"),
                                        row.getInt("of_schedule")))
                .list();
    }

    /// @return those that this node still held
    List<UUID> settle(Handle tx, List<Settled> settled, Instant now) {
        return tx.createQuery(SETTLE)
                .bind("ids", BinaryArray.uuids(settled, each -> each.claimed().id()))
                .bind("leases", BinaryArray.uuids(settled, each -> each.claimed().lease()))
                .bind("statuses", BinaryArray.texts(settled, Settled::status))
                .bind("dueAts", BinaryArray.instants(settled, Settled::dueAt))
                .bind("lastStatuses", BinaryArray.texts(settled, DeliveryTable::statusText))
                .bind("lastErrors", BinaryArray.texts(settled, each -> each.attempt().error()))
                .bind("now", now)
                .mapTo(UUID.class)
                .list();
    }

    void log(Handle tx, List<Settled> settled) {
        tx.createUpdate(LOG)
                .bind("ids", BinaryArray.uuids(settled, each -> each.claimed().id()))
                .bind("numbers", BinaryArray.ints(settled, each -> each.attempt().number()))
                .bind("ats", BinaryArray.instants(settled, each -> each.attempt().at()))
                .bind(
                        "durations",
                        BinaryArray.ints(settled, each -> each.attempt().durationMillis()))
                .bind("lastStatuses", BinaryArray.texts(settled, DeliveryTable::statusText))
                .bind("lastErrors", BinaryArray.texts(settled, each -> each.attempt().error()))
                .bind("responses", BinaryArray.texts(settled, each -> each.attempt().response()))
                .execute();
    }

    void holdBack(Handle tx, UUID endpoint, List<Settled> settled) {
        tx.createUpdate(HOLD_BACK)
                .bind("endpoint", endpoint)
                .bind("subjects", BinaryArray.texts(settled, each -> each.claimed().subject()))
                .bind("dueAts", BinaryArray.instants(settled, Settled::dueAt))
                .execute();
    }

    /// @return whether it had ended before
    boolean replay(Handle tx, UUID id, Instant now) {
        return tx.createUpdate(REPLAY).bind("id", id).bind("now", now).execute() == 1;
    }

    void hurry(Handle tx, UUID id, Instant now) {
        tx.createUpdate(HURRY).bind("id", id).bind("now", now).execute();
    }

    int replayDead(Handle tx, UUID endpoint, Instant since, Instant now) {
        return tx.createUpdate(REPLAY_DEAD)
                .bind("endpoint", endpoint)
                .bind("since", since)
                .bind("now", now)
                .execute();
    }

    void hurryAll(Handle tx, UUID endpoint, Instant now) {
        tx.createUpdate(HURRY_ALL).bind("endpoint", endpoint).bind("now", now).execute();
    }

    List<Delivery> page(Handle tx, Search search, int limit) {
        var page =
                switch (search.status()) {
                    case Delivery.WAITING -> PAGE_OF_WAITING;
                    case Delivery.DELIVERED -> PAGE_OF_DELIVERED;
                    case Delivery.DEAD -> PAGE_OF_DEAD;
                    case null, default -> PAGE_OF_ALL;
                };
        return tx.createQuery(page)
                .bind("before", search.before())
                .bind("endpoint", search.endpoint())
                .bind("type", search.type())
                .bind("limit", limit)
                .map((row, _) -> delivery(row))
                .list();
    }

    Optional<Delivery> find(Handle tx, UUID id) {
        return tx.createQuery(FIND).bind("id", id).map((row, _) -> delivery(row)).findOne();
    }

    String body(Handle tx, UUID id) {
        return tx.createQuery(BODY).bind("id", id).mapTo(String.class).one();
    }

    List<Attempt> attempts(Handle tx, UUID id) {
        return tx.createQuery(ATTEMPTS)
                .bind("id", id)
                .map(
                        (row, _) ->
                                new Attempt(
                                        row.getInt("number"),
                                        Columns.instant(row, "at"),
                                        row.getInt("duration_millis"),
                                        row.getObject("status", Integer.class),
                                        row.getString("error"),
                                        row.getString("response")))
                .list();
    }

    /// @return how many went
    int deleteSome(Handle tx, UUID endpoint, int most) {
        return tx.createUpdate(DELETE_SOME).bind("endpoint", endpoint).bind("most", most).execute();
    }

    /// @return how many went
    int forget(Handle tx, Instant before, int most) {
        record Gone(int many, long last) {}
        var gone =
                tx.createQuery(FORGET)
                        .bind("before", before)
                        .bind("most", most)
                        .map((row, _) -> new Gone(row.getInt("many"), row.getLong("last")))
                        .one();
        if (gone.last() > 0) {
            tx.createUpdate(REMEMBER_FORGOTTEN).bind("last", gone.last()).execute();
        }
        return gone.many();
    }

    /// For how long the oldest has been due that nobody has delivered.
    double lagSeconds(Handle tx, Instant now) {
        return Math.max(0, tx.createQuery(LAG).bind("now", now).mapTo(Double.class).one());
    }

    EndpointTable.Unwell dead(Handle tx, int most) {
        return tx.createQuery(DEAD)
                .bind("most", most)
                .map(
                        (row, _) ->
                                new EndpointTable.Unwell(
                                        row.getLong("many"), Columns.instantOrNull(row, "oldest")))
                .one();
    }

    long countDead(Handle tx) {
        return tx.createQuery(COUNT_DEAD).mapTo(Long.class).one();
    }

    private static @Nullable String statusText(Settled settled) {
        var status = settled.attempt().status();
        return status == null ? null : status.toString();
    }

    private static Delivery delivery(ResultSet row) throws SQLException {
        return new Delivery(
                Columns.uuid(row, "id"),
                row.getLong("seq"),
                Columns.uuid(row, "endpoint_id"),
                row.getString("type"),
                row.getString("subject"),
                row.getString("status"),
                Columns.instant(row, "created_at"),
                row.getInt("attempts"),
                Columns.instant(row, "due_at"),
                Columns.instantOrNull(row, "ended_at"),
                row.getObject("last_status", Integer.class),
                row.getString("last_error"));
    }
}
