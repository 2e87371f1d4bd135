package vintem.payouts;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;
import vintem.payouts.SeenDigest.Seen;
import vintem.platform.BinaryArray;

/// The tables `payout_hold` and `payout_hold_item`, and every statement that touches them.
@Singleton
class HoldTable {
    static final String APPROVAL = "approval";
    static final String SCHEDULE = "schedule";
    static final String LOOKALIKE = "lookalike";

    static final String WAITING = "waiting";
    static final String SCHEDULED = "scheduled";
    static final String RELEASED = "released";
    static final String REFUSED = "refused";
    static final String CANCELLED = "cancelled";
    static final String EXPIRED = "expired";

    /// Payouts of one submission that are held together.
    ///
    /// @param personId who answers for the credential that sent it
    /// @param digest over all of it, as it was submitted
    /// @param decidedBy the person who released or refused it
    public record Hold(
            UUID id,
            UUID submissionId,
            String batchId,
            String kind,
            String state,
            UUID callerId,
            String callerName,
            UUID personId,
            String purpose,
            boolean allOrNothing,
            Instant createdAt,
            @Nullable Instant scheduledFor,
            @Nullable Instant expiresAt,
            String digest,
            long items,
            long cents,
            long lookalikes,
            @Nullable UUID decidedBy,
            @Nullable String decidedByName,
            @Nullable Instant decidedAt,
            @Nullable String decisionNote,
            @Nullable String releasedDigest,
            @Nullable Instant endedAt) {
        public boolean isWaiting() {
            return state.equals(WAITING);
        }

        public boolean isOpen() {
            return isWaiting() || state.equals(SCHEDULED);
        }
    }

    public record NewItem(int position, UUID payoutId, String keyKind, boolean lookalike) {}

    /// A payout of a hold, as it stands.
    public record Item(
            int position,
            UUID payoutId,
            String externalId,
            String batchId,
            @Nullable String userId,
            String pixKey,
            long amountCents,
            @Nullable String taxId,
            @Nullable String description,
            String status,
            @Nullable String reason,
            String keyKind,
            boolean lookalike) {
        Seen seen() {
            return new Seen(externalId, userId, pixKey, amountCents, taxId, description);
        }
    }

    /// An item with what is known of whom it is for.
    ///
    /// @param recipient `known`, `new`, `other_key` (their money went to another key so far) or
    ///     `unnamed` (it has no `user_id`)
    public record Line(
            int position,
            String externalId,
            @Nullable String userId,
            String pixKey,
            long amountCents,
            @Nullable String description,
            String status,
            @Nullable String reason,
            boolean lookalike,
            String recipient) {}

    public record KindSum(String keyKind, long items, long cents) {}

    public record Counts(long waiting, long waitingCents, long scheduled, long scheduledCents) {}

    public record Waiting(long count, @Nullable Instant oldest) {}

    public record Recipients(long fresh, long otherKey, long unnamed) {}

    private static final String INSERT =
            """
            insert into payout_hold
                (id, submission_id, batch_id, kind, state, caller_id, caller_name, person_id,
                 purpose, all_or_nothing, created_at, scheduled_for, expires_at, digest, items,
                 cents, lookalikes)
            values
                (:id, :submissionId, :batchId, :kind, :state, :callerId, :callerName, :personId,
                 :purpose, :allOrNothing, :createdAt, :scheduledFor, :expiresAt, :digest, :items,
                 :cents, :lookalikes)
            """;

    private static final String INSERT_ITEMS =
            """
            insert into payout_hold_item (hold_id, position, payout_id, key_kind, lookalike)
            select :hold, i.* from unnest(:positions, :payouts, :kinds, :lookalikes) i
            """;

    private static final String FIND = "select * from payout_hold where id = :id";

    private static final String LOCK = "select * from payout_hold where id = :id for update";

    // Whoever else decides about it at this moment has it; it comes again.
    private static final String NEXT_DUE =
            """
            select * from payout_hold
            where state = 'scheduled' and scheduled_for <= :now
            order by scheduled_for limit 1 for update skip locked
            """;

    private static final String NEXT_EXPIRED =
            """
            select * from payout_hold
            where state = 'waiting' and expires_at <= :now
            order by expires_at limit 1 for update skip locked
            """;

