/// The product put together: the commands, the order in which things start and stop, and what
/// belongs to no single module.
///
/// Owns nothing in the database. The embedded server starts before Quarkus and stops after it.
@Module(
        uses = {
            "platform",
            "access",
            "ledger",
            "bank",
            "payouts",
            "billing",
            "cashback",
            "bench",
            "demo"
        })
@NullMarked
package vintem.app;

import org.jspecify.annotations.NullMarked;
import vintem.platform.Module;
