package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.billing.LateTerms.Discount;
import vintem.billing.LateTerms.Due;
import vintem.billing.LateTerms.Read;
import vintem.billing.LateTerms.Wrong;
import vintem.platform.BusinessDays;
import vintem.platform.Words;

class LateTermsTest {
    /// A Wednesday, with a business day before and behind it.
    private static final LocalDate DUE = LocalDate.of(2026, 12, 9);

    @Test
    void the_official_example_is_105_reais() {
        assertThat(terms("3%", "1%/day", null).due(10_000, DUE, DUE.plusDays(2)))
                .isEqualTo(new Due(10_000, 300, 200, 0, 10_500, 2));
    }

    @Test
    void without_terms_late_and_early_cost_the_same() {
        for (var days : List.of(-400, -1, 0, 1, 400)) {
            assertThat(LateTerms.NONE.due(12_345, DUE, DUE.plusDays(days)).totalCents())
                    .isEqualTo(12_345);
        }
        assertThat(LateTerms.NONE.due(1, DUE, DUE.plusDays(3)).daysLate()).isEqualTo(3);
        assertThat(LateTerms.NONE.text()).isEmpty();
        assertThat(LateTerms.of("")).isEqualTo(LateTerms.NONE);
        assertThat(terms(null, " ", "")).isEqualTo(LateTerms.NONE);
        assertThat(terms("0", "0%/month", "0.00/day")).isEqualTo(LateTerms.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        // Nine days late from a Wednesday: seven of them are business days.
        "fine, 1, 5.00, 500",
        "fine, 2, 2%, 2000",
        "interest, 1, 0.33/day, 297",
        "interest, 2, 0.033%/day, 297",
        "interest, 3, 1%/month, 300",
        "interest, 4, 12%/year, 296",
        "interest, 5, 0.33/business-day, 231",
        "interest, 6, 0.033%/business-day, 231",
        "interest, 7, 1%/business-month, 333",
        "interest, 8, 12%/business-year, 333"
    })
    void each_code_of_fine_and_interest_is_reckoned_as_it_says(
            String part, int code, String text, long cents) {
        var isFine = part.equals("fine");
        var terms = isFine ? terms(text, null, null) : terms(null, text, null);
        var due = terms.due(100_000, DUE, LocalDate.of(2026, 12, 18));

        assertThat(isFine ? fine(terms).code() : interest(terms).code()).isEqualTo(code);
        assertThat(isFine ? due.fineCents() : due.interestCents()).isEqualTo(cents);
        assertThat(due.totalCents()).isEqualTo(100_000 + cents);
        assertThat(due.daysLate()).isEqualTo(9);
        assertThat(terms.due(100_000, DUE, DUE).totalCents()).isEqualTo(100_000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // Paid on Wednesday 2 December, a week ahead: five business days.
                "1 | 5.00 until 2026-12-02 | 500",
                "1 | 7.00 until 2026-12-01, 5.00 until 2026-12-05, 1.00 until 2026-12-09 | 500",
                "1 | 7.00 until 2026-12-01 | 0",
                "2 | 5% until 7 days before | 5000",
                "2 | 5% until 8 days before, 2.5% until 0 days before | 2500",
                "3 | 0.10/day | 70",
                "4 | 0.10/business-day | 50",
                "5 | 0.1%/day | 700",
                "6 | 0.1%/business-day | 500"
            })
    void each_code_of_a_discount_is_reckoned_as_it_says(int code, String text, long cents) {
        var terms = terms(null, null, text);

        assertThat(discount(terms).code()).isEqualTo(code);
        assertThat(terms.due(100_000, DUE, LocalDate.of(2026, 12, 2)))
                .isEqualTo(new Due(100_000, 0, 0, cents, 100_000 - cents, 0));
        assertThat(terms.due(100_000, DUE, DUE.plusDays(1)).discountCents()).isZero();
    }

