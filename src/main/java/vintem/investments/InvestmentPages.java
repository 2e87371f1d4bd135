package vintem.investments;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.ReadsPerson;
import vintem.access.Role;
import vintem.investments.AllocationTable.Allocation;
import vintem.investments.AllocationTable.Filter;
import vintem.investments.AssetTable.Asset;
import vintem.investments.CaptadoTable.ClientSums;
import vintem.investments.CaptadoTable.MonthTotal;
import vintem.investments.CaptadoTable.Sums;
import vintem.investments.ClientTable.Client;
import vintem.investments.Performance.CurvePoint;
import vintem.investments.Performance.DailyReturn;
import vintem.investments.Performance.TickerPerformance;
import vintem.investments.Windows.Window;
import vintem.platform.BusinessDays;
import vintem.platform.Chart;
import vintem.platform.Chart.Figures;
import vintem.platform.Chart.Series;
import vintem.platform.Database;
import vintem.platform.Json;
import vintem.platform.Pages;
import vintem.platform.Words;

/// The investment office's pages. They read what the routes read; the dashboard looks again when
/// its socket says that something has changed.
@Path("/app/investments")
@RunOnVirtualThread
@Produces(MediaType.TEXT_HTML)
public class InvestmentPages {
    private static final String HOME = "/app/investments";
    private static final int LINES = 25;
    private static final int MOST_ALLOCATIONS = 200;
    private static final int MONTHS = 12;
    private static final int LONGEST_SEARCH = 200;
    private static final int FIRST_YEAR = 1990;
    private static final List<String> SORTS =
            List.of("name", "captado", "liquido", "atual", "rentabilidade");

    /// Where investments stand in the navigation.
    @Singleton
    static class Section implements Pages.Section {
        private final Asking asking;

        @Inject
        Section(Asking asking) {
            this.asking = asking;
        }

        @Override
        public int place() {
            return 50;
        }

        @Override
        public String name() {
            return "investments";
        }

        @Override
        public String path() {
            return HOME;
        }

        @Override
        public boolean isOpen() {
            return asking.callerIfKnown()
                    .filter(caller -> caller.may(Capability.INVESTMENTS, Role.READ))
                    .isPresent();
        }
    }

    public record Choice(String value, String label, boolean chosen) {}

    /// @param change of the gross figure against the period before; empty where there was nothing
    public record CardView(
            String window,
            LocalDate from,
            LocalDate to,
            long captadoCents,
            long netCents,
            long soldCents,
            long atualCents,
            String rentabilidade,
            boolean gain,
            String change,
            boolean up,
            LocalDate beforeFrom,
            LocalDate beforeTo,
            long beforeCents) {}

    public record ClientLine(
            long id,
            String name,
            @Nullable String advisor,
            long captadoCents,
            long netCents,
            long atualCents,
            String rentabilidade,
            boolean gain,
            int excluded) {}

    public record AdvisorLine(
            String name,
            long clients,
            long captadoCents,
            long netCents,
            long atualCents,
            String rentabilidade,
            boolean gain) {}

    /// A column's title, which sorts by it.
    public record Sort(String name, String link, boolean current, boolean descending) {}

    public record Dashboard(
            List<Choice> months,
            List<Choice> years,
            List<Choice> windows,
            String window,
            String search,
            String sort,
            boolean descending,
            List<CardView> cards,
            List<Sort> sorts,
            List<ClientLine> clients,
            long found,
            List<AdvisorLine> advisors,
            int excluded,
            @Nullable String next,
            @Nullable String first,
            @Nullable Chart captado,
            @Nullable Chart returns,
            String cdiSource,
            String socket,
            boolean mayAct) {}

    public record HoldingLine(
            long assetId,
            String ticker,
            String name,
            long clients,
            String units,
            @Nullable LocalDate closeDate,
            long costCents,
            long valueCents,
            String result,
            boolean gain,
            String share) {}

    public record Custody(
            long valueCents, long costCents, int assets, Chart chart, List<HoldingLine> holdings) {}

    public record TickerLine(
            String ticker,
            String quantity,
            String buyPrice,
            long investedCents,
            long valueCents,
            long resultCents,
            String change,
            boolean gain,
            String daily) {}

    public record AllocationLine(
            long id,
            String ticker,
            LocalDate date,
            String quantity,
            String price,
            String left,
            @Nullable Long valueCents,
            String change,
            boolean gain,
            boolean active,
            boolean excluded) {}

