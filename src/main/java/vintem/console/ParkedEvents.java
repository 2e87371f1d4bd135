package vintem.console;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Role;
import vintem.platform.Attention;
import vintem.platform.ParkedNews;

/// News that a subscriber stumbled over: no module's own, so the console tells of them.
@Singleton
class ParkedEvents implements Attention {
    private final ParkedNews parked;
    private final Asking asking;

    @Inject
    ParkedEvents(ParkedNews parked, Asking asking) {
        this.parked = parked;
        this.asking = asking;
    }

    @Override
    public String section() {
        return "settings";
    }

    @Override
    public boolean isOpen() {
        return asking.callerIfKnown()
                .filter(caller -> caller.may(Capability.CONSOLE, Role.READ))
                .isPresent();
    }

    @Override
    public List<Matter> matters(Handle tx, Instant now) {
        var waiting = parked.count(tx, MOST);
        return List.of(
                new Matter(
                        "events_parked",
                        waiting.count(),
                        true,
                        waiting.oldest(),
                        ParkedPages.PATH));
    }
}
