package vintem.investments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.investments.CloseTable.Listed;
import vintem.investments.CloseTable.Rate;
import vintem.investments.PerformanceTable.Bought;
import vintem.investments.PerformanceTable.Sold;
import vintem.platform.BusinessDays;
import vintem.platform.Database;

/// Returns of assets and clients. Simple daily returns are of consecutive closes; a trading day
/// without one carries the last one forward and says so.
@Singleton
class Performance {
    record CurvePoint(LocalDate date, BigDecimal accumulatedReturnPct) {}

    /// What one client has in one asset; money in reais, the buy price in the asset's currency and
    /// per unit of today.
    record TickerPerformance(
            String ticker,
            BigDecimal buyPrice,
            BigDecimal quantity,
            BigDecimal totalInvested,
            BigDecimal currentValue,
            BigDecimal profitLoss,
            BigDecimal percentageChange,
            BigDecimal avgDailyReturn,
            LocalDate startDate,
            LocalDate endDate,
            List<CurvePoint> performanceCurve) {}

    /// A client's return, whatever was put in and taken out meanwhile.
    ///
    /// @param cdiPct what CDI gave in those days; null where a rate of them is missing
    /// @param cdiSource who told the rates
    record TimeWeighted(
            LocalDate from,
            LocalDate to,
            BigDecimal timeWeightedReturnPct,
            @Nullable BigDecimal cdiPct,
            String cdiSource,
            List<CurvePoint> curve,
            List<CurvePoint> cdiCurve) {}

    /// A trading day of an asset.
    ///
    /// @param dailyReturnPct against the close before; null for the first
    /// @param carried there was no close: it is the last one's
    record DailyReturn(
            long assetId,
            String ticker,
            LocalDate date,
            BigDecimal closePrice,
            @Nullable BigDecimal dailyReturnPct,
            boolean carried,
            String source) {}

    private final Database database;
    private final PerformanceTable table;
    private final CloseTable closes;
    private final AssetTable assets;
    private final ClientTable clients;
    private final Clock clock;

    @Inject
    Performance(
            Database database,
            PerformanceTable table,
            CloseTable closes,
            AssetTable assets,
            ClientTable clients,
            Clock clock) {
        this.database = database;
        this.table = table;
        this.closes = closes;
        this.assets = assets;
        this.clients = clients;
        this.clock = clock;
    }

    /// @return empty where there is no such client
    Optional<List<TickerPerformance>> byTicker(long client) {
        return database.snapshot(
                tx -> clients.find(tx, client).map(_ -> byTicker(positions(tx, client))));
    }

    /// @return empty where there is no such client
    Optional<TimeWeighted> timeWeighted(long client, LocalDate from, LocalDate to) {
        return database.snapshot(
                tx -> clients.find(tx, client).map(_ -> timeWeighted(tx, client, from, to)));
    }

    /// @return empty where there is no such asset
    Optional<List<DailyReturn>> dailyReturns(long asset, LocalDate from, LocalDate to) {
        return database.snapshot(
                tx ->
                        assets.find(tx, asset)
                                .map(
                                        _ ->
                                                dailyReturns(
                                                        closes.before(tx, asset, from).orElse(null),
                                                        closes.list(tx, asset, from, to),
                                                        assets.splits(tx, asset),
                                                        from,
                                                        to.isBefore(today()) ? to : today())));
    }

    LocalDate today() {
        return BusinessDays.today(clock);
    }

    /// Everything of one client.
    private record Positions(
            List<Bought> bought,
            Map<Long, List<Sold>> soldOf,
            Map<Long, NavigableMap<LocalDate, BigDecimal>> prices) {
        /// Units of an allocation that are left at the end of a day.
        BigDecimal units(Bought lot, LocalDate day) {
            if (lot.date().isAfter(day)) {
                return BigDecimal.ZERO;
            }
            var units = lot.units();
            for (var sale : soldOf.getOrDefault(lot.allocationId(), List.of())) {
                if (!sale.date().isAfter(day)) {
                    units = units.subtract(sale.units());
                }
            }
            return units;
        }

        /// What the sales of an allocation up to a day brought.
        BigDecimal proceeds(Bought lot, LocalDate day) {
            return soldOf.getOrDefault(lot.allocationId(), List.of()).stream()
                    .filter(sale -> !sale.date().isAfter(day))
                    .map(Sold::proceedsBrl)
                    .reduce(BigDecimal.ZERO, BigDecimal::add);
        }

        /// What is left of an allocation at the end of a day; at what was paid, before there is any
        /// close.
        BigDecimal value(Bought lot, LocalDate day) {
            var units = units(lot, day);
            if (units.signum() == 0) {
                return units;
            }
            var known = prices.getOrDefault(lot.assetId(), new TreeMap<>()).floorEntry(day);
            return known == null
                    ? lot.costBrl().multiply(units).divide(lot.units(), Decimals.EXACT_ENOUGH)
                    : units.multiply(known.getValue());
        }
    }

