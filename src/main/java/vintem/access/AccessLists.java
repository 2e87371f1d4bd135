package vintem.access;

import static vintem.platform.Sheet.instant;
import static vintem.platform.Sheet.money;
import static vintem.platform.Sheet.text;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import vintem.platform.Database;
import vintem.platform.ExportedList;
import vintem.platform.ExportedList.Filters;
import vintem.platform.Sheet;

/// The lists of who may do what, and of who did and read what, as spreadsheets.
@Singleton
class AccessLists implements ExportedList.Source {
    private final Users users;
    private final Keys keys;
    private final AccessLogTable log;
    private final ReadLogTable reads;
    private final Database database;
    private final Asking asking;

    @Inject
    AccessLists(
            Users users,
            Keys keys,
            AccessLogTable log,
            ReadLogTable reads,
            Database database,
            Asking asking) {
        this.users = users;
        this.keys = keys;
        this.log = log;
        this.reads = reads;
        this.database = database;
        this.asking = asking;
    }

    @Override
    public List<ExportedList> lists() {
        return List.of(
                new ExportedList("users", this::isOpen, Set.of(), _ -> users()),
                new ExportedList("keys", this::isOpen, Set.of(), _ -> keys()),
                new ExportedList("access-log", this::isOpen, Set.of(), _ -> log()),
                new ExportedList(
                        "read-log", this::isOpen, Set.of("type", "subject_id"), this::reads));
    }

    private boolean isOpen() {
        return asking.caller().may(Capability.SETTINGS, Role.ADMIN);
    }

    private Sheet<UserTable.User> users() {
        return new Sheet<>(
                List.of(
                        text("username", UserTable.User::name),
                        text("roles", it -> String.join(", ", it.roles())),
                        money("per_item_limit", UserTable.User::perItemLimitCents),
                        money("daily_limit", UserTable.User::dailyLimitCents),
                        text("active", it -> it.active() ? "sim" : "não"),
                        instant("created", UserTable.User::createdAt),
                        text("id", UserTable.User::id)),
                Sheet.pages(
                        last ->
                                users.page(
                                        last == null ? new UUID(0, 0) : last.id(), Sheet.AT_ONCE)));
    }

    private Sheet<KeyTable.Key> keys() {
        return new Sheet<>(
                List.of(
                        text("name", KeyTable.Key::name),
                        text("hint", KeyTable.Key::hint),
                        text("roles", it -> String.join(", ", it.roles())),
                        money("per_item_limit", KeyTable.Key::perItemLimitCents),
                        money("daily_limit", KeyTable.Key::dailyLimitCents),
                        instant("created", KeyTable.Key::createdAt),
                        instant("expires", KeyTable.Key::expiresAt),
                        instant("revoked", KeyTable.Key::revokedAt),
                        text("id", KeyTable.Key::id)),
                Sheet.pages(
                        last ->
                                keys.page(
                                        last == null ? new UUID(0, 0) : last.id(), Sheet.AT_ONCE)));
    }

    private Sheet<AccessLogTable.Deed> log() {
        return new Sheet<>(
                List.of(
                        instant("at", AccessLogTable.Deed::at),
                        text("who", AccessLogTable.Deed::callerName),
                        text("who_kind", AccessLogTable.Deed::callerKind),
                        text("deed", AccessLogTable.Deed::action),
                        text("subject_id", AccessLogTable.Deed::subject),
                        text("detail", AccessLogTable.Deed::detail)),
                Sheet.pages(
                        last ->
                                database.transaction(
                                        tx ->
                                                log.page(
                                                        tx,
                                                        last == null ? Long.MAX_VALUE : last.id(),
                                                        Sheet.AT_ONCE))));
    }

    private Sheet<ReadLogTable.Line> reads(Filters given) {
        return new Sheet<>(
                List.of(
                        instant("at", ReadLogTable.Line::at),
                        text("who", ReadLogTable.Line::callerName),
                        text("who_kind", ReadLogTable.Line::callerKind),
                        text("subject_type", ReadLogTable.Line::subjectType),
                        text("subject_id", ReadLogTable.Line::subjectId),
                        text("route", ReadLogTable.Line::route)),
                Sheet.pages(
                        last ->
                                database.transaction(
                                        tx ->
                                                reads.page(
                                                        tx,
                                                        given.get("type"),
                                                        given.get("subject_id"),
                                                        last == null ? null : last.id(),
                                                        Sheet.AT_ONCE))));
    }
}
