package vintem.cashback;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.platform.BinaryArray;
import vintem.platform.Columns;

/// The tables `cashback_month` and `cashback_account`: what is owed to each reseller.
@Singleton
class MonthTable {
    /// Whose month.
    record Key(UUID resellerId, LocalDate month) {}

    /// @param purchases how many were approved
    /// @param accruedCents the cashback that they come to
    /// @param creditedCents how much of it closes have moved to what is available
    public record Month(
            UUID resellerId,
            LocalDate month,
            long purchases,
            long approvedCents,
            long accruedCents,
            long creditedCents) {
        Key key() {
            return new Key(resellerId, month);
        }

        static Month none(UUID resellerId, LocalDate month) {
            return new Month(resellerId, month, 0, 0, 0, 0);
        }

        long openCents() {
            return Math.subtractExact(accruedCents, creditedCents);
        }
    }

    /// @param availableCents may be asked for, but for what the next close takes back
    /// @param recoverableCents was paid out and then taken back
    public record Account(UUID resellerId, long availableCents, long recoverableCents) {}

    /// What a reseller has, and how far the books are.
    ///
    /// @param closed the last month whose close has begun
    /// @param changedCents what the next close moves of months that are closed
    /// @param pendingCents what is owed and not available yet
    /// @param rates how many rates were ever decided, which names the [RateBook]
    public record Standing(
            Account account,
            @Nullable LocalDate closed,
            long changedCents,
            long pendingCents,
            int rates) {}

    // The day is bound as text: the driver has no binary array of dates here.
    private static final String ENSURE =
            """
            insert into cashback_month (reseller_id, month)
            select reseller_id, month::date from unnest(:resellers, :months) as m (reseller_id, month)
            order by 1, 2
            on conflict do nothing
            """;

    // In one order everywhere, or two lists wait for each other.
    private static final String LOCK =
            """
            select m.reseller_id from cashback_month m
            join unnest(:resellers, :months) as w (reseller_id, month)
                on w.reseller_id = m.reseller_id and w.month::date = m.month
            order by m.reseller_id, m.month
            for update of m
            """;

    private static final String READ =
            """
            select m.* from cashback_month m
            join unnest(:resellers, :months) as w (reseller_id, month)
                on w.reseller_id = m.reseller_id and w.month::date = m.month
            """;

    private static final String SAVE =
            """
            update cashback_month m
            set purchases = s.purchases, approved_cents = s.approved_cents,
                accrued_cents = s.accrued_cents
            from unnest(:resellers, :months, :purchases, :approved, :accrued)
                as s (reseller_id, month, purchases, approved_cents, accrued_cents)
            where m.reseller_id = s.reseller_id and m.month = s.month::date
            """;

    private static final String ALL_OF =
            "select * from cashback_month where reseller_id = :reseller order by month desc";

    private static final String AFTER =
            """
            select * from cashback_month
            where (:reseller::uuid is null or reseller_id = :reseller)
            and (:month::date is null or month = :month)
            and (:lastReseller::uuid is null
                 or (reseller_id, month) > (:lastReseller, :lastMonth::date))
            order by reseller_id, month limit :most
            """;

    private static final String OF_MONTH =
            "select * from cashback_month where reseller_id = :reseller and month = :month";

    // In one statement: each look at a statement or at what is available asks for all of it.
    private static final String STANDING =
            """
            select coalesce(a.available_cents, 0) as available_cents,
                   coalesce(a.recoverable_cents, 0) as recoverable_cents,
                   c.closed, coalesce(m.changed_cents, 0) as changed_cents,
                   coalesce(m.pending_cents, 0) as pending_cents,
                   (select count(*) from cashback_rates) as rates
            from (select max(month) as closed from cashback_close) c
            left join cashback_account a on a.reseller_id = :reseller
            cross join lateral (
                select sum(accrued_cents - credited_cents)::bigint as pending_cents,
                       (sum(accrued_cents - credited_cents)
                            filter (where month <= c.closed))::bigint as changed_cents
                from cashback_month
                where reseller_id = :reseller and accrued_cents <> credited_cents) m
            """;

    private static final String LOCK_ACCOUNTS =
            """
            select reseller_id from cashback_account where reseller_id = any(:resellers)
            order by reseller_id for update
            """;

    private static final String ACCOUNTS =
            "select * from cashback_account where reseller_id = any(:resellers)";

    private static final String HELD =
            """
            select reseller_id, sum(accrued_cents - credited_cents)::bigint as cents
            from cashback_month
            where reseller_id = any(:resellers) and month <= :closed
            and accrued_cents <> credited_cents
            group by reseller_id
            """;

    private static final String SAVE_ACCOUNTS =
            """
            update cashback_account a
            set available_cents = s.available_cents, recoverable_cents = s.recoverable_cents
            from unnest(:resellers, :available, :recoverable)
                as s (reseller_id, available_cents, recoverable_cents)
            where a.reseller_id = s.reseller_id
            """;

