package vintem.platform;

import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// What waits for a person, told by the module that it belongs to: the overview lists it without
/// knowing whose tables it stands in. Every bean of this kind is asked.
public interface Attention {
    /// Counting ends here: "1,000 or more" is enough to know.
    int MOST = 1_000;

    /// The name of the section in the navigation that it belongs to.
    String section();

    /// Whether the one who is asking may see it.
    boolean isOpen();

    /// What waits at this moment; nothing where the count is nought. Every look at the overview
    /// asks, so each question has an index, and counts no further than [#MOST].
    List<Matter> matters(Handle tx, Instant now);

    /// One kind of things that wait.
    ///
    /// @param kind the text `attention.<kind>`, which has `.one` and `.many`
    /// @param count at most [#MOST]
    /// @param grave money may be at stake: it comes first
    /// @param oldest since when the first of them waits, where that is known
    /// @param page where they are seen to
    record Matter(String kind, long count, boolean grave, @Nullable Instant oldest, String page) {}
}
