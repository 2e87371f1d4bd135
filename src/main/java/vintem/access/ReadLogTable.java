package vintem.access;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;
import vintem.platform.BinaryArray;

/// The table `read_log`, and every statement that touches it.
@Singleton
class ReadLogTable {
    /// @param callerName read from user or key, never stored with the read
    public record Line(
            UUID id,
            Instant at,
            String callerKind,
            UUID callerId,
            @Nullable String callerName,
            String subjectType,
            String subjectId,
            String route) {}

    private static final UUID LAST = new UUID(Long.MAX_VALUE, -1);

    private static final String INSERT =
            """
            insert into read_log (id, at, caller_kind, caller_id, subject_type, subject_id, route)
            select * from unnest(:ids, :at, :kinds, :callerIds, :types, :subjects, :routes)
            on conflict (id) do nothing
            """;

    private static final String PAGE =
            """
            select read_log.*, coalesce(app_user.name, api_key.name) as caller_name
            from read_log
            left join app_user on app_user.id = caller_id
            left join api_key on api_key.id = caller_id
            where read_log.id < :before
            and (:subject::text is null or subject_id = :subject)
            and (:type::text is null or subject_type = :type)
            order by read_log.id desc
            limit :limit
            """;

    private static final String FORGET =
            """
            delete from read_log where id in (
                select id from read_log where id < :first order by id limit :most
                for update skip locked)
            """;

    void insert(Handle tx, List<ReadLog.Read> reads) {
        tx.createUpdate(INSERT)
                .bind("ids", BinaryArray.uuids(reads, ReadLog.Read::id))
                .bind("at", BinaryArray.instants(reads, ReadLog.Read::at))
                .bind(
                        "kinds",
                        BinaryArray.texts(
                                reads, each -> each.callerKind().name().toLowerCase(Locale.ROOT)))
                .bind("callerIds", BinaryArray.uuids(reads, ReadLog.Read::callerId))
                .bind("types", BinaryArray.texts(reads, ReadLog.Read::subjectType))
                .bind("subjects", BinaryArray.texts(reads, ReadLog.Read::subjectId))
                .bind("routes", BinaryArray.texts(reads, ReadLog.Read::route))
                .execute();
    }

    /// The newest first.
    ///
    /// @param before the last of the page before, or null
    List<Line> page(
            Handle tx,
            @Nullable String type,
            @Nullable String subject,
            @Nullable UUID before,
            int limit) {
        return tx.createQuery(PAGE)
                .bind("before", before == null ? LAST : before)
                .bind("type", type)
                .bind("subject", subject)
                .bind("limit", limit)
                .map(ConstructorMapper.of(Line.class))
                .list();
    }

    /// Ids are dated to the millisecond, so the key finds the day.
    int forget(Handle tx, Instant before, int most) {
        return tx.createUpdate(FORGET)
                .bind("first", new UUID(before.toEpochMilli() << 16, 0))
                .bind("most", most)
                .execute();
    }
}
