package vintem.billing;

import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import vintem.platform.BinaryArray;
import vintem.platform.Columns;

/// The table `charge_refund`.
@Singleton
class ChargeRefundTable {
    /// What came for a charge beside its principal and has not gone back.
    record Left(long creditCents, long lateCents) {
        static final Left NOTHING = new Left(0, 0);
    }

    private static final String KNOWN =
            "select refund_id from charge_refund where refund_id = any(:refundIds)";

    private static final String INSERT =
            """
            insert into charge_refund
                (id, refund_id, charge_id, payment_id, amount_cents, principal_cents, late_cents,
                 credit_cents, discount_cents, by_bank, recorded_at)
            select * from unnest(:ids, :refundIds, :charges, :payments, :amounts, :principals,
                                 :late, :credits, :discounts, :byBank, :recorded)
            """;

    private static final String OF_CHARGE =
            """
            select id, refund_id, charge_id, payment_id, amount_cents, principal_cents, late_cents,
                   credit_cents, discount_cents, by_bank, recorded_at
            from charge_refund where charge_id = :chargeId order by id
            """;

    private static final String LEFT =
            """
            select charge_id, sum(credit_cents)::bigint as credit_cents,
                   sum(late_cents)::bigint as late_cents
            from (
                select charge_id, credit_cents, late_cents from charge_settlement
                where charge_id = any(:chargeIds)
                union all
                select charge_id, -credit_cents, -late_cents from charge_refund
                where charge_id = any(:chargeIds)) as s
            group by charge_id
            """;

    /// Which of these are written down.
    Set<String> known(Handle tx, Collection<String> refundIds) {
        return tx.createQuery(KNOWN)
                .bind("refundIds", BinaryArray.texts(refundIds, it -> it))
                .mapTo(String.class)
                .set();
    }

    void insert(Handle tx, List<ChargeRefund> list) {
        tx.createUpdate(INSERT)
                .bind("ids", BinaryArray.uuids(list, ChargeRefund::id))
                .bind("refundIds", BinaryArray.texts(list, ChargeRefund::refundId))
                .bind("charges", BinaryArray.uuids(list, ChargeRefund::chargeId))
                .bind("payments", BinaryArray.uuids(list, ChargeRefund::paymentId))
                .bind("amounts", BinaryArray.longs(list, ChargeRefund::amountCents))
                .bind("principals", BinaryArray.longs(list, ChargeRefund::principalCents))
                .bind("late", BinaryArray.longs(list, ChargeRefund::lateCents))
                .bind("credits", BinaryArray.longs(list, ChargeRefund::creditCents))
                .bind("discounts", BinaryArray.longs(list, ChargeRefund::discountCents))
                .bind("byBank", BinaryArray.flags(list, ChargeRefund::byBank))
                .bind("recorded", BinaryArray.instants(list, ChargeRefund::recordedAt))
                .execute();
    }

    /// All of a charge, oldest first.
    List<ChargeRefund> ofCharge(Handle tx, UUID chargeId) {
        return tx.createQuery(OF_CHARGE)
                .bind("chargeId", chargeId)
                .map(
                        (row, _) ->
                                new ChargeRefund(
                                        Columns.uuid(row, "id"),
                                        row.getString("refund_id"),
                                        Columns.uuid(row, "charge_id"),
                                        Columns.uuid(row, "payment_id"),
                                        row.getLong("amount_cents"),
                                        row.getLong("principal_cents"),
                                        row.getLong("late_cents"),
                                        row.getLong("credit_cents"),
                                        row.getLong("discount_cents"),
                                        row.getBoolean("by_bank"),
                                        Columns.instant(row, "recorded_at")))
                .list();
    }

    /// What a debtor has paid too much for a charge, and not got back.
    long creditCents(Handle tx, UUID chargeId) {
        return left(tx, List.of(chargeId)).getOrDefault(chargeId, Left.NOTHING).creditCents();
    }

    /// By the charge; a charge for which nothing came is not there.
    Map<UUID, Left> left(Handle tx, Collection<UUID> chargeIds) {
        var left = new HashMap<UUID, Left>();
        tx.createQuery(LEFT)
                .bind("chargeIds", BinaryArray.uuids(chargeIds, it -> it))
                .map(
                        (row, _) ->
                                Map.entry(
                                        Columns.uuid(row, "charge_id"),
                                        new Left(
                                                row.getLong("credit_cents"),
                                                row.getLong("late_cents"))))
                .forEach(each -> left.put(each.getKey(), each.getValue()));
        return left;
    }
}