    @Test
    void a_discount_per_day_ahead_ends_with_the_day_before() {
        var terms = terms(null, null, "0.10/day");

        assertThat(terms.due(10_000, DUE, DUE.minusDays(1)).discountCents()).isEqualTo(10);
        assertThat(terms.due(10_000, DUE, DUE).discountCents()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        // Christmas is a Friday, so that the next business day is a Monday.
        "2020-12-25, 2020-12-25, 0",
        "2020-12-25, 2020-12-28, 0",
        "2020-12-25, 2020-12-29, 4",
        // A Saturday.
        "2021-08-28, 2021-08-30, 0",
        "2021-08-28, 2021-08-31, 3",
        // A Friday: Pix pays on Saturdays too, and that is a day late.
        "2021-08-27, 2021-08-28, 1",
        "2020-10-20, 2020-10-26, 6"
    })
    void due_on_no_business_day_is_paid_in_time_on_the_next_one(
            LocalDate due, LocalDate paidOn, long daysLate) {
        var reckoned = terms("2%", "0.30/day", null).due(10_000, due, paidOn);

        assertThat(reckoned.daysLate()).isEqualTo(daysLate);
        assertThat(reckoned.fineCents()).isEqualTo(daysLate == 0 ? 0 : 200);
        // From the due date itself, not from the business day that was missed.
        assertThat(reckoned.interestCents()).isEqualTo(30 * daysLate);
    }

    /// The case that the Superior Court of Justice decided: due on a Saturday, paid 23 days later.
    @Test
    void who_misses_the_next_business_day_owes_interest_from_the_due_date() {
        var reckoned =
                terms(null, "1.00/day", null)
                        .due(4_000_000, LocalDate.of(2007, 5, 5), LocalDate.of(2007, 5, 28));

        assertThat(reckoned.daysLate()).isEqualTo(23);
        assertThat(reckoned.interestCents()).isEqualTo(2_300);
    }

    @Test
    void the_holidays_of_a_town_count_where_they_are_known() {
        var terms = terms("2%", null, null);
        var townDay = DUE.plusDays(1);
        var calendar = BusinessDays.NATIONAL.with(Set.of(DUE));

        assertThat(terms.due(10_000, DUE, townDay).fineCents()).isEqualTo(200);
        assertThat(terms.due(10_000, DUE, townDay, calendar).fineCents()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        // Good Friday and its weekend: the first step lasts until Monday, the second begins then.
        "2021-04-01, 300",
        "2021-04-02, 300",
        "2021-04-04, 300",
        "2021-04-05, 300",
        "2021-04-06, 200",
        "2021-04-07, 0"
    })
    void the_last_day_of_a_discount_moves_to_the_next_business_day(LocalDate paidOn, long cents) {
        var terms = terms(null, null, "3.00 until 2021-04-02, 2.00 until 2021-04-06");

        assertThat(terms.due(10_000, LocalDate.of(2021, 4, 20), paidOn).discountCents())
                .isEqualTo(cents);
    }

