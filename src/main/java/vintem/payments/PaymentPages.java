package vintem.payments;

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
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.ReadsPerson;
import vintem.access.Role;
import vintem.ledger.Ledger;
import vintem.payments.PaymentLookupTable.Day;
import vintem.payments.PaymentLookupTable.Filter;
import vintem.payments.ReceiptTable.Queue;
import vintem.payments.ReceiptTable.Receipt;
import vintem.payments.RefundTable.Refund;
import vintem.platform.Database;
import vintem.platform.Page;
import vintem.platform.Pages;
import vintem.platform.Words;

/// The operator's pages of payments.
@Path("/app/payments")
@RunOnVirtualThread
@Produces(MediaType.TEXT_HTML)
public class PaymentPages {
    private static final String HOME = "/app/payments";
    private static final int LINES = 50;
    private static final List<String> STATUSES =
            List.of("active", "registering", "paid", "expired", "refunded", "removed", "refused");

    /// Where payments stand in the navigation.
    @Singleton
    static class Section implements Pages.Section {
        private final Asking asking;

        @Inject
        Section(Asking asking) {
            this.asking = asking;
        }

        @Override
        public int place() {
            return 10;
        }

        @Override
        public String name() {
            return "payments";
        }

        @Override
        public String path() {
            return HOME;
        }

        @Override
        public boolean isOpen() {
            return asking.callerIfKnown()
                    .filter(caller -> caller.may(Capability.PAYMENTS, Role.READ))
                    .isPresent();
        }
    }

    public record Line(Payment payment, String status) {}

    public record Tab(String status, String link, boolean current) {}

    /// @param open whether the page looks again by itself: something on it may change
    public record ListView(
            List<Line> payments,
            List<Tab> tabs,
            @Nullable String q,
            @Nullable String status,
            @Nullable String next,
            boolean later,
            Day today,
            Queue queue,
            boolean open,
            boolean mayCreate) {}

    /// Something that happened to a payment.
    public record Moment(String kind, Instant at, @Nullable Long cents, @Nullable String detail) {}

    public record OneView(
            Payment payment,
            String status,
            @Nullable String taxId,
            List<Moment> moments,
            List<Receipt> receipts,
            List<Refund> refunds,
            List<Ledger.Recorded> transfers,
            long leftCents,
            String image,
            boolean open,
            boolean mayAct) {}

    public record UnmatchedView(
            List<Receipt> receipts, Queue queue, @Nullable String next, boolean mayAct) {}

    private final PaymentLookupTable lookups;
    private final ReceiptTable receipts;
    private final RefundTable refunds;
    private final PaymentReceipts paymentReceipts;
    private final Ledger ledger;
    private final Database database;
    private final Pages pages;
    private final Asking asking;
    private final Clock clock;

    @Inject
    PaymentPages(
            PaymentLookupTable lookups,
            ReceiptTable receipts,
            RefundTable refunds,
            PaymentReceipts paymentReceipts,
            Ledger ledger,
            Database database,
            Pages pages,
            Asking asking,
            Clock clock) {
        this.lookups = lookups;
        this.receipts = receipts;
        this.refunds = refunds;
        this.paymentReceipts = paymentReceipts;
        this.ledger = ledger;
        this.database = database;
        this.pages = pages;
        this.asking = asking;
        this.clock = clock;
    }

    /// While payments wait on it, the page asks for itself again and takes over what has changed.
    @GET
    @Needs(capability = Capability.PAYMENTS, role = Role.READ)
    @Operation(hidden = true)
    public Response list(
            @QueryParam("q") @Nullable String q,
            @QueryParam("status") @Nullable String status,
            @QueryParam("after") @Nullable String after) {
        var now = clock.instant();
        var midnight =
                LocalDate.ofInstant(now, Words.SAO_PAULO).atStartOfDay(Words.SAO_PAULO).toInstant();
        var wanted = status != null && STATUSES.contains(status) ? status : null;
        var searched =
                Optional.ofNullable(q)
                        .map(text -> text.replace("\0", "\uFFFD").strip())
                        .filter(text -> !text.isEmpty())
                        .orElse(null);
        var place = Optional.ofNullable(after).flatMap(PaymentsHttp::parse).orElse(null);
        var view =
                database.snapshot(
                        tx -> {
                            var page =
                                    Page.of(
                                            lookups.list(
                                                    tx,
                                                    new Filter(wanted, searched, null, null, place),
                                                    now,
                                                    LINES + 1),
                                            LINES,
                                            each -> each.id().toString());
                            var lines =
                                    page.items().stream()
                                            .map(each -> new Line(each, each.statusAt(now)))
                                            .toList();
                            return new ListView(
                                    lines,
                                    tabs(wanted, searched),
                                    searched,
                                    wanted,
                                    page.next() == null
                                            ? null
                                            : link(wanted, searched, page.next()),
                                    place != null,
                                    lookups.since(tx, midnight, now),
                                    receipts.queueSize(tx),
                                    place == null,
                                    may(Role.OPERATOR));
                        });
        return pages.show("payments/list.html", view);
    }

