package vintem.bank;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;
import vintem.bank.PixRail.Charge;
import vintem.bank.PixRail.Incoming;
import vintem.bank.PixRail.Incoming.Received;
import vintem.bank.PixRail.Incoming.TakenBack;
import vintem.bank.PixRail.Refund;
import vintem.bank.PixRail.Registration;
import vintem.bank.PixRail.Returned;
import vintem.platform.BinaryArray;
import vintem.platform.Writes;

/// The schema `simulated_bank`, which is the sandbox bank's own.
@Singleton
public class SimulatedBankTables {
    public record Payment(
            String providerId,
            String pixKey,
            long amountCents,
            String status,
            @Nullable String reason,
            String endToEndId,
            Instant settledAt,
            boolean returned) {}

    public record Booked(String reference, Instant bookedAt) {}

    public record Amount(String reference, long amountCents) {}

    public record Line(
            String kind,
            long place,
            String reference,
            String endToEndId,
            @Nullable String txid,
            long amountCents,
            Instant bookedAt) {
        Incoming incoming() {
            return kind.equals("receipt")
                    ? new Received(place, endToEndId, txid, amountCents, bookedAt)
                    : new TakenBack(place, reference, endToEndId, -amountCents, bookedAt);
        }
    }

    // The provider's id decides: an order that comes again moves nothing and is answered as before.
    private static final String RECEIVE =
            """
            with orders as (
                select * from unnest(:ids, :keys, :amounts, :statuses, :reasons, :endToEnds,
                                     :settled, :returned)
                as o (provider_id, pix_key, amount_cents, status, reason, end_to_end_id,
                      settled_at, returned)
            ), received as (
                insert into simulated_bank.payment
                    (provider_id, pix_key, amount_cents, status, reason, end_to_end_id, settled_at)
                select provider_id, pix_key, amount_cents, status, reason, end_to_end_id, settled_at
                from orders order by provider_id
                on conflict (provider_id)
                do update set times_received = payment.times_received + 1
                returning *, times_received = 1 as fresh
            ), returned as (
                insert into simulated_bank.other_line
                    (kind, reference, end_to_end_id, amount_cents, booked_at)
                select 'return', r.provider_id, r.end_to_end_id, r.amount_cents, r.settled_at
                from received r join orders o using (provider_id)
                where o.returned and fresh and r.status = 'settled'
            )
            select provider_id, pix_key, amount_cents, status, reason, end_to_end_id, settled_at,
                   false as returned
            from received
            """;

    private static final String FIND =
            """
            select provider_id, pix_key, amount_cents, status, reason, end_to_end_id, settled_at,
                   false as returned
            from simulated_bank.payment where provider_id = any(:ids)
            """;

    private static final String BOOK =
            """
            insert into simulated_bank.other_line
                (kind, reference, end_to_end_id, amount_cents, booked_at)
            values (:kind, :reference, :endToEndId, :amountCents, :at)
            on conflict do nothing
            """;

    private static final String RETURNS =
            """
            select xact_id::text::bigint as place, reference as provider_id, amount_cents,
                   booked_at as returned_at
            from simulated_bank.other_line
            where kind = 'return' and xact_id > :place::text::xid8
            and xact_id < pg_snapshot_xmin(pg_current_snapshot())
            order by xact_id fetch first :most rows with ties
            """;

    private static final String REGISTER =
            """
            insert into simulated_bank.charge (txid, amount_cents, copy_and_paste, registered_at)
            select txid, amount, code, :at from unnest(:txids, :amounts, :codes)
                as c (txid, amount, code)
            on conflict do nothing
            """;

    private static final String REGISTERED =
            "select txid from simulated_bank.charge where txid = any(:txids)";

    private static final String WITHDRAW =
            """
            update simulated_bank.charge set withdrawn_at = :at
            where txid = any(:txids) and withdrawn_at is null
            """;

