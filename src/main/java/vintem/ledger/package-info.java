/// What the money did: accounts, and transfers between two of them.
///
/// Owns `account`, `account_available`, `transfer`, `ledger_checkpoint`, `ledger_day`,
/// `ledger_day_horizon` and `ledger_home`.
///
/// A transfer debits one account and credits another by the same positive amount, so the books
/// cannot be out of balance; nothing is changed or deleted, and the database sees to that. An
/// account with a floor (`bank`) never falls below it by anything that *intends* to move money;
/// what has already happened at the bank is recorded whatever the balance.
///
/// `docs/ledger.md` has the chart of accounts and the transfers of each use-case.
@Module(uses = {"platform", "access"})
@NullMarked
package vintem.ledger;

import org.jspecify.annotations.NullMarked;
import vintem.platform.Module;
