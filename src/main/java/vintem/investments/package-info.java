/// What clients invest: allocations, closing prices, and *captado*, the money newly put in during a
/// calendar period.
///
/// Owns `client`, `asset`, `allocation`, `withdrawal`, `asset_split`, `daily_return`,
/// `market_rate`, `quote`, `captado_month` and `captado_client`, and the former versions beside
/// them. Clients' money is not the company's: none of it is in the ledger.
///
/// What must always hold: the figures that are kept as things change are those of a full
/// recomputation from allocations, sales, splits, closes and rates; an asset has one close a day;
/// and what was known at an instant can be asked for ever.
@Module(uses = {"platform", "access"})
@NullMarked
package vintem.investments;

import org.jspecify.annotations.NullMarked;
import vintem.platform.Module;