    private static final String BOOK_RECEIPTS =
            """
            insert into simulated_bank.other_line
                (kind, reference, end_to_end_id, txid, amount_cents, booked_at)
            select 'receipt', e2e, e2e, txid, amount, at
            from unnest(?, ?, ?, ?) as r (e2e, txid, amount, at)
            on conflict do nothing
            """;

    // What the bank knew before it was told is on its statement. It gives such a Pix its id when it
    // writes it down, so nobody can have told of it before that.
    private static final String BOOK_TOLD =
            """
            insert into simulated_bank.told_receipt (end_to_end_id, amount_cents, booked_at)
            select e2e, amount, at from unnest(?, ?, ?) as r (e2e, amount, at)
            where not exists (select from simulated_bank.other_line
                              where kind = 'receipt' and reference = e2e)
            """;

    // Only what is really there can be taken back, and once.
    private static final String BOOK_TAKEN_BACK =
            """
            insert into simulated_bank.other_line
                (kind, reference, end_to_end_id, amount_cents, booked_at)
            select 'taken_back', t.id, e2e, -t.amount, at
            from unnest(?, ?, ?, ?) as t (id, e2e, amount, at)
            cross join lateral (
                select amount_cents from simulated_bank.statement_line
                where kind = 'receipt' and reference = e2e limit 1) l
            where l.amount_cents = t.amount
            on conflict do nothing
            """;

    private static final String BOOK_BOLETOS =
            """
            insert into simulated_bank.other_line
                (kind, reference, end_to_end_id, amount_cents, booked_at, told)
            select 'boleto', reference, '', amount, at, true
            from unnest(:references, :amounts, :times) as b (reference, amount, at)
            on conflict do nothing
            """;

    private static final String REFUND_TIMES =
            """
            select reference, booked_at from simulated_bank.other_line
            where kind = 'refund' and reference = any(:ids)
            """;

    private static final String INCOMING =
            """
            select kind, xact_id::text::bigint as place, reference, end_to_end_id, txid,
                   amount_cents, booked_at
            from simulated_bank.other_line
            where not told and kind in ('receipt', 'taken_back') and xact_id > :place::text::xid8
            and xact_id < pg_snapshot_xmin(pg_current_snapshot())
            order by xact_id fetch first :most rows with ties
            """;

    private static final String INCOMING_CENTS =
            """
            select reference, amount_cents from simulated_bank.other_line
            where not told and kind in ('receipt', 'taken_back') and xact_id > :place::text::xid8
            """;

    private static final String STATEMENT =
            """
            select kind, reference, end_to_end_id, amount_cents, booked_at
            from simulated_bank.statement_line
            where booked_at >= :from and booked_at < :before order by booked_at, reference
            """;

    private static final String BALANCE_BEFORE =
            """
            select coalesce(sum(amount_cents), 0)::bigint from simulated_bank.statement_line
            where booked_at < :before
            """;

    private static final String CHARGES =
            """
            select txid, copy_and_paste from simulated_bank.charge
            join unnest(:txids) with ordinality as asked (txid, place) using (txid)
            order by place
            """;

    // Two refunds of one Pix must not both see the whole amount.
    private static final String ONE_REFUND_AT_A_TIME =
            "select pg_advisory_xact_lock(hashtext(:endToEndId))";

    private static final String RECEIPT =
            """
            select amount_cents from simulated_bank.statement_line
            where kind = 'receipt' and reference = :endToEndId
            """;

    private static final String REFUNDED =
            """
            select coalesce(-sum(amount_cents), 0) from simulated_bank.statement_line
            where kind in ('refund', 'taken_back') and end_to_end_id = :endToEndId
            and reference <> :refundId
            """;

    private static final String BALANCE =
            "select coalesce(sum(amount_cents), 0) from simulated_bank.statement_line";

    private static final String PAID_OUT =
            """
            select reference from simulated_bank.statement_line
            where kind = 'payment' and reference = any(:ids)
            """;

    // The first 32 characters of a provider's id are the payout's own: two attempts that both moved
    // money show as two.
    private static final String MORE_THAN_ONCE =
            """
            select count(*) from (
                select left(reference, 32) from simulated_bank.statement_line
                where kind = 'payment' group by 1 having count(*) > 1) twice
            """;

