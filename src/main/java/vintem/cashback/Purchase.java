package vintem.cashback;

import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Something that a reseller bought.
///
/// @param code the shop's, unique among those that are not deleted
/// @param boughtOn a São Paulo day; its month is the one that it counts for
/// @param reason why it was rejected, where somebody said so
record Purchase(
        UUID id,
        String code,
        UUID resellerId,
        long amountCents,
        LocalDate boughtOn,
        PurchaseStatus status,
        Instant createdAt,
        @Nullable Instant judgedAt,
        @Nullable String reason) {
    LocalDate month() {
        return boughtOn.withDayOfMonth(1);
    }
}
