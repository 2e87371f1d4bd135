package vintem.payouts;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;
import vintem.bank.EndToEndId;
import vintem.payouts.PayoutLookupTable.Payout;
import vintem.platform.BinaryArray;
import vintem.platform.Finder;

/// What [PayoutTrail] asks of the tables of payouts.
@Singleton
class PayoutTrailTable {
    /// @param batchId the batch of the one that waits longest; null where none does
    public record Waiting(long count, @Nullable Instant oldest, @Nullable String batchId) {}

    /// An attempt and the payout that it is of.
    public record Attempt(
            UUID payoutId,
            int number,
            @Nullable String outcome,
            @Nullable String reason,
            @Nullable String endToEndId,
            Instant startedAt,
            @Nullable Instant endedAt,
            int timesAsked) {}

    public record Alarm(UUID payoutId, String kind, Instant raisedAt) {}

    // The resolver has asked, and the bank does not know or does not answer.
    private static final String UNKNOWN =
            """
            select count(*) as count, min(started_at) as oldest,
                   (select batch_id from payout
                    where id = (array_agg(payout_id order by started_at, payout_id))[1]) as batch_id
            from (select payout_id, started_at from (
                      select payout_id, started_at, times_asked from payout_attempt
                      where outcome is null limit 20000) open
                  where times_asked > 0 limit :most) a
            """;

    private static final String ALARMS =
            """
            select count(*) as count, min(raised_at) as oldest, null::text as batch_id
            from (select raised_at from payout_alarm where raised_at > :since limit :most) a
            """;

    private static final String PAYOUT =
            """
            select id, external_id, batch_id, user_id, pix_key, amount_cents, tax_id, description,
                   status, reason, created_at, updated_at
            from payout
            """;

    private static final String BY_IDS = PAYOUT + "where id = any(:ids)";

    private static final String BY_NAME =
            PAYOUT
                    + """
                    where id in (
                        select id from payout where external_id = :text
                        union select payout_id from payout_attempt
                        where end_to_end_id = :endToEndId
                        union select id from (select id from payout where user_id = :text
                                              order by id desc limit :most) u
                        union select id from (
                            select id, pix_key, tax_id from payout
                            where cardinality(:keys) > 0 or :taxId::text is not null
                            order by id desc limit :newest) n
                        where pix_key = any(:keys) or tax_id = :taxId
                        union select id from (select id from payout
                                              where pix_key = any(:keys) limit :most) k
                        union select id from (select id from payout
                                              where tax_id = :taxId limit :most) t)
                    order by id desc limit :most
                    """;

    private static final String BY_AMOUNT =
            PAYOUT
                    + """
                    where id in (
                        select id from (
                            select id, amount_cents from payout order by id desc limit :newest) n
                        where amount_cents = :cents
                        union select id from (select id from payout
                                              where amount_cents = :cents limit :most) a)
                    order by id desc limit :most
                    """;

    private static final String ATTEMPTS =
            """
            select payout_id, number, outcome, reason, end_to_end_id, started_at, ended_at,
                   times_asked
            from payout_attempt where payout_id = any(:ids) order by payout_id, number
            """;

    private static final String ALARMS_OF =
            """
            select payout_id, kind, raised_at from payout_alarm where payout_id = any(:ids)
            """;

    Waiting unknown(Handle tx, int most) {
        return tx.createQuery(UNKNOWN)
                .bind("most", most)
                .map(ConstructorMapper.of(Waiting.class))
                .one();
    }

    Waiting alarms(Handle tx, Instant since, int most) {
        return tx.createQuery(ALARMS)
                .bind("since", since)
                .bind("most", most)
                .map(ConstructorMapper.of(Waiting.class))
                .one();
    }

    List<Payout> byIds(Handle tx, Collection<UUID> ids) {
        return tx.createQuery(BY_IDS)
                .bind("ids", BinaryArray.uuids(ids, it -> it))
                .map(ConstructorMapper.of(Payout.class))
                .list();
    }

    /// @param endToEndId null where it cannot be one
    /// @param keys how a Pix key may be written that is meant
    List<Payout> byName(
            Handle tx,
            String text,
            @Nullable EndToEndId endToEndId,
            Collection<String> keys,
            @Nullable String taxId,
            int most) {
        return tx.createQuery(BY_NAME)
                .bind("text", text)
                .bind("endToEndId", endToEndId == null ? null : endToEndId.value())
                .bind("keys", BinaryArray.texts(keys, it -> it))
                .bind("taxId", taxId)
                .bind("newest", Finder.NEWEST)
                .bind("most", most)
                .map(ConstructorMapper.of(Payout.class))
                .list();
    }

    List<Payout> byAmount(Handle tx, long cents, int most) {
        return tx.createQuery(BY_AMOUNT)
                .bind("newest", Finder.NEWEST)
                .bind("cents", cents)
                .bind("most", most)
                .map(ConstructorMapper.of(Payout.class))
                .list();
    }

    List<Attempt> attempts(Handle tx, Collection<UUID> payoutIds) {
        return tx.createQuery(ATTEMPTS)
                .bind("ids", BinaryArray.uuids(payoutIds, it -> it))
                .map(ConstructorMapper.of(Attempt.class))
                .list();
    }

    List<Alarm> alarmsOf(Handle tx, Collection<UUID> payoutIds) {
        return tx.createQuery(ALARMS_OF)
                .bind("ids", BinaryArray.uuids(payoutIds, it -> it))
                .map(ConstructorMapper.of(Alarm.class))
                .list();
    }
}
