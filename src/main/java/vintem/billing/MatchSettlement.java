package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.platform.Cents;
import vintem.platform.Database;

/// A person says whose the money is that was paid for a debt which nobody has, or that there is
/// none. It is booked then, on the day it was paid.
@Singleton
class MatchSettlement {
    sealed interface Outcome {
        /// It is booked, now or before.
        record Matched(Settlement settlement, Charge charge) implements Outcome {}

        /// It is put aside, now or before.
        record Dismissed() implements Outcome {}

        record NoSuchSettlement() implements Outcome {}

        record NoSuchDebt() implements Outcome {}

        /// Somebody decided otherwise before.
        record DecidedOtherwise(String status) implements Outcome {}
    }

    private final Database database;
    private final ChargeTable charges;
    private final SettlementTable settlements;
    private final BookSettlements bookSettlements;
    private final AccessLog log;
    private final Clock clock;

    @Inject
    MatchSettlement(
            Database database,
            ChargeTable charges,
            SettlementTable settlements,
            BookSettlements bookSettlements,
            AccessLog log,
            Clock clock) {
        this.database = database;
        this.charges = charges;
        this.settlements = settlements;
        this.bookSettlements = bookSettlements;
        this.log = log;
        this.clock = clock;
    }

    Outcome match(Caller caller, UUID settlementId, String debtId) {
        return database.transaction(
                tx -> {
                    var ids = charges.ids(tx, Set.of(debtId));
                    // The charge first, as whoever books what the bank tells does.
                    var booking = bookSettlements.open(tx, ids.values());
                    var found = settlements.lock(tx, settlementId);
                    if (found.isEmpty()) {
                        return new Outcome.NoSuchSettlement();
                    }
                    var charge = booking.charge(debtId);
                    if (charge.isEmpty()) {
                        return new Outcome.NoSuchDebt();
                    }
                    var money = found.get();
                    if (money.status() != Settlement.Status.UNKNOWN) {
                        return money.ofCharge().equals(java.util.Optional.of(charge.get().id()))
                                ? new Outcome.Matched(money, charge.get())
                                : new Outcome.DecidedOtherwise(money.status().word());
                    }
                    var settled = booking.bookWaiting(money, charge.get(), caller.name());
                    booking.write(tx);
                    log.record(
                            tx,
                            caller,
                            "settlement.matched",
                            settlementId.toString(),
                            "%s to charge %s"
                                    .formatted(
                                            Cents.format(money.amountCents()), charge.get().id()));
                    return new Outcome.Matched(
                            settled, booking.charge(charge.get().id()).orElseThrow());
                });
    }

    Outcome dismiss(Caller caller, UUID settlementId) {
        return database.transaction(
                tx -> {
                    var found = settlements.lock(tx, settlementId);
                    if (found.isEmpty()) {
                        return new Outcome.NoSuchSettlement();
                    }
                    return switch (found.get().status()) {
                        case SETTLED -> new Outcome.DecidedOtherwise("settled");
                        case DISMISSED -> new Outcome.Dismissed();
                        case UNKNOWN -> {
                            settlements.decide(
                                    tx,
                                    List.of(
                                            found.get()
                                                    .decided(
                                                            Settlement.Status.DISMISSED,
                                                            caller.name(),
                                                            clock.instant())));
                            log.record(
                                    tx,
                                    caller,
                                    "settlement.dismissed",
                                    settlementId.toString(),
                                    "");
                            yield new Outcome.Dismissed();
                        }
                    };
                });
    }
}
