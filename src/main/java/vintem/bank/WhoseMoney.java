package vintem.bank;

import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// Whose a movement of our account is: told by the module that booked it, to whoever compares the
/// bank's statement with our books.
public interface WhoseMoney {
    /// @param subjectId of the transfers
    /// @param name what people call it, without personal data
    /// @param page where it is shown
    /// @param references what the bank may call it: end-to-end ids, or its own id
    record Whose(
            UUID subjectId, String module, String name, String page, List<String> references) {}

    /// Those of these subjects that are this module's, in one query for all.
    List<Whose> known(Handle tx, Collection<UUID> subjectIds);
}
