package vintem.payments;

import static java.util.Comparator.comparing;
import static java.util.Comparator.naturalOrder;
import static java.util.Comparator.nullsFirst;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;
import vintem.platform.BinaryArray;
import vintem.platform.BinaryCopy;
import vintem.platform.Columns;
import vintem.platform.Database;

/// The tables `pix_receipt` and `pix_receipt_cursor`.
@Singleton
class ReceiptTable {
    /// Money that arrived, or a message about some that fitted nothing.
    ///
    /// @param status `confirmed`, `unidentified`, `matched`, `refunding`, `refunded`, `noted` or
    ///     `dismissed`
    /// @param reason why it fits nothing; null where it paid its payment
    public record Receipt(
            UUID id,
            @Nullable String endToEndId,
            @Nullable String txid,
            long amountCents,
            Instant receivedAt,
            String status,
            @Nullable String reason,
            @Nullable UUID paymentId,
            @Nullable String decidedBy,
            @Nullable Instant decidedAt) {}

    private static final String SELECT =
            """
            select id, end_to_end_id, txid, amount_cents, received_at, status, reason, payment_id,
                   decided_by, decided_at
            from pix_receipt
            """;

    // Sorted, so that two lists with the same ids mostly wait for each other in one direction only.
    private static final String INSERT =
            """
            insert into pix_receipt
                (id, end_to_end_id, txid, amount_cents, received_at, status, reason, payment_id)
            select * from unnest(:ids, :endToEnds, :txids, :amounts, :times, :statuses, :reasons,
                                 :payments)
                as r (id, end_to_end_id, txid, amount_cents, received_at, status, reason, payment_id)
            order by end_to_end_id, txid, amount_cents, reason
            """;

    private static final String NOTE = INSERT + "on conflict do nothing";

    private static final String COPY =
            """
            copy pix_receipt (id, end_to_end_id, txid, amount_cents, received_at, status, reason,
                              payment_id)
            from stdin (format binary)
            """;

    private static final String BY_END_TO_END =
            SELECT
                    + """
                    where end_to_end_id = any(:endToEnds)
                    """;

    private static final String LOCK_BY_END_TO_END =
            SELECT
                    + """
                    where end_to_end_id = any(:endToEnds) order by id for update
                    """;

    private static final String LOCK_BY_IDS =
            SELECT
                    + """
                    where id = any(:ids) order by id for update
                    """;

    // What waits, or has waited, for somebody to claim it: what was given back says the rest. What
    // has found its payment stays there.
    private static final String FOLLOW_REFUNDS =
            """
            update pix_receipt r
            set status = case when f.done >= r.amount_cents then 'refunded'
                              when f.processing then 'refunding' else 'unidentified' end,
                decided_by = :by, decided_at = :at
            from (select receipt_id,
                         coalesce(sum(amount_cents) filter (where status = 'done'), 0) as done,
                         bool_or(status = 'processing') as processing
                  from pix_refund where receipt_id = any(:ids) group by 1) f
            where r.id = f.receipt_id and r.status in ('unidentified', 'refunding', 'refunded')
            """;

    private static final String NAME =
            """
            update pix_receipt set end_to_end_id = n.end_to_end_id
            from unnest(:payments, :endToEnds) as n (payment_id, end_to_end_id)
            where pix_receipt.payment_id = n.payment_id and pix_receipt.end_to_end_id is null
            and pix_receipt.status = 'confirmed'
            """;

    private static final String LOCK =
            SELECT
                    + """
                    where id = :id for update
                    """;

    // What paid it in the ordinary way by the id that it names, the others by an index of their
    // own.
    private static final String OF_PAYMENT =
            SELECT
                    + """
                    where payment_id = :paymentId and (status <> 'confirmed' or end_to_end_id is null)
                    union all
                    """
                    + SELECT
                    + """
                    where status = 'confirmed' and payment_id = :paymentId
                    and end_to_end_id = (select end_to_end_id from payment where id = :paymentId)
                    order by received_at, id
                    """;

    private static final String QUEUE =
            SELECT
                    + """
                    where status in ('unidentified', 'refunding', 'noted')
                    and status = any(:statuses)
                    and (cast(:after as uuid) is null or id < :after)
                    order by id desc limit :most
                    """;

    private static final String QUEUE_SIZE =
            """
            select count(*) as receipts, coalesce(sum(amount_cents), 0) as cents
            from pix_receipt where status = 'unidentified'
            """;

    private static final String DECIDE =
            """
            update pix_receipt
            set status = :status, payment_id = coalesce(:paymentId, payment_id), decided_by = :by,
                decided_at = :at
            where id = :id
            """;

    private static final String CURSOR = "select place from pix_receipt_cursor for update";

    private static final String PLACE = "select place from pix_receipt_cursor";

    private static final String MOVE = "update pix_receipt_cursor set place = :place";

    /// How many wait in the queue with money.
    public record Queue(long receipts, long cents) {}

    /// Writes receipts of money, none of which may stand there already.
    ///
    /// @throws Database.TryAgain where somebody else has just written one of them
    void add(Handle tx, Collection<Receipt> receipts) {
        if (receipts.isEmpty()) {
            return;
        }
        try {
            if (BinaryCopy.isWorthIt(receipts.size())) {
                // Sorted as an insert sorts them, for the same reason.
                var sorted = new ArrayList<>(receipts);
                sorted.sort(comparing(Receipt::endToEndId, nullsFirst(naturalOrder())));
                BinaryCopy.copy(tx, COPY, 8, sorted, ReceiptTable::write);
            } else {
                insert(tx, INSERT, receipts);
            }
        } catch (RuntimeException failed) {
            throw again(failed);
        }
    }

