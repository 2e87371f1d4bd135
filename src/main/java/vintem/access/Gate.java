package vintem.access;

import io.vertx.core.Context;
import jakarta.inject.Inject;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.SequenceInputStream;
import java.lang.reflect.AnnotatedElement;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jspecify.annotations.Nullable;
import vintem.platform.Form;
import vintem.platform.HttpBody;
import vintem.platform.Multipart;
import vintem.platform.Problem;

/// Stands before every route: nobody passes where the route does not say whom it admits.
public class Gate {
    static final String SESSION_COOKIE = "vintem_session";
    static final String CSRF_HEADER = "X-CSRF-Token";
    static final String CSRF_FIELD = "csrf";

    private static final int BEGINNING = 2_048;
    private static final int LONGEST_TOKEN = 200;

    private static final String BEARER = "bearer ";
    // Decoded, and with what may follow a semicolon: the router takes these for pages, too.
    private static final String PAGES = "/app";
    private static final Set<String> SAFE =
            Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private final Credentials credentials;
    private final RequestLimit limit;
    private final Sessions sessions;
    private final Asking asking;

    @Inject
    Gate(Credentials credentials, RequestLimit limit, Sessions sessions, Asking asking) {
        this.credentials = credentials;
        this.limit = limit;
        this.sessions = sessions;
        this.asking = asking;
    }

    /// Gives nothing and lets the request pass, or gives the answer that turns it away.
    @ServerRequestFilter(priority = Priorities.AUTHENTICATION)
    public @Nullable Response admit(ContainerRequestContext request, ResourceInfo resource) {
        var route = declaring(resource);
        if (isPage(request)) {
            checkOrigin(request);
        }
        if (route.isAnnotationPresent(Open.class)) {
            return null;
        }
        if (Context.isOnEventLoopThread()) {
            // Whose credential it is may take a query, which would hold up everybody else here.
            throw new IllegalStateException(
                    "annotate it @RunOnVirtualThread: " + resource.getResourceMethod());
        }
        var identity = identity(request);
        if (identity.isEmpty()) {
            return turnAway(request);
        }
        var caller = identity.get().caller();
        limit.take(caller.id()).ifPresent(Gate::refuseForNow);
        // Before the refusal: its page still knows whom it is for.
        asking.is(identity.get());
        if (!admits(route, caller)) {
            throw Problem.forbidden("This takes another role than you have.");
        }
        return null;
    }

    private static void refuseForNow(Duration wait) {
        throw Problem.tooManyRequests(
                "Too many requests with this credential: wait a little.",
                wait.plusMillis(999).toSeconds());
    }

    /// What the method says, or its class where the method says nothing.
    private static AnnotatedElement declaring(ResourceInfo resource) {
        var method = resource.getResourceMethod();
        var says =
                List.of(Open.class, SignedIn.class, Needs.class).stream()
                        .anyMatch(method::isAnnotationPresent);
        return says ? method : resource.getResourceClass();
    }

    private static boolean admits(AnnotatedElement route, Caller caller) {
        var signedIn = route.getAnnotation(SignedIn.class);
        if (signedIn != null && List.of(signedIn.value()).contains(caller.kind())) {
            return true;
        }
        var needs = route.getAnnotation(Needs.class);
        return needs != null
                && List.of(needs.by()).contains(caller.kind())
                && caller.may(needs.capability(), needs.role());
    }

    /// A credential in the header is the only one looked at: a wrong one is not saved by a cookie.
    private Optional<Credentials.Identity> identity(ContainerRequestContext request) {
        var header = request.getHeaderString(HttpHeaders.AUTHORIZATION);
        if (header != null) {
            return header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                    ? credentials.bearer(header.substring(BEARER.length()).trim())
                    : Optional.empty();
        }
        var cookie = request.getCookies().get(SESSION_COOKIE);
        if (cookie == null) {
            return Optional.empty();
        }
        var identity = credentials.cookie(cookie.getValue());
        identity.ifPresent(it -> checkCsrf(request, it));
        return identity;
    }

