package vintem.cashback;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.cashback.CloseTable.Close;
import vintem.cashback.CloseTable.Credit;
import vintem.cashback.MonthTable.Account;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.ledger.Transfer;
import vintem.platform.BusinessDays;
import vintem.platform.Database;
import vintem.platform.Ids;
import vintem.platform.Outbox;
import vintem.platform.Settings;
import vintem.platform.Traces;

/// Moves what a month came to from *pending* to *available*, and with it whatever has changed of
/// the months before since they were closed.
///
/// It goes through the resellers in chunks, by id; each chunk and the place behind it are one
/// transaction, under the lock of the close's row. So a kill loses nothing, two closers take turns,
/// and who comes late finds it done. What is approved or taken back while it runs is either in its
/// chunk or in the next close.
///
/// Locks: the close, months, accounts; then the ledger.
@Singleton
class CloseMonth {
    sealed interface Outcome {
        record Closed(Close close) implements Outcome {}

        /// The month has not ended in São Paulo.
        record NotOver() implements Outcome {}

        /// A later month is closed, and this one with it.
        record LaterClosed() implements Outcome {}
    }

    private static final int CHUNK =
            Math.toIntExact(Settings.number("cashback-close-chunk", 2_000));

    private final Database database;
    private final CloseTable table;
    private final MonthTable months;
    private final Ledger ledger;
    private final AccessLog log;
    private final Outbox outbox;
    private final Clock clock;

    @Inject
    CloseMonth(
            Database database,
            CloseTable table,
            MonthTable months,
            Ledger ledger,
            AccessLog log,
            Outbox outbox,
            Clock clock) {
        this.database = database;
        this.table = table;
        this.months = months;
        this.ledger = ledger;
        this.log = log;
        this.outbox = outbox;
        this.clock = clock;
    }

    /// Closes a month, or finds it closed, or carries on where somebody stopped.
    ///
    /// @param month its first day
    Outcome close(Caller caller, LocalDate month) {
        if (!month.isBefore(BusinessDays.today(clock).withDayOfMonth(1))) {
            return new Outcome.NotOver();
        }
        var known = database.transaction(tx -> start(tx, caller, month));
        if (!known) {
            return new Outcome.LaterClosed();
        }
        Traces.span("CloseMonth", "vintem.month", month, () -> finish(month));
        return new Outcome.Closed(database.transaction(tx -> table.find(tx, month)).orElseThrow());
    }

    /// Carries on with what a node that is gone has left.
    @Scheduled(every = "15s", concurrentExecution = ConcurrentExecution.SKIP)
    void run() {
        database.transaction(table::unfinished).forEach(this::finish);
    }

    private boolean start(Handle tx, Caller caller, LocalDate month) {
        if (table.start(tx, month, clock.instant(), caller.id())) {
            log.record(tx, caller, "cashback.month_closed", month.toString(), "");
            return true;
        }
        return table.find(tx, month).isPresent();
    }

    private void finish(LocalDate month) {
        while (step(month, CHUNK)) {
            // More resellers wait.
        }
    }

    /// Does one chunk.
    ///
    /// @return false where nothing is left to do
    boolean step(LocalDate month, int most) {
        return database.transaction(tx -> step(tx, month, most));
    }

    private boolean step(Handle tx, LocalDate month, int most) {
        var close = table.lock(tx, month).orElseThrow();
        if (close.finishedAt() != null) {
            return false;
        }
        var resellers = table.due(tx, month, close.place(), most);
        if (resellers.isEmpty()) {
            table.finish(tx, month, clock.instant());
            outbox.publish(tx, List.of(CashbackEvent.closed(close).news()));
            return false;
        }
        var last = resellers.getLast();
        var credits = table.credits(tx, month, close.place(), last);
        credit(tx, credits);
        table.write(tx, month, close.place(), last, credits);
        return true;
    }

    private void credit(Handle tx, List<Credit> credits) {
        var accounts = months.lockAccounts(tx, credits.stream().map(Credit::resellerId).toList());
        var now = clock.instant();
        var after = new ArrayList<Account>(credits.size());
        var transfers = new ArrayList<Transfer>(credits.size());
        for (var credit : credits) {
            var account = accounts.get(credit.resellerId());
            if (account == null) {
                throw new IllegalStateException("no account of reseller " + credit.resellerId());
            }
            var moves = new Moves(credit.resellerId(), now, transfers);
            after.add(
                    credit.cents() >= 0
                            ? moves.credit(account, credit.cents())
                            : moves.takeBack(account, -credit.cents()));
        }
        months.save(tx, after);
        ledger.record(tx, transfers);
    }

    /// The transfers of one reseller, which are one entry.
    private record Moves(UUID entryId, UUID reseller, Instant at, List<Transfer> transfers) {
        Moves(UUID reseller, Instant at, List<Transfer> transfers) {
            this(Ids.next(), reseller, at, transfers);
        }

        /// What the reseller owes is set off first.
        Account credit(Account account, long cents) {
            var off = Math.min(account.recoverableCents(), cents);
            move(
                    AccountCode.CASHBACK_PENDING,
                    AccountCode.CASHBACK_RECOVERABLE,
                    off,
                    "cashback_set_off");
            move(
                    AccountCode.CASHBACK_PENDING,
                    AccountCode.CASHBACK_AVAILABLE,
                    cents - off,
                    "cashback_credited");
            return new Account(
                    reseller,
                    Math.addExact(account.availableCents(), cents - off),
                    account.recoverableCents() - off);
        }

        /// From what is available; what was paid out already is owed from now on.
        Account takeBack(Account account, long cents) {
            var there = Math.min(account.availableCents(), cents);
            move(
                    AccountCode.CASHBACK_AVAILABLE,
                    AccountCode.CASHBACK_PENDING,
                    there,
                    "cashback_taken_back");
            move(
                    AccountCode.CASHBACK_RECOVERABLE,
                    AccountCode.CASHBACK_PENDING,
                    cents - there,
                    "cashback_to_recover");
            return new Account(
                    reseller,
                    account.availableCents() - there,
                    Math.addExact(account.recoverableCents(), cents - there));
        }

        private void move(AccountCode debit, AccountCode credit, long cents, String kind) {
            if (cents > 0) {
                transfers.add(
                        new Transfer(
                                Ids.next(), entryId, debit, credit, cents, kind, reseller, at));
            }
        }
    }
}
