package vintem.payouts;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;
import vintem.platform.ClosingLines;
import vintem.platform.Words;

/// What became of the payouts of a day, and which of them somebody must look at.
@Singleton
class PayoutClosing implements ClosingLines {
    private final PayoutLookupTable lookups;

    @Inject
    PayoutClosing(PayoutLookupTable lookups) {
        this.lookups = lookups;
    }

    @Override
    public int place() {
        return 30;
    }

    @Override
    public List<Line> lines(Handle snapshot, Words words, Instant from, Instant until) {
        var since = lookups.totalsSince(snapshot, from);
        var later = lookups.totalsSince(snapshot, until);
        var failed = since.failed() - later.failed();
        var returned = since.returned() - later.returned();
        var open = lookups.open(snapshot).size();
        var alarms =
                lookups.alarms(snapshot).stream()
                        .filter(it -> !it.raisedAt().isBefore(from))
                        .count();
        return List.of(
                line(words, "paid", since.paid() - later.paid(), false),
                line(words, "failed", failed, failed > 0),
                line(words, "returned", returned, returned > 0),
                line(words, "under_way", open, false),
                line(words, "alarms", alarms, alarms > 0));
    }

    private static Line line(Words words, String what, long count, boolean attention) {
        return new Line(
                "work", words.say("closing.payouts." + what), words.number(count), attention);
    }
}