    private static final String ITEMS =
            """
            select i.position, p.id as payout_id, p.external_id, p.batch_id, p.user_id, p.pix_key,
                   p.amount_cents, p.tax_id, p.description, p.status, p.reason, i.key_kind,
                   i.lookalike
            from payout_hold_item i join payout p on p.id = i.payout_id
            where i.hold_id = :id order by i.position
            """;

    // Only those who were paid before count: a name that appears for the first time, or whose money
    // is to go elsewhere, is what a fraud looks like.
    private static final String LINES =
            """
            select i.position, p.external_id, p.user_id, p.pix_key, p.amount_cents, p.description,
                   p.status, p.reason, i.lookalike,
                   case when p.user_id is null then 'unnamed'
                        when exists (select from payout b where b.user_id = p.user_id
                                     and b.status = 'paid' and b.pix_key = p.pix_key
                                     and b.id <> p.id) then 'known'
                        when exists (select from payout b where b.user_id = p.user_id
                                     and b.status = 'paid' and b.id <> p.id) then 'other_key'
                        else 'new' end as recipient
            from payout_hold_item i join payout p on p.id = i.payout_id
            where i.hold_id = :id and i.position > :after
            and (:lookalikes = false or i.lookalike)
            order by i.position limit :most
            """;

    private static final String RECIPIENTS =
            """
            select count(*) filter (where named and not paid) as fresh,
                   count(*) filter (where named and paid and not same) as other_key,
                   count(*) filter (where not named) as unnamed
            from (
                select p.user_id is not null as named,
                       exists (select from payout b where b.user_id = p.user_id
                               and b.status = 'paid' and b.id <> p.id) as paid,
                       exists (select from payout b where b.user_id = p.user_id
                               and b.status = 'paid' and b.pix_key = p.pix_key
                               and b.id <> p.id) as same
                from payout_hold_item i join payout p on p.id = i.payout_id
                where i.hold_id = :id) r
            """;

    private static final String SUMS =
            """
            select i.key_kind, count(*) as items, sum(p.amount_cents)::bigint as cents
            from payout_hold_item i join payout p on p.id = i.payout_id
            where i.hold_id = :id group by i.key_kind order by i.key_kind
            """;

    private static final String LIST =
            """
            select * from payout_hold
            where (:state::text is null or state = :state)
            and (:state::text is not null or state in ('waiting', 'scheduled'))
            and (:after::uuid is null
                 or (created_at, id) < (select created_at, id from payout_hold where id = :after))
            order by created_at desc, id desc limit :most
            """;

    private static final String OF_BATCH =
            """
            select * from payout_hold where batch_id = :batchId order by created_at, id limit 100
            """;

    private static final String OF_PAYOUT =
            """
            select h.* from payout_hold_item i join payout_hold h on h.id = i.hold_id
            where i.payout_id = :payoutId order by h.created_at desc limit 1
            """;

    private static final String COUNTS =
            """
            select count(*) filter (where state = 'waiting') as waiting,
                   coalesce(sum(cents) filter (where state = 'waiting'), 0)::bigint
                       as waiting_cents,
                   count(*) filter (where state = 'scheduled') as scheduled,
                   coalesce(sum(cents) filter (where state = 'scheduled'), 0)::bigint
                       as scheduled_cents
            from payout_hold where state in ('waiting', 'scheduled')
            """;

    private static final String HOW_MANY_WAIT =
            """
            select count(*) as count, min(created_at) as oldest
            from (select created_at from payout_hold where state = 'waiting'
                  order by created_at, id limit :most) w
            """;

    private static final String DECIDE =
            """
            update payout_hold
            set state = :state, decided_by = coalesce(:by, decided_by),
                decided_by_name = coalesce(:byName, decided_by_name),
                decided_at = case when :by::uuid is null then decided_at else :at end,
                decision_note = coalesce(:note, decision_note),
                released_digest = coalesce(:digest, released_digest),
                ended_at = case when :state = 'scheduled' then null
                                else cast(:at as timestamptz) end
            where id = :id
            returning *
            """;

    private static final String LOCK_PAYOUTS =
            """
            select p.id from payout_hold_item i join payout p on p.id = i.payout_id
            where i.hold_id = :id order by p.external_id for update of p
            """;

    private static final String FAIL_PAYOUTS =
            """
            update payout p set status = 'failed', reason = :reason, updated_at = :at
            from payout_hold_item i
            where i.hold_id = :id and p.id = i.payout_id and p.status = 'held'
            returning p.id, p.external_id, p.batch_id, p.amount_cents
            """;

