package vintem.access;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.Operation;
import vintem.platform.ClientAddress;
import vintem.platform.Form;
import vintem.platform.Pages;
import vintem.platform.Settings;

/// How a browser signs in and out.
@Path("/app")
@RunOnVirtualThread
public class SignInPages {
    private final SignIn signIn;
    private final SignOut signOut;
    private final Asking asking;
    private final Pages pages;

    /// @param next where to go once signed in
    /// @param failed somebody tried, and it was not right
    /// @param waitSeconds how long to wait before trying again, or 0
    public record View(String next, boolean failed, long waitSeconds) {}

    @Inject
    SignInPages(SignIn signIn, SignOut signOut, Asking asking, Pages pages) {
        this.signIn = signIn;
        this.signOut = signOut;
        this.asking = asking;
        this.pages = pages;
    }

    /// The form, or, by a one-time link, straight in.
    @GET
    @Path("sign-in")
    @Produces(MediaType.TEXT_HTML)
    @Open
    @Operation(hidden = true)
    public Response signIn(
            @QueryParam("ticket") @DefaultValue("") String ticket,
            @QueryParam("next") @DefaultValue(NextPath.HOME) String next,
            @QueryParam("failed") @DefaultValue("") String failed,
            @Context HttpServerRequest request) {
        if (ticket.isEmpty()) {
            return pages.show(
                    "access/sign-in.html", new View(NextPath.of(next), !failed.isEmpty(), 0));
        }
        return signIn.withTicket(ticket)
                .map(session -> welcome(session, NextPath.HOME, request))
                .orElseGet(() -> failed(NextPath.HOME));
    }

    /// Without this, HEAD would run GET, and whoever looks at a link would use it up.
    @HEAD
    @Path("sign-in")
    @Open
    @Operation(hidden = true)
    public Response look() {
        return Response.ok().type(MediaType.TEXT_HTML).build();
    }

    @POST
    @Path("sign-in")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @Open
    @Operation(hidden = true)
    public Response signIn(InputStream body, @Context HttpServerRequest request) {
        var form = Form.read(body);
        var next = NextPath.of(form.text("next"));
        var outcome =
                signIn.withPassword(
                        form.text("username"),
                        form.text("password"),
                        ClientAddress.of(request),
                        Sessions.By.COOKIE);
        return switch (outcome) {
            case SignIn.Outcome.Welcome(var session) -> welcome(session, next, request);
            case SignIn.Outcome.Wrong() -> failed(next);
            case SignIn.Outcome.TooManyAttempts(var pause) -> wait(next, pause);
        };
    }

    /// Whoever holds a reset link chooses a password here. The ticket stands behind `#` in the
    /// link, where no server and no log sees it.
    @GET
    @Path("new-password")
    @Produces(MediaType.TEXT_HTML)
    @Open
    @Operation(hidden = true)
    public Response newPassword() {
        return pages.show("access/new-password.html", new View(NextPath.HOME, false, 0));
    }

    @POST
    @Path("sign-out")
    @SignedIn({Caller.Kind.USER, Caller.Kind.RESELLER})
    @Operation(hidden = true)
    public Response signOut() {
        signOut.here(asking.caller(), asking.sessionId());
        return to("/app/sign-in").cookie(noCookie()).build();
    }

    static NewCookie noCookie() {
        return cookie("").maxAge(0).build();
    }

    private static Response welcome(
            Sessions.Opened session, String next, HttpServerRequest request) {
        var secure =
                Settings.mode() == Settings.Mode.PRODUCTION || "https".equals(request.scheme());
        return to(next).cookie(
                        cookie(session.secret())
                                .maxAge(Math.toIntExact(Sessions.COOKIE_LIFETIME.toSeconds()))
                                .secure(secure)
                                .build())
                .build();
    }

    private Response wait(String next, Duration pause) {
        var seconds = Math.max(1, pause.plusMillis(999).toSeconds());
        return pages.show(429, "access/sign-in.html", new View(next, false, seconds))
                .header("Retry-After", seconds)
                .build();
    }

    private static Response failed(String next) {
        return to("/app/sign-in?failed=1&next=" + URLEncoder.encode(next, StandardCharsets.UTF_8))
                .build();
    }

    /// The address stays relative: behind a proxy only the browser knows the whole one.
    private static Response.ResponseBuilder to(String path) {
        return Response.status(Response.Status.SEE_OTHER)
                .header(HttpHeaders.LOCATION, path)
                .header(HttpHeaders.CACHE_CONTROL, "no-store");
    }

    private static NewCookie.Builder cookie(String value) {
        return new NewCookie.Builder(Gate.SESSION_COOKIE)
                .value(value)
                .path("/")
                .httpOnly(true)
                .sameSite(NewCookie.SameSite.LAX);
    }
}
