package vintem.cashback;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Arrays;
import org.jdbi.v3.core.Handle;

/// How the sandbox's stub of the outside cashback API behaves, for a page to show. It is changed by
/// `PUT /sandbox/cashback/behaviour`.
@Singleton
public class SandboxBehaviours {
    private final SandboxCashbackTable table;

    @Inject
    SandboxBehaviours(SandboxCashbackTable table) {
        this.table = table;
    }

    /// All that there are, as JSON has them.
    public static String[] words() {
        return Arrays.stream(SandboxBehaviour.values())
                .map(SandboxBehaviour::word)
                .toArray(String[]::new);
    }

    /// The one that is switched on.
    public String now(Handle tx) {
        return table.behaviour(tx).word();
    }
}
