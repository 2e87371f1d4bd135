package vintem.console;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.Role;
import vintem.platform.Database;
import vintem.platform.Json;
import vintem.platform.Page;
import vintem.platform.ParkedNews;
import vintem.platform.ParkedNews.Parked;
import vintem.platform.ParkedNews.Place;
import vintem.platform.Problem;

/// The routes of news that a subscriber could not apply.
@Path("/console/parked-events")
@Tag(name = "console", description = "All of it at once")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class ParkedHttp {
    private static final String SAMPLE =
            """
            {"items":[{"subscriber":"billing.pix","event_id":4711,"type":"payment.confirmed",
              "subject":"019aa3f2-6c1e-7000-9a51-6f3b8a1d2c4e",
              "error":"UnableToExecuteStatementException < PSQLException 23514",
              "parked_at":"2026-11-26T12:00:00Z","tries":8,"tried_at":null}],
             "next":null}""";

    private static final String SAMPLE_APPLIED = "{\"applied\":true,\"tries\":null}";
    private static final String SAMPLE_FAILED = "{\"applied\":false,\"tries\":9}";

    private static final Pattern CURSOR = Pattern.compile("([a-z0-9._-]{1,60})_([0-9]{1,18})");

    /// @param tries how often it has been tried; null where it is applied
    public record TriedAnswer(boolean applied, @Nullable Integer tries) {}

    private final ParkedNews parked;
    private final TryParkedAgain tryAgain;
    private final Database database;
    private final Asking asking;

    @Inject
    ParkedHttp(ParkedNews parked, TryParkedAgain tryAgain, Database database, Asking asking) {
        this.parked = parked;
        this.tryAgain = tryAgain;
        this.database = database;
        this.asking = asking;
    }

    @GET
    @Needs(capability = Capability.CONSOLE, role = Role.READ)
    @Operation(
            summary = "List the events that a subscriber could not apply",
            description =
                    "By subscriber, the oldest first. They were tried eight times and put aside, so"
                            + " that the rest went on. Of an error only its kind is told.")
    @APIResponse(
            responseCode = "200",
            description = "One page of them",
            content = @Content(examples = @ExampleObject(name = "sample", value = SAMPLE)))
    @APIResponse(responseCode = "400", description = "after or limit is not one")
    public Response list(
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit) {
        var size = Page.size(limit);
        var place =
                after == null
                        ? Place.FIRST
                        : place(after)
                                .orElseThrow(
                                        () ->
                                                Problem.invalid(
                                                        "?after",
                                                        "must be the `next` of another page"));
        return json(page(tx -> parked.page(tx, place, size + 1), size));
    }

    @POST
    @Path("{subscriber}/{id}/retry")
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN)
    @Operation(
            summary = "Apply such an event once more",
            description =
                    "When what it stumbled over is mended. Where it is applied, it is parked no"
                            + " more; where not, all stays as it was. Safe to ask twice.")
    @APIResponse(
            responseCode = "200",
            description = "Applied, or not yet",
            content =
                    @Content(
                            examples = {
                                @ExampleObject(name = "applied", value = SAMPLE_APPLIED),
                                @ExampleObject(name = "failed again", value = SAMPLE_FAILED)
                            }))
    @APIResponse(responseCode = "404", description = "Nothing is parked under that name")
    public Response retry(@PathParam("subscriber") String subscriber, @PathParam("id") String id) {
        var place = place(subscriber + "_" + id).orElseThrow(ParkedHttp::noSuchEvent);
        return switch (tryAgain.one(asking.caller(), place)) {
            case TryParkedAgain.Outcome.Applied() -> json(new TriedAnswer(true, null));
            case TryParkedAgain.Outcome.FailedAgain(var tries) ->
                    json(new TriedAnswer(false, tries));
            case TryParkedAgain.Outcome.NotThere() -> throw noSuchEvent();
        };
    }

    /// A cursor of ours, or the name of an event as a form sends it; empty where it is neither.
    static Optional<Place> place(String text) {
        var found = CURSOR.matcher(text);
        return found.matches()
                ? Optional.of(new Place(found.group(1), Long.parseLong(found.group(2))))
                : Optional.empty();
    }

    static String cursor(Parked parked) {
        return parked.subscriber() + "_" + parked.eventId();
    }

    private Page<Parked> page(Database.Work<List<Parked>> rows, int size) {
        return Page.of(database.transaction(rows), size, ParkedHttp::cursor);
    }

    private static Problem noSuchEvent() {
        return Problem.notFound("There is no such parked event.");
    }

    private static Response json(Object answer) {
        return Response.ok(Json.text(answer), MediaType.APPLICATION_JSON).build();
    }
}
