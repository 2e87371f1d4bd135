package vintem.webhooks;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.Role;
import vintem.platform.Database;
import vintem.platform.Fields;
import vintem.platform.HttpBody;
import vintem.platform.Idempotency;
import vintem.platform.Idempotency.Claim;
import vintem.platform.Ids;
import vintem.platform.Json;
import vintem.platform.Page;
import vintem.platform.Problem;
import vintem.webhooks.DeliveryTable.Search;

/// The routes of outbound webhooks: where news go, and what became of each.
@Path("/webhooks")
@Tag(name = "webhooks", description = "News to your systems, by Standard Webhooks")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
@Needs(capability = Capability.SETTINGS, role = Role.ADMIN)
public class WebhooksHttp {
    record Endpoints(List<EndpointAnswer> items) {}

    record Types(List<String> items) {}

    /// What a list's answer looks like, for `/openapi`.
    record DeliveryPage(List<DeliveryAnswer> items, @Nullable String next) {}

    record Replayed(int replayed) {}

    private static final int LONGEST_DESCRIPTION = 200;
    private static final int LONGEST_TYPE = 60;
    private static final int USUAL_OVERLAP_HOURS = 24;
    private static final int LONGEST_OVERLAP_HOURS = 168;
    private static final List<String> STATUSES =
            List.of(Delivery.WAITING, Delivery.DELIVERED, Delivery.DEAD);

    private static final String SAMPLE =
            """
            {"url":"https://example.com/hooks/vintem","description":"ERP",
             "types":["payment.confirmed","payout.paid","payout.failed"]}""";

    private static final String SAMPLE_CHANGE =
            """
            {"url":"https://example.com/hooks/vintem","description":"ERP",
             "types":["payment.confirmed"],"enabled":true}""";

    private final KeepEndpoints keep;
    private final ReplayDeliveries replay;
    private final EndpointTable endpoints;
    private final DeliveryTable deliveries;
    private final Database database;
    private final Asking asking;

    @Inject
    WebhooksHttp(
            KeepEndpoints keep,
            ReplayDeliveries replay,
            EndpointTable endpoints,
            DeliveryTable deliveries,
            Database database,
            Asking asking) {
        this.keep = keep;
        this.replay = replay;
        this.endpoints = endpoints;
        this.deliveries = deliveries;
        this.database = database;
        this.asking = asking;
    }

    @GET
    @Path("types")
    @Operation(summary = "List the types of news there are")
    @APIResponse(
            responseCode = "200",
            description = "Their names",
            content = @Content(schema = @Schema(implementation = Types.class)))
    public Types types() {
        return new Types(EventTypes.ALL);
    }

    @GET
    @Path("endpoints")
    @Operation(summary = "List endpoints", description = "All of them: there are at most 50.")
    @APIResponse(
            responseCode = "200",
            description = "The endpoints, without their secrets",
            content = @Content(schema = @Schema(implementation = Endpoints.class)))
    public Endpoints endpoints() {
        return new Endpoints(
                database.transaction(endpoints::all).stream()
                        .map(each -> EndpointAnswer.of(each, null))
                        .toList());
    }

