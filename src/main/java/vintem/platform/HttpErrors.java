package vintem.platform;

import jakarta.inject.Inject;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Locale;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/// Turns what a route throws into one problem+json, or, for a browser that asked for a page, into a
/// page that says so; once for the whole product.
public class HttpErrors {
    private static final Logger LOG = Logger.getLogger(HttpErrors.class);

    private final TraceId traceId;
    private final Pages pages;

    @Inject
    HttpErrors(TraceId traceId, Pages pages) {
        this.traceId = traceId;
        this.pages = pages;
    }

    @ServerExceptionMapper
    public Response problem(Problem problem) {
        return respond(problem);
    }

    @ServerExceptionMapper
    public Response busy(Coalescer.Unavailable busy) {
        return respond(Problem.unavailable("Too much at once, or the database is away.", 1));
    }

    /// What Quarkus itself refuses: no such route, method, media type.
    @ServerExceptionMapper
    public Response refused(WebApplicationException refused, ContainerRequestContext request) {
        var status = refused.getResponse().getStatus();
        if (status < 400) {
            return refused.getResponse();
        }
        var reason = Response.Status.fromStatusCode(status);
        var title = reason == null ? "Refused" : reason.getReasonPhrase();
        var code = title.toLowerCase(Locale.ROOT).replace(' ', '-');
        return respond(Problem.of(status, code, title, "This request was not understood."));
    }

    /// Bugs are ours, and the database being away is an outage; neither shows its insides.
    @ServerExceptionMapper
    public Response failed(Throwable failed) {
        if (Database.Failure.of(failed) == Database.Failure.UNAVAILABLE) {
            LOG.warnf("the database does not answer: %s", failed.toString());
            return respond(Problem.unavailable("The database does not answer.", 2));
        }
        MDC.put(TraceId.IN_LOG, traceId.value());
        LOG.error("a request failed", failed);
        MDC.remove(TraceId.IN_LOG);
        return respond(
                Problem.of(
                        500,
                        "internal-error",
                        "Our mistake",
                        "Something went wrong here; the trace_id finds it in our log."));
    }

    private Response respond(Problem problem) {
        return pages.problem(problem).orElseGet(() -> json(problem));
    }

    private Response json(Problem problem) {
        var words = pages.wordsOfProgram();
        var response =
                Response.status(problem.status())
                        .type("application/problem+json")
                        .header(HttpHeaders.CONTENT_LANGUAGE, words.tag())
                        .header(HttpHeaders.VARY, "Accept-Language")
                        .entity(Json.write(problem.body(traceId.value(), words)));
        problem.headers().forEach(response::header);
        return response.build();
    }
}
