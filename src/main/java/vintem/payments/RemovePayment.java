package vintem.payments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.jboss.logging.Logger;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.bank.PixRail;
import vintem.platform.Database;
import vintem.platform.Outbox;

/// Takes a payment back that nobody has paid. A static code stays payable for ever: money that
/// comes for it nevertheless waits in the queue.
@Singleton
public class RemovePayment {
    public sealed interface Outcome {
        /// Also where it had been removed before.
        record Removed() implements Outcome {}

        record NotFound() implements Outcome {}

        /// It was paid, or has ended otherwise.
        record Ended(String status) implements Outcome {}
    }

    private static final Logger LOG = Logger.getLogger(RemovePayment.class);

    private final Database database;
    private final PaymentTable table;
    private final Outbox outbox;
    private final AccessLog log;
    private final PixRail rail;
    private final Screens screens;
    private final Clock clock;

    @Inject
    RemovePayment(
            Database database,
            PaymentTable table,
            Outbox outbox,
            AccessLog log,
            PixRail rail,
            Screens screens,
            Clock clock) {
        this.database = database;
        this.table = table;
        this.outbox = outbox;
        this.log = log;
        this.rail = rail;
        this.screens = screens;
        this.clock = clock;
    }

    public Outcome remove(Caller caller, UUID id) {
        var now = clock.instant();
        var removed =
                database.transaction(
                        tx -> {
                            var changed = table.remove(tx, id, now);
                            changed.ifPresent(
                                    it -> {
                                        outbox.publish(
                                                tx,
                                                List.of(
                                                        new PaymentEvent.Removed(
                                                                        it.id(),
                                                                        it.txid(),
                                                                        it.purpose())
                                                                .news()));
                                        log.record(
                                                tx, caller, "payment.removed", id.toString(), "");
                                    });
                            return changed;
                        });
        if (removed.isPresent()) {
            if (removed.get().mode().equals("psp")) {
                withdraw(removed.get().txid());
            }
            screens.changed(id, "payment-removed");
            return new Outcome.Removed();
        }
        return database.transaction(tx -> table.lock(tx, id))
                .<Outcome>map(
                        it ->
                                it.status().equals("removed")
                                        ? new Outcome.Removed()
                                        : new Outcome.Ended(
                                                List.of("registering", "active")
                                                                .contains(it.status())
                                                        ? "expired"
                                                        : it.status()))
                .orElseGet(Outcome.NotFound::new);
    }

    /// A courtesy: what is paid nevertheless is booked and waits in the queue.
    private void withdraw(String txid) {
        try {
            rail.withdraw(List.of(txid));
        } catch (RuntimeException unwell) {
            LOG.warn("the bank was not told that a charge is withdrawn", unwell);
        }
    }
}
