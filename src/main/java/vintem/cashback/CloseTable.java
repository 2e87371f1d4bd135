package vintem.cashback;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;
import vintem.platform.BinaryArray;

/// The tables `cashback_close` and `cashback_credit`, and what a close reads and writes of months.
@Singleton
class CloseTable {
    /// @param place the last reseller that is done
    /// @param creditedCents what became available, or was set off against what was owed to us
    /// @param takenBackCents what was taken from it
    public record Close(
            LocalDate month,
            Instant startedAt,
            UUID startedBy,
            UUID place,
            @Nullable Instant finishedAt,
            long resellers,
            long creditedCents,
            long takenBackCents) {}

    /// What a close does for one reseller.
    public record Credit(
            UUID resellerId, LocalDate closeMonth, long ownCents, long adjustmentCents) {
        long cents() {
            return Math.addExact(ownCents, adjustmentCents);
        }
    }

    private static final String START =
            """
            insert into cashback_close (month, started_at, started_by)
            select :month, :at, :by
            where not exists (select from cashback_close where month > :month)
            on conflict do nothing
            """;

    private static final String FIND = "select * from cashback_close where month = :month";

    private static final String LOCK =
            "select * from cashback_close where month = :month for update";

    private static final String ALL = "select * from cashback_close order by month desc";

    private static final String LAST = "select max(month) from cashback_close";

    private static final String FIRST_OPEN =
            "select min(month) from cashback_month where accrued_cents <> credited_cents";

    private static final String UNFINISHED =
            "select month from cashback_close where finished_at is null order by month";

    private static final String DUE =
            """
            select distinct reseller_id from cashback_month
            where reseller_id > :place and month <= :month and accrued_cents <> credited_cents
            order by reseller_id limit :most
            """;

    // Up to the last of the chunk, so that the index is walked once; in one order everywhere.
    private static final String LOCK_MONTHS =
            """
            select reseller_id from cashback_month
            where reseller_id > :place and reseller_id <= :last and month <= :month
            and accrued_cents <> credited_cents
            order by reseller_id, month for update
            """;

    private static final String CREDITS =
            """
            select reseller_id, :month as close_month,
                   sum(case when month = :month then accrued_cents - credited_cents else 0 end)::bigint
                       as own_cents,
                   sum(case when month = :month then 0 else accrued_cents - credited_cents end)::bigint
                       as adjustment_cents
            from cashback_month
            where reseller_id > :place and reseller_id <= :last and month <= :month
            and accrued_cents <> credited_cents
            group by reseller_id
            """;

    private static final String CREDIT_MONTHS =
            """
            update cashback_month set credited_cents = accrued_cents
            where reseller_id > :place and reseller_id <= :last and month <= :month
            and accrued_cents <> credited_cents
            """;

    private static final String INSERT_CREDITS =
            """
            insert into cashback_credit (reseller_id, close_month, own_cents, adjustment_cents)
            select reseller_id, :month, own_cents, adjustment_cents
            from unnest(:resellers, :own, :adjustments)
                as c (reseller_id, own_cents, adjustment_cents)
            """;

    private static final String MOVE_ON =
            """
            update cashback_close
            set place = :last, resellers = resellers + :resellers,
                credited_cents = credited_cents + :credited,
                taken_back_cents = taken_back_cents + :takenBack
            where month = :month
            """;

    private static final String FINISH =
            "update cashback_close set finished_at = :now where month = :month";

    private static final String CREDIT_OF =
            """
            select * from cashback_credit where reseller_id = :reseller and close_month = :month
            """;

    /// @return false where it was started before, or a later month is closed
    boolean start(Handle tx, LocalDate month, Instant at, UUID by) {
        return tx.createUpdate(START).bind("month", month).bind("at", at).bind("by", by).execute()
                == 1;
    }

    Optional<Close> find(Handle tx, LocalDate month) {
        return tx.createQuery(FIND)
                .bind("month", month)
                .map(ConstructorMapper.of(Close.class))
                .findOne();
    }

    Optional<Close> lock(Handle tx, LocalDate month) {
        return tx.createQuery(LOCK)
                .bind("month", month)
                .map(ConstructorMapper.of(Close.class))
                .findOne();
    }

    /// The newest first.
    List<Close> all(Handle tx) {
        return tx.createQuery(ALL).map(ConstructorMapper.of(Close.class)).list();
    }

    /// The last month whose close has begun, or null.
    @Nullable LocalDate last(Handle tx) {
        return month(tx, LAST);
    }

    /// The first month of which something is not credited yet, or null.
    @Nullable LocalDate firstOpen(Handle tx) {
        return month(tx, FIRST_OPEN);
    }

    private static @Nullable LocalDate month(Handle tx, String query) {
        return tx.createQuery(query)
                .map((row, _) -> Optional.ofNullable(row.getObject(1, LocalDate.class)))
                .one()
                .orElse(null);
    }

    List<LocalDate> unfinished(Handle tx) {
        return tx.createQuery(UNFINISHED).mapTo(LocalDate.class).list();
    }

    /// The next resellers for whom something is to be moved, in order.
    List<UUID> due(Handle tx, LocalDate month, UUID place, int most) {
        return tx.createQuery(DUE)
                .bind("month", month)
                .bind("place", place)
                .bind("most", most)
                .mapTo(UUID.class)
                .list();
    }

    /// What is to be moved for the resellers of a chunk, under the locks of their months.
    List<Credit> credits(Handle tx, LocalDate month, UUID place, UUID last) {
        tx.createQuery(LOCK_MONTHS)
                .bind("month", month)
                .bind("place", place)
                .bind("last", last)
                .mapTo(UUID.class)
                .list();
        return tx.createQuery(CREDITS)
                .bind("month", month)
                .bind("place", place)
                .bind("last", last)
                .map(ConstructorMapper.of(Credit.class))
                .list();
    }

    void write(Handle tx, LocalDate month, UUID place, UUID last, List<Credit> credits) {
        tx.createUpdate(CREDIT_MONTHS)
                .bind("month", month)
                .bind("place", place)
                .bind("last", last)
                .execute();
        tx.createUpdate(INSERT_CREDITS)
                .bind("month", month)
                .bind("resellers", BinaryArray.uuids(credits, Credit::resellerId))
                .bind("own", BinaryArray.longs(credits, Credit::ownCents))
                .bind("adjustments", BinaryArray.longs(credits, Credit::adjustmentCents))
                .execute();
        tx.createUpdate(MOVE_ON)
                .bind("month", month)
                .bind("last", last)
                .bind("resellers", credits.size())
                .bind("credited", credits.stream().mapToLong(it -> Math.max(0, it.cents())).sum())
                .bind("takenBack", credits.stream().mapToLong(it -> Math.max(0, -it.cents())).sum())
                .execute();
    }

    void finish(Handle tx, LocalDate month, Instant now) {
        tx.createUpdate(FINISH).bind("month", month).bind("now", now).execute();
    }

    Optional<Credit> creditOf(Handle tx, UUID reseller, LocalDate month) {
        return tx.createQuery(CREDIT_OF)
                .bind("reseller", reseller)
                .bind("month", month)
                .map(ConstructorMapper.of(Credit.class))
                .findOne();
    }
}
