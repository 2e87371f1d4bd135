/// Money arriving by Pix.
///
/// Owns `payment`, `pix_receipt`, `pix_refund`, `pix_receipt_cursor` and
/// `payment_code_to_forget`. A *payment* is what somebody is asked to pay, a *receipt* is money
/// that really arrived, told apart by the bank's end-to-end id: however often the bank tells of a
/// Pix, it is booked once. Money that fits no payment is booked to `unidentified` and waits for a
/// person, who says whose it is or gives it back.
///
/// What has been paid is never dropped: late, twice, too much or for nothing that we know.
@Module(uses = {"platform", "access", "ledger", "bank", "papers"})
@NullMarked
package vintem.payments;

import org.jspecify.annotations.NullMarked;
import vintem.platform.Module;
