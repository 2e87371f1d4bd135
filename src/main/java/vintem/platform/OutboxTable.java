package vintem.platform;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/// The tables `outbox`, `outbox_cursor` and `outbox_parked`.
@Singleton
class OutboxTable {
    public record Place(String xactId, long id, int failures) {}

    /// Where a piece of news stands.
    public record Spot(long id, String xactId) {}

    public record Row(
            long id, String xactId, String type, String subject, String body, Instant recordedAt) {
        Spot spot() {
            return new Spot(id, xactId);
        }

        Outbox.Event event() {
            return new Outbox.Event(id, type, subject, body, recordedAt);
        }
    }

    private static final String COPY =
            "copy outbox (type, subject, body, purpose) from stdin (format binary)";

    private static final String INSERT =
            """
            insert into outbox (type, subject, body, purpose)
            select * from unnest(?, ?, ?, ?)
            """;

    private static final String REGISTER =
            "insert into outbox_cursor (subscriber) values (:subscriber) on conflict do nothing";

    // A subscriber without a place has heard of nothing. The first beyond each place by the index,
    // which `order by` and `limit` ask for: by `exists` alone all news would be read.
    private static final String BEHIND =
            """
            select s.name from unnest(:subscribers) as s (name)
            left join outbox_cursor c on c.subscriber = s.name
            left join lateral (
                select o.xact_id from outbox o
                where (o.xact_id, o.id) > (c.xact_id, c.id)
                order by o.xact_id, o.id
                limit 1
            ) next on true
            where c.subscriber is null
            or next.xact_id < pg_snapshot_xmin(pg_current_snapshot())
            """;

    // Skipped while another relay holds it: two relays never apply the same news.
    private static final String LOCK =
            """
            select xact_id::text, id, failures from outbox_cursor
            where subscriber = :subscriber and retry_at <= :now
            for update skip locked
            """;

    // Below the oldest running transaction nothing can appear any more.
    private static final String HORIZON = "select pg_snapshot_xmin(pg_current_snapshot())::text";

    // The order is the column's: by the text that is selected, 1000 would come before 999.
    private static final String NEXT =
            """
            select id, xact_id::text, type, subject, body, recorded_at from outbox
            where (xact_id, id) > (:xactId::xid8, :id) and xact_id < :horizon::xid8
            and type = any(:types)
            and (cast(:purpose as text) is null or purpose is null or purpose = :purpose)
            order by outbox.xact_id, id
            limit :most
            """;

    private static final String LAST =
            """
            select id, xact_id::text from outbox
            where (xact_id, id) > (:xactId::xid8, :id) and xact_id < :horizon::xid8
            order by outbox.xact_id desc, id desc
            limit 1
            """;

    private static final String MOVE =
            """
            update outbox_cursor
            set xact_id = :xactId::xid8, id = :id, failures = 0, retry_at = '-infinity'
            where subscriber = :subscriber
            """;

    private static final String FAILED =
            """
            update outbox_cursor set failures = failures + 1, retry_at = :retryAt
            where subscriber = :subscriber
            """;

    private static final String PARK =
            """
            insert into outbox_parked (subscriber, event_id, type, subject, body, error, parked_at,
                                       recorded_at, tries)
            values (:subscriber, :id, :type, :subject, :body, :error, :now, :recordedAt, :tries)
            on conflict do nothing
            """;

    private static final String PARKED_PAGE =
            """
            select subscriber, event_id, type, subject, split_part(error, ':', 1) as error,
                   parked_at, tries, tried_at
            from outbox_parked
            where (subscriber, event_id) > (:subscriber, :id)
            order by subscriber, event_id limit :most
            """;

    // Nobody else applies news for it meanwhile, the relay included.
    private static final String LOCK_PLACE =
            "select subscriber from outbox_cursor where subscriber = :subscriber for update";

    private static final String LOCK_PARKED =
            """
            select event_id as id, type, subject, body,
                   coalesce(recorded_at, parked_at) as recorded_at
            from outbox_parked where subscriber = :subscriber and event_id = :id for update
            """;

    private static final String UNPARK =
            "delete from outbox_parked where subscriber = :subscriber and event_id = :id";

    private static final String FAILED_AGAIN =
            """
            update outbox_parked set tries = tries + 1, error = :error, tried_at = :now
            where subscriber = :subscriber and event_id = :id
            returning tries
            """;

    private static final String FORGET =
            """
            delete from outbox where recorded_at < :before
            and (xact_id, id) <= (select xact_id, id from outbox_cursor order by xact_id, id limit 1)
            """;

    private static final String LAG =
            """
            select c.subscriber,
                coalesce(extract(epoch from clock_timestamp() - next.recorded_at), 0)::float8 as seconds
            from outbox_cursor c
            left join lateral (
                select o.recorded_at from outbox o
                where (o.xact_id, o.id) > (c.xact_id, c.id)
                order by o.xact_id, o.id
                limit 1
            ) next on true
            """;

    private static final String PARKED =
            """
            select count(*) as count, min(parked_at) as oldest
            from (select parked_at from outbox_parked limit :most) waiting
            """;

    private static final String COUNT_PARKED = "select count(*) from outbox_parked";

    /// A long list at once, a short one together with other writes.
    static void write(Handle tx, Writes writes, List<Outbox.News> news) {
        if (BinaryCopy.isWorthIt(news.size())) {
            BinaryCopy.copy(
                    tx,
                    COPY,
                    4,
                    news,
                    (row, each) ->
                            row.text(each.type())
                                    .text(each.subject())
                                    .text(Json.text(each.body()))
                                    .text(each.purpose()));
        } else if (!news.isEmpty()) {
            writes.add(
                    INSERT,
                    BinaryArray.texts(news, Outbox.News::type),
                    BinaryArray.texts(news, Outbox.News::subject),
                    BinaryArray.texts(news, each -> Json.text(each.body())),
                    BinaryArray.texts(news, Outbox.News::purpose));
        }
    }

