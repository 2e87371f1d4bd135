/// `vintem run --demo`: an invented company, with months of history in all five capabilities and
/// events that go on happening while it runs.
///
/// It is a client of the product: everything goes in through the public routes, with the clock held
/// at the moment at which it happened (`Past`), so what it leaves behind is what the product itself
/// writes, and `audit` proves it as it proves any other. Owns the table `demo`.
///
/// What always holds: it writes only into a database that nobody has used; the same day gives the
/// same figures; of several nodes one lets an event happen.
@Module(uses = {"platform", "access"})
@NullMarked
package vintem.demo;

import org.jspecify.annotations.NullMarked;
import vintem.platform.Module;
