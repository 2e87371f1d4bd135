package vintem.investments;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
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
import vintem.access.ReadsPerson;
import vintem.access.Role;
import vintem.investments.Answers.Place;
import vintem.investments.Answers.Rows;
import vintem.investments.ClientTable.Client;
import vintem.investments.ClientTable.Search;
import vintem.investments.Performance.TickerPerformance;
import vintem.investments.Performance.TimeWeighted;
import vintem.platform.Database;
import vintem.platform.EmailAddress;
import vintem.platform.Fields;
import vintem.platform.HttpBody;
import vintem.platform.Json;
import vintem.platform.Problem;

/// The clients of an investment office, and how each one's money does.
@Path("/clients")
@Tag(name = "investments", description = "What clients invest, and what becomes of it")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class ClientsHttp {
    private static final String WHAT = "client";
    private static final int LONGEST_NAME = 200;
    private static final int LONGEST_EMAIL = 400;
    private static final int LONGEST_SEARCH = 200;

    private static final String SAMPLE_CHANGE =
            """
            {"name":"Ana","email":"ana@example.com","advisor":"Bia","status":"active"}""";

    private final KeepClients keep;
    private final ClientTable table;
    private final Performance performance;
    private final Database database;
    private final Asking asking;

    @Inject
    ClientsHttp(
            KeepClients keep,
            ClientTable table,
            Performance performance,
            Database database,
            Asking asking) {
        this.keep = keep;
        this.table = table;
        this.performance = performance;
        this.database = database;
        this.asking = asking;
    }

    @GET
    @Needs(capability = Capability.INVESTMENTS, role = Role.READ)
    @Operation(
            summary = "List clients by name",
            description = "?search= finds a part of a name or of an e-mail address.")
    @APIResponse(responseCode = "200", description = "Some clients, and how many there are")
    @APIResponse(responseCode = "400", description = "A parameter that cannot be")
    public Rows<Client> list(
            @QueryParam("skip") @Nullable String skip,
            @QueryParam("page") @Nullable String page,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("search") @Nullable String search,
            @QueryParam("status") @Nullable String status) {
        var place = Place.of(skip, page, limit);
        var wanted = search(search, status);
        return database.snapshot(
                tx ->
                        Rows.of(
                                table.page(tx, wanted, place.skip(), place.limit()),
                                table.count(tx, wanted),
                                place));
    }

    @GET
    @Path("/{id}")
    @ReadsPerson("client")
    @Needs(capability = Capability.INVESTMENTS, role = Role.READ)
    @Operation(summary = "One client")
    @APIResponse(
            responseCode = "200",
            description = "The client",
            content = @Content(schema = @Schema(implementation = Client.class)))
    @APIResponse(responseCode = "404", description = "No such client")
    public Client find(@PathParam("id") String id) {
        var known = Answers.id(id, WHAT);
        return database.transaction(tx -> table.find(tx, known)).orElseThrow(ClientsHttp::noSuch);
    }

    @POST
    @Needs(capability = Capability.INVESTMENTS, role = Role.OPERATOR)
    @Operation(summary = "Add a client", description = "The e-mail address is theirs alone.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(
                                        name = "sample",
                                        value =
                                                "{\"name\":\"Ana\",\"email\":\"ana@example.com\",\"advisor\":\"Rui\"}"),
                                @ExampleObject(
                                        name = "least",
                                        value = "{\"name\":\"Ana\",\"email\":\"ana@example.com\"}")
                            }))
    @APIResponse(
            responseCode = "201",
            description = "The client",
            content = @Content(schema = @Schema(implementation = Client.class)))
    @APIResponse(responseCode = "400", description = "A member is missing or wrong")
    @APIResponse(responseCode = "409", description = "The address is another client's")
    public Response create(
            InputStream body, @HeaderParam("Idempotency-Key") @Nullable String idempotencyKey) {
        var bytes = HttpBody.read(body, HttpBody.USUAL_BYTES);
        var key = Answers.key(asking.caller(), "POST /clients", idempotencyKey, bytes);
        var fields = Json.object(bytes);
        var name = fields.requiredText("name", LONGEST_NAME).strip();
        var email = email(fields);
        if (email.isEmpty() && !fields.has("email")) {
            fields.wrong("email", "is required");
        }
        var advisor = fields.text("advisor", LONGEST_NAME);
        fields.orThrow();
        var it =
                new KeepClients.NewClient(
                        name,
                        email.orElseThrow(),
                        advisor == null || advisor.isBlank() ? null : advisor.strip());
        return Answers.created(keep.create(it, key), WHAT, "/clients/", client -> client);
    }

    @PUT
    @Path("/{id}")
    @Needs(capability = Capability.INVESTMENTS, role = Role.OPERATOR)
    @Operation(
            summary = "Change a client",
            description = "What is not named stays. An empty advisor is none.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(name = "sample", value = SAMPLE_CHANGE),
                                @ExampleObject(name = "least", value = "{}")
                            }))
    @APIResponse(
            responseCode = "200",
            description = "The client as it is now",
            content = @Content(schema = @Schema(implementation = Client.class)))
    @APIResponse(responseCode = "400", description = "A member is wrong")
    @APIResponse(responseCode = "404", description = "No such client")
    @APIResponse(responseCode = "409", description = "The address is another client's")
    public Client change(@PathParam("id") String id, InputStream body) {
        var fields = HttpBody.object(body);
        var name = fields.text("name", LONGEST_NAME);
        if (name != null && name.isBlank()) {
            fields.wrong("name", "must not be blank");
        }
        var email = email(fields);
        var status = fields.text("status", 20);
        if (status != null && !isStatus(status)) {
            fields.wrong("status", "must be active or inactive");
        }
        var advisor = fields.text("advisor", LONGEST_NAME);
        fields.orThrow();
        var change =
                new KeepClients.Change(
                        name == null ? null : name.strip(),
                        email.orElse(null),
                        status,
                        advisor == null ? null : advisor.strip());
        return Answers.done(keep.change(asking.caller(), Answers.id(id, WHAT), change), WHAT);
    }

    @DELETE
    @Path("/{id}")
    @Needs(capability = Capability.INVESTMENTS, role = Role.OPERATOR)
    @Operation(
            summary = "Make a client inactive",
            description = "Nothing is lost: it counts no more, and may become active again.")
    @APIResponse(responseCode = "204", description = "It is inactive, now or before")
    @APIResponse(responseCode = "404", description = "No such client")
    public Response deactivate(@PathParam("id") String id) {
        Answers.done(keep.deactivate(asking.caller(), Answers.id(id, WHAT)), WHAT);
        return Response.noContent().build();
    }

    @GET
    @Path("/{id}/performance")
    @ReadsPerson("client")
    @Needs(capability = Capability.INVESTMENTS, role = Role.READ)
    @Operation(
            summary = "How each asset of a client does",
            description =
                    "Money in reais; returns in percent. The curve is the accumulated return of"
                            + " what was bought until each day.")
    @APIResponse(responseCode = "200", description = "One entry for each ticker")
    @APIResponse(responseCode = "404", description = "No such client")
    public List<TickerPerformance> performance(@PathParam("id") String id) {
        return performance.byTicker(Answers.id(id, WHAT)).orElseThrow(ClientsHttp::noSuch);
    }

    @GET
    @Path("/{id}/returns")
    @ReadsPerson("client")
    @Needs(capability = Capability.INVESTMENTS, role = Role.READ)
    @Operation(
            summary = "A client's time-weighted return, against CDI",
            description =
                    "?from= and ?to= are days; the last twelve months where they are missing.")
    @APIResponse(
            responseCode = "200",
            description = "The return and its curve",
            content = @Content(schema = @Schema(implementation = TimeWeighted.class)))
    @APIResponse(responseCode = "400", description = "Days that cannot be")
    @APIResponse(responseCode = "404", description = "No such client")
    public TimeWeighted returns(
            @PathParam("id") String id,
            @QueryParam("from") @Nullable String from,
            @QueryParam("to") @Nullable String to) {
        var span = Spans.of(from, to, performance.today());
        return performance
                .timeWeighted(Answers.id(id, WHAT), span.start(), span.end())
                .orElseThrow(ClientsHttp::noSuch);
    }

    private static Optional<EmailAddress> email(Fields fields) {
        var text = fields.text("email", LONGEST_EMAIL);
        if (text == null) {
            return Optional.empty();
        }
        var email = EmailAddress.parse(text);
        if (email.isEmpty()) {
            fields.wrong("email", "is not an e-mail address");
        }
        return email;
    }

    static Search search(@Nullable String search, @Nullable String status) {
        if (search != null && (search.length() > LONGEST_SEARCH || !Json.isClean(search))) {
            throw Problem.invalid(
                    "?search", "is longer than %d characters".formatted(LONGEST_SEARCH));
        }
        if (status != null && !status.isEmpty() && !isStatus(status)) {
            throw Problem.invalid("?status", "must be active or inactive");
        }
        return new Search(
                search == null || search.isBlank() ? null : search.strip(),
                status == null || status.isEmpty() ? null : status);
    }

    private static boolean isStatus(String status) {
        return status.equals(ClientTable.ACTIVE) || status.equals(ClientTable.INACTIVE);
    }

    private static Problem noSuch() {
        return Problem.notFound("There is no such client.");
    }
}
