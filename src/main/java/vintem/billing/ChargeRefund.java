package vintem.billing;

import java.time.Instant;
import java.util.UUID;

/// Money for a charge that went back to whoever had paid it by Pix.
///
/// @param refundId as payments and the bank know it
/// @param principalCents is owed again, unless the charge is cancelled
/// @param lateCents of late income
/// @param creditCents of the debtor's credit
/// @param discountCents what a discount had taken off the principal, and does not any more
/// @param byBank the bank took it back by itself (MED)
record ChargeRefund(
        UUID id,
        String refundId,
        UUID chargeId,
        UUID paymentId,
        long amountCents,
        long principalCents,
        long lateCents,
        long creditCents,
        long discountCents,
        boolean byBank,
        Instant recordedAt) {}
