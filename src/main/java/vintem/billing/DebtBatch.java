package vintem.billing;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import vintem.billing.DebtFile.Counts;
import vintem.billing.DebtRow.Erratum;
import vintem.billing.DebtRow.Kind;
import vintem.billing.DebtRow.Valid;
import vintem.billing.ErratumTable.Duplicate;
import vintem.billing.ImportTable.Known;

/// Rows of a file that are written in one transaction.
///
/// A debt that stands in a batch before it, which is still being written, is as good as charged:
/// that one commits first. Whether it was is looked at when it has: see [#cameTrue].
final class DebtBatch {
    /// What is to be done with the rows of a batch.
    ///
    /// @param fresh charged now
    record Decision(List<Valid> fresh, List<Duplicate> duplicates, List<Erratum> errata) {
        /// @param boletos how many of the fresh ones have one
        Counts counts(int boletos) {
            var conflicts = errata.stream().filter(it -> it.kind() == Kind.CONFLICT).count();
            return new Counts(
                    fresh.size() + duplicates.size() + (long) errata.size(),
                    fresh.size(),
                    fresh.stream().mapToLong(Valid::amountCents).sum(),
                    duplicates.size(),
                    errata.size() - conflicts,
                    conflicts,
                    boletos,
                    fresh.size());
        }
    }

    private static final int MARKS = 1 << 17;

    private final long number;
    private final long from;
    private long to;
    private int toLine;
    private final List<DebtRow> rows = new ArrayList<>();
    /// By their ids, the first of each.
    private final Map<String, Valid> debts = new HashMap<>();
    // A bit for each debt, by its hash: most that another batch has are not here, and one look in
    // so little memory says so.
    private final BitSet marks = new BitSet(MARKS);

    /// Those that it takes for charged.
    private Set<String> guessed = Set.of();
    /// What is charged already of its debts, as far as it knows.
    private volatile Map<String, Known> charged = Map.of();

    /// @param number counts the batches of one import, from 0
    /// @param from where in the file it begins
    DebtBatch(long number, long from) {
        this.number = number;
        this.from = from;
        this.to = from;
    }

    /// @param to where in the file the next row begins
    void add(DebtRow row, long to, int toLine) {
        rows.add(row);
        if (row instanceof Valid debt) {
            debts.putIfAbsent(debt.debtId(), debt);
            marks.set(mark(debt.debtId()));
        }
        end(to, toLine);
    }

    /// Blank rows at the end of a file belong to it, too.
    void end(long to, int toLine) {
        this.to = to;
        this.toLine = toLine;
    }

    long number() {
        return number;
    }

    long from() {
        return from;
    }

    long to() {
        return to;
    }

    int toLine() {
        return toLine;
    }

    int size() {
        return rows.size();
    }

    Map<String, Valid> debts() {
        return debts;
    }

    /// Takes for charged what stands in batches before it, in the order of the file, that are not
    /// written yet.
    void follow(Iterable<DebtBatch> underWay) {
        var guesses = new HashMap<String, Known>();
        for (var other : underWay) {
            for (var debtId : debts.keySet()) {
                if (other.marks.get(mark(debtId)) && other.debts.containsKey(debtId)) {
                    guesses.put(debtId, other.standing(debtId));
                }
            }
        }
        guessed = Set.copyOf(guesses.keySet());
        charged = guesses;
    }

    Set<String> guessed() {
        return guessed;
    }

    /// Whether what was guessed is charged, and so. Asked when everything before it is committed:
    /// somebody else may have charged one of them, meanwhile, or changed it since.
    boolean cameTrue(Map<String, Known> found) {
        return guessed.stream().allMatch(debtId -> charged.get(debtId).equals(found.get(debtId)));
    }

    /// Everything before it is committed: there is nothing to guess.
    void guessNothing() {
        guessed = Set.of();
    }

    /// How a debt of this batch is charged once the batch is written.
    private Known standing(String debtId) {
        var known = charged.get(debtId);
        return known == null ? known(Objects.requireNonNull(debts.get(debtId))) : known;
    }

    private static int mark(String debtId) {
        var hash = debtId.hashCode();
        return (hash ^ hash >>> 15) & MARKS - 1;
    }

    /// Sorts the rows: what is charged already, or stands further up in the file, is a duplicate
    /// where all of it is the same, otherwise a conflict.
    ///
    /// @param found charged already; it may be known of more of them
    Decision decide(Map<String, Known> found, Dialect dialect) {
        learn(found);
        var fresh = new ArrayList<Valid>(rows.size());
        var duplicates = new ArrayList<Duplicate>();
        var errata = new ArrayList<Erratum>();
        for (var row : rows) {
            switch (row) {
                case Erratum erratum -> errata.add(erratum);
                case Valid debt -> {
                    var known = charged.get(debt.debtId());
                    var first = debts.get(debt.debtId());
                    if (known == null && first == debt) {
                        fresh.add(debt);
                    } else {
                        var conflict =
                                conflict(debt, known == null ? known(first) : known, dialect);
                        if (conflict.reasons().isEmpty()) {
                            duplicates.add(new Duplicate(debt.line(), debt.debtId()));
                        } else {
                            errata.add(conflict);
                        }
                    }
                }
            }
        }
        return new Decision(fresh, duplicates, errata);
    }

    private void learn(Map<String, Known> found) {
        if (!found.isEmpty()) {
            var all = new HashMap<>(charged);
            all.putAll(found);
            charged = all;
        }
    }

    private static Known known(Valid debt) {
        return new Known(
                debt.name(), debt.governmentId(), debt.email(), debt.amountCents(), debt.dueDate());
    }

    /// Without reasons where there is none.
    private static Erratum conflict(Valid debt, Known known, Dialect dialect) {
        var columns = new ArrayList<String>();
        var reasons = new ArrayList<String>();
        compare(columns, reasons, dialect, DebtField.NAME, debt.name(), known.name());
        compare(
                columns,
                reasons,
                dialect,
                DebtField.GOVERNMENT_ID,
                debt.governmentId(),
                known.governmentId());
        compare(columns, reasons, dialect, DebtField.EMAIL, debt.email(), known.email());
        compare(
                columns,
                reasons,
                dialect,
                DebtField.DEBT_AMOUNT,
                debt.amountCents(),
                known.amountCents());
        compare(
                columns,
                reasons,
                dialect,
                DebtField.DEBT_DUE_DATE,
                debt.dueDate(),
                known.dueDate());
        return new Erratum(debt.line(), debt.fields(), Kind.CONFLICT, columns, reasons);
    }

    private static void compare(
            List<String> columns,
            List<String> reasons,
            Dialect dialect,
            DebtField field,
            Object ours,
            Object theirs) {
        if (!ours.equals(theirs)) {
            columns.add(dialect.columns().get(dialect.place(field)));
            reasons.add(
                    switch (field) {
                        case DEBT_AMOUNT -> Mistake.OTHER_AMOUNT.word();
                        case DEBT_DUE_DATE -> Mistake.OTHER_DUE_DATE.word();
                        case NAME, GOVERNMENT_ID, EMAIL, DEBT_ID, ADDRESS, CITY, STATE, ZIP ->
                                Mistake.OTHER_DEBTOR.word();
                    });
        }
    }
}
