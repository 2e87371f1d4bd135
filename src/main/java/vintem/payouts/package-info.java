/// Money leaving by Pix.
///
/// Owns `payout_batch`, `payout_submission`, `payout`, `payout_attempt`, `payout_return_cursor` and
/// `payout_alarm`. A payout's money leaves `bank` for `in_transit` in the transaction that records
/// the intent, and either reaches the payee or comes back: at any moment `in_transit` equals the
/// sum of the payouts whose outcome is not known.
///
/// A bank that does not answer leaves a payout *processing*. It is never sent again; it is asked
/// about.
///
/// An external id is paid at most once, for ever.
@Module(uses = {"platform", "access", "ledger", "bank", "papers"})
@NullMarked
package vintem.payouts;

import org.jspecify.annotations.NullMarked;
import vintem.platform.Module;
