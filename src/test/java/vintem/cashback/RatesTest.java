package vintem.cashback;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import vintem.platform.TestDatabase;

class RatesTest {
    private static final UUID NOBODY = new UUID(0, 0);

    private static final Rates USUAL =
            rates(
                    LocalDate.MIN.withDayOfMonth(1),
                    Rounding.HALF_EVEN,
                    new Rates.Bracket(0, 1_000),
                    new Rates.Bracket(100_000, 1_500),
                    new Rates.Bracket(150_000, 2_000));

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 0",
        "4, 0",
        "5, 0",
        "6, 1",
        "15, 2",
        "25, 2",
        "35, 4",
        "99_999, 10_000",
        "100_000, 10_000",
        "100_001, 15_000",
        "100_003, 15_000",
        "149_999, 22_500",
        "150_000, 22_500",
        "150_001, 30_000",
        "150_003, 30_001",
        "10_000_000_000, 2_000_000_000",
        "9_223_372_036_854_775_807, 1_844_674_407_370_955_161"
    })
    void half_a_cent_goes_to_the_even_one(String cents, String cashback) {
        assertThat(USUAL.cashbackCents(number(cents))).isEqualTo(number(cashback));
    }

    @ParameterizedTest
    @CsvSource({"HALF_EVEN, 2", "HALF_UP, 3", "DOWN, 2"})
    void what_becomes_of_half_a_cent_is_data(Rounding rounding, long cents) {
        var rates = rates(LocalDate.of(2000, 1, 1), rounding, new Rates.Bracket(0, 1_000));
        assertThat(rates.cashbackCents(25)).isEqualTo(cents);
    }

    @Test
    void a_rate_is_said_as_people_say_it() {
        assertThat(new Rates.Bracket(0, 1_000).percent()).isEqualTo("10%");
        assertThat(new Rates.Bracket(0, 1_250).percent()).isEqualTo("12.5%");
        assertThat(new Rates.Bracket(0, 0).percent()).isEqualTo("0%");
        assertThat(new Rates.Bracket(0, 10_000).percent()).isEqualTo("100%");
    }

    @Test
    void a_month_has_the_rates_that_were_valid_when_it_began() {
        var later = rates(LocalDate.of(2026, 12, 1), Rounding.DOWN, new Rates.Bracket(0, 500));
        var corrected = rates(LocalDate.of(2026, 12, 1), Rounding.DOWN, new Rates.Bracket(0, 600));
        var book = new RateBook(List.of(USUAL, later, corrected));
        assertThat(book.of(LocalDate.of(2026, 11, 30))).isSameAs(USUAL);
        assertThat(book.of(LocalDate.of(2026, 12, 1))).isSameAs(corrected);
        assertThat(book.of(LocalDate.of(2030, 1, 31))).isSameAs(corrected);
    }

    /// The proof reckons by PostgreSQL, the product by Java: for each amount they agree.
    @ParameterizedTest
    @EnumSource(Rounding.class)
    void the_database_reckons_the_same(Rounding rounding) {
        var random = new Random(20261126);
        try (var world = TestDatabase.fresh()) {
            for (var i = 0; i < 500; i++) {
                var cents = Math.abs(random.nextLong() >> random.nextInt(62));
                var rate = random.nextInt(10_001);
                var rates = rates(LocalDate.of(2000, 1, 1), rounding, new Rates.Bracket(0, rate));
                var theirs =
                        world.database()
                                .transaction(
                                        tx ->
                                                tx.createQuery("select cashback_cents(:c, :r, :w)")
                                                        .bind("c", cents)
                                                        .bind("r", rate)
                                                        .bind("w", rounding.word())
                                                        .mapTo(Long.class)
                                                        .one());
                assertThat(rates.cashbackCents(cents))
                        .as("%d at %d, %s", cents, rate, rounding)
                        .isEqualTo(theirs);
                assertThat(theirs).isBetween(exact(cents, rate) - 1, exact(cents, rate) + 1);
            }
        }
    }

    private static long exact(long cents, int rate) {
        return new BigDecimal(
                        BigInteger.valueOf(cents)
                                .multiply(BigInteger.valueOf(rate))
                                .divide(BigInteger.valueOf(10_000)))
                .longValueExact();
    }

    private static long number(String text) {
        return Long.parseLong(text.replace("_", ""));
    }

    private static Rates rates(LocalDate from, Rounding rounding, Rates.Bracket... brackets) {
        return new Rates(
                UUID.randomUUID(), from, rounding, List.of(brackets), Instant.EPOCH, NOBODY);
    }
}
