package vintem.bank;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import vintem.platform.Writes;

/// The bank's own statement of our account, for proofs that compare it with our books.
public interface BankBooks {
    /// The sum of all its lines, in cents.
    long balanceCents(Handle snapshot);

    /// Which of these orders have left the account.
    Set<String> paidOut(Handle snapshot, Collection<String> providerIds);

    /// How many payouts have left the account more than once, under whatever order.
    long paidMoreThanOnce(Handle snapshot);

    /// How many Pix have come into the account more than once.
    long receivedMoreThanOnce(Handle snapshot);

    /// The returns after a place, in cents.
    long returnedAfterCents(Handle snapshot, long place);

    /// Which of these refunds have left the account.
    Set<String> refunded(Handle snapshot, Collection<String> refundIds);

    /// What came in after a place, in cents by its end-to-end id or, where the bank took something
    /// back, by the id of that refund; less than zero then.
    Map<String, Long> incomingAfterCents(Handle snapshot, long place);

    /// Receipts that somebody with the bank's secret told of, in the transaction that books them. A
    /// real bank knows them. The sandbox's bank is played by whoever tells, so it writes them down.
    ///
    /// @param writes of the transaction that books them, still to be run
    void told(Writes writes, List<PixRail.Incoming.Received> receipts);

    /// A boleto that was paid.
    ///
    /// @param reference what we know the money by; told twice under one reference it is one
    record BoletoPaid(String reference, long amountCents, Instant paidAt) {}

    /// The same for boletos.
    void toldBoletos(Handle tx, List<BoletoPaid> boletos);

    /// What to call a Pix that somebody tells of without its end-to-end id. The sandbox's bank
    /// makes one up, as it has just been paid; of a real bank's Pix nobody knows it.
    Optional<String> nameless(Instant at);
}
