package vintem.payouts;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.Spending;
import vintem.bank.PixRail;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.ledger.Ledger.Posting;
import vintem.ledger.Transfer;
import vintem.payouts.PayoutTable.Attempt;
import vintem.payouts.PayoutTable.BatchCount;
import vintem.payouts.PayoutTable.Stored;
import vintem.payouts.PayoutTable.Verdict;
import vintem.payouts.Submission.Item;
import vintem.platform.BusinessDays;
import vintem.platform.Settings;
import vintem.platform.TaxId;

/// Records what is going to be sent, for a list of submissions in one transaction: which items are
/// new, which are somebody else's, which cannot be paid, and the money of the rest taken from
/// `bank`.
///
/// Run again with the same submissions it finds what it had written and decides the same.
///
/// Locks in one order everywhere: payouts by external id, then spending by credential, then the
/// accounts of the ledger, then batches by id. Whoever decides about a hold locks it before all
/// of these; likenesses, by their number, come after payouts.
@Singleton
class ClaimPayouts {
    /// Upper limit of one payout in cents, where the credential has no lower one.
    static final long MOST_CENTS = Settings.number("payout-limit-cents", 10_000_000_000L);

    /// What was decided of one item: final, to be sent, or whatever becomes of an earlier item of
    /// the same list.
    sealed interface Decision {
        record Final(Outcome outcome) implements Decision {}

        record Send(PixRail.Order order) implements Decision {}

        record SameAs(int earlier, List<String> mismatch) implements Decision {}
    }

    private final PayoutTable table;
    private final HoldPayouts hold;
    private final Ledger ledger;
    private final Spending spending;
    private final Clock clock;

    @Inject
    ClaimPayouts(
            PayoutTable table, HoldPayouts hold, Ledger ledger, Spending spending, Clock clock) {
        this.table = table;
        this.hold = hold;
        this.ledger = ledger;
        this.spending = spending;
        this.clock = clock;
    }

    /// One list of decisions per submission, one decision per item.
    ///
    /// @param lease how long these submissions may be sent; it begins when the claim is done,
    ///     however long that took
    List<List<Decision>> claim(Handle tx, List<Submission> submissions, Duration lease) {
        table.insertBatches(tx, submissions);
        var claims = new ArrayList<ClaimOf>();
        var first = new LinkedHashMap<String, ItemClaim>();
        for (var submission : submissions) {
            claims.add(ClaimOf.read(submission, first));
        }
        var candidates = List.copyOf(first.values());
        candidates.forEach(candidate -> candidate.invalid = invalid(candidate));
        insertNew(tx, candidates);
        readTheOthers(tx, candidates);
        var held = hold.decide(tx, candidates);
        reserveSpending(tx, submissions, candidates);
        fund(tx, candidates);
        write(tx, candidates, lease);
        countBatches(tx, candidates);
        table.insertSubmissions(tx, submissions, clock.instant().plus(lease));
        hold.write(tx, held);
        return claims.stream().map(ClaimOf::decisions).toList();
    }

    /// Takes what was held for sending, as if it were sent now: by the limits and the money of this
    /// moment.
    ///
    /// @param submission of the items of one hold, which the caller has locked and which is open
    List<Decision> claimHeld(Handle tx, Submission submission, UUID holdId, Duration lease) {
        var first = new LinkedHashMap<String, ItemClaim>();
        var claims = ClaimOf.read(submission, first);
        var candidates = List.copyOf(first.values());
        candidates.forEach(candidate -> candidate.invalid = invalid(candidate));
        for (var stored : table.lock(tx, first.keySet())) {
            Objects.requireNonNull(first.get(stored.externalId())).leaves(stored, holdId);
        }
        hold.goesOut(tx, candidates);
        reserveSpending(tx, List.of(submission), candidates);
        fund(tx, candidates);
        write(tx, candidates, lease);
        countBatches(tx, candidates);
        table.insertSubmissions(tx, List.of(submission), clock.instant().plus(lease));
        return claims.decisions();
    }

