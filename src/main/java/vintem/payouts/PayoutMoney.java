package vintem.payouts;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import vintem.bank.WhoseMoney;
import vintem.platform.Pages;

/// Payouts, as the bank's statement names them.
@Singleton
class PayoutMoney implements WhoseMoney {
    private final PayoutLookupTable table;

    @Inject
    PayoutMoney(PayoutLookupTable table) {
        this.table = table;
    }

    @Override
    public List<Whose> known(Handle tx, Collection<UUID> subjectIds) {
        return table.named(tx, subjectIds).stream()
                .map(
                        each ->
                                new Whose(
                                        each.id(),
                                        "payouts",
                                        each.externalId(),
                                        Pages.link(
                                                "/app/payouts/one",
                                                Map.of("external_id", each.externalId())),
                                        each.endToEndIds()))
                .toList();
    }
}
