package vintem.access;

import jakarta.inject.Inject;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ResourceInfo;
import java.util.Optional;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/// Notes the reads of routes that are [ReadsPerson], where there was something to read.
public class NoteReads {
    private final ReadLog reads;
    private final Asking asking;

    @Inject
    NoteReads(ReadLog reads, Asking asking) {
        this.reads = reads;
        this.asking = asking;
    }

    /// Before the answer leaves.
    @ServerResponseFilter(priority = Priorities.USER)
    public void note(
            ContainerRequestContext request,
            ContainerResponseContext response,
            ResourceInfo resource) {
        if (response.getStatus() != 200 || resource.getResourceMethod() == null) {
            return;
        }
        var says = resource.getResourceMethod().getAnnotation(ReadsPerson.class);
        if (says == null) {
            return;
        }
        asking.callerIfKnown()
                .ifPresent(
                        caller ->
                                reads.note(
                                        caller,
                                        says.value(),
                                        id(request, says.id()),
                                        request.getMethod() + " " + route(resource)));
    }

    private static String id(ContainerRequestContext request, String name) {
        var uri = request.getUriInfo();
        return Optional.ofNullable(uri.getPathParameters().getFirst(name))
                .or(() -> Optional.ofNullable(uri.getQueryParameters().getFirst(name)))
                .orElse("");
    }

    private static String route(ResourceInfo resource) {
        return path(resource.getResourceClass().getAnnotation(jakarta.ws.rs.Path.class))
                + path(resource.getResourceMethod().getAnnotation(jakarta.ws.rs.Path.class));
    }

    private static String path(jakarta.ws.rs.@org.jspecify.annotations.Nullable Path path) {
        if (path == null) {
            return "";
        }
        return path.value().startsWith("/") || path.value().isEmpty()
                ? path.value()
                : "/" + path.value();
    }
}
