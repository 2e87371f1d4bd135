package vintem.payouts;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vintem.platform.Outbox.News;

/// What happened to a payout. Names and members are a contract: `docs/events.md`.
public sealed interface PayoutEvent {
    record Paid(
            UUID payoutId, String externalId, String batchId, long amountCents, String endToEndId)
            implements PayoutEvent {}

    record Failed(UUID payoutId, String externalId, String batchId, long amountCents, String reason)
            implements PayoutEvent {}

    /// It waits for a person or for its hour; nothing was sent, no money has moved.
    record Held(
            UUID payoutId,
            String externalId,
            String batchId,
            long amountCents,
            String reason,
            UUID holdId)
            implements PayoutEvent {}

    record Returned(UUID payoutId, String externalId, String batchId, long amountCents)
            implements PayoutEvent {}

    /// The bank says *paid* of an attempt that was already closed as something else. The money is
    /// booked; a person must look.
    record PaidAfterClosed(
            UUID payoutId,
            String externalId,
            long amountCents,
            String providerId,
            @Nullable String endToEndId)
            implements PayoutEvent {}

    String PAID = "payout.paid";
    String FAILED = "payout.failed";
    String HELD = "payout.held";
    String RETURNED = "payout.returned";
    String PAID_AFTER_CLOSED = "payout.paid_after_closed";

    UUID payoutId();

    default News news() {
        var type =
                switch (this) {
                    case Paid _ -> PAID;
                    case Failed _ -> FAILED;
                    case Held _ -> HELD;
                    case Returned _ -> RETURNED;
                    case PaidAfterClosed _ -> PAID_AFTER_CLOSED;
                };
        return new News(type, payoutId().toString(), this);
    }
}
