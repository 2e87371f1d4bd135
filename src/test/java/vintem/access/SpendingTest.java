package vintem.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SpendingTest {
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 22);

    private final AccessWorld world = new AccessWorld();

    @Test
    void amounts_are_taken_in_order_and_those_that_fit_are_counted() {
        var caller = limitedTo(100);
        assertThat(reserve(caller, 60, 50, 40, 1)).containsExactly(true, false, true, false);
        assertThat(spent(caller)).isEqualTo(100);
        assertThat(reserve(caller, 1)).containsExactly(false);
        giveBack(caller, 40);
        assertThat(reserve(caller, 41, 40)).containsExactly(false, true);
    }

    @Test
    void another_day_and_another_credential_count_apart() {
        var caller = limitedTo(100);
        reserve(caller, 100);
        var tomorrow =
                world.database.transaction(
                        tx ->
                                world.spending.reserve(
                                        tx, caller, TODAY.plusDays(1), new long[] {100}));
        assertThat(tomorrow).containsExactly(true);
        assertThat(reserve(limitedTo(100), 100)).containsExactly(true);
    }

    @Test
    void callers_at_the_same_moment_never_pass_the_limit_together() {
        var caller = limitedTo(1_000);
        var answers = AccessWorld.atOnce(40, () -> reserve(caller, 30, 20));
        var total = answers.stream().mapToLong(it -> (it[0] ? 30 : 0) + (it[1] ? 20 : 0)).sum();
        assertThat(total).isEqualTo(spent(caller)).isEqualTo(1_000);
    }

    @Test
    void who_has_no_limit_costs_no_row() {
        assertThat(reserve(limitedTo(Grant.NO_LIMIT), Long.MAX_VALUE, Long.MAX_VALUE))
                .containsExactly(true, true);
        assertThat(world.count("credential_spending")).isZero();
    }

    @Test
    void sums_do_not_overflow() {
        var caller = limitedTo(Long.MAX_VALUE - 1);
        assertThat(reserve(caller, Long.MAX_VALUE, Long.MAX_VALUE - 1, Long.MAX_VALUE))
                .containsExactly(false, true, false);
        assertThat(reserve(caller, 1)).containsExactly(false);
    }

    @Test
    void a_limit_that_was_lowered_below_what_is_spent_lets_nothing_out() {
        var caller = limitedTo(100);
        reserve(caller, 100);
        var lowered = new Caller(caller.id(), caller.kind(), "", new Grant(Map.of(), 0, 10));
        assertThat(reserve(lowered, 1)).containsExactly(false);
    }

    @Test
    void giving_back_what_was_never_counted_does_nothing() {
        var caller = limitedTo(100);
        giveBack(caller, 50);
        reserve(caller, 10);
        giveBack(caller, 50);
        assertThat(spent(caller)).isZero();
    }

    @Test
    void an_amount_is_more_than_zero() {
        assertThatThrownBy(() -> reserve(limitedTo(100), 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> giveBack(limitedTo(100), -1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Caller limitedTo(long cents) {
        var grant = new Grant(Map.of(), Grant.NO_LIMIT, cents);
        return new Caller(UUID.randomUUID(), Caller.Kind.KEY, "a key", grant);
    }

    private boolean[] reserve(Caller caller, long... cents) {
        return world.database.transaction(tx -> world.spending.reserve(tx, caller, TODAY, cents));
    }

    private void giveBack(Caller caller, long cents) {
        world.database.transaction(
                tx -> {
                    world.spending.giveBack(tx, caller.id(), TODAY, cents);
                    return caller;
                });
    }

    private long spent(Caller caller) {
        return world.database.transaction(
                tx ->
                        tx.createQuery(
                                        """
                                        select spent_cents from credential_spending
                                        where credential_id = :id and day = :day
                                        """)
                                .bind("id", caller.id())
                                .bind("day", TODAY)
                                .mapTo(Long.class)
                                .one());
    }
}
