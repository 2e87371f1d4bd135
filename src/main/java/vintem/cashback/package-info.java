/// Resellers, their purchases and the cashback that they earn; and the outside API that knows what
/// credit a reseller has accumulated elsewhere.
///
/// What must always hold: trouble at the outside API never becomes trouble of ours, and its figure
/// is shown, never paid.
@Module(uses = {"platform", "access", "ledger", "payouts", "bank"})
@NullMarked
package vintem.cashback;

import org.jspecify.annotations.NullMarked;
import vintem.platform.Module;