    public record ClientView(
            Client client,
            long investedCents,
            long valueCents,
            String result,
            boolean gain,
            String timeWeighted,
            @Nullable String cdi,
            String cdiSource,
            @Nullable Chart chart,
            List<TickerLine> tickers,
            List<AllocationLine> allocations,
            boolean more,
            boolean mayAct,
            String today) {}

    public record AssetLine(
            long id,
            String ticker,
            String name,
            String exchange,
            String currency,
            String close,
            @Nullable LocalDate closeDate) {}

    public record AssetsView(
            String search,
            List<AssetLine> assets,
            long found,
            @Nullable String next,
            boolean later) {}

    public record DayLine(
            LocalDate date,
            String close,
            String change,
            boolean gain,
            boolean carried,
            String source) {}

    public record ReturnsView(
            List<Choice> assets,
            String from,
            String to,
            @Nullable Chart chart,
            List<DayLine> days) {}

    private final Captado captado;
    private final CaptadoTable table;
    private final ClientTable clients;
    private final AssetTable assets;
    private final AllocationTable allocations;
    private final PerformanceTable holdings;
    private final Performance performance;
    private final CloseTable closes;
    private final Database database;
    private final Pages pages;
    private final Asking asking;
    private final Clock clock;

    @Inject
    InvestmentPages(
            Captado captado,
            CaptadoTable table,
            ClientTable clients,
            AssetTable assets,
            AllocationTable allocations,
            PerformanceTable holdings,
            Performance performance,
            CloseTable closes,
            Database database,
            Pages pages,
            Asking asking,
            Clock clock) {
        this.captado = captado;
        this.table = table;
        this.clients = clients;
        this.assets = assets;
        this.allocations = allocations;
        this.holdings = holdings;
        this.performance = performance;
        this.closes = closes;
        this.database = database;
        this.pages = pages;
        this.asking = asking;
        this.clock = clock;
    }

    /// What somebody asked the dashboard for; what cannot be is as if it were not there.
    private record Asked(
            YearMonth month,
            Window window,
            String search,
            String sort,
            boolean descending,
            int page) {
        static Asked of(
                LocalDate today,
                @Nullable String month,
                @Nullable String year,
                @Nullable String window,
                @Nullable String search,
                @Nullable String sort,
                @Nullable String page) {
            var now = YearMonth.from(today);
            var asked =
                    number(year, FIRST_YEAR, now.getYear())
                            .flatMap(y -> number(month, 1, 12).map(m -> YearMonth.of(y, m)))
                            .filter(it -> !it.isAfter(now))
                            .orElse(now);
            var by = sort == null ? "name" : sort.replaceFirst("^-", "");
            return new Asked(
                    asked,
                    Window.of(window == null ? "" : window).orElse(Window.MENSAL),
                    searched(search),
                    SORTS.contains(by) ? by : "name",
                    sort != null && sort.startsWith("-"),
                    number(page, 1, 1_000_000).orElse(1));
        }

        String link(String sort, int page) {
            var query = new LinkedHashMap<String, String>();
            query.put("month", Integer.toString(month.getMonthValue()));
            query.put("year", Integer.toString(month.getYear()));
            query.put("window", window.word());
            if (!search.isEmpty()) {
                query.put("search", search);
            }
            query.put("sort", sort);
            if (page > 1) {
                query.put("page", Integer.toString(page));
            }
            return Pages.link(HOME, query);
        }

        String sortWord() {
            return (descending ? "-" : "") + sort;
        }
    }

    /// @param part `figures` leaves out the charts, for a page that only looks again
    @GET
    @Needs(capability = Capability.INVESTMENTS, role = Role.READ)
    @Operation(hidden = true)
    public Response dashboard(
            @QueryParam("month") @Nullable String month,
            @QueryParam("year") @Nullable String year,
            @QueryParam("window") @Nullable String window,
            @QueryParam("search") @Nullable String search,
            @QueryParam("sort") @Nullable String sort,
            @QueryParam("page") @Nullable String page,
            @QueryParam("part") @Nullable String part) {
        var asked = Asked.of(today(), month, year, window, search, sort, page);
        var words = pages.words();
        var view = database.snapshot(tx -> dashboard(tx, asked, words, !"figures".equals(part)));
        return pages.show("investments/dashboard.html", view);
    }

