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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Caller;
import vintem.access.Open;
import vintem.access.SignedIn;
import vintem.cashback.MonthTable.Month;
import vintem.platform.BusinessDays;
import vintem.platform.Database;
import vintem.platform.Pages;

/// A reseller's own pages.
@Path("/app/cashback")
@RunOnVirtualThread
@Produces(MediaType.TEXT_HTML)
public class ResellerPages {
    private static final String HOME = "/app/cashback";
    private static final int LINES = 25;
    private static final int REDEMPTIONS = 25;
    private static final int BARS = 12;
    // Of the chart's 120 by 100 units.
    private static final int BAR_STEP = 10;
    private static final int TALLEST = 90;

    /// Where a reseller's cashback stands in the navigation.
    @Singleton
    static class Section implements Pages.Section {
        private final Asking asking;

        @Inject
        Section(Asking asking) {
            this.asking = asking;
        }

        @Override
        public int place() {
            return 5;
        }

        @Override
        public String name() {
            return "cashback";
        }

        @Override
        public String path() {
            return HOME;
        }

        @Override
        public boolean isOpen() {
            return asking.callerIfKnown()
                    .filter(caller -> caller.kind() == Caller.Kind.RESELLER)
                    .isPresent();
        }
    }

    /// @param rate of this purchase alone
    public record Line(
            UUID id,
            String code,
            long amountCents,
            LocalDate boughtOn,
            String status,
            boolean open,
            String rate,
            long cashbackCents,
            @Nullable String reason) {
        static Line of(Purchase purchase, RateBook book) {
            var rates = book.of(purchase.boughtOn());
            return new Line(
                    purchase.id(),
                    purchase.code(),
                    purchase.amountCents(),
                    purchase.boughtOn(),
                    purchase.status().word(),
                    purchase.status().isOpen(),
                    rates.percent(purchase.amountCents()),
                    rates.cashbackCents(purchase.amountCents()),
                    purchase.reason());
        }
    }

    public record HomeView(
            Reseller reseller,
            long availableCents,
            long heldCents,
            long pendingCents,
            long recoverableCents,
            LocalDate today,
            List<Line> purchases,
            long total,
            @Nullable String newer,
            @Nullable String older) {}

    public record OneView(Line purchase, LocalDate today) {}

    /// A month of the chart, in its units.
    public record Bar(
            String month, String link, int x, int y, int height, long cents, boolean current) {}

    /// A month to choose.
    public record Choice(String month, boolean current) {}

    public record StatementView(
            String month,
            boolean closed,
            long approvedCents,
            String rate,
            long cashbackCents,
            long adjustmentCents,
            long availableCents,
            long recoverableCents,
            List<Line> purchases,
            long total,
            List<Bar> bars,
            List<Choice> months) {}

    public record RedemptionLine(
            long amountCents,
            @Nullable String key,
            String status,
            @Nullable String reason,
            java.time.Instant at) {}

    public record RedeemView(
            long availableCents,
            long heldCents,
            long recoverableCents,
            String cpf,
            List<RedemptionLine> redemptions) {}

    public record Bracket(long aboveCents, @Nullable Long upToCents, String rate) {}

    public record AboutView(UUID id, List<Bracket> brackets) {}

    private final ResellerTable resellers;
    private final PurchaseTable purchases;
    private final MonthTable months;
    private final RedemptionTable redemptions;
    private final Statement statement;
    private final RateBook.Reader rateBook;
    private final Database database;
    private final Pages pages;
    private final Asking asking;
    private final Clock clock;

    @Inject
    ResellerPages(
            ResellerTable resellers,
            PurchaseTable purchases,
            MonthTable months,
            RedemptionTable redemptions,
            Statement statement,
            RateBook.Reader rateBook,
            Database database,
            Pages pages,
            Asking asking,
            Clock clock) {
        this.resellers = resellers;
        this.purchases = purchases;
        this.months = months;
        this.redemptions = redemptions;
        this.statement = statement;
        this.rateBook = rateBook;
        this.database = database;
        this.pages = pages;
        this.asking = asking;
        this.clock = clock;
    }

    @GET
    @Path("cadastro")
    @Open
    @Operation(hidden = true)
    public Response register() {
        return pages.show("cashback/register.html", Map.of());
    }

    /// The outside figure is asked for by the page itself: it may take two seconds.
    @GET
    @SignedIn(Caller.Kind.RESELLER)
    @Operation(hidden = true)
    public Response home(@QueryParam("page") @Nullable String page) {
        var id = asking.caller().id();
        var number = page != null && page.matches("[1-9][0-9]{0,5}") ? Integer.parseInt(page) : 1;
        var place = new PageOf.Place(number, LINES);
        var view = database.snapshot(tx -> home(tx, id, place));
        return pages.show("cashback/home.html", view);
    }

    @GET
    @Path("compra")
    @SignedIn(Caller.Kind.RESELLER)
    @Operation(hidden = true)
    public Response one(@QueryParam("id") @Nullable String id) {
        var caller = asking.caller();
        var view =
                CashbackReader.id(id).flatMap(it -> database.snapshot(tx -> find(tx, caller, it)));
        return view.map(found -> pages.show("cashback/one.html", found))
                .orElseGet(() -> pages.show(404, "cashback/no-purchase.html", Map.of()).build());
    }

