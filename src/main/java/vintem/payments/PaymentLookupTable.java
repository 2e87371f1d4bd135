package vintem.payments;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jspecify.annotations.Nullable;
import vintem.platform.BinaryArray;
import vintem.platform.Columns;

/// The look-ups of payments, and the counts that their proof compares.
@Singleton
class PaymentLookupTable {
    /// What to list; null where anything goes.
    ///
    /// @param status as the reader sees it: what is over by now counts as *expired*
    /// @param id a txid, a reference or an end-to-end id
    public record Filter(
            @Nullable String status,
            @Nullable String id,
            @Nullable Instant from,
            @Nullable Instant until,
            @Nullable UUID after) {}

    /// A payment, or a receipt that nobody claimed, with the Pix that it is known by.
    public record Named(UUID id, String name, boolean isPayment, List<String> endToEndIds) {}

    public record Day(long created, long paid, long paidCents, long open) {}

    private static final UUID FIRST = new UUID(0, 0);
    // Of all ids that are dated: in Java's order and in PostgreSQL's.
    private static final UUID LAST = new UUID(Long.MAX_VALUE, -1);

    private static final String SELECT =
            """
            select id, txid, mode, status, amount_cents, purpose, copy_and_paste, reference,
                   description, payer_name, payer_tax_id, created_at, expires_at, paid_at,
                   paid_cents, late, end_to_end_id, refunded_cents
            from payment
            """;

    private static final String FIND =
            SELECT
                    + """
                    where id = :id
                    """;

    // What paid a payment in the ordinary way has the payment's own end-to-end id; the others are
    // found by an index that has only them.
    private static final String WHOSE =
            """
            select p.id, p.txid as name, true as is_payment,
                   array(select p.end_to_end_id where p.end_to_end_id is not null
                         union select r.end_to_end_id from pix_receipt r
                         where r.payment_id = p.id and r.end_to_end_id is not null
                         and (r.status <> 'confirmed' or r.end_to_end_id is null))
                       as end_to_end_ids
            from payment p where p.id = any(:ids)
            union all
            select r.id, coalesce(r.end_to_end_id, r.txid, r.id::text), false,
                   array(select r.end_to_end_id where r.end_to_end_id is not null)
            from pix_receipt r where r.id = any(:ids)
            """;

    private static final String FIND_ALL =
            SELECT
                    + """
                    where id = any(:ids)
                    """;

    // Each by its own index, and few.
    private static final String NAMED =
            """
            and id in (
                select id from payment where txid = :wanted
                union select id from payment where reference = :wanted
                union select payment_id from pix_receipt
                      where end_to_end_id = :wanted and payment_id is not null)
            """;

    // Ids are dated: newest first is the order of the key.
    private static final String PAGE =
            """
            and id < :before and id >= :first
            order by id desc limit :most
            """;

    /// What a status means in the table, in words of its own so that the rare ones use their index.
    /// Time passes without writing: what is open and over is *expired*.
    private static String where(@Nullable String status) {
        return switch (status) {
            case null -> "where true ";
            case "registering" ->
                    "where status = 'registering' and next_ask_at is not null"
                            + " and expires_at > :now ";
            case "active" -> "where status = 'active' and expires_at > :now ";
            case "paid" -> "where status = 'paid' ";
            // What is over is written down within seconds, or once a node runs again.
            case "expired" ->
                    "where (ended_as = 'expired' or status in ('registering', 'active')"
                            + " and expires_at between cast(:now as timestamptz) - interval '1 hour'"
                            + " and :now) ";
            case "removed", "refunded", "refused" -> "where ended_as = '" + status + "' ";
            default -> throw new IllegalArgumentException(status);
        };
    }

    // Ids are dated to the millisecond, so the key finds the day.
    private static final String SINCE =
            """
            select count(*) as created, count(paid_at) as paid,
                   coalesce(sum(paid_cents), 0) as paid_cents,
                   count(*) filter (where status in ('registering', 'active')
                                    and expires_at > :now) as open
            from payment where id >= :first
            """;