    private Dashboard dashboard(Handle tx, Asked asked, Words words, boolean charts) {
        var windows = Windows.of(asked.month(), today()).orElseThrow();
        var all = captado.sums(tx, windows, null);
        var found =
                all.stream()
                        .filter(it -> matches(it, asked.search()))
                        .sorted(order(asked))
                        .toList();
        var from = Math.min((asked.page() - 1) * LINES, found.size());
        var to = Math.min(from + LINES, found.size());
        var tag = words.tag();
        var months =
                charts
                        ? table.months(tx, asked.month().minusMonths(MONTHS - 1L), asked.month())
                        : List.<MonthTotal>of();
        return new Dashboard(
                months(asked.month(), words),
                years(asked.month()),
                windows(asked.window(), words),
                asked.window().word(),
                asked.search(),
                asked.sort(),
                asked.descending(),
                captado.cards(tx, windows, all).stream().map(it -> card(it, tag)).toList(),
                SORTS.stream().map(it -> sort(it, asked)).toList(),
                found.subList(from, to).stream().map(it -> line(it, asked.window(), tag)).toList(),
                found.size(),
                advisors(found, asked.window(), words),
                all.stream().mapToInt(ClientSums::excluded).sum(),
                to < found.size() ? asked.link(asked.sortWord(), asked.page() + 1) : null,
                from > 0 ? asked.link(asked.sortWord(), 1) : null,
                charts ? captadoChart(months, asked.month(), words) : null,
                charts ? returnsChart(tx, months, asked.month(), words) : null,
                charts ? sources(tx, asked.month()) : "",
                "/ws/captado?month=%d&year=%d"
                        .formatted(asked.month().getMonthValue(), asked.month().getYear()),
                mayAct());
    }

    @GET
    @Path("custody")
    @Needs(capability = Capability.INVESTMENTS, role = Role.READ)
    @Operation(hidden = true)
    public Response custody() {
        var words = pages.words();
        var now = YearMonth.from(today());
        var view =
                database.snapshot(
                        tx -> {
                            var held = holdings.holdings(tx);
                            var values =
                                    holdings.custody(
                                            tx, now.minusMonths(MONTHS - 1L), now, today());
                            var value = sum(held, PerformanceTable.Holding::valueBrl);
                            var cost = sum(held, PerformanceTable.Holding::costBrl);
                            var labels =
                                    values.stream()
                                            .map(it -> monthLabel(YearMonth.from(it.day()), words))
                                            .toList();
                            var chart =
                                    Chart.lines(
                                            List.of(
                                                    new Series(
                                                            "main",
                                                            values.stream()
                                                                    .map(
                                                                            PerformanceTable
                                                                                            .MonthValue
                                                                                    ::valueBrl)
                                                                    .toList())),
                                            labels,
                                            it -> Figures.inShort(it, words.tag()));
                            return new Custody(
                                    cents(value),
                                    cents(cost),
                                    held.size(),
                                    chart,
                                    held.stream()
                                            .map(it -> holding(it, value, words.tag()))
                                            .toList());
                        });
        return pages.show("investments/custody.html", view);
    }

    @GET
    @Path("client")
    @ReadsPerson("client")
    @Needs(capability = Capability.INVESTMENTS, role = Role.READ)
    @Operation(hidden = true)
    public Response client(@QueryParam("id") @Nullable String id) {
        var words = pages.words();
        return number(id, 1, Integer.MAX_VALUE)
                .flatMap(it -> client(it, words))
                .map(view -> pages.show("investments/client.html", view))
                .orElseGet(() -> pages.show(404, "investments/no-client.html", Map.of()).build());
    }