    @POST
    @Path("endpoints")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Add an endpoint",
            description =
                    "Without types it is told of everything. The secret, by which you verify what"
                            + " arrives, is shown this once.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(name = "sample", value = SAMPLE),
                                @ExampleObject(
                                        name = "least",
                                        value = "{\"url\":\"https://example.com/hooks/vintem\"}")
                            }))
    @APIResponse(
            responseCode = "200",
            description =
                    "It was made before with this Idempotency-Key; its secret is not shown again",
            content = @Content(schema = @Schema(implementation = EndpointAnswer.class)))
    @APIResponse(
            responseCode = "201",
            description = "The endpoint and its secret",
            content = @Content(schema = @Schema(implementation = EndpointAnswer.class)))
    @APIResponse(
            responseCode = "400",
            description = "A member is missing or wrong, or the URL leads to a private address")
    @APIResponse(
            responseCode = "409",
            description = "There are too many, or a request with this key is under way")
    @APIResponse(responseCode = "422", description = "The Idempotency-Key belongs to another body")
    public Response create(
            InputStream body, @HeaderParam("Idempotency-Key") @Nullable String idempotencyKey) {
        var bytes = HttpBody.read(body, HttpBody.USUAL_BYTES);
        var key = key("POST /webhooks/endpoints", idempotencyKey, bytes);
        var fields = HttpBody.object(bytes);
        var url = fields.requiredText("url", TargetUrl.LONGEST);
        var description = fields.text("description", LONGEST_DESCRIPTION);
        var types = types(fields);
        fields.orThrow();
        check(fields, url);
        return answer(
                keep.create(
                        asking.caller(),
                        new KeepEndpoints.NewEndpoint(
                                url, description == null ? "" : description.strip(), types),
                        key));
    }

    @GET
    @Path("endpoints/{id}")
    @Operation(summary = "Find one endpoint")
    @APIResponse(
            responseCode = "200",
            description = "The endpoint, without its secret",
            content = @Content(schema = @Schema(implementation = EndpointAnswer.class)))
    @APIResponse(responseCode = "404", description = "No such endpoint")
    public EndpointAnswer endpoint(@PathParam("id") UUID id) {
        return database.transaction(tx -> endpoints.find(tx, id))
                .map(each -> EndpointAnswer.of(each, null))
                .orElseThrow(WebhooksHttp::noEndpoint);
    }

    @PATCH
    @Path("endpoints/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Change an endpoint",
            description =
                    "What is not named stays; \"types\": null is all of them. \"enabled\": true"
                            + " begins anew, also where it was switched off after days of"
                            + " failures: what waited is sent then.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(name = "sample", value = SAMPLE_CHANGE),
                                @ExampleObject(name = "of everything", value = "{\"types\":null}"),
                                @ExampleObject(name = "least", value = "{}")
                            }))
    @APIResponse(
            responseCode = "200",
            description = "As it is now",
            content = @Content(schema = @Schema(implementation = EndpointAnswer.class)))
    @APIResponse(responseCode = "400", description = "A member is wrong")
    @APIResponse(responseCode = "404", description = "No such endpoint")
    public Response change(@PathParam("id") UUID id, InputStream body) {
        var fields = HttpBody.object(body);
        var url = fields.text("url", TargetUrl.LONGEST);
        var description = fields.text("description", LONGEST_DESCRIPTION);
        var types = types(fields);
        var enabled = fields.flag("enabled");
        fields.orThrow();
        if (url != null) {
            check(fields, url);
        }
        return answer(
                keep.change(
                        asking.caller(),
                        id,
                        new KeepEndpoints.Change(
                                url,
                                description == null ? null : description.strip(),
                                types,
                                fields.cleared("types"),
                                enabled)));
    }

    @DELETE
    @Path("endpoints/{id}")
    @Operation(
            summary = "Delete an endpoint",
            description = "Its deliveries and their log go with it; what waited is not sent.")
    @APIResponse(responseCode = "204", description = "Deleted")
    @APIResponse(responseCode = "404", description = "No such endpoint")
    public Response delete(@PathParam("id") UUID id) {
        return answer(keep.delete(asking.caller(), id));
    }

    @POST
    @Path("endpoints/{id}/rotate")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Give an endpoint another secret",
            description =
                    "For overlap_hours (24 where it is missing, 0 to 168) each request is signed by"
                            + " the new and by the earlier secrets; 0 ends those now.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(name = "sample", value = "{\"overlap_hours\":24}"),
                                @ExampleObject(name = "least", value = "{}")
                            }))
    @APIResponse(
            responseCode = "200",
            description =
                    "It was done before with this Idempotency-Key; the secret is not shown again",
            content = @Content(schema = @Schema(implementation = EndpointAnswer.class)))
    @APIResponse(
            responseCode = "201",
            description = "The endpoint and its new secret, shown this once",
            content = @Content(schema = @Schema(implementation = EndpointAnswer.class)))
    @APIResponse(responseCode = "400", description = "A member is wrong")
    @APIResponse(responseCode = "404", description = "No such endpoint")
    @APIResponse(
            responseCode = "409",
            description = "Five secrets are valid already, or the key is under way")
    @APIResponse(responseCode = "422", description = "The Idempotency-Key belongs to another body")
    public Response rotate(
            @PathParam("id") UUID id,
            InputStream body,
            @HeaderParam("Idempotency-Key") @Nullable String idempotencyKey) {
        var bytes = HttpBody.read(body, HttpBody.USUAL_BYTES);
        var key = key("POST /webhooks/endpoints/" + id + "/rotate", idempotencyKey, bytes);
        var fields = HttpBody.object(bytes);
        var hours = fields.integer("overlap_hours");
        if (hours != null && (hours < 0 || hours > LONGEST_OVERLAP_HOURS)) {
            fields.wrong("overlap_hours", "must be 0 to %d".formatted(LONGEST_OVERLAP_HOURS));
        }
        fields.orThrow();
        return answer(
                keep.rotate(
                        asking.caller(),
                        id,
                        Duration.ofHours(hours == null ? USUAL_OVERLAP_HOURS : hours),
                        key));
    }

    @POST
    @Path("endpoints/{id}/test")
    @Operation(
            summary = "Try an endpoint",
            description =
                    "Sends webhook.test, once: look at the delivery for what came of it. It waits"
                            + " for nothing that waits for others.")
    @APIResponse(
            responseCode = "202",
            description = "The delivery",
            content = @Content(schema = @Schema(implementation = DeliveryAnswer.class)))
    @APIResponse(responseCode = "404", description = "No such endpoint")
    @APIResponse(responseCode = "409", description = "The endpoint is not enabled")
    public Response tryOut(@PathParam("id") UUID id) {
        return answer(keep.tryOut(asking.caller(), id));
    }

    @POST
    @Path("endpoints/{id}/replay")
    @Operation(
            summary = "Send again all that was given up",
            description = "?since= leaves out what is older, such as 2026-11-26T12:00:00Z.")
    @APIResponse(
            responseCode = "202",
            description = "How many will be sent",
            content = @Content(schema = @Schema(implementation = Replayed.class)))
    @APIResponse(responseCode = "400", description = "A time that is none")
    @APIResponse(responseCode = "404", description = "No such endpoint")
    public Response replayDead(
            @PathParam("id") UUID id, @QueryParam("since") @Nullable String since) {
        var many = replay.dead(asking.caller(), id, since(since));
        if (many.isEmpty()) {
            throw noEndpoint();
        }
        return Response.accepted(new Replayed(many.getAsInt())).build();
    }

    @GET
    @Path("deliveries")
    @Operation(
            summary = "List deliveries, newest first",
            description = "?status= is waiting, delivered or dead; ?type= one type of news.")
    @APIResponse(
            responseCode = "200",
            description = "A page of deliveries",
            content = @Content(schema = @Schema(implementation = DeliveryPage.class)))
    @APIResponse(responseCode = "400", description = "A parameter that cannot be")
    public Page<DeliveryAnswer> deliveries(
            @QueryParam("endpoint") @Nullable String endpoint,
            @QueryParam("status") @Nullable String status,
            @QueryParam("type") @Nullable String type,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit) {
        var size = Page.size(limit);
        var search = search(endpoint, status, type, after);
        var rows = database.transaction(tx -> deliveries.page(tx, search, size + 1));
        return Page.of(rows, size, each -> Long.toString(each.seq())).map(DeliveryAnswer::of);
    }

    @GET
    @Path("deliveries/{id}")
    @Operation(summary = "Find one delivery, with what was sent and answered")
    @APIResponse(
            responseCode = "200",
            description = "The delivery",
            content = @Content(schema = @Schema(implementation = DeliveryAnswer.class)))
    @APIResponse(responseCode = "404", description = "No such delivery")
    public DeliveryAnswer delivery(@PathParam("id") UUID id) {
        return database.<Optional<DeliveryAnswer>>snapshot(
                        tx ->
                                deliveries
                                        .find(tx, id)
                                        .map(
                                                each ->
                                                        DeliveryAnswer.of(
                                                                each,
                                                                deliveries.body(tx, id),
                                                                deliveries.attempts(tx, id))))
                .orElseThrow(WebhooksHttp::noDelivery);
    }

    @POST
    @Path("deliveries/{id}/replay")
    @Operation(
            summary = "Send one delivery again",
            description = "The same webhook-id and the same bytes. One that waits is tried now.")
    @APIResponse(
            responseCode = "202",
            description = "The delivery",
            content = @Content(schema = @Schema(implementation = DeliveryAnswer.class)))
    @APIResponse(responseCode = "404", description = "No such delivery")
    public Response replay(@PathParam("id") UUID id) {
        return replay.one(asking.caller(), id)
                .map(each -> Response.accepted(DeliveryAnswer.of(each)).build())
                .orElseThrow(WebhooksHttp::noDelivery);
    }

    /// @throws Problem `400` for what cannot be
    static Search search(
            @Nullable String endpoint,
            @Nullable String status,
            @Nullable String type,
            @Nullable String after) {
        if (isGiven(status) && !STATUSES.contains(status)) {
            throw Problem.invalid("?status", "must be waiting, delivered or dead");
        }
        if (isGiven(type) && !EventTypes.KNOWN.contains(type) && !EventTypes.TEST.equals(type)) {
            throw Problem.invalid("?type", "must be one of GET /webhooks/types");
        }
        if (isGiven(after) && !after.matches("[0-9]{1,18}")) {
            throw Problem.invalid("?after", "must be the `next` of another page");
        }
        return new Search(
                isGiven(endpoint) ? id(endpoint) : null,
                isGiven(status) ? status : null,
                isGiven(type) ? type : null,
                isGiven(after) ? Long.parseLong(after) : Long.MAX_VALUE);
    }

    private static boolean isGiven(@Nullable String text) {
        return text != null && !text.isEmpty();
    }

    private static UUID id(String text) {
        if (text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")) {
            return UUID.fromString(text);
        }
        throw Problem.invalid("?endpoint", "must be the id of an endpoint");
    }

    private static Instant since(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return Instant.EPOCH;
        }
        try {
            // A `+` of a query is a space.
            var at = OffsetDateTime.parse(text.replace(' ', '+')).toInstant();
            if (at.isAfter(Instant.EPOCH) && at.isBefore(Instant.parse("9999-01-01T00:00:00Z"))) {
                return at;
            }
        } catch (DateTimeParseException noTime) {
            // Answered below.
        }
        throw Problem.invalid("?since", "must be a time such as 2026-11-26T12:00:00Z");
    }

    /// Null where it is missing or `null`.
    private static @Nullable List<String> types(Fields fields) {
        if (!fields.has("types")) {
            return null;
        }
        var types = fields.texts("types", EventTypes.ALL.size(), LONGEST_TYPE);
        if (types.isEmpty()) {
            fields.wrong("types", "must name a type, or be missing: then it is all of them");
        }
        for (var i = 0; i < types.size(); i++) {
            if (!EventTypes.KNOWN.contains(types.get(i))) {
                fields.wrong("types/" + i, "must be one of GET /webhooks/types");
            }
        }
        return types.stream().distinct().toList();
    }

    private void check(Fields fields, String url) {
        keep.objection(url).ifPresent(it -> fields.wrong("url", it.reason(), it.code()));
        fields.orThrow();
    }

    private Optional<Idempotency.Request> key(String route, @Nullable String header, byte[] body) {
        return Idempotency.identity(asking.caller().id(), route, header)
                .map(it -> new Idempotency.Request(it, Idempotency.hash(body), Ids.next()));
    }

    private static Response answer(KeepEndpoints.Outcome outcome) {
        return switch (outcome) {
            case KeepEndpoints.Outcome.Created(var endpoint, var secret) ->
                    Response.status(KeepEndpoints.CREATED)
                            .header(HttpHeaders.LOCATION, "/webhooks/endpoints/" + endpoint.id())
                            .header(HttpHeaders.CACHE_CONTROL, "no-store")
                            .entity(Json.write(EndpointAnswer.of(endpoint, secret)))
                            .build();
            case KeepEndpoints.Outcome.Changed(var endpoint) ->
                    Response.ok(EndpointAnswer.of(endpoint, null)).build();
            case KeepEndpoints.Outcome.Deleted() -> Response.noContent().build();
            case KeepEndpoints.Outcome.Tried(var delivery) ->
                    Response.accepted(DeliveryAnswer.of(delivery)).build();
            case KeepEndpoints.Outcome.Unknown() -> throw noEndpoint();
            case KeepEndpoints.Outcome.NotEnabled() ->
                    throw Problem.conflict(
                            "endpoint-not-enabled", "Nothing is sent there: enable it first.");
            case KeepEndpoints.Outcome.TooMany(var most) ->
                    throw Problem.conflict(
                            "too-many-endpoints",
                            "There are %d already; delete one first.".formatted(most));
            case KeepEndpoints.Outcome.TooManySecrets(var most) ->
                    throw Problem.conflict(
                            "too-many-secrets",
                            "%d secrets are valid; wait, or end them by overlap_hours 0."
                                    .formatted(most));
            case KeepEndpoints.Outcome.KeyTaken(var claim) -> replayed(claim);
        };
    }

    private static Response replayed(Claim claim) {
        if (!(claim instanceof Claim.Replay(var status, var body))) {
            throw Idempotency.refusal(claim);
        }
        return Response.status(status)
                .header("Idempotency-Hit", "true")
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .entity(body)
                .build();
    }

    private static Problem noEndpoint() {
        return Problem.notFound("There is no such endpoint.");
    }

    private static Problem noDelivery() {
        return Problem.notFound("There is no such delivery.");
    }
}
