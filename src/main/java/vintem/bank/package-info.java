/// The bank as we see it from here: a rail that pays, finds, registers and refunds, and the names
/// and keys that Pix uses.
///
/// Owns the schema `simulated_bank`, which is not ours but the sandbox bank's.
///
/// Always holds: an answer that did not come is *unknown*, never a refusal; the rail is called
/// between two transactions, never inside one.
@Module(uses = {"platform"})
@NullMarked
package vintem.bank;

import org.jspecify.annotations.NullMarked;
import vintem.platform.Module;
