package vintem.papers;

import io.quarkus.arc.All;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import vintem.access.Asking;
import vintem.access.Caller;
import vintem.access.ReadLog;
import vintem.access.SignedIn;
import vintem.platform.BusinessDays;
import vintem.platform.ExportedList;
import vintem.platform.Page;
import vintem.platform.Pages;
import vintem.platform.Problem;
import vintem.platform.Sheet;
import vintem.platform.SheetFormat;
import vintem.platform.Words;

/// Every list as a spreadsheet, by one route: `/exports/payments.csv?status=paid`.
@Path("/exports")
@Tag(name = "papers", description = "Lists as spreadsheets, receipts, the closing of the day")
@RunOnVirtualThread
public class ExportsHttp {
    /// A list that may be taken away.
    ///
    /// @param filters that its address takes
    public record Line(String name, List<String> filters) {}

    private final Map<String, ExportedList> lists = new TreeMap<>();
    private final Asking asking;
    private final ReadLog reads;
    private final Pages pages;
    private final UriInfo uri;
    private final Clock clock;

    @Inject
    ExportsHttp(
            @All List<ExportedList.Source> sources,
            Asking asking,
            ReadLog reads,
            Pages pages,
            UriInfo uri,
            Clock clock) {
        for (var source : sources) {
            for (var list : source.lists()) {
                if (lists.put(list.name(), list) != null) {
                    throw new IllegalStateException("two lists are named " + list.name());
                }
            }
        }
        this.asking = asking;
        this.reads = reads;
        this.pages = pages;
        this.uri = uri;
        this.clock = clock;
    }

    @GET
    @SignedIn({Caller.Kind.USER, Caller.Kind.KEY})
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(summary = "Which lists there are, and their filters")
    @APIResponse(responseCode = "200", description = "Those that you may read")
    public Page<Line> lists() {
        return new Page<>(
                lists.values().stream()
                        .filter(it -> it.isOpen().getAsBoolean())
                        .map(it -> new Line(it.name(), List.copyOf(new TreeSet<>(it.filters()))))
                        .toList(),
                null);
    }

    @GET
    @Path("/{file}")
    @SignedIn({Caller.Kind.USER, Caller.Kind.KEY})
    @Operation(
            summary = "A list as a spreadsheet",
            description =
                    "The name of the list and .csv or .xlsx, with the list's own filters. CSV as"
                            + " Brazilian spreadsheets open it: UTF-8 with its mark, semicolons,"
                            + " decimal commas, dd/mm/yyyy. What a spreadsheet would run as a"
                            + " formula has an apostrophe before it. It shows no more of a person"
                            + " than the list does, and is noted in the log of reads.")
    @APIResponse(
            responseCode = "200",
            description = "The rows, as they come",
            content = {
                @Content(mediaType = "text/csv", schema = @Schema(type = SchemaType.STRING)),
                @Content(
                        mediaType =
                                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                        schema = @Schema(type = SchemaType.STRING, format = "binary"))
            })
    @APIResponse(responseCode = "400", description = "A filter that cannot be")
    @APIResponse(responseCode = "403", description = "Its list is not for you")
    @APIResponse(responseCode = "404", description = "No such list or format")
    public Response export(@PathParam("file") String file) {
        var dot = file.lastIndexOf('.');
        var list = dot < 0 ? null : lists.get(file.substring(0, dot));
        var format = SheetFormat.of(file.substring(dot + 1)).orElse(null);
        if (list == null || format == null) {
            throw Problem.notFound("There is no such list, or not in this format.");
        }
        if (!list.isOpen().getAsBoolean()) {
            throw Problem.forbidden("You may not read this list.");
        }
        var filters = filters(list);
        var sheet = list.sheet().apply(filters);
        // Before the first byte: a list that left without a note must not be.
        reads.note(
                asking.caller(),
                "export",
                list.name(),
                "GET /exports" + (filters.given().isEmpty() ? "" : " ?" + names(filters)));
        return answer(list.name(), format, sheet);
    }

    private ExportedList.Filters filters(ExportedList list) {
        var given = new HashMap<String, String>();
        for (var each : uri.getQueryParameters().entrySet()) {
            if (!list.filters().contains(each.getKey())) {
                throw Problem.invalid("?" + each.getKey(), "is no filter of this list");
            }
            var value = each.getValue().getFirst().replace("\0", "\uFFFD").strip();
            if (!value.isEmpty()) {
                given.put(each.getKey(), value);
            }
        }
        return new ExportedList.Filters(given);
    }

    /// Never their values: somebody may have looked for a person.
    private static String names(ExportedList.Filters filters) {
        return String.join(",", new TreeSet<>(filters.given().keySet()));
    }

    private Response answer(String name, SheetFormat format, Sheet<?> sheet) {
        return answer(
                pages.words(), "%s-%s".formatted(name, BusinessDays.today(clock)), format, sheet);
    }

    /// A sheet as an answer, also for routes of other modules.
    ///
    /// @param name of the file, without its ending
    public static Response answer(Words words, String name, SheetFormat format, Sheet<?> sheet) {
        StreamingOutput rows = out -> format.write(out, words, sheet);
        return Response.ok(rows)
                .type(format.mediaType())
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "attachment; filename=\"%s.%s\"".formatted(name, format.ending()))
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .header("X-Content-Type-Options", "nosniff")
                .build();
    }
}
