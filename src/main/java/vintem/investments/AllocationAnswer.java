package vintem.investments;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import vintem.investments.AllocationTable.Allocation;

/// An allocation as routes tell of it.
///
/// @param quantity units of the day on which it was bought; `currentQuantity` are those of today
///     that are left, after sales and splits
/// @param totalInvested reais; null where the rate of that day is missing, and then the allocation
///     counts nowhere (`excluded`)
/// @param currentValue reais: what is left, at the latest price, and what was sold
/// @param dailyChangePct the latest close against the one before
/// @param accumulatedReturnPct since it was bought
record AllocationAnswer(
        long id,
        long clientId,
        long assetId,
        String ticker,
        String currency,
        BigDecimal quantity,
        BigDecimal buyPrice,
        LocalDate buyDate,
        boolean isActive,
        BigDecimal currentQuantity,
        @Nullable BigDecimal totalInvested,
        @Nullable BigDecimal currentPrice,
        @Nullable LocalDate currentPriceDate,
        @Nullable BigDecimal currentValue,
        @Nullable BigDecimal dailyChangePct,
        @Nullable BigDecimal accumulatedReturnPct,
        boolean excluded,
        Instant createdAt) {
    static AllocationAnswer of(Allocation it) {
        var value = value(it);
        return new AllocationAnswer(
                it.id(),
                it.clientId(),
                it.assetId(),
                it.ticker(),
                it.currency(),
                Decimals.plain(it.quantity()),
                Decimals.plain(it.buyPrice()),
                it.buyDate(),
                it.isActive(),
                Decimals.plain(it.remaining()),
                Decimals.moneyOrNull(it.costBrl()),
                Decimals.plainOrNull(it.closePrice()),
                it.closeDate(),
                Decimals.moneyOrNull(value),
                Decimals.percentOverOrNull(it.closePrice(), it.previousClose()),
                Decimals.percentOverOrNull(value, it.costBrl()),
                it.costBrl() == null || it.proceedsBrl() == null,
                it.createdAt());
    }

    /// Unrounded; at what was paid while the asset has no close.
    static @Nullable BigDecimal value(Allocation it) {
        if (it.costBrl() == null || it.proceedsBrl() == null) {
            return null;
        }
        return it.priceBrl() == null
                ? it.costBrl()
                : it.remaining().multiply(it.priceBrl()).add(it.proceedsBrl());
    }
}
