/// Money coming in by Pix, and telling the payer at once.
@Module(uses = {"platform", "access", "ledger", "bank"})
@NullMarked
package vintem.payments;

import org.jspecify.annotations.NullMarked;
import vintem.platform.Module;
