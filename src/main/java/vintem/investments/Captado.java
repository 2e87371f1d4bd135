package vintem.investments;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.investments.CaptadoTable.ClientSums;
import vintem.investments.CaptadoTable.MonthTotal;
import vintem.investments.CaptadoTable.Sums;
import vintem.investments.CaptadoTable.Total;
import vintem.investments.HistoryTable.ClientThen;
import vintem.investments.HistoryTable.Lot;
import vintem.investments.HistoryTable.Sale;
import vintem.investments.Windows.Span;
import vintem.investments.Windows.Window;
import vintem.platform.BusinessDays;
import vintem.platform.Database;
import vintem.platform.Json;

/// *Captado*: what clients newly put in during a calendar period, what has become of it, and what
/// they took out. `docs/captado.md` has the definitions and an example worked out by hand.
@Singleton
public class Captado {
    /// One card's figures in reais, rounded half-even to the cent.
    ///
    /// @param captado quantity × price of what was bought in the period, gross of sales
    /// @param atual what is left of just that, at the latest prices, and what was sold of it
    /// @param rentabilidade percent, with four decimals; 0 where nothing was put in
    /// @param resgatado sold in the period, of whatever was bought whenever
    public record Figures(
            BigDecimal captado,
            BigDecimal atual,
            BigDecimal rentabilidade,
            BigDecimal resgatado,
            BigDecimal captadoLiquido) {
        static Figures of(Sums sums) {
            return new Figures(
                    Decimals.money(sums.captado()),
                    Decimals.money(sums.atual()),
                    Decimals.percentOver(sums.atual(), sums.captado()),
                    Decimals.money(sums.sold()),
                    Decimals.money(sums.captado().subtract(sums.sold())));
        }
    }

    /// A client's line of a frame.
    ///
    /// @param excludedLots allocations of the year that count nowhere, because a rate is missing
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ClientFigures(
            long clientId,
            String clientName,
            @Nullable String advisor,
            Figures anual,
            Figures semestral,
            Figures mensal,
            Figures semanal,
            int excludedLots) {
        static ClientFigures of(ClientSums it) {
            return new ClientFigures(
                    it.clientId(),
                    it.name(),
                    it.advisor(),
                    Figures.of(it.anual()),
                    Figures.of(it.semestral()),
                    Figures.of(it.mensal()),
                    Figures.of(it.semanal()),
                    it.excluded());
        }
    }

    /// One allocation of an explanation.
    ///
    /// @param excluded why it counts nowhere; null where it counts
    public record LotFigures(
            long allocationId,
            String ticker,
            LocalDate buyDate,
            BigDecimal quantity,
            BigDecimal buyPrice,
            String currency,
            @Nullable BigDecimal rate,
            @Nullable BigDecimal captado,
            BigDecimal splitFactor,
            BigDecimal remaining,
            @Nullable LocalDate closeDate,
            @Nullable BigDecimal closePrice,
            @Nullable BigDecimal priceBrl,
            @Nullable BigDecimal marketValue,
            @Nullable BigDecimal proceeds,
            @Nullable String excluded) {
        static LotFigures of(Lot it) {
            return new LotFigures(
                    it.allocationId(),
                    it.ticker(),
                    it.buyDate(),
                    Decimals.plain(it.quantity()),
                    Decimals.plain(it.buyPrice()),
                    it.currency(),
                    Decimals.plainOrNull(it.rate()),
                    Decimals.moneyOrNull(it.costBrl()),
                    Decimals.plain(it.splitFactor()),
                    Decimals.plain(it.remaining()),
                    it.closeDate(),
                    Decimals.plainOrNull(it.closePrice()),
                    Decimals.plainOrNull(it.priceBrl()),
                    Decimals.moneyOrNull(it.valueBrl()),
                    Decimals.moneyOrNull(it.proceedsBrl()),
                    it.costBrl() == null
                            ? "there is no rate for the day it was bought"
                            : it.proceedsBrl() == null
                                    ? "there is no rate for a day on which some of it was sold"
                                    : null);
        }
    }

