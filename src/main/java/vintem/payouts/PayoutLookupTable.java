package vintem.payouts;

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

/// The look-ups of payouts, and the counts that [PayoutProof] compares.
@Singleton
class PayoutLookupTable {
    /// A payout as look-ups and lists show it.
    public record Payout(
            UUID id,
            String externalId,
            String batchId,
            @Nullable String userId,
            String pixKey,
            long amountCents,
            @Nullable String taxId,
            @Nullable String description,
            String status,
            @Nullable String reason,
            Instant createdAt,
            Instant updatedAt) {}

    public record Attempt(
            int number,
            String providerId,
            String pixKey,
            @Nullable String outcome,
            @Nullable String reason,
            @Nullable String endToEndId,
            Instant startedAt,
            @Nullable Instant endedAt,
            int timesAsked) {}

    public record Batch(
            String id,
            Instant createdAt,
            long items,
            long paid,
            long failed,
            long returned,
            long held) {
        public long processing() {
            return items - paid - failed - returned - held;
        }
    }

    public record SubmissionRow(
            UUID id,
            String callerName,
            Instant receivedAt,
            long items,
            @Nullable Long successful,
            @Nullable Long failed,
            @Nullable Long duplicates,
            @Nullable Long processing,
            @Nullable Instant finishedAt) {}

    public record Alarm(
            UUID payoutId, String externalId, String kind, String detail, Instant raisedAt) {}

    /// What became of the batches that were first sent since some moment.
    public record Totals(
            long batches, long items, long paid, long failed, long returned, long held) {
        public long processing() {
            return items - paid - failed - returned - held;
        }
    }

    /// @param endToEndIds under which the bank paid it
    public record Named(UUID id, String externalId, List<String> endToEndIds) {}

    public record Open(String providerId, long amountCents) {}

    private static final String PAYOUT =
            """
            select id, external_id, batch_id, user_id, pix_key, amount_cents, tax_id, description,
                   status, reason, created_at, updated_at
            from payout
            """;

    private static final String BY_EXTERNAL_ID = PAYOUT + "where external_id = :externalId";

    private static final String OF_BATCH =
            PAYOUT + "where batch_id = :batchId order by position, id";

    private static final String PAGE_OF_BATCH =
            PAYOUT
                    + """
                    where batch_id = :batchId
                    and (:status::text is null or status = :status)
                    and (:after::uuid is null
                         or (position, id) > (select position, id from payout where id = :after))
                    order by position, id limit :most
                    """;

    private static final String CENTS_OF_BATCH =
            """
            select status, sum(amount_cents)::bigint as cents
            from payout where batch_id = :batchId group by status
            """;

    private static final String TOTALS_SINCE =
            """
            select count(*) as batches, coalesce(sum(items), 0)::bigint as items,
                   coalesce(sum(paid), 0)::bigint as paid,
                   coalesce(sum(failed), 0)::bigint as failed,
                   coalesce(sum(returned), 0)::bigint as returned,
                   coalesce(sum(held), 0)::bigint as held
            from payout_batch where created_at >= :since
            """;

    private static final String LIST =
            PAYOUT
                    + """
                    where (:externalId::text is null or external_id = :externalId)
                    and (:status::text is null or status = :status)
                    and (:userId::text is null or user_id = :userId)
                    and (:after::uuid is null or id < :after)
                    order by id desc limit :most
                    """;

    private static final String ATTEMPTS =
            """
            select number, provider_id, pix_key, outcome, reason, end_to_end_id, started_at,
                   ended_at, times_asked
            from payout_attempt where payout_id = :id order by number
            """;

    private static final String BATCHES =
            """
            select id, created_at, items, paid, failed, returned, held from payout_batch
            where :after::text is null
            or (created_at, id) < (select created_at, id from payout_batch where id = :after)
            order by created_at desc, id desc limit :most
            """;

    private static final String BATCH =
            """
            select id, created_at, items, paid, failed, returned, held
            from payout_batch where id = :id
            """;

