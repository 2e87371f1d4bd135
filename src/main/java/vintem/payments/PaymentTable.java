package vintem.payments;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
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
import vintem.platform.Columns;
import vintem.platform.Database;

/// The table `payment`, and the statements that write it or read it in order to write. The one that
/// pays writes the receipts in `pix_receipt`, too, which is otherwise [ReceiptTable]'s.
/// [PaymentLookupTable] has the look-ups.
@Singleton
class PaymentTable {
    /// What a decision about a payment needs to know of it.
    public record Stored(
            UUID id,
            String txid,
            String status,
            long amountCents,
            String purpose,
            Instant createdAt,
            Instant expiresAt,
            @Nullable Instant paidAt,
            @Nullable Long paidCents,
            boolean late,
            @Nullable String endToEndId,
            long refundedCents) {
        /// The same, once this money has come.
        Stored paid(Instant at, long cents, @Nullable String endToEndId) {
            return new Stored(
                    id,
                    txid,
                    "paid",
                    amountCents,
                    purpose,
                    createdAt,
                    expiresAt,
                    at,
                    cents,
                    at.isAfter(expiresAt),
                    endToEndId,
                    refundedCents);
        }
    }

    /// That a payment was paid.
    public record Paid(
            UUID id, Instant paidAt, long paidCents, boolean late, @Nullable String endToEndId) {}

    /// A charge that the PSP has not answered for yet.
    public record Registering(UUID id, String txid, long amountCents, Instant expiresAt) {}

    public record Standing(UUID id, String status) {}

    /// A payment that has just changed without money.
    public record Changed(UUID id, String txid, String purpose, String mode, Instant expiresAt) {}

    /// Money for a payment that may be waiting for just that.
    ///
    /// @param receiptId what its receipt will be
    public record Offer(
            UUID receiptId,
            String txid,
            long amountCents,
            Instant paidAt,
            @Nullable String endToEndId) {}

    /// One of the Pix that would have been booked stood there already.
    static final class BookedAlready extends RuntimeException {
        private static final long serialVersionUID = 1;

        BookedAlready() {
            super("a Pix is booked already", null, false, false);
        }
    }

    /// That an offer was taken.
    public record Taken(UUID receiptId, UUID id, String purpose, boolean late) {}

    private static final String STORED =
            """
            select id, txid, status, amount_cents, purpose, created_at, expires_at, paid_at,
                   paid_cents, late, end_to_end_id, refunded_cents
            from payment
            """;

    // A list that is run again finds its own rows: the ids are the requests'.
    private static final String INSERT =
            """
            insert into payment
                (id, txid, mode, status, amount_cents, purpose, copy_and_paste, reference,
                 description, payer_name, payer_tax_id, created_at, expires_at, next_ask_at)
            select * from unnest(:ids, :txids, :modes, :statuses, :amounts, :purposes, :codes,
                                 :references, :descriptions, :names, :taxIds, :created, :expiring,
                                 :asking)
            on conflict (id) do nothing
            """;

    // In one order, or two lists wait for each other. They may all the same, where both tell of the
    // same Pix in contradictory ways: then one of them is undone and run again.
    private static final String LOCK_BY_TXID =
            STORED
                    + """
                    where txid = any(:txids) order by id for update
                    """;

    // Looks, locks and writes in one pass; whoever has the row is waited for, and then it is looked
    // at again. Sorted, so that two lists mostly come to the same rows in the same order.
    private static final String PAY =
            """
            with paid as (
                update payment
                set status = 'paid', paid_at = o.paid_at, paid_cents = payment.amount_cents,
                    late = o.paid_at > payment.expires_at, end_to_end_id = o.end_to_end_id,
                    next_ask_at = null
                from (select * from unnest(:receipts, :txids, :amounts, :times, :endToEnds)
                          as o (receipt_id, txid, amount_cents, paid_at, end_to_end_id)
                      order by txid) o
                where payment.txid = o.txid and payment.amount_cents = o.amount_cents
                and payment.status in ('registering', 'active', 'expired')
                %s
                returning o.*, payment.id, payment.purpose, payment.late
            ), received as (
                insert into pix_receipt (id, end_to_end_id, txid, amount_cents, received_at, status,
                                         payment_id)
                select receipt_id, end_to_end_id, txid, amount_cents, paid_at, 'confirmed', id
                from paid order by end_to_end_id
            )
            select receipt_id, id, purpose, late from paid
            """;

