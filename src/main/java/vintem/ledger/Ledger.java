package vintem.ledger;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.ledger.AccountCode.Side;
import vintem.platform.Problem;
import vintem.platform.Writes;

/// The door of the ledger. Every method works inside its caller's transaction.
@Singleton
public class Ledger {
    /// What became of one transfer of a list.
    public sealed interface Posting {
        record Posted() implements Posting {}

        /// The account's floor would be crossed; the transfer and all of its entry are not written.
        record InsufficientFunds(AccountCode account) implements Posting {}
    }

    private static final Posting POSTED = new Posting.Posted();

    private final LedgerTables tables;
    private final BalanceTable balances;
    private final DayTable days;

    @Inject
    public Ledger(LedgerTables tables, BalanceTable balances, DayTable days) {
        this.tables = tables;
        this.balances = balances;
        this.days = days;
    }

    /// A ledger where nothing is injected: for benchmarks.
    public static Ledger standalone() {
        return new Ledger(new LedgerTables(), new BalanceTable(), new DayTable());
    }

    /// The proof of this ledger's books.
    public LedgerProof proof() {
        return new LedgerProof(this, tables, new CheckpointTable(), days);
    }

    /// Posts what is *intended*, in order: an entry that would take an account below its floor is
    /// refused, a later and smaller one may still fit. Consecutive transfers with the same
    /// `entryId` are one entry.
    ///
    /// Locks the accounts with a floor that the list takes from, in id order, until the transaction
    /// ends; take all other locks before calling. An entry that stands already, because its list is
    /// run again, is posted and takes nothing a second time.
    ///
    /// @return one outcome per transfer, in order
    public List<Posting> post(Handle tx, List<Transfer> transfers) {
        var funds = Funds.lock(tx, this, transfers);
        // Asked under the lock: an earlier run of the same list has ended by now, one way or the
        // other.
        var standing = funds.locked() ? tables.alreadyThere(tx, transfers) : Set.<UUID>of();
        var postings = new ArrayList<Posting>(transfers.size());
        var accepted = new ArrayList<Transfer>(transfers.size());
        for (var start = 0; start < transfers.size(); ) {
            var end = endOfEntry(transfers, start);
            var entry = transfers.subList(start, end);
            start = end;
            if (standing.contains(entry.getFirst().id())) {
                entry.forEach(_ -> postings.add(POSTED));
                continue;
            }
            var lacking = funds.take(entry);
            var posting = lacking.<Posting>map(Posting.InsufficientFunds::new).orElse(POSTED);
            entry.forEach(_ -> postings.add(posting));
            if (lacking.isEmpty()) {
                accepted.addAll(entry);
            }
        }
        if (funds.locked()) {
            tables.insert(tx, accepted);
        } else {
            // Nothing was waited for, so an earlier run may be committing at this moment.
            tables.insertOnce(tx, accepted);
        }
        funds.keep();
        return postings;
    }

    /// Records what has *already happened*, whatever the balances: a floor refuses intentions, not
    /// facts. A fact is recorded once: an id that is written already fails the transaction.
    public void record(Handle tx, List<Transfer> transfers) {
        var writes = new Writes();
        record(tx, writes, transfers);
        writes.run(tx);
    }

    /// The same, a short list of transfers together with other writes of the same transaction.
    /// What the accounts with a floor have available changes at once.
    ///
    /// @param writes to be run by the caller before its transaction ends or reads a balance
    public void record(Handle tx, Writes writes, List<Transfer> transfers) {
        var funds = Funds.lock(tx, this, transfers);
        transfers.forEach(funds::move);
        tables.insert(tx, writes, transfers);
        funds.keep();
    }

    /// Records facts that may be recorded already, by several nodes at once; for facts that lower
    /// no account with a floor.
    public void recordOnce(Handle tx, List<Transfer> transfers) {
        tables.insertOnce(tx, transfers);
    }

    /// Balances of all accounts at this moment, in the order of the chart.
    public List<Balance> balances(Handle tx) {
        return balances.now(tx).stream().map(Balance::of).toList();
    }

