package vintem.billing;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.Role;
import vintem.billing.SuppressionTable.Suppression;
import vintem.platform.Database;
import vintem.platform.EmailAddress;
import vintem.platform.HttpBody;
import vintem.platform.Json;
import vintem.platform.Page;
import vintem.platform.Problem;

/// Who is not written to.
@Path("/billing/suppressions")
@Tag(name = "billing", description = "Charges by boleto and Pix")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class SuppressionsHttp {
    private static final int LONGEST_EMAIL = 400;
    // Codes, no texts: what stands in the log is never erased and must name nobody.
    private static final List<String> WHY = List.of("asked", "mailbox_works", "mistake");
    private static final Pattern CURSOR = Pattern.compile("([0-9TZ:.-]{20,27})_([0-9a-f]{64})");
    // Behind everything that can be.
    private static final String BEYOND = "~";

    /// @param id of this entry; only hashed addresses are kept
    /// @param email the address, masked
    /// @param reason `unsubscribed` by the debtor, `bounced` where there is no such mailbox, or
    ///     `manual`
    public record Line(String id, String email, String reason, Instant since, String by) {
        static Line of(Suppression it) {
            return new Line(it.addressHash(), it.shown(), it.reason(), it.since(), it.by());
        }
    }

    private final SuppressAddress suppress;
    private final SuppressionTable table;
    private final Database database;
    private final Asking asking;

    @Inject
    SuppressionsHttp(
            SuppressAddress suppress, SuppressionTable table, Database database, Asking asking) {
        this.suppress = suppress;
        this.table = table;
        this.database = database;
        this.asking = asking;
    }

    @GET
    @Needs(capability = Capability.BILLING, role = Role.READ)
    @Operation(
            summary = "List addresses that are not written to, newest first",
            description = "`?email=` finds one address, in whatever case it is written.")
    @APIResponse(responseCode = "200", description = "A page of addresses, masked")
    @APIResponse(responseCode = "400", description = "A cursor, limit or address that cannot be")
    public Page<Line> list(
            @QueryParam("email") @Nullable String email,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit) {
        var size = Page.size(limit);
        var cursor = cursor(after);
        if (email != null) {
            var address = address("?email", email);
            var found = database.transaction(tx -> table.find(tx, SuppressionTable.hash(address)));
            return new Page<>(found.stream().map(Line::of).toList(), null);
        }
        var rows =
                database.transaction(tx -> table.page(tx, cursor.since(), cursor.hash(), size + 1));
        return Page.of(rows, size, SuppressionsHttp::cursor).map(Line::of);
    }

    @POST
    @Needs(capability = Capability.BILLING, role = Role.OPERATOR)
    @Operation(
            summary = "Write no more to an address",
            description = "Saying it again changes nothing, so it needs no Idempotency-Key.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples =
                                    @ExampleObject(
                                            name = "sample",
                                            value = "{\"email\":\"ana@example.com\"}")))
    @APIResponse(
            responseCode = "201",
            description = "It is not written to from now on",
            content = @Content(schema = @Schema(implementation = Line.class)))
    @APIResponse(
            responseCode = "200",
            description = "It was so already",
            content = @Content(schema = @Schema(implementation = Line.class)))
    @APIResponse(responseCode = "400", description = "That is no e-mail address")
    public Response add(InputStream body) {
        var fields = HttpBody.object(body);
        var email = fields.requiredText("email", LONGEST_EMAIL);
        fields.orThrow();
        return switch (suppress.byOperator(asking.caller(), address("/email", email))) {
            case SuppressAddress.Outcome.Suppressed(var it, var before) ->
                    Response.status(before ? 200 : 201)
                            .type(MediaType.APPLICATION_JSON_TYPE)
                            .entity(Json.write(Line.of(it)))
                            .build();
            case SuppressAddress.Outcome.Lifted(), SuppressAddress.Outcome.NotFound() ->
                    throw noSuch();
        };
    }

    @DELETE
    @Path("/{id}")
    @Needs(capability = Capability.BILLING, role = Role.OPERATOR)
    @Operation(
            summary = "Write to an address again",
            description =
                    "Whoever unsubscribed must have asked for it. `?reason=` says why (`asked`,"
                            + " `mailbox_works`, `mistake`) and is kept in the access log.")
    @APIResponse(responseCode = "204", description = "It is written to again")
    @APIResponse(responseCode = "400", description = "There is no such reason")
    @APIResponse(responseCode = "404", description = "There is no such entry")
    public Response lift(
            @PathParam("id") String id, @QueryParam("reason") @Nullable String reason) {
        if (reason != null && !WHY.contains(reason)) {
            throw Problem.invalid("?reason", "must be " + String.join(", ", WHY));
        }
        var why = reason == null ? "" : reason;
        return switch (suppress.lift(asking.caller(), id.replace("\0", "\uFFFD"), why)) {
            case SuppressAddress.Outcome.Lifted() -> Response.noContent().build();
            case SuppressAddress.Outcome.NotFound(),
                    SuppressAddress.Outcome.Suppressed(var _, var _) ->
                    throw noSuch();
        };
    }

    private static EmailAddress address(String where, String text) {
        return EmailAddress.parse(text)
                .orElseThrow(() -> Problem.invalid(where, "is not an e-mail address"));
    }

    record Cursor(Instant since, String hash) {}

    static String cursor(Suppression row) {
        return row.since() + "_" + row.addressHash();
    }

    static Cursor cursor(@Nullable String after) {
        if (after == null) {
            return new Cursor(Instant.parse("9999-01-01T00:00:00Z"), BEYOND);
        }
        var found = CURSOR.matcher(after);
        try {
            if (found.matches()) {
                return new Cursor(Instant.parse(found.group(1)), found.group(2));
            }
        } catch (DateTimeException notOurs) {
            // Answered below, like every other cursor that is not ours.
        }
        throw Problem.invalid("?after", "is not a cursor of this list");
    }

    private static Problem noSuch() {
        return Problem.notFound("There is no such entry.");
    }
}
