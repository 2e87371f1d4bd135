/// Resellers, their purchases and the cashback that they earn; and the outside API that knows what
/// credit a reseller has accumulated elsewhere.
///
/// Owns `reseller`, `cashback_rates`, `cashback_bracket`, `approved_cpf`, `purchase`,
/// `cashback_month`, `cashback_account`, `cashback_close`, `cashback_credit` and
/// `cashback_redemption`.
///
/// What must always hold: what is owed for a reseller's month is the month's rate of what was
/// approved in it, rounded once; what was credited, taken back and paid out is in the ledger to the
/// cent; nobody is paid more than they have. Rates are valid from a month to come: nothing that
/// changes them changes the past. Trouble at the outside API never becomes trouble of ours, and its
/// figure is shown, never paid.
@Module(uses = {"platform", "access", "ledger", "payouts", "bank"})
@NullMarked
package vintem.cashback;

import org.jspecify.annotations.NullMarked;
import vintem.platform.Module;