    // One receipt, of the amount that the payment says; and its transfers tell the same.
    private static final String WRONGLY_PAID =
            """
            select p.id from payment p
            left join (
                select payment_id, count(*) as receipts,
                       sum(amount_cents) as cents from pix_receipt
                where status in ('confirmed', 'matched') group by 1) r on r.payment_id = p.id
            where (p.paid_at is not null) <> (coalesce(r.receipts, 0) = 1)
            or r.receipts > 1 or r.cents < p.paid_cents
            limit 20
            """;

    private static final String WRONGLY_BOOKED =
            """
            select p.id from payment p
            left join (
                select subject_id,
                       count(*) filter (
                           where kind in ('payment_confirmed', 'receipt_matched')) as receipts,
                       sum(amount_cents) filter (
                           where kind in ('payment_confirmed', 'receipt_matched')) as cents
                from transfer
                where kind in ('payment_confirmed', 'receipt_matched') group by 1) t
                on t.subject_id = p.id
            where coalesce(t.receipts, 0) <> (p.paid_at is not null)::int
            or t.cents <> p.paid_cents
            limit 20
            """;

    private static final String WRONGLY_REFUNDED =
            """
            select p.id from payment p
            left join (
                select payment_id, sum(amount_cents) as cents,
                       sum(amount_cents) filter (where status = 'done') as done
                from pix_refund where status <> 'failed' group by 1) r on r.payment_id = p.id
            where p.refunded_cents <> coalesce(r.cents, 0)
            or (p.status = 'refunded') <> (coalesce(r.done, 0) >= p.paid_cents and r.done > 0)
            limit 20
            """;

    private static final String ORPHANS =
            """
            select (select count(*) from pix_receipt r
                    where status in ('confirmed', 'matched')
                    and not exists (select from payment where id = r.payment_id))
                 + (select count(*) from transfer t
                    where kind in ('payment_confirmed', 'receipt_matched')
                    and not exists (
                        select from payment p join account a on a.code = p.purpose
                        where p.id = t.subject_id and a.id = t.credit_account))
                 + (select count(*) from pix_receipt r
                    where status = 'unidentified' and amount_cents <= (
                        select coalesce(sum(amount_cents), 0) from pix_refund
                        where receipt_id = r.id and status = 'done'))
            """;

    private static final String UNIDENTIFIED_CENTS =
            """
            select coalesce((select sum(amount_cents) from pix_receipt
                             where status in ('unidentified', 'refunding')), 0)
                 - coalesce((select sum(f.amount_cents) from pix_refund f
                             join pix_receipt r on r.id = f.receipt_id
                             where f.purpose = 'unidentified' and f.status = 'done'
                             and r.status in ('unidentified', 'refunding')), 0)
            """;

    private static final String REFUNDED_CENTS =
            """
            select coalesce(sum(amount_cents), 0) from pix_refund
            where purpose = :purpose and status = 'done'
            """;

    private static final String PAID_CENTS =
            """
            select coalesce(sum(paid_cents), 0) from payment
            where purpose = :purpose and paid_at is not null
            """;

    private static final String OPEN_REFUNDS =
            "select refund_id, amount_cents from pix_refund where status = 'processing'";

    private static final String KNOWN =
            """
            select end_to_end_id as id from pix_receipt where end_to_end_id = any(:ids)
            union all
            select refund_id from pix_refund where refund_id = any(:ids)
            """;

    public record OpenRefund(String refundId, long amountCents) {}

    Optional<Payment> find(Handle tx, UUID id) {
        return tx.createQuery(FIND).bind("id", id).map((row, _) -> payment(row)).findOne();
    }

    List<Payment> find(Handle tx, List<UUID> ids) {
        return tx.createQuery(FIND_ALL)
                .bind("ids", ids.toArray(UUID[]::new))
                .map((row, _) -> payment(row))
                .list();
    }

    List<Named> named(Handle tx, Collection<UUID> ids) {
        return tx.createQuery(WHOSE)
                .bind("ids", BinaryArray.uuids(ids, (UUID each) -> each))
                .map(ConstructorMapper.of(Named.class))
                .list();
    }

