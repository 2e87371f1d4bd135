package vintem.payouts;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Caller;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.ReadsPerson;
import vintem.access.Role;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.payouts.HoldTable.Counts;
import vintem.payouts.HoldTable.Hold;
import vintem.payouts.HoldTable.KindSum;
import vintem.payouts.HoldTable.Line;
import vintem.payouts.HoldTable.Recipients;
import vintem.platform.Database;
import vintem.platform.Page;
import vintem.platform.Pages;

/// The pages of what is held: what waits for a person or for its hour, and one hold with all that
/// its approver must see.
@Path("/app/payouts")
@RunOnVirtualThread
@Produces(MediaType.TEXT_HTML)
public class HoldPages {
    private static final String LIST = "/app/payouts/holds";
    private static final String ONE = "/app/payouts/hold";
    private static final int LINES = 50;
    private static final int ITEMS = 100;
    private static final List<String> STATES =
            List.of("waiting", "scheduled", "released", "refused", "cancelled", "expired");

    public record Tab(String state, String link, boolean current) {}

    public record ListView(
            List<Hold> holds,
            List<Tab> tabs,
            String state,
            Counts counts,
            @Nullable String next,
            boolean later) {}

    public record ItemLine(Line line, String key) {}

    /// @param why why this person cannot release it; null where they can
    /// @param heldCents what the account holds; only for those who may read the ledger
    public record OneView(
            Hold hold,
            boolean changed,
            boolean waits,
            boolean open,
            List<KindSum> sums,
            Recipients recipients,
            List<ItemLine> items,
            boolean keysAreWhole,
            boolean onlyLookalikes,
            @Nullable String next,
            boolean later,
            boolean mayAct,
            @Nullable String why,
            @Nullable Long bankCents,
            boolean bankIsShort) {}

    private final HoldTable table;
    private final Ledger ledger;
    private final Database database;
    private final Pages pages;
    private final Asking asking;
    private final Clock clock;

    @Inject
    HoldPages(
            HoldTable table,
            Ledger ledger,
            Database database,
            Pages pages,
            Asking asking,
            Clock clock) {
        this.table = table;
        this.ledger = ledger;
        this.database = database;
        this.pages = pages;
        this.asking = asking;
        this.clock = clock;
    }

    @GET
    @Path("holds")
    @Needs(capability = Capability.PAYOUTS, role = Role.READ)
    @Operation(hidden = true)
    public Response list(
            @QueryParam("state") @Nullable String state,
            @QueryParam("after") @Nullable String after) {
        var wanted = state != null && STATES.contains(state) ? state : "waiting";
        var place = Optional.ofNullable(after).flatMap(HoldsHttp::parse).orElse(null);
        var view =
                database.snapshot(
                        tx -> {
                            var page =
                                    Page.of(
                                            table.list(tx, wanted, place, LINES + 1),
                                            LINES,
                                            each -> each.id().toString());
                            return new ListView(
                                    page.items(),
                                    STATES.stream()
                                            .map(
                                                    each ->
                                                            new Tab(
                                                                    each,
                                                                    Pages.link(
                                                                            LIST,
                                                                            Map.of("state", each)),
                                                                    each.equals(wanted)))
                                            .toList(),
                                    wanted,
                                    table.counts(tx),
                                    page.next() == null ? null : link(wanted, page.next()),
                                    place != null);
                        });
        return pages.show("payouts/holds.html", view);
    }

    @GET
    @Path("hold")
    @Needs(capability = Capability.PAYOUTS, role = Role.READ)
    @ReadsPerson("payout_hold")
    @Operation(hidden = true)
    public Response one(
            @QueryParam("id") @Nullable String id,
            @QueryParam("only") @Nullable String only,
            @QueryParam("after") @Nullable String after) {
        var lookalikes = "lookalikes".equals(only);
        var place = after != null && after.matches("[0-9]{1,9}") ? Integer.parseInt(after) : -1;
        var view =
                Optional.ofNullable(id)
                        .flatMap(HoldsHttp::parse)
                        .flatMap(
                                it ->
                                        database.snapshot(
                                                tx ->
                                                        table.find(tx, it)
                                                                .map(
                                                                        hold ->
                                                                                view(
                                                                                        tx,
                                                                                        hold,
                                                                                        lookalikes,
                                                                                        place))));
        return view.map(found -> pages.show("payouts/hold.html", found))
                .orElseGet(() -> pages.show(404, "payouts/no-hold.html", Map.of()).build());
    }

    private OneView view(org.jdbi.v3.core.Handle tx, Hold hold, boolean lookalikes, int place) {
        var caller = asking.caller();
        var whole = caller.may(Capability.PAYOUTS, Role.OPERATOR);
        var page =
                Page.of(
                        table.lines(tx, hold.id(), place, lookalikes, ITEMS + 1),
                        ITEMS,
                        line -> Integer.toString(line.position()));
        var changed =
                hold.isOpen()
                        && !ReleaseHold.digest(hold, table.items(tx, hold.id()))
                                .equals(hold.digest());
        Long bank =
                caller.may(Capability.LEDGER, Role.READ)
                        ? Long.valueOf(ledger.balanceCents(tx, AccountCode.BANK))
                        : null;
        return new OneView(
                hold,
                changed,
                hold.isWaiting(),
                hold.isOpen(),
                table.sums(tx, hold.id()),
                table.recipients(tx, hold.id()),
                page.items().stream()
                        .map(
                                line ->
                                        new ItemLine(
                                                line,
                                                whole
                                                        ? line.pixKey()
                                                        : HoldsHttp.masked(line.pixKey())))
                        .toList(),
                whole,
                lookalikes,
                page.next() == null ? null : link(hold, lookalikes, page.next()),
                place >= 0,
                whole,
                whyNot(caller, hold, changed),
                bank,
                bank != null && hold.isOpen() && bank < hold.cents());
    }

    /// What keeps this person from releasing it, or null.
    private @Nullable String whyNot(Caller caller, Hold hold, boolean changed) {
        if (changed) {
            return "changed";
        }
        if (hold.expiresAt() != null && !hold.expiresAt().isAfter(clock.instant())) {
            return "expired";
        }
        if (hold.kind().equals(HoldTable.APPROVAL) && caller.personId().equals(hold.personId())) {
            return "same_person";
        }
        return hold.cents() > caller.grant().releaseLimitCents() ? "over_limit" : null;
    }

    private static String link(String state, String after) {
        var query = new LinkedHashMap<String, String>();
        query.put("state", state);
        query.put("after", after);
        return Pages.link(LIST, query);
    }

    private static String link(Hold hold, boolean lookalikes, String after) {
        var query = new LinkedHashMap<String, String>();
        query.put("id", hold.id().toString());
        if (lookalikes) {
            query.put("only", "lookalikes");
        }
        query.put("after", after);
        return Pages.link(ONE, query);
    }
}