    private void insertNew(Handle tx, List<ItemClaim> candidates) {
        var won = new HashSet<>(table.insert(tx, candidates.stream().map(ItemClaim::row).toList()));
        for (var candidate : candidates) {
            if (won.contains(candidate.item.externalId())) {
                candidate.isNew = true;
                candidate.invalid.ifPresentOrElse(
                        reason -> candidate.fail(reason), () -> candidate.wantsMoney = true);
            }
        }
    }

    private void readTheOthers(Handle tx, List<ItemClaim> candidates) {
        var others = new LinkedHashMap<String, ItemClaim>();
        for (var candidate : candidates) {
            if (!candidate.isNew) {
                others.put(candidate.item.externalId(), candidate);
            }
        }
        if (others.isEmpty()) {
            return;
        }
        var failed = new ArrayList<String>();
        for (var stored : table.read(tx, others.keySet())) {
            var candidate = Objects.requireNonNull(others.get(stored.externalId()));
            if (stored.status().equals("failed") && !candidate.wasWrittenBy(stored)) {
                failed.add(stored.externalId());
            } else {
                candidate.meets(stored);
            }
        }
        // A refused payout may be sent again, by one caller: read it once more under its lock.
        if (!failed.isEmpty()) {
            for (var stored : table.lock(tx, failed)) {
                Objects.requireNonNull(others.get(stored.externalId())).meets(stored);
            }
        }
    }

    private void reserveSpending(
            Handle tx, List<Submission> submissions, List<ItemClaim> candidates) {
        var today = BusinessDays.today(clock);
        // By credential, in one order: two lists never wait for each other.
        var ordered = new TreeMap<UUID, Submission>();
        submissions.forEach(each -> ordered.putIfAbsent(each.caller().id(), each));
        for (var submission : ordered.values()) {
            var wanting =
                    candidates.stream()
                            .filter(each -> each.wantsMoney)
                            .filter(each -> each.credentialId().equals(submission.caller().id()))
                            .toList();
            var amounts = wanting.stream().mapToLong(each -> each.item.amountCents()).toArray();
            var fits = spending.reserve(tx, submission.caller(), today, amounts);
            for (var i = 0; i < fits.length; i++) {
                if (!fits[i]) {
                    wanting.get(i).fail(Outcome.DAILY_LIMIT_EXCEEDED);
                }
            }
        }
    }

    private void fund(Handle tx, List<ItemClaim> candidates) {
        var now = clock.instant();
        var wanting = candidates.stream().filter(each -> each.wantsMoney).toList();
        var postings =
                ledger.post(
                        tx,
                        wanting.stream()
                                .map(
                                        each ->
                                                Transfer.of(
                                                        AccountCode.IN_TRANSIT,
                                                        AccountCode.BANK,
                                                        each.item.amountCents(),
                                                        "payout_intended",
                                                        each.payoutId(),
                                                        now))
                                .toList());
        var unspent = new TreeMap<UUID, Long>();
        for (var i = 0; i < postings.size(); i++) {
            switch (postings.get(i)) {
                case Posting.Posted() -> wanting.get(i).funded = true;
                case Posting.InsufficientFunds(_) -> {
                    wanting.get(i).fail(Outcome.INSUFFICIENT_FUNDS);
                    unspent.merge(
                            wanting.get(i).credentialId(),
                            wanting.get(i).item.amountCents(),
                            Math::addExact);
                }
            }
        }
        unspent.forEach((id, cents) -> spending.giveBack(tx, id, BusinessDays.today(clock), cents));
    }

    private void write(Handle tx, List<ItemClaim> candidates, Duration lease) {
        var now = clock.instant();
        var today = BusinessDays.today(clock);
        var attempts = new ArrayList<Attempt>();
        var verdicts = new ArrayList<Verdict>();
        for (var candidate : candidates) {
            if (candidate.funded) {
                attempts.add(candidate.attempt(now, now.plus(lease), today));
            }
            candidate.verdict(now).ifPresent(verdicts::add);
        }
        table.insertAttempts(tx, attempts);
        table.judge(tx, verdicts);
    }