    // No index says it of what the bank was told of.
    private static final String RECEIVED_TWICE =
            """
            select count(*) from (
                select reference from simulated_bank.statement_line
                where kind = 'receipt' group by 1 having count(*) > 1) twice
            """;

    private static final String RETURNED_AFTER =
            """
            select coalesce(sum(amount_cents), 0) from simulated_bank.other_line
            where kind = 'return' and xact_id > :place::text::xid8
            """;

    List<Payment> receive(Handle tx, List<Payment> payments) {
        if (payments.isEmpty()) {
            return List.of();
        }
        return tx.createQuery(RECEIVE)
                .bind("ids", BinaryArray.texts(payments, Payment::providerId))
                .bind("keys", BinaryArray.texts(payments, Payment::pixKey))
                .bind("amounts", BinaryArray.longs(payments, Payment::amountCents))
                .bind("statuses", BinaryArray.texts(payments, Payment::status))
                .bind("reasons", BinaryArray.texts(payments, Payment::reason))
                .bind("endToEnds", BinaryArray.texts(payments, Payment::endToEndId))
                .bind("settled", BinaryArray.instants(payments, Payment::settledAt))
                .bind("returned", BinaryArray.flags(payments, Payment::returned))
                .map(ConstructorMapper.of(Payment.class))
                .list();
    }

    List<Payment> find(Handle tx, List<String> providerIds) {
        return tx.createQuery(FIND)
                .bindArray("ids", String.class, providerIds)
                .map(ConstructorMapper.of(Payment.class))
                .list();
    }

    int book(
            Handle tx,
            String kind,
            String reference,
            String endToEndId,
            long amountCents,
            Instant at) {
        return tx.createUpdate(BOOK)
                .bind("kind", kind)
                .bind("reference", reference)
                .bind("endToEndId", endToEndId)
                .bind("amountCents", amountCents)
                .bind("at", at)
                .execute();
    }

    List<Returned> returnsAfter(Handle tx, long place, int most) {
        return tx.createQuery(RETURNS)
                .bind("place", place)
                .bind("most", most)
                .map(ConstructorMapper.of(Returned.class))
                .list();
    }

    List<Registration> register(Handle tx, List<Charge> charges, List<String> codes, Instant at) {
        var txids = charges.stream().map(Charge::txid).toList();
        tx.createUpdate(REGISTER)
                .bindArray("txids", String.class, txids)
                .bindArray(
                        "amounts", Long.class, charges.stream().map(Charge::amountCents).toList())
                .bindArray("codes", String.class, codes)
                .bind("at", at)
                .execute();
        return tx.createQuery(CHARGES)
                .bindArray("txids", String.class, txids)
                .<Registration>map(
                        (row, _) ->
                                new Registration.Registered(
                                        row.getString("txid"), row.getString("copy_and_paste")))
                .list();
    }

    Set<String> registered(Handle tx, Collection<String> txids) {
        return tx.createQuery(REGISTERED)
                .bindArray("txids", String.class, List.copyOf(txids))
                .mapTo(String.class)
                .collect(Collectors.toSet());
    }

    void withdraw(Handle tx, List<String> txids, Instant at) {
        tx.createUpdate(WITHDRAW).bindArray("txids", String.class, txids).bind("at", at).execute();
    }

    /// Money that came in and that nobody was told of yet.
    void bookReceipts(Writes writes, List<Received> receipts) {
        writes.add(
                BOOK_RECEIPTS,
                BinaryArray.texts(receipts, Received::endToEndId),
                BinaryArray.texts(receipts, Received::txid),
                BinaryArray.longs(receipts, Received::amountCents),
                BinaryArray.instants(receipts, Received::receivedAt));
    }

    void bookTold(Writes writes, List<Received> receipts) {
        writes.add(
                BOOK_TOLD,
                BinaryArray.texts(receipts, Received::endToEndId),
                BinaryArray.longs(receipts, Received::amountCents),
                BinaryArray.instants(receipts, Received::receivedAt));
    }

