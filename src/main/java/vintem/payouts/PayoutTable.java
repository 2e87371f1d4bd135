package vintem.payouts;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;
import vintem.platform.BinaryArray;
import vintem.platform.BinaryCopy;

/// The tables of payouts, and the statements that write them or read them in order to write.
/// [PayoutLookupTable] has the look-ups.
@Singleton
class PayoutTable {
    public record NewPayout(
            UUID id,
            String externalId,
            String batchId,
            int position,
            @Nullable String userId,
            String pixKey,
            long amountCents,
            @Nullable String taxId,
            @Nullable String description,
            String purpose,
            String status,
            @Nullable String reason,
            Instant createdAt) {}

    /// A payout as it stands, with its last attempt and the one under way.
    public record Stored(
            UUID id,
            String externalId,
            String batchId,
            @Nullable String userId,
            String pixKey,
            long amountCents,
            String status,
            @Nullable String reason,
            int attempts,
            @Nullable String lastProviderId,
            @Nullable String lastOutcome,
            @Nullable UUID openSubmissionId,
            @Nullable String openProviderId,
            @Nullable UUID holdId,
            @Nullable UUID heldSubmissionId) {}

    public record Attempt(
            UUID payoutId,
            int number,
            String providerId,
            UUID submissionId,
            UUID credentialId,
            LocalDate spendingDay,
            String pixKey,
            Instant startedAt,
            Instant nextAskAt) {}

    /// What a payout's row is to say.
    public record Verdict(
            UUID payoutId,
            String status,
            @Nullable String reason,
            String pixKey,
            @Nullable String taxId,
            @Nullable String description,
            Instant at) {}

    /// A change of a batch's counters.
    public record BatchCount(
            String batchId, long items, long paid, long failed, long returned, long held) {
        BatchCount(String batchId, long items, long paid, long failed, long returned) {
            this(batchId, items, paid, failed, returned, 0);
        }

        BatchCount plus(BatchCount other) {
            return new BatchCount(
                    batchId,
                    items + other.items,
                    paid + other.paid,
                    failed + other.failed,
                    returned + other.returned,
                    held + other.held);
        }
    }

    /// The end of an attempt.
    public record Ending(
            String providerId,
            UUID payoutId,
            String outcome,
            @Nullable String reason,
            @Nullable String endToEndId,
            Instant endedAt) {}

    /// A payout whose attempt has just ended.
    public record Ended(
            UUID id,
            String externalId,
            String batchId,
            long amountCents,
            String purpose,
            String providerId,
            String outcome,
            @Nullable String reason,
            @Nullable String endToEndId,
            Instant endedAt,
            UUID credentialId,
            LocalDate spendingDay) {}

    private static final String INSERT_BATCHES =
            """
            insert into payout_batch (id, created_at)
            select id, created_at from unnest(:ids, :received) as b (id, created_at)
            order by id
            on conflict do nothing
            """;

    // A list that is run again may open attempts in what the resolver has meanwhile taken for
    // finished. The right to send stays as it was.
    private static final String INSERT_SUBMISSIONS =
            """
            insert into payout_submission
                (id, batch_id, caller_id, caller_name, received_at, items, send_by)
            select s.*, :sendBy from unnest(:ids, :batches, :callers, :names, :received, :items) s
            on conflict (id) do update set finished_at = null
            """;

    // The unique index on external_id decides who was first; losers read the winner's row. Sorted,
    // so
    // that two lists with the same ids wait for each other in one direction only.
    private static final String INSERT =
            """
            insert into payout (id, external_id, batch_id, position, user_id, pix_key, amount_cents,
                                tax_id, description, purpose, status, reason, created_at, updated_at)
            select *, created_at
            from unnest(:ids, :externals, :batches, :positions, :users, :keys, :amounts, :taxIds,
                        :descriptions, :purposes, :statuses, :reasons, :created)
                as p (id, external_id, batch_id, position, user_id, pix_key, amount_cents, tax_id,
                      description, purpose, status, reason, created_at)
            on conflict (external_id) do nothing
            returning external_id
            """;