    private void countBatches(Handle tx, List<ItemClaim> candidates) {
        var counts = new TreeMap<String, BatchCount>();
        for (var candidate : candidates) {
            candidate
                    .count()
                    .ifPresent(count -> counts.merge(count.batchId(), count, BatchCount::plus));
        }
        table.count(tx, counts.values());
    }

    /// Why an item can never be paid as it stands, or empty.
    private static Optional<String> invalid(ItemClaim candidate) {
        var item = candidate.item;
        var most = Math.min(MOST_CENTS, candidate.submission.caller().perItemLimitCents());
        if (item.amountCents() <= 0) {
            return Optional.of(Outcome.INVALID_AMOUNT);
        }
        if (item.key() == null) {
            return Optional.of(Outcome.INVALID_PIX_KEY);
        }
        if (item.taxId() != null && TaxId.parse(item.taxId()).isEmpty()) {
            return Optional.of(Outcome.INVALID_TAX_ID);
        }
        if (item.amountCents() > most) {
            return Optional.of(Outcome.AMOUNT_OVER_LIMIT);
        }
        var scheduledFor = candidate.submission.scheduledFor();
        if (scheduledFor != null && !scheduledFor.isAfter(candidate.submission.receivedAt())) {
            return Optional.of(Outcome.SCHEDULE_IN_PAST);
        }
        return Optional.empty();
    }

    /// One submission's items, each pointing at the candidate for its external id.
    private record ClaimOf(Submission submission, List<ItemClaim> claims, List<Integer> earlier) {
        static ClaimOf read(Submission submission, Map<String, ItemClaim> first) {
            var claims = new ArrayList<ItemClaim>(submission.items().size());
            var earlier = new ArrayList<Integer>(submission.items().size());
            var here = new HashMap<String, Integer>();
            for (var i = 0; i < submission.items().size(); i++) {
                var item = submission.items().get(i);
                var position = i;
                earlier.add(here.getOrDefault(item.externalId(), -1));
                here.putIfAbsent(item.externalId(), i);
                claims.add(
                        first.computeIfAbsent(
                                item.externalId(), _ -> new ItemClaim(submission, item, position)));
            }
            return new ClaimOf(submission, claims, earlier);
        }

        List<Decision> decisions() {
            var decisions = new ArrayList<Decision>(claims.size());
            for (var i = 0; i < claims.size(); i++) {
                var claim = claims.get(i);
                var item = submission.items().get(i);
                if (earlier.get(i) >= 0) {
                    decisions.add(new Decision.SameAs(earlier.get(i), claim.mismatch(item)));
                } else if (claim.submission == submission) {
                    decisions.add(claim.decision());
                } else {
                    // Another submission of this list came first: to this one it is under way.
                    decisions.add(new Decision.Final(claim.asSeenByOthers(item)));
                }
            }
            return decisions;
        }
    }

    /// What happens to one external id in this list. Filled in step by step.
    static final class ItemClaim {
        private final Submission submission;
        private final Item item;
        private final int position;
        private Optional<String> invalid = Optional.empty();
        private boolean isNew;
        private boolean wantsMoney;
        private boolean funded;
        private boolean wasHeld;
        private Optional<String> heldFor = Optional.empty();
        private Optional<Stored> stored = Optional.empty();
        private Optional<Outcome> outcome = Optional.empty();
        private Optional<PixRail.Order> order = Optional.empty();

        ItemClaim(Submission submission, Item item, int position) {
            this.submission = submission;
            this.item = item;
            this.position = position;
        }

        Submission submission() {
            return submission;
        }

        Item item() {
            return item;
        }

        int position() {
            return position;
        }

        boolean wantsMoney() {
            return wantsMoney;
        }

        UUID credentialId() {
            return submission.caller().id();
        }

        UUID payoutId() {
            return stored.map(Stored::id).orElse(item.payoutId());
        }

