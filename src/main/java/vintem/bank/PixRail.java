package vintem.bank;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a bank or payment provider does for us. The one interface with more than one
/// implementation: the sandbox's [SimulatedBank] is the first.
///
/// Never called inside a transaction of ours. Every order carries an id that we chose and committed
/// before the call.
public interface PixRail {
    /// How an adapter behaves, as far as its callers must know.
    ///
    /// @param idempotentByProviderId the same id sent twice moves money once
    /// @param timeout after which a call counts as unanswered
    /// @param visibility how long after a send an order may still be invisible to [#find]; only
    ///     later does *not found* mean that it never arrived
    record Terms(boolean idempotentByProviderId, Duration timeout, Duration visibility) {}

    /// Money to send.
    ///
    /// @param providerId 1 to 35 letters and digits, ours
    /// @param taxId the payee's CPF or CNPJ, for the bank to check against the key's owner
    record Order(
            String providerId,
            PixKey key,
            long amountCents,
            @Nullable String taxId,
            @Nullable String description) {}

    /// What the bank said of one order. A list of answers may lack some orders (then their outcome
    /// is unknown), name some twice, and be in any order.
    record Answer(String providerId, SendResult result) {}

    /// Money that came back after it had been settled.
    ///
    /// @param place grows; ask for what comes after it
    record Returned(long place, String providerId, long amountCents, Instant returnedAt) {}

    /// A charge to register, which a payer's bank will then show.
    record Charge(String txid, long amountCents, Duration expiresIn) {}

    /// What happened on our account without our asking.
    sealed interface Incoming {
        /// Grows; ask for what comes after it.
        long place();

        /// A payer's Pix.
        ///
        /// @param txid what the payer's code named
        record Received(
                long place,
                String endToEndId,
                @Nullable String txid,
                long amountCents,
                Instant receivedAt)
                implements Incoming {}

        /// A received Pix, or a part of it, that the bank gave back by itself (MED).
        record TakenBack(
                long place,
                String refundId,
                String endToEndId,
                long amountCents,
                Instant takenBackAt)
                implements Incoming {}
    }

    sealed interface Registration {
        String txid();

        /// The BR Code text that pays the charge, to be shown unaltered.
        record Registered(String txid, String copyAndPaste) implements Registration {}

        record Refused(String txid, String reason) implements Registration {}

        record Unknown(String txid) implements Registration {}
    }

    /// Money to give back to a payer.
    ///
    /// @param refundId 1 to 35 letters and digits, ours
    record Refund(String refundId, String endToEndId, long amountCents) {}

    Terms terms();

    /// Sends orders, waiting no longer than the terms' timeout.
    List<Answer> send(List<Order> orders);

    /// Asks what became of orders, by our ids. Safe to ask at any time.
    List<Answer> find(List<String> providerIds);

    /// Returns that the bank booked after a place, oldest first.
    List<Returned> returnsAfter(long place, int most);

    /// Registers charges, or finds them registered: safe to repeat with the same txids.
    List<Registration> register(List<Charge> charges);

    /// Asks that nobody can pay these charges any more. What is paid nevertheless still arrives.
    void withdraw(List<String> txids);

    /// Refunds received Pix; answers carry the refund's id.
    List<Answer> refund(List<Refund> refunds);

    /// Asks what became of refunds. Safe to ask at any time.
    List<Answer> findRefunds(List<Refund> refunds);

    /// What came in after a place, oldest first, for messages of the bank that never reached us.
    List<Incoming> incomingAfter(long place, int most);
}
