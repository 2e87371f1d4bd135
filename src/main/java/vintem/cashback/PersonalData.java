package vintem.cashback;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import vintem.access.Caller;
import vintem.ledger.Ledger;
import vintem.platform.Database;

/// All that is kept about a reseller, for the one whom it is about (LGPD, art. 18).
@Singleton
class PersonalData {
    /// What a person is handed out.
    public record Export(
            ResellerBody revendedor,
            List<PurchaseBody> compras,
            List<StatementBody.Line> meses,
            List<RedemptionBody> resgates,
            List<Ledger.Recorded> lancamentos) {}

    private static final int ALL = Integer.MAX_VALUE;

    private final Database database;
    private final ResellerTable resellers;
    private final PurchaseTable purchases;
    private final MonthTable months;
    private final RedemptionTable redemptions;
    private final RateBook.Reader rateBook;
    private final Ledger ledger;

    @Inject
    PersonalData(
            Database database,
            ResellerTable resellers,
            PurchaseTable purchases,
            MonthTable months,
            RedemptionTable redemptions,
            RateBook.Reader rateBook,
            Ledger ledger) {
        this.database = database;
        this.resellers = resellers;
        this.purchases = purchases;
        this.months = months;
        this.redemptions = redemptions;
        this.rateBook = rateBook;
        this.ledger = ledger;
    }

    Optional<Export> export(Caller caller, UUID id) {
        return database.snapshot(
                tx ->
                        resellers
                                .byId(tx, id)
                                .map(
                                        it -> {
                                            var book = rateBook.read(tx);
                                            return new Export(
                                                    ResellerBody.of(it, caller),
                                                    purchases.ofReseller(tx, id, ALL).stream()
                                                            .map(
                                                                    each ->
                                                                            PurchaseBody.of(
                                                                                    each, it, book,
                                                                                    caller))
                                                            .toList(),
                                                    months.all(tx, id).stream()
                                                            .map(
                                                                    each ->
                                                                            StatementBody.Line.of(
                                                                                    each, book))
                                                            .toList(),
                                                    redemptions.ofReseller(tx, id, ALL).stream()
                                                            .map(RedemptionBody::of)
                                                            .toList(),
                                                    ledger.transfersOf(tx, id));
                                        }));
    }
}
