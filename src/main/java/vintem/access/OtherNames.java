package vintem.access;

import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// Knows users by other names than their user name, such as an e-mail address, so that they may
/// sign in by them. A user name always comes first.
public interface OtherNames {
    /// @param typed whatever somebody typed, however long or strange
    Optional<UUID> user(Handle tx, String typed);
}
