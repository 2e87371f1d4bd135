package vintem.platform;

import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Somebody who wants to hear of what happened.
///
/// The relay delivers at least once and in order. What [#apply] writes through its handle is
/// applied exactly once, because the subscriber's place in the row of news moves in the same
/// transaction. What leaves the database (an e-mail, a webhook) may happen again and must bear it.
public interface Subscriber {
    /// The name under which the place is kept; never changes.
    String name();

    /// The types of event it wants; the others pass it by.
    Set<String> types();

    /// The same, where it stands in the database what is wanted. Asked after the relay has fixed
    /// how far it reads: whoever asked for a type before a piece of news was written is told of it.
    default Set<String> types(Handle tx) {
        return types();
    }

    /// The only purpose of news that it wants, as a code of an account; null where it wants all.
    /// What says nothing of its purpose it hears anyway.
    default @Nullable String purpose() {
        return null;
    }

    void apply(Handle tx, List<Outbox.Event> events);
}
