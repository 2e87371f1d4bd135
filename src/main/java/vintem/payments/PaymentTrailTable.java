package vintem.payments;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;
import vintem.payments.ReceiptTable.Receipt;
import vintem.payments.RefundTable.Refund;
import vintem.platform.BinaryArray;
import vintem.platform.Columns;
import vintem.platform.Finder;

/// What [PaymentTrail] asks of the tables of payments.
@Singleton
class PaymentTrailTable {
    /// @param first the id of the one that waits longest; null where none does
    public record Waiting(long count, @Nullable Instant oldest, @Nullable UUID first) {}

    // Named twice: a plan for whatever status does not know that the index has it.
    private static final String UNMATCHED =
            """
            select count(*) as count, min(received_at) as oldest,
                   (array_agg(id order by received_at, id))[1] as first
            from (select id, received_at from pix_receipt
                  where status in ('unidentified', 'refunding', 'noted') and status = :status
                  limit :most) r
            """;

    // Asked about again and again: the bank does not know either, or does not answer.
    private static final String UNKNOWN_REFUNDS =
            """
            select count(*) as count, min(created_at) as oldest,
                   (array_agg(id order by created_at, id))[1] as first
            from (select id, created_at from pix_refund
                  where status = 'processing' and times_asked >= :asked limit :most) r
            """;

    private static final String REGISTERING =
            """
            select count(*) as count, min(created_at) as oldest,
                   (array_agg(id order by created_at, id))[1] as first
            from (select id, created_at from payment
                  where status = 'registering' and next_ask_at is not null
                  and created_at < :before and expires_at > :now limit :most) p
            """;

    private static final String IDS_BY_NAME =
            """
            select id from payment where txid = :text
            union select id from (select id from payment where reference = :text
                                  order by id desc limit :most) r
            union select id from (select id, payer_tax_id from payment
                                  where :taxId::text is not null order by id desc limit :newest) n
            where payer_tax_id = :taxId
            union select id from (select id from payment where payer_tax_id = :taxId limit :most) t
            order by id desc limit :most
            """;

    private static final String IDS_BY_AMOUNT =
            """
            select id from (select id, amount_cents from payment order by id desc limit :newest) n
            where amount_cents = :cents
            union select id from (select id from payment where amount_cents = :cents limit :most) a
            order by id desc limit :most
            """;

    private static final String RECEIPT =
            """
            select id, end_to_end_id, txid, amount_cents, received_at, status, reason, payment_id,
                   decided_by, decided_at
            from pix_receipt
            """;

    // With `or` all receipts were read, for each search of the console.
    private static final String RECEIPTS_BY_NAME =
            RECEIPT
                    + """
                    where id in (
                        select id from pix_receipt where end_to_end_id = :text
                        union all
                        select receipt_id from pix_refund where refund_id = :text)
                    limit :most
                    """;

    private static final String RECEIPTS_BY_AMOUNT =
            RECEIPT
                    + """
                    where id in (
                        select id from pix_receipt
                        where status in ('unidentified', 'refunding', 'noted')
                        and amount_cents = :cents limit :most)
                    """;

    private static final String RECEIPTS =
            RECEIPT
                    + """
                    where id = any(:ids)
                    """;

    // What paid its payment in the ordinary way is found by the id that the payment names, the
    // others by an index of their own.
    private static final String RECEIPTS_OF_PAYMENTS =
            RECEIPT
                    + """
                    where id in (
                        select id from pix_receipt
                        where payment_id = any(:ids)
                        and (status <> 'confirmed' or end_to_end_id is null)
                        union all
                        select r.id from payment p join pix_receipt r
                            on r.end_to_end_id = p.end_to_end_id and r.payment_id = p.id
                        where p.id = any(:ids))
                    """;

    private static final String REFUND =
            """
            select id, refund_id, receipt_id, payment_id, end_to_end_id, amount_cents, purpose,
                   status, reason, description, by_bank, credential_id, spending_day, requested_by,
                   created_at, send_by, next_ask_at, times_asked, ended_at
            from pix_refund
            """;

    private static final String REFUNDS = REFUND + "where id = any(:ids)";

    private static final String REFUNDS_OF =
            REFUND + "where receipt_id = any(:receipts) or payment_id = any(:payments)";

    Waiting unmatched(Handle tx, String status, int most) {
        return tx.createQuery(UNMATCHED)
                .bind("status", status)
                .bind("most", most)
                .map(ConstructorMapper.of(Waiting.class))
                .one();
    }

    Waiting unknownRefunds(Handle tx, int asked, int most) {
        return tx.createQuery(UNKNOWN_REFUNDS)
                .bind("asked", asked)
                .bind("most", most)
                .map(ConstructorMapper.of(Waiting.class))
                .one();
    }

    Waiting registering(Handle tx, Instant before, Instant now, int most) {
        return tx.createQuery(REGISTERING)
                .bind("before", before)
                .bind("now", now)
                .bind("most", most)
                .map(ConstructorMapper.of(Waiting.class))
                .one();
    }

    List<UUID> byName(Handle tx, String text, @Nullable String taxId, int most) {
        return tx.createQuery(IDS_BY_NAME)
                .bind("text", text)
                .bind("taxId", taxId)
                .bind("newest", Finder.NEWEST)
                .bind("most", most)
                .mapTo(UUID.class)
                .list();
    }

    List<UUID> byAmount(Handle tx, long cents, int most) {
        return tx.createQuery(IDS_BY_AMOUNT)
                .bind("newest", Finder.NEWEST)
                .bind("cents", cents)
                .bind("most", most)
                .mapTo(UUID.class)
                .list();
    }

    /// By an end-to-end id, or by what the bank calls a refund.
    List<Receipt> receiptsByName(Handle tx, String text, int most) {
        return tx.createQuery(RECEIPTS_BY_NAME)
                .bind("text", text)
                .bind("most", most)
                .map((row, _) -> receipt(row))
                .list();
    }

    /// Those that wait for somebody to claim them.
    List<Receipt> receiptsByAmount(Handle tx, long cents, int most) {
        return tx.createQuery(RECEIPTS_BY_AMOUNT)
                .bind("cents", cents)
                .bind("most", most)
                .map((row, _) -> receipt(row))
                .list();
    }

    List<Receipt> receipts(Handle tx, Collection<UUID> ids) {
        return tx.createQuery(RECEIPTS)
                .bind("ids", BinaryArray.uuids(ids, it -> it))
                .map((row, _) -> receipt(row))
                .list();
    }

    List<Receipt> receiptsOfPayments(Handle tx, Collection<UUID> paymentIds) {
        return tx.createQuery(RECEIPTS_OF_PAYMENTS)
                .bind("ids", BinaryArray.uuids(paymentIds, it -> it))
                .map((row, _) -> receipt(row))
                .list();
    }

    List<Refund> refunds(Handle tx, Collection<UUID> ids) {
        return tx.createQuery(REFUNDS)
                .bind("ids", BinaryArray.uuids(ids, it -> it))
                .map(ConstructorMapper.of(Refund.class))
                .list();
    }

    List<Refund> refundsOf(Handle tx, Collection<UUID> receipts, Collection<UUID> payments) {
        return tx.createQuery(REFUNDS_OF)
                .bind("receipts", BinaryArray.uuids(receipts, it -> it))
                .bind("payments", BinaryArray.uuids(payments, it -> it))
                .map(ConstructorMapper.of(Refund.class))
                .list();
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