    private static final String SUBMISSIONS =
            """
            select id, caller_name, received_at, items, successful, failed, duplicates, processing,
                   finished_at
            from payout_submission where batch_id = :batchId order by received_at, id limit 1000
            """;

    private static final String ALARMS =
            """
            select a.payout_id, p.external_id, a.kind, a.detail, a.raised_at
            from payout_alarm a join payout p on p.id = a.payout_id
            order by a.raised_at desc limit 100
            """;

    private static final String NAMED =
            """
            select p.id, p.external_id,
                   array(select a.end_to_end_id from payout_attempt a
                         where a.payout_id = p.id and a.end_to_end_id is not null)
                       as end_to_end_ids
            from payout p where p.id = any(:ids)
            """;

    private static final String OPEN =
            """
            select a.provider_id, p.amount_cents
            from payout_attempt a join payout p on p.id = a.payout_id where a.outcome is null
            """;

    private static final String WRONG_COUNTERS =
            """
            select b.id from payout_batch b
            left join (
                select batch_id, count(*) as items,
                       count(*) filter (where status = 'paid') as paid,
                       count(*) filter (where status = 'failed') as failed,
                       count(*) filter (where status = 'returned') as returned,
                       count(*) filter (where status = 'held') as held
                from payout group by batch_id) p on p.batch_id = b.id
            where (b.items, b.paid, b.failed, b.returned, b.held) is distinct from
                  (coalesce(p.items, 0), coalesce(p.paid, 0), coalesce(p.failed, 0),
                   coalesce(p.returned, 0), coalesce(p.held, 0))
            limit 20
            """;

    // Each paid payout has exactly one paid attempt, each one under way exactly one open attempt,
    // and
    // the others none.
    private static final String WRONG_ATTEMPTS =
            """
            select p.external_id from payout p
            left join (
                select payout_id, count(*) filter (where outcome = 'paid') as paid,
                       count(*) filter (where outcome is null) as open
                from payout_attempt group by payout_id) a on a.payout_id = p.id
            where coalesce(a.paid, 0) <> case when p.status in ('paid', 'returned') then 1 else 0 end
            or coalesce(a.open, 0) <> case when p.status = 'processing' then 1 else 0 end
            limit 20
            """;

    private static final String ORPHANS =
            """
            select (select count(*) from payout_attempt a
                    where not exists (select from payout p where p.id = a.payout_id))
                 + (select count(*) from payout p
                    where not exists (select from payout_batch b where b.id = p.batch_id))
            """;

    private static final String PAID_FOR =
            """
            select coalesce(sum(amount_cents), 0)::bigint from payout
            where purpose = :purpose and status = 'paid'
            """;

    private static final String SUM_OF_STATUS =
            """
            select coalesce(sum(amount_cents), 0)::bigint from payout where status = any(:statuses)
            """;

    // Settled in the books exactly once where it is paid, never where it is not.
    private static final String WRONG_SETTLEMENTS =
            """
            select p.external_id from payout p
            left join (
                select subject_id,
                       count(*) filter (where kind in ('payout_settled',
                                                       'payout_paid_after_closed')) as settled,
                       count(*) filter (where kind = 'payout_returned') as returned,
                       count(*) filter (where kind = 'payout_intended')
                       - count(*) filter (where kind = 'payout_reversed')
                       - count(*) filter (where kind = 'payout_settled') as under_way
                from transfer where kind like 'payout\\_%' group by subject_id) t
                on t.subject_id = p.id
            where coalesce(t.settled, 0) <> case when p.status in ('paid', 'returned')
                                                 then 1 else 0 end
            or coalesce(t.returned, 0) <> case when p.status = 'returned' then 1 else 0 end
            or coalesce(t.under_way, 0) <> case when p.status = 'processing' then 1 else 0 end
            limit 20
            """;

    Optional<Payout> find(Handle tx, String externalId) {
        return tx.createQuery(BY_EXTERNAL_ID)
                .bind("externalId", externalId)
                .map(ConstructorMapper.of(Payout.class))
                .findOne();
    }

    List<Payout> ofBatch(Handle tx, String batchId) {
        return tx.createQuery(OF_BATCH)
                .bind("batchId", batchId)
                .setFetchSize(1_000)
                .map(ConstructorMapper.of(Payout.class))
                .list();
    }