    private static final String READ =
            """
            select p.id, p.external_id, p.batch_id, p.user_id, p.pix_key, p.amount_cents, p.status,
                   p.reason, coalesce(a.number, 0) as attempts, a.provider_id as last_provider_id,
                   a.outcome as last_outcome,
                   case when a.outcome is null then a.submission_id end as open_submission_id,
                   case when a.outcome is null then a.provider_id end as open_provider_id,
                   h.id as hold_id, h.submission_id as held_submission_id
            from payout p
            left join lateral (
                select h.id, h.submission_id
                from payout_hold_item i join payout_hold h on h.id = i.hold_id
                where p.status = 'held' and i.payout_id = p.id
                and h.state in ('waiting', 'scheduled') limit 1) h on true
            left join lateral (
                select * from payout_attempt where payout_id = p.id
                order by number desc limit 1) a on true
            where p.external_id = any(:externals)
            order by p.external_id
            """;

    // A sender that waited here must see what the one before it wrote: the lock comes first, in a
    // statement of its own, and the next one reads with a new snapshot.
    private static final String LOCK =
            """
            select id from payout where external_id = any(:externals)
            order by external_id for update
            """;

    private static final String COPY_ATTEMPTS =
            """
            copy payout_attempt (payout_id, number, provider_id, submission_id, credential_id,
                                 spending_day, pix_key, started_at, next_ask_at)
            from stdin (format binary)
            """;

    private static final String JUDGE =
            """
            update payout set status = v.status, reason = v.reason, pix_key = v.pix_key,
                              tax_id = v.tax_id, description = v.description, updated_at = v.at
            from unnest(:ids, :statuses, :reasons, :keys, :taxIds, :descriptions, :ats)
                as v (id, status, reason, pix_key, tax_id, description, at)
            where payout.id = v.id
            """;

    private static final String COUNT =
            """
            update payout_batch set items = items + :items, paid = paid + :paid,
                                    failed = failed + :failed, returned = returned + :returned,
                                    held = held + :held
            where id = :batchId
            """;

    // Only an attempt under way can end, so an answer that comes twice changes nothing.
    private static final String END =
            """
            with ending as (
                select * from unnest(:providers, :payouts, :outcomes, :reasons, :endToEnds, :ats)
                    as e (provider_id, payout_id, outcome, reason, end_to_end_id, ended_at)
            ), ended as (
                update payout_attempt a
                set outcome = e.outcome, reason = e.reason, end_to_end_id = e.end_to_end_id,
                    ended_at = e.ended_at
                from ending e
                where a.payout_id = e.payout_id and a.provider_id = e.provider_id
                and a.outcome is null
                returning a.*
            )
            update payout p
            set status = case e.outcome when 'paid' then 'paid' else 'failed' end,
                reason = case e.outcome when 'paid' then null else e.reason end,
                updated_at = e.ended_at
            from ended e
            where p.id = e.payout_id
            returning p.id, p.external_id, p.batch_id, p.amount_cents, p.purpose, e.provider_id,
                      e.outcome, e.reason, e.end_to_end_id, e.ended_at, e.credential_id,
                      e.spending_day
            """;

    // Of payments that ended no attempt: those that are news because the attempt had ended
    // otherwise.
    private static final String CLOSED_OTHERWISE =
            """
            select p.id, p.external_id, p.batch_id, p.amount_cents, p.purpose, a.provider_id,
                   'paid' as outcome, null::text as reason, a.end_to_end_id, a.ended_at,
                   a.credential_id, a.spending_day
            from payout_attempt a join payout p on p.id = a.payout_id
            where a.payout_id = any(:payouts) and a.provider_id = any(:providers)
            and a.number = (select max(number) from payout_attempt last
                            where last.payout_id = a.payout_id
                            and last.provider_id = a.provider_id)
            and a.outcome <> 'paid'
            order by p.external_id
            for update of p, a
            """;

    private static final String REOPEN_AS_PAID =
            """
            update payout_attempt set outcome = 'paid', end_to_end_id = :endToEndId,
                                      ended_at = :endedAt
            where payout_id = :payoutId and provider_id = :providerId and outcome <> 'paid'
            and number = (select max(number) from payout_attempt last
                          where last.payout_id = :payoutId and last.provider_id = :providerId)
            """;

    private static final String MARK_PAID =
            """
            update payout set status = 'paid', reason = null, updated_at = :at
            where id = :id and status = 'failed'
            """;

    // The time is as the sender saw it, perhaps long ago: whether it has lost its right is for the
    // row to say, which the resolver locks when it takes over.
    private static final String RENEW =
            """
            update payout_submission set send_by = :sendBy
            where id = :id and taken_over_at is null
            """;

    private static final String ANSWERED =
            """
            update payout_submission
            set successful = :successful, failed = :failed, duplicates = :duplicates,
                processing = :processing
            where id = :id
            """;

