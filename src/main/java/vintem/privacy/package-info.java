/// What the law gives people over their data (LGPD, art. 18): to see it, to take it, to have it
/// forgotten; and what it asks of us when we keep some of it (art. 16).
///
/// Knows no table: every module that keeps something about people is a `PersonalData`. Owns none.
///
/// Always holds: forgetting is one transaction over all modules, or nothing; amounts, ids and the
/// ledger stay; whoever was searched for, handed out or forgotten stands in no address, no log and
/// no message.
@Module(uses = {"platform", "access", "bank"})
@NullMarked
package vintem.privacy;

import org.jspecify.annotations.NullMarked;
import vintem.platform.Module;
