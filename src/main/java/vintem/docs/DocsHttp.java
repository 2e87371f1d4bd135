package vintem.docs;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import vintem.access.Open;
import vintem.platform.Problem;

/// The documentation for programs: the index as llmstxt.org has it, and each file as it is.
///
/// Open, since it says nothing that the repository does not.
@Path("/")
@Tag(name = "docs", description = "The documentation, for programs")
@RunOnVirtualThread
public class DocsHttp {
    private static final String MARKDOWN = "text/markdown;charset=UTF-8";
    private static final Pattern LINK = Pattern.compile("\\[([^\\]]*)]\\(([^)\\s]+)\\)");

    private final Docs docs;

    @Inject
    DocsHttp(Docs docs) {
        this.docs = docs;
    }

    @GET
    @Path("llms.txt")
    @Open
    @Operation(summary = "List the documentation, as llmstxt.org has it")
    @APIResponse(
            responseCode = "200",
            description = "Markdown: what this is, and a link to each file",
            content =
                    @Content(
                            mediaType = "text/plain",
                            examples =
                                    @ExampleObject(
                                            name = "sample",
                                            value =
                                                    "# Vintém\n\n> The back office …\n\n"
                                                            + "- [Tour](/docs-md/tour.md): …")))
    public Response index() {
        return docs.text(Docs.INDEX)
                .map(text -> relinked(text, Docs.file(Docs.INDEX)))
                .map(text -> Response.ok(text, "text/plain;charset=UTF-8").build())
                .orElseThrow(() -> Problem.notFound("There is no documentation in this build."));
    }

    @GET
    @Path("docs-md/{name}.md")
    @Open
    @Operation(summary = "Read a file of the documentation as Markdown")
    @APIResponse(
            responseCode = "200",
            description = "The file",
            content =
                    @Content(
                            mediaType = "text/markdown",
                            examples = @ExampleObject(name = "sample", value = "# The tour\n…")))
    @APIResponse(responseCode = "404", description = "No such file")
    public Response file(@PathParam("name") String name) {
        return docs.text(name)
                .map(text -> relinked(text, Docs.file(name)))
                .map(text -> Response.ok(text, MARKDOWN).build())
                .orElseThrow(() -> Problem.notFound("There is no such file."));
    }

    private String relinked(String text, String file) {
        var links = new DocLinks(docs, file);
        return LINK.matcher(text)
                .replaceAll(
                        it ->
                                java.util.regex.Matcher.quoteReplacement(
                                        links.markdown(it.group(2))
                                                .map(to -> "[" + it.group(1) + "](" + to + ")")
                                                .orElseGet(it::group)));
    }
}
