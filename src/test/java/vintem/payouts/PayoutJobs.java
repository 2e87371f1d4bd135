package vintem.payouts;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import vintem.platform.OutboxRelay;

/// The jobs of payouts, which are off in tests, for tests of the modules above.
@Singleton
public class PayoutJobs {
    private final ResolveUnknownPayouts resolve;
    private final BookReturns bookReturns;
    private final OutboxRelay relay;

    @Inject
    PayoutJobs(ResolveUnknownPayouts resolve, BookReturns bookReturns, OutboxRelay relay) {
        this.resolve = resolve;
        this.bookReturns = bookReturns;
        this.relay = relay;
    }

    /// Asks the bank about what nobody knows, reads what came back, and passes on the news.
    public void turn() {
        resolve.run();
        bookReturns.run();
        relay.relay();
    }
}
