package vintem.docs;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import vintem.access.SignedIn;
import vintem.platform.Pages;
import vintem.platform.Problem;

/// The documentation in the console. Its text is English; what stands around it is not.
@Path("/app/docs")
@SignedIn
@RunOnVirtualThread
@Produces(MediaType.TEXT_HTML)
public class DocsPages {
    /// @param index whether it is the list of all
    /// @param language of the text
    public record View(String name, Rendered page, String html, boolean index, String language) {}

    private final Docs docs;
    private final Pages pages;

    @Inject
    DocsPages(Docs docs, Pages pages) {
        this.docs = docs;
        this.pages = pages;
    }

    @GET
    public Response index() {
        return show(Docs.INDEX);
    }

    @GET
    @Path("/{name}")
    public Response page(@PathParam("name") String name) {
        return show(name);
    }

    private Response show(String name) {
        var page = docs.page(name).orElseThrow(() -> Problem.notFound("There is no such page."));
        var language = name.endsWith("pt-br") ? "pt-BR" : "en";
        return pages.show(
                "docs/page.html",
                new View(name, page, page.html(), name.equals(Docs.INDEX), language));
    }
}
