package vintem.console;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import vintem.access.Caller;
import vintem.access.SignedIn;
import vintem.platform.Database;
import vintem.platform.Pages;

/// *Explain this cent*, as a page. Its address holds an id and nothing else.
@Path("/app/story")
@RunOnVirtualThread
@Produces(MediaType.TEXT_HTML)
public class StoryPages {
    static final String PATH = "/app/story/";

    private final TellStory tellStory;
    private final Database database;
    private final Pages pages;

    @Inject
    StoryPages(TellStory tellStory, Database database, Pages pages) {
        this.tellStory = tellStory;
        this.database = database;
        this.pages = pages;
    }

    @GET
    @Path("{id}")
    @SignedIn(Caller.Kind.USER)
    @Operation(hidden = true)
    public Response one(@PathParam("id") String id) {
        var words = pages.words();
        return id(id).flatMap(it -> database.snapshot(tx -> tellStory.of(tx, it)))
                .map(it -> pages.show("console/story.html", Telling.of(it, words)))
                .orElseGet(() -> pages.show(404, "console/no-story.html", Map.of()).build());
    }

    static Optional<UUID> id(String text) {
        try {
            return text.length() == 36 ? Optional.of(UUID.fromString(text)) : Optional.empty();
        } catch (IllegalArgumentException noId) {
            return Optional.empty();
        }
    }
}
