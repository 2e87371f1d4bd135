package vintem.payouts;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jboss.logging.Logger;
import org.jdbi.v3.core.Handle;
import vintem.bank.PixRail;
import vintem.bank.PixRail.Answer;
import vintem.bank.PixRail.Order;
import vintem.bank.SendResult;
import vintem.payouts.ClaimPayouts.Decision;
import vintem.payouts.PayoutTable.Ended;
import vintem.platform.Coalescer;
import vintem.platform.Database;
import vintem.platform.Idempotency;
import vintem.platform.Idempotency.Claim;
import vintem.platform.Settings;
import vintem.platform.Traces;

/// Pays each external id at most once, for ever, whoever asks.
///
/// All items are claimed in one transaction, then sent and settled in chunks. The bank is asked
/// between two transactions: before it hears of a payout the intent is committed, so a crash from
/// there on leaves something to ask about. A node may send only while its submission's `send_by` is
/// ahead; afterwards [ResolveUnknownPayouts] asks the bank what arrived.
@Singleton
class PayBatch {
    /// @param key where the request came with an `Idempotency-Key`
    record Request(Submission submission, Optional<Idempotency.Request> key) {}

    sealed interface Result {
        record Reported(Report report) implements Result {}

        /// The key was used before, or is being used.
        record KeyTaken(Claim claim) implements Result {}

        /// All or nothing was asked for, and these items cannot be paid: nothing was written.
        record Refused(Report report) implements Result {}
    }

    private sealed interface Intake {
        record Taken(List<Decision> decisions) implements Intake {}

        record KeyTaken(Claim claim) implements Intake {}
    }

    private static final Logger LOG = Logger.getLogger(PayBatch.class);
    private static final int CHUNK = 1_000;
    // One chunk is with the bank while the one before it is settled.
    private static final int LANES = 2;
    // Longer submissions are lists already; they go one by one through a line of their own.
    private static final int LONG_ITEMS = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Database database;
    private final ClaimPayouts claim;
    private final SettlePayouts settle;
    private final PayoutTable table;
    private final Idempotency idempotency;
    private final PixRail rail;
    private final Clock clock;
    private final Coalescer<Request, Intake> shortOnes;
    private final Coalescer<Request, Intake> longOnes;
    private final Set<Sending> underWay = ConcurrentHashMap.newKeySet();
    private final Duration answerDue =
            Settings.duration("payouts-answer-millis", Duration.ofSeconds(30));
    private volatile boolean stopping;

    @Inject
    PayBatch(
            Database database,
            ClaimPayouts claim,
            SettlePayouts settle,
            PayoutTable table,
            Idempotency idempotency,
            PixRail rail,
            Clock clock) {
        this.database = database;
        this.claim = claim;
        this.settle = settle;
        this.table = table;
        this.idempotency = idempotency;
        this.rail = rail;
        this.clock = clock;
        shortOnes =
                new Coalescer<>(
                        "payouts", database, new Coalescer.Limits(1_000, 64, 2, 8), this::takeIn);
        longOnes =
                new Coalescer<>(
                        "long-payouts", database, new Coalescer.Limits(64, 1, 1, 8), this::takeIn);
    }

    /// Claims, sends and settles, and answers when all is known or the answer is due; what is not
    /// known by then goes on and is *processing* in the report.
    ///
    /// @throws Coalescer.Unavailable where too much is waiting or the database is away
    Result pay(Request request) {
        return Traces.span(
                "PayBatch",
                "vintem.submission.id",
                request.submission().id(),
                () -> claimAndSend(request));
    }

    private Result claimAndSend(Request request) {
        var submission = request.submission();
        var line = submission.items().size() > LONG_ITEMS ? longOnes : shortOnes;
        return switch (line.call(request, PATIENCE)) {
            case Intake.KeyTaken(var claimed) -> new Result.KeyTaken(claimed);
            case Intake.Taken(var decisions) -> new Result.Reported(send(request, decisions));
        };
    }

    /// The same, or nothing at all where any item cannot be paid.
    Result payAllOrNothing(Request request) {
        var submission = request.submission();
        var intake =
                database.transaction(
                        tx -> {
                            var taken = takeIn(tx, List.of(request)).getFirst();
                            return anyFails(taken) ? Database.rollback(tx, taken) : taken;
                        });
        return switch (intake) {
            case Intake.KeyTaken(var claimed) -> new Result.KeyTaken(claimed);
            case Intake.Taken(var decisions) when anyFails(intake) ->
                    new Result.Refused(preview(submission, decisions));
            case Intake.Taken(var decisions) -> new Result.Reported(send(request, decisions));
        };
    }

    /// What would happen: the very same decisions, undone.
    Report preflight(Submission submission) {
        var decisions =
                database.transaction(
                        tx ->
                                Database.rollback(
                                        tx,
                                        claim.claim(tx, List.of(submission), Duration.ZERO)
                                                .getFirst()));
        return preview(submission, decisions);
    }