    private Positions positions(Handle tx, long client) {
        var bought = table.bought(tx, client);
        var sold = new HashMap<Long, List<Sold>>();
        table.sold(tx, client)
                .forEach(
                        it ->
                                sold.computeIfAbsent(it.allocationId(), _ -> new ArrayList<>())
                                        .add(it));
        var prices = new HashMap<Long, NavigableMap<LocalDate, BigDecimal>>();
        if (!bought.isEmpty()) {
            var held = new TreeSet<>(bought.stream().map(Bought::assetId).toList());
            table.prices(tx, held, bought.getFirst().date(), today())
                    .forEach(
                            it ->
                                    prices.computeIfAbsent(it.assetId(), _ -> new TreeMap<>())
                                            .put(it.date(), it.priceBrl()));
        }
        return new Positions(bought, sold, prices);
    }

    private List<TickerPerformance> byTicker(Positions positions) {
        var byTicker = new TreeMap<String, List<Bought>>();
        positions
                .bought()
                .forEach(
                        it ->
                                byTicker.computeIfAbsent(it.ticker(), _ -> new ArrayList<>())
                                        .add(it));
        return byTicker.values().stream().map(lots -> ticker(positions, lots)).toList();
    }

    private TickerPerformance ticker(Positions positions, List<Bought> lots) {
        var today = today();
        var first = lots.getFirst();
        var start = first.date();
        var prices = positions.prices().getOrDefault(first.assetId(), new TreeMap<>());
        var held = prices.tailMap(start, true);
        var end = held.isEmpty() ? start : held.lastKey();
        var invested = sum(lots, Bought::costBrl);
        var value = sum(lots, it -> positions.value(it, today).add(positions.proceeds(it, today)));
        return new TickerPerformance(
                first.ticker(),
                Decimals.plain(
                        sum(lots, Bought::paid)
                                .divide(sum(lots, Bought::units), Decimals.EXACT_ENOUGH)
                                .setScale(8, RoundingMode.HALF_EVEN)),
                Decimals.plain(sum(lots, it -> positions.units(it, today))),
                Decimals.money(invested),
                Decimals.money(value),
                Decimals.money(value.subtract(invested)),
                Decimals.percentOver(value, invested),
                new AverageReturns(prices).since(start),
                start,
                end,
                curve(positions, lots, held));
    }

    private static List<CurvePoint> curve(
            Positions positions, List<Bought> lots, NavigableMap<LocalDate, BigDecimal> held) {
        var curve = new ArrayList<CurvePoint>();
        for (var day : held.keySet()) {
            var so = lots.stream().filter(it -> !it.date().isAfter(day)).toList();
            curve.add(
                    new CurvePoint(
                            day,
                            Decimals.percentOver(
                                    sum(
                                            so,
                                            it ->
                                                    positions
                                                            .value(it, day)
                                                            .add(positions.proceeds(it, day))),
                                    sum(so, Bought::costBrl))));
        }
        return curve;
    }

