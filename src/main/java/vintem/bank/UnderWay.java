package vintem.bank;

import org.jdbi.v3.core.Handle;

/// What one module has under way at the bank, for the proof that the account `in_transit` is what
/// is under way and that the bank's statement equals the account `bank`.
public interface UnderWay {
    /// Its part of `in_transit`: taken from `bank` for orders whose outcome is not known.
    long inTransitCents(Handle snapshot);

    /// What the bank's statement holds, at this moment, more than our account `bank`: orders that
    /// have not left there yet, and what has come in there and is not booked here.
    long aheadAtBankCents(Handle snapshot);
}
