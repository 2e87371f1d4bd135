package vintem.payments;

import static vintem.platform.Sheet.instant;
import static vintem.platform.Sheet.money;
import static vintem.platform.Sheet.text;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Role;
import vintem.payments.PaymentLookupTable.Filter;
import vintem.platform.Database;
import vintem.platform.ExportedList;
import vintem.platform.Sheet;

/// The lists of payments as spreadsheets.
@Singleton
class PaymentLists implements ExportedList.Source {
    private final PaymentLookupTable lookups;
    private final ReceiptTable receipts;
    private final RefundTable refunds;
    private final Database database;
    private final Asking asking;
    private final Clock clock;

    @Inject
    PaymentLists(
            PaymentLookupTable lookups,
            ReceiptTable receipts,
            RefundTable refunds,
            Database database,
            Asking asking,
            Clock clock) {
        this.lookups = lookups;
        this.receipts = receipts;
        this.refunds = refunds;
        this.database = database;
        this.asking = asking;
        this.clock = clock;
    }

    @Override
    public List<ExportedList> lists() {
        return List.of(
                new ExportedList(
                        "payments",
                        this::isOpen,
                        Set.of("status", "q", "from", "until"),
                        this::payments),
                new ExportedList("unmatched", this::isOpen, Set.of(), _ -> unmatched()),
                new ExportedList("refunds", this::isOpen, Set.of(), _ -> refunds()));
    }

    private boolean isOpen() {
        return asking.caller().may(Capability.PAYMENTS, Role.READ);
    }

    private Sheet<Payment> payments(ExportedList.Filters given) {
        var now = clock.instant();
        var filter =
                PaymentsHttp.filter(
                        given.get("status"), given.get("q"), given.get("from"), given.get("until"));
        return new Sheet<>(
                List.of(
                        instant("created", Payment::createdAt),
                        text("reference", Payment::reference),
                        text("description", Payment::description),
                        money("amount", Payment::amountCents),
                        text("status", it -> it.statusAt(now)),
                        instant("paid_at", Payment::paidAt),
                        money("paid", Payment::paidCents),
                        money("refunded", Payment::refundedCents),
                        text("payer", Payment::payerName),
                        text("tax_id", it -> PaymentsHttp.masked(it.payerTaxId())),
                        text("end_to_end_id", Payment::endToEndId),
                        text("txid", Payment::txid),
                        instant("expires", Payment::expiresAt),
                        text("id", Payment::id)),
                Sheet.pages(
                        last ->
                                database.transaction(
                                        tx ->
                                                lookups.list(
                                                        tx,
                                                        new Filter(
                                                                filter.status(),
                                                                filter.id(),
                                                                filter.from(),
                                                                filter.until(),
                                                                last == null ? null : last.id()),
                                                        now,
                                                        Sheet.AT_ONCE))));
    }

    private Sheet<ReceiptTable.Receipt> unmatched() {
        return new Sheet<>(
                List.of(
                        instant("received", ReceiptTable.Receipt::receivedAt),
                        money("amount", ReceiptTable.Receipt::amountCents),
                        text("status", ReceiptTable.Receipt::status),
                        text("reason", ReceiptTable.Receipt::reason),
                        text("end_to_end_id", ReceiptTable.Receipt::endToEndId),
                        text("txid", ReceiptTable.Receipt::txid),
                        text("id", ReceiptTable.Receipt::id)),
                Sheet.pages(
                        last ->
                                database.transaction(
                                        tx ->
                                                receipts.queue(
                                                        tx,
                                                        UnmatchedHttp.WAITING,
                                                        last == null ? null : last.id(),
                                                        Sheet.AT_ONCE))));
    }

    private Sheet<RefundTable.Refund> refunds() {
        return new Sheet<>(
                List.of(
                        instant("created", RefundTable.Refund::createdAt),
                        money("amount", RefundTable.Refund::amountCents),
                        text("status", RefundTable.Refund::status),
                        text("reason", RefundTable.Refund::reason),
                        text("description", RefundTable.Refund::description),
                        text("by_bank", it -> it.byBank() ? "MED" : null),
                        text("by", RefundTable.Refund::requestedBy),
                        instant("ended", RefundTable.Refund::endedAt),
                        text("end_to_end_id", RefundTable.Refund::endToEndId),
                        text("refund_id", RefundTable.Refund::refundId),
                        text("payment_id", RefundTable.Refund::paymentId),
                        text("id", RefundTable.Refund::id)),
                Sheet.pages(
                        last ->
                                database.transaction(
                                        tx ->
                                                refunds.list(
                                                        tx,
                                                        last == null ? new UUID(-1, -1) : last.id(),
                                                        Sheet.AT_ONCE))));
    }
}
