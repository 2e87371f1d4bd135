package vintem.payouts;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import vintem.access.Grant;
import vintem.payouts.ClaimPayouts.ItemClaim;
import vintem.payouts.HoldTable.Hold;
import vintem.payouts.HoldTable.NewItem;
import vintem.payouts.LikenessTable.Like;
import vintem.payouts.SeenDigest.Seen;
import vintem.platform.Ids;
import vintem.platform.Outbox;

/// Says which payouts of a list are not sent at once: those of a batch above what its sender may
/// send alone, those whose hour has not come, and those that look like another payout.
///
/// Part of [ClaimPayouts], in its transaction. What is held has its external id, and nothing else:
/// its money is taken, and its sender's limit of the day is used, when it is sent. Reserved
/// earlier, it would keep others from being paid, by the word of one person.
@Singleton
class HoldPayouts {
    /// Why a payout is held.
    static final String AWAITING_RELEASE = "awaiting_release";

    static final String SCHEDULED = "scheduled";
    static final String LOOKALIKE = "lookalike";

    /// Payouts of one submission to be held together.
    record Held(Hold hold, List<ItemClaim> claims, Set<UUID> lookalikes) {}

    private final HoldTable table;
    private final LikenessTable likenesses;
    private final PayoutRules rules;
    private final Outbox outbox;
    private final Clock clock;

    @Inject
    HoldPayouts(
            HoldTable table,
            LikenessTable likenesses,
            PayoutRules rules,
            Outbox outbox,
            Clock clock) {
        this.table = table;
        this.likenesses = likenesses;
        this.rules = rules;
        this.outbox = outbox;
        this.clock = clock;
    }

    /// Takes out of a list what must wait.
    List<Held> decide(Handle tx, List<ItemClaim> candidates) {
        var bySubmission = new LinkedHashMap<UUID, List<ItemClaim>>();
        for (var candidate : candidates) {
            if (candidate.wantsMoney() && candidate.submission().mayBeHeld()) {
                bySubmission
                        .computeIfAbsent(candidate.submission().id(), _ -> new ArrayList<>())
                        .add(candidate);
            }
        }
        var lookalikes = lookalikes(tx, bySubmission);
        var alone = sentAlone(tx, bySubmission.values());
        var held = new ArrayList<Held>();
        for (var wanting : bySubmission.values()) {
            var submission = wanting.getFirst().submission();
            var before = alone.getOrDefault(submission.batchId(), 0L);
            if (Math.addExact(before, cents(wanting)) > mostAlone(submission)) {
                held.add(hold(submission, HoldTable.APPROVAL, wanting, lookalikes));
                continue;
            }
            alone.merge(submission.batchId(), cents(wanting), Math::addExact);
            var alike = wanting.stream().filter(it -> lookalikes.contains(it.payoutId())).toList();
            var doubtful = submission.allOrNothing() && !alike.isEmpty() ? wanting : alike;
            if (!doubtful.isEmpty()) {
                held.add(hold(submission, HoldTable.LOOKALIKE, doubtful, lookalikes));
            }
            if (submission.scheduledFor() != null && doubtful.size() < wanting.size()) {
                var rest = wanting.stream().filter(ItemClaim::wantsMoney).toList();
                held.add(hold(submission, HoldTable.SCHEDULE, rest, lookalikes));
            }
        }
        return held;
    }

    /// Writes what was decided, when all else is written.
    void write(Handle tx, List<Held> allHeld) {
        for (var held : allHeld) {
            var items = new ArrayList<NewItem>(held.claims().size());
            var news = new ArrayList<Outbox.News>();
            for (var claim : held.claims()) {
                items.add(
                        new NewItem(
                                claim.position(),
                                claim.payoutId(),
                                Objects.requireNonNull(claim.item().key()).kind().name(),
                                held.lookalikes().contains(claim.payoutId())));
                news.add(
                        new PayoutEvent.Held(
                                        claim.payoutId(),
                                        claim.item().externalId(),
                                        held.hold().batchId(),
                                        claim.item().amountCents(),
                                        reason(held.hold().kind()),
                                        held.hold().id())
                                .news());
            }
            table.insert(tx, held.hold(), items);
            news.add(HoldEvent.of(HoldEvent.HELD, held.hold()).news());
            outbox.publish(tx, news);
        }
    }

