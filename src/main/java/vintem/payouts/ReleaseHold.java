package vintem.payouts;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.access.Capability;
import vintem.access.Role;
import vintem.access.Senders;
import vintem.bank.PixKey;
import vintem.ledger.AccountCode;
import vintem.payouts.ClaimPayouts.Decision;
import vintem.payouts.HoldTable.Hold;
import vintem.payouts.HoldTable.Item;
import vintem.payouts.PayoutTable.BatchCount;
import vintem.platform.Cents;
import vintem.platform.Database;
import vintem.platform.Ids;
import vintem.platform.Outbox;

/// A person releases what is held, or refuses it; somebody takes it back before it is sent; its
/// hour comes, or its time is over. Of all these one happens: each begins by locking the hold, and
/// whoever comes second finds it decided.
///
/// What is released is claimed in the same transaction, and sent after its commit, as a batch that
/// is sent at once. A node that dies in between leaves payouts that the bank is asked about.
@Singleton
class ReleaseHold {
    sealed interface Outcome {
        /// It is decided so, now or before. Not sent yet where it waits for its hour.
        ///
        /// @param report of what was sent by this very call
        record Done(Hold hold, Optional<Report> report) implements Outcome {}

        record Unknown() implements Outcome {}

        /// Who sent it may not release it, by whatever credential.
        record SamePerson() implements Outcome {}

        record OverLimit(long limitCents) implements Outcome {}

        /// It is not what the person named, or not what was submitted.
        record Changed(String digest) implements Outcome {}

        /// Somebody else decided, or its time is over.
        record DecidedOtherwise(Hold hold) implements Outcome {}

        /// Its credential may not pay any more.
        record SenderGone() implements Outcome {}

        /// All or nothing was asked for, and these items cannot be paid now.
        record NotAll(Report report) implements Outcome {}
    }

    private sealed interface Step {
        record Answer(Outcome outcome) implements Step {}

        /// Undone: its hour has come, all or nothing was asked for, and not all can be paid.
        record Unpayable(UUID holdId) implements Step {}

        record Claimed(Hold hold, Submission submission, List<Decision> decisions)
                implements Step {}
    }

    private final Database database;
    private final HoldTable table;
    private final PayoutTable payouts;
    private final ClaimPayouts claim;
    private final PayBatch payBatch;
    private final Senders senders;
    private final Outbox outbox;
    private final AccessLog log;
    private final Clock clock;

    @Inject
    ReleaseHold(
            Database database,
            HoldTable table,
            PayoutTable payouts,
            ClaimPayouts claim,
            PayBatch payBatch,
            Senders senders,
            Outbox outbox,
            AccessLog log,
            Clock clock) {
        this.database = database;
        this.table = table;
        this.payouts = payouts;
        this.claim = claim;
        this.payBatch = payBatch;
        this.senders = senders;
        this.outbox = outbox;
        this.log = log;
        this.clock = clock;
    }

    /// Releases exactly what the person saw; it is sent at once, or at its hour.
    ///
    /// @param digest what the person saw
    Outcome release(Caller person, UUID holdId, String digest) {
        var sendingId = Ids.next();
        var step = database.transaction(tx -> release(tx, person, holdId, digest, sendingId));
        return switch (step) {
            case Step.Answer(var outcome) -> outcome;
            case Step.Unpayable _ -> new Outcome.Unknown();
            case Step.Claimed(var hold, var submission, var decisions) ->
                    new Outcome.Done(
                            hold, Optional.of(payBatch.sendIntended(submission, decisions)));
        };
    }

    private Step release(Handle tx, Caller person, UUID holdId, String digest, UUID sendingId) {
        var found = table.lock(tx, holdId);
        if (found.isEmpty()) {
            return new Step.Answer(new Outcome.Unknown());
        }
        var hold = found.get();
        var now = clock.instant();
        if (!hold.isWaiting()) {
            var mine =
                    person.personId().equals(hold.decidedBy())
                            && digest.equals(hold.releasedDigest());
            return new Step.Answer(
                    mine
                            ? new Outcome.Done(hold, Optional.empty())
                            : new Outcome.DecidedOtherwise(hold));
        }
        if (hold.expiresAt() != null && !hold.expiresAt().isAfter(now)) {
            return new Step.Answer(new Outcome.DecidedOtherwise(hold));
        }
        if (hold.kind().equals(HoldTable.APPROVAL) && person.personId().equals(hold.personId())) {
            return new Step.Answer(new Outcome.SamePerson());
        }
        if (hold.cents() > person.grant().releaseLimitCents()) {
            return new Step.Answer(new Outcome.OverLimit(person.grant().releaseLimitCents()));
        }
        // Nobody changes them from here on; what is read next is what is sent.
        table.lockPayouts(tx, holdId);
        var items = table.items(tx, holdId);
        var actual = digest(hold, items);
        if (!actual.equals(digest) || !actual.equals(hold.digest())) {
            return new Step.Answer(new Outcome.Changed(actual));
        }
        var sender = sender(tx, hold);
        if (sender.isEmpty()) {
            return new Step.Answer(new Outcome.SenderGone());
        }
        if (hold.scheduledFor() != null && hold.scheduledFor().isAfter(now)) {
            var scheduled = decide(tx, hold, HoldTable.SCHEDULED, person, null, digest, now);
            table.nowScheduled(tx, holdId, now);
            outbox.publish(tx, List.of(HoldEvent.of(HoldEvent.RELEASED, hold).news()));
            record(tx, person, "batch.released", hold);
            return new Step.Answer(new Outcome.Done(scheduled, Optional.empty()));
        }
        var submission = sending(hold, items, sender.get(), sendingId, now);
        var decisions = claim.claimHeld(tx, submission, holdId, payBatch.lease());
        if (hold.allOrNothing() && anyFails(decisions)) {
            var report = PayBatch.preview(submission, decisions);
            return Database.rollback(tx, new Step.Answer(new Outcome.NotAll(report)));
        }
        var released = decide(tx, hold, HoldTable.RELEASED, person, null, digest, now);
        publish(tx, hold, HoldEvent.RELEASED, submission, decisions);
        record(tx, person, "batch.released", hold);
        return new Step.Claimed(released, submission, decisions);
    }

