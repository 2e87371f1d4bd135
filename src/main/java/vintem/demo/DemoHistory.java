package vintem.demo;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.IntConsumer;

/// The company's last months, day by day in the order in which they happened.
///
/// All chance comes from one seed and the day on which it is written: the same day gives the same
/// company. Where requests go out together, what they say was decided before.
@Singleton
class DemoHistory {
    private static final long SEED = 0x5649_4E54_454DL;
    private static final int SILENT_WEEK_DAYS_AGO = 40;
    private static final int[] FILE_DAYS = {3, 31, 59, 80};
    // A reminder looks one banking day back.
    private static final Set<DayOfWeek> JOB_DAYS =
            EnumSet.of(DayOfWeek.MONDAY, DayOfWeek.WEDNESDAY, DayOfWeek.FRIDAY);
    private static final LocalTime JOBS = LocalTime.of(10, 45);

    private final Then then;
    private final Wire wire;
    private final Shop shop;
    private final Suppliers suppliers;
    private final Wholesale wholesale;
    private final Sellers sellers;
    private final Office office;

    @Inject
    DemoHistory(
            Then then,
            Wire wire,
            Shop shop,
            Suppliers suppliers,
            Wholesale wholesale,
            Sellers sellers,
            Office office) {
        this.then = then;
        this.wire = wire;
        this.shop = shop;
        this.suppliers = suppliers;
        this.wholesale = wholesale;
        this.sellers = sellers;
        this.office = office;
    }

    /// Writes everything from `Demo.DAYS` ago until yesterday evening.
    ///
    /// @param done hears after each day how many percent are written
    void write(LocalDate today, IntConsumer done) {
        var dice = new Random(SEED + today.toEpochDay());
        var first = today.minusDays(Demo.DAYS);
        then.is(first, Demo.OPENS.plusMinutes(5));
        colleagues();
        sellers.register(first);
        office.opens(first, dice);
        for (var number = 1; number < Demo.DAYS; number++) {
            day(first.plusDays(number), number, today, dice);
            done.accept(100 * number / (Demo.DAYS - 1));
        }
    }

    /// Those who would work in the pages.
    private void colleagues() {
        user("ana.operadora", Map.of("payments", "operator", "payouts", "operator"));
        user("caio.cobranca", Map.of("billing", "operator", "payments", "read"));
        user("rui.auditor", Map.of("ledger", "read", "payouts", "read", "payments", "read"));
    }

    private void user(String name, Map<String, String> roles) {
        wire.post("/users", Map.of("name", name, "password", Sellers.PASSWORD, "roles", roles));
    }

    private void day(LocalDate day, int number, LocalDate today, Random dice) {
        if (day.getDayOfMonth() == 2) {
            sellers.closeMonth(day);
        }
        for (var i = 0; i < FILE_DAYS.length; i++) {
            if (number == FILE_DAYS[i]) {
                wholesale.areBilled(day, i, dice);
            }
        }
        if (number == FILE_DAYS[1] - 1) {
            wholesale.whoWantsNoMail();
        }
        if (day.getDayOfMonth() == 6) {
            office.invests(day, dice);
        }
        if (day.getDayOfMonth() == 19) {
            office.sells(day, dice);
        }
        shop.sells(day, 0, dice);
        if (JOB_DAYS.contains(day.getDayOfWeek())) {
            then.is(day, JOBS);
            then.jobsRan();
        }
        wholesale.pay(day);
        if (number % 47 == 20) {
            wholesale.payWhatNobodyOwes(day);
        }
        switch (day.getDayOfWeek()) {
            case FRIDAY -> {
                var ago = today.toEpochDay() - day.toEpochDay();
                var silent = ago >= SILENT_WEEK_DAYS_AGO && ago < SILENT_WEEK_DAYS_AGO + 7;
                suppliers.arePaid(day, dice, silent);
            }
            case MONDAY -> sellers.enter(day, dice);
            case THURSDAY -> sellers.areJudged(day, dice);
            case SUNDAY -> office.closesCome(day);
            case TUESDAY, WEDNESDAY, SATURDAY -> {}
        }
        shop.sells(day, 1, dice);
    }
}
