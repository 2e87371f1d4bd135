package vintem.investments;

import java.time.LocalDate;
import java.time.MonthDay;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import vintem.platform.BusinessDays;

/// The days on which B3 trades: business days, but not 24 and 31 December. Until 2021 it also
/// closed on the holidays of the city and the state of São Paulo.
///
/// Source: B3's yearly trading calendars. Ash Wednesday is a trading day, a short one.
final class TradingDays {
    private static final Set<MonthDay> ALSO_CLOSED =
            Set.of(MonthDay.of(12, 24), MonthDay.of(12, 31));
    private static final Set<MonthDay> OF_SAO_PAULO =
            Set.of(MonthDay.of(1, 25), MonthDay.of(7, 9), MonthDay.of(11, 20));
    private static final int OPEN_ON_LOCAL_HOLIDAYS_FROM = 2022;

    private TradingDays() {}

    static boolean isOne(LocalDate date) {
        var day = MonthDay.from(date);
        return BusinessDays.NATIONAL.isBusinessDay(date)
                && !ALSO_CLOSED.contains(day)
                && (date.getYear() >= OPEN_ON_LOCAL_HOLIDAYS_FROM || !OF_SAO_PAULO.contains(day));
    }

    /// Both ends included.
    static List<LocalDate> between(LocalDate from, LocalDate to) {
        var days = new ArrayList<LocalDate>();
        for (var day = from; !day.isAfter(to); day = day.plusDays(1)) {
            if (isOne(day)) {
                days.add(day);
            }
        }
        return days;
    }

    /// The date itself where it is one, otherwise the last one before it.
    static LocalDate lastUntil(LocalDate date) {
        var day = date;
        while (!isOne(day)) {
            day = day.minusDays(1);
        }
        return day;
    }
}
