package vintem.billing;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;
import vintem.platform.BinaryArray;
import vintem.platform.Columns;

/// The table `charge_settlement`.
@Singleton
class SettlementTable {
    /// By what messages may be known.
    public record Names(Set<String> paymentIds, Set<String> endToEnds, Set<String> fingerprints) {
        static Names of(List<SettleCharge.Message> messages) {
            return new Names(
                    distinct(messages, SettleCharge.Message::bankPaymentId),
                    distinct(messages, SettleCharge.Message::endToEndId),
                    distinct(messages, SettleCharge.Message::fingerprint));
        }

        private static Set<String> distinct(
                List<SettleCharge.Message> messages,
                Function<SettleCharge.Message, @Nullable String> field) {
            return messages.stream()
                    .flatMap(each -> Optional.ofNullable(field.apply(each)).stream())
                    .collect(Collectors.toSet());
        }
    }

    /// A charge with what the bank calls the boletos that paid it.
    public record Named(UUID chargeId, String name, List<String> references) {}

    private static final String WHOSE =
            """
            select charge_id, min(coalesce(debt_id, charge_id::text)) as name,
                   array_agg(id::text)
                       || coalesce(array_agg(bank_payment_id)
                                   filter (where bank_payment_id is not null), '{}')
                       as "references"
            from charge_settlement
            where charge_id = any(:ids) and channel = 'boleto' group by charge_id
            """;

    private static final String SELECT =
            """
            select id, channel, status, charge_id, debt_id, amount_cents, paid_at, paid_by,
                   bank_payment_id, end_to_end_id, fingerprint, payment_id, principal_cents,
                   late_cents, credit_cents, discount_cents, waived_cents, reason, recorded_at,
                   decided_by, decided_at
            from charge_settlement
            """;

    private static final String KNOWN =
            SELECT
                    + """
                    where id in (
                        select id from charge_settlement where bank_payment_id = any(:paymentIds)
                        union
                        select id from charge_settlement where end_to_end_id = any(:endToEnds)
                        union
                        select id from charge_settlement where fingerprint = any(:fingerprints))
                    """;

    // An unknown one may be decided about at this moment. In one order everywhere.
    private static final String LOCK_KNOWN = KNOWN + "order by id for update";

    private static final String LOCK =
            SELECT
                    + """
                    where id = :id for update
                    """;

    private static final String OF_PIX =
            "select payment_id from charge_settlement where payment_id = any(:paymentIds)";

    // Sorted, so that two lists with the same ids wait for each other in one direction only.
    private static final String INSERT =
            """
            insert into charge_settlement
                (id, channel, status, charge_id, debt_id, amount_cents, paid_at, paid_by,
                 bank_payment_id, end_to_end_id, fingerprint, payment_id, principal_cents,
                 late_cents, credit_cents, discount_cents, waived_cents, reason, recorded_at)
            select * from unnest(:ids, :channels, :statuses, :charges, :debtIds, :amounts, :times,
                                 :payers, :paymentIds, :endToEnds, :fingerprints, :payments,
                                 :principals, :late, :credits, :discounts, :waived, :reasons,
                                 :recorded)
                as s (id, channel, status, charge_id, debt_id, amount_cents, paid_at, paid_by,
                      bank_payment_id, end_to_end_id, fingerprint, payment_id, principal_cents,
                      late_cents, credit_cents, discount_cents, waived_cents, reason, recorded_at)
            order by bank_payment_id, end_to_end_id, fingerprint, payment_id
            on conflict do nothing
            """;

    private static final String DECIDE =
            """
            update charge_settlement
            set status = s.status, charge_id = s.charge_id, principal_cents = s.principal_cents,
                late_cents = s.late_cents, credit_cents = s.credit_cents,
                discount_cents = s.discount_cents, waived_cents = s.waived_cents,
                reason = s.reason, decided_by = s.decided_by, decided_at = s.decided_at
            from unnest(:ids, :statuses, :charges, :principals, :late, :credits, :discounts,
                        :waived, :reasons, :deciders, :decided)
                as s (id, status, charge_id, principal_cents, late_cents, credit_cents,
                      discount_cents, waived_cents, reason, decided_by, decided_at)
            where charge_settlement.id = s.id
            """;

