package vintem.payouts;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jdbi.v3.core.Handle;
import vintem.access.Spending;
import vintem.bank.PixRail.Answer;
import vintem.bank.SendResult;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.ledger.Transfer;
import vintem.payouts.PayoutTable.BatchCount;
import vintem.payouts.PayoutTable.Ended;
import vintem.payouts.PayoutTable.Ending;
import vintem.platform.Outbox;

/// Commits what the bank said of a list of orders, whoever asked it: the sender or the resolver.
///
/// Safe twice: an attempt ends once, and only its end moves money.
@Singleton
class SettlePayouts {
    private static final Logger LOG = Logger.getLogger(SettlePayouts.class);

    private static final String PAID = "paid";

    private record Spent(UUID credentialId, LocalDate day) {}

    private final PayoutTable table;
    private final Ledger ledger;
    private final Outbox outbox;
    private final Spending spending;
    private final Clock clock;

    @Inject
    SettlePayouts(PayoutTable table, Ledger ledger, Outbox outbox, Spending spending, Clock clock) {
        this.table = table;
        this.ledger = ledger;
        this.outbox = outbox;
        this.spending = spending;
        this.clock = clock;
    }

    /// Ends the attempts that these answers end. *Unknown* ends none; *not found* does: only the
    /// resolver may pass it on, and only after the bank's visibility window.
    ///
    /// @return what ended now, by provider id
    Map<String, Ended> settle(Handle tx, List<Answer> answers) {
        var endings = endings(answers);
        if (endings.isEmpty()) {
            return Map.of();
        }
        var ended = table.end(tx, endings);
        var facts = new Facts();
        ended.forEach(facts::ended);
        if (ended.size() < endings.size()) {
            paymentsOfClosedAttempts(tx, endings, facts);
        }
        giveBackSpending(tx, ended);
        ledger.record(tx, facts.transfers);
        outbox.publish(tx, facts.news);
        table.count(tx, facts.counts.values());
        return facts.byProviderId;
    }

    /// The bank paid what we had given up: it really left the account, so it is booked, and a
    /// person must look.
    private void paymentsOfClosedAttempts(Handle tx, List<Ending> endings, Facts facts) {
        var payments = new HashMap<String, Ending>();
        for (var ending : endings) {
            if (ending.outcome().equals(PAID)
                    && !facts.byProviderId.containsKey(ending.providerId())) {
                payments.put(ending.providerId(), ending);
            }
        }
        if (payments.isEmpty()) {
            return;
        }
        var allClosed = table.closedOtherwise(tx, List.copyOf(payments.values()));
        if (!allClosed.isEmpty()) {
            LOG.errorf("the bank paid %d payouts that were closed as not paid", allClosed.size());
        }
        for (var closed : allClosed) {
            var payment = payments.get(closed.providerId());
            if (payment == null) {
                continue;
            }
            table.reopenAsPaid(tx, payment);
            var wasFailed = table.markPaid(tx, closed.id(), payment.endedAt());
            facts.paidAfterClosed(closed, payment, wasFailed);
        }
    }

    /// What a list of answers comes to: written together, in the order in which locks are taken.
    private static final class Facts {
        private final List<Transfer> transfers = new ArrayList<>();
        private final List<Outbox.News> news = new ArrayList<>();
        private final Map<String, BatchCount> counts = new TreeMap<>();
        private final Map<String, Ended> byProviderId = new HashMap<>();

        void ended(Ended ended) {
            byProviderId.put(ended.providerId(), ended);
            transfers.add(transfer(ended));
            news.add(event(ended).news());
            var paid = isPaid(ended) ? 1 : 0;
            count(new BatchCount(ended.batchId(), 0, paid, 1 - paid, 0));
        }

        void paidAfterClosed(Ended closed, Ending payment, boolean wasFailed) {
            transfers.add(
                    Transfer.of(
                            purpose(closed),
                            AccountCode.BANK,
                            closed.amountCents(),
                            "payout_paid_after_closed",
                            closed.id(),
                            payment.endedAt()));
            news.add(
                    new PayoutEvent.PaidAfterClosed(
                                    closed.id(),
                                    closed.externalId(),
                                    closed.amountCents(),
                                    closed.providerId(),
                                    payment.endToEndId())
                            .news());
            if (wasFailed) {
                count(new BatchCount(closed.batchId(), 0, 1, -1, 0));
            }
        }

