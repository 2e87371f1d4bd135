package vintem.access;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/// The table `app_user`, and every statement that touches it.
@Singleton
class UserTable {
    public record User(
            UUID id,
            String name,
            String passwordHash,
            List<String> roles,
            @Nullable Long perItemLimitCents,
            @Nullable Long dailyLimitCents,
            boolean active,
            long version,
            Instant createdAt,
            String kind,
            @Nullable Long releaseAboveCents,
            @Nullable Long releaseLimitCents) {
        Grant grant() {
            return Grant.of(roles, perItemLimitCents, dailyLimitCents)
                    .withRelease(releaseAboveCents, releaseLimitCents);
        }

        Caller caller() {
            var whose = isReseller() ? Caller.Kind.RESELLER : Caller.Kind.USER;
            return new Caller(id, whose, name, grant());
        }

        /// Not of the company: managed by themselves, and by whoever keeps resellers.
        boolean isReseller() {
            return kind.equals("reseller");
        }
    }

    private static final String INSERT =
            """
            insert into app_user
                (name, password_hash, roles, per_item_limit_cents, daily_limit_cents,
                 release_above_cents, release_limit_cents, created_at)
            values (:name, :passwordHash, :roles, :perItemLimitCents, :dailyLimitCents,
                    :releaseAboveCents, :releaseLimitCents, :now)
            on conflict (name) do nothing
            returning *
            """;

    private static final String INSERT_RESELLER =
            """
            insert into app_user (name, password_hash, roles, kind, created_at)
            values (:name, :passwordHash, '{}', 'reseller', :now)
            on conflict (name) do nothing
            returning id
            """;

    // What is left signs nobody in and names nobody.
    private static final String FORGET =
            """
            update app_user
            set name = 'forgotten-' || id, password_hash = '', active = false,
                version = version + 1
            where id = :id
            """;

    private static final String DEACTIVATE =
            "update app_user set active = false, version = version + 1 where id = :id";

    private static final String IS_EMPTY = "select not exists (select from app_user)";

    private static final String BY_NAME = "select * from app_user where name = :name";

    private static final String BY_ID = "select * from app_user where id = :id";

    private static final String LOCK = "select * from app_user where id = :id for update";

    private static final String PAGE =
            """
            select * from app_user where kind = 'user' and id > :after order by id limit :limit
            """;

    private static final String UPDATE =
            """
            update app_user
            set roles = :roles,
                per_item_limit_cents = :perItemLimitCents,
                daily_limit_cents = :dailyLimitCents,
                release_above_cents = :releaseAboveCents,
                release_limit_cents = :releaseLimitCents,
                active = :active
            where id = :id
            returning *
            """;

    private static final String SET_PASSWORD =
            "update app_user set password_hash = :passwordHash where id = :id";

    private static final String END_SESSIONS =
            "update app_user set version = version + 1 where id = :id returning version";

    // In the order of their ids: two who demote each other at once take turns instead of each
    // seeing the other still in place.
    private static final String LOCK_ADMINS =
            """
            select id from app_user
            where active and 'settings:admin' = any(roles)
            order by id
            for update
            """;

    private static final String FIRST_ADMIN =
            """
            select * from app_user
            where active and 'settings:admin' = any(roles)
            order by name <> 'admin', id
            limit 1
            """;

    /// Empty where the name is taken.
    Optional<User> insert(Handle tx, String name, String passwordHash, Grant grant, Instant now) {
        return tx.createQuery(INSERT)
                .bind("name", name)
                .bind("passwordHash", passwordHash)
                .bindArray("roles", String.class, grant.roleColumn())
                .bind("perItemLimitCents", grant.perItemLimitColumn())
                .bind("dailyLimitCents", grant.dailyLimitColumn())
                .bind("releaseAboveCents", grant.releaseAboveColumn())
                .bind("releaseLimitCents", grant.releaseLimitColumn())
                .bind("now", now)
                .map(ConstructorMapper.of(User.class))
                .findOne();
    }

    /// Empty where the name is taken.
    Optional<UUID> insertReseller(Handle tx, String name, String passwordHash, Instant now) {
        return tx.createQuery(INSERT_RESELLER)
                .bind("name", name)
                .bind("passwordHash", passwordHash)
                .bind("now", now)
                .mapTo(UUID.class)
                .findOne();
    }

    void deactivate(Handle tx, UUID id) {
        tx.createUpdate(DEACTIVATE).bind("id", id).execute();
    }

    void forget(Handle tx, UUID id) {
        tx.createUpdate(FORGET).bind("id", id).execute();
    }

    boolean isEmpty(Handle tx) {
        return tx.createQuery(IS_EMPTY).mapTo(Boolean.class).one();
    }

    Optional<User> byName(Handle tx, String name) {
        return tx.createQuery(BY_NAME)
                .bind("name", name)
                .map(ConstructorMapper.of(User.class))
                .findOne();
    }

    Optional<User> byId(Handle tx, UUID id) {
        return tx.createQuery(BY_ID).bind("id", id).map(ConstructorMapper.of(User.class)).findOne();
    }

    Optional<User> lock(Handle tx, UUID id) {
        return tx.createQuery(LOCK).bind("id", id).map(ConstructorMapper.of(User.class)).findOne();
    }

    List<User> page(Handle tx, UUID after, int limit) {
        return tx.createQuery(PAGE)
                .bind("after", after)
                .bind("limit", limit)
                .map(ConstructorMapper.of(User.class))
                .list();
    }

    User update(Handle tx, UUID id, Grant grant, boolean active) {
        return tx.createQuery(UPDATE)
                .bind("id", id)
                .bindArray("roles", String.class, grant.roleColumn())
                .bind("perItemLimitCents", grant.perItemLimitColumn())
                .bind("dailyLimitCents", grant.dailyLimitColumn())
                .bind("releaseAboveCents", grant.releaseAboveColumn())
                .bind("releaseLimitCents", grant.releaseLimitColumn())
                .bind("active", active)
                .map(ConstructorMapper.of(User.class))
                .one();
    }

    void setPassword(Handle tx, UUID id, String passwordHash) {
        tx.createUpdate(SET_PASSWORD).bind("id", id).bind("passwordHash", passwordHash).execute();
    }

    /// Ends every session and token of the user; gives the version that new ones carry.
    long endSessions(Handle tx, UUID id) {
        return tx.createQuery(END_SESSIONS).bind("id", id).mapTo(Long.class).one();
    }

    List<UUID> lockAdmins(Handle tx) {
        return tx.createQuery(LOCK_ADMINS).mapTo(UUID.class).list();
    }

    /// `admin`, or whoever else can manage users.
    Optional<User> firstAdmin(Handle tx) {
        return tx.createQuery(FIRST_ADMIN).map(ConstructorMapper.of(User.class)).findOne();
    }
}
