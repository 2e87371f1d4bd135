package vintem.ledger;

import static vintem.platform.Sheet.instant;
import static vintem.platform.Sheet.money;
import static vintem.platform.Sheet.text;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Role;
import vintem.platform.Database;
import vintem.platform.ExportedList;
import vintem.platform.ExportedList.Filters;
import vintem.platform.Problem;
import vintem.platform.Sheet;

/// The lists of the ledger as spreadsheets.
@Singleton
class LedgerLists implements ExportedList.Source {
    private final Ledger ledger;
    private final Database database;
    private final Asking asking;

    @Inject
    LedgerLists(Ledger ledger, Database database, Asking asking) {
        this.ledger = ledger;
        this.database = database;
        this.asking = asking;
    }

    @Override
    public List<ExportedList> lists() {
        return List.of(
                new ExportedList("accounts", this::isOpen, Set.of(), _ -> accounts()),
                new ExportedList("statement", this::isOpen, Set.of("account"), this::statement));
    }

    private boolean isOpen() {
        return asking.caller().may(Capability.LEDGER, Role.READ);
    }

    private Sheet<Ledger.Balance> accounts() {
        return new Sheet<>(
                List.of(
                        text("account", it -> it.account().code()),
                        text(
                                "side",
                                it -> it.account().normalSide().name().toLowerCase(Locale.ROOT)),
                        money("debits", Ledger.Balance::debitCents),
                        money("credits", Ledger.Balance::creditCents),
                        money("balance", Ledger.Balance::balanceCents)),
                Sheet.all(() -> database.transaction(ledger::balances)));
    }

    private Sheet<StatementLine> statement(Filters given) {
        var code = given.get("account");
        if (code == null) {
            throw Problem.invalid("?account", "is required");
        }
        var account =
                AccountCode.of(code)
                        .orElseThrow(() -> Problem.invalid("?account", "is no account"));
        return new Sheet<>(
                List.of(
                        instant("recorded", StatementLine::recordedAt),
                        instant("occurred", StatementLine::occurredAt),
                        text("kind", StatementLine::kind),
                        text("counter_account", StatementLine::counterAccount),
                        money("amount", StatementLine::amountCents),
                        money("balance", StatementLine::balanceCents),
                        text("subject_id", StatementLine::subjectId),
                        text("entry_id", StatementLine::entryId),
                        text("id", StatementLine::id)),
                Sheet.pages(
                        last ->
                                database.snapshot(
                                        tx ->
                                                ledger.statement(
                                                        tx,
                                                        account,
                                                        last == null
                                                                ? null
                                                                : new Ledger.Cursor(
                                                                        last.subjectId(),
                                                                        last.id()),
                                                        Sheet.AT_ONCE))));
    }
}
