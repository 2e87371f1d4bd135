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
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Clock;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
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
import vintem.investments.AllocationTable.Filter;
import vintem.investments.AllocationTable.Withdrawal;
import vintem.investments.Answers.Place;
import vintem.investments.Answers.Rows;
import vintem.platform.BusinessDays;
import vintem.platform.Database;
import vintem.platform.Fields;
import vintem.platform.HttpBody;
import vintem.platform.Idempotency;
import vintem.platform.Ids;
import vintem.platform.Json;
import vintem.platform.Problem;
import vintem.platform.UnreadBodies;

/// Money that clients put into assets, and what they sold of it.
@Path("/allocations")
@Tag(name = "investments", description = "What clients invest, and what becomes of it")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class AllocationsHttp {
    private static final String WHAT = "allocation";
    private static final String SAMPLE =
            """
            {"client_id":1,"asset_symbol":"PETR4","quantity":100.5,"buy_price":36.38,
             "buy_date":"2026-03-02"}""";

    private static final String SAMPLE_CHANGE =
            """
            {"quantity":120.5,"buy_price":36.40,"buy_date":"2026-03-02","is_active":true}""";

    private static final String SAMPLE_FILE =
            """
            client_email,ticker,quantity,buy_price,buy_date
            ana@example.com,PETR4,100,36.38,2026-03-02
            """;

    private final KeepAllocations keep;
    private final ImportAllocations importAllocations;
    private final AllocationTable table;
    private final Database database;
    private final Asking asking;
    private final UnreadBodies unread;
    private final Clock clock;

    @Inject
    AllocationsHttp(
            KeepAllocations keep,
            ImportAllocations importAllocations,
            AllocationTable table,
            Database database,
            Asking asking,
            UnreadBodies unread,
            Clock clock) {
        this.keep = keep;
        this.importAllocations = importAllocations;
        this.table = table;
        this.database = database;
        this.asking = asking;
        this.unread = unread;
        this.clock = clock;
    }

    @GET
    @Needs(capability = Capability.INVESTMENTS, role = Role.READ)
    @Operation(summary = "List allocations, the newest first")
    @APIResponse(responseCode = "200", description = "Some allocations, and how many there are")
    @APIResponse(responseCode = "400", description = "A parameter that cannot be")
    public Rows<AllocationAnswer> list(
            @QueryParam("client_id") @Nullable String clientId,
            @QueryParam("asset_id") @Nullable String assetId,
            @QueryParam("is_active") @Nullable String isActive,
            @QueryParam("skip") @Nullable String skip,
            @QueryParam("page") @Nullable String page,
            @QueryParam("limit") @Nullable String limit) {
        var place = Place.of(skip, page, limit);
        var filter =
                new Filter(
                        Answers.idOrNull("client_id", clientId),
                        Answers.idOrNull("asset_id", assetId),
                        flag(isActive));
        return database.snapshot(
                tx ->
                        Rows.of(
                                table.page(tx, filter, place.skip(), place.limit()).stream()
                                        .map(AllocationAnswer::of)
                                        .toList(),
                                table.count(tx, filter),
                                place));
    }

    @GET
    @Path("/{id}")
    @Needs(capability = Capability.INVESTMENTS, role = Role.READ)
    @Operation(summary = "One allocation")
    @APIResponse(
            responseCode = "200",
            description = "The allocation",
            content = @Content(schema = @Schema(implementation = AllocationAnswer.class)))
    @APIResponse(responseCode = "404", description = "No such allocation")
    public AllocationAnswer find(@PathParam("id") String id) {
        var known = Answers.id(id, WHAT);
        return database.transaction(tx -> table.find(tx, known))
                .map(AllocationAnswer::of)
                .orElseThrow(AllocationsHttp::noSuch);
    }

    @POST
    @Needs(capability = Capability.INVESTMENTS, role = Role.OPERATOR)
    @Operation(
            summary = "Put a client's money into an asset",
            description =
                    "By asset_id, or by asset_symbol, which adds the asset where there is none."
                            + " Without buy_price it is the price of now, without buy_date today.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(name = "sample", value = SAMPLE),
                                @ExampleObject(
                                        name = "least",
                                        value = "{\"client_id\":1,\"asset_id\":7,\"quantity\":0.5}")
                            }))
    @APIResponse(
            responseCode = "201",
            description = "The allocation",
            content = @Content(schema = @Schema(implementation = AllocationAnswer.class)))
    @APIResponse(responseCode = "400", description = "A member is missing or wrong")
    @APIResponse(responseCode = "409", description = "The client is not active")
    @APIResponse(responseCode = "422", description = "No such client, asset or symbol")
    @APIResponse(responseCode = "503", description = "There is no price, and none was said")
    public Response create(
            InputStream body, @HeaderParam("Idempotency-Key") @Nullable String idempotencyKey) {
        var bytes = HttpBody.read(body, HttpBody.USUAL_BYTES);
        var key = Answers.key(asking.caller(), "POST /allocations", idempotencyKey, bytes);
        var fields = Json.object(bytes);
        var clientId = fields.requiredInteger("client_id");
        var assetId = fields.integer("asset_id");
        var symbol = symbol(fields);
        if (assetId == null
                && symbol == null
                && !fields.has("asset_id")
                && !fields.has("asset_symbol")) {
            fields.wrong("asset_id", "is required, or asset_symbol");
        }
        var quantity = Decimals.require(fields, "quantity");
        var price = Decimals.read(fields, "buy_price");
        var date = Days.read(fields, "buy_date", today());
        fields.orThrow();
        var wanted =
                new KeepAllocations.Wanted(
                        clientId,
                        assetId,
                        assetId == null ? symbol : null,
                        quantity,
                        price,
                        date == null ? today() : date);
        return Answers.created(
                keep.allocate(wanted, key), WHAT, "/allocations/", AllocationAnswer::of);
    }

    @PUT
    @Path("/{id}")
    @Needs(capability = Capability.INVESTMENTS, role = Role.OPERATOR)
    @Operation(
            summary = "Correct an allocation",
            description = "What is not named stays. What was known before can still be asked for.")
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
            description = "The allocation as it is now",
            content = @Content(schema = @Schema(implementation = AllocationAnswer.class)))
    @APIResponse(responseCode = "400", description = "A member is wrong")
    @APIResponse(responseCode = "404", description = "No such allocation")
    @APIResponse(responseCode = "422", description = "More was sold than would be there")
    public AllocationAnswer change(@PathParam("id") String id, InputStream body) {
        var fields = HttpBody.object(body);
        var change =
                new KeepAllocations.Change(
                        Decimals.read(fields, "quantity"),
                        Decimals.read(fields, "buy_price"),
                        Days.read(fields, "buy_date", today()),
                        fields.flag("is_active"));
        fields.orThrow();
        return AllocationAnswer.of(
                Answers.done(keep.change(asking.caller(), Answers.id(id, WHAT), change), WHAT));
    }

    @DELETE
    @Path("/{id}")
    @Needs(capability = Capability.INVESTMENTS, role = Role.OPERATOR)
    @Operation(
            summary = "Remove an allocation that never was",
            description = "A correction: it is out of all figures. A sale is a withdrawal.")
    @APIResponse(responseCode = "204", description = "It is removed")
    @APIResponse(responseCode = "404", description = "No such allocation")
    @APIResponse(responseCode = "409", description = "It was removed before")
    public Response remove(@PathParam("id") String id) {
        Answers.done(keep.remove(asking.caller(), Answers.id(id, WHAT)), WHAT);
        return Response.noContent().build();
    }

    @GET
    @Path("/{id}/withdrawals")
    @Needs(capability = Capability.INVESTMENTS, role = Role.READ)
    @Operation(summary = "What was sold of an allocation")
    @APIResponse(responseCode = "200", description = "The sales, the oldest first")
    @APIResponse(responseCode = "404", description = "No such allocation")
    public List<Withdrawal> withdrawals(@PathParam("id") String id) {
        var known = Answers.id(id, WHAT);
        return database.transaction(tx -> table.find(tx, known).map(_ -> table.sales(tx, known)))
                .orElseThrow(AllocationsHttp::noSuch);
    }

    @POST
    @Path("/{id}/withdrawals")
    @Needs(capability = Capability.INVESTMENTS, role = Role.OPERATOR)
    @Operation(
            summary = "Sell a part of an allocation",
            description = "In units of that day. Captado stays gross; captado_liquido falls.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(
                                        name = "sample",
                                        value =
                                                "{\"date\":\"2026-04-01\",\"quantity\":40.5,\"price\":38.10}"),
                                @ExampleObject(
                                        name = "least",
                                        value = "{\"quantity\":40.5,\"price\":38.10}")
                            }))
    @APIResponse(
            responseCode = "201",
            description = "The allocation as it is now",
            content = @Content(schema = @Schema(implementation = AllocationAnswer.class)))
    @APIResponse(responseCode = "400", description = "A member is missing or wrong")
    @APIResponse(responseCode = "404", description = "No such allocation")
    @APIResponse(responseCode = "409", description = "It was removed before")
    @APIResponse(responseCode = "422", description = "That many units are not left")
    public Response withdraw(
            @PathParam("id") String id,
            InputStream body,
            @HeaderParam("Idempotency-Key") @Nullable String idempotencyKey) {
        var bytes = HttpBody.read(body, HttpBody.USUAL_BYTES);
        var known = Answers.id(id, WHAT);
        var route = "POST /allocations/" + known + "/withdrawals";
        var key = Answers.key(asking.caller(), route, idempotencyKey, bytes);
        var fields = Json.object(bytes);
        var date = Days.read(fields, "date", today());
        var quantity = Decimals.require(fields, "quantity");
        var price = Decimals.require(fields, "price");
        fields.orThrow();
        var sale = new KeepAllocations.Sale(date == null ? today() : date, quantity, price);
        return Answers.created(
                keep.sell(asking.caller(), known, sale, key),
                WHAT,
                "/allocations/",
                AllocationAnswer::of);
    }

    @DELETE
    @Path("/{id}/withdrawals/{sale}")
    @Needs(capability = Capability.INVESTMENTS, role = Role.OPERATOR)
    @Operation(
            summary = "Take back a sale that never was",
            description = "A correction: its units are there again. As of before, it still is.")
    @APIResponse(
            responseCode = "200",
            description = "The allocation as it is now",
            content = @Content(schema = @Schema(implementation = AllocationAnswer.class)))
    @APIResponse(responseCode = "404", description = "No such allocation, or no such sale of it")
    @APIResponse(responseCode = "409", description = "The allocation was removed")
    public AllocationAnswer takeBack(@PathParam("id") String id, @PathParam("sale") String sale) {
        return AllocationAnswer.of(
                Answers.done(
                        keep.takeBack(
                                asking.caller(), Answers.id(id, WHAT), Answers.id(sale, "sale")),
                        "sale"));
    }

    @POST
    @Path("/import")
    @Needs(capability = Capability.INVESTMENTS, role = Role.OPERATOR)
    @Operation(
            summary = "Import a file of allocations",
            description =
                    "CSV with client_email or client_id, ticker, quantity, and buy_price and"
                            + " buy_date where they are known. All of it or nothing. Without an"
                            + " Idempotency-Key the file itself is the key: it counts once.")
    @RequestBody(
            content = {
                @Content(
                        mediaType = "text/csv",
                        examples = @ExampleObject(name = "sample", value = SAMPLE_FILE)),
                @Content(mediaType = "multipart/form-data")
            })
    @APIResponse(
            responseCode = "201",
            description = "What came of it",
            content = @Content(schema = @Schema(implementation = ImportAllocations.Imported.class)))
    @APIResponse(responseCode = "400", description = "Rows that are wrong; nothing was written")
    @APIResponse(responseCode = "413", description = "The file is too large")
    @APIResponse(responseCode = "415", description = "The body is no CSV")
    public Response importFile(
            InputStream body,
            @HeaderParam(HttpHeaders.CONTENT_TYPE) @Nullable String contentType,
            @HeaderParam("Idempotency-Key") @Nullable String idempotencyKey) {
        unread.guard();
        try (var file = CsvFile.receive(body, contentType)) {
            var header =
                    idempotencyKey == null ? HexFormat.of().formatHex(file.hash()) : idempotencyKey;
            var identity =
                    Idempotency.identity(asking.caller().id(), "POST /allocations/import", header)
                            .orElseThrow();
            var key = new Idempotency.Request(identity, file.hash(), Ids.next());
            return Answers.created(
                    importAllocations.importAll(file, key), WHAT, "/allocations", done -> done);
        }
    }

    private @Nullable String symbol(Fields fields) {
        var text = fields.text("asset_symbol", 100);
        if (text == null) {
            return null;
        }
        var ticker = Tickers.of(text);
        if (ticker.isEmpty()) {
            fields.wrong("asset_symbol", Tickers.RULE);
        }
        return ticker.orElse(null);
    }

    private LocalDate today() {
        return BusinessDays.today(clock);
    }

    static @Nullable Boolean flag(@Nullable String text) {
        return switch (text) {
            case null -> null;
            case "" -> null;
            case "true" -> true;
            case "false" -> false;
            default -> throw Problem.invalid("?is_active", "must be true or false");
        };
    }

    private static Problem noSuch() {
        return Problem.notFound("There is no such allocation.");
    }
}
