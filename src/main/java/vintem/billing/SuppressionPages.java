package vintem.billing;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.Role;
import vintem.billing.SuppressionTable.Suppression;
import vintem.platform.Database;
import vintem.platform.EmailAddress;
import vintem.platform.Page;
import vintem.platform.Pages;

/// Who is not written to, as an operator sees and changes it.
@Path("/app/billing/suppressions")
@RunOnVirtualThread
@Produces(MediaType.TEXT_HTML)
public class SuppressionPages {
    private static final String HERE = "/app/billing/suppressions";
    private static final int LINES = 50;

    /// @param asked the address that was looked for, null where none was
    public record ListView(
            List<Suppression> suppressions,
            @Nullable String asked,
            @Nullable String next,
            boolean later,
            boolean mayAct) {}

    private final SuppressionTable table;
    private final Database database;
    private final Pages pages;
    private final Asking asking;

    @Inject
    SuppressionPages(SuppressionTable table, Database database, Pages pages, Asking asking) {
        this.table = table;
        this.database = database;
        this.pages = pages;
        this.asking = asking;
    }

    @GET
    @Needs(capability = Capability.BILLING, role = Role.READ)
    @Operation(hidden = true)
    public Response list(
            @QueryParam("email") @Nullable String email,
            @QueryParam("after") @Nullable String after) {
        var asked = email == null || email.isBlank() ? null : email.strip();
        return pages.show(
                "billing/suppressions.html", asked == null ? newest(after) : found(asked));
    }

    private ListView newest(@Nullable String after) {
        var cursor = SuppressionsHttp.cursor(after);
        var rows =
                database.transaction(
                        tx -> table.page(tx, cursor.since(), cursor.hash(), LINES + 1));
        var page = Page.of(rows, LINES, SuppressionsHttp::cursor);
        return new ListView(
                page.items(),
                null,
                page.next() == null ? null : Pages.link(HERE, Map.of("after", page.next())),
                after != null,
                mayAct());
    }

    /// Only hashes are kept, so that an address is found as a whole or not at all.
    private ListView found(String asked) {
        var rows =
                EmailAddress.parse(asked)
                        .flatMap(
                                address ->
                                        database.transaction(
                                                tx ->
                                                        table.find(
                                                                tx,
                                                                SuppressionTable.hash(address))));
        return new ListView(rows.stream().toList(), asked, null, false, mayAct());
    }

    private boolean mayAct() {
        return asking.caller().may(Capability.BILLING, Role.OPERATOR);
    }
}
