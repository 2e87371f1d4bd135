package vintem.payments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import vintem.bank.WhoseMoney;
import vintem.platform.Pages;

/// Payments, and money that nobody claimed, as the bank's statement names them.
@Singleton
class PaymentMoney implements WhoseMoney {
    private final PaymentLookupTable table;

    @Inject
    PaymentMoney(PaymentLookupTable table) {
        this.table = table;
    }

    @Override
    public List<Whose> known(Handle tx, Collection<UUID> subjectIds) {
        return table.named(tx, subjectIds).stream()
                .map(
                        each ->
                                new Whose(
                                        each.id(),
                                        "payments",
                                        each.name(),
                                        each.isPayment()
                                                ? Pages.link(
                                                        "/app/payments/one",
                                                        Map.of("id", each.id().toString()))
                                                : "/app/payments/unmatched",
                                        each.endToEndIds()))
                .toList();
    }
}
