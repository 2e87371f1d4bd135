package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import vintem.billing.ChargeRefundTable.Left;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.ledger.Transfer;
import vintem.payments.PaymentEvent;
import vintem.platform.Broadcast;
import vintem.platform.Ids;
import vintem.platform.Outbox;

/// Books what went back of Pix payments for charges, by us or by the bank (MED).
///
/// Whichever payment it was of, it takes the debtor's credit first: of a charge that was paid twice
/// one payment goes back and the other stays. Then it takes what was paid of the principal, which
/// is owed again, together with a discount that had come with it: the charge is open again. Late
/// income goes last. A cancelled charge stays cancelled: what it had been paid in part is not
/// billed any more either.
///
/// Payments took the money out of `clearing:billing`; here it comes back there. Locks charges by
/// id, then files.
@Singleton
class BookRefunds {
    static final String REFUNDED = "charge_refunded";
    static final String LATE_REFUNDED = "charge_late_refunded";
    static final String CREDIT_REFUNDED = "charge_credit_refunded";
    static final String DISCOUNT_ENDED = "charge_discount_ended";

    private final ChargeTable charges;
    private final ChargeRefundTable table;
    private final ChargePix chargePix;
    private final DebtFileTable files;
    private final Ledger ledger;
    private final Outbox outbox;
    private final Broadcast broadcast;
    private final Clock clock;

    @Inject
    BookRefunds(
            ChargeTable charges,
            ChargeRefundTable table,
            ChargePix chargePix,
            DebtFileTable files,
            Ledger ledger,
            Outbox outbox,
            Broadcast broadcast,
            Clock clock) {
        this.charges = charges;
        this.table = table;
        this.chargePix = chargePix;
        this.files = files;
        this.ledger = ledger;
        this.outbox = outbox;
        this.broadcast = broadcast;
        this.clock = clock;
    }

    /// @param refunds of payments that have settled their charges; those that are booked already
    ///     change nothing
    /// @param chargeOf the charge of each payment
    void book(Handle tx, List<PaymentEvent.Refunded> refunds, Map<UUID, UUID> chargeOf) {
        var booking = new Booking(tx, charges.lock(tx, Set.copyOf(chargeOf.values())));
        // Read under the locks: whoever booked one of them has committed.
        var known = table.known(tx, refunds.stream().map(PaymentEvent.Refunded::refundId).toList());
        for (var each : refunds) {
            if (!known.contains(each.refundId()) && !booking.has(each.refundId())) {
                booking.book(each, chargeOf.get(each.paymentId()));
            }
        }
        booking.write();
    }

    private final class Booking {
        private final Handle tx;
        private final Map<UUID, Charge> byId;
        private final Map<UUID, Left> left;
        private final Map<String, ChargeRefund> booked = new LinkedHashMap<>();
        private final Map<UUID, Charge> changed = new LinkedHashMap<>();
        private final List<Transfer> transfers = new ArrayList<>();
        private final List<Outbox.News> news = new ArrayList<>();
        private final Map<UUID, Integer> paidOfFiles = new TreeMap<>();
        private final Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);

        Booking(Handle tx, Map<UUID, Charge> byId) {
            this.tx = tx;
            this.byId = byId;
            left = new HashMap<>(table.left(tx, byId.keySet()));
        }

        boolean has(String refundId) {
            return booked.containsKey(refundId);
        }

        void book(PaymentEvent.Refunded event, UUID chargeId) {
            var charge = byId.get(chargeId);
            var beside = left.getOrDefault(chargeId, Left.NOTHING);
            var credit = Math.min(event.amountCents(), beside.creditCents());
            var principal = Math.min(event.amountCents() - credit, charge.debt().paidCents());
            var refund =
                    new ChargeRefund(
                            Ids.next(),
                            event.refundId(),
                            chargeId,
                            event.paymentId(),
                            event.amountCents(),
                            principal,
                            event.amountCents() - credit - principal,
                            credit,
                            principal == 0 ? 0 : charge.debt().discountCents(),
                            event.byBank(),
                            now);
            booked.put(refund.refundId(), refund);
            left.put(
                    chargeId,
                    new Left(
                            beside.creditCents() - credit,
                            beside.lateCents() - refund.lateCents()));
            move(refund, charge);
            var after = charge.givenBack(principal, now);
            if (after != charge) {
                byId.put(chargeId, after);
                changed.put(chargeId, after);
                if (charge.status() == ChargeStatus.PAID && charge.fileId() != null) {
                    paidOfFiles.merge(charge.fileId(), -1, Integer::sum);
                }
            }
            news.add(
                    new ChargeEvent.Refunded(
                                    chargeId,
                                    charge.debtId(),
                                    refund.paymentId(),
                                    refund.refundId(),
                                    refund.amountCents(),
                                    refund.principalCents(),
                                    refund.lateCents(),
                                    refund.creditCents(),
                                    refund.byBank(),
                                    after.status().word())
                            .news());
        }

        private void move(ChargeRefund refund, Charge charge) {
            var clearing = AccountCode.CLEARING_BILLING;
            var billed = charge.billed().account();
            var principal = refund.principalCents();
            move(
                    refund,
                    AccountCode.DEBTOR_CREDIT,
                    clearing,
                    refund.creditCents(),
                    CREDIT_REFUNDED);
            move(refund, AccountCode.RECEIVABLE, clearing, principal, REFUNDED);
            move(refund, AccountCode.LATE_INCOME, clearing, refund.lateCents(), LATE_REFUNDED);
            move(refund, AccountCode.RECEIVABLE, billed, refund.discountCents(), DISCOUNT_ENDED);
            if (charge.status() == ChargeStatus.CANCELLED) {
                move(refund, billed, AccountCode.RECEIVABLE, principal, CancelCharges.KIND);
            }
        }

        /// One leg; all legs of one refund are one entry, which has its id.
        private void move(
                ChargeRefund refund,
                AccountCode debit,
                AccountCode credit,
                long cents,
                String kind) {
            if (cents > 0) {
                transfers.add(
                        new Transfer(
                                Ids.next(),
                                refund.id(),
                                debit,
                                credit,
                                cents,
                                kind,
                                refund.chargeId(),
                                now));
            }
        }

        void write() {
            if (booked.isEmpty()) {
                return;
            }
            table.insert(tx, List.copyOf(booked.values()));
            charges.change(tx, changed.values());
            // Another amount is owed from now on: the code that is shown is for the old one.
            chargePix.end(tx, changed.keySet());
            ledger.record(tx, transfers);
            outbox.publish(tx, news);
            files.countPaid(tx, paidOfFiles);
            var those = byId.keySet();
            tx.afterCommit(() -> those.forEach(BookRefunds.this::show));
        }
    }

    private void show(UUID chargeId) {
        broadcast.tell(BookSettlements.topic(chargeId), BookSettlements.CHANGED);
    }
}
