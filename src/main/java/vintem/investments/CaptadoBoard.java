package vintem.investments;

import java.time.Clock;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import vintem.investments.Captado.ClientFigures;
import vintem.investments.CaptadoTable.ClientSums;
import vintem.platform.BusinessDays;
import vintem.platform.Database;
import vintem.platform.Json;

/// The frame of one month: worked out whole when it is first asked for, and then only for clients
/// of whom something has changed. Of one thread at a time.
public final class CaptadoBoard {
    /// Names decide the order, ids where two have one name.
    private record Place(String name, long clientId) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            var byName = name.compareTo(other.name);
            return byName != 0 ? byName : Long.compare(clientId, other.clientId);
        }
    }

    private final Database database;
    private final CaptadoTable table;
    private final YearMonth month;
    private final Clock clock;
    private final TreeMap<Place, String> lines = new TreeMap<>();
    private final Map<Long, Place> places = new HashMap<>();
    private @Nullable Windows windows;
    private String seenUpTo = "";
    private long version = -1;
    private String frame = "[]";
    private long computations;

    CaptadoBoard(Database database, CaptadoTable table, YearMonth month, Clock clock) {
        this.database = database;
        this.table = table;
        this.month = month;
        this.clock = clock;
    }

    /// The figures at the last look, as JSON.
    public String frame() {
        return frame;
    }

    /// How often figures were worked out.
    public long computations() {
        return computations;
    }

    /// What names the present state: the same on every node that has it.
    String stamp() {
        return windows().ref() + ":" + database.transaction(table::state).version();
    }

    /// Looks at what has changed, and works that out.
    ///
    /// @return whether anything has
    public boolean look() {
        return database.snapshot(
                tx -> {
                    var state = table.state(tx);
                    var now = windows();
                    if (now.equals(windows) && state.version() == version) {
                        return false;
                    }
                    if (now.equals(windows)) {
                        var changed = table.changedSince(tx, seenUpTo);
                        changed.forEach(this::forget);
                        place(table.sums(tx, now, changed));
                    } else {
                        lines.clear();
                        places.clear();
                        place(table.sums(tx, now));
                    }
                    windows = now;
                    version = state.version();
                    seenUpTo = state.oldestRunning();
                    computations++;
                    frame = written();
                    return true;
                });
    }

    private Windows windows() {
        // Whoever has a board of a month has seen it begin.
        return Windows.of(month, BusinessDays.today(clock)).orElseThrow();
    }

    private void forget(long clientId) {
        var place = places.remove(clientId);
        if (place != null) {
            lines.remove(place);
        }
    }

    private void place(List<ClientSums> sums) {
        for (var each : sums) {
            var place = new Place(each.name().toLowerCase(Locale.ROOT), each.clientId());
            places.put(each.clientId(), place);
            lines.put(place, Json.text(ClientFigures.of(each)));
        }
    }

    /// A joiner allocates the text once, at its length; a builder would do so twice, and the text
    /// of ten thousand clients is five megabytes.
    private String written() {
        var text = new StringJoiner(",", "[", "]");
        lines.values().forEach(text::add);
        return text.toString();
    }
}