        private void count(BatchCount count) {
            counts.merge(count.batchId(), count, BatchCount::plus);
        }
    }

    private void giveBackSpending(Handle tx, List<Ended> ended) {
        var unspent =
                new TreeMap<Spent, Long>(
                        Comparator.comparing(Spent::credentialId).thenComparing(Spent::day));
        for (var each : ended) {
            if (!isPaid(each)) {
                var spent = new Spent(each.credentialId(), each.spendingDay());
                unspent.merge(spent, each.amountCents(), Math::addExact);
            }
        }
        unspent.forEach(
                (spent, cents) -> spending.giveBack(tx, spent.credentialId(), spent.day(), cents));
    }

    /// One ending per order at most, by the weightiest of its answers.
    private List<Ending> endings(List<Answer> answers) {
        var now = clock.instant();
        var weightiest = new LinkedHashMap<String, Answer>(answers.size() * 2);
        for (var answer : answers) {
            weightiest.merge(
                    answer.providerId(),
                    answer,
                    (one, other) -> weight(other) > weight(one) ? other : one);
        }
        var endings = new ArrayList<Ending>(answers.size());
        for (var answer : weightiest.values()) {
            if (!(answer.result() instanceof SendResult.Unknown)) {
                ending(answer, now).ifPresent(endings::add);
            }
        }
        return endings;
    }

    /// Where a bank contradicts itself, *paid* counts: money that moved cannot be talked away. And
    /// who has ever heard of an order cannot have lost it.
    private static int weight(Answer answer) {
        return switch (answer.result()) {
            case SendResult.Paid _ -> 3;
            case SendResult.Refused _ -> 2;
            case SendResult.Unknown _ -> 1;
            case SendResult.NotFound _ -> 0;
        };
    }

    private static Optional<Ending> ending(Answer answer, Instant now) {
        var id = answer.providerId();
        var payoutId = ProviderId.parse(id).map(ProviderId::payoutId);
        return payoutId.map(
                payout ->
                        switch (answer.result()) {
                            case SendResult.Paid(var endToEndId, var at) ->
                                    new Ending(id, payout, PAID, null, endToEndId, at);
                            case SendResult.Refused(var reason) ->
                                    new Ending(id, payout, "refused", reason, null, now);
                            case SendResult.NotFound() ->
                                    new Ending(
                                            id,
                                            payout,
                                            Outcome.NOT_RECEIVED,
                                            Outcome.NOT_RECEIVED,
                                            null,
                                            now);
                            case SendResult.Unknown() ->
                                    throw new IllegalArgumentException("unknown ends nothing");
                        });
    }

    private static Transfer transfer(Ended ended) {
        return isPaid(ended)
                ? Transfer.of(
                        purpose(ended),
                        AccountCode.IN_TRANSIT,
                        ended.amountCents(),
                        "payout_settled",
                        ended.id(),
                        ended.endedAt())
                : Transfer.of(
                        AccountCode.BANK,
                        AccountCode.IN_TRANSIT,
                        ended.amountCents(),
                        "payout_reversed",
                        ended.id(),
                        ended.endedAt());
    }

    private static PayoutEvent event(Ended ended) {
        return isPaid(ended)
                ? new PayoutEvent.Paid(
                        ended.id(),
                        ended.externalId(),
                        ended.batchId(),
                        ended.amountCents(),
                        String.valueOf(ended.endToEndId()))
                : new PayoutEvent.Failed(
                        ended.id(),
                        ended.externalId(),
                        ended.batchId(),
                        ended.amountCents(),
                        String.valueOf(ended.reason()));
    }

    private static AccountCode purpose(Ended ended) {
        return AccountCode.of(ended.purpose()).orElseThrow();
    }

    private static boolean isPaid(Ended ended) {
        return ended.outcome().equals(PAID);
    }
}
