package vintem.webhooks;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Role;
import vintem.platform.Attention;
import vintem.platform.Pages;

/// Endpoints that were switched off because they failed, and what was given up.
@Singleton
class WebhookAttention implements Attention {
    private final EndpointTable endpoints;
    private final DeliveryTable deliveries;
    private final Asking asking;

    @Inject
    WebhookAttention(EndpointTable endpoints, DeliveryTable deliveries, Asking asking) {
        this.endpoints = endpoints;
        this.deliveries = deliveries;
        this.asking = asking;
    }

    @Override
    public String section() {
        return "webhooks";
    }

    @Override
    public boolean isOpen() {
        return asking.callerIfKnown()
                .filter(caller -> caller.may(Capability.SETTINGS, Role.ADMIN))
                .isPresent();
    }

    @Override
    public List<Matter> matters(Handle tx, Instant now) {
        var matters = new ArrayList<Matter>();
        var unwell = endpoints.unwell(tx);
        if (unwell.count() > 0) {
            matters.add(
                    new Matter(
                            "webhooks_unwell",
                            unwell.count(),
                            false,
                            unwell.oldest(),
                            WebhookPages.HOME));
        }
        var dead = deliveries.dead(tx, MOST);
        if (dead.count() > 0) {
            matters.add(
                    new Matter(
                            "webhooks_dead",
                            dead.count(),
                            false,
                            dead.oldest(),
                            Pages.link(WebhookPages.DELIVERIES, Map.of("status", "dead"))));
        }
        return matters;
    }
}
