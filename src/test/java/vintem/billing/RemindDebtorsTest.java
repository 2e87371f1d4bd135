package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vintem.MovableClock;
import vintem.Rows;
import vintem.World;
import vintem.platform.BusinessDays;
import vintem.platform.Database;
import vintem.platform.Together;

/// Debtors are reminded on their days, each once, and nobody who has paid.
@QuarkusTest
@QuarkusTestResource(World.class)
class RemindDebtorsTest {
    // Of this class alone, and never back: each test has days of its own.
    private static final MovableClock CLOCK = new MovableClock();

    @Inject Database database;
    @Inject ChargeEmailTable emails;
    @Inject ReminderRunTable runs;
    @Inject MakeCharges makeCharges;
    @Inject Boletos boletos;

    private Debtors debtors;
    private RemindDebtors remindDebtors;

    @BeforeEach
    void there_is_a_job() {
        debtors = new Debtors(database, makeCharges, boletos, CLOCK);
        remindDebtors = node();
    }

    private RemindDebtors node() {
        var rules = ReminderRules.parse(ReminderRules.USUAL);
        return new RemindDebtors(database, emails, runs, CLOCK, rules, true);
    }

    @Test
    void each_rule_reminds_on_its_day_and_only_once() {
        var day = nextDay();
        var ahead10 = debtors.owe(100, day.plusDays(10)).id();
        var ahead3 = debtors.owe(100, day.plusDays(3)).id();
        var today = debtors.owe(100, day).id();
        var over3 = debtors.owe(100, day.minusDays(3)).id();
        var between = debtors.owe(100, day.plusDays(5)).id();
        itIs(day, LocalTime.of(9, 0));
        remindDebtors.run();
        assertThat(reasons(ahead10)).isEqualTo("issued, reminder-10_" + day.plusDays(10));
        assertThat(reasons(ahead3)).isEqualTo("issued, reminder-3_" + day.plusDays(3));
        assertThat(reasons(today)).isEqualTo("issued, reminder+0_" + day);
        assertThat(reasons(over3)).isEqualTo("issued, reminder+3_" + day.minusDays(3));
        assertThat(reasons(between)).isEqualTo("issued");
        assertThat(remindDebtors.remind()).isZero();
    }

    @Test
    void two_nodes_and_one_that_died_half_way_remind_once() {
        var day = nextDay();
        var people =
                java.util.stream.Stream.generate(() -> debtors.owe(100, day)).limit(40).toList();
        itIs(day, LocalTime.of(9, 0));
        // The one that died had queued a part and not said that it was done.
        database.run(
                tx ->
                        emails.remind(
                                tx,
                                MailReason.reminder(0, day),
                                CLOCK.instant(),
                                null,
                                CLOCK.instant(),
                                7));
        Together.<Long>atOnce(List.of(node()::remind, node()::remind));
        for (var each : people) {
            assertThat(reasons(each.id())).isEqualTo("issued, reminder+0_" + day);
        }
    }

    @Test
    void whoever_has_paid_is_not_reminded_and_a_part_is_not_all() {
        var day = nextDay();
        var paid = debtors.owe(100, day).id();
        var part = debtors.owe(100, day).id();
        var cancelled = debtors.owe(100, day).id();
        Debts.pay(paid, 100);
        Debts.pay(part, 1);
        Debts.cancel(cancelled);
        itIs(day, LocalTime.of(9, 0));
        remindDebtors.remind();
        assertThat(reasons(paid)).isEqualTo("issued");
        assertThat(reasons(cancelled)).isEqualTo("issued");
        assertThat(reasons(part)).isEqualTo("issued, reminder+0_" + day);
    }

    @Test
    void whoever_was_charged_today_has_heard_of_it_already() {
        var day = nextDay();
        itIs(day, LocalTime.of(8, 30));
        var fresh = debtors.owe(100, day).id();
        remindDebtors.remind();
        assertThat(reasons(fresh)).isEqualTo("issued");
    }

    @Test
    void nobody_is_woken_before_eight() {
        var day = nextDay();
        var charge = debtors.owe(100, day).id();
        itIs(day, LocalTime.of(7, 59));
        assertThat(remindDebtors.remind()).isZero();
        assertThat(reasons(charge)).isEqualTo("issued");
        itIs(day, LocalTime.of(8, 0));
        remindDebtors.remind();
        assertThat(reasons(charge)).isEqualTo("issued, reminder+0_" + day);
    }

    @Test
    void a_day_that_was_missed_is_caught_up_on_the_next_and_not_later() {
        var missed = nextDay();
        var next = BusinessDays.NATIONAL.plus(missed, 1);
        var caughtUp = debtors.owe(100, missed).id();
        itIs(next, LocalTime.of(9, 0));
        remindDebtors.remind();
        assertThat(reasons(caughtUp)).isEqualTo("issued, reminder+0_" + missed);
        var forgotten = BusinessDays.NATIONAL.plus(next, 1);
        var tooLate = debtors.owe(100, forgotten).id();
        itIs(BusinessDays.NATIONAL.plus(forgotten, 2), LocalTime.of(9, 0));
        remindDebtors.remind();
        assertThat(reasons(tooLate)).doesNotContain("reminder+0");
    }

    @Test
    void debts_of_years_ago_bring_no_flood() {
        var charge = debtors.owe(100, LocalDate.of(2022, 10, 12)).id();
        var first = nextDay();
        for (var day = first; day.isBefore(first.plusDays(12)); day = day.plusDays(1)) {
            itIs(day, LocalTime.of(10, 0));
            remindDebtors.remind();
        }
        assertThat(reasons(charge)).isEqualTo("issued");
    }

    /// The first banking day after today.
    private LocalDate nextDay() {
        return BusinessDays.NATIONAL.plus(BusinessDays.today(CLOCK), 1);
    }

    private void itIs(LocalDate day, LocalTime time) {
        CLOCK.passes(
                Duration.between(CLOCK.instant(), day.atTime(time).atZone(BusinessDays.SAO_PAULO)));
    }

    private static String reasons(UUID charge) {
        return Rows.text(
                """
                select string_agg(reason, ', ' order by reason) from charge_email where charge_id = ?
                """,
                charge);
    }
}