    /// What a receipt that could not be written means: to try again where somebody else has.
    static RuntimeException again(RuntimeException failed) {
        return Database.isTaken(failed)
                ? new Database.TryAgain("somebody else booked one of these Pix")
                : failed;
    }

    private static void write(BinaryCopy.Row row, Receipt receipt) {
        row.uuid(receipt.id())
                .text(receipt.endToEndId())
                .text(receipt.txid())
                .bigint(receipt.amountCents())
                .instant(receipt.receivedAt())
                .text(receipt.status())
                .text(receipt.reason())
                .uuid(receipt.paymentId());
    }

    /// Writes notes; one that stands already stays.
    void note(Handle tx, Collection<Receipt> receipts) {
        if (!receipts.isEmpty()) {
            insert(tx, NOTE, receipts);
        }
    }

    private static void insert(Handle tx, String statement, Collection<Receipt> receipts) {
        tx.createUpdate(statement)
                .bind("ids", BinaryArray.uuids(receipts, Receipt::id))
                .bind("endToEnds", BinaryArray.texts(receipts, Receipt::endToEndId))
                .bind("txids", BinaryArray.texts(receipts, Receipt::txid))
                .bind("amounts", BinaryArray.longs(receipts, Receipt::amountCents))
                .bind("times", BinaryArray.instants(receipts, Receipt::receivedAt))
                .bind("statuses", BinaryArray.texts(receipts, Receipt::status))
                .bind("reasons", BinaryArray.texts(receipts, Receipt::reason))
                .bind("payments", BinaryArray.uuids(receipts, Receipt::paymentId))
                .execute();
    }

    Map<String, Receipt> byEndToEndIds(Handle tx, Set<String> endToEndIds) {
        var found = new HashMap<String, Receipt>();
        if (!endToEndIds.isEmpty()) {
            tx.createQuery(BY_END_TO_END)
                    .bind("endToEnds", BinaryArray.texts(endToEndIds, it -> it))
                    .map((row, _) -> receipt(row))
                    .forEach(each -> found.put(String.valueOf(each.endToEndId()), each));
        }
        return found;
    }

    /// The same, locked: nobody decides about them meanwhile.
    Map<String, Receipt> lockByEndToEndIds(Handle tx, Set<String> endToEndIds) {
        var found = new HashMap<String, Receipt>();
        tx.createQuery(LOCK_BY_END_TO_END)
                .bind("endToEnds", BinaryArray.texts(endToEndIds, it -> it))
                .map((row, _) -> receipt(row))
                .forEach(each -> found.put(String.valueOf(each.endToEndId()), each));
        return found;
    }

    /// Says of receipts that nobody has claimed what their refunds say, after these have changed.
    void followRefunds(Handle tx, Set<UUID> ids, String by, Instant at) {
        if (ids.isEmpty()) {
            return;
        }
        // Locked first: the update would wait, and then still see the refunds of before.
        tx.createQuery(LOCK_BY_IDS)
                .bind("ids", BinaryArray.uuids(ids, it -> it))
                .map((row, _) -> receipt(row))
                .list();
        tx.createUpdate(FOLLOW_REFUNDS)
                .bind("ids", BinaryArray.uuids(ids, it -> it))
                .bind("by", by)
                .bind("at", at)
                .execute();
    }

    /// Learns which Pix it was that paid, where the first message did not say it.
    void name(Handle tx, Map<UUID, String> endToEndIds) {
        tx.createUpdate(NAME)
                .bind("payments", BinaryArray.uuids(endToEndIds.entrySet(), Map.Entry::getKey))
                .bind("endToEnds", BinaryArray.texts(endToEndIds.entrySet(), Map.Entry::getValue))
                .execute();
    }

    Optional<Receipt> lock(Handle tx, UUID id) {
        return tx.createQuery(LOCK).bind("id", id).map((row, _) -> receipt(row)).findOne();
    }

    List<Receipt> ofPayment(Handle tx, UUID paymentId) {
        return tx.createQuery(OF_PAYMENT)
                .bind("paymentId", paymentId)
                .map((row, _) -> receipt(row))
                .list();
    }

    /// What waits for a person, newest first.
    List<Receipt> queue(Handle tx, List<String> statuses, @Nullable UUID after, int most) {
        return tx.createQuery(QUEUE)
                .bindArray("statuses", String.class, statuses)
                .bind("after", after)
                .bind("most", most)
                .map((row, _) -> receipt(row))
                .list();
    }

    Queue queueSize(Handle tx) {
        return tx.createQuery(QUEUE_SIZE).map(ConstructorMapper.of(Queue.class)).one();
    }

    void decide(
            Handle tx,
            UUID id,
            String status,
            @Nullable UUID paymentId,
            @Nullable String by,
            Instant at) {
        tx.createUpdate(DECIDE)
                .bind("id", id)
                .bind("status", status)
                .bind("paymentId", paymentId)
                .bind("by", by)
                .bind("at", at)
                .execute();
    }

    long place(Handle tx) {
        return tx.createQuery(PLACE).mapTo(Long.class).one();
    }

    /// The place, locked: two nodes never read on from it at once.
    long lockPlace(Handle tx) {
        return tx.createQuery(CURSOR).mapTo(Long.class).one();
    }

    void moveTo(Handle tx, long place) {
        tx.createUpdate(MOVE).bind("place", place).execute();
    }

    private static Receipt receipt(ResultSet row) throws SQLException {
        return new Receipt(
                Columns.uuid(row, "id"),
                row.getString("end_to_end_id"),
                row.getString("txid"),
                row.getLong("amount_cents"),
                Columns.instant(row, "received_at"),
                row.getString("status"),
                row.getString("reason"),
                Columns.uuidOrNull(row, "payment_id"),
                row.getString("decided_by"),
                Columns.instantOrNull(row, "decided_at"));
    }
}
