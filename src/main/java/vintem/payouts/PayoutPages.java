package vintem.payouts;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.ReadLog;
import vintem.access.Role;
import vintem.bank.PixKey;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.payouts.PayoutLookupTable.Alarm;
import vintem.payouts.PayoutLookupTable.Attempt;
import vintem.payouts.PayoutLookupTable.Batch;
import vintem.payouts.PayoutLookupTable.Payout;
import vintem.payouts.PayoutLookupTable.SubmissionRow;
import vintem.payouts.PayoutLookupTable.Totals;
import vintem.platform.Database;
import vintem.platform.Page;
import vintem.platform.Pages;
import vintem.platform.Words;

/// The operator's pages of payouts. Ids stand in queries, never in paths: they may hold anything.
@Path("/app/payouts")
@RunOnVirtualThread
@Produces(MediaType.TEXT_HTML)
public class PayoutPages {
    private static final String HOME = "/app/payouts";
    private static final String BATCH = HOME + "/batch";
    private static final int BATCHES = 25;
    private static final int ITEMS = 50;
    private static final List<String> STATUSES =
            List.of("paid", "failed", "processing", "held", "returned");

    /// Where payouts stand in the navigation.
    @Singleton
    static class Section implements Pages.Section {
        private final Asking asking;

        @Inject
        Section(Asking asking) {
            this.asking = asking;
        }

        @Override
        public int place() {
            return 20;
        }

        @Override
        public String name() {
            return "payouts";
        }

        @Override
        public String path() {
            return HOME;
        }

        @Override
        public boolean isOpen() {
            return asking.callerIfKnown()
                    .filter(caller -> caller.may(Capability.PAYOUTS, Role.READ))
                    .isPresent();
        }
    }

    /// A part of a bar, in percent of its length.
    public record Part(String status, String start, String length) {}

    public record BatchLine(Batch batch, List<Part> bar) {
        static BatchLine of(Batch batch) {
            return new BatchLine(batch, PayoutPages.bar(batch));
        }
    }

    /// What is in the accounts; only for those who may read the ledger.
    public record Funds(long bankCents, long inTransitCents) {}

    public record BatchesView(
            List<BatchLine> batches,
            @Nullable String next,
            boolean later,
            List<Alarm> alarms,
            Totals today,
            @Nullable Funds funds,
            HoldTable.Counts holds,
            boolean mayPay) {}

    public record NewView(int mostItems) {}

    /// @param cents their sum
    /// @param link to the batch with only these
    public record Filter(String status, long count, long cents, String link, boolean current) {}

    public record PayoutLine(Payout payout, String key) {
        static PayoutLine of(Payout payout) {
            return new PayoutLine(payout, masked(payout.pixKey()));
        }
    }

    public record BatchView(
            Batch batch,
            List<Part> bar,
            boolean done,
            long known,
            long cents,
            List<Filter> filters,
            List<PayoutLine> payouts,
            @Nullable String next,
            boolean later,
            String first,
            List<SubmissionRow> submissions,
            List<HoldTable.Hold> holds) {}

    public record PayoutView(
            Payout payout,
            String key,
            boolean keyIsWhole,
            HoldTable.@Nullable Hold hold,
            List<Attempt> attempts,
            List<Ledger.Recorded> transfers) {}

    public record MissingView(String externalId) {}

    private final PayoutLookupTable lookups;
    private final HoldTable holds;
    private final ReadLog reads;
    private final Ledger ledger;
    private final Database database;
    private final Pages pages;
    private final Asking asking;
    private final Clock clock;

    @Inject
    PayoutPages(
            PayoutLookupTable lookups,
            HoldTable holds,
            ReadLog reads,
            Ledger ledger,
            Database database,
            Pages pages,
            Asking asking,
            Clock clock) {
        this.lookups = lookups;
        this.holds = holds;
        this.reads = reads;
        this.ledger = ledger;
        this.database = database;
        this.pages = pages;
        this.asking = asking;
        this.clock = clock;
    }

    @GET
    @Needs(capability = Capability.PAYOUTS, role = Role.READ)
    @Operation(hidden = true)
    public Response batches(@QueryParam("after") @Nullable String after) {
        var caller = asking.caller();
        var midnight =
                LocalDate.ofInstant(clock.instant(), Words.SAO_PAULO)
                        .atStartOfDay(Words.SAO_PAULO)
                        .toInstant();
        var view =
                database.snapshot(
                        tx -> {
                            var page =
                                    Page.of(
                                            lookups.batches(tx, clean(after), BATCHES + 1),
                                            BATCHES,
                                            Batch::id);
                            Funds funds = null;
                            if (caller.may(Capability.LEDGER, Role.READ)) {
                                var balances = ledger.balances(tx);
                                funds =
                                        new Funds(
                                                cents(balances, AccountCode.BANK),
                                                cents(balances, AccountCode.IN_TRANSIT));
                            }
                            return new BatchesView(
                                    page.items().stream().map(BatchLine::of).toList(),
                                    page.next() == null
                                            ? null
                                            : Pages.link(HOME, Map.of("after", page.next())),
                                    after != null,
                                    lookups.alarms(tx),
                                    lookups.totalsSince(tx, midnight),
                                    funds,
                                    holds.counts(tx),
                                    caller.may(Capability.PAYOUTS, Role.OPERATOR));
                        });
        return pages.show("payouts/batches.html", view);
    }

    @GET
    @Path("new")
    @Needs(capability = Capability.PAYOUTS, role = Role.OPERATOR)
    @Operation(hidden = true)
    public Response compose() {
        return pages.show("payouts/new.html", new NewView(BatchReader.MOST_ITEMS));
    }

