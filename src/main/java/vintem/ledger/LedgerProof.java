package vintem.ledger;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import vintem.platform.Cents;
import vintem.platform.Proof;

/// The ledger's own figures agree with its transfers, recounted from the first one.
@Singleton
public class LedgerProof implements Proof {
    private final Ledger ledger;
    private final LedgerTables tables;
    private final CheckpointTable checkpoints;
    private final DayTable days;

    @Inject
    public LedgerProof(
            Ledger ledger, LedgerTables tables, CheckpointTable checkpoints, DayTable days) {
        this.ledger = ledger;
        this.tables = tables;
        this.checkpoints = checkpoints;
        this.days = days;
    }

    @Override
    public String claim() {
        return "checkpoints and days equal sums, floors hold, no entry is torn";
    }

    @Override
    public List<String> refute(Handle snapshot) {
        var wrong = new ArrayList<String>();
        for (var code : checkpoints.wrong(snapshot)) {
            wrong.add(
                    "the checkpoint of account %s is not the sum of its transfers".formatted(code));
        }
        for (var code : tables.tooMuchAvailable(snapshot)) {
            wrong.add("account %s claims more available than it holds".formatted(code));
        }
        var wrongDays = days.wrongDays(snapshot);
        if (wrongDays > 0) {
            wrong.add("%d sums of a day are not those of its transfers".formatted(wrongDays));
        }
        var split = tables.splitEntries(snapshot);
        if (split > 0) {
            wrong.add("%d entries were written in more than one transaction".formatted(split));
        }
        var strangers = tables.withUnknownAccount(snapshot);
        if (strangers > 0) {
            wrong.add("%d transfers name an account that does not exist".formatted(strangers));
        }
        var debits = 0L;
        var credits = 0L;
        for (var balance : ledger.balances(snapshot)) {
            debits = Math.addExact(debits, balance.debitCents());
            credits = Math.addExact(credits, balance.creditCents());
            if (balance.account() == AccountCode.BANK && balance.balanceCents() < 0) {
                wrong.add("account bank is below zero: " + Cents.format(balance.balanceCents()));
            }
        }
        if (debits != credits) {
            wrong.add("debits %d and credits %d differ".formatted(debits, credits));
        }
        return wrong;
    }
}
