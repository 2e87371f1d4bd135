package vintem.payments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import vintem.platform.Outbox;
import vintem.platform.Subscriber;

/// Tells of confirmations once more, from the outbox: the node that confirmed may have died between
/// its commit and its hint, and who listens by Socket.IO never asks by itself. Screens that have
/// heard of it do nothing.
@Singleton
class TellScreens implements Subscriber {
    private final Screens screens;

    @Inject
    TellScreens(Screens screens) {
        this.screens = screens;
    }

    @Override
    public String name() {
        return "payments.screens";
    }

    @Override
    public Set<String> types() {
        return Set.of(PaymentEvent.CONFIRMED);
    }

    /// None while nobody looks. This is asked after the relay has fixed how far it reads: whoever
    /// begins to look now reads a state in which all of it has happened.
    @Override
    public Set<String> types(Handle tx) {
        return screens.areWatched() ? types() : Set.of();
    }

    @Override
    public void apply(Handle tx, List<Outbox.Event> events) {
        for (var event : events) {
            screens.changed(UUID.fromString(event.subject()), WatchedPayment.CONFIRMED);
        }
    }
}