    /// What is sent after all is from here on what later ones are compared with.
    void goesOut(Handle tx, List<ItemClaim> candidates) {
        if (!rules.lookalikeWindow().isZero()) {
            likenesses.take(
                    tx,
                    candidates.stream()
                            .filter(ItemClaim::wantsMoney)
                            .map(HoldPayouts::like)
                            .toList(),
                    clock.instant());
        }
    }

    private Set<UUID> lookalikes(Handle tx, LinkedHashMap<UUID, List<ItemClaim>> bySubmission) {
        var window = rules.lookalikeWindow();
        if (window.isZero() || bySubmission.isEmpty()) {
            return Set.of();
        }
        var likes =
                bySubmission.values().stream()
                        .flatMap(List::stream)
                        .map(HoldPayouts::like)
                        .toList();
        var now = clock.instant();
        return likenesses.lookalikes(tx, likes, now, now.minus(window));
    }

    private Held hold(
            Submission submission, String kind, List<ItemClaim> claims, Set<UUID> lookalikes) {
        var id = Ids.next();
        var now = submission.receivedAt();
        claims.forEach(claim -> claim.hold(reason(kind)));
        var waits = !kind.equals(HoldTable.SCHEDULE);
        Instant expiresAt = waits ? now.plus(rules.releaseWithin()) : null;
        var hold =
                new Hold(
                        id,
                        submission.id(),
                        submission.batchId(),
                        kind,
                        waits ? HoldTable.WAITING : HoldTable.SCHEDULED,
                        submission.caller().id(),
                        submission.caller().name(),
                        submission.caller().personId(),
                        submission.purpose().code(),
                        submission.allOrNothing(),
                        now,
                        submission.scheduledFor(),
                        expiresAt,
                        SeenDigest.of(
                                id,
                                submission.batchId(),
                                submission.purpose().code(),
                                submission.scheduledFor(),
                                claims.stream().map(HoldPayouts::seen).toList()),
                        claims.size(),
                        cents(claims),
                        claims.stream().filter(it -> lookalikes.contains(it.payoutId())).count(),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null);
        return new Held(hold, claims, lookalikes);
    }

    /// What was sent alone before under the batches of these: in two pieces a batch is no smaller.
    /// Where nobody is to look nothing is asked.
    private Map<String, Long> sentAlone(Handle tx, Collection<List<ItemClaim>> allWanting) {
        var batches = new TreeSet<String>();
        var now = new ArrayList<UUID>();
        for (var wanting : allWanting) {
            var submission = wanting.getFirst().submission();
            if (mostAlone(submission) != Grant.NO_LIMIT) {
                batches.add(submission.batchId());
                wanting.forEach(it -> now.add(it.payoutId()));
            }
        }
        var sent = new HashMap<String, Long>();
        if (!batches.isEmpty()) {
            table.sentAlone(tx, batches, now).forEach(it -> sent.put(it.batchId(), it.cents()));
        }
        return sent;
    }

    /// The lower one of what everybody may send alone and what this credential may.
    private long mostAlone(Submission submission) {
        return Math.min(rules.releaseAboveCents(), submission.caller().grant().releaseAboveCents());
    }

    private static String reason(String kind) {
        return switch (kind) {
            case HoldTable.APPROVAL -> AWAITING_RELEASE;
            case HoldTable.LOOKALIKE -> LOOKALIKE;
            default -> SCHEDULED;
        };
    }

    private static Like like(ItemClaim claim) {
        return Like.of(claim.item().storedKey(), claim.item().amountCents(), claim.payoutId());
    }

    private static Seen seen(ItemClaim claim) {
        var item = claim.item();
        return new Seen(
                item.externalId(),
                item.userId(),
                item.storedKey(),
                item.amountCents(),
                item.taxId(),
                item.description());
    }

    /// More than a `long` holds is more than anybody may send alone.
    private static long cents(List<ItemClaim> claims) {
        var sum = 0L;
        for (var claim : claims) {
            var cents = claim.item().amountCents();
            sum = sum > Long.MAX_VALUE - cents ? Long.MAX_VALUE : sum + cents;
        }
        return sum;
    }
}
