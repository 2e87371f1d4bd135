package vintem.payouts;

import java.util.List;
import java.util.Optional;

/// What the sender of a list hears of one item.
sealed interface Outcome {
    long amountCents();

    /// The money is with the payee.
    record Paid(long amountCents) implements Outcome {}

    /// The money did not move. The same external id may be sent again.
    ///
    /// @param mismatch what differs from the stored payout, where that is the reason
    record Failed(long amountCents, String reason, List<String> mismatch) implements Outcome {
        Failed(long amountCents, String reason) {
            this(amountCents, reason, List.of());
        }
    }

    /// The external id is somebody else's, earlier or at this moment; or stands above in this list.
    ///
    /// @param amountCents the stored amount
    /// @param originalStatus of the stored payout, where it is not `paid`
    /// @param mismatch what differs from it
    record Duplicate(long amountCents, Optional<String> originalStatus, List<String> mismatch)
            implements Outcome {}

    /// The bank has not said for certain.
    record Processing(long amountCents) implements Outcome {}

    /// It waits for a person or for its hour: nothing was sent, and no money has moved.
    ///
    /// @param reason `awaiting_release`, `scheduled` or `lookalike`
    record Held(long amountCents, String reason) implements Outcome {}

    /// Of a preflight: it would be sent.
    record WouldPay(long amountCents) implements Outcome {}

    /// The reasons of our own; the bank has others.
    String INVALID_PIX_KEY = "invalid_pix_key";
    String INVALID_AMOUNT = "invalid_amount";
    String INVALID_TAX_ID = "invalid_tax_id";
    String AMOUNT_OVER_LIMIT = "amount_over_limit";
    String DAILY_LIMIT_EXCEEDED = "daily_limit_exceeded";
    String INSUFFICIENT_FUNDS = "insufficient_funds";
    String MISMATCH = "mismatch";
    String NOT_RECEIVED = "not_received";
    String SCHEDULE_IN_PAST = "schedule_in_past";
    String RELEASE_REFUSED = "release_refused";
    String RELEASE_EXPIRED = "release_expired";
    String CANCELLED_BEFORE_SENDING = "cancelled_before_sending";
    String SENDER_GONE = "sender_gone";
    String NOT_ALL_PAYABLE = "not_all_payable";
    String CHANGED_SINCE_SEEN = "changed_since_seen";
}
