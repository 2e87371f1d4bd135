package vintem.payments;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jdbi.v3.core.Handle;
import vintem.access.Caller;
import vintem.bank.PixRail;
import vintem.bank.PixRail.Incoming;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.ledger.Transfer;
import vintem.payments.ReceiptTable.Receipt;
import vintem.payments.RefundTable.Refund;
import vintem.platform.Database;
import vintem.platform.Errand;
import vintem.platform.Ids;
import vintem.platform.Outbox;
import vintem.platform.Words;

/// Asks the bank for what came in, for messages that never reached us, and books what the bank took
/// back by itself (MED). A webhook is a hint: this is what makes sure.
@Singleton
class BookIncoming implements Errand {
    private static final Logger LOG = Logger.getLogger(BookIncoming.class);
    private static final int MOST = 500;

    /// What one page comes to, for screens.
    private record Booked(
            int read, List<ConfirmPayment.Outcome> confirmed, Set<UUID> takenBackFrom) {}

    private final Database database;
    private final PaymentTable payments;
    private final ReceiptTable receipts;
    private final RefundTable refunds;
    private final ConfirmPayment confirmPayment;
    private final Ledger ledger;
    private final Outbox outbox;
    private final PixRail rail;
    private final Screens screens;
    private final Clock clock;

    @Inject
    BookIncoming(
            Database database,
            PaymentTable payments,
            ReceiptTable receipts,
            RefundTable refunds,
            ConfirmPayment confirmPayment,
            Ledger ledger,
            Outbox outbox,
            PixRail rail,
            Screens screens,
            Clock clock) {
        this.database = database;
        this.payments = payments;
        this.receipts = receipts;
        this.refunds = refunds;
        this.confirmPayment = confirmPayment;
        this.ledger = ledger;
        this.outbox = outbox;
        this.rail = rail;
        this.screens = screens;
        this.clock = clock;
    }

    @Scheduled(every = "2s", concurrentExecution = ConcurrentExecution.SKIP)
    void run() {
        while (book() >= MOST) {
            // More came in.
        }
    }

    @Override
    public Turn turn() {
        return Turn.BANK_NEWS;
    }

    @Override
    public void catchUp() {
        run();
    }

    /// Reads one page of what came in.
    ///
    /// @return how many are done with
    int book() {
        var place = database.transaction(receipts::place);
        var page = rail.incomingAfter(place, MOST);
        if (page.isEmpty()) {
            return 0;
        }
        var booked = database.transaction(tx -> book(tx, place, page));
        booked.confirmed().forEach(confirmPayment::show);
        booked.takenBackFrom().forEach(each -> screens.changed(each, "payment-refunded"));
        return booked.read();
    }

