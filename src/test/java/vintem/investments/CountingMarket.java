package vintem.investments;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import vintem.platform.Together;

/// A market that counts how often it is asked for a price, and takes its time.
record CountingMarket(MarketData market, AtomicInteger asked) implements MarketData {
    @Override
    public String source() {
        return market.source();
    }

    @Override
    public Optional<Quote> quote(String symbol) {
        asked.incrementAndGet();
        Together.pause(java.time.Duration.ofMillis(200));
        return market.quote(symbol);
    }

    @Override
    public List<DayPrice> closes(String symbol, LocalDate from, LocalDate to) {
        return market.closes(symbol, from, to);
    }

    @Override
    public List<DayPrice> rates(String series, LocalDate from, LocalDate to) {
        return market.rates(series, from, to);
    }

    @Override
    public Catalogue catalogue(int page, int perPage) {
        return market.catalogue(page, perPage);
    }
}
