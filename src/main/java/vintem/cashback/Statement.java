package vintem.cashback;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import vintem.cashback.MonthTable.Month;

/// What a reseller's month came to, and what they have.
@Singleton
class Statement {
    /// Purchases that a statement shows; the totals count all.
    private static final int MOST_PURCHASES = 1_000;

    /// What a reseller has, at this moment.
    ///
    /// @param availableCents what they may ask for
    /// @param heldCents what the next close takes back, and is not to be had until then
    record Balance(long availableCents, long heldCents, long pendingCents, long recoverableCents) {}

    /// @param adjustmentCents what the close moved of earlier months; while the month is open, what
    ///     the next close will move of months that are closed
    /// @param total how many purchases of the month there are, whatever their status
    record OfMonth(
            Reseller reseller,
            Month month,
            List<Purchase> purchases,
            long total,
            boolean closed,
            long adjustmentCents,
            Balance balance,
            RateBook rates) {}

    private final ResellerTable resellers;
    private final PurchaseTable purchases;
    private final MonthTable months;
    private final CloseTable closes;
    private final RateBook.Reader rateBook;

    @Inject
    Statement(
            ResellerTable resellers,
            PurchaseTable purchases,
            MonthTable months,
            CloseTable closes,
            RateBook.Reader rateBook) {
        this.resellers = resellers;
        this.purchases = purchases;
        this.months = months;
        this.closes = closes;
        this.rateBook = rateBook;
    }

    Optional<OfMonth> of(Handle tx, UUID resellerId, LocalDate month) {
        return resellers.byId(tx, resellerId).map(it -> of(tx, it, month));
    }

    private OfMonth of(Handle tx, Reseller reseller, LocalDate month) {
        var standing = months.standing(tx, reseller.id());
        var isClosed = standing.closed() != null && !month.isAfter(standing.closed());
        var filter =
                new PurchaseTable.Filter(reseller.id(), month, month.plusMonths(1), null, null);
        var shown = purchases.page(tx, filter, new PageOf.Place(1, MOST_PURCHASES));
        return new OfMonth(
                reseller,
                months.month(tx, reseller.id(), month),
                shown,
                shown.size() < MOST_PURCHASES ? shown.size() : purchases.count(tx, filter),
                isClosed,
                isClosed
                        ? closes.creditOf(tx, reseller.id(), month)
                                .map(CloseTable.Credit::adjustmentCents)
                                .orElse(0L)
                        : standing.changedCents(),
                balance(standing),
                rateBook.read(tx, standing.rates()));
    }

    Balance balance(Handle tx, UUID resellerId) {
        return balance(months.standing(tx, resellerId));
    }

    private static Balance balance(MonthTable.Standing standing) {
        var account = standing.account();
        var free = RedeemCashback.free(account, standing.changedCents());
        return new Balance(
                free,
                account.availableCents() - free,
                standing.pendingCents(),
                account.recoverableCents());
    }
}
