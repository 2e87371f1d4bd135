package vintem.platform;

import io.quarkus.arc.All;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.StringJoiner;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// News that a subscriber stumbled over again and again, and that were put aside for a person.
@Singleton
public class ParkedNews {
    /// @param oldest since when the first of them waits; null where none does
    public record Count(long count, @Nullable Instant oldest) {}

    /// What one subscriber could not apply.
    ///
    /// @param error what it was, by the names of its classes: what it said may be about somebody
    /// @param triedAt when a person last had it tried again; null where nobody has
    public record Parked(
            String subscriber,
            long eventId,
            String type,
            String subject,
            String error,
            Instant parkedAt,
            int tries,
            @Nullable Instant triedAt) {
        public Place place() {
            return new Place(subscriber, eventId);
        }
    }

    /// Where it stands in the list.
    public record Place(String subscriber, long eventId) {
        public static final Place FIRST = new Place("", 0);
    }

    private static final int MOST_CAUSES = 4;

    private final OutboxTable table;
    private final List<Subscriber> subscribers;

    @Inject
    ParkedNews(OutboxTable table, @All List<Subscriber> subscribers) {
        this.table = table;
        this.subscribers = subscribers;
    }

    /// How many wait, counting no further than so many.
    public Count count(Handle tx, int most) {
        return table.parked(tx, most);
    }

    /// One page of them, by subscriber and in the order in which they were written.
    public List<Parked> page(Handle tx, Place after, int most) {
        return table.parkedPage(tx, after, most);
    }

    /// Applies it once more, and forgets it: in one transaction, as the relay would have. Later
    /// news of the same subject may have been applied before it.
    ///
    /// Locks: the subscriber's place, then what is parked, then whatever the subscriber locks.
    ///
    /// @return whether it was there
    /// @throws RuntimeException the subscriber's, where it stumbles again: roll back, and tell by
    ///     [#failedAgain]
    public boolean apply(Handle tx, Place place) {
        var event = table.lockParked(tx, place.subscriber(), place.eventId());
        if (event.isEmpty()) {
            return false;
        }
        var subscriber =
                subscribers.stream()
                        .filter(each -> each.name().equals(place.subscriber()))
                        .findFirst()
                        .orElseThrow(NobodyListens::new);
        subscriber.apply(tx, List.of(event.get()));
        table.unpark(tx, place.subscriber(), place.eventId());
        return true;
    }

    /// Notes that it could not be applied this time either.
    ///
    /// @return how often it has been tried by now; empty where it is not there any more
    public OptionalInt failedAgain(Handle tx, Place place, RuntimeException failed, Instant now) {
        return table.failedAgain(
                        tx, place.subscriber(), place.eventId(), withoutMessage(failed), now)
                .map(OptionalInt::of)
                .orElseGet(OptionalInt::empty);
    }

    /// The subscriber of that name is of another version of the product.
    private static final class NobodyListens extends IllegalStateException {
        private static final long serialVersionUID = 1;
    }

    /// What went wrong, from outside in: classes, and what PostgreSQL calls it. A message may quote
    /// a row, and rows are about people.
    static String withoutMessage(Throwable failed) {
        var names = new StringJoiner(" < ");
        var causes = 0;
        for (Throwable it = failed; it != null && causes < MOST_CAUSES; it = it.getCause()) {
            var name = it.getClass().getSimpleName();
            names.add(it instanceof SQLException sql ? name + " " + sql.getSQLState() : name);
            causes++;
        }
        return names.toString();
    }
}
