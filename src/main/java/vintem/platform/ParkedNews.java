package vintem.platform;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// News that a subscriber stumbled over again and again, and that were put aside for a person.
@Singleton
public class ParkedNews {
    /// @param oldest since when the first of them waits; null where none does
    public record Count(long count, @Nullable Instant oldest) {}

    private final OutboxTable table;

    @Inject
    ParkedNews(OutboxTable table) {
        this.table = table;
    }

    /// How many wait, counting no further than so many.
    public Count count(Handle tx, int most) {
        return table.parked(tx, most);
    }
}
