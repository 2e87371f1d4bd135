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

/// The table `access_log`, and every statement that touches it.
@Singleton
class AccessLogTable {
    /// @param callerName read from user or key, never stored with the deed
    public record Deed(
            long id,
            Instant at,
            String callerKind,
            UUID callerId,
            @Nullable String callerName,
            String action,
            String subject,
            String detail) {}

    private static final String INSERT =
            """
            insert into access_log (at, caller_kind, caller_id, action, subject, detail)
            select :at, * from unnest(:kinds, :callerIds, :actions, :subjects, :details)
            """;

    private static final String PAGE =
            """
            select access_log.*, coalesce(app_user.name, api_key.name) as caller_name
            from access_log
            left join app_user on app_user.id = caller_id
            left join api_key on api_key.id = caller_id
            where access_log.id < :before
            order by access_log.id desc
            limit :limit
            """;

    void insert(Handle tx, Instant at, List<AccessLog.Deed> deeds) {
        tx.createUpdate(INSERT)
                .bind("at", at)
                .bind(
                        "kinds",
                        BinaryArray.texts(
                                deeds,
                                each -> each.caller().kind().name().toLowerCase(Locale.ROOT)))
                .bind("callerIds", BinaryArray.uuids(deeds, each -> each.caller().id()))
                .bind("actions", BinaryArray.texts(deeds, AccessLog.Deed::action))
                .bind("subjects", BinaryArray.texts(deeds, AccessLog.Deed::subject))
                .bind("details", BinaryArray.texts(deeds, AccessLog.Deed::detail))
                .execute();
    }

    /// The newest first.
    List<Deed> page(Handle tx, long before, int limit) {
        return tx.createQuery(PAGE)
                .bind("before", before)
                .bind("limit", limit)
                .map(ConstructorMapper.of(Deed.class))
                .list();
    }
}