        PayoutTable.NewPayout row() {
            return new PayoutTable.NewPayout(
                    item.payoutId(),
                    item.externalId(),
                    submission.batchId(),
                    position,
                    item.userId(),
                    item.storedKey(),
                    item.amountCents(),
                    item.taxId(),
                    item.description(),
                    submission.purpose().code(),
                    invalid.isEmpty() ? "processing" : "failed",
                    invalid.orElse(null),
                    submission.receivedAt());
        }

        /// Whether the stored row or its open attempt is this very submission's, written when the
        /// list was run before.
        boolean wasWrittenBy(Stored other) {
            return other.id().equals(item.payoutId())
                    || submission.id().equals(other.openSubmissionId())
                    || submission.id().equals(other.heldSubmissionId());
        }

        /// Decides against a payout that was there before.
        void meets(Stored other) {
            stored = Optional.of(other);
            if (wasWrittenBy(other)) {
                meetsItself(other);
                return;
            }
            if (!other.status().equals("failed")) {
                outcome = Optional.of(duplicateOf(other, item));
                return;
            }
            var mismatch = mismatch(other, item);
            mismatch.remove("pix_key");
            if (!mismatch.isEmpty()) {
                outcome =
                        Optional.of(
                                new Outcome.Failed(
                                        other.amountCents(), Outcome.MISMATCH, mismatch));
            } else if (invalid.isPresent()) {
                fail(invalid.get());
            } else {
                wantsMoney = true;
            }
        }

        private void meetsItself(Stored other) {
            switch (other.status()) {
                case "failed" -> fail(Objects.requireNonNull(other.reason()));
                case "held" ->
                        outcome =
                                Optional.of(
                                        new Outcome.Held(
                                                other.amountCents(),
                                                Objects.requireNonNull(other.reason())));
                case "processing" -> {
                    if (submission.id().equals(other.openSubmissionId())) {
                        order = Optional.of(order(Objects.requireNonNull(other.openProviderId())));
                    } else {
                        // It was held and released, or sent again, by somebody who sends it now.
                        outcome = Optional.of(new Outcome.Processing(other.amountCents()));
                    }
                }
                default -> outcome = Optional.of(new Outcome.Paid(other.amountCents()));
            }
        }

        /// What was held is to be sent, if it still can be.
        void leaves(Stored other, UUID holdId) {
            if (!other.status().equals("held") || !holdId.equals(other.holdId())) {
                throw new IllegalStateException("%s is not in that hold".formatted(other.id()));
            }
            stored = Optional.of(other);
            wasHeld = true;
            invalid.ifPresentOrElse(this::fail, () -> wantsMoney = true);
        }

        /// It waits, and takes no money meanwhile.
        void hold(String reason) {
            wantsMoney = false;
            heldFor = Optional.of(reason);
            outcome = Optional.of(new Outcome.Held(item.amountCents(), reason));
        }

        void fail(String reason) {
            wantsMoney = false;
            outcome = Optional.of(new Outcome.Failed(item.amountCents(), reason));
        }

        Attempt attempt(Instant now, Instant nextAsk, java.time.LocalDate today) {
            var number = stored.map(Stored::attempts).orElse(0) + 1;
            var providerId = nextProviderId().text();
            order = Optional.of(order(providerId));
            return new Attempt(
                    payoutId(),
                    number,
                    providerId,
                    submission.id(),
                    credentialId(),
                    today,
                    item.storedKey(),
                    now,
                    nextAsk);
        }

        // After a certain refusal the bank knows the old id as refused; after *not received* the
        // same
        // id lets the bank itself see a second arrival of what it may have got after all.
        private ProviderId nextProviderId() {
            return stored.flatMap(
                            other ->
                                    Optional.ofNullable(other.lastProviderId())
                                            .flatMap(ProviderId::parse)
                                            .map(
                                                    last ->
                                                            "refused".equals(other.lastOutcome())
                                                                    ? last.next()
                                                                    : last))
                    .orElse(new ProviderId(payoutId(), 0));
        }

        private PixRail.Order order(String providerId) {
            return new PixRail.Order(
                    providerId,
                    Objects.requireNonNull(item.key()),
                    item.amountCents(),
                    item.taxId(),
                    item.description());
        }