    private Optional<ClientView> client(long id, Words words) {
        var found = database.transaction(tx -> clients.find(tx, id));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        var tag = words.tag();
        var tickers = performance.byTicker(id).orElse(List.of());
        var invested = sum(tickers, TickerPerformance::totalInvested);
        var value = sum(tickers, TickerPerformance::currentValue);
        var start =
                tickers.stream()
                        .map(TickerPerformance::startDate)
                        .min(Comparator.naturalOrder())
                        .orElse(today());
        var earliest = today().minusYears(5);
        var returns =
                performance
                        .timeWeighted(id, start.isBefore(earliest) ? earliest : start, today())
                        .orElseThrow();
        var lots =
                database.transaction(
                        tx ->
                                allocations.page(
                                        tx, new Filter(id, null, null), 0, MOST_ALLOCATIONS + 1));
        return Optional.of(
                new ClientView(
                        found.get(),
                        cents(invested),
                        cents(value),
                        Figures.percent(Decimals.percentOver(value, invested), tag),
                        value.compareTo(invested) >= 0,
                        Figures.percent(returns.timeWeightedReturnPct(), tag),
                        returns.cdiPct() == null ? null : Figures.percent(returns.cdiPct(), tag),
                        returns.cdiSource(),
                        returns.curve().isEmpty()
                                ? null
                                : curves(returns.curve(), returns.cdiCurve(), words),
                        tickers.stream().map(it -> ticker(it, tag)).toList(),
                        lots.stream()
                                .limit(MOST_ALLOCATIONS)
                                .map(it -> allocation(it, tag))
                                .toList(),
                        lots.size() > MOST_ALLOCATIONS,
                        mayAct() && found.get().status().equals(ClientTable.ACTIVE),
                        today().toString()));
    }

    @GET
    @Path("assets")
    @Needs(capability = Capability.INVESTMENTS, role = Role.READ)
    @Operation(hidden = true)
    public Response assets(
            @QueryParam("search") @Nullable String search,
            @QueryParam("page") @Nullable String page) {
        var tag = pages.words().tag();
        var wanted = searched(search);
        var number = number(page, 1, 1_000_000).orElse(1);
        var view =
                database.snapshot(
                        tx -> {
                            var text = wanted.isEmpty() ? null : wanted;
                            var rows = assets.page(tx, text, (number - 1L) * LINES, LINES + 1);
                            return new AssetsView(
                                    wanted,
                                    rows.stream().limit(LINES).map(it -> asset(it, tag)).toList(),
                                    assets.count(tx, text),
                                    rows.size() > LINES
                                            ? Pages.link(
                                                    HOME + "/assets",
                                                    Map.of(
                                                            "search",
                                                            wanted,
                                                            "page",
                                                            Integer.toString(number + 1)))
                                            : null,
                                    number > 1);
                        });
        return pages.show("investments/assets.html", view);
    }

    @GET
    @Path("returns")
    @Needs(capability = Capability.INVESTMENTS, role = Role.READ)
    @Operation(hidden = true)
    public Response returns(
            @QueryParam("asset_id") @Nullable String assetId,
            @QueryParam("from") @Nullable String from,
            @QueryParam("to") @Nullable String to) {
        var words = pages.words();
        var tag = words.tag();
        var listed = database.transaction(tx -> assets.page(tx, null, 0, 500));
        var chosen =
                number(assetId, 1, Integer.MAX_VALUE)
                        .map(Integer::longValue)
                        .or(() -> listed.stream().findFirst().map(Asset::id));
        var end = day(to).filter(it -> !it.isAfter(today())).orElse(today());
        var start =
                day(from)
                        .filter(it -> !it.isAfter(end) && it.isAfter(end.minusYears(10)))
                        .orElse(end.minusMonths(3));
        var days = chosen.flatMap(it -> performance.dailyReturns(it, start, end)).orElse(List.of());
        var chart =
                days.isEmpty()
                        ? null
                        : Chart.closeUp(
                                new Series(
                                        "main",
                                        days.stream().map(DailyReturn::closePrice).toList()),
                                days.stream().map(it -> words.day(it.date())).toList(),
                                it -> Figures.price(it, tag));
        var lines = new ArrayList<>(days.stream().map(it -> dayLine(it, tag)).toList());
        java.util.Collections.reverse(lines);
        return pages.show(
                "investments/returns.html",
                new ReturnsView(
                        listed.stream()
                                .map(
                                        it ->
                                                new Choice(
                                                        Long.toString(it.id()),
                                                        it.ticker() + " · " + it.name(),
                                                        chosen.isPresent()
                                                                && chosen.get() == it.id()))
                                .toList(),
                        start.toString(),
                        end.toString(),
                        chart,
                        lines));
    }

    // ── figures into words ────────────────────────────────────────────────────────────────────

