package vintem.platform;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.platform.Storyteller.Word;

/// Finds things of a module by whatever a person has in hand of them. Every bean of this kind is
/// asked by the search of the console.
public interface Finder {
    /// Amounts, and what else has only filters of ranges (`BRIN`, Bloom) where rows are written by
    /// the million, may be on more rows than are asked for: so many of the newest rows are looked
    /// at first, by the key, from its end; of the others the oldest are found.
    int NEWEST = 1_000;

    /// The name of the section in the navigation under which its hits are listed.
    String section();

    /// Whether the one who is asking may see what it finds.
    boolean isOpen();

    /// What fits, the newest first, and no more than asked for. Each look-up has an index: there
    /// may be a million rows.
    List<Hit> find(Handle tx, Sought sought, int most);

    /// Something found. What identifies a person is masked.
    ///
    /// @param kind the text `found.<kind>`
    /// @param title what it is called by, such as its own id
    /// @param detail a few words more
    /// @param status how it stands
    /// @param storyId what its story is asked for by; null where it has none
    /// @param page its own page
    /// @param exact it was named by an id that only it has: where it is the only such hit, the
    ///     search goes straight to its story
    record Hit(
            String kind,
            String title,
            @Nullable String detail,
            @Nullable Long cents,
            @Nullable Word status,
            @Nullable Instant at,
            @Nullable UUID storyId,
            String page,
            boolean exact) {}
}