    void register(Handle tx, Collection<String> subscribers) {
        for (var subscriber : subscribers) {
            tx.createUpdate(REGISTER).bind("subscriber", subscriber).execute();
        }
    }

    /// Those of them that have news before them, in the same order.
    List<Subscriber> behind(Handle tx, List<Subscriber> subscribers) {
        var names =
                tx.createQuery(BEHIND)
                        .bind("subscribers", BinaryArray.texts(subscribers, Subscriber::name))
                        .mapTo(String.class)
                        .set();
        return subscribers.stream().filter(each -> names.contains(each.name())).toList();
    }

    Optional<Place> lock(Handle tx, String subscriber, Instant now) {
        return tx.createQuery(LOCK)
                .bind("subscriber", subscriber)
                .bind("now", now)
                .map(
                        (row, _) ->
                                new Place(
                                        row.getString("xact_id"),
                                        row.getLong("id"),
                                        row.getInt("failures")))
                .findOne();
    }

    /// Asked for before the reading, so that all statements of one delivery mean the same news.
    String horizon(Handle tx) {
        return tx.createQuery(HORIZON).mapTo(String.class).one();
    }

    /// The next news of these types; the others are passed by where they lie.
    ///
    /// @param purpose leaves out what says that it is somebody else's business; null for all
    List<Row> next(
            Handle tx,
            Place after,
            String horizon,
            Collection<String> types,
            @Nullable String purpose,
            int most) {
        return tx.createQuery(NEXT)
                .bind("xactId", after.xactId())
                .bind("id", after.id())
                .bind("horizon", horizon)
                .bind("types", BinaryArray.texts(types, each -> each))
                .bind("purpose", purpose)
                .bind("most", most)
                .map((row, _) -> row(row))
                .list();
    }

    /// The last piece of news below the horizon, of whatever type.
    Optional<Spot> last(Handle tx, Place after, String horizon) {
        return tx.createQuery(LAST)
                .bind("xactId", after.xactId())
                .bind("id", after.id())
                .bind("horizon", horizon)
                .map((row, _) -> new Spot(row.getLong("id"), row.getString("xact_id")))
                .findOne();
    }

    private static Row row(ResultSet row) throws SQLException {
        return new Row(
                row.getLong("id"),
                row.getString("xact_id"),
                row.getString("type"),
                row.getString("subject"),
                row.getString("body"),
                Columns.instant(row, "recorded_at"));
    }

    /// The age of the first piece of news beyond each cursor, 0 where there is none.
    Map<String, Double> lagSeconds(Handle tx) {
        return tx.createQuery(LAG)
                .reduceRows(
                        new HashMap<String, Double>(),
                        (lags, row) -> {
                            lags.put(
                                    row.getColumn("subscriber", String.class),
                                    row.getColumn("seconds", Double.class));
                            return lags;
                        });
    }

    long countParked(Handle tx) {
        return tx.createQuery(COUNT_PARKED).mapTo(Long.class).one();
    }

    /// How many are parked and since when, counting no further than so many.
    ParkedNews.Count parked(Handle tx, int most) {
        return tx.createQuery(PARKED)
                .bind("most", most)
                .map(ConstructorMapper.of(ParkedNews.Count.class))
                .one();
    }

    void move(Handle tx, String subscriber, Spot to) {
        tx.createUpdate(MOVE)
                .bind("subscriber", subscriber)
                .bind("xactId", to.xactId())
                .bind("id", to.id())
                .execute();
    }

    void failed(Handle tx, String subscriber, Instant retryAt) {
        tx.createUpdate(FAILED).bind("subscriber", subscriber).bind("retryAt", retryAt).execute();
    }

    void park(Handle tx, String subscriber, Row row, String error, int tries, Instant now) {
        tx.createUpdate(PARK)
                .bind("subscriber", subscriber)
                .bindMethods(row)
                .bind("error", error)
                .bind("tries", tries)
                .bind("now", now)
                .execute();
    }

    /// By subscriber, the oldest news of each first.
    List<ParkedNews.Parked> parkedPage(Handle tx, ParkedNews.Place after, int most) {
        return tx.createQuery(PARKED_PAGE)
                .bind("subscriber", after.subscriber())
                .bind("id", after.eventId())
                .bind("most", most)
                .map(ConstructorMapper.of(ParkedNews.Parked.class))
                .list();
    }

    /// Waits for whoever applies news for this subscriber, and returns what is parked under the id.
    Optional<Outbox.Event> lockParked(Handle tx, String subscriber, long id) {
        tx.createQuery(LOCK_PLACE).bind("subscriber", subscriber).mapTo(String.class).list();
        return tx.createQuery(LOCK_PARKED)
                .bind("subscriber", subscriber)
                .bind("id", id)
                .map(ConstructorMapper.of(Outbox.Event.class))
                .findOne();
    }

    void unpark(Handle tx, String subscriber, long id) {
        tx.createUpdate(UNPARK).bind("subscriber", subscriber).bind("id", id).execute();
    }

    /// @return how often it has been tried by now; empty where it is not parked any more
    Optional<Integer> failedAgain(
            Handle tx, String subscriber, long id, String error, Instant now) {
        return tx.createQuery(FAILED_AGAIN)
                .bind("subscriber", subscriber)
                .bind("id", id)
                .bind("error", error)
                .bind("now", now)
                .mapTo(Integer.class)
                .findOne();
    }

    int forget(Handle tx, Instant before) {
        return tx.createUpdate(FORGET).bind("before", before).execute();
    }
}
