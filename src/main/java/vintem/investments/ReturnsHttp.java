package vintem.investments;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.InputStream;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.Role;
import vintem.investments.IngestCloses.Ingested;
import vintem.investments.Performance.DailyReturn;
import vintem.platform.Pages;
import vintem.platform.Problem;
import vintem.platform.SheetFormat;
import vintem.platform.UnreadBodies;

/// Closing prices and what follows from them.
@Path("/")
@Tag(name = "investments", description = "What clients invest, and what becomes of it")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class ReturnsHttp {
    private static final String XLSX =
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    private static final String SAMPLE_CLOSES = "ticker,date,close_price\nPETR4,2026-03-02,36.38\n";
    private static final String SAMPLE_RATES =
            "series,day,value\nUSD,2026-03-02,5.31\nCDI,2026-03-02,0.055131\n";

    private final Performance performance;
    private final ImportCloses imports;
    private final IngestCloses ingest;
    private final ExportPositions export;
    private final Pages pages;
    private final UnreadBodies unread;

    @Inject
    ReturnsHttp(
            Performance performance,
            ImportCloses imports,
            IngestCloses ingest,
            ExportPositions export,
            Pages pages,
            UnreadBodies unread) {
        this.performance = performance;
        this.imports = imports;
        this.ingest = ingest;
        this.export = export;
        this.pages = pages;
        this.unread = unread;
    }

    @GET
    @Path("daily_returns")
    @Needs(capability = Capability.INVESTMENTS, role = Role.READ)
    @Operation(
            summary = "An asset's closing prices and daily returns",
            description =
                    "Trading days between ?from= and ?to=, the last twelve months where they are"
                            + " missing. A day without a close carries the last one, and says so.")
    @APIResponse(responseCode = "200", description = "The days, the oldest first")
    @APIResponse(responseCode = "400", description = "No asset_id, or days that cannot be")
    @APIResponse(responseCode = "404", description = "No such asset")
    public List<DailyReturn> dailyReturns(
            @QueryParam("asset_id") @Nullable String assetId,
            @QueryParam("from") @Nullable String from,
            @QueryParam("to") @Nullable String to) {
        var asset = Answers.idOrNull("asset_id", assetId);
        if (asset == null) {
            throw Problem.invalid("?asset_id", "is required");
        }
        var span = Spans.of(from, to, performance.today());
        return performance
                .dailyReturns(asset, span.start(), span.end())
                .orElseThrow(() -> Problem.notFound("There is no such asset."));
    }

    @POST
    @Path("daily_returns/import")
    @Needs(capability = Capability.INVESTMENTS, role = Role.OPERATOR)
    @Operation(
            summary = "Import a file of closes",
            description =
                    "CSV with ticker, date, close_price. All of it or nothing; a close that is"
                            + " there already is corrected, and the same file again changes"
                            + " nothing.")
    @RequestBody(
            content = {
                @Content(
                        mediaType = "text/csv",
                        examples = @ExampleObject(name = "sample", value = SAMPLE_CLOSES)),
                @Content(mediaType = "multipart/form-data")
            })
    @APIResponse(
            responseCode = "200",
            description = "What came of it",
            content = @Content(schema = @Schema(implementation = ImportCloses.Imported.class)))
    @APIResponse(responseCode = "400", description = "Rows that are wrong; nothing was written")
    @APIResponse(responseCode = "413", description = "The file is too large")
    @APIResponse(responseCode = "415", description = "The body is no CSV")
    public ImportCloses.Imported importCloses(
            InputStream body, @HeaderParam(HttpHeaders.CONTENT_TYPE) @Nullable String contentType) {
        unread.guard();
        try (var file = CsvFile.receive(body, contentType)) {
            return imports.closes(file);
        }
    }

    @POST
    @Path("daily_returns/ingestion")
    @Needs(capability = Capability.INVESTMENTS, role = Role.OPERATOR)
    @Operation(
            summary = "Ask the provider for missing closes now",
            description =
                    "As happens by itself after each trading day. Safe to repeat: an asset is"
                            + " asked for once a day.")
    @APIResponse(
            responseCode = "200",
            description = "What came of it",
            content = @Content(schema = @Schema(implementation = Ingested.class)))
    public Ingested ingest() {
        return ingest.ingest();
    }

    @POST
    @Path("rates/import")
    @Needs(capability = Capability.INVESTMENTS, role = Role.OPERATOR)
    @Operation(
            summary = "Import a file of rates",
            description =
                    "CSV with series, day, value: reais for one unit of a currency (USD), or CDI in"
                            + " percent a business day (series 12 of the central bank).")
    @RequestBody(
            content = {
                @Content(
                        mediaType = "text/csv",
                        examples = @ExampleObject(name = "sample", value = SAMPLE_RATES)),
                @Content(mediaType = "multipart/form-data")
            })
    @APIResponse(
            responseCode = "200",
            description = "What came of it",
            content = @Content(schema = @Schema(implementation = ImportCloses.Imported.class)))
    @APIResponse(responseCode = "400", description = "Rows that are wrong; nothing was written")
    @APIResponse(responseCode = "413", description = "The file is too large")
    @APIResponse(responseCode = "415", description = "The body is no CSV")
    public ImportCloses.Imported importRates(
            InputStream body, @HeaderParam(HttpHeaders.CONTENT_TYPE) @Nullable String contentType) {
        unread.guard();
        try (var file = CsvFile.receive(body, contentType)) {
            return imports.rates(file);
        }
    }

    @GET
    @Path("prices/export")
    @Produces({"text/csv", XLSX})
    @Needs(capability = Capability.INVESTMENTS, role = Role.READ)
    @Operation(
            summary = "All allocations, or one client's, as a table",
            description =
                    "?format=csv or excel. A cell that a spreadsheet would run as a formula has an"
                            + " apostrophe before it.")
    @APIResponse(
            responseCode = "200",
            description = "The table",
            content = {
                @Content(mediaType = "text/csv", schema = @Schema(type = SchemaType.STRING)),
                @Content(
                        mediaType = XLSX,
                        schema = @Schema(type = SchemaType.STRING, format = "binary"))
            })
    @APIResponse(responseCode = "400", description = "Another format, or a client that cannot be")
    public Response export(
            @QueryParam("client_id") @Nullable String clientId,
            @QueryParam("format") @Nullable String format) {
        var client = Answers.idOrNull("client_id", clientId);
        return switch (format) {
            case null ->
                    table(
                            "text/csv; charset=UTF-8",
                            "positions.csv",
                            out -> export.csv(out, client));
            case "csv" ->
                    table(
                            "text/csv; charset=UTF-8",
                            "positions.csv",
                            out -> export.csv(out, client));
            case "excel" ->
                    table(
                            XLSX,
                            "positions.xlsx",
                            out ->
                                    SheetFormat.XLSX.write(
                                            out, pages.words(), export.sheet(client)));
            default -> throw Problem.invalid("?format", "must be csv or excel");
        };
    }

    private static Response table(String type, String name, StreamingOutput rows) {
        return Response.ok(rows)
                .type(type)
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + name + "\"")
                .header("X-Content-Type-Options", "nosniff")
                .build();
    }
}
