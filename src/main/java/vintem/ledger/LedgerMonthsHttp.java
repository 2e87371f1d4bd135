package vintem.ledger;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.time.Clock;
import java.time.YearMonth;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.Role;
import vintem.platform.BusinessDays;
import vintem.platform.Problem;
import vintem.platform.SheetFormat;

/// The accountant's months as files.
@Path("/ledger/months")
@Tag(name = "ledger", description = "What the money did")
@RunOnVirtualThread
public class LedgerMonthsHttp {
    private static final Pattern FILE =
            Pattern.compile(
                    "(?<month>[0-9]{4}-[0-9]{2})(?<balances>-balances)?\\.(?<format>[a-z]+)");

    private final LedgerMonths months;
    private final Clock clock;

    @Inject
    LedgerMonthsHttp(LedgerMonths months, Clock clock) {
        this.months = months;
        this.clock = clock;
    }

    @GET
    @Path("/{file}")
    @Needs(capability = Capability.LEDGER, role = Role.READ)
    @Operation(
            summary = "A month's transfers for the accountant",
            description =
                    "2026-10.csv has the transfers that were recorded in the month, 2026-10.xlsx the"
                            + " balances of all accounts besides, 2026-10-balances.csv those alone."
                            + " Months are São Paulo's. A month that is over never changes.")
    @APIResponse(
            responseCode = "200",
            description = "The rows, as they come",
            content = {
                @Content(mediaType = "text/csv", schema = @Schema(type = SchemaType.STRING)),
                @Content(
                        mediaType =
                                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                        schema = @Schema(type = SchemaType.STRING, format = "binary"))
            })
    @APIResponse(responseCode = "404", description = "No such month or format, or it lies ahead")
    public Response month(@PathParam("file") String file) {
        var named = FILE.matcher(file);
        if (!named.matches()) {
            throw nothing();
        }
        var today = YearMonth.from(BusinessDays.today(clock));
        var format = SheetFormat.of(named.group("format")).orElseThrow(LedgerMonthsHttp::nothing);
        var month =
                LedgerMonths.month(named.group("month"))
                        .filter(it -> !it.isAfter(today))
                        .orElseThrow(LedgerMonthsHttp::nothing);
        var balances = named.group("balances") != null;
        StreamingOutput rows =
                out -> {
                    if (balances) {
                        months.writeBalances(out, format, month);
                    } else {
                        months.write(out, format, month);
                    }
                };
        return Response.ok(rows)
                .type(format.mediaType())
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "attachment; filename=\"%s-%s%s.%s\""
                                .formatted(
                                        balances ? "saldos" : "lancamentos",
                                        month,
                                        month.equals(today) ? "-parcial" : "",
                                        format.ending()))
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .header("X-Content-Type-Options", "nosniff")
                .build();
    }

    private static Problem nothing() {
        return Problem.notFound("There is no such month, or not in this format.");
    }
}
