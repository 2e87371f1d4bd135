package vintem.payments;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;
import vintem.platform.BinaryArray;

/// The table `pix_refund`.
@Singleton
class RefundTable {
    /// Money that goes back.
    ///
    /// @param refundId what the bank knows it by
    /// @param paymentId null where a receipt goes back that nobody claims
    /// @param purpose the account that it is taken from in the end
    /// @param sendBy until when whoever wrote it may hand it to the bank
    public record Refund(
            UUID id,
            String refundId,
            UUID receiptId,
            @Nullable UUID paymentId,
            String endToEndId,
            long amountCents,
            String purpose,
            String status,
            @Nullable String reason,
            @Nullable String description,
            boolean byBank,
            UUID credentialId,
            LocalDate spendingDay,
            String requestedBy,
            Instant createdAt,
            Instant sendBy,
            Instant nextAskAt,
            int timesAsked,
            @Nullable Instant endedAt) {}

    private static final String COLUMNS =
            """
            id, refund_id, receipt_id, payment_id, end_to_end_id, amount_cents, purpose, status,
            reason, description, by_bank, credential_id, spending_day, requested_by, created_at,
            send_by, next_ask_at, times_asked, ended_at
            """;

    private static final String INSERT =
            "insert into pix_refund ("
                    + COLUMNS
                    + ") "
                    + """
                    select * from unnest(:ids, :refundIds, :receipts, :payments, :endToEnds,
                                         :amounts, :purposes, :statuses, :reasons, :descriptions,
                                         :byBank, :credentials, :days, :names, :created, :sendBy,
                                         :nextAsk, :asked, :ended)
                    on conflict do nothing
                    """;

    private static final String SELECT = "select " + COLUMNS + " from pix_refund ";

    private static final String LOCK =
            SELECT + "where refund_id = any(:refundIds) order by id for update";

    private static final String OF_PAYMENT =
            SELECT + "where payment_id = :id order by created_at, id";

    private static final String OF_RECEIPT =
            SELECT + "where receipt_id = :id order by created_at, id";

    // The id is made of the key of whoever asked, so it is no date: newest first is not asked for.
    private static final String LIST = SELECT + "where id < :before order by id desc limit :most";

    private static final String END =
            """
            update pix_refund set status = e.status, reason = e.reason, ended_at = e.at
            from unnest(:ids, :statuses, :reasons, :times) as e (id, status, reason, at)
            where pix_refund.id = e.id
            """;

    // Asking moves the next time ahead: two nodes never ask at once. Nobody may send any more.
    private static final String DUE =
            """
            update pix_refund
            set times_asked = times_asked + 1,
                next_ask_at = cast(:now as timestamptz)
                    + least(60, power(2, least(times_asked, 6))) * interval '1 second'
            where id in (
                select id from pix_refund
                where status = 'processing' and next_ask_at <= :now and send_by <= :sentBefore
                order by next_ask_at limit :most for update skip locked)
            returning
            """
                    + COLUMNS;

    private static final String DONE_OF_RECEIPTS =
            """
            select receipt_id, sum(amount_cents) as cents from pix_refund
            where status = 'done' and purpose = 'unidentified' group by 1
            """;

    /// What became of a refund.
    public record Ending(Refund refund, String status, @Nullable String reason, Instant at) {}

    public record Sum(UUID receiptId, long cents) {}

    /// Writes refunds; what stands already under the bank's id stays.
    void insert(Handle tx, List<Refund> refunds) {
        tx.createUpdate(INSERT)
                .bind("ids", BinaryArray.uuids(refunds, Refund::id))
                .bind("refundIds", BinaryArray.texts(refunds, Refund::refundId))
                .bind("receipts", BinaryArray.uuids(refunds, Refund::receiptId))
                .bind("payments", BinaryArray.uuids(refunds, Refund::paymentId))
                .bind("endToEnds", BinaryArray.texts(refunds, Refund::endToEndId))
                .bind("amounts", BinaryArray.longs(refunds, Refund::amountCents))
                .bind("purposes", BinaryArray.texts(refunds, Refund::purpose))
                .bind("statuses", BinaryArray.texts(refunds, Refund::status))
                .bind("reasons", BinaryArray.texts(refunds, Refund::reason))
                .bind("descriptions", BinaryArray.texts(refunds, Refund::description))
                .bind("byBank", BinaryArray.flags(refunds, Refund::byBank))
                .bind("credentials", BinaryArray.uuids(refunds, Refund::credentialId))
                .bindArray(
                        "days", LocalDate.class, refunds.stream().map(Refund::spendingDay).toList())
                .bind("names", BinaryArray.texts(refunds, Refund::requestedBy))
                .bind("created", BinaryArray.instants(refunds, Refund::createdAt))
                .bind("sendBy", BinaryArray.instants(refunds, Refund::sendBy))
                .bind("nextAsk", BinaryArray.instants(refunds, Refund::nextAskAt))
                .bind("asked", BinaryArray.ints(refunds, Refund::timesAsked))
                .bind("ended", BinaryArray.instants(refunds, Refund::endedAt))
                .execute();
    }

    List<Refund> lock(Handle tx, Collection<String> refundIds) {
        return tx.createQuery(LOCK)
                .bindArray("refundIds", String.class, List.copyOf(refundIds))
                .map(ConstructorMapper.of(Refund.class))
                .list();
    }

    List<Refund> ofPayment(Handle tx, UUID paymentId) {
        return tx.createQuery(OF_PAYMENT)
                .bind("id", paymentId)
                .map(ConstructorMapper.of(Refund.class))
                .list();
    }

    /// All of them, in the order of their ids.
    List<Refund> list(Handle tx, UUID before, int most) {
        return tx.createQuery(LIST)
                .bind("before", before)
                .bind("most", most)
                .map(ConstructorMapper.of(Refund.class))
                .list();
    }

    List<Refund> ofReceipt(Handle tx, UUID receiptId) {
        return tx.createQuery(OF_RECEIPT)
                .bind("id", receiptId)
                .map(ConstructorMapper.of(Refund.class))
                .list();
    }

    void end(Handle tx, List<Ending> endings) {
        tx.createUpdate(END)
                .bind("ids", BinaryArray.uuids(endings, each -> each.refund().id()))
                .bind("statuses", BinaryArray.texts(endings, Ending::status))
                .bind("reasons", BinaryArray.texts(endings, Ending::reason))
                .bind("times", BinaryArray.instants(endings, Ending::at))
                .execute();
    }

    List<Refund> due(Handle tx, Instant now, Instant sentBefore, int most) {
        return tx.createQuery(DUE)
                .bind("now", now)
                .bind("sentBefore", sentBefore)
                .bind("most", most)
                .map(ConstructorMapper.of(Refund.class))
                .list();
    }

    /// What has gone back of each receipt that nobody claimed, in cents.
    Map<UUID, Long> givenBack(Handle snapshot) {
        var sums = new HashMap<UUID, Long>();
        snapshot.createQuery(DONE_OF_RECEIPTS)
                .map(ConstructorMapper.of(Sum.class))
                .forEach(each -> sums.put(each.receiptId(), each.cents()));
        return sums;
    }

    static long sum(Collection<Refund> refunds, String... statuses) {
        var wanted = List.of(statuses);
        return refunds.stream()
                .filter(each -> wanted.contains(each.status()))
                .mapToLong(Refund::amountCents)
                .sum();
    }
}