    private static final String PAY_AT_ONCE = PAY.formatted("");

    private static final String PAY_UNLESS_BOOKED =
            PAY.formatted(
                    "and not exists"
                            + " (select from pix_receipt r where r.end_to_end_id = o.end_to_end_id)");

    private static final String PURPOSES = "select id, purpose from payment where id = any(:ids)";

    private static final String LOCK =
            STORED
                    + """
                    where id = :id for update
                    """;

    private static final String PAY_LOCKED =
            """
            update payment set status = 'paid', paid_at = p.paid_at, paid_cents = p.paid_cents,
                               late = p.late, end_to_end_id = p.end_to_end_id, next_ask_at = null
            from unnest(:ids, :times, :amounts, :late, :endToEnds)
                as p (id, paid_at, paid_cents, late, end_to_end_id)
            where payment.id = p.id and payment.paid_at is null
            """;

    private static final String REFUND =
            """
            update payment
            set refunded_cents = refunded_cents + change.cents,
                status = case when paid_cents <= (
                             select coalesce(sum(amount_cents), 0) from pix_refund
                             where payment_id = payment.id and status = 'done')
                         then 'refunded' else 'paid' end
            from unnest(:ids, :cents) as change (id, cents)
            where payment.id = change.id
            returning payment.id, payment.status
            """;

    // In one order everywhere, or two lists wait for each other.
    private static final String LOCK_IDS =
            "select id from payment where id = any(:ids) order by id for update";

    private static final String NAME =
            """
            update payment set end_to_end_id = n.end_to_end_id
            from unnest(:ids, :endToEnds) as n (id, end_to_end_id)
            where payment.id = n.id and payment.end_to_end_id is null
            """;

    // One node at a time; the others have nothing to do.
    private static final String EXPIRY = "select place from payment_expiry for update skip locked";

    private static final String MOVE_EXPIRY = "update payment_expiry set place = :place";

    // Whoever holds a row confirms it at this moment: then it is not expired but late, or just in
    // time.
    private static final String EXPIRE =
            """
            update payment set status = 'expired', next_ask_at = null where id in (
                select id from payment
                where status in ('registering', 'active') and expires_at between :from and :now
                order by expires_at limit :most for update skip locked)
            returning id, txid, purpose, mode, expires_at
            """;

    private static final String REMOVE =
            """
            update payment set status = 'removed', next_ask_at = null
            where id = :id and status in ('registering', 'active') and expires_at > :now
            returning id, txid, purpose, mode, expires_at
            """;

    // In one order everywhere, or two lists wait for each other.
    private static final String REMOVE_ALL =
            """
            update payment set status = 'removed', next_ask_at = null where id in (
                select id from payment
                where id = any(:ids) and status in ('registering', 'active') and expires_at > :now
                order by id for update)
            returning id, txid, purpose, mode, expires_at
            """;

    private static final String REGISTERED =
            """
            update payment
            set status = case when status = 'registering' then 'active' else status end,
                copy_and_paste = coalesce(copy_and_paste, :code), next_ask_at = null
            where txid = :txid
            returning status in ('active', 'paid', 'refunded')
            """;

    private static final String REFUSED =
            """
            update payment set status = 'refused', next_ask_at = null
            where txid = :txid and status = 'registering'
            """;

    // Asking moves the next time ahead: two nodes never ask at once.
    private static final String DUE =
            """
            update payment set next_ask_at = :later where id in (
                select id from payment
                where status = 'registering' and next_ask_at <= :now
                order by next_ask_at limit :most for update skip locked)
            returning id, txid, amount_cents, expires_at
            """;

