package vintem.cashback;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Collectors;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.platform.BusinessDays;
import vintem.platform.Database;
import vintem.platform.Ids;

/// Decides the rates of months to come. A month that has begun keeps the rates that it began with,
/// so that nothing that was accrued ever has to be reckoned again.
@Singleton
class ChangeRates {
    sealed interface Outcome {
        record Decided(Rates rates) implements Outcome {}

        /// The month has begun in São Paulo.
        record TooLate(LocalDate earliest) implements Outcome {}
    }

    // Whoever approves something in the first moments of a month must find its rates committed.
    private static final Duration BEFORE_IT_BEGINS = Duration.ofMinutes(5);

    private final Database database;
    private final RateTable table;
    private final RateBook.Reader reader;
    private final AccessLog log;
    private final Clock clock;

    @Inject
    ChangeRates(
            Database database,
            RateTable table,
            RateBook.Reader reader,
            AccessLog log,
            Clock clock) {
        this.database = database;
        this.table = table;
        this.reader = reader;
        this.log = log;
        this.clock = clock;
    }

    RateBook book() {
        return database.transaction(reader::read);
    }

    /// The first day of the first month whose rates can still be decided.
    LocalDate earliest() {
        return LocalDate.ofInstant(clock.instant().plus(BEFORE_IT_BEGINS), BusinessDays.SAO_PAULO)
                .withDayOfMonth(1)
                .plusMonths(1);
    }

    /// @param month its first day
    /// @param brackets in order, the lowest above zero
    Outcome decide(
            Caller caller, LocalDate month, Rounding rounding, List<Rates.Bracket> brackets) {
        var earliest = earliest();
        if (month.isBefore(earliest)) {
            return new Outcome.TooLate(earliest);
        }
        var rates = new Rates(Ids.next(), month, rounding, brackets, clock.instant(), caller.id());
        database.run(
                tx -> {
                    table.insert(tx, rates);
                    log.record(tx, caller, "cashback_rates.decided", month.toString(), say(rates));
                });
        return new Outcome.Decided(rates);
    }

    private static String say(Rates rates) {
        return rates.brackets().stream()
                .map(it -> "above %d cents %s".formatted(it.aboveCents(), it.percent()))
                .collect(Collectors.joining(", "));
    }
}
