package vintem.investments;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import vintem.platform.Settings;

/// Which market is asked: the one of `VINTEM_PRICES_URL`, or in a sandbox the built-in one.
/// Production never shows prices that exist nowhere: without a provider its closes come by file.
class Markets {
    /// Nobody to ask.
    private static final class NoMarket implements MarketData {
        @Override
        public String source() {
            return "none";
        }

        @Override
        public Optional<Quote> quote(String symbol) {
            throw away();
        }

        @Override
        public List<DayPrice> closes(String symbol, LocalDate from, LocalDate to) {
            throw away();
        }

        @Override
        public List<DayPrice> rates(String series, LocalDate from, LocalDate to) {
            throw away();
        }

        @Override
        public Catalogue catalogue(int page, int perPage) {
            throw away();
        }

        private static Away away() {
            return new Away("VINTEM_PRICES_URL names no provider");
        }
    }

    @Produces
    @Singleton
    MarketData market(Clock clock) {
        var terms = HttpMarket.Terms.fromSettings();
        if (terms.isPresent()) {
            return new HttpMarket(terms.get(), clock);
        }
        return Settings.mode() == Settings.Mode.SANDBOX ? new SandboxMarket(clock) : new NoMarket();
    }
}
