package vintem.access;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import vintem.platform.Pages;

/// Whoever types the bare address wants the pages.
@Path("/")
public class HomePage {
    @GET
    @Open
    @Operation(hidden = true)
    public Response home() {
        return Pages.seeOther("/app");
    }
}