    private static final String FINISH =
            """
            update payout_submission s set finished_at = :now
            where s.id = any(:ids) and s.finished_at is null
            and not exists (select from payout_attempt a
                            where a.submission_id = s.id and a.outcome is null)
            """;

    // Only of submissions that were taken over. Skipped while another node asks.
    private static final String DUE =
            """
            with due as (
                select a.payout_id, a.number
                from payout_attempt a join payout_submission s on s.id = a.submission_id
                where a.outcome is null and a.next_ask_at <= :now
                and s.finished_at is null and s.taken_over_at is not null
                order by a.payout_id
                limit :most
                for update of a skip locked
            )
            update payout_attempt a
            set times_asked = a.times_asked + 1,
                next_ask_at = cast(:now as timestamptz)
                    + least(60, power(2, least(a.times_asked, 6))) * interval '1 second'
            from due
            where a.payout_id = due.payout_id and a.number = due.number
            returning a.provider_id, a.submission_id
            """;

    // Locks each row as a renewal does, so that one of the two comes first and the other one sees
    // it.
    private static final String TAKE_OVER =
            """
            update payout_submission set taken_over_at = :now
            where finished_at is null and send_by <= :sentBefore and taken_over_at is null
            """;

    private static final String TAKEN_OVER =
            """
            select id from payout_submission
            where finished_at is null and taken_over_at is not null
            order by send_by limit 1000
            """;

    void insertBatches(Handle tx, List<Submission> submissions) {
        tx.createUpdate(INSERT_BATCHES)
                .bind("ids", BinaryArray.texts(submissions, Submission::batchId))
                .bind("received", BinaryArray.instants(submissions, Submission::receivedAt))
                .execute();
    }

    void insertSubmissions(Handle tx, List<Submission> submissions, Instant sendBy) {
        tx.createUpdate(INSERT_SUBMISSIONS)
                .bind("sendBy", sendBy)
                .bind("ids", BinaryArray.uuids(submissions, Submission::id))
                .bind("batches", BinaryArray.texts(submissions, Submission::batchId))
                .bind("callers", BinaryArray.uuids(submissions, each -> each.caller().id()))
                .bind("names", BinaryArray.texts(submissions, each -> each.caller().name()))
                .bind("received", BinaryArray.instants(submissions, Submission::receivedAt))
                .bind("items", BinaryArray.longs(submissions, each -> each.items().size()))
                .execute();
    }

    /// The external ids that were new.
    List<String> insert(Handle tx, List<NewPayout> payouts) {
        var rows = new ArrayList<>(payouts);
        rows.sort(Comparator.comparing(NewPayout::externalId));
        return tx.createQuery(INSERT)
                .bind("ids", BinaryArray.uuids(rows, NewPayout::id))
                .bind("externals", BinaryArray.texts(rows, NewPayout::externalId))
                .bind("batches", BinaryArray.texts(rows, NewPayout::batchId))
                .bind("positions", BinaryArray.ints(rows, NewPayout::position))
                .bind("users", BinaryArray.texts(rows, NewPayout::userId))
                .bind("keys", BinaryArray.texts(rows, NewPayout::pixKey))
                .bind("amounts", BinaryArray.longs(rows, NewPayout::amountCents))
                .bind("taxIds", BinaryArray.texts(rows, NewPayout::taxId))
                .bind("descriptions", BinaryArray.texts(rows, NewPayout::description))
                .bind("purposes", BinaryArray.texts(rows, NewPayout::purpose))
                .bind("statuses", BinaryArray.texts(rows, NewPayout::status))
                .bind("reasons", BinaryArray.texts(rows, NewPayout::reason))
                .bind("created", BinaryArray.instants(rows, NewPayout::createdAt))
                .mapTo(String.class)
                .list();
    }

    List<Stored> read(Handle tx, Collection<String> externalIds) {
        return tx.createQuery(READ)
                .bind("externals", BinaryArray.texts(externalIds, each -> each))
                .map(ConstructorMapper.of(Stored.class))
                .list();
    }

    List<Stored> lock(Handle tx, Collection<String> externalIds) {
        tx.createQuery(LOCK)
                .bind("externals", BinaryArray.texts(externalIds, each -> each))
                .mapTo(UUID.class)
                .list();
        return read(tx, externalIds);
    }

