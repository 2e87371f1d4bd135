package vintem.platform;

import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;

/// What a module has to say when a day is closed: sums and counts, and no person.
public interface ClosingLines {
    /// @param group the text `closing.<group>`: lines of one group stand together
    /// @param attention whether somebody should look at it
    record Line(String group, String label, String value, boolean attention) {}

    /// Its place among the others; lower comes first.
    int place();

    /// @param snapshot all modules speak of the same moment
    /// @param from the beginning of the day in São Paulo
    /// @param until its end, exclusive
    List<Line> lines(Handle snapshot, Words words, Instant from, Instant until);
}