    /// One page of a batch, in the order in which it was sent.
    List<Payout> pageOfBatch(
            Handle tx, String batchId, @Nullable String status, @Nullable UUID after, int most) {
        return tx.createQuery(PAGE_OF_BATCH)
                .bind("batchId", batchId)
                .bind("status", status)
                .bind("after", after)
                .bind("most", most)
                .map(ConstructorMapper.of(Payout.class))
                .list();
    }

    Map<String, Long> centsOfBatch(Handle tx, String batchId) {
        return tx.createQuery(CENTS_OF_BATCH)
                .bind("batchId", batchId)
                .reduceRows(
                        new HashMap<String, Long>(),
                        (sums, row) -> {
                            sums.put(
                                    row.getColumn("status", String.class),
                                    row.getColumn("cents", Long.class));
                            return sums;
                        });
    }

    Totals totalsSince(Handle tx, Instant since) {
        return tx.createQuery(TOTALS_SINCE)
                .bind("since", since)
                .map(ConstructorMapper.of(Totals.class))
                .one();
    }

    List<Payout> list(
            Handle tx,
            @Nullable String externalId,
            @Nullable String status,
            @Nullable String userId,
            @Nullable UUID after,
            int most) {
        return tx.createQuery(LIST)
                .bind("externalId", externalId)
                .bind("status", status)
                .bind("userId", userId)
                .bind("after", after)
                .bind("most", most)
                .map(ConstructorMapper.of(Payout.class))
                .list();
    }

    List<Attempt> attempts(Handle tx, UUID payoutId) {
        return tx.createQuery(ATTEMPTS)
                .bind("id", payoutId)
                .map(ConstructorMapper.of(Attempt.class))
                .list();
    }

    List<Batch> batches(Handle tx, @Nullable String after, int most) {
        return tx.createQuery(BATCHES)
                .bind("after", after)
                .bind("most", most)
                .map(ConstructorMapper.of(Batch.class))
                .list();
    }

    Optional<Batch> batch(Handle tx, String id) {
        return tx.createQuery(BATCH)
                .bind("id", id)
                .map(ConstructorMapper.of(Batch.class))
                .findOne();
    }

    List<SubmissionRow> submissions(Handle tx, String batchId) {
        return tx.createQuery(SUBMISSIONS)
                .bind("batchId", batchId)
                .map(ConstructorMapper.of(SubmissionRow.class))
                .list();
    }

    List<Alarm> alarms(Handle tx) {
        return tx.createQuery(ALARMS).map(ConstructorMapper.of(Alarm.class)).list();
    }

    List<Named> named(Handle tx, Collection<UUID> ids) {
        return tx.createQuery(NAMED)
                .bind("ids", BinaryArray.uuids(ids, (UUID each) -> each))
                .map(ConstructorMapper.of(Named.class))
                .list();
    }

    List<Open> open(Handle snapshot) {
        return snapshot.createQuery(OPEN).map(ConstructorMapper.of(Open.class)).list();
    }

    List<String> batchesWithWrongCounters(Handle snapshot) {
        return snapshot.createQuery(WRONG_COUNTERS).mapTo(String.class).list();
    }

    List<String> withWrongAttempts(Handle snapshot) {
        return snapshot.createQuery(WRONG_ATTEMPTS).mapTo(String.class).list();
    }

    List<String> withWrongSettlements(Handle snapshot) {
        return snapshot.createQuery(WRONG_SETTLEMENTS).mapTo(String.class).list();
    }

    long orphans(Handle snapshot) {
        return snapshot.createQuery(ORPHANS).mapTo(Long.class).one();
    }

    long paidCents(Handle snapshot, String purpose) {
        return snapshot.createQuery(PAID_FOR).bind("purpose", purpose).mapTo(Long.class).one();
    }

    long centsOf(Handle snapshot, String... statuses) {
        return snapshot.createQuery(SUM_OF_STATUS)
                .bind("statuses", statuses)
                .mapTo(Long.class)
                .one();
    }
}
