package vintem.reconciliation;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
import vintem.platform.BusinessDays;
import vintem.platform.Cents;
import vintem.platform.Database;
import vintem.platform.Fields;
import vintem.platform.HttpBody;
import vintem.platform.Json;
import vintem.platform.Page;
import vintem.platform.Problem;
import vintem.platform.Settings;
import vintem.reconciliation.ReadDay.Sheet;
import vintem.reconciliation.ReconciliationTable.Statement;
import vintem.reconciliation.TieOutDayTable.Day;

/// The bank's statement against our books.
@Path("/reconciliation")
@Tag(name = "reconciliation", description = "The bank's statement against our books")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class ReconciliationHttp {
    private static final int MOST_BYTES =
            Math.toIntExact(Settings.number("reconciliation-max-file-bytes", 16L << 20));
    private static final int MOST_JOINED = 1_000;
    private static final int MOST_DAYS = 366;
    private static final String SAMPLE_MATCH =
            """
            {"lines":["0199e9a2-6b1c-7c3e-9d51-3f2a7be6a111"],
             "movements":["0199e9a2-6b1c-7c3e-9d51-3f2a7be6a112"]}""";

    private static final String SAMPLE_CSV =
            "date,amount,end_to_end_id,description\n"
                    + "2026-11-25,-350.00,E0000000020261125120000000000001,Pix enviado\n";

    /// @param newLines those that no file had brought before
    public record StatementAnswer(
            UUID id,
            String source,
            String name,
            LocalDate firstDay,
            LocalDate lastDay,
            long lines,
            long newLines,
            @Nullable Long closingCents,
            String importedBy,
            Instant importedAt) {
        static StatementAnswer of(Statement statement) {
            return new StatementAnswer(
                    statement.id(),
                    statement.source(),
                    statement.name(),
                    statement.firstDay(),
                    statement.lastDay(),
                    statement.lines(),
                    statement.newLines(),
                    statement.closingCents(),
                    statement.importedBy(),
                    statement.importedAt());
        }
    }

    public record Matched(UUID matchId) {}

    private final ImportStatement imports;
    private final ReadDay readDay;
    private final MatchByHand match;
    private final TieOutDayTable days;
    private final Database database;
    private final Asking asking;
    private final Clock clock;

    @Inject
    ReconciliationHttp(
            ImportStatement imports,
            ReadDay readDay,
            MatchByHand match,
            TieOutDayTable days,
            Database database,
            Asking asking,
            Clock clock) {
        this.imports = imports;
        this.readDay = readDay;
        this.match = match;
        this.days = days;
        this.database = database;
        this.asking = asking;
        this.clock = clock;
    }

    @POST
    @Path("/statements")
    @Needs(capability = Capability.LEDGER, role = Role.OPERATOR)
    @Operation(
            summary = "Import the bank's statement",
            description =
                    "CSV (columns by name: date, amount in reais, end_to_end_id, reference,"
                            + " description) or OFX 1.x and 2.x, told apart by their content. The"
                            + " same file again changes nothing; one that overlaps adds what is new.")
    @RequestBody(
            content = {
                @Content(
                        mediaType = "text/csv",
                        examples = @ExampleObject(name = "sample", value = SAMPLE_CSV)),
                @Content(
                        mediaType = "application/x-ofx",
                        examples = @ExampleObject(name = "sample", value = "OFXHEADER:100 …"))
            })
    @APIResponse(
            responseCode = "200",
            description = "It was here before: nothing has changed",
            content = @Content(schema = @Schema(implementation = StatementAnswer.class)))
    @APIResponse(
            responseCode = "201",
            description = "Imported, and matched as far as it goes",
            content = @Content(schema = @Schema(implementation = StatementAnswer.class)))
    @APIResponse(responseCode = "400", description = "It cannot be read; nothing was imported")
    @APIResponse(responseCode = "413", description = "The file is too large")
    public Response importFile(
            InputStream body,
            @QueryParam("name") @Nullable String name,
            @QueryParam("from") @Nullable String from,
            @QueryParam("to") @Nullable String to) {
        var first = from == null ? null : day("?from", from);
        var last = to == null ? null : day("?to", to);
        if (name != null && (name.length() > 255 || !Json.isClean(name))) {
            throw Problem.invalid("?name", "must be 1 to 255 characters");
        }
        var bytes = HttpBody.read(body, MOST_BYTES);
        var file = StatementFile.read(bytes, first, last);
        if (file.lastDay().isAfter(BusinessDays.today(clock).plusDays(1))
                || file.firstDay().plusDays(MOST_DAYS).isBefore(file.lastDay())) {
            throw Problem.invalid(
                    "", "covers days to come, or more than %d days".formatted(MOST_DAYS));
        }
        return answer(
                imports.file(asking.caller(), name == null ? file.source() : name, bytes, file));
    }

    @POST
    @Path("/statements/rail")
    @Needs(capability = Capability.LEDGER, role = Role.OPERATOR)
    @Operation(summary = "Ask the bank for its statement of a day that is over")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples =
                                    @ExampleObject(
                                            name = "sample",
                                            value = "{\"day\":\"2026-11-25\"}")))
    @APIResponse(
            responseCode = "200",
            description = "It says what it said before: nothing has changed",
            content = @Content(schema = @Schema(implementation = StatementAnswer.class)))
    @APIResponse(
            responseCode = "201",
            description = "Imported, and matched as far as it goes",
            content = @Content(schema = @Schema(implementation = StatementAnswer.class)))
    @APIResponse(responseCode = "400", description = "Not a day, or not over")
    public Response importFromRail(InputStream body) {
        var fields = HttpBody.object(body);
        var text = fields.requiredText("day", 10);
        fields.orThrow();
        var day = day("/day", text);
        if (!day.isBefore(BusinessDays.today(clock))) {
            throw Problem.invalid("/day", "is not over");
        }
        return answer(imports.rail(asking.caller(), day));
    }

    @GET
    @Path("/days")
    @Needs(capability = Capability.LEDGER, role = Role.READ)
    @Operation(summary = "List the days that statements cover, newest first")
    @APIResponse(responseCode = "200", description = "A page of days with what is open of each")
    @APIResponse(responseCode = "400", description = "A cursor or limit that cannot be")
    public Page<Day> days(
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit) {
        var size = Page.size(limit);
        var before = after == null ? null : day("?after", after);
        var rows =
                database.snapshot(tx -> days.days(tx, BusinessDays.today(clock), before, size + 1));
        return Page.of(rows, size, row -> row.day().toString());
    }

    @GET
    @Path("/days/{date}")
    @Needs(capability = Capability.LEDGER, role = Role.READ)
    @Operation(summary = "Look at one day: both sides, line by line, and whose each movement is")
    @APIResponse(responseCode = "200", description = "The day")
    @APIResponse(responseCode = "404", description = "Not a day that a statement covers")
    public Sheet day(@PathParam("date") String date) {
        return parse(date)
                .flatMap(day -> database.snapshot(tx -> readDay.read(tx, day, ReadDay.MOST)))
                .orElseThrow(() -> Problem.notFound("No statement covers such a day."));
    }

    @POST
    @Path("/matches")
    @Needs(capability = Capability.LEDGER, role = Role.OPERATOR)
    @Operation(
            summary = "Say which lines and movements belong together",
            description =
                    "Their sums must be equal. Also confirms what was matched of another day. Safe"
                            + " to repeat.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(name = "sample", value = SAMPLE_MATCH),
                                @ExampleObject(
                                        name = "least",
                                        value =
                                                "{\"lines\":[\"0199e9a2-6b1c-7c3e-9d51-3f2a7be6a111\"]}"),
                                @ExampleObject(
                                        name = "movements that are nothing together",
                                        value =
                                                "{\"movements\":[\"0199e9a2-6b1c-7c3e-9d51-3f2a7be6a112\"]}")
                            }))
    @APIResponse(responseCode = "200", description = "They are matched, now or before")
    @APIResponse(responseCode = "400", description = "Nothing is named, or what is no id")
    @APIResponse(responseCode = "404", description = "One of them is not there")
    @APIResponse(responseCode = "409", description = "One of them belongs to something else")
    @APIResponse(responseCode = "422", description = "Their sums differ")
    public Matched match(InputStream body) {
        var fields = HttpBody.object(body);
        var lines = ids(fields, "lines");
        var movements = ids(fields, "movements");
        fields.orThrow();
        if (lines.isEmpty() && movements.isEmpty()) {
            throw Problem.invalid("/lines", "or movements must be named");
        }
        return switch (match.match(asking.caller(), lines, movements)) {
            case MatchByHand.Outcome.Matched(var id) -> new Matched(id);
            case MatchByHand.Outcome.Parted(), MatchByHand.Outcome.Unknown() ->
                    throw Problem.notFound("There is no such line or movement.");
            case MatchByHand.Outcome.Taken() ->
                    throw Problem.conflict(
                            "decided-otherwise", "One of them belongs to something else.");
            case MatchByHand.Outcome.SumsDiffer(var theirs, var ours) ->
                    throw Problem.refused(
                            422,
                            "sums-differ",
                            "The sums differ",
                            "The lines come to %s and the movements to %s."
                                    .formatted(Cents.format(theirs), Cents.format(ours)),
                            List.of(),
                            0);
        };
    }

    @DELETE
    @Path("/matches/{id}")
    @Needs(capability = Capability.LEDGER, role = Role.OPERATOR)
    @Operation(summary = "Part what was matched")
    @APIResponse(responseCode = "204", description = "They are parted")
    @APIResponse(responseCode = "404", description = "No such match")
    public Response part(@PathParam("id") String id) {
        var outcome =
                uuid(id).map(each -> match.part(asking.caller(), each))
                        .orElseGet(MatchByHand.Outcome.Unknown::new);
        if (outcome instanceof MatchByHand.Outcome.Parted) {
            return Response.noContent().build();
        }
        throw Problem.notFound("There is no such match.");
    }

    private static Response answer(ImportStatement.Outcome outcome) {
        return Response.status(outcome.isNew() ? 201 : 200)
                .type(MediaType.APPLICATION_JSON)
                .entity(Json.write(StatementAnswer.of(outcome.statement())))
                .build();
    }

    private static Set<UUID> ids(Fields fields, String name) {
        var ids = new LinkedHashSet<UUID>();
        for (var text : fields.texts(name, MOST_JOINED, 36)) {
            uuid(text).ifPresentOrElse(ids::add, () -> fields.wrong(name, "holds what is no id"));
        }
        return ids;
    }

    private static Optional<UUID> uuid(String text) {
        return text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
                ? Optional.of(UUID.fromString(text))
                : Optional.empty();
    }

    private static LocalDate day(String pointer, String text) {
        return parse(text)
                .orElseThrow(() -> Problem.invalid(pointer, "must be a day, as 2026-11-25"));
    }

    /// A day that a bank may have a statement of.
    static Optional<LocalDate> parse(String text) {
        return text.matches("(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}")
                ? StatementFile.day(text)
                : Optional.empty();
    }
}
