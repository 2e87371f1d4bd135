package vintem.payouts;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        giveBackSpending(tx, ended);
        var transfers = new ArrayList<Transfer>(ended.size());
        var news = new ArrayList<Outbox.News>(ended.size());
        var counts = new TreeMap<String, BatchCount>();
        var byProviderId = new HashMap<String, Ended>();
        for (var each : ended) {
            byProviderId.put(each.providerId(), each);
            transfers.add(transfer(each));
            news.add(event(each).news());
            var paid = isPaid(each) ? 1 : 0;
            var count = new BatchCount(each.batchId(), 0, paid, 1 - paid, 0);
            counts.merge(each.batchId(), count, BatchCount::plus);
        }
        ledger.record(tx, transfers);
        outbox.publish(tx, news);
        if (ended.size() < endings.size()) {
            bookPaymentsOfClosedAttempts(tx, endings, byProviderId, counts);
        }
        table.count(tx, counts.values());
        return byProviderId;
    }

    /// The bank paid what we had given up: it really left the account, so it is booked, and a
    /// person must look.
    private void bookPaymentsOfClosedAttempts(
            Handle tx,
            List<Ending> endings,
            Map<String, Ended> ended,
            Map<String, BatchCount> counts) {
        var payments =
                endings.stream()
                        .filter(each -> each.outcome().equals("paid"))
                        .filter(each -> !ended.containsKey(each.providerId()))
                        .toList();
        if (payments.isEmpty()) {
            return;
        }
        var byProviderId = new HashMap<String, Ending>();
        payments.forEach(each -> byProviderId.put(each.providerId(), each));
        var transfers = new ArrayList<Transfer>();
        var news = new ArrayList<Outbox.News>();
        for (var closed : table.closedOtherwise(tx, payments)) {
            var payment = byProviderId.get(closed.providerId());
            if (payment == null) {
                continue;
            }
            table.reopenAsPaid(tx, payment);
            if (table.markPaid(tx, closed.id(), payment.endedAt())) {
                var count = new BatchCount(closed.batchId(), 0, 1, -1, 0);
                counts.merge(closed.batchId(), count, BatchCount::plus);
            }
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
        }
        if (!news.isEmpty()) {
            LOG.errorf("the bank paid %d payouts that were closed as not paid", news.size());
            ledger.record(tx, transfers);
            outbox.publish(tx, news);
        }
    }

    private void giveBackSpending(Handle tx, List<Ended> ended) {
        var unspent =
                new TreeMap<Spent, Long>(
                        java.util.Comparator.comparing(Spent::credentialId)
                                .thenComparing(Spent::day));
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

    private static java.util.Optional<Ending> ending(Answer answer, Instant now) {
        var id = answer.providerId();
        var payoutId = ProviderId.parse(id).map(ProviderId::payoutId);
        return payoutId.map(
                payout ->
                        switch (answer.result()) {
                            case SendResult.Paid(var endToEndId, var at) ->
                                    new Ending(id, payout, "paid", null, endToEndId, at);
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
        return ended.outcome().equals("paid");
    }
}
