package vintem.billing;

import java.time.LocalDate;
import java.util.UUID;
import vintem.platform.Outbox.News;

/// What happened to a charge, or to money that fits none. Names and members are a contract:
/// `docs/events.md`.
public sealed interface ChargeEvent {
    /// Only of charges that were asked for one by one: a file tells of itself.
    record Created(UUID chargeId, String debtId, long amountCents, LocalDate dueDate)
            implements ChargeEvent {}

    /// @param channel `boleto` or `pix`
    /// @param openCents what is left of the principal
    record PartiallyPaid(
            UUID chargeId,
            String debtId,
            UUID settlementId,
            String channel,
            long amountCents,
            long openCents)
            implements ChargeEvent {}

    /// @param amountCents what came in at last
    /// @param discountCents what was taken off the principal
    /// @param lateCents fine and interest that were paid
    /// @param waivedCents fine and interest that nobody asks for any more
    record Paid(
            UUID chargeId,
            String debtId,
            UUID settlementId,
            String channel,
            long amountCents,
            long discountCents,
            long lateCents,
            long waivedCents)
            implements ChargeEvent {}

    /// @param owedCents what was still owed of the principal
    record Cancelled(UUID chargeId, String debtId, long owedCents) implements ChargeEvent {}

    /// @param reason `overpaid`, `paid_before` or `cancelled`
    record Overpaid(
            UUID chargeId, String debtId, UUID settlementId, long creditCents, String reason)
            implements ChargeEvent {}

    /// Money that had been paid by Pix went back.
    ///
    /// @param principalCents is owed again
    /// @param creditCents was the debtor's credit
    /// @param byBank the bank took it back by itself (MED)
    /// @param status of the charge from now on
    record Refunded(
            UUID chargeId,
            String debtId,
            UUID paymentId,
            String refundId,
            long amountCents,
            long principalCents,
            long lateCents,
            long creditCents,
            boolean byBank,
            String status)
            implements ChargeEvent {}

    /// The bank takes no such boleto; Pix still pays the charge.
    ///
    /// @param reason of `docs/outcomes.md`, or the bank's own
    record BoletoRejected(UUID chargeId, String debtId, String reason) implements ChargeEvent {}

    /// The bank says that somebody paid a debt that nobody has.
    record UnknownSettlement(UUID settlementId, long amountCents) implements ChargeEvent {}

    String CREATED = "charge.created";
    String PARTIALLY_PAID = "charge.partially_paid";
    String PAID = "charge.paid";
    String CANCELLED = "charge.cancelled";
    String OVERPAID = "charge.overpaid";
    String REFUNDED = "charge.refunded";
    String BOLETO_REJECTED = "charge.boleto_rejected";
    String UNKNOWN = "settlement.unknown";

    default News news() {
        return switch (this) {
            case Created it -> new News(CREATED, it.chargeId().toString(), it);
            case PartiallyPaid it -> new News(PARTIALLY_PAID, it.chargeId().toString(), it);
            case Paid it -> new News(PAID, it.chargeId().toString(), it);
            case Cancelled it -> new News(CANCELLED, it.chargeId().toString(), it);
            case Overpaid it -> new News(OVERPAID, it.chargeId().toString(), it);
            case Refunded it -> new News(REFUNDED, it.chargeId().toString(), it);
            case BoletoRejected it -> new News(BOLETO_REJECTED, it.chargeId().toString(), it);
            case UnknownSettlement it -> new News(UNKNOWN, it.settlementId().toString(), it);
        };
    }
}
