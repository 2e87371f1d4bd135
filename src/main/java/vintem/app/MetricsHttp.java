package vintem.app;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.Role;
import vintem.platform.Metrics;

/// What Prometheus reads. It takes a credential: how much is paid, and how often that fails, is
/// nobody else's business.
@Path("/q/metrics")
@Tag(name = "tools")
@RunOnVirtualThread
public class MetricsHttp {
    private static final String FORMAT = "text/plain;version=0.0.4;charset=utf-8";

    private static final String SAMPLE =
            """
            # HELP vintem_payments_created_total Payments that were asked for
            # TYPE vintem_payments_created_total counter
            vintem_payments_created_total 42
            """;

    @GET
    @Produces(FORMAT)
    @Needs(capability = Capability.CONSOLE, role = Role.READ)
    @Operation(
            summary = "Figures of this node, as Prometheus reads them",
            description = "docs/observability.md lists them.")
    @APIResponse(
            responseCode = "200",
            description = "Prometheus' text format 0.0.4",
            content =
                    @Content(
                            mediaType = "text/plain",
                            examples = @ExampleObject(name = "metrics", value = SAMPLE)))
    public String metrics() {
        return Metrics.prometheus();
    }
}
