package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import vintem.billing.ReminderRules.Reminding;
import vintem.platform.BusinessDays;

/// On which day a debtor is reminded.
class ReminderRulesTest {
    private static final LocalDate MONDAY = LocalDate.of(2026, 11, 30);

    @Example
    void what_falls_on_a_weekend_waits_for_monday() {
        var rules = ReminderRules.parse(ReminderRules.USUAL);
        assertThat(rules.days()).containsExactly(-10, -3, 0, 3);
        assertThat(rules.on(MONDAY, 0))
                .containsExactly(
                        new Reminding(0, MONDAY),
                        new Reminding(0, MONDAY.minusDays(1)),
                        new Reminding(0, MONDAY.minusDays(2)));
        assertThat(rules.on(MONDAY, -3))
                .extracting(Reminding::due)
                .containsExactly(MONDAY.plusDays(3), MONDAY.plusDays(2), MONDAY.plusDays(1));
        assertThat(rules.on(MONDAY.minusDays(1), 0)).isEmpty();
        assertThat(rules.on(MONDAY.minusDays(3), 0)).hasSize(1);
    }

    @Example
    void of_two_rules_on_one_day_only_the_later_one_speaks() {
        var rules = new ReminderRules(List.of(0, 1));
        var saturday = MONDAY.minusDays(2);
        assertThat(rules.on(MONDAY, 0)).extracting(Reminding::due).containsExactly(MONDAY);
        assertThat(rules.on(MONDAY, 1)).extracting(Reminding::due).contains(saturday);
    }

    @Property(tries = 200)
    void every_due_date_is_reminded_of_once_by_each_rule_and_on_a_banking_day(
            @ForAll @IntRange(min = 0, max = 3_000) int days,
            @ForAll @Size(min = 1, max = 5) List<@IntRange(min = -20, max = 20) Integer> offsets) {
        var rules = new ReminderRules(offsets);
        var due = MONDAY.plusDays(days);
        var reminded = new ArrayList<LocalDate>();
        for (var day = due.minusDays(30); day.isBefore(due.plusDays(40)); day = day.plusDays(1)) {
            var on = day;
            for (var rule : rules.days()) {
                var here = rules.on(day, rule).stream().filter(it -> it.due().equals(due)).toList();
                assertThat(here).hasSizeLessThanOrEqualTo(1);
                here.forEach(_ -> reminded.add(on));
            }
        }
        assertThat(reminded)
                .doesNotHaveDuplicates()
                .allMatch(BusinessDays.NATIONAL::isBusinessDay)
                .containsExactlyElementsOf(
                        rules.days().stream()
                                .map(rule -> BusinessDays.NATIONAL.next(due.plusDays(rule)))
                                .distinct()
                                .toList());
    }

    @Example
    void the_setting_is_read_strictly() {
        assertThat(ReminderRules.parse("none").days()).isEmpty();
        assertThat(ReminderRules.parse(" 3 , -5,0 ,3").days()).containsExactly(-5, 0, 3);
        for (var wrong :
                List.of("", ",", "x", "1.5", "366", "-366", "1;2", "1,,2", "99999999999")) {
            assertThatIllegalArgumentException()
                    .as(wrong)
                    .isThrownBy(() -> ReminderRules.parse(wrong))
                    .withMessageStartingWith("VINTEM_BILLING_REMINDERS");
        }
    }

    @Example
    void a_reason_is_read_as_it_is_written() {
        var due = LocalDate.of(2026, 12, 10);
        for (var reason :
                List.of(
                        MailReason.ISSUED,
                        MailReason.reissued(due),
                        MailReason.reminder(-3, due),
                        MailReason.reminder(0, due),
                        MailReason.reminder(10, due))) {
            assertThat(MailReason.of(reason.word())).isEqualTo(reason);
        }
        assertThat(MailReason.reminder(-3, due).word()).isEqualTo("reminder-3_2026-12-10");
        assertThat(MailReason.ISSUED.word()).isEqualTo(MakeCharges.ISSUED);
    }

    @Example
    void a_debt_that_falls_due_on_a_day_without_banks_is_due_on_the_next() {
        var saturday = MONDAY.minusDays(2);
        assertThat(DebtorMail.state(saturday, saturday.minusDays(1))).isEqualTo("ahead");
        assertThat(DebtorMail.state(saturday, saturday)).isEqualTo("today");
        assertThat(DebtorMail.state(saturday, MONDAY)).isEqualTo("today");
        assertThat(DebtorMail.state(saturday, MONDAY.plusDays(1))).isEqualTo("over");
    }
}
