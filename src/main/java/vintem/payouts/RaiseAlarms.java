package vintem.payouts;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import vintem.platform.Outbox;
import vintem.platform.Subscriber;

/// Puts before a person what no program should settle by itself.
@Singleton
class RaiseAlarms implements Subscriber {
    private final PayoutReturnTable table;

    @Inject
    RaiseAlarms(PayoutReturnTable table) {
        this.table = table;
    }

    @Override
    public String name() {
        return "payouts.alarms";
    }

    @Override
    public Set<String> types() {
        return Set.of(PayoutEvent.PAID_AFTER_CLOSED);
    }

    @Override
    public void apply(Handle tx, List<Outbox.Event> events) {
        for (var event : events) {
            var paid = event.as(PayoutEvent.PaidAfterClosed.class);
            table.raise(tx, paid.payoutId(), event.type(), paid.providerId());
        }
    }
}
