package vintem.platform;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import jakarta.inject.Singleton;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ResourceInfo;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jboss.logging.MDC;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;
import org.jspecify.annotations.Nullable;

/// Times every request by its route, and makes it a span where traces are on.
///
/// A span knows the route's pattern, never the address that was asked: paths hold debtors' tokens,
/// and query strings hold anything.
@Singleton
public class RequestTelemetry {
    /// One request under way.
    private record Running(
            Route route, long startNanos, @Nullable Span span, @Nullable Scope scope) {}

    /// A route and its figures by class of status, made when they are first needed.
    private static final class Route {
        private static final int CLASSES = 6;

        private final String verb;
        private final String path;
        private final AtomicReferenceArray<Metrics.@Nullable Histogram> times =
                new AtomicReferenceArray<>(CLASSES);

        Route(String verb, String path) {
            this.verb = verb;
            this.path = path;
        }

        Metrics.Histogram times(int status) {
            var group = Math.clamp(status / 100, 0, CLASSES - 1);
            var known = times.get(group);
            if (known == null) {
                known =
                        Metrics.histogram(
                                "vintem_http_request_seconds",
                                "How long a request took, by route and class of status",
                                Metrics.SECONDS,
                                "method",
                                verb,
                                "route",
                                path,
                                "status",
                                group + "xx");
                times.set(group, known);
            }
            return known;
        }
    }

    private static final String RUNNING = RequestTelemetry.class.getName();
    // Before the gate: who is turned away is timed as well.
    private static final int FIRST = 1;
    private static final int SERVER_ERROR = 500;

    private final Map<Method, Route> routes = new ConcurrentHashMap<>();

    @ServerRequestFilter(priority = FIRST)
    public void begin(ContainerRequestContext request, ResourceInfo resource) {
        var method = resource.getResourceMethod();
        var route = routes.get(method);
        if (route == null) {
            route = new Route(verb(request), path(method, resource.getResourceClass()));
            routes.put(method, route);
        }
        request.setProperty(RUNNING, running(route));
    }

    private static Running running(Route route) {
        var tracer = Traces.tracer();
        var now = System.nanoTime();
        if (tracer.isEmpty()) {
            return new Running(route, now, null, null);
        }
        var span = span(tracer.get(), route);
        var scope = span.makeCurrent();
        MDC.put(TraceId.IN_LOG, span.getSpanContext().getTraceId());
        return new Running(route, now, span, scope);
    }

    private static Span span(Tracer tracer, Route route) {
        return tracer.spanBuilder(route.verb + " " + route.path)
                .setSpanKind(SpanKind.SERVER)
                .setNoParent()
                .setAttribute("http.request.method", route.verb)
                .setAttribute("http.route", route.path)
                .startSpan();
    }

    /// On the thread that began it: routes answer where they are called.
    @ServerResponseFilter
    public void end(ContainerRequestContext request, ContainerResponseContext response) {
        if (!(request.getProperty(RUNNING) instanceof Running running)) {
            return;
        }
        request.removeProperty(RUNNING);
        running.route.times(response.getStatus()).recordSince(running.startNanos);
        if (running.span != null && running.scope != null) {
            running.span.setAttribute(
                    AttributeKey.longKey("http.response.status_code"), (long) response.getStatus());
            if (response.getStatus() >= SERVER_ERROR) {
                running.span.setStatus(StatusCode.ERROR);
            }
            running.span.end();
            running.scope.close();
            MDC.remove(TraceId.IN_LOG);
        }
    }

    private static String verb(ContainerRequestContext request) {
        var verb = request.getMethod();
        return verb.equals(HttpMethod.HEAD) ? HttpMethod.GET : verb;
    }

    private static String path(Method method, Class<?> type) {
        var root = type.getAnnotation(Path.class);
        var own = method.getAnnotation(Path.class);
        var whole =
                "/" + (root == null ? "" : root.value()) + "/" + (own == null ? "" : own.value());
        return whole.replaceAll("/+", "/").replaceAll("(?<=.)/$", "");
    }
}