    private Booked book(Handle tx, long place, List<Incoming> page) {
        if (receipts.lockPlace(tx) != place) {
            // Another node was here.
            return new Booked(0, List.of(), Set.of());
        }
        var received = new ArrayList<ConfirmPayment.Message>();
        var takenBack = new ArrayList<Incoming.TakenBack>();
        for (var each : page) {
            switch (each) {
                case Incoming.Received it -> received.add(ConfirmPayment.message(it));
                case Incoming.TakenBack it -> takenBack.add(it);
            }
        }
        var outcomes = confirmPayment.confirm(tx, received);
        for (var i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) instanceof ConfirmPayment.Outcome.Contradiction) {
                // The books keep what was told first; `audit` shows the difference, this says
                // where.
                LOG.errorf(
                        "the bank's list has Pix %s with another value than it was told with",
                        received.get(i).endToEndId());
            }
        }
        var from = takenBack.isEmpty() ? Set.<UUID>of() : takeBack(tx, takenBack);
        receipts.moveTo(tx, page.getLast().place());
        return new Booked(page.size(), outcomes, from);
    }

    private Set<UUID> takeBack(Handle tx, List<Incoming.TakenBack> list) {
        // Locked: somebody may be matching one of them, and what it is then decides whose money
        // goes.
        var known =
                receipts.lockByEndToEndIds(
                        tx,
                        list.stream()
                                .map(Incoming.TakenBack::endToEndId)
                                .collect(Collectors.toSet()));
        var booked =
                refunds.lock(tx, list.stream().map(Incoming.TakenBack::refundId).toList()).stream()
                        .map(Refund::refundId)
                        .collect(Collectors.toSet());
        var purposes =
                payments.purposes(
                        tx,
                        known.values().stream()
                                .flatMap(it -> Optional.ofNullable(it.paymentId()).stream())
                                .toList());
        var rows = new ArrayList<Refund>();
        var transfers = new ArrayList<Transfer>();
        var cents = new HashMap<UUID, Long>();
        var unclaimed = new HashSet<UUID>();
        for (var each : list) {
            if (booked.contains(each.refundId())) {
                continue;
            }
            var receipt = known.get(each.endToEndId());
            if (receipt == null) {
                // It came in and went back before anybody told us of it.
                receipt = receivedBefore(tx, each, transfers);
                known.put(each.endToEndId(), receipt);
            }
            var ofPayment = List.of("confirmed", "matched").contains(receipt.status());
            var payment = ofPayment ? receipt.paymentId() : null;
            var purpose =
                    payment == null
                            ? AccountCode.UNIDENTIFIED
                            : RefundPayment.purpose(purposes.get(payment));
            rows.add(refund(each, receipt, payment, purpose));
            transfers.add(
                    Transfer.of(
                            purpose,
                            AccountCode.BANK,
                            each.amountCents(),
                            "refund_by_bank",
                            payment == null ? receipt.id() : payment,
                            each.takenBackAt()));
            if (payment != null) {
                cents.merge(payment, each.amountCents(), Math::addExact);
            } else {
                unclaimed.add(receipt.id());
            }
        }
        refunds.insert(tx, rows);
        receipts.followRefunds(tx, unclaimed, Caller.BANK.name(), clock.instant());
        var statuses = payments.refund(tx, cents);
        ledger.record(tx, transfers);
        outbox.publish(tx, rows.stream().flatMap(each -> news(each, statuses).stream()).toList());
        return cents.keySet();
    }

    private Receipt receivedBefore(Handle tx, Incoming.TakenBack back, List<Transfer> transfers) {
        var receipt =
                new Receipt(
                        Ids.next(),
                        back.endToEndId(),
                        null,
                        back.amountCents(),
                        back.takenBackAt(),
                        "unidentified",
                        ConfirmPayment.NO_TXID,
                        null,
                        null,
                        null);
        receipts.add(tx, List.of(receipt));
        transfers.add(
                Transfer.of(
                        AccountCode.BANK,
                        AccountCode.UNIDENTIFIED,
                        back.amountCents(),
                        "receipt_unidentified",
                        receipt.id(),
                        back.takenBackAt()));
        return receipt;
    }

    private Refund refund(
            Incoming.TakenBack back,
            Receipt receipt,
            @org.jspecify.annotations.Nullable UUID paymentId,
            AccountCode purpose) {
        var at = back.takenBackAt();
        return new Refund(
                Ids.next(),
                back.refundId(),
                receipt.id(),
                paymentId,
                back.endToEndId(),
                back.amountCents(),
                purpose.code(),
                "done",
                null,
                null,
                true,
                Caller.BANK.id(),
                LocalDate.ofInstant(at, Words.SAO_PAULO),
                Caller.BANK.name(),
                at,
                at,
                at,
                0,
                at);
    }

    private static List<Outbox.News> news(Refund refund, Map<UUID, String> statuses) {
        return refund.paymentId() == null
                ? List.of()
                : List.of(
                        new PaymentEvent.Refunded(
                                        refund.paymentId(),
                                        refund.refundId(),
                                        refund.purpose(),
                                        refund.amountCents(),
                                        true,
                                        "refunded".equals(statuses.get(refund.paymentId())))
                                .news());
    }
}
