package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;
import vintem.platform.ClosingLines;
import vintem.platform.Words;

/// What of the money for charges waits for a person.
@Singleton
class BillingClosing implements ClosingLines {
    private static final int MOST_COUNTED = 1_000;

    private final SettlementTable settlements;

    @Inject
    BillingClosing(SettlementTable settlements) {
        this.settlements = settlements;
    }

    @Override
    public int place() {
        return 40;
    }

    @Override
    public List<Line> lines(Handle snapshot, Words words, Instant from, Instant until) {
        var unknown = settlements.unknown(snapshot, null, MOST_COUNTED).size();
        return List.of(
                new Line(
                        "work",
                        words.say("closing.unknown_money"),
                        words.number(unknown) + (unknown == MOST_COUNTED ? "+" : ""),
                        unknown > 0));
    }
}