    /// Balances as they were recorded by an instant: what was written later does not count, even
    /// where it tells of an earlier day.
    public List<Balance> balancesAsOf(Handle tx, Instant recordedBy) {
        return balances.asOf(tx, recordedBy).stream().map(Balance::of).toList();
    }

    public long balanceCents(Handle tx, AccountCode account) {
        return balances(tx).get(account.ordinal()).balanceCents();
    }

    /// The transfers of one subject, oldest first.
    public List<Recorded> transfersOf(Handle tx, UUID subjectId) {
        return tables.ofSubject(tx, subjectId).stream().map(Recorded::of).toList();
    }

    /// The transfers of several subjects, oldest first, no more than asked for.
    public List<Recorded> transfersOf(Handle tx, Collection<UUID> subjectIds, int most) {
        return tables.ofSubjects(tx, subjectIds, most).stream().map(Recorded::of).toList();
    }

    /// Whose the transfer or the entry of an id is; none where there is none.
    public List<UUID> subjectsOf(Handle tx, UUID transferOrEntryId) {
        return tables.subjectsOf(tx, transferOrEntryId);
    }

    /// What went from account to account on each São Paulo day since one, by when it happened in
    /// the world; from sums that are kept, and what was written since they were.
    public List<DaySum> days(Handle tx, LocalDate from) {
        return days.since(tx, from);
    }

    /// What can be proven of the books in a moment: see [QuickProof].
    public QuickProof quickProof(Handle tx) {
        return QuickProof.of(balances(tx), days.totals(tx), tables.lastCheckpoint(tx));
    }

    /// The transfers between two accounts on one day.
    public record DaySum(
            LocalDate day, AccountCode debit, AccountCode credit, long cents, long transfers) {}

    /// The same, one page of it.
    ///
    /// @param after the last transfer of the page before
    /// @throws Problem `400` where there is no such transfer
    List<Recorded> transfersOf(Handle tx, UUID subjectId, @Nullable UUID after, int most) {
        var place = after == null ? null : tables.place(tx, subjectId, after);
        return tables.ofSubject(tx, subjectId, place, most).stream().map(Recorded::of).toList();
    }

    /// Those of these transfers that are written, in the order of their ids.
    List<Recorded> standing(Handle tx, List<Transfer> transfers) {
        return tables.standing(tx, transfers).stream().map(Recorded::of).toList();
    }

    /// One page of an account's statement, newest first.
    ///
    /// @param after the last transfer of the page before
    /// @throws Problem `400` where there is no such transfer
    List<StatementLine> statement(
            Handle tx, AccountCode account, @Nullable Cursor after, int most) {
        var place = after == null ? null : tables.place(tx, after.subjectId(), after.id());
        var rows = tables.statement(tx, account, place, most);
        if (rows.isEmpty()) {
            return List.of();
        }
        var before = Balance.of(balances.before(tx, account, rows.getLast().place()));
        return StatementLine.of(account, before.balanceCents(), rows);
    }

    /// Where a page of a statement ended.
    record Cursor(UUID subjectId, UUID id) {}

    /// Sums per kind of everything about these accounts; what the proofs of other modules compare
    /// with.
    public Map<String, Long> centsByKind(Handle tx, AccountCode debit, AccountCode credit) {
        return tables.centsByKind(tx, debit, credit);
    }

    /// An account's balance on its normal side, in cents.
    public record Balance(
            AccountCode account, long debitCents, long creditCents, long balanceCents) {
        static Balance of(BalanceTable.Sums sums) {
            var account = AccountCode.ofId(sums.accountId());
            var net = Math.subtractExact(sums.debitCents(), sums.creditCents());
            return new Balance(
                    account,
                    sums.debitCents(),
                    sums.creditCents(),
                    account.normalSide() == Side.DEBIT ? net : -net);
        }
    }