    private static CardView card(Captado.Card it, String tag) {
        var sums = it.sums();
        var change = Decimals.percentOverOrNull(sums.captado(), it.before().captado());
        return new CardView(
                it.window().word(),
                it.span().start(),
                it.span().end(),
                cents(sums.captado()),
                cents(sums.captado().subtract(sums.sold())),
                cents(sums.sold()),
                cents(sums.atual()),
                percentOver(sums, tag),
                sums.atual().compareTo(sums.captado()) >= 0,
                change == null ? "" : Figures.percent(change, tag),
                change != null && change.signum() >= 0,
                it.spanBefore().start(),
                it.spanBefore().end(),
                cents(it.before().captado()));
    }

    private static ClientLine line(ClientSums it, Window window, String tag) {
        var sums = it.of(window);
        return new ClientLine(
                it.clientId(),
                it.name(),
                it.advisor(),
                cents(sums.captado()),
                cents(sums.captado().subtract(sums.sold())),
                cents(sums.atual()),
                percentOver(sums, tag),
                sums.atual().compareTo(sums.captado()) >= 0,
                it.excluded());
    }

    private static List<AdvisorLine> advisors(
            List<ClientSums> clients, Window window, Words words) {
        var byAdvisor = new TreeMap<String, List<ClientSums>>();
        for (var each : clients) {
            var name =
                    each.advisor() == null ? words.say("investments.no_advisor") : each.advisor();
            byAdvisor.computeIfAbsent(name, _ -> new ArrayList<>()).add(each);
        }
        return byAdvisor.entrySet().stream()
                .map(
                        each -> {
                            var its = each.getValue();
                            var sums =
                                    new Sums(
                                            sum(its, it -> it.of(window).captado()),
                                            sum(its, it -> it.of(window).atual()),
                                            sum(its, it -> it.of(window).sold()));
                            return new AdvisorLine(
                                    each.getKey(),
                                    its.size(),
                                    cents(sums.captado()),
                                    cents(sums.captado().subtract(sums.sold())),
                                    cents(sums.atual()),
                                    percentOver(sums, words.tag()),
                                    sums.atual().compareTo(sums.captado()) >= 0);
                        })
                .toList();
    }

    private Chart captadoChart(List<MonthTotal> months, YearMonth last, Words words) {
        var byMonth = new TreeMap<YearMonth, MonthTotal>();
        months.forEach(it -> byMonth.put(YearMonth.from(it.month()), it));
        var gross = new ArrayList<BigDecimal>();
        var net = new ArrayList<BigDecimal>();
        var labels = new ArrayList<String>();
        for (var month = last.minusMonths(MONTHS - 1L);
                !month.isAfter(last);
                month = month.plusMonths(1)) {
            var it = byMonth.get(month);
            gross.add(it == null ? BigDecimal.ZERO : it.captado());
            net.add(it == null ? BigDecimal.ZERO : it.captado().subtract(it.sold()));
            labels.add(monthLabel(month, words));
        }
        return Chart.bars(
                List.of(new Series("gross", gross), new Series("net", net)),
                labels,
                it -> Figures.inShort(it, words.tag()));
    }

    /// Month by month: what there is at its end and was sold meanwhile, against what there was at
    /// its beginning and was put in.
    private Chart returnsChart(Handle tx, List<MonthTotal> months, YearMonth last, Words words) {
        var first = last.minusMonths(MONTHS);
        var values = new TreeMap<YearMonth, BigDecimal>();
        holdings.custody(tx, first, last, today())
                .forEach(it -> values.put(YearMonth.from(it.day()), it.valueBrl()));
        var flows = new TreeMap<YearMonth, MonthTotal>();
        months.forEach(it -> flows.put(YearMonth.from(it.month()), it));
        var cdi = new TreeMap<YearMonth, BigDecimal>();
        closes.rates(tx, SandboxMarket.CDI, first.plusMonths(1).atDay(1), today())
                .forEach(
                        it ->
                                cdi.merge(
                                        YearMonth.from(it.day()),
                                        BigDecimal.ONE.add(it.value().movePointLeft(2)),
                                        (a, b) -> a.multiply(b, Decimals.EXACT_ENOUGH)));
        var own = new ArrayList<BigDecimal>();
        var reference = new ArrayList<BigDecimal>();
        var labels = new ArrayList<String>();
        var growth = BigDecimal.ONE;
        var cdiGrowth = BigDecimal.ONE;
        for (var month = first.plusMonths(1); !month.isAfter(last); month = month.plusMonths(1)) {
            var flow = flows.get(month);
            var putIn = flow == null ? BigDecimal.ZERO : flow.captado();
            var sold = flow == null ? BigDecimal.ZERO : flow.sold();
            var base = values.getOrDefault(month.minusMonths(1), BigDecimal.ZERO).add(putIn);
            if (base.signum() > 0) {
                growth =
                        growth.multiply(
                                values.getOrDefault(month, BigDecimal.ZERO)
                                        .add(sold)
                                        .divide(base, Decimals.EXACT_ENOUGH),
                                Decimals.EXACT_ENOUGH);
                cdiGrowth =
                        cdiGrowth.multiply(
                                cdi.getOrDefault(month, BigDecimal.ONE), Decimals.EXACT_ENOUGH);
            }
            own.add(Decimals.percent(growth.subtract(BigDecimal.ONE)));
            reference.add(Decimals.percent(cdiGrowth.subtract(BigDecimal.ONE)));
            labels.add(monthLabel(month, words));
        }
        return Chart.lines(
                List.of(new Series("main", own), new Series("cdi", reference)),
                labels,
                it -> Figures.percent(it, words.tag()));
    }

