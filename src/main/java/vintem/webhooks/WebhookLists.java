package vintem.webhooks;

import static vintem.platform.Sheet.count;
import static vintem.platform.Sheet.instant;
import static vintem.platform.Sheet.text;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Role;
import vintem.platform.Database;
import vintem.platform.ExportedList;
import vintem.platform.Sheet;
import vintem.webhooks.DeliveryTable.Search;

/// The lists of webhooks as spreadsheets, without secrets and without what was sent.
@Singleton
class WebhookLists implements ExportedList.Source {
    private final EndpointTable endpoints;
    private final DeliveryTable deliveries;
    private final Database database;
    private final Asking asking;

    @Inject
    WebhookLists(
            EndpointTable endpoints, DeliveryTable deliveries, Database database, Asking asking) {
        this.endpoints = endpoints;
        this.deliveries = deliveries;
        this.database = database;
        this.asking = asking;
    }

    @Override
    public List<ExportedList> lists() {
        return List.of(
                new ExportedList("webhook-endpoints", this::isOpen, Set.of(), _ -> endpoints()),
                new ExportedList(
                        "webhook-deliveries",
                        this::isOpen,
                        Set.of("endpoint", "status", "type"),
                        this::deliveries));
    }

    private boolean isOpen() {
        return asking.caller().may(Capability.SETTINGS, Role.ADMIN);
    }

    private Sheet<Endpoint> endpoints() {
        return new Sheet<>(
                List.of(
                        instant("created", Endpoint::createdAt),
                        text("url", Endpoint::url),
                        text("description", Endpoint::description),
                        text(
                                "events",
                                it -> it.types() == null ? "*" : String.join(", ", it.types())),
                        text("status", Endpoint::status),
                        count("failures", it -> (long) it.failures()),
                        instant("last_success", Endpoint::lastSuccessAt),
                        instant("last_failure", Endpoint::lastFailureAt),
                        text("id", Endpoint::id)),
                Sheet.all(() -> database.transaction(endpoints::all)));
    }

    private Sheet<Delivery> deliveries(ExportedList.Filters given) {
        var wanted =
                WebhooksHttp.search(
                        given.get("endpoint"), given.get("status"), given.get("type"), null);
        return new Sheet<>(
                List.of(
                        instant("created", Delivery::createdAt),
                        text("event", Delivery::type),
                        text("subject_id", Delivery::subject),
                        text("status", Delivery::status),
                        count("attempts", it -> (long) it.attempts()),
                        text("last_status", Delivery::lastStatus),
                        text("last_error", Delivery::lastError),
                        instant("ended", Delivery::endedAt),
                        text("endpoint_id", Delivery::endpointId),
                        text("id", it -> Delivery.webhookId(it.id()))),
                Sheet.pages(
                        last ->
                                database.transaction(
                                        tx ->
                                                deliveries.page(
                                                        tx,
                                                        new Search(
                                                                wanted.endpoint(),
                                                                wanted.status(),
                                                                wanted.type(),
                                                                last == null
                                                                        ? Long.MAX_VALUE
                                                                        : last.seq()),
                                                        Sheet.AT_ONCE))));
    }
}
