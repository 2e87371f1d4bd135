package vintem.ledger;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import vintem.ledger.AccountCode.Side;

/// A transfer as one of its two accounts sees it.
///
/// @param amountCents on the account's normal side: negative where the transfer lowered it
/// @param balanceCents the account's balance just after it
/// @param counterAccount where the money came from or went to
public record StatementLine(
        UUID id,
        UUID entryId,
        long amountCents,
        long balanceCents,
        String counterAccount,
        String kind,
        UUID subjectId,
        Instant occurredAt,
        Instant recordedAt) {

    /// @param beforeCents the balance before the oldest row
    /// @param rows newest first
    static List<StatementLine> of(
            AccountCode account, long beforeCents, List<LedgerTables.Row> rows) {
        var lines = new ArrayList<StatementLine>(rows.size());
        var balance = beforeCents;
        for (var row : rows.reversed()) {
            var debited = row.debitAccount() == account.id();
            var raised = debited == (account.normalSide() == Side.DEBIT);
            var amount = raised ? row.amountCents() : -row.amountCents();
            balance = Math.addExact(balance, amount);
            var counter = AccountCode.ofId(debited ? row.creditAccount() : row.debitAccount());
            lines.add(
                    new StatementLine(
                            row.id(),
                            row.entryId(),
                            amount,
                            balance,
                            counter.code(),
                            row.kind(),
                            row.subjectId(),
                            row.occurredAt(),
                            row.recordedAt()));
        }
        return lines.reversed();
    }
}