    /// Says no: nothing of it is sent, and its ids may be sent again.
    ///
    /// @param why for the one who sent it
    Outcome refuse(Caller person, UUID holdId, String why) {
        return end(person, holdId, HoldTable.REFUSED, why);
    }

    /// Takes back what was not sent yet.
    Outcome cancel(Caller caller, UUID holdId) {
        return end(caller, holdId, HoldTable.CANCELLED, null);
    }

    private Outcome end(Caller caller, UUID holdId, String state, @Nullable String why) {
        return database.transaction(
                tx -> {
                    var found = table.lock(tx, holdId);
                    if (found.isEmpty()) {
                        return new Outcome.Unknown();
                    }
                    var hold = found.get();
                    if (hold.state().equals(state) && caller.personId().equals(hold.decidedBy())) {
                        return new Outcome.Done(hold, Optional.empty());
                    }
                    var may = state.equals(HoldTable.CANCELLED) ? hold.isOpen() : hold.isWaiting();
                    if (!may) {
                        return new Outcome.DecidedOtherwise(hold);
                    }
                    var refused = state.equals(HoldTable.REFUSED);
                    var reason =
                            refused
                                    ? vintem.payouts.Outcome.RELEASE_REFUSED
                                    : vintem.payouts.Outcome.CANCELLED_BEFORE_SENDING;
                    var type = refused ? HoldEvent.REFUSED : HoldEvent.CANCELLED;
                    var ended = fail(tx, hold, state, reason, type, caller, why);
                    record(tx, caller, type, hold);
                    return new Outcome.Done(ended, Optional.empty());
                });
    }

    /// Sends one hold whose hour has come.
    ///
    /// @return how to send it, empty where none is due
    Optional<Runnable> nextDue() {
        if (payBatch.isStopping()) {
            return Optional.empty();
        }
        var sendingId = Ids.next();
        var now = clock.instant();
        var step =
                database.transaction(
                        tx -> table.nextDue(tx, now).map(hold -> due(tx, hold, sendingId, now)));
        return step.map(
                each ->
                        switch (each) {
                            case Step.Claimed(_, var submission, var decisions) ->
                                    () -> payBatch.sendIntended(submission, decisions);
                            case Step.Unpayable(var holdId) -> {
                                giveUp(holdId);
                                yield () -> {};
                            }
                            case Step.Answer _ -> () -> {};
                        });
    }

    private Step due(Handle tx, Hold hold, UUID sendingId, Instant now) {
        table.lockPayouts(tx, hold.id());
        var items = table.items(tx, hold.id());
        var sender = sender(tx, hold);
        if (!digest(hold, items).equals(hold.digest())) {
            return given(tx, hold, vintem.payouts.Outcome.CHANGED_SINCE_SEEN);
        }
        if (sender.isEmpty()) {
            return given(tx, hold, vintem.payouts.Outcome.SENDER_GONE);
        }
        var submission = sending(hold, items, sender.get(), sendingId, now);
        var decisions = claim.claimHeld(tx, submission, hold.id(), payBatch.lease());
        if (hold.allOrNothing() && anyFails(decisions)) {
            return Database.rollback(tx, new Step.Unpayable(hold.id()));
        }
        var sent = decide(tx, hold, HoldTable.RELEASED, null, null, null, now);
        publish(tx, hold, HoldEvent.SENT, submission, decisions);
        return new Step.Claimed(sent, submission, decisions);
    }

