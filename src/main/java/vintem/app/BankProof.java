package vintem.app;

import io.quarkus.arc.All;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import vintem.bank.BankBooks;
import vintem.bank.UnderWay;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.platform.Proof;

/// `in_transit` is what the modules have under way, and the bank's own statement equals the account
/// `bank`. A transfer cannot be unbalanced, so this is the proof that matters.
@Singleton
class BankProof implements Proof {
    private record Figures(
            long inTransitCents, long underWayCents, long bankCents, long statementCents) {}

    private final Ledger ledger;
    private final BankBooks bank;
    private final List<UnderWay> modules;

    @Inject
    BankProof(Ledger ledger, BankBooks bank, @All List<UnderWay> modules) {
        this.ledger = ledger;
        this.bank = bank;
        this.modules = modules;
    }

    @Override
    public String claim() {
        return "in_transit is what is under way, and the bank's statement agrees";
    }

    @Override
    public List<String> refute(Handle snapshot) {
        var wrong = new ArrayList<String>();
        var figures = figures(snapshot);
        Proof.compare(
                wrong,
                "in_transit and what is under way",
                figures.inTransitCents,
                figures.underWayCents);
        Proof.compare(
                wrong,
                "account bank and the bank's statement",
                figures.bankCents,
                figures.statementCents);
        return wrong;
    }

    /// By how much the books differ from what is under way and from the bank's statement; 0 where
    /// all is well.
    long driftCents(Handle snapshot) {
        var figures = figures(snapshot);
        return Math.addExact(
                Math.absExact(figures.inTransitCents - figures.underWayCents),
                Math.absExact(figures.bankCents - figures.statementCents));
    }

    private Figures figures(Handle snapshot) {
        var underWay = 0L;
        var ahead = 0L;
        for (var module : modules) {
            underWay = Math.addExact(underWay, module.inTransitCents(snapshot));
            ahead = Math.addExact(ahead, module.aheadAtBankCents(snapshot));
        }
        // What has left our `bank` but not yet the bank's account is under way; what has come in
        // there and is not read yet is ahead of us.
        return new Figures(
                ledger.balanceCents(snapshot, AccountCode.IN_TRANSIT),
                underWay,
                ledger.balanceCents(snapshot, AccountCode.BANK) + ahead,
                bank.balanceCents(snapshot));
    }
}
