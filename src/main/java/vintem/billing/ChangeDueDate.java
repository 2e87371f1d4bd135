package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.platform.Broadcast;
import vintem.platform.BusinessDays;
import vintem.platform.Database;

/// Gives a charge another due date and another boleto, the *2ª via*, for what is still owed of it.
/// The boleto before is written off and its number stays used; late terms are counted from the new
/// date.
@Singleton
class ChangeDueDate {
    sealed interface Outcome {
        /// It has the date, now or before: asking again makes no second boleto.
        record Changed(Charge charge) implements Outcome {}

        record NotFound() implements Outcome {}

        /// Nothing is owed any more.
        record Ended(String status) implements Outcome {}

        record InThePast() implements Outcome {}

        /// The beneficiary has no numbers left.
        record NoNumbers() implements Outcome {}
    }

    private final Database database;
    private final ChargeTable charges;
    private final Boletos boletos;
    private final ChargePix chargePix;
    private final ChargeEmailTable emails;
    private final AccessLog log;
    private final Broadcast broadcast;
    private final Clock clock;

    @Inject
    ChangeDueDate(
            Database database,
            ChargeTable charges,
            Boletos boletos,
            ChargePix chargePix,
            ChargeEmailTable emails,
            AccessLog log,
            Broadcast broadcast,
            Clock clock) {
        this.database = database;
        this.charges = charges;
        this.boletos = boletos;
        this.chargePix = chargePix;
        this.emails = emails;
        this.log = log;
        this.broadcast = broadcast;
        this.clock = clock;
    }

    Outcome change(Caller by, UUID chargeId, LocalDate due) {
        if (due.isBefore(BusinessDays.today(clock))) {
            return new Outcome.InThePast();
        }
        // Asked before a number is taken, which would be lost.
        var refusal = database.transaction(tx -> refusal(lock(tx, chargeId), due));
        if (refusal != null) {
            return refusal;
        }
        try {
            var numbers = boletos.take(1);
            return database.transaction(tx -> change(tx, by, chargeId, due, numbers));
        } catch (Boletos.Exhausted nothingLeft) {
            return new Outcome.NoNumbers();
        }
    }

    private Outcome change(
            Handle tx, Caller by, UUID chargeId, LocalDate due, Boletos.Numbers numbers) {
        var before = lock(tx, chargeId);
        var refusal = refusal(before, due);
        if (refusal != null || before == null) {
            return refusal == null ? new Outcome.NotFound() : refusal;
        }
        var boleto =
                boletos.issue(
                        numbers,
                        0,
                        before.debt().openCents(),
                        due,
                        BusinessDays.today(clock),
                        before.documentValid());
        var after = before.postponed(due, boleto, clock.instant().truncatedTo(ChronoUnit.MICROS));
        charges.postpone(tx, before, after);
        emails.queue(tx, chargeId, MailReason.reissued(due), clock.instant());
        // Its amount was that of the old date.
        chargePix.end(tx, List.of(chargeId));
        log.record(
                tx,
                by,
                "charge.postponed",
                chargeId.toString(),
                "from %s to %s".formatted(before.dueDate(), due));
        tx.afterCommit(() -> broadcast.tell(BookSettlements.topic(chargeId), "charge-changed"));
        return new Outcome.Changed(after);
    }

    private @Nullable Charge lock(Handle tx, UUID chargeId) {
        return charges.lock(tx, List.of(chargeId)).get(chargeId);
    }

    private static @Nullable Outcome refusal(@Nullable Charge charge, LocalDate due) {
        if (charge == null) {
            return new Outcome.NotFound();
        }
        if (!charge.status().owes()) {
            return new Outcome.Ended(charge.status().word());
        }
        return charge.dueDate().equals(due) && hasItsBoleto(charge)
                ? new Outcome.Changed(charge)
                : null;
    }

    /// Whether the boleto is for what is owed and falls due no sooner than the debt.
    private static boolean hasItsBoleto(Charge charge) {
        var open = charge.debt().openCents();
        var boleto = charge.boleto();
        return boleto == null
                ? open > Boleto.MOST_CENTS
                : boleto.boleto().amountCents() == open && !boleto.due().isBefore(charge.dueDate());
    }
}
