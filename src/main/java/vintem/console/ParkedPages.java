package vintem.console;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Caller;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.Role;
import vintem.platform.Database;
import vintem.platform.Form;
import vintem.platform.Page;
import vintem.platform.Pages;
import vintem.platform.ParkedNews;
import vintem.platform.ParkedNews.Parked;
import vintem.platform.ParkedNews.Place;
import vintem.platform.Words;

/// The page of news that a subscriber stumbled over: what, since when, and *try again*.
@Path(ParkedPages.PATH)
@RunOnVirtualThread
@Produces(MediaType.TEXT_HTML)
public class ParkedPages {
    static final String PATH = "/app/parked-events";

    private static final int LINES = 50;
    private static final Set<String> TRIED = Set.of("applied", "failed", "gone");

    /// @param since for how long it waits, in words
    /// @param story of its subject, where that is an id; else empty
    public record Line(Parked event, String since, String story) {}

    /// What one subscriber could not apply.
    public record Group(String subscriber, List<Line> lines) {}

    /// @param tried what became of the last try: applied, failed or gone; empty without one
    public record View(
            List<Group> groups,
            String tried,
            boolean mayTry,
            @Nullable String next,
            boolean later) {}

    private final ParkedNews parked;
    private final TryParkedAgain tryAgain;
    private final Database database;
    private final Pages pages;
    private final Asking asking;
    private final Clock clock;

    @Inject
    ParkedPages(
            ParkedNews parked,
            TryParkedAgain tryAgain,
            Database database,
            Pages pages,
            Asking asking,
            Clock clock) {
        this.parked = parked;
        this.tryAgain = tryAgain;
        this.database = database;
        this.pages = pages;
        this.asking = asking;
        this.clock = clock;
    }

    @GET
    @Needs(capability = Capability.CONSOLE, role = Role.READ, by = Caller.Kind.USER)
    @Operation(hidden = true)
    public Response all(
            @QueryParam("after") @Nullable String after,
            @QueryParam("tried") @Nullable String tried) {
        var place = Optional.ofNullable(after).flatMap(ParkedHttp::place);
        var page =
                Page.of(
                        database.transaction(
                                tx -> parked.page(tx, place.orElse(Place.FIRST), LINES + 1)),
                        LINES,
                        ParkedHttp::cursor);
        return pages.show(
                "console/parked.html",
                new View(
                        groups(page.items()),
                        tried != null && TRIED.contains(tried) ? tried : "",
                        asking.caller().may(Capability.SETTINGS, Role.ADMIN),
                        page.next() == null ? null : Pages.link(PATH, Map.of("after", page.next())),
                        place.isPresent()));
    }

    @POST
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN, by = Caller.Kind.USER)
    @Operation(hidden = true)
    public Response again(InputStream body) {
        var place = ParkedHttp.place(Form.read(body).text("event"));
        var tried = place.map(it -> word(tryAgain.one(asking.caller(), it))).orElse("gone");
        // Loading the page again does not try again.
        return Pages.seeOther(Pages.link(PATH, Map.of("tried", tried)));
    }

    private static String word(TryParkedAgain.Outcome outcome) {
        return switch (outcome) {
            case TryParkedAgain.Outcome.Applied() -> "applied";
            case TryParkedAgain.Outcome.FailedAgain(_) -> "failed";
            case TryParkedAgain.Outcome.NotThere() -> "gone";
        };
    }

    private List<Group> groups(List<Parked> all) {
        var now = clock.instant();
        var words = pages.words();
        var groups = new LinkedHashMap<String, List<Line>>();
        for (var each : all) {
            groups.computeIfAbsent(each.subscriber(), _ -> new ArrayList<>())
                    .add(line(each, now, words));
        }
        return groups.entrySet().stream()
                .map(each -> new Group(each.getKey(), each.getValue()))
                .toList();
    }

    private static Line line(Parked event, Instant now, Words words) {
        return new Line(
                event,
                OverviewPages.ago(event.parkedAt(), now, words),
                StoryPages.id(event.subject()).map(id -> StoryPages.PATH + id).orElse(""));
    }
}
