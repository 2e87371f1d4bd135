package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/// How money divides that comes on a debt.
class DebtTest {
    // A Tuesday.
    private static final LocalDate DUE = LocalDate.of(2026, 11, 10);
    private static final LocalDate TEN_DAYS_LATE = DUE.plusDays(10);
    private static final LateTerms TERMS = LateTerms.of("fine=2%;interest=3%/month");

    @Test
    void without_terms_late_is_like_in_time() {
        var debt = new Debt(10_000, 0, 0, 0, DUE, LateTerms.NONE);
        assertThat(debt.on(TEN_DAYS_LATE).totalCents()).isEqualTo(10_000);
        assertThat(debt.pay(10_000, TEN_DAYS_LATE))
                .isEqualTo(new Debt.Split(10_000, 0, 0, 0, 0, 0));
        assertThat(debt.pay(10_001, DUE)).isEqualTo(new Debt.Split(10_000, 0, 1, 0, 0, 0));
    }

    @Test
    void the_principal_comes_first_then_late_terms_then_credit() {
        var debt = new Debt(10_000, 0, 0, 0, DUE, TERMS);
        // 2 % once, and 3 % a month for 10 of 30 days.
        assertThat(debt.on(TEN_DAYS_LATE).lateCents()).isEqualTo(200 + 100);
        assertThat(debt.pay(10_300, TEN_DAYS_LATE))
                .isEqualTo(new Debt.Split(10_000, 300, 0, 0, 0, 0));
        assertThat(debt.pay(10_350, TEN_DAYS_LATE))
                .isEqualTo(new Debt.Split(10_000, 300, 50, 0, 0, 0));
    }

    @Test
    void what_the_late_terms_are_short_of_is_waived() {
        var debt = new Debt(10_000, 0, 0, 0, DUE, TERMS);
        assertThat(debt.pay(10_000, TEN_DAYS_LATE))
                .isEqualTo(new Debt.Split(10_000, 0, 0, 0, 300, 0));
        assertThat(debt.pay(10_120, TEN_DAYS_LATE))
                .isEqualTo(new Debt.Split(10_000, 120, 0, 0, 180, 0));
    }

    @Test
    void a_part_paid_late_leaves_its_late_terms_owed() {
        var debt = new Debt(10_000, 0, 0, 0, DUE, TERMS);
        var part = debt.pay(6_000, TEN_DAYS_LATE);
        assertThat(part).isEqualTo(new Debt.Split(6_000, 0, 0, 0, 0, 180));
        var rest = new Debt(10_000, 6_000, 0, 180, DUE, TERMS);
        var twentyDaysLate = DUE.plusDays(20);
        // Of the 40.00 left: 2 % and 3 % a month for 20 days; and 1.80 of what came before.
        assertThat(rest.on(twentyDaysLate).totalCents()).isEqualTo(4_000 + 80 + 80 + 180);
        assertThat(rest.pay(4_340, twentyDaysLate))
                .isEqualTo(new Debt.Split(4_000, 340, 0, 0, 0, 0));
    }

    @Test
    void a_fixed_fine_is_owed_once_however_many_parts_are_paid() {
        var terms = LateTerms.of("fine=5.00");
        var debt = new Debt(10_000, 0, 0, 0, DUE, terms);
        assertThat(debt.pay(5_000, TEN_DAYS_LATE).lateOwedCents()).isZero();
        var rest = new Debt(10_000, 5_000, 0, 0, DUE, terms);
        assertThat(rest.pay(5_500, TEN_DAYS_LATE))
                .isEqualTo(new Debt.Split(5_000, 500, 0, 0, 0, 0));
    }

    @Test
    void by_the_day_of_the_discount_less_settles_the_whole() {
        var terms = LateTerms.of("discount=10% until 2026-11-05");
        var debt = new Debt(10_000, 0, 0, 0, DUE, terms);
        var inTime = LocalDate.of(2026, 11, 5);
        assertThat(debt.pay(9_000, inTime)).isEqualTo(new Debt.Split(9_000, 0, 0, 1_000, 0, 0));
        assertThat(debt.pay(9_500, inTime)).isEqualTo(new Debt.Split(9_500, 0, 0, 500, 0, 0));
        assertThat(debt.pay(10_000, inTime)).isEqualTo(new Debt.Split(10_000, 0, 0, 0, 0, 0));
        assertThat(debt.pay(8_999, inTime)).isEqualTo(new Debt.Split(8_999, 0, 0, 0, 0, 0));
        assertThat(debt.pay(9_000, inTime.plusDays(1)))
                .isEqualTo(new Debt.Split(9_000, 0, 0, 0, 0, 0));
    }

    @Test
    void the_discount_is_on_the_whole_for_whoever_pays_in_parts_too() {
        var terms = LateTerms.of("discount=10% until 2026-11-05");
        var half = new Debt(10_000, 5_000, 0, 0, DUE, terms);
        assertThat(half.on(LocalDate.of(2026, 11, 4)).totalCents()).isEqualTo(4_000);
        assertThat(half.pay(4_000, LocalDate.of(2026, 11, 4)))
                .isEqualTo(new Debt.Split(4_000, 0, 0, 1_000, 0, 0));
    }

    @Property(tries = 300)
    void no_cent_is_lost_and_none_is_made(
            @ForAll @LongRange(min = 1, max = 10_000_000) long amount,
            @ForAll @LongRange(min = 1, max = 20_000_000) long first,
            @ForAll @LongRange(min = 1, max = 20_000_000) long second,
            @ForAll @IntRange(min = -40, max = 400) int firstDay,
            @ForAll @IntRange(min = 0, max = 100) int later) {
        var terms = LateTerms.of("fine=2%;interest=1%/month;discount=5% until 20 days before");
        var debt = new Debt(amount, 0, 0, 0, DUE, terms);
        var split = debt.pay(first, DUE.plusDays(firstDay));
        assertWhole(split, first);
        var left = amount - split.principalCents() - split.discountCents();
        assertThat(left).isBetween(0L, amount);
        if (left == 0) {
            assertThat(split.lateOwedCents()).isZero();
            return;
        }
        assertThat(split.lateCents() + split.creditCents() + split.waivedCents()).isZero();
        var rest = new Debt(amount, split.principalCents(), 0, split.lateOwedCents(), DUE, terms);
        var day = DUE.plusDays(firstDay + later);
        var owed = rest.on(day).totalCents();
        assertWhole(rest.pay(second, day), second);
        // Exactly what is owed leaves nothing over and nothing to waive.
        var exact = rest.pay(owed, day);
        assertThat(exact.principalCents() + exact.discountCents()).isEqualTo(left);
        assertThat(exact.creditCents() + exact.waivedCents()).isZero();
    }

    private static void assertWhole(Debt.Split split, long cents) {
        assertThat(split.principalCents() + split.lateCents() + split.creditCents())
                .isEqualTo(cents);
    }
}