    /// While payouts are under way, the page asks for itself again and again and takes over what
    /// has changed.
    @GET
    @Path("batch")
    @Needs(capability = Capability.PAYOUTS, role = Role.READ)
    @Operation(hidden = true)
    public Response batch(
            @QueryParam("id") @Nullable String id,
            @QueryParam("status") @Nullable String status,
            @QueryParam("after") @Nullable String after) {
        var batchId = Optional.ofNullable(clean(id)).orElse("");
        var wanted = status != null && STATUSES.contains(status) ? status : null;
        var place = place(after);
        var view =
                database.snapshot(
                        tx ->
                                lookups.batch(tx, batchId)
                                        .map(
                                                batch ->
                                                        batchView(
                                                                batch,
                                                                lookups.centsOfBatch(tx, batchId),
                                                                lookups.pageOfBatch(
                                                                        tx, batchId, wanted, place,
                                                                        ITEMS + 1),
                                                                wanted,
                                                                place != null,
                                                                lookups.submissions(tx, batchId),
                                                                holds.ofBatch(tx, batchId))));
        return view.map(found -> pages.show("payouts/batch.html", found))
                .orElseGet(() -> missing("payouts/no-batch.html", batchId));
    }

    @GET
    @Path("one")
    @Needs(capability = Capability.PAYOUTS, role = Role.READ)
    @Operation(hidden = true)
    public Response payout(@QueryParam("external_id") @Nullable String externalId) {
        var id = Optional.ofNullable(clean(externalId)).orElse("").strip();
        var operator = asking.caller().may(Capability.PAYOUTS, Role.OPERATOR);
        var view =
                database.snapshot(
                        tx ->
                                lookups.find(tx, id)
                                        .map(
                                                payout ->
                                                        new PayoutView(
                                                                payout,
                                                                operator
                                                                        ? payout.pixKey()
                                                                        : masked(payout.pixKey()),
                                                                operator,
                                                                holds.ofPayout(tx, payout.id())
                                                                        .orElse(null),
                                                                lookups.attempts(tx, payout.id()),
                                                                ledger.transfersOf(
                                                                        tx, payout.id()))));
        view.ifPresent(
                found ->
                        reads.note(
                                asking.caller(),
                                "payout",
                                found.payout().id().toString(),
                                "GET " + HOME + "/one"));
        return view.map(found -> pages.show("payouts/one.html", found))
                .orElseGet(() -> missing("payouts/no-payout.html", id));
    }

    private Response missing(String template, String id) {
        return pages.show(404, template, new MissingView(id)).build();
    }

    private static BatchView batchView(
            Batch batch,
            Map<String, Long> cents,
            List<Payout> oneMore,
            @Nullable String status,
            boolean later,
            List<SubmissionRow> submissions,
            List<HoldTable.Hold> holds) {
        var page = Page.of(oneMore, ITEMS, each -> each.id().toString());
        var known = batch.items() - batch.processing();
        var filters = new ArrayList<Filter>();
        var all = cents.values().stream().reduce(0L, Math::addExact);
        filters.add(new Filter("all", batch.items(), all, link(batch, null, null), status == null));
        for (var each : STATUSES) {
            // Where nothing was ever held, nobody has to read about it.
            if (each.equals("held") && batch.held() == 0 && holds.isEmpty()) {
                continue;
            }
            filters.add(
                    new Filter(
                            each,
                            count(batch, each),
                            cents.getOrDefault(each, 0L),
                            link(batch, each, null),
                            each.equals(status)));
        }
        return new BatchView(
                batch,
                bar(batch),
                batch.processing() == 0,
                known,
                all,
                filters,
                page.items().stream().map(PayoutLine::of).toList(),
                page.next() == null ? null : link(batch, status, page.next()),
                later,
                link(batch, status, null),
                submissions,
                holds);
    }

    private static long count(Batch batch, String status) {
        return switch (status) {
            case "paid" -> batch.paid();
            case "failed" -> batch.failed();
            case "processing" -> batch.processing();
            case "held" -> batch.held();
            case "returned" -> batch.returned();
            default -> throw new IllegalArgumentException(status);
        };
    }

    private static String link(Batch batch, @Nullable String status, @Nullable String after) {
        var query = new LinkedHashMap<String, String>();
        query.put("id", batch.id());
        if (status != null) {
            query.put("status", status);
        }
        if (after != null) {
            query.put("after", after);
        }
        return Pages.link(BATCH, query);
    }

    private static List<Part> bar(Batch batch) {
        var parts = new ArrayList<Part>();
        var before = 0L;
        for (var status : STATUSES) {
            var count = count(batch, status);
            parts.add(
                    new Part(
                            status, percent(before, batch.items()), percent(count, batch.items())));
            before += count;
        }
        return parts;
    }

    private static String percent(long part, long whole) {
        return whole == 0 ? "0" : String.format(Locale.ROOT, "%.2f", 100.0 * part / whole);
    }

    private static long cents(List<Ledger.Balance> balances, AccountCode account) {
        return balances.get(account.ordinal()).balanceCents();
    }

    private static @Nullable UUID place(@Nullable String after) {
        try {
            return after == null ? null : UUID.fromString(after);
        } catch (IllegalArgumentException notOurs) {
            return null;
        }
    }

    private static @Nullable String clean(@Nullable String text) {
        return text == null ? null : text.replace("\0", "\uFFFD");
    }

    private static String masked(String storedKey) {
        return PixKey.parse(storedKey).map(PixKey::masked).orElse("—");
    }
}
