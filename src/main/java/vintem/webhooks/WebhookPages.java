package vintem.webhooks;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.Role;
import vintem.platform.Database;
import vintem.platform.Page;
import vintem.platform.Pages;
import vintem.webhooks.DeliveryTable.Search;
import vintem.webhooks.EndpointTable.Health;

/// Where news go and what became of each, as an administrator sees and changes it.
@Path("/app/webhooks")
@RunOnVirtualThread
@Produces(MediaType.TEXT_HTML)
@Needs(capability = Capability.SETTINGS, role = Role.ADMIN)
public class WebhookPages {
    static final String HOME = "/app/webhooks";
    static final String DELIVERIES = HOME + "/deliveries";
    private static final int LINES = 25;
    private static final int NEWEST = 8;

    /// Where webhooks stand in the navigation.
    @Singleton
    static class Section implements Pages.Section {
        private final Asking asking;

        @Inject
        Section(Asking asking) {
            this.asking = asking;
        }

        @Override
        public int place() {
            return 80;
        }

        @Override
        public String name() {
            return "webhooks";
        }

        @Override
        public String path() {
            return HOME;
        }

        @Override
        public boolean isOpen() {
            return asking.callerIfKnown()
                    .filter(caller -> caller.may(Capability.SETTINGS, Role.ADMIN))
                    .isPresent();
        }
    }

    /// @param resting whether nobody asks it at this moment, since it failed several times
    public record EndpointLine(
            Endpoint endpoint,
            String title,
            String link,
            boolean all,
            int types,
            long waiting,
            long dead,
            boolean resting) {}

    public record ListView(List<EndpointLine> endpoints, List<EndpointLine> unwell, boolean full) {}

    /// A type that may be ticked.
    public record Box(String type, boolean ticked) {}

    /// @param section whose news these are, as the navigation calls it
    public record Group(String section, List<Box> boxes) {}

    public record NewView(List<Group> groups, boolean all) {}

    public record DeliveryLine(Delivery delivery, String link, String endpoint) {}

    public record EndpointView(
            EndpointLine line,
            List<Group> groups,
            boolean all,
            List<DeliveryLine> newest,
            String allLink,
            String deadLink) {}

    public record Choice(String value, String label, boolean chosen) {}

    public record DeliveriesView(
            List<DeliveryLine> deliveries,
            List<Choice> endpoints,
            List<Choice> statuses,
            List<Choice> types,
            boolean filtered,
            @Nullable String next,
            @Nullable String first) {}

    /// @param word for what came of it: `delivered` or `failed`
    public record AttemptLine(Attempt attempt, String word) {}

    public record DeliveryView(
            Delivery delivery,
            String webhookId,
            String endpoint,
            String endpointLink,
            boolean told,
            String body,
            List<AttemptLine> attempts) {}

    private final EndpointTable endpoints;
    private final DeliveryTable deliveries;
    private final Database database;
    private final Pages pages;
    private final Clock clock;

    @Inject
    WebhookPages(
            EndpointTable endpoints,
            DeliveryTable deliveries,
            Database database,
            Pages pages,
            Clock clock) {
        this.endpoints = endpoints;
        this.deliveries = deliveries;
        this.database = database;
        this.pages = pages;
        this.clock = clock;
    }

    @GET
    @Operation(hidden = true)
    public Response list() {
        var lines = database.snapshot(tx -> lines(endpoints.all(tx), endpoints.health(tx)));
        return pages.show(
                "webhooks/endpoints.html",
                new ListView(
                        lines,
                        lines.stream().filter(WebhookPages::needsSomebody).toList(),
                        lines.size() >= KeepEndpoints.MOST));
    }

    @GET
    @Path("new")
    @Operation(hidden = true)
    public Response create() {
        return pages.show("webhooks/new.html", new NewView(groups(null), true));
    }

    @GET
    @Path("endpoint")
    @Operation(hidden = true)
    public Response endpoint(@QueryParam("id") @Nullable String id) {
        return id(id).flatMap(it -> database.<Optional<EndpointView>>snapshot(tx -> view(tx, it)))
                .map(it -> pages.show("webhooks/endpoint.html", it))
                .orElseGet(() -> pages.show(404, "webhooks/no-endpoint.html", Map.of()).build());
    }

    private Optional<EndpointView> view(org.jdbi.v3.core.Handle tx, UUID id) {
        return endpoints
                .find(tx, id)
                .map(
                        it -> {
                            var line = lines(List.of(it), endpoints.health(tx)).getFirst();
                            var newest =
                                    deliveries.page(
                                            tx, new Search(id, null, null, Long.MAX_VALUE), NEWEST);
                            return new EndpointView(
                                    line,
                                    groups(it.types()),
                                    line.all(),
                                    newest.stream()
                                            .map(each -> line(each, Map.of(id, line.title())))
                                            .toList(),
                                    Pages.link(DELIVERIES, Map.of("endpoint", id.toString())),
                                    Pages.link(
                                            DELIVERIES,
                                            ordered("endpoint", id.toString(), "status", "dead")));
                        });
    }

    @GET
    @Path("deliveries")
    @Operation(hidden = true)
    public Response deliveries(
            @QueryParam("endpoint") @Nullable String endpoint,
            @QueryParam("status") @Nullable String status,
            @QueryParam("type") @Nullable String type,
            @QueryParam("after") @Nullable String after) {
        var search = WebhooksHttp.search(endpoint, status, type, after);
        var view =
                database.snapshot(
                        tx -> {
                            var all = endpoints.all(tx);
                            var titles =
                                    all.stream()
                                            .collect(
                                                    Collectors.toMap(
                                                            Endpoint::id, WebhookPages::title));
                            var page =
                                    Page.of(
                                            deliveries.page(tx, search, LINES + 1),
                                            LINES,
                                            each -> Long.toString(each.seq()));
                            return view(search, all, page.map(each -> line(each, titles)));
                        });
        return pages.show("webhooks/deliveries.html", view);
    }

