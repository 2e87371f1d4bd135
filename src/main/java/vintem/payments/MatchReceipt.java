package vintem.payments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.ledger.Transfer;
import vintem.payments.PaymentTable.Paid;
import vintem.platform.Cents;
import vintem.platform.Database;
import vintem.platform.Outbox;

/// A person says whose the money is that nobody claimed, or that a message was about none.
@Singleton
public class MatchReceipt {
    public sealed interface Outcome {
        record Matched(UUID paymentId) implements Outcome {}

        record Dismissed() implements Outcome {}

        record NoSuchReceipt() implements Outcome {}

        record NoSuchPayment() implements Outcome {}

        /// Somebody else decided it before, or it is no money at all.
        record NotWaiting(String status) implements Outcome {}

        record PaidAlready() implements Outcome {}
    }

    private final Database database;
    private final PaymentTable payments;
    private final ReceiptTable receipts;
    private final RefundTable refunds;
    private final Ledger ledger;
    private final Outbox outbox;
    private final AccessLog log;
    private final Screens screens;
    private final Clock clock;

    @Inject
    MatchReceipt(
            Database database,
            PaymentTable payments,
            ReceiptTable receipts,
            RefundTable refunds,
            Ledger ledger,
            Outbox outbox,
            AccessLog log,
            Screens screens,
            Clock clock) {
        this.database = database;
        this.payments = payments;
        this.receipts = receipts;
        this.refunds = refunds;
        this.ledger = ledger;
        this.outbox = outbox;
        this.log = log;
        this.screens = screens;
        this.clock = clock;
    }

    /// Makes a payment paid by a receipt, whatever the amount: the person has looked. A payment
    /// that had expired or was removed is paid all the same.
    public Outcome match(Caller caller, UUID receiptId, UUID paymentId) {
        var outcome = database.transaction(tx -> match(tx, caller, receiptId, paymentId));
        if (outcome instanceof Outcome.Matched) {
            screens.changed(paymentId, "payment-confirmed");
        }
        return outcome;
    }

    private Outcome match(
            org.jdbi.v3.core.Handle tx, Caller caller, UUID receiptId, UUID paymentId) {
        // The receipt first, as whoever gives it back does.
        var receipt = receipts.lock(tx, receiptId);
        var payment = payments.lock(tx, paymentId);
        if (receipt.isEmpty()) {
            return new Outcome.NoSuchReceipt();
        }
        if (payment.isEmpty()) {
            return new Outcome.NoSuchPayment();
        }
        var money = receipt.get();
        var paid = payment.get();
        if (!money.status().equals("unidentified")) {
            return money.status().equals("matched") && paymentId.equals(money.paymentId())
                    ? new Outcome.Matched(paymentId)
                    : new Outcome.NotWaiting(money.status());
        }
        if (paid.paidAt() != null) {
            return new Outcome.PaidAlready();
        }
        var now = clock.instant();
        var cents = money.amountCents() - RefundTable.sum(refunds.ofReceipt(tx, receiptId), "done");
        if (cents <= 0) {
            return new Outcome.NotWaiting("refunded");
        }
        var late = money.receivedAt().isAfter(paid.expiresAt());
        receipts.decide(tx, receiptId, "matched", paymentId, caller.name(), now);
        payments.pay(
                tx,
                List.of(new Paid(paymentId, money.receivedAt(), cents, late, money.endToEndId())));
        ledger.record(
                tx,
                List.of(
                        Transfer.of(
                                AccountCode.UNIDENTIFIED,
                                AccountCode.of(paid.purpose()).orElseThrow(),
                                cents,
                                "receipt_matched",
                                paymentId,
                                now)));
        outbox.publish(
                tx,
                List.of(
                        new PaymentEvent.Confirmed(
                                        paymentId,
                                        paid.txid(),
                                        paid.purpose(),
                                        paid.amountCents(),
                                        cents,
                                        late,
                                        money.endToEndId())
                                .news()));
        log.record(
                tx,
                caller,
                "receipt.matched",
                receiptId.toString(),
                "%s to payment %s".formatted(Cents.format(cents), paymentId));
        return new Outcome.Matched(paymentId);
    }

    /// Puts a message aside that told of no money.
    public Outcome dismiss(Caller caller, UUID receiptId) {
        return database.transaction(
                tx -> {
                    var receipt = receipts.lock(tx, receiptId);
                    if (receipt.isEmpty()) {
                        return new Outcome.NoSuchReceipt();
                    }
                    var status = Objects.requireNonNull(receipt.get()).status();
                    if (status.equals("dismissed")) {
                        return new Outcome.Dismissed();
                    }
                    if (!status.equals("noted")) {
                        return new Outcome.NotWaiting(status);
                    }
                    receipts.decide(
                            tx, receiptId, "dismissed", null, caller.name(), clock.instant());
                    log.record(tx, caller, "receipt.dismissed", receiptId.toString(), "");
                    return new Outcome.Dismissed();
                });
    }
}
