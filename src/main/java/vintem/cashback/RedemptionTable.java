package vintem.cashback;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;
import vintem.platform.BinaryArray;

/// The table `cashback_redemption`, and every statement that touches it.
@Singleton
class RedemptionTable {
    /// Cashback that somebody asked to be paid.
    ///
    /// @param id the payout's, too
    /// @param pixKey null once the reseller asked to be forgotten
    /// @param status `processing`, `paid`, `failed` or `returned`
    public record Redemption(
            UUID id,
            UUID resellerId,
            long amountCents,
            @Nullable String pixKey,
            String status,
            @Nullable String reason,
            Instant createdAt,
            @Nullable Instant endedAt) {
        Redemption ended(String status, @Nullable String reason, Instant at) {
            return new Redemption(
                    id, resellerId, amountCents, pixKey, status, reason, createdAt, at);
        }
    }

    private static final String INSERT =
            """
            insert into cashback_redemption
                (id, reseller_id, amount_cents, pix_key, status, reason, created_at, ended_at)
            select * from unnest(:ids, :resellers, :amounts, :keys, :statuses, :reasons, :created,
                                 :ended)
            """;

    private static final String FIND = "select * from cashback_redemption where id = any(:ids)";

    private static final String LOCK =
            """
            select id from cashback_redemption where id = any(:ids) order by id for update
            """;

    private static final String END =
            """
            update cashback_redemption r
            set status = e.status, reason = e.reason, ended_at = e.ended_at
            from unnest(:ids, :statuses, :reasons, :ended) as e (id, status, reason, ended_at)
            where r.id = e.id
            """;

    private static final String OF_RESELLER =
            """
            select * from cashback_redemption where reseller_id = :reseller
            order by id desc limit :most
            """;

    private static final String AFTER =
            """
            select * from cashback_redemption
            where (:reseller::uuid is null or reseller_id = :reseller) and id < :last
            order by id desc limit :most
            """;

    private static final String UNDER_WAY =
            """
            select exists (select from cashback_redemption
                           where reseller_id = :reseller and status = 'processing')
            """;

    private static final String FORGET_KEYS =
            "update cashback_redemption set pix_key = null where reseller_id = :reseller";

    void insert(Handle tx, List<Redemption> redemptions) {
        tx.createUpdate(INSERT)
                .bind("ids", BinaryArray.uuids(redemptions, Redemption::id))
                .bind("resellers", BinaryArray.uuids(redemptions, Redemption::resellerId))
                .bind("amounts", BinaryArray.longs(redemptions, Redemption::amountCents))
                .bind("keys", BinaryArray.texts(redemptions, Redemption::pixKey))
                .bind("statuses", BinaryArray.texts(redemptions, Redemption::status))
                .bind("reasons", BinaryArray.texts(redemptions, Redemption::reason))
                .bind("created", BinaryArray.instants(redemptions, Redemption::createdAt))
                .bind("ended", BinaryArray.instants(redemptions, Redemption::endedAt))
                .execute();
    }

    Map<UUID, Redemption> find(Handle tx, Collection<UUID> ids) {
        var found = new HashMap<UUID, Redemption>();
        tx.createQuery(FIND)
                .bind("ids", BinaryArray.uuids(ids, it -> it))
                .map(ConstructorMapper.of(Redemption.class))
                .forEach(it -> found.put(it.id(), it));
        return found;
    }

    Optional<Redemption> find(Handle tx, UUID id) {
        return Optional.ofNullable(find(tx, List.of(id)).get(id));
    }

    /// Locks those that exist, and reads them under the lock.
    Map<UUID, Redemption> lock(Handle tx, Collection<UUID> ids) {
        tx.createQuery(LOCK).bind("ids", BinaryArray.uuids(ids, it -> it)).mapTo(UUID.class).list();
        return find(tx, ids);
    }

    void end(Handle tx, Collection<Redemption> ended) {
        tx.createUpdate(END)
                .bind("ids", BinaryArray.uuids(ended, Redemption::id))
                .bind("statuses", BinaryArray.texts(ended, Redemption::status))
                .bind("reasons", BinaryArray.texts(ended, Redemption::reason))
                .bind("ended", BinaryArray.instants(ended, Redemption::endedAt))
                .execute();
    }

    /// The newest of a reseller.
    List<Redemption> ofReseller(Handle tx, UUID reseller, int most) {
        return tx.createQuery(OF_RESELLER)
                .bind("reseller", reseller)
                .bind("most", most)
                .map(ConstructorMapper.of(Redemption.class))
                .list();
    }

    /// Newest first, of one reseller or of all.
    List<Redemption> after(Handle tx, @Nullable UUID reseller, UUID last, int most) {
        return tx.createQuery(AFTER)
                .bind("reseller", reseller)
                .bind("last", last)
                .bind("most", most)
                .map(ConstructorMapper.of(Redemption.class))
                .list();
    }

    boolean isAnyUnderWay(Handle tx, UUID reseller) {
        return tx.createQuery(UNDER_WAY).bind("reseller", reseller).mapTo(Boolean.class).one();
    }

    void forgetKeys(Handle tx, UUID reseller) {
        tx.createUpdate(FORGET_KEYS).bind("reseller", reseller).execute();
    }
}
