package vintem.platform;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// News for the modules above: written in the transaction of the fact, delivered after its commit
/// by [OutboxRelay].
@Singleton
public class Outbox {
    /// One delivered piece of news.
    ///
    /// @param body the event's record as JSON
    /// @param recordedAt when its transaction began, by the database's clock
    public record Event(long id, String type, String subject, String body, Instant recordedAt) {
        public <T> T as(Class<T> type) {
            return Json.readOwn(body, type);
        }
    }

    /// One piece of news to be.
    ///
    /// @param type stable name, for example `payout.paid`; each is in `docs/events.md`
    /// @param subject whose news: news of one subject stay in order
    /// @param body a record that is written as JSON; no personal data
    /// @param purpose whose business it is, as a code of an account: subscribers with another one
    ///     do not hear of it; null where it may be anybody's
    public record News(String type, String subject, Object body, @Nullable String purpose) {
        public News(String type, String subject, Object body) {
            this(type, subject, body, null);
        }
    }

    public void publish(Handle tx, List<News> news) {
        var writes = new Writes();
        publish(tx, writes, news);
        writes.run(tx);
    }

    /// The same, a short list of news together with other writes of the same transaction.
    ///
    /// @param writes to be run by the caller before its transaction ends
    public void publish(Handle tx, Writes writes, List<News> news) {
        OutboxTable.write(tx, writes, news);
    }
}
