package vintem.bank;

import java.time.Instant;
import java.util.List;

/// The bank's own statement of our account, read through the rail. Never called inside a
/// transaction of ours.
public interface StatementFeed {
    /// @param endToEndId empty where it is no Pix
    /// @param reference what else the bank calls it
    /// @param amountCents what came in is more than zero
    record Line(
            String kind, String reference, String endToEndId, long amountCents, Instant bookedAt) {}

    /// What was booked from an instant on, and before another one, oldest first.
    List<Line> between(Instant from, Instant before);

    /// The balance at that instant.
    long balanceBeforeCents(Instant before);
}