    /// Nobody is there to be asked, so it is not tried for ever.
    private void giveUp(UUID holdId) {
        database.run(
                tx ->
                        table.lock(tx, holdId)
                                .filter(hold -> hold.state().equals(HoldTable.SCHEDULED))
                                .ifPresent(
                                        hold ->
                                                given(
                                                        tx,
                                                        hold,
                                                        vintem.payouts.Outcome.NOT_ALL_PAYABLE)));
    }

    /// Gives up one hold that nobody released in time.
    ///
    /// @return whether there was one
    boolean nextExpired() {
        var now = clock.instant();
        return database.transaction(
                tx ->
                        table.nextExpired(tx, now)
                                .map(
                                        hold ->
                                                fail(
                                                        tx,
                                                        hold,
                                                        HoldTable.EXPIRED,
                                                        vintem.payouts.Outcome.RELEASE_EXPIRED,
                                                        HoldEvent.EXPIRED,
                                                        null,
                                                        null))
                                .isPresent());
    }

    private Step given(Handle tx, Hold hold, String reason) {
        var ended = fail(tx, hold, HoldTable.REFUSED, reason, HoldEvent.REFUSED, null, reason);
        return new Step.Answer(new Outcome.DecidedOtherwise(ended));
    }

    /// No money had moved, so none has to come back.
    private Hold fail(
            Handle tx,
            Hold hold,
            String state,
            String reason,
            String type,
            @Nullable Caller by,
            @Nullable String why) {
        var now = clock.instant();
        table.lockPayouts(tx, hold.id());
        var failed = table.failPayouts(tx, hold.id(), reason, now);
        var news = new ArrayList<Outbox.News>();
        var counts = new TreeMap<String, BatchCount>();
        for (var each : failed) {
            news.add(
                    new PayoutEvent.Failed(
                                    each.id(),
                                    each.externalId(),
                                    each.batchId(),
                                    each.amountCents(),
                                    reason)
                            .news());
            var count = new BatchCount(each.batchId(), 0, 0, 1, 0, -1);
            counts.merge(each.batchId(), count, BatchCount::plus);
        }
        news.add(HoldEvent.of(type, hold).news());
        outbox.publish(tx, news);
        payouts.count(tx, counts.values());
        return decide(tx, hold, state, by, why, null, now);
    }

    private Hold decide(
            Handle tx,
            Hold hold,
            String state,
            @Nullable Caller by,
            @Nullable String why,
            @Nullable String digest,
            Instant now) {
        return table.decide(
                tx,
                hold.id(),
                state,
                by == null ? null : by.personId(),
                by == null ? null : by.name(),
                why,
                digest,
                now);
    }

    /// Its sender is gone, so what cannot be paid after all is told as news.
    private void publish(
            Handle tx, Hold hold, String type, Submission submission, List<Decision> decisions) {
        var news = new ArrayList<Outbox.News>();
        for (var i = 0; i < decisions.size(); i++) {
            if (decisions.get(i)
                    instanceof
                    Decision.Final(vintem.payouts.Outcome.Failed(var cents, var why, _))) {
                var item = submission.items().get(i);
                news.add(
                        new PayoutEvent.Failed(
                                        item.payoutId(),
                                        item.externalId(),
                                        hold.batchId(),
                                        cents,
                                        why)
                                .news());
            }
        }
        news.add(HoldEvent.of(type, hold).news());
        outbox.publish(tx, news);
    }

    private void record(Handle tx, Caller caller, String action, Hold hold) {
        log.record(
                tx,
                caller,
                action,
                hold.id().toString(),
                "%s, %d payouts, %s, digest %s"
                        .formatted(
                                hold.kind(),
                                hold.items(),
                                Cents.format(hold.cents()),
                                hold.digest().substring(0, 16)));
    }

    /// Who sent it, as they are now: with what they may do at this moment, or not at all.
    private Optional<Caller> sender(Handle tx, Hold hold) {
        return senders.find(tx, hold.callerId())
                .filter(caller -> caller.may(Capability.PAYOUTS, Role.OPERATOR));
    }

    static String digest(Hold hold, List<Item> items) {
        return SeenDigest.of(
                hold.id(),
                hold.batchId(),
                hold.purpose(),
                hold.scheduledFor(),
                items.stream().map(Item::seen).toList());
    }

    private static Submission sending(
            Hold hold, List<Item> items, Caller sender, UUID id, Instant now) {
        return new Submission(
                id,
                hold.batchId(),
                sender,
                AccountCode.of(hold.purpose()).orElseThrow(),
                now,
                items.stream()
                        .map(
                                each ->
                                        new Submission.Item(
                                                each.payoutId(),
                                                each.externalId(),
                                                each.userId(),
                                                each.pixKey(),
                                                PixKey.parse(each.pixKey()).orElse(null),
                                                each.amountCents(),
                                                each.taxId(),
                                                each.description()))
                        .toList());
    }

    private static boolean anyFails(List<Decision> decisions) {
        return decisions.stream()
                .anyMatch(
                        decision ->
                                decision
                                        instanceof Decision.Final(vintem.payouts.Outcome.Failed _));
    }
}