    /// Writes new payments, once each.
    void insert(Handle tx, Collection<NewPayment> payments) {
        if (payments.isEmpty()) {
            return;
        }
        tx.createUpdate(INSERT)
                .bind("ids", BinaryArray.uuids(payments, NewPayment::id))
                .bind("txids", BinaryArray.texts(payments, NewPayment::txid))
                .bind("modes", BinaryArray.texts(payments, it -> it.mode().word()))
                .bind("statuses", BinaryArray.texts(payments, NewPayment::status))
                .bind("amounts", BinaryArray.longs(payments, NewPayment::amountCents))
                .bind("purposes", BinaryArray.texts(payments, it -> it.purpose().code()))
                .bind("codes", BinaryArray.texts(payments, NewPayment::copyAndPaste))
                .bind("references", BinaryArray.texts(payments, NewPayment::reference))
                .bind("descriptions", BinaryArray.texts(payments, NewPayment::description))
                .bind("names", BinaryArray.texts(payments, NewPayment::payerName))
                .bind("taxIds", BinaryArray.texts(payments, NewPayment::payerTaxId))
                .bind("created", BinaryArray.instants(payments, NewPayment::createdAt))
                .bind("expiring", BinaryArray.instants(payments, NewPayment::expiresAt))
                .bind("asking", BinaryArray.instants(payments, NewPayment::nextAskAt))
                .execute();
    }

    /// Locks the payments of these txids, those that exist.
    Map<String, Stored> lock(Handle tx, Set<String> txids) {
        var found = new HashMap<String, Stored>(txids.size() * 2);
        tx.createQuery(LOCK_BY_TXID)
                .bind("txids", BinaryArray.texts(txids, it -> it))
                .map((row, _) -> stored(row))
                .forEach(each -> found.put(each.txid(), each));
        return found;
    }

    /// What these payments are for, by the payment; it never changes.
    Map<UUID, String> purposes(Handle tx, Collection<UUID> ids) {
        var purposes = new HashMap<UUID, String>();
        tx.createQuery(PURPOSES)
                .bind("ids", BinaryArray.uuids(ids, it -> it))
                .map((row, _) -> Map.entry(Columns.uuid(row, "id"), row.getString("purpose")))
                .forEach(each -> purposes.put(each.getKey(), each.getValue()));
        return purposes;
    }

    Optional<Stored> lock(Handle tx, UUID id) {
        return tx.createQuery(LOCK).bind("id", id).map((row, _) -> stored(row)).findOne();
    }

    /// Pays those of these payments that wait for just this money, each offered once, and writes
    /// the receipts.
    ///
    /// @return what was taken, by the receipt; the others are left as they are
    /// @throws BookedAlready where one of these Pix is; then the transaction has failed
    Map<UUID, Taken> payAtOnce(Handle tx, Collection<Offer> offers) {
        try {
            return pay(tx, PAY_AT_ONCE, offers);
        } catch (Database.TryAgain _) {
            throw new BookedAlready();
        }
    }

    /// The same, but what is booked already is left as it is.
    ///
    /// @throws Database.TryAgain where somebody else has just booked one of these Pix
    Map<UUID, Taken> payUnlessBooked(Handle tx, Collection<Offer> offers) {
        return pay(tx, PAY_UNLESS_BOOKED, offers);
    }

    private static Map<UUID, Taken> pay(Handle tx, String statement, Collection<Offer> offers) {
        var taken = new HashMap<UUID, Taken>(offers.size() * 2);
        if (offers.isEmpty()) {
            return taken;
        }
        try {
            tx.createQuery(statement)
                    .bind("receipts", BinaryArray.uuids(offers, Offer::receiptId))
                    .bind("txids", BinaryArray.texts(offers, Offer::txid))
                    .bind("amounts", BinaryArray.longs(offers, Offer::amountCents))
                    .bind("times", BinaryArray.instants(offers, Offer::paidAt))
                    .bind("endToEnds", BinaryArray.texts(offers, Offer::endToEndId))
                    .map((row, _) -> taken(row))
                    .forEach(each -> taken.put(each.receiptId(), each));
        } catch (RuntimeException failed) {
            throw ReceiptTable.again(failed);
        }
        return taken;
    }

    private static Taken taken(ResultSet row) throws SQLException {
        return new Taken(
                Columns.uuid(row, "receipt_id"),
                Columns.uuid(row, "id"),
                row.getString("purpose"),
                row.getBoolean("late"));
    }

    void pay(Handle tx, Collection<Paid> paid) {
        if (paid.isEmpty()) {
            return;
        }
        var changed =
                tx.createUpdate(PAY_LOCKED)
                        .bind("ids", BinaryArray.uuids(paid, Paid::id))
                        .bind("times", BinaryArray.instants(paid, Paid::paidAt))
                        .bind("amounts", BinaryArray.longs(paid, Paid::paidCents))
                        .bind("late", BinaryArray.flags(paid, Paid::late))
                        .bind("endToEnds", BinaryArray.texts(paid, Paid::endToEndId))
                        .execute();
        if (changed != paid.size()) {
            throw new IllegalStateException("a payment would be paid twice");
        }
    }

