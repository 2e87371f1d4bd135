package vintem.payouts;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Role;
import vintem.platform.Attention;

/// Payouts that wait for a second person, on the overview.
@Singleton
class HeldMatters implements Attention {
    private final HoldTable table;
    private final Asking asking;

    @Inject
    HeldMatters(HoldTable table, Asking asking) {
        this.table = table;
        this.asking = asking;
    }

    @Override
    public String section() {
        return "payouts";
    }

    @Override
    public boolean isOpen() {
        return asking.callerIfKnown()
                .filter(caller -> caller.may(Capability.PAYOUTS, Role.READ))
                .isPresent();
    }

    @Override
    public List<Matter> matters(Handle tx, Instant now) {
        var waiting = table.waiting(tx, MOST);
        return List.of(
                new Matter(
                        "batches_waiting",
                        waiting.count(),
                        true,
                        waiting.oldest(),
                        "/app/payouts/holds"));
    }
}
