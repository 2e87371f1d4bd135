/// What every module stands on, and what knows none of them.
///
/// The database and its embedded server, lists of requests (`Coalescer`), news between modules
/// (`Outbox`), strict reading of what comes from outside (`Json`, `Fields`), answers that say what
/// was wrong (`Problem`), hints to screens on all nodes (`Broadcast`) and bounds for their sockets
/// (`Sockets`, `Line`), the frame of all pages and what they say (`Pages`, `Words`), and values
/// with rules of their own (`Cents`, `TaxId`, `BusinessDays`).
///
/// What modules tell the console goes through three ports: `Attention`, `Finder`, `Storyteller`.
/// `Audits` runs what modules prove (`Proof`).
///
/// Owns `idempotency_key`, `outbox`, `outbox_cursor`, `outbox_parked` and `audit_run`.
///
/// Always holds: nothing in here knows what a payout is.
@Module(uses = {})
@NullMarked
package vintem.platform;

import org.jspecify.annotations.NullMarked;
