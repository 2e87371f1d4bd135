package vintem.billing;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.Role;
import vintem.billing.DebtRow.Erratum;
import vintem.billing.ReceiveDebtFile.Outcome;
import vintem.platform.Database;
import vintem.platform.Page;
import vintem.platform.Problem;
import vintem.platform.UnreadBodies;
import vintem.platform.Words;

/// Files of debts: sending one, following it, its errata, stopping it.
@Path("/billing/files")
@Tag(name = "billing", description = "Charges, boletos and what settles them")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class DebtFilesHttp {
    private static final String SAMPLE =
            """
            name,governmentId,email,debtAmount,debtDueDate,debtId
            John Doe,11111111111,johndoe@kanastra.com.br,1000000.00,2022-10-12,8291
            """;

    private static final String SAMPLE_RECEIVED =
            """
            {"id":"0199e9a2-6b1c-7c3e-9d51-3f2a7be6a111","name":"input.csv","size":132,
             "sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
             "status":"importing","reason":null,"detail":null,"format":"csv","charset":"UTF-8",
             "delimiter":",","decimal_mark":".","date_order":"YYYY-MM-DD",
             "columns":["name","governmentId","email","debtAmount","debtDueDate","debtId"],
             "ignored_columns":[],"billed":"already_recognised","late_terms":null,"total_rows":1,
             "rows":0,"imported":0,"imported_amount":0.00,"duplicates":0,"errors":0,"conflicts":0,
             "boletos":0,"emails_queued":0,"emails_sent":0,"emails_failed":0,"paid":0,
             "rows_per_second":0,"remaining_seconds":null,"received_at":"2026-11-26T13:00:00Z",
             "import_started_at":null,"ended_at":null,"sent_by":"admin","clearing":false,
             "duplicate":false}""";

    private static final String SAMPLE_UNREADABLE =
            """
            {"type":"https://vintem.dev/problems/unreadable-file","title":"This is no file of debts",
             "status":400,"detail":"The first row does not name debtAmount, debtId.",
             "reason":"no_header","file_id":"0199e9a2-6b1c-7c3e-9d51-3f2a7be6a111",
             "trace_id":"0af7651916cd43dd8448eb211c80319c"}""";

    private static final int AT_ONCE = 1_000;

    /// Something that is wrong with a row.
    ///
    /// @param column the title of the column; null where it is the whole row
    /// @param reason a code of `docs/outcomes.md`
    public record RowMistake(@Nullable String column, String reason) {}

    /// A row that was not charged.
    ///
    /// @param kind `error` or `conflict`
    /// @param fields what stands there
    public record ErratumLine(
            int line, String kind, List<RowMistake> mistakes, List<String> fields) {
        static ErratumLine of(Erratum erratum) {
            return new ErratumLine(
                    erratum.line(),
                    erratum.kind().word(),
                    IntStream.range(0, erratum.reasons().size())
                            .mapToObj(
                                    i ->
                                            new RowMistake(
                                                    erratum.columns().get(i).isEmpty()
                                                            ? null
                                                            : erratum.columns().get(i),
                                                    erratum.reasons().get(i)))
                            .toList(),
                    erratum.fields());
        }
    }

    /// A row whose debt is charged already, just so.
    public record DuplicateLine(int line, String debtId) {}

    private final ReceiveDebtFile receive;
    private final CancelDebtFile cancel;
    private final DebtFileTable files;
    private final ErratumTable errata;
    private final Database database;
    private final UnreadBodies unread;
    private final Asking asking;
    private final Clock clock;

    @Inject
    DebtFilesHttp(
            ReceiveDebtFile receive,
            CancelDebtFile cancel,
            DebtFileTable files,
            ErratumTable errata,
            Database database,
            UnreadBodies unread,
            Asking asking,
            Clock clock) {
        this.receive = receive;
        this.cancel = cancel;
        this.files = files;
        this.errata = errata;
        this.database = database;
        this.unread = unread;
        this.asking = asking;
        this.clock = clock;
    }

    @POST
    @Needs(capability = Capability.BILLING, role = Role.OPERATOR)
    @Operation(
            summary = "Send a file of debts",
            description =
                    "As the body, or as the part file of a form. It is looked through while it"
                            + " arrives; after its last byte the import begins. The same bytes"
                            + " are imported once.")
    @Parameter(name = "name", description = "What the file is called")
    @Parameter(
            name = "billed",
            description = "The account to credit: already_recognised, revenue, owed_to_creditor")
    @Parameter(name = "fine", description = "For paying late: 2%, or 5.00")
    @Parameter(name = "interest", description = "For paying late: 1%/month, 0.10/day, …")
    @Parameter(name = "discount", description = "For paying early: 5% until 10 days before, …")
    @Parameter(
            name = "columns",
            description =
                    "How the file calls our columns, where not by our names: a JSON object,"
                            + " {\"name\":\"Devedor\",\"debtId\":\"Contrato\"}")
    @RequestBody(
            content = {
                @Content(
                        mediaType = "text/csv",
                        examples = @ExampleObject(name = "sample", value = SAMPLE)),
                @Content(
                        mediaType =
                                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
                @Content(mediaType = "multipart/form-data")
            })
    @APIResponse(
            responseCode = "200",
            description = "These bytes were sent before: the first file, and nothing new happens",
            content = @Content(schema = @Schema(implementation = DebtFileBody.class)))
    @APIResponse(
            responseCode = "202",
            description = "All of it is there and is imported from now on",
            content =
                    @Content(
                            schema = @Schema(implementation = DebtFileBody.class),
                            examples = @ExampleObject(name = "sample", value = SAMPLE_RECEIVED)))
    @APIResponse(
            responseCode = "400",
            description = "It is no file of debts, or not clear how to read it; nothing happened",
            content =
                    @Content(
                            mediaType = "application/problem+json",
                            examples = @ExampleObject(name = "header", value = SAMPLE_UNREADABLE)))
    @APIResponse(responseCode = "408", description = "It came too slowly; nothing happened")
    @APIResponse(responseCode = "409", description = "Somebody cancelled it while it arrived")
    @APIResponse(responseCode = "413", description = "The file is too large; nothing happened")
    @APIResponse(responseCode = "415", description = "Neither CSV nor .xlsx nor a form")
    @APIResponse(responseCode = "503", description = "Too many files arrive; try again")
    public Response send(
            InputStream body,
            @HeaderParam("Content-Type") @Nullable String contentType,
            @HeaderParam("Content-Encoding") @Nullable String contentEncoding,
            @HeaderParam("Content-Length") @Nullable String contentLength,
            @QueryParam("name") @Nullable String name,
            @QueryParam("billed") @Nullable String billed,
            @QueryParam("fine") @Nullable String fine,
            @QueryParam("interest") @Nullable String interest,
            @QueryParam("discount") @Nullable String discount,
            @QueryParam("columns") @Nullable String columns) {
        // Whatever is answered before all of the body is read.
        unread.guard();
        if (promises(contentLength) > receive.mostBytes() + (1 << 16)) {
            throw Problem.tooLarge(receive.mostBytes());
        }
        var query = new UploadReader.Query(name, billed, fine, interest, discount, columns);
        var content = UploadReader.content(body, contentType, contentEncoding, name);
        var upload = UploadReader.upload(query, content.name(), asking.caller());
        return switch (receive(upload, content.bytes())) {
            case Outcome.Received(var file) ->
                    Response.status(202)
                            .header(HttpHeaders.LOCATION, "/billing/files/" + file.id())
                            .entity(DebtFileBody.of(file, clock.instant(), false))
                            .build();
            case Outcome.Duplicate(var first) ->
                    Response.ok(DebtFileBody.of(first, clock.instant(), true)).build();
            case Outcome.Unreadable(var id, var reason, var detail) ->
                    throw Problem.of(
                                    400,
                                    "unreadable-file",
                                    "This is no file of debts",
                                    detail.inWords(Words.EN))
                            .member("reason", reason.word())
                            .member("file_id", id);
            case Outcome.TooLarge(var most) -> throw Problem.tooLarge(most);
            case Outcome.TooSlow() ->
                    throw Problem.of(
                            408,
                            "too-slow",
                            "It came too slowly",
                            "Nothing of the file is kept: send it again on a better line.");
            case Outcome.Cancelled() ->
                    throw Problem.conflict(
                            "file-cancelled", "Somebody cancelled the file while it arrived.");
            case Outcome.Busy() ->
                    throw Problem.unavailable("Too many files arrive at this moment.", 10);
        };
    }

    @GET
    @Needs(capability = Capability.BILLING, role = Role.READ)
    @Operation(summary = "List files of debts with their progress, newest first")
    @APIResponse(responseCode = "200", description = "A page of files")
    @APIResponse(responseCode = "400", description = "A limit or cursor that cannot be")
    public Page<DebtFileBody> list(
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit) {
        var size = Page.size(limit);
        var place = cursor(after);
        var rows = database.transaction(tx -> files.list(tx, place, size + 1));
        var now = clock.instant();
        return Page.of(rows, size, file -> file.id().toString())
                .map(file -> DebtFileBody.of(file, now));
    }

    @GET
    @Path("/{id}")
    @Needs(capability = Capability.BILLING, role = Role.READ)
    @Operation(summary = "One file of debts and its progress")
    @APIResponse(
            responseCode = "200",
            description = "The file",
            content = @Content(schema = @Schema(implementation = DebtFileBody.class)))
    @APIResponse(responseCode = "404", description = "No such file")
    public DebtFileBody find(@PathParam("id") String id) {
        return DebtFileBody.of(file(id), clock.instant());
    }

    @GET
    @Path("/{id}/errata.csv")
    @Produces("text/csv")
    @Needs(capability = Capability.BILLING, role = Role.READ)
    @Operation(
            summary = "The rows with mistakes and conflicts, to be corrected and sent again",
            description =
                    "In the file's own columns, delimiter and encoding, and with line and reason"
                            + " behind them. What a spreadsheet would run as a formula has an"
                            + " apostrophe before it.")
    @APIResponse(
            responseCode = "200",
            description = "The errata, without rows where there are none",
            content = @Content(mediaType = "text/csv", schema = @Schema(type = SchemaType.STRING)))
    @APIResponse(responseCode = "404", description = "No such file, or its errata are forgotten")
    public Response errataCsv(@PathParam("id") String id, @Context HttpHeaders headers) {
        var file = file(id);
        var dialect = file.dialect();
        if (dialect == null || !file.hasErrata()) {
            throw Problem.notFound("There are no errata of this file, or not any more.");
        }
        var csv = new ErrataCsv(dialect);
        var words = Words.of(headers.getAcceptableLanguages());
        StreamingOutput rows = out -> write(out, csv, file.id(), words);
        return Response.ok(rows)
                .type("text/csv; charset=" + csv.charset().name())
                .header(HttpHeaders.CONTENT_DISPOSITION, attachment(file.name()))
                .header("X-Content-Type-Options", "nosniff")
                .build();
    }

    @GET
    @Path("/{id}/errata")
    @Needs(capability = Capability.BILLING, role = Role.READ)
    @Operation(summary = "List the rows with mistakes and conflicts, in the order of the file")
    @APIResponse(responseCode = "200", description = "A page of rows")
    @APIResponse(responseCode = "400", description = "A limit or cursor that cannot be")
    @APIResponse(responseCode = "404", description = "No such file")
    public Page<ErratumLine> errata(
            @PathParam("id") String id,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit) {
        var size = Page.size(limit);
        var line = line(after);
        var file = file(id);
        var rows = database.transaction(tx -> errata.page(tx, file.id(), line, size + 1));
        return Page.of(rows, size, row -> Integer.toString(row.line())).map(ErratumLine::of);
    }

    @GET
    @Path("/{id}/duplicates")
    @Needs(capability = Capability.BILLING, role = Role.READ)
    @Operation(summary = "List the rows whose debts are charged already, just so")
    @APIResponse(responseCode = "200", description = "A page of rows")
    @APIResponse(responseCode = "400", description = "A limit or cursor that cannot be")
    @APIResponse(responseCode = "404", description = "No such file")
    public Page<DuplicateLine> duplicates(
            @PathParam("id") String id,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit) {
        var size = Page.size(limit);
        var line = line(after);
        var file = file(id);
        var rows = database.transaction(tx -> errata.duplicates(tx, file.id(), line, size + 1));
        return Page.of(rows, size, row -> Integer.toString(row.line()))
                .map(row -> new DuplicateLine(row.line(), row.debtId()));
    }

    @POST
    @Path("/{id}/cancel")
    @Needs(capability = Capability.BILLING, role = Role.OPERATOR)
    @Operation(
            summary = "Stop a file",
            description =
                    "Stops its import and its e-mails. Charges that it has made stay, unless"
                            + " ?charges=true takes back what is owed of them, too.")
    @APIResponse(
            responseCode = "200",
            description = "It is cancelled, now or before",
            content = @Content(schema = @Schema(implementation = DebtFileBody.class)))
    @APIResponse(responseCode = "400", description = "?charges is neither true nor false")
    @APIResponse(responseCode = "404", description = "No such file")
    @APIResponse(responseCode = "409", description = "It had failed before")
    public DebtFileBody cancel(
            @PathParam("id") String id, @QueryParam("charges") @Nullable String charges) {
        var withCharges =
                switch (charges) {
                    case null -> false;
                    case "false" -> false;
                    case "true" -> true;
                    default -> throw Problem.invalid("?charges", "must be true or false");
                };
        return switch (cancel.cancel(asking.caller(), known(id), withCharges)) {
            case CancelDebtFile.Outcome.Cancelled(var file) ->
                    DebtFileBody.of(file, clock.instant());
            case CancelDebtFile.Outcome.NotFound() -> throw noSuchFile();
            case CancelDebtFile.Outcome.Failed() ->
                    throw Problem.conflict("file-failed", "The file has failed: nothing goes on.");
        };
    }

    private Outcome receive(ReceiveDebtFile.Upload upload, InputStream bytes) {
        try {
            return receive.receive(upload, bytes);
        } catch (IOException broken) {
            throw Problem.of(
                    400,
                    "broken-upload",
                    "The file did not arrive",
                    "Not all of it came. Nothing of it is kept: send it again.");
        }
    }

    private void write(OutputStream out, ErrataCsv csv, UUID fileId, Words words)
            throws IOException {
        csv.begin(out);
        var line = 0;
        while (true) {
            var after = line;
            // One page after the other: a download may take as long as it likes.
            var rows = database.transaction(tx -> errata.page(tx, fileId, after, AT_ONCE));
            if (rows.isEmpty()) {
                return;
            }
            csv.write(out, rows, words);
            line = rows.getLast().line();
        }
    }

    private static String attachment(String fileName) {
        var name = "errata-" + fileName.replaceFirst("\\.[A-Za-z0-9]{1,5}$", "") + ".csv";
        var encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        return "attachment; filename=\"errata.csv\"; filename*=UTF-8''" + encoded;
    }

    private DebtFile file(String id) {
        var known = known(id);
        return database.transaction(tx -> files.find(tx, known))
                .orElseThrow(DebtFilesHttp::noSuchFile);
    }

    private static long promises(@Nullable String contentLength) {
        return contentLength == null || !contentLength.matches("[0-9]{1,18}")
                ? 0
                : Long.parseLong(contentLength);
    }

    static UUID known(String id) {
        if (!isId(id)) {
            throw noSuchFile();
        }
        return UUID.fromString(id);
    }

    static Problem noSuchFile() {
        return Problem.notFound("There is no such file.");
    }

    private static @Nullable UUID cursor(@Nullable String after) {
        if (after != null && !isId(after)) {
            throw Problem.invalid("?after", "is not a cursor of this list");
        }
        return after == null ? null : UUID.fromString(after);
    }

    private static int line(@Nullable String after) {
        if (after == null) {
            return 0;
        }
        if (!after.matches("[0-9]{1,9}")) {
            throw Problem.invalid("?after", "is not a cursor of this list");
        }
        return Integer.parseInt(after);
    }

    private static boolean isId(String id) {
        return id.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    }
}