    @GET
    @Path("new")
    @Needs(capability = Capability.PAYMENTS, role = Role.OPERATOR)
    @Operation(hidden = true)
    public Response compose() {
        return pages.show("payments/new.html", Map.of());
    }

    @GET
    @Path("one")
    @ReadsPerson("payment")
    @Needs(capability = Capability.PAYMENTS, role = Role.READ)
    @Operation(hidden = true)
    public Response one(@QueryParam("id") @Nullable String id) {
        var view =
                Optional.ofNullable(id)
                        .flatMap(PaymentsHttp::parse)
                        .flatMap(it -> database.snapshot(tx -> find(tx, it)));
        return view.map(found -> pages.show("payments/one.html", found))
                .orElseGet(() -> pages.show(404, "payments/no-payment.html", Map.of()).build());
    }

    /// The receipt as the company may see it: with the payer's name.
    @GET
    @Path("receipt")
    @Needs(capability = Capability.PAYMENTS, role = Role.READ)
    @ReadsPerson("payment")
    @Produces("application/pdf")
    @Operation(hidden = true)
    public Response receipt(@QueryParam("id") @Nullable String id) {
        var paymentId = PaymentReceipts.id(id).orElseThrow(PaymentsHttp::noSuchPayment);
        return ReceiptsHttp.answer(
                paymentReceipts.payment(paymentId, PaymentReceipts.Reader.COMPANY),
                paymentId.toString());
    }

    @GET
    @Path("unmatched")
    @Needs(capability = Capability.PAYMENTS, role = Role.READ)
    @Operation(hidden = true)
    public Response unmatched(@QueryParam("after") @Nullable String after) {
        var place = Optional.ofNullable(after).flatMap(PaymentsHttp::parse).orElse(null);
        var view =
                database.snapshot(
                        tx -> {
                            var page =
                                    Page.of(
                                            receipts.queue(
                                                    tx, UnmatchedHttp.WAITING, place, LINES + 1),
                                            LINES,
                                            each -> each.id().toString());
                            return new UnmatchedView(
                                    page.items(),
                                    receipts.queueSize(tx),
                                    page.next() == null
                                            ? null
                                            : Pages.link(
                                                    HOME + "/unmatched",
                                                    Map.of("after", page.next())),
                                    may(Role.OPERATOR));
                        });
        return pages.show("payments/unmatched.html", view);
    }

    private Optional<OneView> find(Handle tx, UUID id) {
        return lookups.find(tx, id)
                .map(
                        it ->
                                view(
                                        it,
                                        receipts.ofPayment(tx, id),
                                        refunds.ofPayment(tx, id),
                                        ledger.transfersOf(tx, id)));
    }

    private OneView view(
            Payment payment,
            List<Receipt> receipts,
            List<Refund> refunds,
            List<Ledger.Recorded> transfers) {
        var status = payment.statusAt(clock.instant());
        var paid = payment.paidCents() == null ? 0 : payment.paidCents();
        return new OneView(
                payment,
                status,
                PaymentsHttp.masked(payment.payerTaxId()),
                moments(payment, status, receipts, refunds),
                receipts,
                refunds,
                transfers,
                Math.max(0, paid - payment.refundedCents()),
                "/payments/pix/qr_code/" + QrImages.fileName(payment.id()) + ".svg",
                List.of("registering", "active").contains(status)
                        || refunds.stream().anyMatch(it -> it.status().equals("processing")),
                may(Role.OPERATOR));
    }

    /// What happened, in the order in which it did.
    private static List<Moment> moments(
            Payment payment, String status, List<Receipt> receipts, List<Refund> refunds) {
        var moments = new ArrayList<Moment>();
        moments.add(new Moment("created", payment.createdAt(), payment.amountCents(), null));
        for (var each : receipts) {
            moments.add(
                    new Moment(
                            each.status().equals("matched") ? "matched" : "paid",
                            each.receivedAt(),
                            each.amountCents(),
                            each.endToEndId()));
        }
        for (var each : refunds) {
            moments.add(
                    new Moment(
                            each.byBank() ? "refund_by_bank" : "refund_" + each.status(),
                            each.endedAt() == null ? each.createdAt() : each.endedAt(),
                            each.amountCents(),
                            each.reason()));
        }
        if (payment.late() || status.equals("expired")) {
            moments.add(new Moment("expired", payment.expiresAt(), null, null));
        }
        moments.sort(Comparator.comparing(Moment::at));
        return moments;
    }

    private boolean may(Role role) {
        return asking.caller().may(Capability.PAYMENTS, role);
    }

    private static List<Tab> tabs(@Nullable String current, @Nullable String q) {
        var tabs = new ArrayList<Tab>();
        tabs.add(new Tab("all", link(null, q, null), current == null));
        for (var status : STATUSES) {
            tabs.add(new Tab(status, link(status, q, null), status.equals(current)));
        }
        return tabs;
    }

    private static String link(
            @Nullable String status, @Nullable String q, @Nullable String after) {
        var query = new LinkedHashMap<String, String>();
        if (q != null) {
            query.put("q", q);
        }
        if (status != null) {
            query.put("status", status);
        }
        if (after != null) {
            query.put("after", after);
        }
        return Pages.link(HOME, query);
    }
}
