package vintem.investments;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.Role;
import vintem.investments.Captado.ClientFigures;
import vintem.investments.Captado.Explanation;
import vintem.investments.Windows.Window;
import vintem.platform.Problem;

/// *Captado* for whoever asks once: what `/ws/captado` shows again and again.
@Path("/captado")
@Tag(name = "investments", description = "What clients invest, and what becomes of it")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class CaptadoHttp {
    private final Captado captado;
    private final Clock clock;

    @Inject
    CaptadoHttp(Captado captado, Clock clock) {
        this.captado = captado;
        this.clock = clock;
    }

    @GET
    @Needs(capability = Capability.INVESTMENTS, role = Role.READ)
    @Operation(
            summary =
                    "What clients put in, in the year, half, month and week that end with a month",
            description =
                    "?month= and ?year= name it; the periods end on its last day, or today."
                            + " ?as_of= shows what was known and what prices were at an instant.")
    @APIResponse(responseCode = "200", description = "One entry for each active client, by name")
    @APIResponse(responseCode = "400", description = "No month, or one that has not begun")
    public List<ClientFigures> captado(
            @QueryParam("month") @Nullable String month,
            @QueryParam("year") @Nullable String year,
            @QueryParam("as_of") @Nullable String asOf) {
        var instant = Answers.asOf(asOf, clock.instant());
        return captado.sums(windows(month, year, instant), instant).stream()
                .map(ClientFigures::of)
                .toList();
    }

    @GET
    @Path("/explanation")
    @Needs(capability = Capability.INVESTMENTS, role = Role.READ)
    @Operation(
            summary = "A figure, down to allocations, sales, closes and rates",
            description = "?window= is anual, semestral, mensal or semanal.")
    @APIResponse(
            responseCode = "200",
            description = "What the figure is made of",
            content = @Content(schema = @Schema(implementation = Explanation.class)))
    @APIResponse(responseCode = "400", description = "A parameter that cannot be")
    @APIResponse(responseCode = "404", description = "No such client, or not active then")
    public Explanation explain(
            @QueryParam("client_id") @Nullable String clientId,
            @QueryParam("month") @Nullable String month,
            @QueryParam("year") @Nullable String year,
            @QueryParam("window") @Nullable String window,
            @QueryParam("as_of") @Nullable String asOf) {
        var client = Answers.idOrNull("client_id", clientId);
        if (client == null) {
            throw Problem.invalid("?client_id", "is required");
        }
        var wanted =
                Window.of(window == null ? "mensal" : window)
                        .orElseThrow(
                                () ->
                                        Problem.invalid(
                                                "?window",
                                                "must be anual, semestral, mensal or semanal"));
        var instant = Answers.asOf(asOf, clock.instant());
        return captado.explain(client, windows(month, year, instant), wanted, instant)
                .orElseThrow(() -> Problem.notFound("There is no such client."));
    }

    private Windows windows(@Nullable String month, @Nullable String year, @Nullable Instant asOf) {
        return captado.windows(month(month, year), asOf)
                .orElseThrow(() -> Problem.invalid("?month", "has not begun"));
    }

    /// @throws Problem `400` where one is missing or cannot be
    static YearMonth month(@Nullable String month, @Nullable String year) {
        if (month == null) {
            throw Problem.invalid("?month", "is required: 1 to 12");
        }
        if (year == null) {
            throw Problem.invalid("?year", "is required: four digits");
        }
        return YearMonth.of(
                (int) Answers.number("year", year, 1990, 9999),
                (int) Answers.number("month", month, 1, 12));
    }
}