    @GET
    @Path("extrato")
    @SignedIn(Caller.Kind.RESELLER)
    @Operation(hidden = true)
    public Response statement(@QueryParam("mes") @Nullable String month) {
        var id = asking.caller().id();
        var wanted =
                Optional.ofNullable(month)
                        .flatMap(CashbackReader::month)
                        .orElseGet(this::thisMonth);
        var view =
                database.snapshot(
                        tx ->
                                view(
                                        statement.of(tx, id, wanted).orElseThrow(),
                                        months.all(tx, id),
                                        wanted));
        return pages.show("cashback/statement.html", view);
    }

    @GET
    @Path("resgate")
    @SignedIn(Caller.Kind.RESELLER)
    @Operation(hidden = true)
    public Response redeem() {
        var id = asking.caller().id();
        var view =
                database.snapshot(
                        tx -> {
                            var balance = statement.balance(tx, id);
                            return new RedeemView(
                                    balance.availableCents(),
                                    balance.heldCents(),
                                    balance.recoverableCents(),
                                    String.valueOf(
                                            resellers.byId(tx, id).orElseThrow().formattedCpf()),
                                    redemptions.ofReseller(tx, id, REDEMPTIONS).stream()
                                            .map(
                                                    it ->
                                                            new RedemptionLine(
                                                                    it.amountCents(),
                                                                    RedemptionBody.maskedKey(it),
                                                                    it.status(),
                                                                    it.reason(),
                                                                    it.createdAt()))
                                            .toList());
                        });
        return pages.show("cashback/redeem.html", view);
    }

    @GET
    @Path("sobre")
    @SignedIn(Caller.Kind.RESELLER)
    @Operation(hidden = true)
    public Response about() {
        var rates = database.transaction(rateBook::read).of(thisMonth());
        return pages.show(
                "cashback/about.html", new AboutView(asking.caller().id(), brackets(rates)));
    }

    private LocalDate thisMonth() {
        return BusinessDays.today(clock).withDayOfMonth(1);
    }

    private HomeView home(Handle tx, UUID id, PageOf.Place place) {
        var book = rateBook.read(tx);
        var filter = PurchaseTable.Filter.of(id);
        var balance = statement.balance(tx, id);
        var total = purchases.count(tx, filter);
        return new HomeView(
                resellers.byId(tx, id).orElseThrow(),
                balance.availableCents(),
                balance.heldCents(),
                balance.pendingCents(),
                balance.recoverableCents(),
                BusinessDays.today(clock),
                purchases.page(tx, filter, place).stream().map(it -> Line.of(it, book)).toList(),
                total,
                place.page() > 1 ? link(place.page() - 1) : null,
                place.skipped() + LINES < total ? link(place.page() + 1) : null);
    }

    private static String link(int page) {
        return Pages.link(HOME, Map.of("page", Integer.toString(page)));
    }

    private Optional<OneView> find(Handle tx, Caller caller, UUID id) {
        return purchases
                .find(tx, id)
                .filter(it -> it.resellerId().equals(caller.id()))
                .map(it -> new OneView(Line.of(it, rateBook.read(tx)), BusinessDays.today(clock)));
    }

    private StatementView view(Statement.OfMonth it, List<Month> all, LocalDate wanted) {
        var month = it.month();
        return new StatementView(
                YearMonth.from(wanted).toString(),
                it.closed(),
                month.approvedCents(),
                it.rates().of(wanted).percent(month.approvedCents()),
                month.accruedCents(),
                it.adjustmentCents(),
                it.balance().availableCents(),
                it.balance().recoverableCents(),
                it.purchases().stream().map(each -> Line.of(each, it.rates())).toList(),
                it.total(),
                bars(all, wanted),
                choices(all, wanted));
    }

    /// Twelve months, of which the wanted one is the last.
    private static List<Bar> bars(List<Month> all, LocalDate wanted) {
        var cents = all.stream().collect(Collectors.toMap(Month::month, Month::accruedCents));
        var shown = new ArrayList<LocalDate>();
        for (var back = BARS - 1; back >= 0; back--) {
            shown.add(wanted.minusMonths(back));
        }
        var most = shown.stream().mapToLong(it -> cents.getOrDefault(it, 0L)).max().orElse(0);
        var bars = new ArrayList<Bar>();
        for (var i = 0; i < shown.size(); i++) {
            var value = cents.getOrDefault(shown.get(i), 0L);
            var height =
                    most == 0 || value == 0
                            ? 0
                            : Math.max(1, Math.toIntExact(value * TALLEST / most));
            var name = YearMonth.from(shown.get(i)).toString();
            bars.add(
                    new Bar(
                            name,
                            Pages.link(HOME + "/extrato", Map.of("mes", name)),
                            i * BAR_STEP + 1,
                            100 - height,
                            height,
                            value,
                            shown.get(i).equals(wanted)));
        }
        return bars;
    }

    /// Every month that has anything, this one, and the one that is shown.
    private List<Choice> choices(List<Month> all, LocalDate wanted) {
        var months = new java.util.TreeSet<LocalDate>(java.util.Comparator.reverseOrder());
        months.add(thisMonth());
        months.add(wanted);
        all.forEach(it -> months.add(it.month()));
        return months.stream()
                .map(it -> new Choice(YearMonth.from(it).toString(), it.equals(wanted)))
                .toList();
    }

    static List<Bracket> brackets(Rates rates) {
        var brackets = new ArrayList<Bracket>();
        for (var i = 0; i < rates.brackets().size(); i++) {
            var last = i + 1 == rates.brackets().size();
            brackets.add(
                    new Bracket(
                            rates.brackets().get(i).aboveCents(),
                            last ? null : rates.brackets().get(i + 1).aboveCents(),
                            rates.brackets().get(i).percent()));
        }
        return brackets;
    }
}