    void bookTakenBack(Writes writes, List<TakenBack> recalled) {
        if (!recalled.isEmpty()) {
            writes.add(
                    BOOK_TAKEN_BACK,
                    BinaryArray.texts(recalled, TakenBack::refundId),
                    BinaryArray.texts(recalled, TakenBack::endToEndId),
                    BinaryArray.longs(recalled, TakenBack::amountCents),
                    BinaryArray.instants(recalled, TakenBack::takenBackAt));
        }
    }

    void bookBoletos(Handle tx, List<BankBooks.BoletoPaid> boletos) {
        tx.createUpdate(BOOK_BOLETOS)
                .bind("references", BinaryArray.texts(boletos, BankBooks.BoletoPaid::reference))
                .bind("amounts", BinaryArray.longs(boletos, BankBooks.BoletoPaid::amountCents))
                .bind("times", BinaryArray.instants(boletos, BankBooks.BoletoPaid::paidAt))
                .execute();
    }

    Map<String, Instant> refundTimes(Handle tx, Collection<String> refundIds) {
        var times = new HashMap<String, Instant>();
        tx.createQuery(REFUND_TIMES)
                .bindArray("ids", String.class, List.copyOf(refundIds))
                .map(ConstructorMapper.of(Booked.class))
                .forEach(each -> times.put(each.reference(), each.bookedAt()));
        return times;
    }

    List<Incoming> incomingAfter(Handle tx, long place, int most) {
        return tx.createQuery(INCOMING)
                .bind("place", place)
                .bind("most", most)
                .map(ConstructorMapper.of(Line.class))
                .map(Line::incoming)
                .list();
    }

    Map<String, Long> incomingAfterCents(Handle tx, long place) {
        var cents = new HashMap<String, Long>();
        tx.createQuery(INCOMING_CENTS)
                .bind("place", place)
                .map(ConstructorMapper.of(Amount.class))
                .forEach(each -> cents.put(each.reference(), each.amountCents()));
        return cents;
    }

    /// What is left to refund of a received Pix, one refund at a time.
    Optional<Long> lockRefundable(Handle tx, Refund refund) {
        tx.createQuery(ONE_REFUND_AT_A_TIME)
                .bind("endToEndId", refund.endToEndId())
                .mapTo(String.class)
                .one();
        var received =
                tx.createQuery(RECEIPT)
                        .bind("endToEndId", refund.endToEndId())
                        .mapTo(Long.class)
                        .findOne();
        return received.map(
                cents ->
                        cents
                                - tx.createQuery(REFUNDED)
                                        .bindMethods(refund)
                                        .mapTo(Long.class)
                                        .one());
    }

    List<StatementFeed.Line> statement(Handle tx, Instant from, Instant before) {
        return tx.createQuery(STATEMENT)
                .bind("from", from)
                .bind("before", before)
                .map(ConstructorMapper.of(StatementFeed.Line.class))
                .list();
    }

    long balanceBefore(Handle tx, Instant before) {
        return tx.createQuery(BALANCE_BEFORE).bind("before", before).mapTo(Long.class).one();
    }

    long balanceCents(Handle tx) {
        return tx.createQuery(BALANCE).mapTo(Long.class).one();
    }

    Set<String> paidOut(Handle tx, Collection<String> providerIds) {
        return tx.createQuery(PAID_OUT)
                .bindArray("ids", String.class, List.copyOf(providerIds))
                .mapTo(String.class)
                .collect(Collectors.toSet());
    }

    long paidMoreThanOnce(Handle tx) {
        return tx.createQuery(MORE_THAN_ONCE).mapTo(Long.class).one();
    }

    long receivedMoreThanOnce(Handle tx) {
        return tx.createQuery(RECEIVED_TWICE).mapTo(Long.class).one();
    }

    long returnedAfterCents(Handle tx, long place) {
        return tx.createQuery(RETURNED_AFTER).bind("place", place).mapTo(Long.class).one();
    }
}
