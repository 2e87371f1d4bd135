package vintem.bank;

import java.util.Collection;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/// The bank's own statement of our account, for proofs that compare it with our books.
public interface BankBooks {
    /// The sum of all its lines, in cents.
    long balanceCents(Handle snapshot);

    /// Which of these orders have left the account.
    Set<String> paidOut(Handle snapshot, Collection<String> providerIds);

    /// How many payouts have left the account more than once, under whatever order.
    long paidMoreThanOnce(Handle snapshot);

    /// The returns after a place, in cents.
    long returnedAfterCents(Handle snapshot, long place);
}
