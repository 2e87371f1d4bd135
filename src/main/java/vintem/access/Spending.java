package vintem.access;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.LocalDate;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// How much has gone out by each credential on each day, where the credential has a daily limit.
@Singleton
public class Spending {
    private final SpendingTable table;

    @Inject
    Spending(SpendingTable table) {
        this.table = table;
    }

    /// Says which amounts still fit in the caller's daily limit, taken in their order, and counts
    /// those. An amount too large does not stop a smaller one behind it.
    ///
    /// The caller's row stays locked until the transaction ends, so call this late, and once for a
    /// whole list. A caller without a daily limit costs no statement.
    ///
    /// @param day the São Paulo day on which the money goes out
    /// @param amountsCents each more than zero
    public boolean[] reserve(Handle tx, Caller caller, LocalDate day, long[] amountsCents) {
        var fits = new boolean[amountsCents.length];
        if (caller.dailyLimitCents() == Grant.NO_LIMIT) {
            java.util.Arrays.fill(fits, true);
            return fits;
        }
        var left = caller.dailyLimitCents() - table.lock(tx, caller.id(), day);
        var taken = 0L;
        for (var i = 0; i < amountsCents.length; i++) {
            var amountCents = positive(amountsCents[i]);
            // Compared with what is left, never added to what is spent: nothing can overflow.
            if (amountCents <= left) {
                fits[i] = true;
                left -= amountCents;
                taken += amountCents;
            }
        }
        if (taken > 0) {
            table.add(tx, caller.id(), day, taken);
        }
        return fits;
    }

    /// Frees what was reserved for money that did not go out, on the day it was reserved for. Does
    /// nothing for a credential that nothing was counted for.
    public void giveBack(Handle tx, UUID credentialId, LocalDate day, long cents) {
        table.takeBack(tx, credentialId, day, positive(cents));
    }

    private static long positive(long cents) {
        if (cents <= 0) {
            throw new IllegalArgumentException("an amount must be more than zero: " + cents);
        }
        return cents;
    }
}
