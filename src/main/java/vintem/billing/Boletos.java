package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.LocalDate;
import java.time.MonthDay;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import vintem.bank.BoletoRegistry;
import vintem.bank.BoletoRegistry.Answer;
import vintem.platform.BusinessDays;
import vintem.platform.Database;
import vintem.platform.Settings;

/// Makes boletos: takes their numbers, says when they fall due, and writes their bar codes.
///
/// A number (*nosso número*) belongs to one boleto for ever, whatever becomes of it. Numbers are
/// taken in ranges that are committed before any of them is used; a crash leaves a gap, which costs
/// nothing.
@Singleton
class Boletos {
    /// Numbers that nobody else has, `first` and the `count - 1` after it.
    record Numbers(int beneficiaryId, Beneficiary beneficiary, long first, int count) {
        private long at(int offset) {
            if (offset < 0 || offset >= count) {
                throw new IllegalArgumentException("not one of the numbers that were taken");
            }
            return first + offset;
        }
    }

    /// The beneficiary has no numbers left: somebody must configure another one.
    static final class Exhausted extends RuntimeException {
        private static final long serialVersionUID = 1;

        Exhausted() {
            super("the beneficiary of boletos has no numbers left");
        }
    }

    private static final MonthDay LAST_OF_YEAR = MonthDay.of(12, 31);

    // Banks want some days between registration and the day a boleto falls due.
    private static final int DAYS_AHEAD = 3;

    private final Database database;
    private final BeneficiaryTable table;
    private final BoletoRegistry registry;
    private final Map<Integer, Beneficiary> known = new ConcurrentHashMap<>();

    @Inject
    Boletos(Database database, BeneficiaryTable table, BoletoRegistry registry) {
        this.database = database;
        this.table = table;
        this.registry = registry;
    }

    /// Takes numbers of the configured beneficiary (`VINTEM_BOLETO_BENEFICIARY`; the sandbox has
    /// one), which is written down at its first use. A transaction of its own, committed when this
    /// returns.
    ///
    /// @throws Exhausted where fewer are left
    Numbers take(int count) {
        var beneficiary = configured();
        return database.transaction(
                tx -> {
                    var row = table.writeDown(tx, beneficiary.config());
                    var first =
                            table.take(tx, row.id(), count, beneficiary.mostNumbers())
                                    .orElseThrow(Exhausted::new);
                    return new Numbers(row.id(), beneficiary, first, count);
                });
    }

    /// The boleto of one of these numbers: a draft, where the bank does not say at once what
    // becomes
    /// of it.
    ///
    /// @param offset which of the numbers, from 0
    /// @param issuedOn a São Paulo day
    /// @return null where no boleto can hold the amount
    @Nullable NewBoleto issue(
            Numbers numbers,
            int offset,
            long amountCents,
            LocalDate debtDue,
            LocalDate issuedOn,
            boolean documentValid) {
        if (amountCents > Boleto.MOST_CENTS) {
            return null;
        }
        var earliest = earliestDue(issuedOn);
        var due = payableDay(debtDue.isAfter(earliest) ? debtDue : earliest);
        var number = numbers.at(offset);
        var said = registry.atOnce(documentValid).orElse(null);
        return new NewBoleto(
                numbers.beneficiaryId(),
                number,
                due,
                Boleto.write(numbers.beneficiary(), number, amountCents, due).barCode(),
                switch (said) {
                    case Answer.Registered _ -> NewBoleto.Status.REGISTERED;
                    case Answer.Rejected _ -> NewBoleto.Status.REJECTED;
                    case Answer.Unknown _ -> NewBoleto.Status.DRAFT;
                    case null -> NewBoleto.Status.DRAFT;
                },
                said instanceof Answer.Rejected(var reason) ? reason : null);
    }

    /// The first day on which a boleto that is issued on this day may fall due.
    LocalDate earliestDue(LocalDate issuedOn) {
        return payableDay(BusinessDays.NATIONAL.next(issuedOn.plusDays(DAYS_AHEAD)));
    }

    /// In whose name a boleto was made, whatever is configured today.
    Beneficiary beneficiary(int id) {
        return known.computeIfAbsent(
                id,
                _ -> Beneficiary.parse(database.transaction(tx -> table.find(tx, id)).config()));
    }

    /// Branches are closed on 31 December, though it counts as a business day.
    private static LocalDate payableDay(LocalDate day) {
        return MonthDay.from(day).equals(LAST_OF_YEAR)
                ? BusinessDays.NATIONAL.next(day.plusDays(1))
                : day;
    }

    private static Beneficiary configured() {
        return Settings.text("boleto-beneficiary")
                .map(Beneficiary::parse)
                .orElseGet(
                        () ->
                                switch (Settings.mode()) {
                                    case SANDBOX -> Beneficiary.SANDBOX;
                                    case PRODUCTION ->
                                            throw new IllegalArgumentException(
                                                    "VINTEM_BOLETO_BENEFICIARY is missing: boletos"
                                                            + " are made in somebody's name");
                                });
    }
}
