package vintem.billing;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import vintem.platform.BinaryArray;
import vintem.platform.Columns;

/// The table `charge_pix`: the Pix payments that pay charges.
@Singleton
class ChargePixTable {
    /// One of them.
    public record Code(UUID paymentId, UUID chargeId, long amountCents, Instant createdAt) {}

    private static final String SHOWN =
            """
            select payment_id, charge_id, amount_cents, created_at from charge_pix
            where charge_id = any(:chargeIds) and ended_at is null
            """;

    private static final String INSERT =
            """
            insert into charge_pix (payment_id, charge_id, amount_cents, created_at)
            select * from unnest(:payments, :charges, :amounts, :created)
            """;

    private static final String END =
            """
            update charge_pix set ended_at = :now
            where charge_id = any(:chargeIds) and ended_at is null
            returning payment_id
            """;

    private static final String CHARGES =
            "select payment_id, charge_id from charge_pix where payment_id = any(:payments)";

    private static final String OF_CHARGE =
            """
            select payment_id, charge_id, amount_cents, created_at from charge_pix
            where charge_id = :chargeId order by created_at, payment_id
            """;

    /// Which one each of these charges shows, by the charge.
    Map<UUID, Code> shown(Handle tx, Collection<UUID> chargeIds) {
        var shown = new HashMap<UUID, Code>();
        tx.createQuery(SHOWN)
                .bind("chargeIds", BinaryArray.uuids(chargeIds, it -> it))
                .map((row, _) -> code(row))
                .forEach(each -> shown.put(each.chargeId(), each));
        return shown;
    }

    void insert(Handle tx, List<Code> codes) {
        if (!codes.isEmpty()) {
            tx.createUpdate(INSERT)
                    .bind("payments", BinaryArray.uuids(codes, Code::paymentId))
                    .bind("charges", BinaryArray.uuids(codes, Code::chargeId))
                    .bind("amounts", BinaryArray.longs(codes, Code::amountCents))
                    .bind("created", BinaryArray.instants(codes, Code::createdAt))
                    .execute();
        }
    }

    /// Shows none any more for these charges, which are locked.
    ///
    /// @return the payments that were shown
    List<UUID> end(Handle tx, Collection<UUID> chargeIds, Instant now) {
        return tx.createQuery(END)
                .bind("chargeIds", BinaryArray.uuids(chargeIds, it -> it))
                .bind("now", now)
                .mapTo(UUID.class)
                .list();
    }

    /// Which charges these payments are for, by the payment.
    Map<UUID, UUID> charges(Handle tx, Collection<UUID> paymentIds) {
        var charges = new HashMap<UUID, UUID>();
        tx.createQuery(CHARGES)
                .bind("payments", BinaryArray.uuids(paymentIds, it -> it))
                .map(
                        (row, _) ->
                                Map.entry(
                                        Columns.uuid(row, "payment_id"),
                                        Columns.uuid(row, "charge_id")))
                .forEach(each -> charges.put(each.getKey(), each.getValue()));
        return charges;
    }

    /// All of a charge, oldest first.
    List<Code> ofCharge(Handle tx, UUID chargeId) {
        return tx.createQuery(OF_CHARGE)
                .bind("chargeId", chargeId)
                .map((row, _) -> code(row))
                .list();
    }

    private static Code code(java.sql.ResultSet row) throws java.sql.SQLException {
        return new Code(
                Columns.uuid(row, "payment_id"),
                Columns.uuid(row, "charge_id"),
                row.getLong("amount_cents"),
                Columns.instant(row, "created_at"));
    }
}
