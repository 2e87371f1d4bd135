package vintem.console;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;
import vintem.access.Caller;
import vintem.access.SignedIn;
import vintem.platform.Database;
import vintem.platform.Finder.Hit;
import vintem.platform.Form;
import vintem.platform.Pages;
import vintem.platform.Sought;
import vintem.platform.Words;

/// The search for anything. What is looked for is posted, and stands in no address: it may be a
/// person's CPF, and addresses are kept by browsers, proxies and logs.
@Path("/app/search")
@RunOnVirtualThread
@Produces(MediaType.TEXT_HTML)
public class SearchPages {
    /// @param link its story; its page where it has none
    public record Line(
            String kind,
            String title,
            @Nullable String detail,
            @Nullable Long cents,
            @Nullable String status,
            String mood,
            @Nullable Instant at,
            String link,
            String page) {
        static Line of(Hit hit, Words words) {
            return new Line(
                    words.name("found", hit.kind()),
                    hit.title(),
                    hit.detail(),
                    hit.cents(),
                    hit.status() == null ? null : Telling.word(hit.status(), words),
                    Telling.mood(hit.status()),
                    hit.at(),
                    hit.storyId() == null ? hit.page() : StoryPages.PATH + hit.storyId(),
                    hit.page());
        }
    }

    public record GroupView(String section, List<Line> lines, boolean more) {}

    /// @param q what was looked for, empty where nothing was
    /// @param tooLong or blank: nothing can be found by it
    public record View(String q, boolean asked, boolean tooLong, List<GroupView> groups) {}

    private final FindAnything findAnything;
    private final Database database;
    private final Pages pages;

    @Inject
    SearchPages(FindAnything findAnything, Database database, Pages pages) {
        this.findAnything = findAnything;
        this.database = database;
        this.pages = pages;
    }

    @GET
    @SignedIn(Caller.Kind.USER)
    @Operation(hidden = true)
    public Response form() {
        return pages.show("console/search.html", new View("", false, false, List.of()));
    }

    @POST
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @SignedIn(Caller.Kind.USER)
    @Operation(hidden = true)
    public Response search(InputStream body) {
        var typed = Form.read(body).text("q");
        var sought = Sought.of(typed);
        if (sought.isEmpty()) {
            return pages.show(
                    "console/search.html", new View("", true, !typed.isBlank(), List.of()));
        }
        var found = database.snapshot(tx -> findAnything.find(tx, sought.get()));
        if (found.straightTo() != null) {
            return Pages.seeOther(found.straightTo());
        }
        var words = pages.words();
        return pages.show(
                "console/search.html",
                new View(
                        sought.get().text(),
                        true,
                        false,
                        found.groups().stream().map(each -> group(each, words)).toList()));
    }

    private static GroupView group(FindAnything.Group group, Words words) {
        return new GroupView(
                group.section(),
                group.hits().stream().map(each -> Line.of(each, words)).toList(),
                group.more());
    }
}