    /// Reserves cents for refunds, or gives them back where those failed: then less than zero.
    ///
    /// @return the status that each payment has now: *refunded* where nothing is left of it
    Map<UUID, String> refund(Handle tx, Map<UUID, Long> cents) {
        var statuses = new HashMap<UUID, String>();
        if (!cents.isEmpty()) {
            var changes = List.copyOf(cents.entrySet());
            // Locked first: the update would wait, and then still see the refunds of before.
            tx.createQuery(LOCK_IDS)
                    .bind("ids", BinaryArray.uuids(changes, Map.Entry::getKey))
                    .mapTo(UUID.class)
                    .list();
            tx.createQuery(REFUND)
                    .bind("ids", BinaryArray.uuids(changes, Map.Entry::getKey))
                    .bind("cents", BinaryArray.longs(changes, Map.Entry::getValue))
                    .map(ConstructorMapper.of(Standing.class))
                    .forEach(each -> statuses.put(each.id(), each.status()));
        }
        return statuses;
    }

    /// Learns which Pix it was that paid, where the first message did not say it.
    void name(Handle tx, Map<UUID, String> endToEndIds) {
        tx.createUpdate(NAME)
                .bind("ids", BinaryArray.uuids(endToEndIds.entrySet(), Map.Entry::getKey))
                .bind("endToEnds", BinaryArray.texts(endToEndIds.entrySet(), Map.Entry::getValue))
                .execute();
    }

    /// Until when everything that is over was written down as over, locked; empty while another
    /// node works on that.
    Optional<Instant> lockExpiry(Handle tx) {
        return tx.createQuery(EXPIRY).map((row, _) -> Columns.instant(row, "place")).findOne();
    }

    void moveExpiry(Handle tx, Instant place) {
        tx.createUpdate(MOVE_EXPIRY).bind("place", place).execute();
    }

    /// Writes down, the oldest first, that payments are over whose time ended between two instants.
    List<Changed> expire(Handle tx, Instant from, Instant now, int most) {
        return tx.createQuery(EXPIRE)
                .bind("from", from)
                .bind("now", now)
                .bind("most", most)
                .map(ConstructorMapper.of(Changed.class))
                .list();
    }

    Optional<Changed> remove(Handle tx, UUID id, Instant now) {
        return tx.createQuery(REMOVE)
                .bind("id", id)
                .bind("now", now)
                .map(ConstructorMapper.of(Changed.class))
                .findOne();
    }

    List<Changed> removeAll(Handle tx, Collection<UUID> ids, Instant now) {
        return tx.createQuery(REMOVE_ALL)
                .bind("ids", BinaryArray.uuids(ids, it -> it))
                .bind("now", now)
                .map(ConstructorMapper.of(Changed.class))
                .list();
    }

    /// Keeps the PSP's code, also where the payment was paid or has ended in the meantime.
    ///
    /// @return false where nobody is to pay it any more
    boolean registered(Handle tx, String txid, String code) {
        return tx.createQuery(REGISTERED)
                .bind("txid", txid)
                .bind("code", code)
                .mapTo(Boolean.class)
                .one();
    }

    boolean refused(Handle tx, String txid) {
        return tx.createUpdate(REFUSED).bind("txid", txid).execute() == 1;
    }

    List<Registering> due(Handle tx, Instant now, Instant later, int most) {
        return tx.createQuery(DUE)
                .bind("now", now)
                .bind("later", later)
                .bind("most", most)
                .map(ConstructorMapper.of(Registering.class))
                .list();
    }

    private static Stored stored(ResultSet row) throws SQLException {
        return new Stored(
                Columns.uuid(row, "id"),
                row.getString("txid"),
                row.getString("status"),
                row.getLong("amount_cents"),
                row.getString("purpose"),
                Columns.instant(row, "created_at"),
                Columns.instant(row, "expires_at"),
                Columns.instantOrNull(row, "paid_at"),
                Columns.longOrNull(row, "paid_cents"),
                row.getBoolean("late"),
                row.getString("end_to_end_id"),
                row.getLong("refunded_cents"));
    }
}
