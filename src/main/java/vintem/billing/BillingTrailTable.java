package vintem.billing;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;
import vintem.platform.BinaryArray;
import vintem.platform.Finder;

/// What [BillingTrail] asks of the tables of billing.
@Singleton
class BillingTrailTable {
    /// @param first the id of the one that waits longest; null where none does
    public record Waiting(long count, @Nullable Instant oldest, @Nullable UUID first) {}

    /// @param files how many files they are in
    public record Rows(
            long errors,
            long conflicts,
            long files,
            @Nullable Instant oldest,
            @Nullable UUID first) {}

    /// Whose a settlement is; null where nobody knows.
    public record Owner(
            UUID settlementId, @Nullable UUID chargeId, long amountCents, Instant recordedAt) {}

    public record Link(UUID paymentId, UUID chargeId) {}

    public record Mails(long count, @Nullable Instant oldest) {}

    private static final String UNKNOWN =
            """
            select count(*) as count, min(recorded_at) as oldest,
                   (array_agg(id order by recorded_at, id))[1] as first
            from (select id, recorded_at from charge_settlement
                  where status = 'unknown' limit :most) s
            """;

    // Files are few. What nobody has mended in all that time is known.
    private static final String ROWS =
            """
            select coalesce(sum(errors), 0)::bigint as errors,
                   coalesce(sum(conflicts), 0)::bigint as conflicts, count(*) as files,
                   min(ended_at) as oldest, (array_agg(id order by ended_at, id))[1] as first
            from debt_file
            where status = 'done' and errors + conflicts > 0 and ended_at > :since
            and errata_dropped_at is null
            """;

    // By the index of mails that are out of the ordinary, the newest charges first.
    private static final String FAILED_MAILS =
            """
            select count(*) as count, min(ended_at) as oldest
            from (select ended_at from (
                      select status, ended_at from charge_email
                      where repeated or status in ('failed', 'suppressed', 'skipped')
                      order by charge_id desc limit 20000) odd
                  where status = 'failed' and ended_at > :since limit :most) m
            """;

    private static final String PAUSED =
            "select problem_at from mail_pace where problem is not null and paused_until > :now";

    private static final String REJECTED =
            """
            select count(*) as count, min(updated_at) as oldest,
                   (array_agg(id order by updated_at, id))[1] as first
            from (select id, updated_at from charge
                  where boleto_status = 'rejected' and status in ('open', 'partially_paid')
                  limit :most) c
            """;

    private static final String BY_AMOUNT =
            """
            select id from (select id, amount_cents from charge order by id desc limit :newest) n
            where amount_cents = :cents
            union select id from (select id from charge where amount_cents = :cents limit :most) a
            order by id desc limit :most
            """;

    private static final String OWNERS =
            """
            select id as settlement_id, charge_id, amount_cents, recorded_at
            from charge_settlement where id = any(:ids)
            """;

    private static final String CHARGES_OF =
            "select payment_id, charge_id from charge_pix where payment_id = any(:payments)";

    // Each look at the debtor's page may have made a code: what nobody paid tells nothing.
    private static final String PAYMENTS_OF =
            """
            select payment_id, charge_id from charge_pix where charge_id = :charge
            order by created_at desc limit :most
            """;

    Waiting unknown(Handle tx, int most) {
        return tx.createQuery(UNKNOWN)
                .bind("most", most)
                .map(ConstructorMapper.of(Waiting.class))
                .one();
    }

    Rows rows(Handle tx, Instant since) {
        return tx.createQuery(ROWS)
                .bind("since", since)
                .map(ConstructorMapper.of(Rows.class))
                .one();
    }

    Mails failedMails(Handle tx, Instant since, int most) {
        return tx.createQuery(FAILED_MAILS)
                .bind("since", since)
                .bind("most", most)
                .map(ConstructorMapper.of(Mails.class))
                .one();
    }

    /// Since when no mail goes out.
    Optional<Instant> paused(Handle tx, Instant now) {
        return tx.createQuery(PAUSED).bind("now", now).mapTo(Instant.class).findOne();
    }

    Waiting rejected(Handle tx, int most) {
        return tx.createQuery(REJECTED)
                .bind("most", most)
                .map(ConstructorMapper.of(Waiting.class))
                .one();
    }

    List<UUID> byAmount(Handle tx, long cents, int most) {
        return tx.createQuery(BY_AMOUNT)
                .bind("newest", Finder.NEWEST)
                .bind("cents", cents)
                .bind("most", most)
                .mapTo(UUID.class)
                .list();
    }

    List<Owner> owners(Handle tx, Collection<UUID> settlementIds) {
        return tx.createQuery(OWNERS)
                .bind("ids", BinaryArray.uuids(settlementIds, it -> it))
                .map(ConstructorMapper.of(Owner.class))
                .list();
    }

    List<Link> chargesOf(Handle tx, Collection<UUID> paymentIds) {
        return tx.createQuery(CHARGES_OF)
                .bind("payments", BinaryArray.uuids(paymentIds, it -> it))
                .map(ConstructorMapper.of(Link.class))
                .list();
    }

    List<Link> paymentsOf(Handle tx, UUID chargeId, int most) {
        return tx.createQuery(PAYMENTS_OF)
                .bind("charge", chargeId)
                .bind("most", most)
                .map(ConstructorMapper.of(Link.class))
                .list();
    }
}
