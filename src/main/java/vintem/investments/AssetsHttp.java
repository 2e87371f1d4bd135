package vintem.investments;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
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
import vintem.investments.Answers.Place;
import vintem.investments.Answers.Rows;
import vintem.investments.AssetTable.NewAsset;
import vintem.investments.AssetTable.Split;
import vintem.platform.BusinessDays;
import vintem.platform.Database;
import vintem.platform.HttpBody;
import vintem.platform.Json;
import vintem.platform.Page;
import vintem.platform.Problem;

/// What can be invested in, its prices, and what a provider has to offer.
@Path("/assets")
@Tag(name = "investments", description = "What clients invest, and what becomes of it")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class AssetsHttp {
    private static final String SAMPLE =
            """
            {"ticker":"PETR4","name":"Petrobras PN","exchange":"B3","currency":"BRL"}""";

    private static final String WHAT = "asset";
    private static final int LONGEST_NAME = 200;
    private static final int MOST_PAGES = 1_000_000;

    /// A price of now, or the last good one.
    ///
    /// @param asOf when it was made
    /// @param source who told it
    /// @param ageSeconds since it was told
    /// @param stale the provider does not answer: this is what it last said
    record PriceAnswer(
            String symbol,
            BigDecimal price,
            String currency,
            Instant asOf,
            String source,
            long ageSeconds,
            boolean stale) {
        static PriceAnswer of(Quotes.Found.Price it, Instant now) {
            return new PriceAnswer(
                    it.quote().symbol(),
                    Decimals.plain(it.quote().price()),
                    it.quote().currency(),
                    it.quote().asOf(),
                    it.source(),
                    Math.max(0, Duration.between(it.fetchedAt(), now).toSeconds()),
                    it.stale());
        }
    }

    /// @param total as the provider says
    record CatalogueAnswer(
            List<MarketData.Listed> items, int page, int perPage, long total, String source) {}

    private final KeepAssets keep;
    private final AssetTable table;
    private final Quotes quotes;
    private final MarketData market;
    private final Database database;
    private final Asking asking;
    private final Clock clock;

    @Inject
    AssetsHttp(
            KeepAssets keep,
            AssetTable table,
            Quotes quotes,
            MarketData market,
            Database database,
            Asking asking,
            Clock clock) {
        this.keep = keep;
        this.table = table;
        this.quotes = quotes;
        this.market = market;
        this.database = database;
        this.asking = asking;
        this.clock = clock;
    }

    @GET
    @Needs(capability = Capability.INVESTMENTS, role = Role.READ)
    @Operation(
            summary = "List assets by ticker",
            description = "?search= finds a part of a ticker or a name.")
    @APIResponse(responseCode = "200", description = "Some assets, and how many there are")
    @APIResponse(responseCode = "400", description = "A parameter that cannot be")
    public Rows<AssetAnswer> list(
            @QueryParam("skip") @Nullable String skip,
            @QueryParam("page") @Nullable String page,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("search") @Nullable String search) {
        var place = Place.of(skip, page, limit);
        var wanted = ClientsHttp.search(search, null).search();
        return database.snapshot(
                tx ->
                        Rows.of(
                                table.page(tx, wanted, place.skip(), place.limit()).stream()
                                        .map(AssetAnswer::of)
                                        .toList(),
                                table.count(tx, wanted),
                                place));
    }

    @POST
    @Needs(capability = Capability.INVESTMENTS, role = Role.OPERATOR)
    @Operation(summary = "Add an asset")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(name = "sample", value = SAMPLE),
                                @ExampleObject(
                                        name = "least",
                                        value = "{\"ticker\":\"PETR4\",\"name\":\"Petrobras PN\"}")
                            }))
    @APIResponse(
            responseCode = "201",
            description = "The asset",
            content = @Content(schema = @Schema(implementation = AssetAnswer.class)))
    @APIResponse(responseCode = "400", description = "A member is missing or wrong")
    @APIResponse(responseCode = "409", description = "There is one of this ticker")
    public Response create(
            InputStream body, @HeaderParam("Idempotency-Key") @Nullable String idempotencyKey) {
        var bytes = HttpBody.read(body, HttpBody.USUAL_BYTES);
        var key = Answers.key(asking.caller(), "POST /assets", idempotencyKey, bytes);
        var fields = Json.object(bytes);
        var ticker = Tickers.of(fields.requiredText("ticker", LONGEST_NAME));
        if (ticker.isEmpty() && fields.has("ticker")) {
            fields.wrong("ticker", Tickers.RULE);
        }
        var name = fields.requiredText("name", LONGEST_NAME).strip();
        var exchange = fields.text("exchange", LONGEST_NAME);
        var currency = fields.text("currency", LONGEST_NAME);
        if (currency != null && !currency.matches("[A-Z]{3}")) {
            fields.wrong("currency", "must be three capitals such as BRL");
        }
        fields.orThrow();
        var asset =
                new NewAsset(
                        ticker.orElseThrow(),
                        name,
                        exchange == null || exchange.isBlank() ? "B3" : exchange.strip(),
                        currency == null ? "BRL" : currency);
        return Answers.created(keep.create(asset, key), WHAT, "/assets/", AssetAnswer::of);
    }

    @GET
    @Path("/{id}")
    @Needs(capability = Capability.INVESTMENTS, role = Role.READ)
    @Operation(summary = "One asset")
    @APIResponse(
            responseCode = "200",
            description = "The asset",
            content = @Content(schema = @Schema(implementation = AssetAnswer.class)))
    @APIResponse(responseCode = "404", description = "No such asset")
    public AssetAnswer find(@PathParam("id") String id) {
        var known = Answers.id(id, WHAT);
        return database.transaction(tx -> table.find(tx, known))
                .map(AssetAnswer::of)
                .orElseThrow(() -> Problem.notFound("There is no such asset."));
    }

    @POST
    @Path("/{id}/splits")
    @Needs(capability = Capability.INVESTMENTS, role = Role.OPERATOR)
    @Operation(
            summary = "Record a split",
            description =
                    "From that day on there are so many units for one: 2 for a split in two, 0.1"
                            + " for ten into one. Captado stays what it was.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples =
                                    @ExampleObject(
                                            name = "sample",
                                            value = "{\"date\":\"2026-03-02\",\"factor\":1.5}")))
    @APIResponse(
            responseCode = "201",
            description = "The split",
            content = @Content(schema = @Schema(implementation = Split.class)))
    @APIResponse(responseCode = "400", description = "A member is missing or wrong")
    @APIResponse(responseCode = "404", description = "No such asset")
    @APIResponse(responseCode = "409", description = "There is one of that day")
    @APIResponse(responseCode = "422", description = "More would have been sold than was bought")
    public Response split(
            @PathParam("id") String id,
            InputStream body,
            @HeaderParam("Idempotency-Key") @Nullable String idempotencyKey) {
        var bytes = HttpBody.read(body, HttpBody.USUAL_BYTES);
        var known = Answers.id(id, WHAT);
        var route = "POST /assets/" + known + "/splits";
        var key = Answers.key(asking.caller(), route, idempotencyKey, bytes);
        var fields = Json.object(bytes);
        var date = Days.read(fields, "date", BusinessDays.today(clock));
        if (date == null && !fields.has("date")) {
            fields.wrong("date", "is required");
        }
        var factor = Decimals.require(fields, "factor");
        if (factor.compareTo(BigDecimal.ONE) == 0 && fields.has("factor")) {
            fields.wrong("factor", "must be another number than 1");
        }
        if (factor.compareTo(BigDecimal.valueOf(10_000)) > 0) {
            fields.wrong("factor", "must be at most 10000");
        }
        fields.orThrow();
        var split = new Split(Objects.requireNonNull(date), factor);
        return Answers.created(
                keep.split(asking.caller(), known, split, key), WHAT, "/assets/", made -> made);
    }

    @GET
    @Path("/price")
    @Needs(capability = Capability.INVESTMENTS, role = Role.READ)
    @Operation(
            summary = "The price of a symbol",
            description =
                    "Of the provider, kept for an hour. While it does not answer: the last good"
                            + " price, with its age.")
    @APIResponse(
            responseCode = "200",
            description = "The price",
            content = @Content(schema = @Schema(implementation = PriceAnswer.class)))
    @APIResponse(responseCode = "400", description = "No symbol, or what can be none")
    @APIResponse(responseCode = "404", description = "The provider knows no such symbol")
    @APIResponse(responseCode = "503", description = "No answer, and no price of before")
    public PriceAnswer price(@QueryParam("symbol") @Nullable String symbol) {
        var ticker = Tickers.of(symbol).orElseThrow(() -> Problem.invalid("?symbol", Tickers.RULE));
        return switch (quotes.price(ticker)) {
            case Quotes.Found.Price price -> PriceAnswer.of(price, clock.instant());
            case Quotes.Found.Unknown() -> throw Problem.notFound("There is no such symbol.");
            case Quotes.Found.Away() ->
                    throw Problem.unavailable("The price provider does not answer.", 30);
        };
    }

    @GET
    @Path("/catalog")
    @Needs(capability = Capability.INVESTMENTS, role = Role.READ)
    @Operation(summary = "What the provider has to offer, with prices")
    @APIResponse(
            responseCode = "200",
            description = "A page of tickers",
            content = @Content(schema = @Schema(implementation = CatalogueAnswer.class)))
    @APIResponse(responseCode = "400", description = "A page that cannot be")
    @APIResponse(responseCode = "503", description = "The provider does not answer")
    public CatalogueAnswer catalogue(
            @QueryParam("page") @Nullable String page,
            @QueryParam("per_page") @Nullable String perPage) {
        var number = page == null ? 1 : (int) Answers.number("page", page, 1, MOST_PAGES);
        var size =
                perPage == null
                        ? Page.USUAL
                        : (int) Answers.number("per_page", perPage, 1, Page.LARGEST);
        try {
            var found = market.catalogue(number, size);
            return new CatalogueAnswer(found.items(), number, size, found.total(), market.source());
        } catch (MarketData.Away away) {
            throw Problem.unavailable("The price provider does not answer.", 30);
        }
    }
}