    /// A sale of an explanation.
    public record SaleFigures(
            long allocationId,
            LocalDate date,
            BigDecimal quantity,
            BigDecimal price,
            @Nullable BigDecimal proceeds) {
        static SaleFigures of(Sale it) {
            return new SaleFigures(
                    it.allocationId(),
                    it.date(),
                    Decimals.plain(it.quantity()),
                    Decimals.plain(it.price()),
                    Decimals.moneyOrNull(it.proceedsBrl()));
        }
    }

    /// One figure, down to the allocations, sales, closes and rates that it is made of.
    public record Explanation(
            long clientId,
            String clientName,
            String window,
            LocalDate from,
            LocalDate to,
            @Nullable Instant asOf,
            Figures figures,
            List<LotFigures> lots,
            List<SaleFigures> sales) {}

    /// One card: a period and the one before, after as many days.
    record Card(Window window, Span span, Span spanBefore, Sums sums, Total before) {}

    private static final Comparator<ClientSums> BY_NAME =
            Comparator.comparing((ClientSums it) -> it.name().toLowerCase(Locale.ROOT))
                    .thenComparing(ClientSums::clientId);

    private final Database database;
    private final CaptadoTable table;
    private final HistoryTable history;
    private final Clock clock;

    @Inject
    Captado(Database database, CaptadoTable table, HistoryTable history, Clock clock) {
        this.database = database;
        this.table = table;
        this.history = history;
        this.clock = clock;
    }

    /// For benchmarks: without a running product.
    public static Captado standalone(Database database, Clock clock) {
        return new Captado(database, new CaptadoTable(), new HistoryTable(), clock);
    }

    /// A board of one month, to be looked at again and again.
    public CaptadoBoard board(YearMonth month) {
        return new CaptadoBoard(database, table, month, clock);
    }

    /// @return empty where the month has not begun
    Optional<Windows> windows(YearMonth month, @Nullable Instant asOf) {
        return Windows.of(month, today(asOf));
    }

    /// Everybody's figures, by name.
    List<ClientSums> sums(Windows windows, @Nullable Instant asOf) {
        return database.snapshot(tx -> sums(tx, windows, asOf));
    }

    List<ClientSums> sums(Handle tx, Windows windows, @Nullable Instant asOf) {
        var sums = asOf == null ? table.sums(tx, windows) : then(tx, windows, asOf);
        return sums.stream().sorted(BY_NAME).toList();
    }

    /// The frame of that instant: it never changes any more.
    String frame(Windows windows, Instant asOf) {
        return Json.text(sums(windows, asOf).stream().map(ClientFigures::of).toList());
    }

    /// The four cards of all clients together.
    List<Card> cards(Handle tx, Windows windows, List<ClientSums> clients) {
        var cards = new ArrayList<Card>();
        for (var window : Window.values()) {
            var sums =
                    clients.stream()
                            .map(each -> each.of(window))
                            .reduce(
                                    new Sums(BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO),
                                    Captado::plus);
            var before = windows.before(window);
            cards.add(
                    new Card(window, windows.span(window), before, sums, table.total(tx, before)));
        }
        return cards;
    }

    List<MonthTotal> months(Handle tx, YearMonth first, YearMonth last) {
        return table.months(tx, first, last);
    }

    /// @return empty where there is no such client, or it was not active then
    Optional<Explanation> explain(
            long clientId, Windows windows, Window window, @Nullable Instant asOf) {
        var instant = asOf == null ? clock.instant() : asOf;
        return database.snapshot(
                tx ->
                        history.clients(tx, instant, clientId).stream()
                                .findFirst()
                                .map(it -> explain(tx, it, windows.span(window), window, asOf)));
    }