    @Test
    void a_discount_never_outlives_the_due_date_and_leaves_something_to_pay() {
        assertThat(terms(null, null, "5.00 until 2030-01-01").due(10_000, DUE, DUE).discountCents())
                .isEqualTo(500);
        assertThat(
                        terms(null, null, "5.00 until 2030-01-01")
                                .due(10_000, DUE, DUE.plusDays(1))
                                .discountCents())
                .isZero();
        assertThat(terms(null, null, "5.00 until 2030-01-01").due(500, DUE, DUE).totalCents())
                .isEqualTo(1);
        assertThat(terms(null, null, "99%/day").due(500, DUE, DUE.minusDays(9)).totalCents())
                .isEqualTo(1);
        assertThat(terms("2%", null, "5.00 until 2030-01-01").due(0, DUE, DUE).totalCents())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({
        // 0.5 of a cent goes up, less goes down; each component by itself.
        "25, 2%, , 1, 0",
        "24, 2%, , 0, 0",
        "50, 1%, 1%/day, 1, 1",
        "49, 1%, 1%/day, 0, 0",
        "1500, , 1%/month, 0, 1",
        "1499, , 1%/month, 0, 0",
        // Thirty thousand at 1 % a month are ten reais a day, not the 9.90 of a rounded factor.
        "3000000, , 1%/month, 0, 1000",
        "3000000, , 12%/year, 0, 986"
    })
    void each_component_is_rounded_half_up_once(
            long principal, String fine, String interest, long fineCents, long interestCents) {
        var due = terms(fine, interest, null).due(principal, DUE, DUE.plusDays(1));

        assertThat(due.fineCents()).isEqualTo(fineCents);
        assertThat(due.interestCents()).isEqualTo(interestCents);
    }

    @Test
    void no_rate_and_no_day_makes_it_overflow() {
        var due =
                terms("100%", "9999.999999%/day", null)
                        .due(999_999_999_999L, LocalDate.of(1900, 1, 1), DUE);

        assertThat(due.interestCents()).isEqualTo(1_000_000_000_000_000L);
        assertThat(due.totalCents()).isEqualTo(1_001_999_999_999_998L);
        assertThatThrownBy(() -> LateTerms.NONE.due(-1, DUE, DUE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2% | 1%/month | 5% until 2026-12-01 |"
                        + " fine=2%;interest=1%/month;discount=5% until 2026-12-01",
                "2,50 | 0,1 / day | 5,00 until 10 days before |"
                        + " fine=2.50;interest=0.10/day;discount=5.00 until 10 days before",
                "2PCT | 12 pct/YEAR | 0.100%/business-day |"
                        + " fine=2%;interest=12%/year;discount=0.1%/business-day",
                " 5 | 1%/Business-Month | 3% until 1 day before,2,5% until 2026-12-05 ,  1% until"
                        + " 2026-12-09 | fine=5.00;interest=1%/business-month;discount=3% until 1"
                        + " days before, 2.5% until 2026-12-05, 1% until 2026-12-09",
                "0.000001% | | | fine=0.000001%"
            })
    void words_are_read_and_written_in_one_form(
            @Nullable String fine,
            @Nullable String interest,
            @Nullable String discount,
            String text) {
        var terms = terms(fine, interest, discount);

        assertThat(terms.text()).isEqualTo(text);
        assertThat(LateTerms.of(text)).isEqualTo(terms);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "fine | two | a fine is an amount, 5.00, or a percentage, 2%",
                "fine | -2% | a fine is an amount",
                "fine | 2%/month | a fine is an amount",
                "fine | 1e3 | a fine is an amount",
                "fine | 1.234,56 | a fine is an amount",
                "fine | ٢% | a fine is an amount",
                "fine | 5.001 | an amount has two decimals, such as 5.00",
                "fine | 100.01% | a fine is no more than the debt, 100%",
                "fine | 10000% | a percentage is below 10000%",
                "interest | 1% | interest is a percentage per day, month, year",
                "interest | 1%/week | interest is a percentage per day, month, year",
                "interest | 1.00/month | an amount is per day or per business-day",
                "discount | 5% | a discount is up to three amounts or percentages",
                "discount | 5%/month | a discount is up to three amounts or percentages",
                "discount | 5% until tomorrow | a discount is up to three amounts",
                "discount | 5% until 2026-12-01 and more | a discount is up to three amounts",
                "discount | 5% until 2026-12-01, | a discount is up to three amounts",
                "discount | 5% until 2026-02-30 | there is no such day",
                "discount | 100% until 2026-12-01 | a discount is less than the debt, 100%",
                "discount | 100%/day | a discount is less than the debt, 100%",
                "discount | 0% until 2026-12-01 | a discount is more than zero",
                "discount | 5% until 2026-12-01, 3.00 until 2026-12-05 | all are amounts or all are"
                        + " percentages",
                "discount | 5% until 2026-12-01, 3% until 2026-12-01 | each day stands there once",
                "discount | 4% until 4 days before, 3% until 3 days before, 2% until 2 days before,"
                        + " 1% until 1 days before | there are one to three days, no more"
            })
    void what_is_wrong_is_told_by_its_field(String field, String text, String reason) {
        var reading =
                LateTerms.read(
                        field.equals("fine") ? text : null,
                        field.equals("interest") ? text : null,
                        field.equals("discount") ? text : null);

        assertThat(reading).isInstanceOf(Wrong.class);
        assertThat(((Wrong) reading).reasons()).containsOnlyKeys(field);
        var mistake = ((Wrong) reading).reasons().get(field);
        assertThat(mistake.inWords(Words.EN)).startsWith(reason);
        assertThat(mistake.inWords(Words.PT)).isNotEqualTo(mistake.inWords(Words.EN));
    }

    @Test
    void all_that_is_wrong_is_told_at_once() {
        var reading = LateTerms.read("x", "x", "5% until".repeat(50));

        assertThat(((Wrong) reading).reasons()).containsOnlyKeys("fine", "interest", "discount");
        assertThat(((Wrong) reading).reasons().get("discount"))
                .isEqualTo(LateTerms.Mistake.TOO_LONG);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "fine=2", "fine=2.0%", "fine=2%;", "interest=1%/month;fine=2%"})
    void what_was_not_written_by_it_is_not_taken_for_terms(String text) {
        assertThatThrownBy(() -> LateTerms.of(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "2%, 1%/month, ''",
        "2.01%, 1%/month, fine",
        ", 1.01%/month, interest",
        ", 0.033%/day, ''",
        ", 0.034%/day, interest",
        ", 12%/year, ''",
        ", 12.1%/year, interest",
        ", 0.047%/business-day, ''",
        ", 0.048%/business-day, interest",
        ", 1.1%/business-month, interest",
        ", 13%/business-year, interest",
        "50.00, 9.00/day, ''"
    })
    void what_is_above_the_limits_for_consumers_is_warned_of_and_not_refused(
            @Nullable String fine, @Nullable String interest, String warned) {
        var warnings = terms(fine, interest, null).warnings();

        assertThat(warnings).hasSize(warned.isEmpty() ? 0 : 1);
        assertThat(String.join(" ", warnings)).contains(warned);
    }

    @Test
    void of_one_debt_fixed_amounts_are_a_part_that_can_be_too_large() {
        var terms = terms("2.00", "0.04/day", "100.00 until 2026-12-10");

        assertThat(terms.warnings(10_000)).hasSize(1);
        assertThat(terms.warnings(9_999)).hasSize(2);
        assertThat(terms.warnings(0)).hasSize(2);
        assertThat(terms.misfits(10_001, LocalDate.of(2026, 12, 10))).isEmpty();
        assertThat(terms.misfits(10_000, LocalDate.of(2026, 12, 10)))
                .containsEntry("discount", "a discount is less than the debt");
        assertThat(terms.misfits(10_001, LocalDate.of(2026, 12, 9)))
                .containsEntry("discount", "a discount ends on the due date or before");
        assertThat(terms.misfits(199, LocalDate.of(2026, 12, 10))).containsKey("fine");
        assertThat(terms(null, null, "1.00/day").misfits(100, DUE)).containsKey("discount");
        assertThat(terms(null, null, "1%/day").misfits(1, DUE)).isEmpty();
    }

    @Test
    void people_read_the_terms_as_sentences() {
        var terms = terms("2.5%", "0.10/day", "5% until 10 days before, 3% until 2026-12-05");

        assertThat(terms.sentences(Words.PT, DUE))
                .containsExactly(
                        "Após o vencimento, multa de 2,5%.",
                        "Após o vencimento, juros de R$\u00a00,10 por dia de atraso.",
                        "Desconto de 5% para pagamento até 29/11/2026.",
                        "Desconto de 3% para pagamento até 05/12/2026.");
        assertThat(terms.sentences(Words.EN, DUE).getFirst())
                .isEqualTo("After the due date, a fine of 2.5%.");
        for (var per : LateTerms.Per.values()) {
            var interest = terms(null, "1%/" + per.word(), null);
            assertThat(interest.sentences(Words.PT, DUE)).singleElement().asString().contains("1%");
        }
        assertThat(terms(null, null, "1%/day").sentences(Words.PT, DUE))
                .containsExactly("Desconto de 1% por dia de antecipação.");
        assertThat(terms(null, null, "1%/business-day").sentences(Words.PT, DUE))
                .containsExactly("Desconto de 1% por dia útil de antecipação.");
        assertThat(LateTerms.NONE.sentences(Words.PT, DUE)).isEmpty();
    }

    @Property(tries = 300)
    void what_is_written_is_read_as_the_same(@ForAll("someTerms") LateTerms terms) {
        assertThat(LateTerms.of(terms.text())).isEqualTo(terms);
    }

    @Property(tries = 300)
    void the_total_is_the_sum_of_its_parts_and_no_part_is_negative(
            @ForAll("someTerms") LateTerms terms,
            @ForAll @LongRange(min = 1, max = 10_000_000_000L) long principal,
            @ForAll @IntRange(min = -800, max = 800) int days) {
        var paidOn = DUE.plusDays(days);
        var due = terms.due(principal, DUE, paidOn);

        assertThat(due.totalCents())
                .isEqualTo(
                        due.principalCents()
                                + due.fineCents()
                                + due.interestCents()
                                - due.discountCents())
                .isPositive();
        assertThat(due.fineCents()).isNotNegative();
        assertThat(due.interestCents()).isNotNegative();
        assertThat(due.discountCents()).isNotNegative();
        assertThat(due.discountCents() == 0 || due.daysLate() == 0).isTrue();
        // Waiting never makes it cheaper.
        assertThat(terms.due(principal, DUE, paidOn.plusDays(1)).totalCents())
                .isGreaterThanOrEqualTo(due.daysLate() > 0 ? due.totalCents() : 0);
    }

    /// Another way to reckon it: decimals enough, rounded at the end.
    @Property(tries = 300)
    void interest_per_month_is_what_a_calculator_says(
            @ForAll @LongRange(min = 1, max = 10_000_000_000L) long principal,
            @ForAll @IntRange(min = 1, max = 2_000) int hundredths,
            @ForAll @IntRange(min = 1, max = 4_000) int days) {
        var rate = BigDecimal.valueOf(hundredths, 2);
        var expected =
                BigDecimal.valueOf(principal)
                        .multiply(rate)
                        .multiply(BigDecimal.valueOf(days))
                        .divide(BigDecimal.valueOf(3_000), new MathContext(60))
                        .setScale(20, RoundingMode.HALF_UP)
                        .setScale(0, RoundingMode.HALF_UP);

        assertThat(
                        terms(null, rate + "%/month", null)
                                .due(principal, DUE, DUE.plusDays(days))
                                .interestCents())
                .isEqualTo(expected.longValueExact());
    }

    @Property(tries = 300)
    void random_words_never_throw(
            @ForAll @Nullable String fine,
            @ForAll("almostTerms") String interest,
            @ForAll("almostTerms") String discount) {
        LateTerms.read(fine, interest, discount);
    }

    @Provide
    Arbitrary<String> almostTerms() {
        return Arbitraries.of(
                        "1", "0.5", "%", "/", "day", " until ", "2026-12-01", " days before", ",")
                .list()
                .ofMaxSize(8)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<LateTerms> someTerms() {
        var money =
                Arbitraries.longs()
                        .between(1, 100_000)
                        .map(cents -> BigDecimal.valueOf(cents, 2) + "");
        var percents =
                Arbitraries.longs().between(1, 99_999_999).map(n -> BigDecimal.valueOf(n, 6) + "%");
        var amounts = Arbitraries.oneOf(money, percents);
        var interests =
                Arbitraries.oneOf(
                        Combinators.combine(amounts, Arbitraries.of("day", "business-day"))
                                .as((amount, per) -> amount + "/" + per),
                        Combinators.combine(
                                        percents,
                                        Arbitraries.of(
                                                "month", "year", "business-month", "business-year"))
                                .as((amount, per) -> amount + "/" + per));
        var days = Arbitraries.integers().between(-400, 400);
        var until =
                Combinators.combine(
                                percents,
                                percents,
                                Arbitraries.integers().between(11, 300),
                                days.map(n -> DUE.plusDays(n)))
                        .as(
                                (one, two, before, day) ->
                                        "%s until %d days before, %s until %s"
                                                .formatted(one, before, two, day));
        var discounts =
                Arbitraries.oneOf(
                        until,
                        Combinators.combine(amounts, Arbitraries.of("day", "business-day"))
                                .as((amount, per) -> amount + "/" + per));
        return Combinators.combine(
                        amounts.injectNull(0.2),
                        interests.injectNull(0.2),
                        discounts.injectNull(0.2))
                .as(LateTermsTest::terms);
    }

    private static LateTerms terms(
            @Nullable String fine, @Nullable String interest, @Nullable String discount) {
        var reading = LateTerms.read(fine, interest, discount);
        assertThat(reading).isInstanceOf(Read.class);
        return ((Read) reading).terms();
    }

    private static LateTerms.Fine fine(LateTerms terms) {
        assertThat(terms.fine()).isNotNull();
        return terms.fine();
    }

    private static LateTerms.Interest interest(LateTerms terms) {
        assertThat(terms.interest()).isNotNull();
        return terms.interest();
    }

    private static Discount discount(LateTerms terms) {
        assertThat(terms.discount()).isNotNull();
        return terms.discount();
    }
}
