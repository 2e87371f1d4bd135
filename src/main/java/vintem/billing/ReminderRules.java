package vintem.billing;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import vintem.platform.BusinessDays;

/// On which days debtors are reminded, counted from the due date: -3 is three days before it. What
/// falls on a day without banks waits for the next that has them.
///
/// @param days ascending
record ReminderRules(List<Integer> days) {
    /// Who is reminded on a day: by which rule, and of which due date.
    record Reminding(int days, LocalDate due) {}

    static final String USUAL = "-10,-3,0,3";

    private static final Pattern DAYS = Pattern.compile("[+-]?[0-9]{1,3}");
    private static final int MOST_DAYS = 365;
    private static final int MOST_RULES = 20;

    ReminderRules {
        days = days.stream().distinct().sorted().toList();
    }

    /// Reads `VINTEM_BILLING_REMINDERS`: numbers of days, or `none`.
    ///
    /// @throws IllegalArgumentException in words for the operator
    static ReminderRules parse(String text) {
        if (text.strip().equals("none")) {
            return new ReminderRules(List.of());
        }
        var days = new ArrayList<Integer>();
        for (var each : text.strip().split("\\s*,\\s*", -1)) {
            if (!DAYS.matcher(each).matches() || Math.abs(Integer.parseInt(each)) > MOST_DAYS) {
                throw new IllegalArgumentException(
                        "VINTEM_BILLING_REMINDERS is `none` or days from -%d to %d, as in `%s`"
                                .formatted(MOST_DAYS, MOST_DAYS, USUAL));
            }
            days.add(Integer.parseInt(each));
        }
        if (days.size() > MOST_RULES) {
            throw new IllegalArgumentException(
                    "VINTEM_BILLING_REMINDERS has at most %d days".formatted(MOST_RULES));
        }
        return new ReminderRules(days);
    }

    /// Who is reminded on a day by one of the rules; nobody on a day without banks. Of two rules
    /// that fall on one day for one due date, only the later one.
    List<Reminding> on(LocalDate day, int rule) {
        var reminding = new ArrayList<Reminding>();
        if (BusinessDays.NATIONAL.isBusinessDay(day)) {
            for (var meant = day; sent(meant).equals(day); meant = meant.minusDays(1)) {
                var due = meant.minusDays(rule);
                if (days.stream()
                        .noneMatch(
                                later -> later > rule && sent(due.plusDays(later)).equals(day))) {
                    reminding.add(new Reminding(rule, due));
                }
            }
        }
        return reminding;
    }

    private static LocalDate sent(LocalDate meant) {
        return BusinessDays.NATIONAL.next(meant);
    }
}
