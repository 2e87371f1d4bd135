package vintem.platform;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BusinessDaysTest {
    private static final BusinessDays CALENDAR = BusinessDays.NATIONAL;

    private static final Map<String, DayOfWeek> WEEKDAYS =
            Map.of(
                    "seg", DayOfWeek.MONDAY,
                    "ter", DayOfWeek.TUESDAY,
                    "qua", DayOfWeek.WEDNESDAY,
                    "qui", DayOfWeek.THURSDAY,
                    "sex", DayOfWeek.FRIDAY,
                    "sab", DayOfWeek.SATURDAY,
                    "dom", DayOfWeek.SUNDAY);

    @Test
    void the_holidays_from_2024_to_2035_are_those_of_the_published_list() throws IOException {
        assertThat(published().keySet())
                .containsExactlyInAnyOrderElementsOf(
                        daysFrom2024To2035().filter(BusinessDays::isNationalHoliday).toList());
    }

    @Test
    void a_weekday_is_no_business_day_exactly_when_it_is_on_the_published_list()
            throws IOException {
        var published = published();

        assertThat(daysFrom2024To2035().filter(BusinessDaysTest::isWeekday))
                .allSatisfy(
                        day ->
                                assertThat(CALENDAR.isBusinessDay(day))
                                        .isEqualTo(!published.containsKey(day)));
        assertThat(daysFrom2024To2035().filter(day -> !isWeekday(day)))
                .noneMatch(CALENDAR::isBusinessDay);
    }

    @Test
    void the_published_list_names_the_right_weekdays() throws IOException {
        assertThat(published())
                .hasSize(12 * 13)
                .allSatisfy((date, weekday) -> assertThat(weekday).isEqualTo(date.getDayOfWeek()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1818-03-22",
                "1943-04-25",
                "1954-04-18",
                "1981-04-19",
                "2000-04-23",
                "2008-03-23",
                "2026-04-05",
                "2038-04-25",
                "2049-04-18",
                "2076-04-19",
                "2285-03-22"
            })
    void easter_also_falls_right_in_its_rare_years(LocalDate easter) {
        assertThat(BusinessDays.easter(easter.getYear())).isEqualTo(easter);
    }

    @Test
    void easter_falls_where_another_algorithm_puts_it() {
        assertThat(IntStream.rangeClosed(1583, 9999))
                .allSatisfy(
                        year -> assertThat(BusinessDays.easter(year)).isEqualTo(knuthEaster(year)));
    }

    @Property
    void easter_is_a_sunday_between_22_march_and_25_april(
            @ForAll @IntRange(min = 1583, max = 9999) int year) {
        assertThat(BusinessDays.easter(year))
                .isBetween(LocalDate.of(year, 3, 22), LocalDate.of(year, 4, 25))
                .matches(easter -> easter.getDayOfWeek() == DayOfWeek.SUNDAY);
    }

    @Test
    void black_awareness_day_is_a_holiday_only_from_2024() {
        assertThat(CALENDAR.isBusinessDay(LocalDate.of(2023, 11, 20))).isTrue();
        assertThat(CALENDAR.isBusinessDay(LocalDate.of(2024, 11, 20))).isFalse();
    }

    @Test
    void ash_wednesday_and_the_last_day_of_the_year_are_business_days() {
        assertThat(CALENDAR.isBusinessDay(LocalDate.of(2026, 2, 18))).isTrue();
        assertThat(CALENDAR.isBusinessDay(LocalDate.of(2026, 12, 31))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-19, 2026-11-19",
        "2026-11-20, 2026-11-23",
        "2026-11-21, 2026-11-23",
        "2026-02-14, 2026-02-18",
        "2027-12-31, 2027-12-31",
        "2028-01-01, 2028-01-03"
    })
    void what_falls_on_a_day_off_moves_to_the_next_business_day(LocalDate date, LocalDate next) {
        assertThat(CALENDAR.next(date)).isEqualTo(next);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-19, 0, 2026-11-19",
        "2026-11-21, 0, 2026-11-23",
        "2026-11-21, 1, 2026-11-23",
        "2026-11-19, 1, 2026-11-23",
        "2026-11-19, 2, 2026-11-24",
        "2026-02-13, 1, 2026-02-18",
        "2026-02-18, -1, 2026-02-13",
        "2026-11-22, -1, 2026-11-19",
        "2026-01-01, 21, 2026-01-30"
    })
    void business_days_are_counted_over_days_off(LocalDate date, int days, LocalDate result) {
        assertThat(CALENDAR.plus(date, days)).isEqualTo(result);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-19, 2026-11-19, 0",
        "2026-11-19, 2026-11-22, 0",
        "2026-11-19, 2026-11-23, 1",
        "2026-11-21, 2026-11-23, 1",
        "2026-11-23, 2026-11-19, 0",
        "2025-12-31, 2026-12-31, 249"
    })
    void the_days_between_leave_out_the_first_and_count_the_last(
            LocalDate from, LocalDate to, int days) {
        assertThat(CALENDAR.between(from, to)).isEqualTo(days);
    }

    @Property
    void adding_and_counting_agree(
            @ForAll("dates") LocalDate date, @ForAll @IntRange(min = 1, max = 300) int days) {
        var later = CALENDAR.plus(date, days);

        assertThat(CALENDAR.isBusinessDay(later)).isTrue();
        assertThat(CALENDAR.between(date, later)).isEqualTo(days);
        assertThat(CALENDAR.plus(later, -days)).isBeforeOrEqualTo(date);
    }

    @Property
    void the_next_business_day_is_the_first_one_not_before(@ForAll("dates") LocalDate date) {
        var next = CALENDAR.next(date);

        assertThat(CALENDAR.isBusinessDay(next)).isTrue();
        assertThat(date.datesUntil(next)).noneMatch(CALENDAR::isBusinessDay);
        // Longest: a Saturday before Carnival, to Ash Wednesday.
        assertThat(date.until(next, ChronoUnit.DAYS)).isBetween(0L, 4L);
    }

    @Test
    void a_town_adds_its_own_holidays() {
        var aniversario = LocalDate.of(2027, 1, 25);
        var capital = CALENDAR.with(List.of(aniversario));

        assertThat(CALENDAR.isBusinessDay(aniversario)).isTrue();
        assertThat(capital.isBusinessDay(aniversario)).isFalse();
        assertThat(capital.next(aniversario)).isEqualTo(LocalDate.of(2027, 1, 26));
        assertThat(capital.with(List.of(LocalDate.of(2027, 1, 26))).next(aniversario))
                .isEqualTo(LocalDate.of(2027, 1, 27));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-23T02:59:59Z, 2026-11-22",
        "2026-11-23T03:00:00Z, 2026-11-23",
        "2018-11-04T02:59:59Z, 2018-11-03",
        "2018-11-04T03:00:00Z, 2018-11-04",
        "2018-11-05T02:00:00Z, 2018-11-05"
    })
    void today_is_the_day_in_sao_paulo(Instant now, LocalDate today) {
        assertThat(BusinessDays.today(Clock.fixed(now, ZoneOffset.UTC))).isEqualTo(today);
    }

    /// Knuth, The Art of Computer Programming 1.3.2, exercise 14: from golden number and epact.
    private static LocalDate knuthEaster(int year) {
        int golden = year % 19 + 1;
        int century = year / 100 + 1;
        int droppedLeapYears = 3 * century / 4 - 12;
        int moonCorrection = (8 * century + 5) / 25 - 5;
        int epact = Math.floorMod(11 * golden + 20 + moonCorrection - droppedLeapYears, 30);
        if (epact == 24 || epact == 25 && golden > 11) {
            epact++;
        }
        int fullMoon = 44 - epact < 21 ? 74 - epact : 44 - epact;
        return LocalDate.of(year, 3, 1)
                .plusDays(fullMoon - 1)
                .with(TemporalAdjusters.next(DayOfWeek.SUNDAY));
    }

    @Provide
    Arbitrary<LocalDate> dates() {
        return Arbitraries.longs()
                .between(
                        LocalDate.of(1990, 1, 1).toEpochDay(),
                        LocalDate.of(2100, 12, 31).toEpochDay())
                .map(LocalDate::ofEpochDay);
    }

    private static boolean isWeekday(LocalDate day) {
        return day.getDayOfWeek().getValue() <= 5;
    }

    private static Stream<LocalDate> daysFrom2024To2035() {
        return LocalDate.of(2024, 1, 1).datesUntil(LocalDate.of(2036, 1, 1));
    }

    private static Map<LocalDate, DayOfWeek> published() throws IOException {
        try (var csv =
                BusinessDaysTest.class.getResourceAsStream("/data/bank-holidays-2024-2035.csv")) {
            return new String(csv.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .map(line -> line.split(","))
                    .collect(toMap(row -> LocalDate.parse(row[0]), row -> WEEKDAYS.get(row[1])));
        }
    }
}
