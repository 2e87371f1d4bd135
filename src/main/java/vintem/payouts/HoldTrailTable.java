package vintem.payouts;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import vintem.payouts.HoldTable.Hold;
import vintem.platform.BinaryArray;
import vintem.platform.Finder;

/// What [HoldTrail] asks of the tables of holds.
@Singleton
class HoldTrailTable {
    /// That a payout is or was in a hold.
    public record In(UUID holdId, UUID payoutId) {}

    /// What became of the payouts of a hold.
    ///
    /// @param at when the last of them changed
    public record Became(
            UUID holdId, long paid, long failed, long returned, long underWay, Instant at) {}

    private static final String BY_IDS =
            "select * from payout_hold where id = any(:ids) order by created_at, id";

    private static final String OF_PAYOUTS =
            """
            select hold_id, payout_id from payout_hold_item where payout_id = any(:ids)
            order by hold_id, position
            """;

    private static final String IN =
            """
            select hold_id, payout_id from payout_hold_item where hold_id = any(:ids)
            order by hold_id, position
            """;

    private static final String BECAME =
            """
            select i.hold_id,
                   count(*) filter (where p.status = 'paid') as paid,
                   count(*) filter (where p.status = 'failed') as failed,
                   count(*) filter (where p.status = 'returned') as returned,
                   count(*) filter (where p.status in ('held', 'processing')) as under_way,
                   max(p.updated_at) as at
            from payout_hold_item i join payout p on p.id = i.payout_id
            where i.hold_id = any(:ids) group by i.hold_id
            """;

    private static final String FIND =
            """
            select * from payout_hold where id in (
                select id from (select id from payout_hold where batch_id = :text
                                order by created_at desc limit :most) b
                union select i.hold_id from payout p
                      join payout_hold_item i on i.payout_id = p.id where p.external_id = :text
                union select id from (
                    select id from (
                        select id, caller_name, digest, cents from payout_hold
                        order by id desc limit :newest) h
                    where caller_name = :text or digest = :text or cents = :cents::bigint) n
                union select id from (
                    select id from payout_hold
                    where caller_name = :text or digest = :text or cents = :cents::bigint
                    limit :most) k)
            order by id desc limit :most
            """;

    List<Hold> byIds(Handle tx, Collection<UUID> ids) {
        return tx.createQuery(BY_IDS)
                .bind("ids", BinaryArray.uuids(ids, it -> it))
                .map(ConstructorMapper.of(Hold.class))
                .list();
    }

    /// The holds that these payouts are or were in.
    List<In> ofPayouts(Handle tx, Collection<UUID> payoutIds) {
        return in(tx, OF_PAYOUTS, payoutIds);
    }

    /// The payouts of these holds, in their order.
    List<In> payoutsOf(Handle tx, Collection<UUID> holdIds) {
        return in(tx, IN, holdIds);
    }

    private static List<In> in(Handle tx, String query, Collection<UUID> ids) {
        return tx.createQuery(query)
                .bind("ids", BinaryArray.uuids(ids, it -> it))
                .map(ConstructorMapper.of(In.class))
                .list();
    }

    List<Became> became(Handle tx, Collection<UUID> holdIds) {
        return tx.createQuery(BECAME)
                .bind("ids", BinaryArray.uuids(holdIds, it -> it))
                .map(ConstructorMapper.of(Became.class))
                .list();
    }

    /// By the batch, one of its payouts, who sent it, the digest, or the sum.
    List<Hold> find(Handle tx, String text, OptionalLong cents, int most) {
        return tx.createQuery(FIND)
                .bind("text", text)
                .bind("cents", cents.isPresent() ? (Long) cents.getAsLong() : null)
                .bind("newest", Finder.NEWEST)
                .bind("most", most)
                .map(ConstructorMapper.of(Hold.class))
                .list();
    }
}