    /// Locks these months, made where they are not there yet, and reads them under the lock.
    Map<Key, Month> lock(Handle tx, Collection<Key> keys) {
        tx.createUpdate(ENSURE)
                .bind("resellers", BinaryArray.uuids(keys, Key::resellerId))
                .bind("months", BinaryArray.texts(keys, it -> it.month().toString()))
                .execute();
        tx.createQuery(LOCK)
                .bind("resellers", BinaryArray.uuids(keys, Key::resellerId))
                .bind("months", BinaryArray.texts(keys, it -> it.month().toString()))
                .mapTo(UUID.class)
                .list();
        var months = new HashMap<Key, Month>();
        tx.createQuery(READ)
                .bind("resellers", BinaryArray.uuids(keys, Key::resellerId))
                .bind("months", BinaryArray.texts(keys, it -> it.month().toString()))
                .map((row, _) -> month(row))
                .forEach(it -> months.put(it.key(), it));
        return months;
    }

    void save(Handle tx, List<Month> months) {
        tx.createUpdate(SAVE)
                .bind("resellers", BinaryArray.uuids(months, Month::resellerId))
                .bind("months", BinaryArray.texts(months, it -> it.month().toString()))
                .bind("purchases", BinaryArray.longs(months, Month::purchases))
                .bind("approved", BinaryArray.longs(months, Month::approvedCents))
                .bind("accrued", BinaryArray.longs(months, Month::accruedCents))
                .execute();
    }

    /// All months of a reseller, the newest first.
    List<Month> all(Handle tx, UUID reseller) {
        return tx.createQuery(ALL_OF).bind("reseller", reseller).map((row, _) -> month(row)).list();
    }

    /// By reseller and month, behind one of them; all where that one is null.
    List<Month> after(
            Handle tx,
            @Nullable UUID reseller,
            @Nullable LocalDate month,
            @Nullable Month last,
            int most) {
        return tx.createQuery(AFTER)
                .bind("reseller", reseller)
                .bind("month", month)
                .bind("lastReseller", last == null ? null : last.resellerId())
                .bind("lastMonth", last == null ? null : last.month())
                .bind("most", most)
                .map((row, _) -> month(row))
                .list();
    }

    Month month(Handle tx, UUID reseller, LocalDate month) {
        return tx.createQuery(OF_MONTH)
                .bind("reseller", reseller)
                .bind("month", month)
                .map((row, _) -> month(row))
                .findOne()
                .orElseGet(() -> Month.none(reseller, month));
    }

    Standing standing(Handle tx, UUID reseller) {
        return tx.createQuery(STANDING)
                .bind("reseller", reseller)
                .map(
                        (row, _) ->
                                new Standing(
                                        new Account(
                                                reseller,
                                                row.getLong("available_cents"),
                                                row.getLong("recoverable_cents")),
                                        row.getObject("closed", LocalDate.class),
                                        row.getLong("changed_cents"),
                                        row.getLong("pending_cents"),
                                        row.getInt("rates")))
                .one();
    }

    Map<UUID, Account> lockAccounts(Handle tx, Collection<UUID> resellers) {
        tx.createQuery(LOCK_ACCOUNTS)
                .bind("resellers", BinaryArray.uuids(resellers, it -> it))
                .mapTo(UUID.class)
                .list();
        var accounts = new HashMap<UUID, Account>();
        tx.createQuery(ACCOUNTS)
                .bind("resellers", BinaryArray.uuids(resellers, it -> it))
                .map((row, _) -> account(row))
                .forEach(it -> accounts.put(it.resellerId(), it));
        return accounts;
    }

    /// What the next close moves of months that are closed, of those of whom it moves anything.
    Map<UUID, Long> adjustments(Handle tx, Collection<UUID> resellers, @Nullable LocalDate closed) {
        var held = new HashMap<UUID, Long>();
        if (closed != null) {
            tx.createQuery(HELD)
                    .bind("resellers", BinaryArray.uuids(resellers, it -> it))
                    .bind("closed", closed)
                    .map(
                            (row, _) ->
                                    held.put(
                                            Columns.uuid(row, "reseller_id"), row.getLong("cents")))
                    .list();
        }
        return held;
    }

    void save(Handle tx, Collection<Account> accounts) {
        if (!accounts.isEmpty()) {
            tx.createUpdate(SAVE_ACCOUNTS)
                    .bind("resellers", BinaryArray.uuids(accounts, Account::resellerId))
                    .bind("available", BinaryArray.longs(accounts, Account::availableCents))
                    .bind("recoverable", BinaryArray.longs(accounts, Account::recoverableCents))
                    .execute();
        }
    }

    static Month month(ResultSet row) throws SQLException {
        return new Month(
                Columns.uuid(row, "reseller_id"),
                row.getObject("month", LocalDate.class),
                row.getLong("purchases"),
                row.getLong("approved_cents"),
                row.getLong("accrued_cents"),
                row.getLong("credited_cents"));
    }

    private static Account account(ResultSet row) throws SQLException {
        return new Account(
                Columns.uuid(row, "reseller_id"),
                row.getLong("available_cents"),
                row.getLong("recoverable_cents"));
    }
}