    private static final String NAME =
            """
            update charge_settlement
            set bank_payment_id = n.bank_payment_id, end_to_end_id = n.end_to_end_id
            from unnest(:ids, :paymentIds, :endToEnds) as n (id, bank_payment_id, end_to_end_id)
            where charge_settlement.id = n.id
            """;

    private static final String OF_CHARGE =
            SELECT
                    + """
                    where charge_id = :chargeId order by id
                    """;

    // Ids are dated: newest first is the order of each partial index.
    private static final String UNKNOWN =
            SELECT
                    + """
                    where status = 'unknown' and id < :before order by id desc limit :most
                    """;

    private static final String CREDITS =
            SELECT
                    + """
                    where credit_cents > 0 and id < :before order by id desc limit :most
                    """;

    private static final String WAIVED =
            SELECT
                    + """
                    where waived_cents > 0 and id < :before order by id desc limit :most
                    """;

    private static final String ALL =
            SELECT
                    + """
                    where id < :before order by id desc limit :most
                    """;

    private static final UUID LAST = new UUID(Long.MAX_VALUE, -1);

    /// What was told before under these names.
    List<Settlement> known(Handle tx, Names names) {
        return named(tx, KNOWN, names);
    }

    /// The same, locked.
    List<Settlement> lockKnown(Handle tx, Names names) {
        return named(tx, LOCK_KNOWN, names);
    }

    private static List<Settlement> named(Handle tx, String query, Names names) {
        return tx.createQuery(query)
                .bind("paymentIds", BinaryArray.texts(names.paymentIds(), it -> it))
                .bind("endToEnds", BinaryArray.texts(names.endToEnds(), it -> it))
                .bind("fingerprints", BinaryArray.texts(names.fingerprints(), it -> it))
                .map((row, _) -> settlement(row))
                .list();
    }

    Optional<Settlement> lock(Handle tx, UUID id) {
        return tx.createQuery(LOCK).bind("id", id).map((row, _) -> settlement(row)).findOne();
    }

    /// Which of these Pix payments have settled something.
    Set<UUID> settledByPix(Handle tx, Collection<UUID> paymentIds) {
        return tx.createQuery(OF_PIX)
                .bind("paymentIds", BinaryArray.uuids(paymentIds, it -> it))
                .mapTo(UUID.class)
                .collect(Collectors.toSet());
    }

    /// @return how many were written; fewer where somebody else was told of one of them
    int insert(Handle tx, List<Settlement> list) {
        if (list.isEmpty()) {
            return 0;
        }
        return tx.createUpdate(INSERT)
                .bind("ids", BinaryArray.uuids(list, Settlement::id))
                .bind("channels", BinaryArray.texts(list, it -> it.channel().word()))
                .bind("statuses", BinaryArray.texts(list, it -> it.status().word()))
                .bind("charges", BinaryArray.uuids(list, Settlement::chargeId))
                .bind("debtIds", BinaryArray.texts(list, Settlement::debtId))
                .bind("amounts", BinaryArray.longs(list, Settlement::amountCents))
                .bind("times", BinaryArray.instants(list, Settlement::paidAt))
                .bind("payers", BinaryArray.texts(list, Settlement::paidBy))
                .bind("paymentIds", BinaryArray.texts(list, Settlement::bankPaymentId))
                .bind("endToEnds", BinaryArray.texts(list, Settlement::endToEndId))
                .bind("fingerprints", BinaryArray.texts(list, Settlement::fingerprint))
                .bind("payments", BinaryArray.uuids(list, Settlement::paymentId))
                .bind("principals", BinaryArray.longs(list, Settlement::principalCents))
                .bind("late", BinaryArray.longs(list, Settlement::lateCents))
                .bind("credits", BinaryArray.longs(list, Settlement::creditCents))
                .bind("discounts", BinaryArray.longs(list, Settlement::discountCents))
                .bind("waived", BinaryArray.longs(list, Settlement::waivedCents))
                .bind("reasons", BinaryArray.texts(list, SettlementTable::reason))
                .bind("recorded", BinaryArray.instants(list, Settlement::recordedAt))
                .execute();
    }

