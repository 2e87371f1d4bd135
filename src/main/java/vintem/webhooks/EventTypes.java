package vintem.webhooks;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The news there are, by their names in `docs/events.md`: a contract, so that their names may
/// stand here, where nobody knows what they mean.
final class EventTypes {
    /// What is sent where somebody tries an endpoint.
    static final String TEST = "webhook.test";

    /// In the order in which a person looks for them.
    static final List<String> ALL =
            List.of(
                    "payment.confirmed",
                    "payment.expired",
                    "payment.removed",
                    "payment.refunded",
                    "payment.refund_failed",
                    "receipt.unidentified",
                    "payout.paid",
                    "payout.failed",
                    "payout.returned",
                    "payout.held",
                    "payout.paid_after_closed",
                    "batch.held",
                    "batch.released",
                    "batch.sent",
                    "batch.refused",
                    "batch.cancelled",
                    "batch.expired",
                    "charge.created",
                    "charge.partially_paid",
                    "charge.paid",
                    "charge.overpaid",
                    "charge.refunded",
                    "charge.cancelled",
                    "charge.boleto_rejected",
                    "settlement.unknown",
                    "debt_file.done",
                    "debt_file.failed",
                    "debt_file.cancelled",
                    "purchase.approved",
                    "purchase.rejected",
                    "cashback.month_closed",
                    "redemption.paid",
                    "redemption.failed",
                    "redemption.returned",
                    "allocation.created");

    static final Set<String> KNOWN = Set.copyOf(new TreeSet<>(ALL));

    private EventTypes() {}
}
