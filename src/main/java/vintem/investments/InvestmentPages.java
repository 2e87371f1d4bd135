package vintem.investments;

import static vintem.investments.PageFigures.cents;
import static vintem.investments.PageFigures.day;
import static vintem.investments.PageFigures.monthLabel;
import static vintem.investments.PageFigures.number;
import static vintem.investments.PageFigures.searched;
import static vintem.investments.PageFigures.sum;

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
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.ReadsPerson;
import vintem.access.Role;
import vintem.investments.AllocationTable.Allocation;
import vintem.investments.AllocationTable.Filter;
import vintem.investments.AssetTable.Asset;
import vintem.investments.ClientTable.Client;
import vintem.investments.Performance.CurvePoint;
import vintem.investments.Performance.DailyReturn;
import vintem.investments.Performance.TickerPerformance;
import vintem.platform.BusinessDays;
import vintem.platform.Chart;
import vintem.platform.Chart.Figures;
import vintem.platform.Chart.Series;
import vintem.platform.Database;
import vintem.platform.Pages;
import vintem.platform.Words;

/// The investment office's pages of custody, a client, assets and their returns. They read what the
/// routes read; the dashboard is [CaptadoPages].
@Path("/app/investments")
@RunOnVirtualThread
@Produces(MediaType.TEXT_HTML)
public class InvestmentPages {
    static final String HOME = "/app/investments";
    private static final int LINES = 25;
    private static final int MOST_ALLOCATIONS = 200;
    static final int MONTHS = 12;

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

    /// One of a list to choose from.
    public record Choice(String value, String label, boolean chosen) {}

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

    private final ClientTable clients;
    private final AssetTable assets;
    private final AllocationTable allocations;
    private final PerformanceTable holdings;
    private final Performance performance;
    private final Database database;
    private final Pages pages;
    private final Asking asking;
    private final Clock clock;

    @Inject
    InvestmentPages(
            ClientTable clients,
            AssetTable assets,
            AllocationTable allocations,
            PerformanceTable holdings,
            Performance performance,
            Database database,
            Pages pages,
            Asking asking,
            Clock clock) {
        this.clients = clients;
        this.assets = assets;
        this.allocations = allocations;
        this.holdings = holdings;
        this.performance = performance;
        this.database = database;
        this.pages = pages;
        this.asking = asking;
        this.clock = clock;
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

    private boolean mayAct() {
        return asking.caller().may(Capability.INVESTMENTS, Role.OPERATOR);
    }

    private LocalDate today() {
        return BusinessDays.today(clock);
    }
}