    private String sources(Handle tx, YearMonth last) {
        return String.join(
                ", ",
                closes.sources(
                        tx,
                        SandboxMarket.CDI,
                        last.minusMonths(MONTHS).atDay(1),
                        last.atEndOfMonth()));
    }

    private static Chart curves(List<CurvePoint> own, List<CurvePoint> cdi, Words words) {
        return Chart.lines(
                List.of(
                        new Series(
                                "main",
                                own.stream().map(CurvePoint::accumulatedReturnPct).toList()),
                        new Series(
                                "cdi",
                                cdi.stream().map(CurvePoint::accumulatedReturnPct).toList())),
                own.stream().map(it -> words.day(it.date())).toList(),
                it -> Figures.percent(it, words.tag()));
    }

    private static HoldingLine holding(PerformanceTable.Holding it, BigDecimal whole, String tag) {
        return new HoldingLine(
                it.assetId(),
                it.ticker(),
                it.name(),
                it.clients(),
                Figures.number(Decimals.plain(it.units()), tag),
                it.closeDate(),
                cents(it.costBrl()),
                cents(it.valueBrl()),
                Figures.percent(Decimals.percentOver(it.valueBrl(), it.costBrl()), tag),
                it.valueBrl().compareTo(it.costBrl()) >= 0,
                whole.signum() == 0
                        ? ""
                        : Figures.percent(
                                Decimals.percent(
                                        it.valueBrl().divide(whole, Decimals.EXACT_ENOUGH)),
                                tag));
    }

    private static TickerLine ticker(TickerPerformance it, String tag) {
        return new TickerLine(
                it.ticker(),
                Figures.number(it.quantity(), tag),
                Figures.number(it.buyPrice().setScale(2, RoundingMode.HALF_EVEN), tag),
                cents(it.totalInvested()),
                cents(it.currentValue()),
                cents(it.profitLoss()),
                Figures.percent(it.percentageChange(), tag),
                it.profitLoss().signum() >= 0,
                Figures.percent(it.avgDailyReturn(), tag));
    }

    private static AllocationLine allocation(Allocation it, String tag) {
        var value = AllocationAnswer.value(it);
        var change = Decimals.percentOverOrNull(value, it.costBrl());
        return new AllocationLine(
                it.id(),
                it.ticker(),
                it.buyDate(),
                Figures.number(Decimals.plain(it.quantity()), tag),
                it.currency() + "\u00a0" + Figures.price(it.buyPrice(), tag),
                Figures.number(Decimals.plain(it.remaining()), tag),
                value == null ? null : (Long) cents(value),
                change == null ? "" : Figures.percent(change, tag),
                change == null || change.signum() >= 0,
                it.isActive(),
                value == null);
    }

    private static AssetLine asset(Asset it, String tag) {
        return new AssetLine(
                it.id(),
                it.ticker(),
                it.name(),
                it.exchange(),
                it.currency(),
                it.closePrice() == null ? "—" : Figures.price(it.closePrice(), tag),
                it.closeDate());
    }

    private static DayLine dayLine(DailyReturn it, String tag) {
        return new DayLine(
                it.date(),
                Figures.price(it.closePrice(), tag),
                it.dailyReturnPct() == null ? "—" : Figures.percent(it.dailyReturnPct(), tag),
                it.dailyReturnPct() == null || it.dailyReturnPct().signum() >= 0,
                it.carried(),
                it.source());
    }