    @PreDestroy
    void stop() {
        // First nobody new, then no further chunk; what was claimed and not sent, the resolver
        // finds.
        shortOnes.close();
        longOnes.close();
        stopping = true;
        underWay.forEach(sending -> sending.await(rail.terms().timeout().multipliedBy(2)));
    }

    private List<Intake> takeIn(Handle tx, List<Request> requests) {
        var keyed = requests.stream().filter(each -> each.key().isPresent()).toList();
        var claims =
                idempotency.claim(
                        tx, keyed.stream().map(each -> each.key().orElseThrow()).toList());
        var taken = new ArrayList<>(requests);
        var intakes = new java.util.IdentityHashMap<Request, Intake>();
        for (var i = 0; i < keyed.size(); i++) {
            if (!(claims.get(i) instanceof Claim.Fresh)) {
                intakes.put(keyed.get(i), new Intake.KeyTaken(claims.get(i)));
                taken.remove(keyed.get(i));
            }
        }
        var submissions = taken.stream().map(Request::submission).toList();
        var decisions = claim.claim(tx, submissions, lease());
        for (var i = 0; i < taken.size(); i++) {
            intakes.put(taken.get(i), new Intake.Taken(decisions.get(i)));
        }
        return requests.stream().map(intakes::get).toList();
    }

    /// Sends what was claimed in a transaction of somebody else's, after its commit.
    Report sendIntended(Submission submission, List<Decision> decisions) {
        return send(new Request(submission, Optional.empty()), decisions);
    }

    private Report send(Request request, List<Decision> decisions) {
        PayoutCounts.decided(decisions);
        var sending = new Sending(request.submission(), decisions);
        if (sending.hasOrders()) {
            underWay.add(sending);
            Thread.ofVirtual().name("send-payouts").start(Traces.carried(sending));
            sending.await(answerDue);
        }
        var report = sending.report();
        database.run(
                tx -> {
                    table.answered(tx, request.submission().id(), report.counts());
                    table.finish(tx, List.of(request.submission().id()), clock.instant());
                    request.key()
                            .ifPresent(
                                    key ->
                                            idempotency.finish(
                                                    tx,
                                                    key.identity(),
                                                    report.holds() ? 202 : 200,
                                                    report.json(false)));
                });
        return report;
    }

    /// Whether this node is on its way out: what it claims now it would not send.
    boolean isStopping() {
        return stopping;
    }

    /// How long a node may send after it claimed, unless it renews: two unanswered calls and a
    /// little.
    Duration lease() {
        return rail.terms().timeout().multipliedBy(2).plusSeconds(1);
    }

    private static boolean anyFails(Intake intake) {
        return intake instanceof Intake.Taken(var decisions)
                && decisions.stream()
                        .anyMatch(decision -> decision instanceof Decision.Final(Outcome.Failed _));
    }

    static Report preview(Submission submission, List<Decision> decisions) {
        var outcomes = new ArrayList<Outcome>(decisions.size());
        for (var decision : decisions) {
            outcomes.add(
                    switch (decision) {
                        case Decision.Final(var outcome) -> outcome;
                        case Decision.Send(var order) -> new Outcome.WouldPay(order.amountCents());
                        case Decision.SameAs(var earlier, var mismatch) ->
                                sameAs(outcomes.get(earlier), mismatch);
                    });
        }
        return report(submission, outcomes);
    }

    private static Report report(Submission submission, List<Outcome> outcomes) {
        var ids = submission.items().stream().map(Submission.Item::externalId).toList();
        return new Report(submission.batchId(), ids, outcomes);
    }

    /// An item whose external id stands earlier in the same list.
    private static Outcome sameAs(Outcome earlier, List<String> mismatch) {
        var status =
                switch (earlier) {
                    case Outcome.Paid _, Outcome.WouldPay _ -> Optional.<String>empty();
                    case Outcome.Failed _ -> Optional.of("failed");
                    case Outcome.Processing _ -> Optional.of("processing");
                    case Outcome.Held _ -> Optional.of("held");
                    case Outcome.Duplicate(_, var original, _) -> original;
                };
        return new Outcome.Duplicate(earlier.amountCents(), status, mismatch);
    }

    /// The part after the claim: hands the orders of one submission to the bank, chunk by chunk.
    private final class Sending implements Runnable {
        private final Submission submission;
        private final List<Decision> decisions;
        private final List<Integer> positions = new ArrayList<>();
        private final AtomicReferenceArray<Outcome> outcomes;
        private final CountDownLatch done = new CountDownLatch(1);
        private final AtomicInteger next = new AtomicInteger();
        // When each call to the bank that has not come back began, in nanoseconds.
        private final Set<Long> calls = ConcurrentHashMap.newKeySet();
        private Instant sendBy;

        Sending(Submission submission, List<Decision> decisions) {
            this.submission = submission;
            this.decisions = decisions;
            this.outcomes = new AtomicReferenceArray<>(decisions.size());
            // Earlier than what was committed is safe: the right to send is renewed sooner.
            this.sendBy = submission.receivedAt().plus(lease());
            for (var i = 0; i < decisions.size(); i++) {
                if (decisions.get(i) instanceof Decision.Send) {
                    positions.add(i);
                }
            }
        }