    void insertAttempts(Handle tx, List<Attempt> attempts) {
        if (attempts.isEmpty()) {
            return;
        }
        BinaryCopy.copy(
                tx,
                COPY_ATTEMPTS,
                9,
                attempts,
                (row, attempt) ->
                        row.uuid(attempt.payoutId())
                                .integer(attempt.number())
                                .text(attempt.providerId())
                                .uuid(attempt.submissionId())
                                .uuid(attempt.credentialId())
                                .date(attempt.spendingDay())
                                .text(attempt.pixKey())
                                .instant(attempt.startedAt())
                                .instant(attempt.nextAskAt()));
    }

    void judge(Handle tx, List<Verdict> verdicts) {
        if (verdicts.isEmpty()) {
            return;
        }
        tx.createUpdate(JUDGE)
                .bind("ids", BinaryArray.uuids(verdicts, Verdict::payoutId))
                .bind("statuses", BinaryArray.texts(verdicts, Verdict::status))
                .bind("reasons", BinaryArray.texts(verdicts, Verdict::reason))
                .bind("keys", BinaryArray.texts(verdicts, Verdict::pixKey))
                .bind("taxIds", BinaryArray.texts(verdicts, Verdict::taxId))
                .bind("descriptions", BinaryArray.texts(verdicts, Verdict::description))
                .bind("ats", BinaryArray.instants(verdicts, Verdict::at))
                .execute();
    }

    /// Changes counters, in the order of the batches' ids.
    void count(Handle tx, Collection<BatchCount> counts) {
        for (var count : counts) {
            tx.createUpdate(COUNT).bindMethods(count).execute();
        }
    }

    List<Ended> end(Handle tx, List<Ending> endings) {
        var rows = new ArrayList<>(endings);
        rows.sort(Comparator.comparing(Ending::payoutId));
        return tx.createQuery(END)
                .bind("providers", BinaryArray.texts(rows, Ending::providerId))
                .bind("payouts", BinaryArray.uuids(rows, Ending::payoutId))
                .bind("outcomes", BinaryArray.texts(rows, Ending::outcome))
                .bind("reasons", BinaryArray.texts(rows, Ending::reason))
                .bind("endToEnds", BinaryArray.texts(rows, Ending::endToEndId))
                .bind("ats", BinaryArray.instants(rows, Ending::endedAt))
                .map(ConstructorMapper.of(Ended.class))
                .list();
    }

    /// The payouts among these payments whose attempt had ended as something else than paid.
    List<Ended> closedOtherwise(Handle tx, List<Ending> payments) {
        return tx.createQuery(CLOSED_OTHERWISE)
                .bind("payouts", BinaryArray.uuids(payments, Ending::payoutId))
                .bind("providers", BinaryArray.texts(payments, Ending::providerId))
                .map(ConstructorMapper.of(Ended.class))
                .list();
    }

    void reopenAsPaid(Handle tx, Ending payment) {
        tx.createUpdate(REOPEN_AS_PAID).bindMethods(payment).execute();
    }

    /// @return whether the payout had been failed
    boolean markPaid(Handle tx, UUID payoutId, Instant at) {
        return tx.createUpdate(MARK_PAID).bind("id", payoutId).bind("at", at).execute() == 1;
    }

    /// @return false where the right to send has run out
    boolean renew(Handle tx, UUID submissionId, Instant sendBy) {
        return tx.createUpdate(RENEW).bind("id", submissionId).bind("sendBy", sendBy).execute()
                == 1;
    }

    void answered(Handle tx, UUID submissionId, Report.Counts counts) {
        tx.createUpdate(ANSWERED).bind("id", submissionId).bindMethods(counts).execute();
    }

    void finish(Handle tx, Collection<UUID> submissionIds, Instant now) {
        tx.createUpdate(FINISH)
                .bind("ids", BinaryArray.uuids(submissionIds, each -> each))
                .bind("now", now)
                .execute();
    }

    /// Provider ids to ask about, each for the next time.
    List<String> due(Handle tx, Instant now, int most) {
        return tx.createQuery(DUE)
                .bind("now", now)
                .bind("most", most)
                .map((row, _) -> row.getString("provider_id"))
                .list();
    }

    /// Takes over what nobody may send any more: from here on no sender gets its right back.
    ///
    /// @return the unfinished submissions that were taken over, now or before
    List<UUID> takeOver(Handle tx, Instant now, Instant sentBefore) {
        tx.createUpdate(TAKE_OVER).bind("now", now).bind("sentBefore", sentBefore).execute();
        return tx.createQuery(TAKEN_OVER).mapTo(UUID.class).list();
    }
}
