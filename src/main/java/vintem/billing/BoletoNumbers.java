package vintem.billing;

import org.jdbi.v3.core.Handle;
import vintem.platform.Database;
import vintem.platform.EmbeddedPostgres.Address;
import vintem.platform.Pool;

/// Gives up numbers of boletos where the data may be older than the boletos that were made of them:
/// what was taken after a backup is not in it, and a bank has seen those numbers.
public final class BoletoNumbers {
    // More than a day of files; of small ranges a twentieth, so that it can be done a few times.
    private static final long GAP = 5_000_000;
    private static final long PARTS = 20;

    private BoletoNumbers() {}

    /// To be called at each start, as the owner of the data, before any number is taken.
    ///
    /// @param restored the data were put back from a backup since the last start. Another server
    ///     and another timeline are noticed here.
    public static void settleIn(Address owner, boolean restored) {
        try (var pool = Pool.openAsOwner(owner)) {
            new Database(pool).run(tx -> settleIn(tx, new BeneficiaryTable(), restored));
        }
    }

    private static void settleIn(Handle tx, BeneficiaryTable table, boolean restored) {
        var moved = table.moveIn(tx);
        if (!moved && !restored) {
            return;
        }
        for (var each : table.lockAll(tx)) {
            var most = Beneficiary.parse(each.config()).mostNumbers();
            var next = each.nextNumber() + Math.min(GAP, most / PARTS);
            table.move(tx, each.id(), Math.min(next, most + 1));
        }
    }
}
