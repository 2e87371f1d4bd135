/// Tells the systems of whoever runs this what has happened, by Standard Webhooks.
///
/// A subscriber of the outbox writes one delivery for each piece of news and each endpoint that
/// wants it (`QueueDeliveries`); `DeliverWebhooks` claims them, sends them outside of any
/// transaction, and commits what was said. Whom it may speak to is decided by the address
/// (`FindAddress`), not by the name.
///
/// Owns `webhook_endpoint`, `webhook_secret`, `webhook_delivery`, `webhook_attempt` and
/// `webhook_forgotten`.
///
/// Always holds: what an endpoint wants, it is told at least once, each time with the same id and
/// the same bytes; of one subject nothing overtakes what happened before; nothing is sent to an
/// address that was not allowed when it was connected to.
@Module(uses = {"platform", "access"})
@NullMarked
package vintem.webhooks;

import org.jspecify.annotations.NullMarked;
import vintem.platform.Module;
