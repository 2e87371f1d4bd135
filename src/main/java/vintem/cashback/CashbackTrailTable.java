package vintem.cashback;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;
import vintem.platform.BinaryArray;
import vintem.platform.Finder;

/// What [CashbackTrail] asks of the tables of cashback.
@Singleton
class CashbackTrailTable {
    public record Waiting(long count, @Nullable Instant oldest) {}

    /// What a close gave one reseller.
    public record Credit(LocalDate month, long cents, @Nullable Instant finishedAt) {}

    public record Owner(UUID id, UUID resellerId) {}

    private static final String WAITING =
            """
            select count(*) as count, min(created_at) as oldest
            from (select created_at from purchase
                  where status = 'validating' and deleted_at is null limit :most) p
            """;

    private static final String UNFINISHED =
            """
            select count(*) as count, min(started_at) as oldest from cashback_close
            where finished_at is null and started_at < :before
            """;

    // The month before this one: those before it go with it.
    private static final String TO_CLOSE =
            """
            select exists (select from cashback_month
                           where accrued_cents <> credited_cents and month = :month)
            and not exists (select from cashback_close where month >= :month)
            """;

    private static final String OWNERS_BY_CODE =
            """
            select id, reseller_id from purchase where code = :code and deleted_at is null
            """;

    private static final String BY_AMOUNT =
            """
            select id, reseller_id from (
                select id, reseller_id, amount_cents, deleted_at from purchase
                order by id desc limit :newest) n
            where amount_cents = :cents and deleted_at is null
            union select id, reseller_id from (
                select id, reseller_id from purchase
                where amount_cents = :cents and deleted_at is null limit :most) a
            order by id desc limit :most
            """;

    // A payout of a redemption has its id.
    private static final String OWNERS =
            """
            select id, reseller_id from purchase where id = any(:ids) and deleted_at is null
            union
            select id, reseller_id from cashback_redemption where id = any(:ids)
            union
            select id, id from reseller where id = any(:ids)
            """;

    private static final String REDEEMERS =
            "select id, reseller_id from cashback_redemption where id = any(:ids)";

    private static final String CREDITS =
            """
            select c.close_month as month, c.own_cents + c.adjustment_cents as cents,
                   k.finished_at
            from cashback_credit c join cashback_close k on k.month = c.close_month
            where c.reseller_id = :reseller order by c.close_month desc limit :most
            """;

    Waiting waiting(Handle tx, int most) {
        return tx.createQuery(WAITING)
                .bind("most", most)
                .map(ConstructorMapper.of(Waiting.class))
                .one();
    }

    Waiting unfinished(Handle tx, Instant before) {
        return tx.createQuery(UNFINISHED)
                .bind("before", before)
                .map(ConstructorMapper.of(Waiting.class))
                .one();
    }

    /// Whether that month has something to close, and neither it nor a later one is closed.
    boolean isToClose(Handle tx, LocalDate month) {
        return tx.createQuery(TO_CLOSE).bind("month", month).mapTo(Boolean.class).one();
    }

    Optional<Owner> byCode(Handle tx, String code) {
        return tx.createQuery(OWNERS_BY_CODE)
                .bind("code", code)
                .map(ConstructorMapper.of(Owner.class))
                .findOne();
    }

    List<Owner> byAmount(Handle tx, long cents, int most) {
        return tx.createQuery(BY_AMOUNT)
                .bind("newest", Finder.NEWEST)
                .bind("cents", cents)
                .bind("most", most)
                .map(ConstructorMapper.of(Owner.class))
                .list();
    }

    /// Whose purchases, redemptions and accounts these are.
    List<Owner> owners(Handle tx, Collection<UUID> ids) {
        return tx.createQuery(OWNERS)
                .bind("ids", BinaryArray.uuids(ids, it -> it))
                .map(ConstructorMapper.of(Owner.class))
                .list();
    }

    /// Who asked for these payouts.
    List<Owner> redeemers(Handle tx, Collection<UUID> payoutIds) {
        return tx.createQuery(REDEEMERS)
                .bind("ids", BinaryArray.uuids(payoutIds, it -> it))
                .map(ConstructorMapper.of(Owner.class))
                .list();
    }

    List<Credit> credits(Handle tx, UUID reseller, int most) {
        return tx.createQuery(CREDITS)
                .bind("reseller", reseller)
                .bind("most", most)
                .map(ConstructorMapper.of(Credit.class))
                .list();
    }
}
