package vintem.cashback;

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
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.Role;
import vintem.cashback.CloseTable.Close;
import vintem.platform.BusinessDays;
import vintem.platform.Database;
import vintem.platform.Pages;
import vintem.platform.TaxId;

/// The company's pages of cashback: purchases to judge, rates, closes.
@Path("/app/purchases")
@RunOnVirtualThread
@Produces(MediaType.TEXT_HTML)
public class PurchasePages {
    private static final String HOME = "/app/purchases";
    private static final int LINES = 50;
    private static final int MONTHS = 12;
    private static final List<String> STATUSES = List.of("validating", "approved", "rejected");

    /// Where the company's cashback stands in the navigation.
    @Singleton
    static class Section implements Pages.Section {
        private final Asking asking;

        @Inject
        Section(Asking asking) {
            this.asking = asking;
        }

        @Override
        public int place() {
            return 40;
        }

        @Override
        public String name() {
            return "purchases";
        }

        @Override
        public String path() {
            return HOME;
        }

        @Override
        public boolean isOpen() {
            return asking.callerIfKnown()
                    .filter(caller -> caller.may(Capability.CASHBACK, Role.READ))
                    .isPresent();
        }
    }

    /// @param cpf masked
    public record Line(ResellerPages.Line purchase, @Nullable String who, @Nullable String cpf) {}

    public record Tab(String status, String link, boolean current) {}

    /// @param q what was looked for: a code or a CPF
    public record ListView(
            String status,
            @Nullable String q,
            List<Line> purchases,
            List<Tab> tabs,
            long waiting,
            @Nullable String newer,
            @Nullable String older,
            boolean mayJudge,
            boolean mayTakeBack) {}

    public record RatesLine(
            String month, String rounding, List<ResellerPages.Bracket> brackets, boolean current) {}

    /// @param ended its last day has passed
    public record ApprovedLine(
            UUID id, String cpf, LocalDate from, @Nullable LocalDate until, boolean ended) {}

    public record RatesView(
            List<RatesLine> rates,
            String earliest,
            List<ApprovedLine> approved,
            boolean mayDecide) {}

    public record CloseLine(String month, Close close) {}

    /// @param next the months that can be closed, the oldest first
    public record ClosesView(List<CloseLine> closes, List<String> next, boolean mayClose) {}

    private final PurchaseTable purchases;
    private final ResellerTable resellers;
    private final CloseTable closes;
    private final RateBook.Reader rateBook;
    private final ChangeRates changeRates;
    private final ApprovedCpfs approvedCpfs;
    private final Database database;
    private final Pages pages;
    private final Asking asking;
    private final Clock clock;

    @Inject
    PurchasePages(
            PurchaseTable purchases,
            ResellerTable resellers,
            CloseTable closes,
            RateBook.Reader rateBook,
            ChangeRates changeRates,
            ApprovedCpfs approvedCpfs,
            Database database,
            Pages pages,
            Asking asking,
            Clock clock) {
        this.purchases = purchases;
        this.resellers = resellers;
        this.closes = closes;
        this.rateBook = rateBook;
        this.changeRates = changeRates;
        this.approvedCpfs = approvedCpfs;
        this.database = database;
        this.pages = pages;
        this.asking = asking;
        this.clock = clock;
    }

    @GET
    @Needs(capability = Capability.CASHBACK, role = Role.READ)
    @Operation(hidden = true)
    public Response list(
            @QueryParam("status") @Nullable String status,
            @QueryParam("q") @Nullable String q,
            @QueryParam("page") @Nullable String page) {
        var wanted = status != null && STATUSES.contains(status) ? status : STATUSES.getFirst();
        var number = page != null && page.matches("[1-9][0-9]{0,5}") ? Integer.parseInt(page) : 1;
        var searched =
                Optional.ofNullable(q)
                        .map(text -> text.replace("\0", "\uFFFD").strip())
                        .filter(text -> !text.isEmpty())
                        .orElse(null);
        var place = new PageOf.Place(number, LINES);
        var view = database.snapshot(tx -> list(tx, wanted, searched, place));
        return pages.show("cashback/purchases.html", view);
    }

