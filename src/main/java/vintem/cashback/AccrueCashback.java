package vintem.cashback;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jdbi.v3.core.Handle;
import vintem.cashback.MonthTable.Key;
import vintem.cashback.MonthTable.Month;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.ledger.Transfer;

/// Keeps what is owed for each reseller's month equal to the month's rate of all that was approved
/// in it, rounded once: whatever is approved or taken back books the difference. A purchase that
/// lifts the month into the next bracket lifts the cashback of those before it, too.
///
/// The locks are taken after those of the purchases, months in order.
@Singleton
class AccrueCashback {
    private final MonthTable months;
    private final Ledger ledger;

    @Inject
    AccrueCashback(MonthTable months, Ledger ledger) {
        this.months = months;
        this.ledger = ledger;
    }

    private record Change(long purchases, long cents) {
        Change plus(Change other) {
            return new Change(purchases + other.purchases, Math.addExact(cents, other.cents));
        }
    }

    /// What a list comes to, gathered and then written.
    final class Booking {
        private final Map<Key, Change> changes = new HashMap<>();

        void approved(Purchase purchase) {
            change(purchase, new Change(1, purchase.amountCents()));
        }

        void takenBack(Purchase purchase) {
            change(purchase, new Change(-1, -purchase.amountCents()));
        }

        private void change(Purchase purchase, Change change) {
            changes.merge(new Key(purchase.resellerId(), purchase.month()), change, Change::plus);
        }

        void write(Handle tx, RateBook rates, Instant at) {
            if (!changes.isEmpty()) {
                AccrueCashback.this.write(tx, changes, rates, at);
            }
        }
    }

    Booking open() {
        return new Booking();
    }

    private void write(Handle tx, Map<Key, Change> changes, RateBook rates, Instant at) {
        var saved = new ArrayList<Month>(changes.size());
        var transfers = new ArrayList<Transfer>(changes.size());
        for (var before : months.lock(tx, List.copyOf(changes.keySet())).values()) {
            var change = Objects.requireNonNull(changes.get(before.key()));
            var approved = Math.addExact(before.approvedCents(), change.cents());
            var after =
                    new Month(
                            before.resellerId(),
                            before.month(),
                            before.purchases() + change.purchases(),
                            approved,
                            rates.of(before.month()).cashbackCents(approved),
                            before.creditedCents());
            saved.add(after);
            transfer(after, after.accruedCents() - before.accruedCents(), at, transfers);
        }
        months.save(tx, saved);
        ledger.record(tx, transfers);
    }

    private static void transfer(Month month, long cents, Instant at, List<Transfer> transfers) {
        if (cents > 0) {
            transfers.add(
                    Transfer.of(
                            AccountCode.CASHBACK_EXPENSE,
                            AccountCode.CASHBACK_PENDING,
                            cents,
                            "cashback_accrued",
                            month.resellerId(),
                            at));
        } else if (cents < 0) {
            transfers.add(
                    Transfer.of(
                            AccountCode.CASHBACK_PENDING,
                            AccountCode.CASHBACK_EXPENSE,
                            -cents,
                            "cashback_reversed",
                            month.resellerId(),
                            at));
        }
    }
}
