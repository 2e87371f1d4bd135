/// One product of all capabilities: the overview, the search for anything, and *explain this cent*,
/// the story of a piece of money across modules; with the settings and the sandbox's controls.
///
/// Owns no table. It reads by the ledger's door and by three ports of the platform that modules
/// fill (`Attention`, `Finder`, `Storyteller`), so it knows nobody's tables.
///
/// Always holds: nobody sees here what they may not see there; nothing is written, but that
/// somebody has a parked event applied after all, by the platform's door; no CPF, name or address
/// stands in an address that it makes.
@Module(
        uses = {
            "platform",
            "access",
            "ledger",
            "bank",
            "payments",
            "payouts",
            "billing",
            "cashback",
            "investments"
        })
@NullMarked
package vintem.console;

import org.jspecify.annotations.NullMarked;
import vintem.platform.Module;