    /// Writes down what became of unknown ones, which are locked.
    void decide(Handle tx, List<Settlement> list) {
        if (list.isEmpty()) {
            return;
        }
        tx.createUpdate(DECIDE)
                .bind("ids", BinaryArray.uuids(list, Settlement::id))
                .bind("statuses", BinaryArray.texts(list, it -> it.status().word()))
                .bind("charges", BinaryArray.uuids(list, Settlement::chargeId))
                .bind("principals", BinaryArray.longs(list, Settlement::principalCents))
                .bind("late", BinaryArray.longs(list, Settlement::lateCents))
                .bind("credits", BinaryArray.longs(list, Settlement::creditCents))
                .bind("discounts", BinaryArray.longs(list, Settlement::discountCents))
                .bind("waived", BinaryArray.longs(list, Settlement::waivedCents))
                .bind("reasons", BinaryArray.texts(list, SettlementTable::reason))
                .bind("deciders", BinaryArray.texts(list, Settlement::decidedBy))
                .bind("decided", BinaryArray.instants(list, Settlement::decidedAt))
                .execute();
    }

    /// Learns what the bank calls them; they are locked.
    void name(Handle tx, Collection<Settlement> list) {
        if (!list.isEmpty()) {
            tx.createUpdate(NAME)
                    .bind("ids", BinaryArray.uuids(list, Settlement::id))
                    .bind("paymentIds", BinaryArray.texts(list, Settlement::bankPaymentId))
                    .bind("endToEnds", BinaryArray.texts(list, Settlement::endToEndId))
                    .execute();
        }
    }

    List<Named> named(Handle tx, Collection<UUID> chargeIds) {
        return tx.createQuery(WHOSE)
                .bind("ids", BinaryArray.uuids(chargeIds, (UUID each) -> each))
                .map(ConstructorMapper.of(Named.class))
                .list();
    }

    List<Settlement> ofCharge(Handle tx, UUID chargeId) {
        return tx.createQuery(OF_CHARGE)
                .bind("chargeId", chargeId)
                .map((row, _) -> settlement(row))
                .list();
    }

    /// What waits for a person, newest first.
    List<Settlement> unknown(Handle tx, @Nullable UUID after, int most) {
        return page(tx, UNKNOWN, after, most);
    }

    /// All money, newest first.
    List<Settlement> all(Handle tx, @Nullable UUID after, int most) {
        return page(tx, ALL, after, most);
    }

    /// Money that was too much, newest first.
    List<Settlement> withCredit(Handle tx, @Nullable UUID after, int most) {
        return page(tx, CREDITS, after, most);
    }

    /// Money that was less than the late terms came to, newest first.
    List<Settlement> withWaived(Handle tx, @Nullable UUID after, int most) {
        return page(tx, WAIVED, after, most);
    }

    private static List<Settlement> page(Handle tx, String query, @Nullable UUID after, int most) {
        return tx.createQuery(query)
                .bind("before", after == null ? LAST : after)
                .bind("most", most)
                .map((row, _) -> settlement(row))
                .list();
    }

    private static @Nullable String reason(Settlement it) {
        return it.reason() == null ? null : it.reason().word();
    }

    private static Settlement settlement(ResultSet row) throws SQLException {
        return new Settlement(
                Columns.uuid(row, "id"),
                Settlement.Channel.of(row.getString("channel")),
                Settlement.Status.of(row.getString("status")),
                Columns.uuidOrNull(row, "charge_id"),
                row.getString("debt_id"),
                row.getLong("amount_cents"),
                Columns.instant(row, "paid_at"),
                row.getString("paid_by"),
                row.getString("bank_payment_id"),
                row.getString("end_to_end_id"),
                row.getString("fingerprint"),
                Columns.uuidOrNull(row, "payment_id"),
                row.getLong("principal_cents"),
                row.getLong("late_cents"),
                row.getLong("credit_cents"),
                row.getLong("discount_cents"),
                row.getLong("waived_cents"),
                orNull(row.getString("reason"), Settlement.Reason::of),
                Columns.instant(row, "recorded_at"),
                row.getString("decided_by"),
                Columns.instantOrNull(row, "decided_at"));
    }

    private static <T> @Nullable T orNull(@Nullable String word, Function<String, T> of) {
        return word == null ? null : of.apply(Objects.requireNonNull(word));
    }
}