    private static final String NOW_SCHEDULED =
            """
            update payout p set reason = 'scheduled', updated_at = :at
            from payout_hold_item i
            where i.hold_id = :id and p.id = i.payout_id and p.status = 'held'
            """;

    // Whoever sends another piece of a batch waits here, and sees what the first one has sent. No
    // lock of the batch's row: that one is taken last, after the money.
    private static final String ONE_PIECE_AT_A_TIME =
            """
            select pg_advisory_xact_lock(k)::text
            from (select distinct hashtextextended(b, 2026) as k from unnest(:batches) b
                  order by k) s
            """;

    // What a second person has released, or is to release, was looked at.
    private static final String SENT_ALONE =
            """
            select p.batch_id, sum(p.amount_cents)::bigint as cents
            from payout p
            where p.batch_id = any(:batches) and p.status in ('held', 'processing', 'paid')
            and not exists (select from unnest(:now) n where n = p.id)
            and not exists (
                select from payout_hold_item i join payout_hold h on h.id = i.hold_id
                where i.payout_id = p.id and h.kind = 'approval')
            group by p.batch_id
            """;

    // A held payout is in one open hold, and what is in an open hold is held.
    private static final String WRONGLY_HELD =
            """
            select p.external_id from payout p
            left join (
                select i.payout_id, count(*) as holds
                from payout_hold_item i join payout_hold h on h.id = i.hold_id
                where h.state in ('waiting', 'scheduled') group by i.payout_id) o
                on o.payout_id = p.id
            where coalesce(o.holds, 0) <> case when p.status = 'held' then 1 else 0 end
            limit 20
            """;

    private static final String WRONG_SUMS =
            """
            select h.id from payout_hold h
            left join (
                select i.hold_id, count(*) as items, sum(p.amount_cents)::bigint as cents
                from payout_hold_item i join payout p on p.id = i.payout_id
                group by i.hold_id) s on s.hold_id = h.id
            where (h.items, h.cents) is distinct from (coalesce(s.items, 0), coalesce(s.cents, 0))
            limit 20
            """;

    private static final String RELEASED_WRONGLY =
            """
            select id from payout_hold
            where (kind = 'approval' and state in ('scheduled', 'released')
                   and (decided_by is null or decided_by = person_id))
            or (kind <> 'schedule' and state in ('scheduled', 'released')
                and released_digest is distinct from digest)
            limit 20
            """;

    void insert(Handle tx, Hold hold, List<NewItem> items) {
        tx.createUpdate(INSERT).bindMethods(hold).execute();
        tx.createUpdate(INSERT_ITEMS)
                .bind("hold", hold.id())
                .bind("positions", BinaryArray.ints(items, NewItem::position))
                .bind("payouts", BinaryArray.uuids(items, NewItem::payoutId))
                .bind("kinds", BinaryArray.texts(items, NewItem::keyKind))
                .bind("lookalikes", BinaryArray.flags(items, NewItem::lookalike))
                .execute();
    }

    public record SentAlone(String batchId, long cents) {}

    /// What was sent before under these batches, or waits for its hour, without a second person.
    /// Until the commit nobody else is told.
    ///
    /// @param now payouts that are being decided about
    List<SentAlone> sentAlone(Handle tx, Collection<String> batches, Collection<UUID> now) {
        var ids = BinaryArray.texts(batches, it -> it);
        tx.createQuery(ONE_PIECE_AT_A_TIME).bind("batches", ids).mapTo(String.class).list();
        return tx.createQuery(SENT_ALONE)
                .bind("batches", ids)
                .bind("now", BinaryArray.uuids(now, it -> it))
                .map(ConstructorMapper.of(SentAlone.class))
                .list();
    }

    Optional<Hold> find(Handle tx, UUID id) {
        return tx.createQuery(FIND).bind("id", id).map(ConstructorMapper.of(Hold.class)).findOne();
    }

    Optional<Hold> lock(Handle tx, UUID id) {
        return tx.createQuery(LOCK).bind("id", id).map(ConstructorMapper.of(Hold.class)).findOne();
    }

    Optional<Hold> nextDue(Handle tx, Instant now) {
        return tx.createQuery(NEXT_DUE)
                .bind("now", now)
                .map(ConstructorMapper.of(Hold.class))
                .findOne();
    }

    Optional<Hold> nextExpired(Handle tx, Instant now) {
        return tx.createQuery(NEXT_EXPIRED)
                .bind("now", now)
                .map(ConstructorMapper.of(Hold.class))
                .findOne();
    }