        boolean hasOrders() {
            return !positions.isEmpty();
        }

        @Override
        public void run() {
            Thread.ofVirtual().name("keep-right-to-send").start(this::keepRight);
            try {
                var lanes = new ArrayList<Thread>();
                for (var lane = 0; lane < Math.min(LANES, chunks()); lane++) {
                    lanes.add(
                            Thread.ofVirtual()
                                    .name("send-payouts-", lane)
                                    .start(Traces.carried(this::lane)));
                }
                for (var lane : lanes) {
                    lane.join();
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            } finally {
                done.countDown();
                underWay.remove(this);
            }
        }

        private void lane() {
            try {
                for (int chunk; (chunk = next.getAndIncrement()) < chunks(); ) {
                    if (stopping || !maySend()) {
                        return;
                    }
                    var start = chunk * CHUNK;
                    sendChunk(positions.subList(start, Math.min(start + CHUNK, positions.size())));
                }
            } catch (RuntimeException failed) {
                // Committed intents stay; the resolver asks the bank about them.
                LOG.warnf(failed, "submission %s was not sent to its end", submission.id());
            }
        }

        private int chunks() {
            return (positions.size() + CHUNK - 1) / CHUNK;
        }

        void await(Duration atMost) {
            try {
                done.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        Report report() {
            var all = new ArrayList<Outcome>(decisions.size());
            for (var i = 0; i < decisions.size(); i++) {
                var known = outcomes.get(i);
                all.add(
                        switch (decisions.get(i)) {
                            case Decision.Final(var outcome) -> outcome;
                            case Decision.Send(var order) ->
                                    known == null
                                            ? new Outcome.Processing(order.amountCents())
                                            : known;
                            case Decision.SameAs(var earlier, var mismatch) ->
                                    sameAs(all.get(earlier), mismatch);
                        });
            }
            return PayBatch.report(submission, all);
        }

        /// A slow database must not cost a living node its right to send: what it could not send
        /// would fail. A call that outlives its time-out does cost it: nobody knows when it ends.
        private void keepRight() {
            try {
                while (!done.await(lease().toMillis() / 4, TimeUnit.MILLISECONDS)) {
                    var timeoutNanos = rail.terms().timeout().toNanos();
                    var now = System.nanoTime();
                    var overdue = calls.stream().anyMatch(it -> now - it > timeoutNanos);
                    if (stopping || !overdue && !renew()) {
                        return;
                    }
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException unwell) {
                // The lanes ask for themselves.
                LOG.warnf(unwell, "the right to send %s was not renewed", submission.id());
            }
        }

        /// A call must end, at the latest by its time-out, while the right to send still holds,
        /// and leave time to write down what the bank said.
        private synchronized boolean maySend() {
            var now = clock.instant();
            if (now.plus(rail.terms().timeout().multipliedBy(2)).isBefore(sendBy)) {
                return true;
            }
            // The renewal may have waited, too.
            return renew() && clock.instant().plus(rail.terms().timeout()).isBefore(sendBy);
        }

        private synchronized boolean renew() {
            var renewed = clock.instant().plus(lease());
            if (!database.transaction(tx -> table.renew(tx, submission.id(), renewed))) {
                LOG.warnf("submission %s lost its right to send", submission.id());
                return false;
            }
            sendBy = renewed;
            return true;
        }

        private void sendChunk(List<Integer> chunk) {
            var orders = new ArrayList<Order>(chunk.size());
            var ids = new HashSet<String>(chunk.size() * 2);
            for (var position : chunk) {
                orders.add(order(position));
                ids.add(order(position).providerId());
            }
            var answers = ask(orders, ids);
            if (answers.size() < orders.size()) {
                LOG.warnf(
                        "the bank was silent about %d of %d payouts; it will be asked",
                        orders.size() - answers.size(), orders.size());
            }
            var ended = database.transaction(tx -> settle.settle(tx, answers));
            PayoutCounts.ended(ended.values());
            for (var position : chunk) {
                note(position, ended);
            }
        }

        private List<Answer> ask(List<Order> orders, Set<String> ids) {
            var began = System.nanoTime();
            calls.add(began);
            try {
                return rail.send(orders).stream()
                        // *Not found* says nothing in answer to a send, and only what was asked is
                        // answered.
                        .filter(answer -> !(answer.result() instanceof SendResult.NotFound))
                        .filter(answer -> ids.contains(answer.providerId()))
                        .toList();
            } catch (RuntimeException unanswered) {
                LOG.warnf(unanswered, "the bank did not answer for %d payouts", orders.size());
                return List.of();
            } finally {
                calls.remove(began);
            }
        }

        private void note(int position, Map<String, Ended> ended) {
            var end = ended.get(order(position).providerId());
            if (end != null) {
                outcomes.set(
                        position,
                        end.outcome().equals("paid")
                                ? new Outcome.Paid(end.amountCents())
                                : new Outcome.Failed(
                                        end.amountCents(), String.valueOf(end.reason())));
            }
        }

        private Order order(int position) {
            return ((Decision.Send) decisions.get(position)).order();
        }
    }
}
