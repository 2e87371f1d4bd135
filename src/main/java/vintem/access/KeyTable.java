package vintem.access;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/// The table `api_key`, and every statement that touches it.
@Singleton
class KeyTable {
    public record Key(
            UUID id,
            String name,
            String hint,
            List<String> roles,
            @Nullable Long perItemLimitCents,
            @Nullable Long dailyLimitCents,
            UUID createdBy,
            Instant createdAt,
            @Nullable Instant expiresAt,
            @Nullable Instant revokedAt,
            @Nullable Long releaseAboveCents) {
        Grant grant() {
            return Grant.of(roles, perItemLimitCents, dailyLimitCents)
                    .withRelease(releaseAboveCents, null);
        }

        /// Never more than whoever made the key may do now.
        Caller caller(UserTable.User owner) {
            return new Caller(id, Caller.Kind.KEY, name, grant().within(owner.grant()), owner.id());
        }
    }

    private static final String INSERT =
            """
            insert into api_key
                (name, key_hash, hint, roles, per_item_limit_cents, daily_limit_cents,
                 release_above_cents, created_by, created_at, expires_at)
            values
                (:name, :keyHash, :hint, :roles, :perItemLimitCents, :dailyLimitCents,
                 :releaseAboveCents, :createdBy, :now, :expiresAt)
            returning *
            """;

    private static final String ALIVE =
            """
            select * from api_key
            where key_hash = :keyHash and revoked_at is null
                and (expires_at is null or expires_at > :now)
            """;

    private static final String ALIVE_BY_ID =
            """
            select * from api_key
            where id = :id and revoked_at is null
                and (expires_at is null or expires_at > :now)
            """;

    private static final String PAGE =
            "select * from api_key where id > :after order by id limit :limit";

    private static final String REVOKE =
            "update api_key set revoked_at = coalesce(revoked_at, :now) where id = :id returning *";

    Key insert(
            Handle tx,
            String name,
            String key,
            Grant grant,
            UUID createdBy,
            Instant now,
            @Nullable Instant expiresAt) {
        return tx.createQuery(INSERT)
                .bind("name", name)
                .bind("keyHash", Opaque.hash(key))
                .bind("hint", key.substring(key.length() - 4))
                .bindArray("roles", String.class, grant.roleColumn())
                .bind("perItemLimitCents", grant.perItemLimitColumn())
                .bind("dailyLimitCents", grant.dailyLimitColumn())
                .bind("releaseAboveCents", grant.releaseAboveColumn())
                .bind("createdBy", createdBy)
                .bind("now", now)
                .bind("expiresAt", expiresAt)
                .map(ConstructorMapper.of(Key.class))
                .one();
    }

    /// The key, unless it is revoked or expired.
    Optional<Key> alive(Handle tx, String key, Instant now) {
        return tx.createQuery(ALIVE)
                .bind("keyHash", Opaque.hash(key))
                .bind("now", now)
                .map(ConstructorMapper.of(Key.class))
                .findOne();
    }

    Optional<Key> alive(Handle tx, UUID id, Instant now) {
        return tx.createQuery(ALIVE_BY_ID)
                .bind("id", id)
                .bind("now", now)
                .map(ConstructorMapper.of(Key.class))
                .findOne();
    }

    List<Key> page(Handle tx, UUID after, int limit) {
        return tx.createQuery(PAGE)
                .bind("after", after)
                .bind("limit", limit)
                .map(ConstructorMapper.of(Key.class))
                .list();
    }

    /// A second time it stays revoked since the first.
    Optional<Key> revoke(Handle tx, UUID id, Instant now) {
        return tx.createQuery(REVOKE)
                .bind("id", id)
                .bind("now", now)
                .map(ConstructorMapper.of(Key.class))
                .findOne();
    }
}
