package vintem.investments;

import vintem.platform.Idempotency;

/// What became of a request that changes something.
sealed interface Outcome<T> {
    record Done<T>(T value) implements Outcome<T> {}

    /// There is none of that id.
    record Missing<T>() implements Outcome<T> {}

    /// It cannot be, and nothing was written.
    record Refused<T>(Refusal why) implements Outcome<T> {}

    /// The request's `Idempotency-Key` was used before, or is being used.
    record KeyTaken<T>(Idempotency.Claim claim) implements Outcome<T> {}

    enum Refusal {
        EMAIL_TAKEN,
        TICKER_TAKEN,
        SPLIT_TAKEN,
        NO_SUCH_CLIENT,
        CLIENT_INACTIVE,
        NO_SUCH_ASSET,
        UNKNOWN_SYMBOL,
        NO_PRICE,
        MORE_THAN_IS_LEFT,
        BEFORE_IT_WAS_BOUGHT,
        REMOVED_BEFORE
    }
}
