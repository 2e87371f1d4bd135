package vintem.bank;

import java.time.Instant;

/// What a bank says of an order. *Paid* and *refused* are final.
public sealed interface SendResult {
    /// The money is with the payee.
    record Paid(String endToEndId, Instant settledAt) implements SendResult {}

    /// The money did not move and will not.
    ///
    /// @param reason a stable word, for example `account_not_found`
    record Refused(String reason) implements SendResult {}

    /// No answer, or none that says. The money may have moved.
    record Unknown() implements SendResult {}

    /// The bank has no such order, at this moment.
    record NotFound() implements SendResult {}
}
