package vintem.investments;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/// The mean of an asset's simple daily returns since any day: sums are made once.
final class AverageReturns {
    private final TreeMap<LocalDate, Integer> places = new TreeMap<>();
    /// Of the returns up to and with each day.
    private final List<BigDecimal> sums = new ArrayList<>();

    /// @param prices per unit of today
    AverageReturns(NavigableMap<LocalDate, BigDecimal> prices) {
        var sum = BigDecimal.ZERO;
        BigDecimal before = null;
        for (var each : prices.entrySet()) {
            if (before != null) {
                sum =
                        sum.add(
                                each.getValue()
                                        .divide(before, Decimals.EXACT_ENOUGH)
                                        .subtract(BigDecimal.ONE));
            }
            places.put(each.getKey(), sums.size());
            sums.add(sum);
            before = each.getValue();
        }
    }

    /// Percent a day, of the days after that one.
    BigDecimal since(LocalDate day) {
        if (sums.isEmpty()) {
            return Decimals.percent(BigDecimal.ZERO);
        }
        var start = places.floorEntry(day);
        var from = start == null ? 0 : start.getValue();
        var days = sums.size() - 1 - from;
        return Decimals.percent(
                days == 0
                        ? BigDecimal.ZERO
                        : sums.getLast()
                                .subtract(sums.get(from))
                                .divide(BigDecimal.valueOf(days), Decimals.EXACT_ENOUGH));
    }
}
