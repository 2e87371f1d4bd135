package vintem.demo;

import static java.util.Comparator.comparing;

import io.quarkus.arc.All;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import vintem.platform.BusinessDays;
import vintem.platform.Errand;
import vintem.platform.Past;

/// The moment at which the history stands, and what follows from it.
@Singleton
class Then {
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("uuuuMMddHHmm").withZone(ZoneOffset.UTC);

    private final Past past;
    private final Clock clock;
    private final List<Errand> errands;
    private final AtomicLong counted =
            // Whoever is started again within the same minute begins elsewhere.
            new AtomicLong(ThreadLocalRandom.current().nextLong(10_000_000_000L));

    @Inject
    Then(Past past, Clock clock, @All List<Errand> errands) {
        this.past = past;
        this.clock = clock;
        this.errands = inOrder(errands);
    }

    /// By their turns and then by their names: the container gives them in another order in each
    /// process, and the same company is to have the same history.
    static List<Errand> inOrder(List<Errand> errands) {
        return errands.stream()
                .sorted(comparing(Errand::turn).thenComparing(it -> it.getClass().getName()))
                .toList();
    }

    /// It is that time of that day in São Paulo. Time never goes back: what is earlier than now
    /// happens now.
    void is(LocalDate day, LocalTime time) {
        var moment = day.atTime(time).atZone(BusinessDays.SAO_PAULO).toInstant();
        if (moment.isAfter(clock.instant())) {
            past.hold(moment);
        }
    }

    void hasPassed(long seconds) {
        past.hold(clock.instant().plusSeconds(seconds));
    }

    void isOver() {
        past.release();
    }

    /// What jobs would have done by now.
    void jobsRan() {
        errands.forEach(Errand::catchUp);
    }

    LocalDate today() {
        return BusinessDays.today(clock);
    }

    Instant now() {
        return clock.instant();
    }

    /// A Pix of this minute, from an institution that does not exist.
    String endToEndId() {
        return "E99999999%s%011d".formatted(MINUTE.format(now()), counted.incrementAndGet());
    }

    /// R$ 12,34 as a JSON number.
    static BigDecimal reais(long cents) {
        return BigDecimal.valueOf(cents, 2);
    }
}
