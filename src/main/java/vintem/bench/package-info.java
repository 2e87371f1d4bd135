/// The benchmarks behind the bars of `docs/performance.md`: each prints the machine, its figures,
/// their ratio to the raw-SQL limit measured in the same run, and proves that no cent was lost.
///
/// Owns nothing: every benchmark makes a temporary data directory of its own and removes it. Ratios
/// of one run mean something; figures of two runs are compared with care.
@Module(uses = {"platform", "ledger", "investments"})
@NullMarked
package vintem.bench;

import org.jspecify.annotations.NullMarked;
import vintem.platform.Module;
