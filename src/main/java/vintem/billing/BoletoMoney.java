package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import vintem.bank.WhoseMoney;
import vintem.platform.Pages;

/// Charges paid by boleto, as the bank's statement names them. Those paid by Pix are payments.
@Singleton
class BoletoMoney implements WhoseMoney {
    private final SettlementTable table;

    @Inject
    BoletoMoney(SettlementTable table) {
        this.table = table;
    }

    @Override
    public List<Whose> known(Handle tx, Collection<UUID> subjectIds) {
        return table.named(tx, subjectIds).stream()
                .map(
                        each ->
                                new Whose(
                                        each.chargeId(),
                                        "billing",
                                        each.name(),
                                        Pages.link(
                                                "/app/billing/charge",
                                                Map.of("id", each.chargeId().toString())),
                                        each.references()))
                .toList();
    }
}