    private Explanation explain(
            Handle tx, ClientThen client, Span span, Window window, @Nullable Instant asOf) {
        var instant = asOf == null ? clock.instant() : asOf;
        var today = today(asOf);
        var lots = history.lots(tx, instant, today, client.id(), span.start(), span.end());
        var sales = history.sales(tx, instant, today, client.id(), span.start(), span.end());
        return new Explanation(
                client.id(),
                client.name(),
                window.word(),
                span.start(),
                span.end(),
                asOf,
                Figures.of(sum(lots, sales, span)),
                lots.stream().map(LotFigures::of).toList(),
                sales.stream().map(SaleFigures::of).toList());
    }

    /// Worked out from what was known at an instant, allocation by allocation.
    private List<ClientSums> then(Handle tx, Windows windows, Instant asOf) {
        var year = windows.span(Window.ANUAL).start();
        var week = windows.span(Window.SEMANAL).start();
        // A week may begin in the year before.
        var from = week.isBefore(year) ? week : year;
        var lots = new HashMap<Long, List<Lot>>();
        history.lots(tx, asOf, today(asOf), null, from, windows.ref())
                .forEach(it -> lots.computeIfAbsent(it.clientId(), _ -> new ArrayList<>()).add(it));
        var sales = new HashMap<Long, List<Sale>>();
        history.sales(tx, asOf, today(asOf), null, from, windows.ref())
                .forEach(
                        it -> sales.computeIfAbsent(it.clientId(), _ -> new ArrayList<>()).add(it));
        return history.clients(tx, asOf, null).stream()
                .map(
                        client -> {
                            var its = lots.getOrDefault(client.id(), List.of());
                            var sold = sales.getOrDefault(client.id(), List.of());
                            var sums = new HashMap<Window, Sums>();
                            for (var window : Window.values()) {
                                sums.put(window, sum(its, sold, windows.span(window)));
                            }
                            return clientSums(client, sums, its, year);
                        })
                .toList();
    }

    private static ClientSums clientSums(
            ClientThen client, Map<Window, Sums> sums, List<Lot> lots, LocalDate year) {
        return new ClientSums(
                client.id(),
                client.name(),
                client.advisor(),
                sums.get(Window.ANUAL),
                sums.get(Window.SEMESTRAL),
                sums.get(Window.MENSAL),
                sums.get(Window.SEMANAL),
                Math.toIntExact(
                        lots.stream()
                                .filter(it -> !counts(it) && !it.buyDate().isBefore(year))
                                .count()));
    }

    private static Sums sum(List<Lot> lots, List<Sale> sales, Span span) {
        var captado = BigDecimal.ZERO;
        var atual = BigDecimal.ZERO;
        for (var lot : lots) {
            if (counts(lot) && within(lot.buyDate(), span)) {
                captado = captado.add(lot.costBrl());
                atual =
                        atual.add(
                                lot.valueBrl() == null
                                        ? lot.costBrl()
                                        : lot.valueBrl().add(lot.proceedsBrl()));
            }
        }
        var sold = BigDecimal.ZERO;
        for (var sale : sales) {
            if (sale.proceedsBrl() != null && within(sale.date(), span)) {
                sold = sold.add(sale.proceedsBrl());
            }
        }
        return new Sums(captado, atual, sold);
    }

    private static Sums plus(Sums one, Sums other) {
        return new Sums(
                one.captado().add(other.captado()),
                one.atual().add(other.atual()),
                one.sold().add(other.sold()));
    }

    private static boolean counts(Lot lot) {
        return lot.costBrl() != null && lot.proceedsBrl() != null;
    }

    private static boolean within(LocalDate day, Span span) {
        return !day.isBefore(span.start()) && !day.isAfter(span.end());
    }

    /// What was ahead then is not known.
    private LocalDate today(@Nullable Instant asOf) {
        return BusinessDays.today(asOf == null ? clock : Clock.fixed(asOf, ZoneOffset.UTC));
    }
}
