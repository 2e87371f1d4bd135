package vintem.payouts;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import vintem.access.Caller;
import vintem.bank.PixKey;
import vintem.ledger.AccountCode;
import vintem.payouts.ClaimPayouts.Decision;

/// The door of payouts for modules that owe somebody money: first the intent, inside the caller's
/// transaction, then, once that is committed, the sending.
///
/// Such a payout has a purpose of its own, the account that pays in the end. What becomes of it
/// after [#send] has answered the caller hears by [PayoutEvent]; a caller that dies in between
/// hears it, too: what was never sent fails as *not received*.
@Singleton
public class Payouts {
    /// @param id the payout's, given before the first attempt
    /// @param taxId the payee's, for the bank to compare with the key's owner
    /// @param description what the payee reads
    public record Order(
            UUID id,
            String batchId,
            String externalId,
            AccountCode purpose,
            PixKey key,
            long amountCents,
            String taxId,
            String description,
            Instant at) {}

    /// A payout that is intended, or that cannot be.
    public static final class Intent {
        private final Submission submission;
        private final List<Decision> decisions;

        private Intent(Submission submission, List<Decision> decisions) {
            this.submission = submission;
            this.decisions = decisions;
        }

        /// Why it can never be paid: nothing left the account, and nothing will.
        public Optional<String> refusal() {
            return decisions.getFirst() instanceof Decision.Final(Outcome.Failed(_, var why, _))
                    ? Optional.of(why)
                    : Optional.empty();
        }
    }

    /// What is known of a payout when the answer is due.
    public sealed interface Answer {
        record Paid() implements Answer {}

        record Failed(String reason) implements Answer {}

        record Processing() implements Answer {}
    }

    private final PayBatch payBatch;
    private final ClaimPayouts claim;
    private final PayoutLookupTable lookups;

    @Inject
    Payouts(PayBatch payBatch, ClaimPayouts claim, PayoutLookupTable lookups) {
        this.payBatch = payBatch;
        this.claim = claim;
        this.lookups = lookups;
    }

    /// Records what is going to be sent, in the order of the orders, and takes its money from
    /// `bank`. Run again with the same orders it finds what it had written.
    ///
    /// Locks payouts, then the ledger's accounts, then batches: take all other locks before.
    public List<Intent> intend(Handle tx, List<Order> orders) {
        var submissions = orders.stream().map(Payouts::submission).toList();
        var decisions = claim.claim(tx, submissions, payBatch.lease());
        return java.util.stream.IntStream.range(0, orders.size())
                .mapToObj(i -> new Intent(submissions.get(i), decisions.get(i)))
                .toList();
    }

    /// Hands a committed intent to the bank, once, and waits for its answer until it is due.
    public Answer send(Intent intent) {
        var report = payBatch.sendIntended(intent.submission, intent.decisions);
        return switch (report.outcomes().getFirst()) {
            case Outcome.Paid _, Outcome.WouldPay _ -> new Answer.Paid();
            case Outcome.Failed(_, var reason, _) -> new Answer.Failed(reason);
            case Outcome.Processing _, Outcome.Held _, Outcome.Duplicate _ ->
                    new Answer.Processing();
        };
    }

    /// All that stands paid for a purpose, in cents; for proofs.
    public long paidCents(Handle snapshot, AccountCode purpose) {
        return lookups.paidCents(snapshot, purpose.code());
    }

    private static Submission submission(Order order) {
        var item =
                new Submission.Item(
                        order.id(),
                        order.externalId(),
                        null,
                        order.key().value(),
                        order.key(),
                        order.amountCents(),
                        order.taxId(),
                        order.description());
        // Vintém itself pays: the reseller's limit is what they have.
        return new Submission(
                order.id(),
                order.batchId(),
                Caller.SYSTEM,
                order.purpose(),
                order.at(),
                List.of(item));
    }
}
