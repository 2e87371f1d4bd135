/// Tie-out: whether the bank's own statement and the account `bank` tell the same story, day by
/// day and line by line.
///
/// Owns `bank_statement`, `bank_statement_line`, `bank_movement`, `bank_movement_reference`,
/// `reconciliation_match`, `reconciliation_day` and `reconciliation_opening`. It moves no money. A
// line is imported once,
/// however often and in whatever file it comes; a line and a movement are matched once.
///
/// Whose a movement is the modules above tell through [vintem.bank.WhoseMoney].
@Module(uses = {"platform", "access", "ledger", "bank"})
@NullMarked
package vintem.reconciliation;

import org.jspecify.annotations.NullMarked;
import vintem.platform.Module;
