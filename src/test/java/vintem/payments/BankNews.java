package vintem.payments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/// Lets tests of other modules have what the bank received and took back booked at once, instead of
/// waiting for the job that asks it.
@Singleton
public class BankNews {
    private final BookIncoming bookIncoming;

    @Inject
    BankNews(BookIncoming bookIncoming) {
        this.bookIncoming = bookIncoming;
    }

    /// Asks until nothing is new.
    public void book() {
        bookIncoming.run();
        bookIncoming.run();
    }
}
