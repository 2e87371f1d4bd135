package vintem.cashback;

import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vintem.cashback.CloseTable.Close;
import vintem.cashback.RedemptionTable.Redemption;
import vintem.platform.Outbox.News;

/// What has become of purchases, months and redemptions. Names and members are a contract:
/// `docs/events.md`. Resellers are told by their ids alone.
sealed interface CashbackEvent {
    record PurchaseApproved(UUID purchaseId, UUID resellerId, long amountCents, LocalDate boughtOn)
            implements CashbackEvent {}

    /// @param wasApproved whether an approval was taken back
    record PurchaseRejected(UUID purchaseId, UUID resellerId, long amountCents, boolean wasApproved)
            implements CashbackEvent {}

    /// @param month its first day
    record MonthClosed(LocalDate month, long resellers, long creditedCents, long takenBackCents)
            implements CashbackEvent {}

    /// @param status `paid`, `failed` or `returned`
    record RedemptionEnded(
            UUID redemptionId,
            UUID resellerId,
            long amountCents,
            String status,
            @Nullable String reason)
            implements CashbackEvent {}

    String APPROVED = "purchase.approved";
    String REJECTED = "purchase.rejected";
    String MONTH_CLOSED = "cashback.month_closed";
    String REDEMPTION_PAID = "redemption.paid";
    String REDEMPTION_FAILED = "redemption.failed";
    String REDEMPTION_RETURNED = "redemption.returned";

    static CashbackEvent approved(Purchase it) {
        return new PurchaseApproved(it.id(), it.resellerId(), it.amountCents(), it.boughtOn());
    }

    static CashbackEvent judged(Purchase after, boolean wasApproved) {
        return after.status() == PurchaseStatus.APPROVED
                ? approved(after)
                : new PurchaseRejected(
                        after.id(), after.resellerId(), after.amountCents(), wasApproved);
    }

    static CashbackEvent closed(Close it) {
        return new MonthClosed(it.month(), it.resellers(), it.creditedCents(), it.takenBackCents());
    }

    static CashbackEvent ended(Redemption it) {
        return new RedemptionEnded(
                it.id(), it.resellerId(), it.amountCents(), it.status(), it.reason());
    }

    default News news() {
        return switch (this) {
            case PurchaseApproved it -> new News(APPROVED, it.purchaseId().toString(), it);
            case PurchaseRejected it -> new News(REJECTED, it.purchaseId().toString(), it);
            case MonthClosed it -> new News(MONTH_CLOSED, it.month().toString(), it);
            case RedemptionEnded it -> new News(type(it), it.redemptionId().toString(), it);
        };
    }

    private static String type(RedemptionEnded it) {
        return switch (it.status()) {
            case "paid" -> REDEMPTION_PAID;
            case "returned" -> REDEMPTION_RETURNED;
            default -> REDEMPTION_FAILED;
        };
    }
}
