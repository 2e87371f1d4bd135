package vintem.payouts;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.jdbi.v3.core.Handle;
import vintem.bank.BankBooks;
import vintem.bank.UnderWay;
import vintem.payouts.PayoutLookupTable.Open;

/// Payouts that the bank has not answered for, and what it sent back and is not read yet.
@Singleton
class PayoutsUnderWay implements UnderWay {
    private final PayoutLookupTable table;
    private final PayoutReturnTable returns;
    private final BankBooks bank;

    @Inject
    PayoutsUnderWay(PayoutLookupTable table, PayoutReturnTable returns, BankBooks bank) {
        this.table = table;
        this.returns = returns;
        this.bank = bank;
    }

    @Override
    public long inTransitCents(Handle snapshot) {
        return table.centsOf(snapshot, "processing");
    }

    @Override
    public long aheadAtBankCents(Handle snapshot) {
        var open = table.open(snapshot);
        var left = bank.paidOut(snapshot, open.stream().map(Open::providerId).toList());
        var notLeftYet =
                open.stream()
                        .filter(each -> !left.contains(each.providerId()))
                        .mapToLong(Open::amountCents)
                        .sum();
        return notLeftYet + bank.returnedAfterCents(snapshot, returns.place(snapshot));
    }
}