    @GET
    @Path("rates")
    @Needs(capability = Capability.CASHBACK, role = Role.READ)
    @Operation(hidden = true)
    public Response rates() {
        var today = BusinessDays.today(clock);
        var book = changeRates.book();
        var current = book.of(today);
        var mayDecide = may(Role.ADMIN);
        return pages.show(
                "cashback/rates.html",
                new RatesView(
                        book.newestFirst().stream()
                                .map(
                                        it ->
                                                new RatesLine(
                                                        it.validFrom().getYear() < 2000
                                                                ? ""
                                                                : YearMonth.from(it.validFrom())
                                                                        .toString(),
                                                        it.rounding().word(),
                                                        ResellerPages.brackets(it),
                                                        it == current))
                                .toList(),
                        YearMonth.from(changeRates.earliest()).toString(),
                        mayDecide ? approved() : List.of(),
                        mayDecide));
    }

    @GET
    @Path("closes")
    @Needs(capability = Capability.CASHBACK, role = Role.READ)
    @Operation(hidden = true)
    public Response closes() {
        var view = database.snapshot(this::closes);
        return pages.show("cashback/closes.html", view);
    }

    private ClosesView closes(Handle tx) {
        var all = closes.all(tx);
        var last = all.isEmpty() ? null : all.getFirst().month();
        return new ClosesView(
                all.stream()
                        .map(it -> new CloseLine(YearMonth.from(it.month()).toString(), it))
                        .toList(),
                next(last, last == null ? closes.firstOpen(tx) : null),
                may(Role.OPERATOR));
    }

    private ListView list(Handle tx, String status, @Nullable String q, PageOf.Place place) {
        var book = rateBook.read(tx);
        var filter = filter(tx, status, q);
        var found = purchases.page(tx, filter, place);
        var people =
                resellers.byIds(tx, found.stream().map(Purchase::resellerId).distinct().toList());
        return new ListView(
                status,
                q,
                found.stream()
                        .map(
                                it -> {
                                    var who = Objects.requireNonNull(people.get(it.resellerId()));
                                    return new Line(
                                            ResellerPages.Line.of(it, book),
                                            who.fullName(),
                                            who.maskedCpf());
                                })
                        .toList(),
                tabs(status, q),
                purchases.waiting(tx),
                place.page() > 1 ? link(status, q, place.page() - 1) : null,
                found.size() == LINES ? link(status, q, place.page() + 1) : null,
                may(Role.OPERATOR),
                may(Role.ADMIN));
    }

    private List<ApprovedLine> approved() {
        return approvedCpfs.all().stream()
                .map(
                        it ->
                                new ApprovedLine(
                                        it.id(),
                                        new TaxId.Cpf(it.cpf()).masked(),
                                        it.validFrom(),
                                        it.validUntil(),
                                        it.validUntil() != null))
                .toList();
    }

    /// In the order in which they are to be closed, at most a year of them: from the one after the
    /// last that was closed, or from the first of which anything is owed.
    private List<String> next(@Nullable LocalDate last, @Nullable LocalDate firstOpen) {
        var end = YearMonth.from(BusinessDays.today(clock));
        var first = firstOpen == null ? end.minusMonths(1) : YearMonth.from(firstOpen);
        var month = last == null ? first : YearMonth.from(last).plusMonths(1);
        var next = new ArrayList<String>();
        for (; month.isBefore(end) && next.size() < MONTHS; month = month.plusMonths(1)) {
            next.add(month.toString());
        }
        return next;
    }

    private boolean may(Role role) {
        return asking.caller().may(Capability.CASHBACK, role);
    }

    /// What looks like a CPF is one; anything else is a code.
    private PurchaseTable.Filter filter(Handle tx, String status, @Nullable String q) {
        var cpf = CashbackReader.cpf(q);
        var nobody = new UUID(0, 0);
        return cpf.isPresent()
                ? new PurchaseTable.Filter(
                        resellers.byCpf(tx, cpf.get().value()).map(Reseller::id).orElse(nobody),
                        null,
                        null,
                        status,
                        null)
                : new PurchaseTable.Filter(null, null, null, status, q);
    }

    private static List<Tab> tabs(String current, @Nullable String q) {
        return STATUSES.stream()
                .map(it -> new Tab(it, link(it, q, 1), it.equals(current)))
                .toList();
    }

    private static String link(String status, @Nullable String q, int page) {
        var query = new LinkedHashMap<String, String>();
        query.put("status", status);
        if (q != null) {
            query.put("q", q);
        }
        if (page > 1) {
            query.put("page", Integer.toString(page));
        }
        return Pages.link(HOME, query);
    }
}
