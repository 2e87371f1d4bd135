package vintem.ledger;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import vintem.platform.ClosingLines;
import vintem.platform.Words;

/// What came into the bank and left it on a day, and what every account held at its end.
@Singleton
class LedgerClosing implements ClosingLines {
    private final Ledger ledger;
    private final LedgerTables tables;

    @Inject
    LedgerClosing(Ledger ledger, LedgerTables tables) {
        this.ledger = ledger;
        this.tables = tables;
    }

    @Override
    public int place() {
        return 10;
    }

    @Override
    public List<Line> lines(Handle snapshot, Words words, Instant from, Instant until) {
        var lines = new ArrayList<Line>();
        for (var moved : tables.movedAtTheBank(snapshot, from, until)) {
            lines.add(
                    new Line(
                            moved.cents() > 0 ? "in" : "out",
                            words.name("kind", moved.kind())
                                    + " ("
                                    + words.number(moved.count())
                                    + ")",
                            words.money(Math.abs(moved.cents())),
                            false));
        }
        for (var each : ledger.balancesAsOf(snapshot, until.minus(1, ChronoUnit.MICROS))) {
            if (each.balanceCents() != 0) {
                var account = each.account();
                lines.add(
                        new Line(
                                "balances",
                                words.name("account", account.code()),
                                words.money(each.balanceCents()),
                                // What stays between two accounts or is nobody's asks for somebody.
                                account == AccountCode.UNIDENTIFIED
                                        || account == AccountCode.CLEARING_BILLING));
            }
        }
        return lines;
    }
}
