package vintem.payouts;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vintem.platform.Outbox.News;

/// What happened to payouts that are held together. Names and members are a contract:
/// `docs/events.md`.
public record HoldEvent(
        String type,
        UUID holdId,
        String batchId,
        String kind,
        long items,
        long amountCents,
        @Nullable Instant scheduledFor) {
    public static final String HELD = "batch.held";
    public static final String RELEASED = "batch.released";
    public static final String SENT = "batch.sent";
    public static final String REFUSED = "batch.refused";
    public static final String CANCELLED = "batch.cancelled";
    public static final String EXPIRED = "batch.expired";

    static HoldEvent of(String type, HoldTable.Hold hold) {
        return new HoldEvent(
                type,
                hold.id(),
                hold.batchId(),
                hold.kind(),
                hold.items(),
                hold.cents(),
                hold.scheduledFor());
    }

    News news() {
        return new News(type, holdId.toString(), this);
    }
}