    /// A browser sends the cookie along whoever made it ask. Only our own pages know the session's
    /// token.
    private void checkCsrf(ContainerRequestContext request, Credentials.Identity identity) {
        if (SAFE.contains(request.getMethod()) || identity.sessionId() == null) {
            return;
        }
        checkOrigin(request);
        var header = request.getHeaderString(CSRF_HEADER);
        var given = header == null ? csrfField(request) : header;
        var expected = sessions.csrf(identity.sessionId());
        if (!MessageDigest.isEqual(
                given.getBytes(StandardCharsets.UTF_8),
                expected.getBytes(StandardCharsets.UTF_8))) {
            throw Problem.forbidden("The page is out of date: load it again.");
        }
    }

    /// Reads the form, and puts it back for the route.
    private static String csrfField(ContainerRequestContext request) {
        if (MediaType.MULTIPART_FORM_DATA_TYPE.isCompatible(request.getMediaType())) {
            return csrfOfUpload(request);
        }
        if (!MediaType.APPLICATION_FORM_URLENCODED_TYPE.isCompatible(request.getMediaType())) {
            return "";
        }
        var body = HttpBody.read(request.getEntityStream(), HttpBody.USUAL_BYTES);
        request.setEntityStream(new ByteArrayInputStream(body));
        return Form.read(new ByteArrayInputStream(body)).text(CSRF_FIELD);
    }

    /// A form with a file has the token first: only its beginning is looked at.
    private static String csrfOfUpload(ContainerRequestContext request) {
        try {
            var body = request.getEntityStream();
            var beginning = body.readNBytes(BEGINNING);
            request.setEntityStream(
                    new SequenceInputStream(new ByteArrayInputStream(beginning), body));
            var field =
                    Multipart.file(
                            new ByteArrayInputStream(beginning),
                            request.getHeaderString(HttpHeaders.CONTENT_TYPE),
                            CSRF_FIELD);
            return new String(field.content().readNBytes(LONGEST_TOKEN), StandardCharsets.UTF_8);
        } catch (IOException | Problem notThere) {
            return "";
        }
    }

    /// Browsers say which site a request comes from. Programs do not, and need not.
    private static void checkOrigin(ContainerRequestContext request) {
        if (SAFE.contains(request.getMethod())) {
            return;
        }
        var origin = request.getHeaderString("Origin");
        var site = request.getHeaderString("Sec-Fetch-Site");
        var foreign =
                origin == null
                        ? site != null && !site.equals("same-origin") && !site.equals("none")
                        : !isOurs(origin, request.getUriInfo().getRequestUri());
        if (foreign) {
            throw Problem.forbidden("This comes from another site.");
        }
    }

    private static boolean isOurs(String origin, URI request) {
        var start = origin.indexOf("://");
        return start > 0 && origin.substring(start + 3).equalsIgnoreCase(request.getAuthority());
    }

    private static Response turnAway(ContainerRequestContext request) {
        var wantsHtml =
                request.getAcceptableMediaTypes().stream()
                        .anyMatch(it -> it.toString().startsWith(MediaType.TEXT_HTML));
        if (!isPage(request) || !SAFE.contains(request.getMethod()) || !wantsHtml) {
            throw Problem.unauthenticated("This takes a credential, and a valid one.");
        }
        var uri = request.getUriInfo().getRequestUri();
        var here = uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
        return Response.status(Response.Status.SEE_OTHER)
                .header(
                        HttpHeaders.LOCATION,
                        "/app/sign-in?next=" + URLEncoder.encode(here, StandardCharsets.UTF_8))
                .build();
    }

    private static boolean isPage(ContainerRequestContext request) {
        var path = request.getUriInfo().getRequestUri().getPath();
        return path.startsWith(PAGES)
                && (path.length() == PAGES.length()
                        || path.charAt(PAGES.length()) == '/'
                        || path.charAt(PAGES.length()) == ';');
    }
}
