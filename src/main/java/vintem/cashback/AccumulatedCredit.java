package vintem.cashback;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.UUID;
import vintem.platform.Database;
import vintem.platform.TaxId;

/// What a reseller has accumulated: what the outside API tells, and what our own books say. No
/// transaction is open while the outside is asked.
@Singleton
class AccumulatedCredit {
    record Known(CashbackApi.Credit credit, Statement.Balance balance) {}

    private record Own(Reseller reseller, Statement.Balance balance) {}

    private final Database database;
    private final ResellerTable resellers;
    private final Statement statement;
    private final CashbackApi api;

    @Inject
    AccumulatedCredit(
            Database database, ResellerTable resellers, Statement statement, CashbackApi api) {
        this.database = database;
        this.resellers = resellers;
        this.statement = statement;
        this.api = api;
    }

    /// Empty where there is no such reseller.
    Optional<Known> of(UUID resellerId) {
        var own =
                database.snapshot(
                        tx ->
                                resellers
                                        .byId(tx, resellerId)
                                        .map(it -> new Own(it, statement.balance(tx, it.id()))));
        return own.map(it -> new Known(credit(it.reseller()), it.balance()));
    }

    private CashbackApi.Credit credit(Reseller reseller) {
        return reseller.cpf() == null
                ? new CashbackApi.Credit.Unavailable("forgotten")
                : api.credit(new TaxId.Cpf(reseller.cpf()));
    }
}
