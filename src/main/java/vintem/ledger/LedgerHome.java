package vintem.ledger;

import org.jdbi.v3.core.Handle;
import vintem.platform.Database;
import vintem.platform.EmbeddedPostgres.Address;
import vintem.platform.Pool;

/// Notices that the books stand in another server than before: transaction numbers belong to one
/// server, so checkpoints taken by the numbers of another must go. They are taken anew.
public final class LedgerHome {
    private LedgerHome() {}

    /// To be called at each start, as the owner of the data, before anything is written.
    public static void settleIn(Address owner) {
        try (var pool = Pool.openAsOwner(owner)) {
            new Database(pool).transaction(LedgerHome::settleIn);
        }
    }

    private static boolean settleIn(Handle tx) {
        return LedgerTables.moveIn(tx);
    }
}