    // ── choices ───────────────────────────────────────────────────────────────────────────────

    private static Sort sort(String name, Asked asked) {
        var current = asked.sort().equals(name);
        // Figures begin with the greatest, names with the first.
        var descending = current ? !asked.descending() : !name.equals("name");
        return new Sort(
                name,
                asked.link((descending ? "-" : "") + name, 1),
                current,
                current && asked.descending());
    }

    private static Comparator<ClientSums> order(Asked asked) {
        var window = asked.window();
        Comparator<ClientSums> order =
                switch (asked.sort()) {
                    case "captado" -> Comparator.comparing(it -> it.of(window).captado());
                    case "liquido" ->
                            Comparator.comparing(
                                    it -> it.of(window).captado().subtract(it.of(window).sold()));
                    case "atual" -> Comparator.comparing(it -> it.of(window).atual());
                    case "rentabilidade" ->
                            Comparator.comparing(
                                    it ->
                                            Decimals.percentOver(
                                                    it.of(window).atual(),
                                                    it.of(window).captado()));
                    default -> Comparator.comparing(it -> it.name().toLowerCase(Locale.ROOT));
                };
        return (asked.descending() ? order.reversed() : order).thenComparing(ClientSums::clientId);
    }

    private static boolean matches(ClientSums it, String search) {
        var text = search.toLowerCase(Locale.ROOT);
        return text.isEmpty()
                || it.name().toLowerCase(Locale.ROOT).contains(text)
                || it.advisor() != null && it.advisor().toLowerCase(Locale.ROOT).contains(text);
    }

    private static List<Choice> months(YearMonth chosen, Words words) {
        return IntStream.rangeClosed(1, 12)
                .mapToObj(
                        it ->
                                new Choice(
                                        Integer.toString(it),
                                        java.time.Month.of(it)
                                                .getDisplayName(
                                                        TextStyle.FULL_STANDALONE, locale(words)),
                                        it == chosen.getMonthValue()))
                .toList();
    }

    private List<Choice> years(YearMonth chosen) {
        var now = today().getYear();
        return IntStream.rangeClosed(Math.min(now - 9, chosen.getYear()), now)
                .mapToObj(
                        it ->
                                new Choice(
                                        Integer.toString(it),
                                        Integer.toString(it),
                                        it == chosen.getYear()))
                .toList();
    }

    private static List<Choice> windows(Window chosen, Words words) {
        var choices = new ArrayList<Choice>();
        for (var each : Window.values()) {
            choices.add(
                    new Choice(
                            each.word(),
                            words.say("investments.window." + each.word()),
                            each == chosen));
        }
        return choices;
    }

    private static String monthLabel(YearMonth month, Words words) {
        return month.getMonth()
                        .getDisplayName(TextStyle.SHORT_STANDALONE, locale(words))
                        .replace(".", "")
                + "/"
                + month.getYear() % 100;
    }

    private static Locale locale(Words words) {
        return words == Words.PT ? Locale.of("pt", "BR") : Locale.ENGLISH;
    }

    private static String percentOver(Sums sums, String tag) {
        return Figures.percent(Decimals.percentOver(sums.atual(), sums.captado()), tag);
    }

    private static long cents(BigDecimal reais) {
        return Decimals.money(reais).movePointRight(2).longValueExact();
    }

    private static <T> BigDecimal sum(List<T> list, Function<T, BigDecimal> value) {
        return list.stream().map(value).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private static String searched(@Nullable String search) {
        return search == null || search.length() > LONGEST_SEARCH || !Json.isClean(search)
                ? ""
                : search.strip();
    }

    private static Optional<Integer> number(@Nullable String text, int least, int most) {
        if (text == null || !text.matches("[0-9]{1,9}")) {
            return Optional.empty();
        }
        return Optional.of(Integer.parseInt(text)).filter(it -> it >= least && it <= most);
    }

    private static Optional<LocalDate> day(@Nullable String text) {
        try {
            return text == null ? Optional.empty() : Optional.of(Days.parse(text));
        } catch (DateTimeException none) {
            return Optional.empty();
        }
    }

    private boolean mayAct() {
        return asking.caller().may(Capability.INVESTMENTS, Role.OPERATOR);
    }

    private LocalDate today() {
        return BusinessDays.today(clock);
    }
}