    private static DeliveriesView view(Search search, List<Endpoint> all, Page<DeliveryLine> page) {
        var asked = new LinkedHashMap<String, String>();
        if (search.endpoint() != null) {
            asked.put("endpoint", search.endpoint().toString());
        }
        if (search.status() != null) {
            asked.put("status", search.status());
        }
        if (search.type() != null) {
            asked.put("type", search.type());
        }
        var next = new LinkedHashMap<>(asked);
        if (page.next() != null) {
            next.put("after", page.next());
        }
        return new DeliveriesView(
                page.items(),
                all.stream()
                        .map(
                                each ->
                                        new Choice(
                                                each.id().toString(),
                                                title(each),
                                                each.id().equals(search.endpoint())))
                        .toList(),
                List.of(Delivery.WAITING, Delivery.DELIVERED, Delivery.DEAD).stream()
                        .map(each -> new Choice(each, each, each.equals(search.status())))
                        .toList(),
                EventTypes.ALL.stream()
                        .map(each -> new Choice(each, each, each.equals(search.type())))
                        .toList(),
                !asked.isEmpty(),
                page.next() == null ? null : Pages.link(DELIVERIES, next),
                search.before() == Long.MAX_VALUE ? null : Pages.link(DELIVERIES, asked));
    }

    @GET
    @Path("delivery")
    @Operation(hidden = true)
    public Response delivery(@QueryParam("id") @Nullable String id) {
        return id(id).flatMap(
                        it -> database.<Optional<DeliveryView>>snapshot(tx -> deliveryView(tx, it)))
                .map(it -> pages.show("webhooks/delivery.html", it))
                .orElseGet(() -> pages.show(404, "webhooks/no-delivery.html", Map.of()).build());
    }

    private Optional<DeliveryView> deliveryView(org.jdbi.v3.core.Handle tx, UUID id) {
        return deliveries
                .find(tx, id)
                .map(
                        it -> {
                            var endpoint = endpoints.find(tx, it.endpointId()).orElseThrow();
                            var attempts = new ArrayList<AttemptLine>();
                            for (var each : deliveries.attempts(tx, id)) {
                                attempts.add(new AttemptLine(each, word(each)));
                            }
                            return new DeliveryView(
                                    it,
                                    Delivery.webhookId(id),
                                    title(endpoint),
                                    link(endpoint.id()),
                                    endpoint.isEnabled(),
                                    deliveries.body(tx, id),
                                    attempts.reversed());
                        });
    }

    private static String word(Attempt attempt) {
        var status = attempt.status();
        return status != null && status >= 200 && status < 300 ? "delivered" : "failed";
    }

    private List<EndpointLine> lines(List<Endpoint> all, List<Health> health) {
        var known = new HashMap<UUID, Health>();
        health.forEach(each -> known.put(each.endpointId(), each));
        var now = clock.instant();
        return all.stream()
                .map(
                        each -> {
                            var its = known.getOrDefault(each.id(), new Health(each.id(), 0, 0));
                            var types = each.types();
                            return new EndpointLine(
                                    each,
                                    title(each),
                                    link(each.id()),
                                    types == null,
                                    types == null ? 0 : types.size(),
                                    its.waiting(),
                                    its.dead(),
                                    isResting(each, now));
                        })
                .toList();
    }

    private static boolean isResting(Endpoint endpoint, Instant now) {
        return endpoint.isEnabled()
                && endpoint.restUntil() != null
                && endpoint.restUntil().isAfter(now);
    }

    private static boolean needsSomebody(EndpointLine line) {
        return line.endpoint().status().equals(Endpoint.FAILING)
                || line.endpoint().status().equals(Endpoint.GONE)
                || line.dead() > 0;
    }

    private static DeliveryLine line(Delivery delivery, Map<UUID, String> titles) {
        return new DeliveryLine(
                delivery,
                Pages.link(HOME + "/delivery", Map.of("id", delivery.id().toString())),
                titles.getOrDefault(delivery.endpointId(), ""));
    }

    private static String title(Endpoint endpoint) {
        return endpoint.description().isBlank() ? endpoint.url() : endpoint.description();
    }

    private static String link(UUID endpoint) {
        return Pages.link(HOME + "/endpoint", Map.of("id", endpoint.toString()));
    }

    private static List<Group> groups(@Nullable List<String> ticked) {
        var groups = new LinkedHashMap<String, List<Box>>();
        for (var type : EventTypes.ALL) {
            groups.computeIfAbsent(section(type), _ -> new ArrayList<>())
                    .add(new Box(type, ticked != null && ticked.contains(type)));
        }
        return groups.entrySet().stream()
                .map(each -> new Group(each.getKey(), each.getValue()))
                .toList();
    }

    private static String section(String type) {
        return switch (type.substring(0, type.indexOf('.'))) {
            case "payment", "receipt" -> "payments";
            case "payout" -> "payouts";
            case "charge", "settlement", "debt_file" -> "billing";
            case "allocation" -> "investments";
            default -> "purchases";
        };
    }

    private static Map<String, String> ordered(String... pairs) {
        var map = new LinkedHashMap<String, String>();
        for (var i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return map;
    }

    private static Optional<UUID> id(@Nullable String text) {
        return text != null && text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
                ? Optional.of(UUID.fromString(text))
                : Optional.empty();
    }
}