    /// A transfer as it stands in the books.
    public record Recorded(
            UUID id,
            UUID entryId,
            String debit,
            String credit,
            long amountCents,
            String kind,
            UUID subjectId,
            Instant occurredAt,
            Instant recordedAt) {
        static Recorded of(LedgerTables.Row row) {
            return new Recorded(
                    row.id(),
                    row.entryId(),
                    AccountCode.ofId(row.debitAccount()).code(),
                    AccountCode.ofId(row.creditAccount()).code(),
                    row.amountCents(),
                    row.kind(),
                    row.subjectId(),
                    row.occurredAt(),
                    row.recordedAt());
        }
    }

    private static int endOfEntry(List<Transfer> transfers, int start) {
        var entryId = transfers.get(start).entryId();
        var end = start + 1;
        while (end < transfers.size() && transfers.get(end).entryId().equals(entryId)) {
            end++;
        }
        return end;
    }

    /// What the accounts with a floor may still give while one list is walked.
    private static final class Funds {
        private final Handle tx;
        private final LedgerTables tables;
        private final BalanceTable balances;
        private final Map<AccountCode, Long> available = new EnumMap<>(AccountCode.class);
        // Moved by this list so far; not in the database yet, so a fold must add it.
        private final Map<AccountCode, Long> moved = new EnumMap<>(AccountCode.class);
        private final TreeSet<AccountCode> folded = new TreeSet<>();

        private Funds(Handle tx, Ledger ledger) {
            this.tx = tx;
            tables = ledger.tables;
            balances = ledger.balances;
        }

        static Funds lock(Handle tx, Ledger ledger, List<Transfer> transfers) {
            var funds = new Funds(tx, ledger);
            var lowered = new TreeSet<AccountCode>();
            for (var transfer : transfers) {
                if (lowers(transfer, transfer.debit())) {
                    lowered.add(transfer.debit());
                }
                if (lowers(transfer, transfer.credit())) {
                    lowered.add(transfer.credit());
                }
            }
            lowered.removeIf(account -> account.floorCents().isEmpty());
            if (!lowered.isEmpty()) {
                funds.available.putAll(funds.tables.lockAvailable(tx, lowered));
            }
            return funds;
        }

        /// Whether anything of the list takes from an account with a floor.
        boolean locked() {
            return !available.isEmpty();
        }

        /// Takes a whole entry, or says which account is short and takes nothing.
        Optional<AccountCode> take(List<Transfer> entry) {
            entry.forEach(this::move);
            for (var account : available.keySet()) {
                if (available.get(account) < 0 && lowersAny(entry, account)) {
                    fold(account);
                    if (available.get(account) < 0) {
                        entry.forEach(this::undo);
                        return Optional.of(account);
                    }
                }
            }
            return Optional.empty();
        }

        void move(Transfer transfer) {
            add(transfer, 1);
        }

        /// Writes back what may still be taken. What was folded in is kept, too.
        void keep() {
            tables.keepAvailable(tx, available);
        }

        private void undo(Transfer transfer) {
            add(transfer, -1);
        }

        private void add(Transfer transfer, int times) {
            for (var account : List.of(transfer.debit(), transfer.credit())) {
                if (available.containsKey(account)) {
                    var sign = lowers(transfer, account) ? -times : times;
                    var change = Math.multiplyExact(transfer.amountCents(), (long) sign);
                    available.merge(account, change, Math::addExact);
                    moved.merge(account, change, Math::addExact);
                }
            }
        }

        /// Counts what has come in since the figure was kept. Under the lock nothing else can lower
        /// the account, so the committed balance is a safe bound; once per list is enough.
        private void fold(AccountCode account) {
            if (folded.add(account)) {
                var committed = balances.aboveFloor(tx, account);
                var byThisList = moved.getOrDefault(account, 0L);
                available.put(account, Math.addExact(committed, byThisList));
            }
        }

        private static boolean lowersAny(List<Transfer> entry, AccountCode account) {
            return entry.stream().anyMatch(transfer -> lowers(transfer, account));
        }

        private static boolean lowers(Transfer transfer, AccountCode account) {
            return switch (account.normalSide()) {
                case DEBIT -> transfer.credit() == account;
                case CREDIT -> transfer.debit() == account;
            };
        }
    }
}
