package vintem.platform;

import java.util.List;
import org.jdbi.v3.core.Handle;

/// What must always hold of a module's data, checked by `vintem audit`.
///
/// All proofs run in one repeatable-read snapshot, so they see one moment of a running system.
public interface Proof {
    /// What is proven, in a few words.
    String claim();

    /// What is wrong, one sentence each; empty where the claim holds.
    List<String> refute(Handle snapshot);

    /// Notes where two figures that must be equal are not.
    static void compare(List<String> wrong, String what, long ours, long theirs) {
        if (ours != theirs) {
            wrong.add(
                    "%s differ: %s and %s"
                            .formatted(what, Cents.format(ours), Cents.format(theirs)));
        }
    }
}
