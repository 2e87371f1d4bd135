package vintem.investments;

import static vintem.investments.PageFigures.cents;
import static vintem.investments.PageFigures.locale;
import static vintem.investments.PageFigures.monthLabel;
import static vintem.investments.PageFigures.number;
import static vintem.investments.PageFigures.percentOver;
import static vintem.investments.PageFigures.searched;
import static vintem.investments.PageFigures.sum;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.Role;
import vintem.investments.CaptadoTable.ClientSums;
import vintem.investments.CaptadoTable.MonthTotal;
import vintem.investments.CaptadoTable.Sums;
import vintem.investments.InvestmentPages.Choice;
import vintem.investments.Windows.Window;
import vintem.platform.BusinessDays;
import vintem.platform.Chart;
import vintem.platform.Chart.Figures;
import vintem.platform.Chart.Series;
import vintem.platform.Database;
import vintem.platform.Pages;
import vintem.platform.Words;

/// The dashboard of what clients put in: the four cards, clients, advisors and charts of a
/// month. It looks again when its socket says that something has changed.
@Path(InvestmentPages.HOME)
@RunOnVirtualThread
@Produces(MediaType.TEXT_HTML)
public class CaptadoPages {
    private static final int LINES = 25;
    private static final int FIRST_YEAR = 1990;
    private static final List<String> SORTS =
            List.of("name", "captado", "liquido", "atual", "rentabilidade");

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

    private final Captado captado;
    private final CaptadoTable table;
    private final PerformanceTable holdings;
    private final CloseTable closes;
    private final Database database;
    private final Pages pages;
    private final Asking asking;
    private final Clock clock;

    @Inject
    CaptadoPages(
            Captado captado,
            CaptadoTable table,
            PerformanceTable holdings,
            CloseTable closes,
            Database database,
            Pages pages,
            Asking asking,
            Clock clock) {
        this.captado = captado;
        this.table = table;
        this.holdings = holdings;
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
            return Pages.link(InvestmentPages.HOME, query);
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
                        ? table.months(
                                tx,
                                asked.month().minusMonths(InvestmentPages.MONTHS - 1L),
                                asked.month())
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
        for (var month = last.minusMonths(InvestmentPages.MONTHS - 1L);
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
        var first = last.minusMonths(InvestmentPages.MONTHS);
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
                        last.minusMonths(InvestmentPages.MONTHS).atDay(1),
                        last.atEndOfMonth()));
    }

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

    private boolean mayAct() {
        return asking.caller().may(Capability.INVESTMENTS, Role.OPERATOR);
    }

    private LocalDate today() {
        return BusinessDays.today(clock);
    }
}