    /// The returns of single days, multiplied: each day's is what is there at its end and what was
    /// sold since the end before, against what was there then and what was put in since. So money
    /// comes in the morning and goes in the evening, each at its own price.
    private TimeWeighted timeWeighted(Handle tx, long client, LocalDate from, LocalDate to) {
        var positions = positions(tx, client);
        var cdi = new TreeMap<LocalDate, BigDecimal>();
        for (Rate rate : closes.rates(tx, SandboxMarket.CDI, from, to)) {
            cdi.put(rate.day(), rate.value());
        }
        var curve = new ArrayList<CurvePoint>();
        var cdiCurve = new ArrayList<CurvePoint>();
        var growth = BigDecimal.ONE;
        var cdiGrowth = BigDecimal.ONE;
        var cdiWhole = true;
        var before = from.minusDays(1);
        var valueBefore = value(positions, before);
        for (var day : TradingDays.between(from, to)) {
            var value = value(positions, day);
            var base = valueBefore.add(putIn(positions, before, day));
            if (base.signum() > 0) {
                growth =
                        growth.multiply(
                                value.add(sold(positions, before, day))
                                        .divide(base, Decimals.EXACT_ENOUGH),
                                Decimals.EXACT_ENOUGH);
                // Interest runs on business days, also on those when B3 does not trade.
                for (var each : businessDays(before, day)) {
                    var rate = cdi.get(each);
                    cdiWhole &= rate != null;
                    if (rate != null) {
                        cdiGrowth =
                                cdiGrowth.multiply(
                                        BigDecimal.ONE.add(rate.movePointLeft(2)),
                                        Decimals.EXACT_ENOUGH);
                    }
                }
                curve.add(point(day, growth));
                cdiCurve.add(point(day, cdiGrowth));
            }
            before = day;
            valueBefore = value;
        }
        return new TimeWeighted(
                from,
                to,
                Decimals.percent(growth.subtract(BigDecimal.ONE)),
                cdiWhole ? Decimals.percent(cdiGrowth.subtract(BigDecimal.ONE)) : null,
                String.join(", ", closes.sources(tx, SandboxMarket.CDI, from, to)),
                curve,
                cdiCurve);
    }

    private static CurvePoint point(LocalDate day, BigDecimal growth) {
        return new CurvePoint(day, Decimals.percent(growth.subtract(BigDecimal.ONE)));
    }

    private static BigDecimal value(Positions positions, LocalDate day) {
        return sum(positions.bought(), it -> positions.value(it, day));
    }

    /// What was bought after one day and up to another.
    private static BigDecimal putIn(Positions positions, LocalDate after, LocalDate upTo) {
        return sum(
                positions.bought().stream().filter(it -> isWithin(it.date(), after, upTo)).toList(),
                Bought::costBrl);
    }

    /// The same of what was sold.
    private static BigDecimal sold(Positions positions, LocalDate after, LocalDate upTo) {
        return sum(
                positions.soldOf().values().stream()
                        .flatMap(List::stream)
                        .filter(it -> isWithin(it.date(), after, upTo))
                        .toList(),
                Sold::proceedsBrl);
    }

    private static List<LocalDate> businessDays(LocalDate after, LocalDate upTo) {
        return after.plusDays(1)
                .datesUntil(upTo.plusDays(1))
                .filter(BusinessDays.NATIONAL::isBusinessDay)
                .toList();
    }

    private static boolean isWithin(LocalDate day, LocalDate after, LocalDate upTo) {
        return day.isAfter(after) && !day.isAfter(upTo);
    }

    private static <T> BigDecimal sum(List<T> list, Function<T, BigDecimal> value) {
        return list.stream().map(value).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    static List<DailyReturn> dailyReturns(
            @Nullable Listed before,
            List<Listed> closes,
            List<AssetTable.Split> splits,
            LocalDate from,
            LocalDate to) {
        var byDay = new TreeMap<LocalDate, Listed>();
        closes.forEach(it -> byDay.put(it.date(), it));
        var returns = new ArrayList<DailyReturn>();
        var last = before;
        var days = new TreeSet<>(byDay.keySet());
        if (last != null || !byDay.isEmpty()) {
            // Nothing is carried into days before the first close, nor into a day that is not over.
            days.addAll(
                    TradingDays.between(last != null ? from : byDay.firstKey(), to.minusDays(1)));
        }
        for (var day : days) {
            var close = byDay.get(day);
            if (close != null) {
                returns.add(
                        new DailyReturn(
                                close.assetId(),
                                close.ticker(),
                                day,
                                Decimals.plain(close.closePrice()),
                                last == null ? null : change(last, close, splits),
                                false,
                                close.source()));
                last = close;
            } else if (last != null) {
                returns.add(
                        new DailyReturn(
                                last.assetId(),
                                last.ticker(),
                                day,
                                Decimals.plain(last.closePrice()),
                                BigDecimal.ZERO.setScale(4),
                                true,
                                last.source()));
            }
        }
        return returns;
    }

    /// What a split does to a price is no return.
    private static BigDecimal change(Listed before, Listed now, List<AssetTable.Split> splits) {
        var price = now.closePrice();
        for (var split : splits) {
            if (split.date().isAfter(before.date()) && !split.date().isAfter(now.date())) {
                price = price.multiply(split.factor());
            }
        }
        return Decimals.percentOver(price, before.closePrice());
    }
}
