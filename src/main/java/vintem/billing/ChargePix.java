package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import vintem.bank.BrCode;
import vintem.ledger.AccountCode;
import vintem.payments.CreatePayment;
import vintem.payments.Payment;
import vintem.payments.Payments;
import vintem.platform.BusinessDays;
import vintem.platform.Database;

/// The Pix half of a hybrid boleto: a payment for what a charge comes to today.
///
/// A static code has its amount for ever. Where the amount has changed, because of late terms, a
/// discount that is over or a part that was paid, the code that was shown is taken back and another
/// one is made. Money that comes for an old code is the charge's all the same.
@Singleton
class ChargePix {
    /// A code that pays a charge.
    ///
    /// @param amountCents what is due until `expiresAt`
    record Code(
            UUID chargeId,
            UUID paymentId,
            long amountCents,
            String copyAndPaste,
            Instant expiresAt) {}

    private static final int MOST = 1_000;
    private static final int LONGEST_DAYS = 365;

    private final Database database;
    private final ChargeTable charges;
    private final ChargeLookupTable lookups;
    private final ChargePixTable table;
    private final Payments payments;
    private final Clock clock;

    @Inject
    ChargePix(
            Database database,
            ChargeTable charges,
            ChargeLookupTable lookups,
            ChargePixTable table,
            Payments payments,
            Clock clock) {
        this.database = database;
        this.charges = charges;
        this.lookups = lookups;
        this.table = table;
        this.payments = payments;
        this.clock = clock;
    }

    /// Today's codes of these charges, made where they are not there yet: nothing for a charge of
    /// which nothing is owed, or more than a code can hold. Transactions of its own.
    Map<UUID, Code> codes(Collection<UUID> chargeIds) {
        var codes = new HashMap<UUID, Code>(chargeIds.size() * 2);
        var ids = List.copyOf(new HashSet<>(chargeIds));
        for (var start = 0; start < ids.size(); start += MOST) {
            var some = ids.subList(start, Math.min(start + MOST, ids.size()));
            // Most often all are there, and nothing has to be locked to see it.
            var there = database.transaction(tx -> standing(tx, lookups.find(tx, some)));
            codes.putAll(there.codes());
            if (!there.missing().isEmpty()) {
                codes.putAll(database.transaction(tx -> make(tx, there.missing())));
            }
        }
        return codes;
    }

    /// Shows no code any more for these charges, which are locked: they are paid, or their amount
    /// has changed.
    void end(Handle tx, Collection<UUID> chargeIds) {
        if (!chargeIds.isEmpty()) {
            payments.removeAll(tx, table.end(tx, chargeIds, clock.instant()));
        }
    }

    /// @param missing charges of which something is owed, and that show no code of its amount
    private record Standing(Map<UUID, Code> codes, List<UUID> missing) {}

    private Standing standing(Handle tx, Collection<Charge> list) {
        var now = clock.instant();
        var owing = list.stream().filter(each -> isPayable(each, now)).toList();
        var shown = table.shown(tx, owing.stream().map(Charge::id).toList());
        var found =
                payments
                        .find(
                                tx,
                                shown.values().stream()
                                        .map(ChargePixTable.Code::paymentId)
                                        .toList())
                        .stream()
                        .collect(Collectors.toMap(Payment::id, Function.identity()));
        var codes = new HashMap<UUID, Code>();
        var missing = new ArrayList<UUID>();
        for (var charge : owing) {
            var code = shown.get(charge.id());
            var payment = code == null ? null : found.get(code.paymentId());
            if (payment != null && payment.isPaid()) {
                // On its way to the charge: nobody is to pay again.
                continue;
            }
            if (payment != null
                    && payment.statusAt(now).equals("active")
                    && payment.amountCents() == charge.owedAt(now).totalCents()) {
                codes.put(charge.id(), code(charge.id(), payment));
            } else {
                missing.add(charge.id());
            }
        }
        return new Standing(codes, missing);
    }

    private Map<UUID, Code> make(Handle tx, List<UUID> chargeIds) {
        // Whoever else makes one of them has committed, once this returns.
        var locked = charges.lock(tx, chargeIds);
        var there = standing(tx, locked.values());
        var codes = new HashMap<>(there.codes());
        if (there.missing().isEmpty()) {
            return codes;
        }
        end(tx, there.missing());
        var now = clock.instant();
        var missing =
                there.missing().stream().map(id -> Objects.requireNonNull(locked.get(id))).toList();
        var made =
                payments.createAll(tx, missing.stream().map(each -> request(each, now)).toList());
        var rows = new ArrayList<ChargePixTable.Code>(made.size());
        for (var i = 0; i < made.size(); i++) {
            var payment = made.get(i);
            var id = missing.get(i).id();
            rows.add(new ChargePixTable.Code(payment.id(), id, payment.amountCents(), now));
            codes.put(id, code(id, payment));
        }
        table.insert(tx, rows);
        return codes;
    }

    private static CreatePayment.Request request(Charge charge, Instant now) {
        var cents = charge.owedAt(now).totalCents();
        return CreatePayment.Request.of(
                CreatePayment.Wish.ofStaticCode(
                        cents,
                        AccountCode.CLEARING_BILLING,
                        Duration.between(now, endOf(charge, cents, now)),
                        charge.debtId()),
                "",
                now);
    }

    /// Until when the charge comes to this amount, as far as the calendar tells.
    private static Instant endOf(Charge charge, long cents, Instant now) {
        var today = Charge.day(now);
        var last = today;
        if (charge.terms().equals(LateTerms.NONE)) {
            last = today.plusDays(LONGEST_DAYS);
        } else {
            while (last.isBefore(today.plusDays(LONGEST_DAYS))
                    && charge.debt().on(last.plusDays(1)).totalCents() == cents) {
                last = last.plusDays(1);
            }
        }
        return last.plusDays(1).atStartOfDay(BusinessDays.SAO_PAULO).toInstant();
    }

    private static boolean isPayable(Charge charge, Instant now) {
        if (!charge.status().owes()) {
            return false;
        }
        var cents = charge.owedAt(now).totalCents();
        return cents > 0 && cents <= BrCode.MAX_CENTS;
    }

    static Code code(UUID chargeId, Payment payment) {
        return new Code(
                chargeId,
                payment.id(),
                payment.amountCents(),
                Objects.requireNonNull(payment.copyAndPaste()),
                payment.expiresAt());
    }
}
