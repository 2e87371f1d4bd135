package vintem.investments;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import vintem.investments.AssetTable.Asset;

/// An asset as routes tell of it.
///
/// @param closePrice the latest close, in its currency; null until there is one
/// @param priceBrl reais for one unit now; null while its close or the rate is missing
record AssetAnswer(
        long id,
        String ticker,
        String name,
        String exchange,
        String currency,
        @Nullable BigDecimal closePrice,
        @Nullable LocalDate closeDate,
        @Nullable BigDecimal priceBrl,
        Instant createdAt) {
    static AssetAnswer of(Asset it) {
        return new AssetAnswer(
                it.id(),
                it.ticker(),
                it.name(),
                it.exchange(),
                it.currency(),
                Decimals.plainOrNull(it.closePrice()),
                it.closeDate(),
                Decimals.plainOrNull(it.priceBrl()),
                it.createdAt());
    }
}
