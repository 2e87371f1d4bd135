package vintem.payments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.Caller;
import vintem.access.Spending;
import vintem.bank.PixRail.Answer;
import vintem.bank.SendResult;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.ledger.Transfer;
import vintem.payments.RefundTable.Ending;
import vintem.payments.RefundTable.Refund;
import vintem.platform.Outbox;

/// Commits what the bank said of refunds, whoever asked it. Safe twice: a refund ends once, and
/// only its end moves money.
@Singleton
class SettleRefunds {
    private static final Logger LOG = Logger.getLogger(SettleRefunds.class);

    private static final String DONE = "done";
    private static final String FAILED = "failed";
    private static final String NOT_RECEIVED = "not_received";

    private final PaymentTable payments;
    private final ReceiptTable receipts;
    private final RefundTable table;
    private final Ledger ledger;
    private final Outbox outbox;
    private final Spending spending;
    private final Screens screens;
    private final Clock clock;

    @Inject
    SettleRefunds(
            PaymentTable payments,
            ReceiptTable receipts,
            RefundTable table,
            Ledger ledger,
            Outbox outbox,
            Spending spending,
            Screens screens,
            Clock clock) {
        this.payments = payments;
        this.receipts = receipts;
        this.table = table;
        this.ledger = ledger;
        this.outbox = outbox;
        this.spending = spending;
        this.screens = screens;
        this.clock = clock;
    }

    /// Ends what these answers end. *Unknown* ends nothing; *not found* does: only the resolver may
    /// pass it on, and only after the bank's visibility window.
    ///
    /// @return what ended now
    List<Refund> settle(Handle tx, List<Answer> answers) {
        var results = new LinkedHashMap<String, SendResult>();
        for (var answer : answers) {
            // Where a bank contradicts itself, *paid* counts: money that moved cannot be talked
            // away.
            results.merge(
                    answer.providerId(),
                    answer.result(),
                    (one, other) -> one instanceof SendResult.Paid ? one : other);
        }
        var endings = new ArrayList<Ending>();
        var transfers = new ArrayList<Transfer>();
        var reserved = new HashMap<UUID, Long>();
        for (var refund : table.lock(tx, results.keySet())) {
            var ending = ending(refund, Objects.requireNonNull(results.get(refund.refundId())));
            if (ending != null) {
                endings.add(ending);
                transfers.add(transfer(ending));
                reserve(reserved, ending);
            }
        }
        if (endings.isEmpty()) {
            return List.of();
        }
        table.end(tx, endings);
        var statuses = payments.refund(tx, reserved);
        receipts.followRefunds(
                tx,
                endings.stream()
                        .filter(each -> each.refund().paymentId() == null)
                        .map(each -> each.refund().receiptId())
                        .collect(Collectors.toSet()),
                Caller.SYSTEM.name(),
                clock.instant());
        giveBackSpending(tx, endings);
        ledger.record(tx, transfers);
        outbox.publish(
                tx, endings.stream().flatMap(each -> news(each, statuses).stream()).toList());
        return endings.stream().map(Ending::refund).toList();
    }

    /// Tells whoever looks, after the commit.
    void show(List<Refund> refunds) {
        for (var refund : refunds) {
            if (refund.paymentId() != null) {
                screens.changed(refund.paymentId(), "payment-refunded");
            }
        }
    }

    private @Nullable Ending ending(Refund refund, SendResult result) {
        var now = clock.instant();
        var open = refund.status().equals("processing");
        return switch (result) {
            case SendResult.Paid(_, var at) -> {
                if (refund.status().equals(FAILED)) {
                    LOG.errorf("the bank paid refund %s, which was closed", refund.refundId());
                }
                yield refund.status().equals(DONE) ? null : new Ending(refund, DONE, null, at);
            }
            case SendResult.Refused(var reason) ->
                    open ? new Ending(refund, FAILED, reason, now) : null;
            case SendResult.NotFound() ->
                    open ? new Ending(refund, FAILED, NOT_RECEIVED, now) : null;
            case SendResult.Unknown() -> null;
        };
    }

    /// What was reserved of the payment when it was intended comes back where it failed, and is
    /// taken again where a bank pays what had failed.
    private static void reserve(Map<UUID, Long> reserved, Ending ending) {
        var refund = ending.refund();
        if (refund.paymentId() == null) {
            return;
        }
        var reopened = refund.status().equals(FAILED);
        var cents =
                ending.status().equals(FAILED)
                        ? -refund.amountCents()
                        : reopened ? refund.amountCents() : 0;
        reserved.merge(refund.paymentId(), cents, Math::addExact);
    }

    private void giveBackSpending(Handle tx, List<Ending> endings) {
        for (var ending : endings) {
            if (ending.status().equals(FAILED)) {
                var refund = ending.refund();
                spending.giveBack(
                        tx, refund.credentialId(), refund.spendingDay(), refund.amountCents());
            }
        }
    }

    private static Transfer transfer(Ending ending) {
        var refund = ending.refund();
        var subject = refund.paymentId() == null ? refund.receiptId() : refund.paymentId();
        var purpose = AccountCode.of(refund.purpose()).orElseThrow();
        if (ending.status().equals(FAILED)) {
            return transfer(
                    AccountCode.BANK, AccountCode.IN_TRANSIT, "refund_reversed", ending, subject);
        }
        return refund.status().equals(FAILED)
                // It came back to `bank` when it failed, and has left from there after all.
                ? transfer(purpose, AccountCode.BANK, "refund_paid_after_closed", ending, subject)
                : transfer(purpose, AccountCode.IN_TRANSIT, "refund_settled", ending, subject);
    }

    private static Transfer transfer(
            AccountCode debit, AccountCode credit, String kind, Ending ending, UUID subject) {
        Instant at = ending.at();
        return Transfer.of(debit, credit, ending.refund().amountCents(), kind, subject, at);
    }

    private static List<Outbox.News> news(Ending ending, Map<UUID, String> statuses) {
        var refund = ending.refund();
        if (refund.paymentId() == null) {
            return List.of();
        }
        var event =
                ending.status().equals(DONE)
                        ? new PaymentEvent.Refunded(
                                refund.paymentId(),
                                refund.refundId(),
                                refund.purpose(),
                                refund.amountCents(),
                                false,
                                "refunded".equals(statuses.get(refund.paymentId())))
                        : new PaymentEvent.RefundFailed(
                                refund.paymentId(),
                                refund.refundId(),
                                refund.amountCents(),
                                String.valueOf(ending.reason()));
        return List.of(event.news());
    }
}
