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

    /// How often an order has left the account, for all of them: more than once is once too many.
    long paidMoreThanOnce(Handle snapshot);

    /// The returns after a place, in cents.
    long returnedAfterCents(Handle snapshot, long place);
}
