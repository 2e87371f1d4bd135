package vintem.webhooks;

import com.fasterxml.jackson.annotation.JsonRawValue;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import vintem.platform.Json;
import vintem.platform.Outbox;
import vintem.platform.Subscriber;

/// Writes one delivery for each piece of news and each endpoint that wants it, in the transaction
/// in which the relay passes the news. Safe twice: an endpoint has one delivery of one event.
@Singleton
class QueueDeliveries implements Subscriber {
    static final String NAME = "webhooks";

    /// What is sent: Standard Webhooks, *Payload structure*.
    ///
    /// @param data the event's record, as `docs/events.md` has it
    record Payload(String type, Instant timestamp, @JsonRawValue String data) {}

    private final EndpointTable endpoints;
    private final DeliveryTable deliveries;
    private final Clock clock;

    @Inject
    QueueDeliveries(EndpointTable endpoints, DeliveryTable deliveries, Clock clock) {
        this.endpoints = endpoints;
        this.deliveries = deliveries;
        this.clock = clock;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<String> types() {
        return EventTypes.KNOWN;
    }

    /// Nothing where nobody listens: then all news pass by at the cost of one look.
    @Override
    public Set<String> types(Handle tx) {
        return endpoints.wanted(tx);
    }

    @Override
    public void apply(Handle tx, List<Outbox.Event> events) {
        deliveries.queue(
                tx,
                events.stream()
                        .map(
                                event ->
                                        new DeliveryTable.News(
                                                event.id(),
                                                event.type(),
                                                event.subject(),
                                                body(
                                                        event.type(),
                                                        event.recordedAt(),
                                                        event.body())))
                        .toList(),
                clock.instant());
    }

    static String body(String type, Instant at, String data) {
        return Json.text(new Payload(type, at, data));
    }
}