        /// What must be written to the payout's row beyond its insert.
        Optional<Verdict> verdict(Instant now) {
            if (heldFor.isPresent()) {
                return Optional.of(verdict("held", now));
            }
            if (wasHeld && !funded) {
                return Optional.of(verdict("failed", now));
            }
            if (isNew && invalid.isEmpty() && !funded) {
                return Optional.of(verdict("failed", now));
            }
            if (stored.isPresent() && funded) {
                return Optional.of(verdict("processing", now));
            }
            if (stored.isPresent()
                    && !wasWrittenBy(stored.get())
                    && stored.get().status().equals("failed")
                    && outcome.orElse(null) instanceof Outcome.Failed(_, var reason, _)
                    && !reason.equals(Outcome.MISMATCH)
                    && invalid.isEmpty()) {
                return Optional.of(verdict("failed", now));
            }
            return Optional.empty();
        }

        private Verdict verdict(String status, Instant now) {
            var reason = outcome.orElse(null) instanceof Outcome.Failed(_, var why, _) ? why : null;
            return new Verdict(
                    payoutId(),
                    status,
                    status.equals("failed") ? reason : heldFor.orElse(null),
                    item.storedKey(),
                    item.taxId(),
                    item.description(),
                    now);
        }

        /// How its batch's counters change.
        Optional<BatchCount> count() {
            if (wasHeld) {
                var failed = funded ? 0 : 1;
                var batchId = stored.orElseThrow().batchId();
                return Optional.of(new BatchCount(batchId, 0, 0, failed, 0, -1));
            }
            if (heldFor.isPresent()) {
                return Optional.of(
                        isNew
                                ? new BatchCount(submission.batchId(), 1, 0, 0, 0, 1)
                                : new BatchCount(stored.orElseThrow().batchId(), 0, 0, -1, 0, 1));
            }
            if (isNew) {
                var failed = funded ? 0 : 1;
                return Optional.of(new BatchCount(submission.batchId(), 1, 0, failed, 0));
            }
            if (stored.isPresent() && funded) {
                // It was counted as failed and is under way again.
                return Optional.of(new BatchCount(stored.get().batchId(), 0, 0, -1, 0));
            }
            return Optional.empty();
        }

        Decision decision() {
            return order.<Decision>map(Decision.Send::new)
                    .orElseGet(() -> new Decision.Final(outcome.orElseThrow()));
        }

        Outcome asSeenByOthers(Item other) {
            if (outcome.orElse(null) instanceof Outcome.Duplicate && stored.isPresent()) {
                return duplicateOf(stored.get(), other);
            }
            var status = heldFor.isPresent() ? "held" : order.isPresent() ? "processing" : "failed";
            var amount = stored.map(Stored::amountCents).orElse(item.amountCents());
            return new Outcome.Duplicate(amount, Optional.of(status), mismatch(other));
        }

        /// What a later item with the same external id says differently from what stands.
        List<String> mismatch(Item other) {
            return stored.isPresent() && !funded && heldFor.isEmpty()
                    ? mismatch(stored.get(), other)
                    : mismatch(item.amountCents(), item.storedKey(), item.userId(), other);
        }

        private static List<String> mismatch(Stored stands, Item asked) {
            return mismatch(stands.amountCents(), stands.pixKey(), stands.userId(), asked);
        }

        private static List<String> mismatch(
                long amountCents, String key, @Nullable String userId, Item asked) {
            var mismatch = new ArrayList<String>();
            if (amountCents != asked.amountCents()) {
                mismatch.add("amount_cents");
            }
            if (!key.equals(asked.storedKey())) {
                mismatch.add("pix_key");
            }
            if (!Objects.equals(userId, asked.userId())) {
                mismatch.add("user_id");
            }
            return mismatch;
        }

        private Outcome duplicateOf(Stored other, Item asked) {
            var status =
                    other.status().equals("paid")
                            ? Optional.<String>empty()
                            : Optional.of(other.status());
            return new Outcome.Duplicate(other.amountCents(), status, mismatch(other, asked));
        }
    }
}