    List<Payment> list(Handle tx, Filter filter, Instant now, int most) {
        var named = filter.id() == null ? "" : NAMED;
        var query = tx.createQuery(SELECT + where(filter.status()) + named + PAGE);
        if (filter.id() != null) {
            query.bind("wanted", filter.id());
        }
        // Not every status asks what time it is.
        query.getConfig(SqlStatements.class).setUnusedBindingAllowed(true);
        return query.bind("before", before(filter))
                .bind("first", filter.from() == null ? FIRST : first(filter.from()))
                .bind("now", now)
                .bind("most", most)
                .map((row, _) -> payment(row))
                .list();
    }

    /// The id that all of this page come before.
    private static UUID before(Filter filter) {
        var until = filter.until() == null ? LAST : first(filter.until());
        return filter.after() == null || filter.after().compareTo(until) > 0
                ? until
                : filter.after();
    }

    /// No id of a payment of this instant or later is smaller.
    private static UUID first(Instant at) {
        var millis = Math.clamp(at.toEpochMilli(), 0, (1L << 48) - 1);
        return new UUID(millis << 16, 0);
    }

    /// Payments that were created since an instant.
    Day since(Handle tx, Instant from, Instant now) {
        return tx.createQuery(SINCE)
                .bind("first", first(from))
                .bind("now", now)
                .map(ConstructorMapper.of(Day.class))
                .one();
    }

    List<UUID> wronglyPaid(Handle snapshot) {
        return snapshot.createQuery(WRONGLY_PAID).mapTo(UUID.class).list();
    }

    List<UUID> wronglyBooked(Handle snapshot) {
        return snapshot.createQuery(WRONGLY_BOOKED).mapTo(UUID.class).list();
    }

    List<UUID> wronglyRefunded(Handle snapshot) {
        return snapshot.createQuery(WRONGLY_REFUNDED).mapTo(UUID.class).list();
    }

    /// Receipts and transfers without a payment or for another purpose than its, and receipts that
    /// wait although nothing is left of them.
    long orphans(Handle snapshot) {
        return snapshot.createQuery(ORPHANS).mapTo(Long.class).one();
    }

    long unidentifiedCents(Handle snapshot) {
        return snapshot.createQuery(UNIDENTIFIED_CENTS).mapTo(Long.class).one();
    }

    /// All that went back out of an account, by refunds.
    long refundedCents(Handle snapshot, String purpose) {
        return snapshot.createQuery(REFUNDED_CENTS)
                .bind("purpose", purpose)
                .mapTo(Long.class)
                .one();
    }

    /// All that was paid for a purpose.
    long paidCents(Handle snapshot, String purpose) {
        return snapshot.createQuery(PAID_CENTS).bind("purpose", purpose).mapTo(Long.class).one();
    }

    List<OpenRefund> openRefunds(Handle snapshot) {
        return snapshot.createQuery(OPEN_REFUNDS)
                .map(ConstructorMapper.of(OpenRefund.class))
                .list();
    }

    /// Which of these end-to-end ids and refund ids are booked.
    Set<String> booked(Handle snapshot, Collection<String> ids) {
        return snapshot.createQuery(KNOWN)
                .bindArray("ids", String.class, List.copyOf(ids))
                .mapTo(String.class)
                .set();
    }

    private static Payment payment(ResultSet row) throws SQLException {
        return new Payment(
                Columns.uuid(row, "id"),
                row.getString("txid"),
                row.getString("mode"),
                row.getString("status"),
                row.getLong("amount_cents"),
                row.getString("purpose"),
                row.getString("copy_and_paste"),
                row.getString("reference"),
                row.getString("description"),
                row.getString("payer_name"),
                row.getString("payer_tax_id"),
                Columns.instant(row, "created_at"),
                Columns.instant(row, "expires_at"),
                Columns.instantOrNull(row, "paid_at"),
                Columns.longOrNull(row, "paid_cents"),
                row.getBoolean("late"),
                row.getString("end_to_end_id"),
                row.getLong("refunded_cents"));
    }
}
