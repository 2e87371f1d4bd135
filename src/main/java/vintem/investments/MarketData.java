package vintem.investments;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/// The market as somebody outside tells of it. Prices are in the symbol's currency.
interface MarketData {
    /// @param asOf when the price was made
    record Quote(
            String symbol,
            String name,
            String exchange,
            String currency,
            BigDecimal price,
            Instant asOf) {}

    record DayPrice(LocalDate date, BigDecimal price) {}

    /// A ticker that can be traded.
    record Listed(String symbol, String name, String currency, BigDecimal price) {}

    record Catalogue(List<Listed> items, long total) {}

    /// It does not answer, or answers nothing that can be used.
    final class Away extends RuntimeException {
        private static final long serialVersionUID = 1;

        Away(String message) {
            super(message, null, false, false);
        }
    }

    /// What prices from here are marked with.
    String source();

    /// @return empty where there is no such symbol
    /// @throws Away within the deadline
    Optional<Quote> quote(String symbol);

    /// The closes it knows of those days; fewer where it knows fewer.
    ///
    /// @throws Away within the deadline
    List<DayPrice> closes(String symbol, LocalDate from, LocalDate to);

    /// Reais for one unit of a currency, or the daily percent of `CDI`; empty where it knows none.
    ///
    /// @throws Away within the deadline
    List<DayPrice> rates(String series, LocalDate from, LocalDate to);

    /// @param page the first is 1
    /// @throws Away within the deadline
    Catalogue catalogue(int page, int perPage);
}
