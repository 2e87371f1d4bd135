package vintem.billing;

import jakarta.inject.Singleton;
import java.util.List;
import org.jdbi.v3.core.Handle;
import vintem.platform.BinaryCopy;

/// The table `charge_email`: who is to be told what, and whether they were.
@Singleton
class ChargeEmailTable {
    private static final String QUEUE =
            """
            copy charge_email (charge_id, reason, status, queued_at) from stdin (format binary)
            """;

    /// Queues one e-mail for each of these new charges, with them.
    void queue(Handle tx, String reason, List<NewCharge> list) {
        BinaryCopy.copy(
                tx,
                QUEUE,
                4,
                list,
                (row, charge) ->
                        row.uuid(charge.id())
                                .text(reason)
                                .text("queued")
                                .instant(charge.createdAt()));
    }
}
