package vintem.payments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.jdbi.v3.core.Handle;
import vintem.bank.BankBooks;
import vintem.bank.UnderWay;
import vintem.payments.PaymentLookupTable.OpenRefund;

/// Refunds that the bank has not answered for, and what came in there and is not read yet.
@Singleton
class PaymentsUnderWay implements UnderWay {
    private final PaymentLookupTable table;
    private final ReceiptTable receipts;
    private final BankBooks bank;

    @Inject
    PaymentsUnderWay(PaymentLookupTable table, ReceiptTable receipts, BankBooks bank) {
        this.table = table;
        this.receipts = receipts;
        this.bank = bank;
    }

    @Override
    public long inTransitCents(Handle snapshot) {
        return table.openRefunds(snapshot).stream().mapToLong(OpenRefund::amountCents).sum();
    }

    @Override
    public long aheadAtBankCents(Handle snapshot) {
        var open = table.openRefunds(snapshot);
        var left = bank.refunded(snapshot, open.stream().map(OpenRefund::refundId).toList());
        var notLeftYet =
                open.stream()
                        .filter(each -> !left.contains(each.refundId()))
                        .mapToLong(OpenRefund::amountCents)
                        .sum();
        var incoming = bank.incomingAfterCents(snapshot, receipts.place(snapshot));
        incoming.keySet().removeAll(table.booked(snapshot, incoming.keySet()));
        return notLeftYet + incoming.values().stream().mapToLong(each -> each).sum();
    }
}
