package vintem.billing;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import vintem.access.Open;
import vintem.platform.Pages;
import vintem.platform.Problem;

/// Where a debtor says that they want no more mails, with nothing but the link of a mail.
@Path("/unsubscribe/{token}")
@Tag(name = "billing", description = "Charges by boleto and Pix")
@RunOnVirtualThread
public class UnsubscribePages {
    /// @param email the address, masked
    public record AskView(String email) {}

    private static final String SAMPLE = "<!doctype html>…";

    private final SuppressAddress suppress;
    private final Pages pages;
    private final HttpHeaders headers;

    @Inject
    UnsubscribePages(SuppressAddress suppress, Pages pages, HttpHeaders headers) {
        this.suppress = suppress;
        this.pages = pages;
        this.headers = headers;
    }

    /// Changes nothing: mail scanners open every link.
    @GET
    @Open
    @Operation(
            summary = "Ask whether to stop",
            description = "A page with one button. Opening it changes nothing.")
    @APIResponse(
            responseCode = "200",
            description = "The page",
            content =
                    @Content(
                            mediaType = MediaType.TEXT_HTML,
                            examples = @ExampleObject(name = "page", value = SAMPLE)))
    @APIResponse(responseCode = "404", description = "No link of ours; for a browser, a page")
    public Response ask(@PathParam("token") String token) {
        return suppress.addressee(token)
                .map(it -> pages.show("billing/unsubscribe.html", new AskView(it.masked())))
                .orElseGet(this::unknown);
    }

    @POST
    @Open
    @Operation(
            summary = "Write no more to this address",
            description =
                    "The page's button, or a mail program by itself (RFC 8058,"
                            + " List-Unsubscribe-Post). Neither body nor cookies are looked at.")
    @APIResponse(
            responseCode = "200",
            description = "No more mails, now or before",
            content =
                    @Content(
                            mediaType = MediaType.TEXT_HTML,
                            examples = @ExampleObject(name = "page", value = SAMPLE)))
    @APIResponse(responseCode = "404", description = "No link of ours; for a browser, a page")
    public Response stop(@PathParam("token") String token) {
        var address = suppress.addressee(token);
        return switch (suppress.byDebtor(token)) {
            case SuppressAddress.Outcome.Suppressed _ ->
                    pages.show(
                            "billing/unsubscribed.html",
                            new AskView(address.orElseThrow().masked()));
            case SuppressAddress.Outcome.NotFound(), SuppressAddress.Outcome.Lifted() -> unknown();
        };
    }

    private Response unknown() {
        // As it was sent: what is no media type at all is no reason to fail.
        var accept = headers.getHeaderString(HttpHeaders.ACCEPT);
        if (accept == null || !accept.contains(MediaType.TEXT_HTML)) {
            throw Problem.notFound("This is no link of ours.");
        }
        return pages.show(404, "billing/unsubscribe-unknown.html", Map.of()).build();
    }
}