    /// All of it, in its order.
    List<Item> items(Handle tx, UUID holdId) {
        return tx.createQuery(ITEMS)
                .bind("id", holdId)
                .setFetchSize(1_000)
                .map(ConstructorMapper.of(Item.class))
                .list();
    }

    /// A page of it, for people to read.
    List<Line> lines(Handle tx, UUID holdId, int after, boolean lookalikes, int most) {
        return tx.createQuery(LINES)
                .bind("id", holdId)
                .bind("after", after)
                .bind("lookalikes", lookalikes)
                .bind("most", most)
                .map(ConstructorMapper.of(Line.class))
                .list();
    }

    Recipients recipients(Handle tx, UUID holdId) {
        return tx.createQuery(RECIPIENTS)
                .bind("id", holdId)
                .map(
                        (row, _) ->
                                new Recipients(
                                        row.getLong("fresh"),
                                        row.getLong("other_key"),
                                        row.getLong("unnamed")))
                .one();
    }

    List<KindSum> sums(Handle tx, UUID holdId) {
        return tx.createQuery(SUMS)
                .bind("id", holdId)
                .map(ConstructorMapper.of(KindSum.class))
                .list();
    }

    /// Newest first; those that are open where no state is asked for.
    List<Hold> list(Handle tx, @Nullable String state, @Nullable UUID after, int most) {
        return tx.createQuery(LIST)
                .bind("state", state)
                .bind("after", after)
                .bind("most", most)
                .map(ConstructorMapper.of(Hold.class))
                .list();
    }

    List<Hold> ofBatch(Handle tx, String batchId) {
        return tx.createQuery(OF_BATCH)
                .bind("batchId", batchId)
                .map(ConstructorMapper.of(Hold.class))
                .list();
    }

    /// The last hold that a payout was in.
    Optional<Hold> ofPayout(Handle tx, UUID payoutId) {
        return tx.createQuery(OF_PAYOUT)
                .bind("payoutId", payoutId)
                .map(ConstructorMapper.of(Hold.class))
                .findOne();
    }

    Waiting waiting(Handle tx, int most) {
        return tx.createQuery(HOW_MANY_WAIT)
                .bind("most", most)
                .map(ConstructorMapper.of(Waiting.class))
                .one();
    }

    Counts counts(Handle tx) {
        return tx.createQuery(COUNTS).map(ConstructorMapper.of(Counts.class)).one();
    }

    /// @param by null where nobody decided: its hour has come, or its time is over
    /// @param digest what the person named who releases it
    Hold decide(
            Handle tx,
            UUID holdId,
            String state,
            @Nullable UUID by,
            @Nullable String byName,
            @Nullable String note,
            @Nullable String digest,
            Instant at) {
        return tx.createQuery(DECIDE)
                .bind("id", holdId)
                .bind("state", state)
                .bind("by", by)
                .bind("byName", byName)
                .bind("note", note)
                .bind("digest", digest)
                .bind("at", at)
                .map(ConstructorMapper.of(Hold.class))
                .one();
    }

    void lockPayouts(Handle tx, UUID holdId) {
        tx.createQuery(LOCK_PAYOUTS).bind("id", holdId).mapTo(UUID.class).list();
    }

    /// A payout that will not be sent.
    public record Failed(UUID id, String externalId, String batchId, long amountCents) {}

    List<Failed> failPayouts(Handle tx, UUID holdId, String reason, Instant at) {
        return tx.createQuery(FAIL_PAYOUTS)
                .bind("id", holdId)
                .bind("reason", reason)
                .bind("at", at)
                .map(ConstructorMapper.of(Failed.class))
                .list();
    }

    void nowScheduled(Handle tx, UUID holdId, Instant at) {
        tx.createUpdate(NOW_SCHEDULED).bind("id", holdId).bind("at", at).execute();
    }

    List<String> wronglyHeld(Handle snapshot) {
        return snapshot.createQuery(WRONGLY_HELD).mapTo(String.class).list();
    }

    List<UUID> withWrongSums(Handle snapshot) {
        return snapshot.createQuery(WRONG_SUMS).mapTo(UUID.class).list();
    }

    List<UUID> releasedWrongly(Handle snapshot) {
        return snapshot.createQuery(RELEASED_WRONGLY).mapTo(UUID.class).list();
    }
}
