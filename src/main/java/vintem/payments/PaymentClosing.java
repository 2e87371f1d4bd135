package vintem.payments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;
import vintem.platform.ClosingLines;
import vintem.platform.Words;

/// What of the money that came waits for a person.
@Singleton
class PaymentClosing implements ClosingLines {
    private final ReceiptTable receipts;

    @Inject
    PaymentClosing(ReceiptTable receipts) {
        this.receipts = receipts;
    }

    @Override
    public int place() {
        return 20;
    }

    @Override
    public List<Line> lines(Handle snapshot, Words words, Instant from, Instant until) {
        var queue = receipts.queueSize(snapshot);
        return List.of(
                new Line(
                        "work",
                        words.say("closing.unmatched"),
                        "%s (%s)"
                                .formatted(
                                        words.number(queue.receipts()), words.money(queue.cents())),
                        queue.receipts() > 0));
    }
}
