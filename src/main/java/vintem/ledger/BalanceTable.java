package vintem.ledger;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;
import vintem.ledger.LedgerTables.Place;

/// What accounts come to: now, just before a row, and as of an instant. From a checkpoint, and what
/// was written since.
@Singleton
public class BalanceTable {
    public record Sums(int accountId, long debitCents, long creditCents) {}

    private static final Duration LONGEST_TRANSACTION = Duration.ofHours(1);

    // By time: the later a checkpoint is, the higher its horizon.
    private static final String HORIZON_AS_OF =
            """
            select coalesce((select horizon from ledger_checkpoint where latest_recorded_at <= :at
                             order by latest_recorded_at desc, horizon desc limit 1), 0)
            """;

    // The checkpoint, and everything written since: what is below its horizon is in it, what is not
    // below it is in the tail, nothing is in both.
    private static final String SUMS =
            """
            with flow as (
                select debit_account, credit_account, sum(amount_cents) as cents
                from transfer t where t.xact_id >= :horizon and <which> group by 1, 2
            ), tail as (
                select side.account_id, sum(side.debit) as debit, sum(side.credit) as credit
                from flow
                cross join lateral (
                    values (debit_account, cents, 0), (credit_account, 0, cents)
                ) as side (account_id, debit, credit)
                group by side.account_id
            )
            select a.id as account_id,
                   (coalesce(c.debit_cents, 0) + coalesce(t.debit, 0))::bigint as debit_cents,
                   (coalesce(c.credit_cents, 0) + coalesce(t.credit, 0))::bigint as credit_cents
            from account a
            left join ledger_checkpoint c on c.account_id = a.id and c.horizon = :horizon
            left join tail t on t.account_id = a.id
            where :only::integer is null or a.id = :only
            order by a.id
            """;

    private static final String BALANCES =
            SUMS.replace(
                    "<which>",
                    "(:only::integer is null or :only in (t.debit_account, t.credit_account))");

    // No further than to the checkpoint after which nothing was recorded in time any more.
    private static final String BALANCES_AS_OF =
            SUMS.replace("<which>", "t.xact_id < :beyond and t.recorded_at <= :at");

    private static final String HORIZON_BEFORE =
            """
            select coalesce(max(horizon), 0) from ledger_checkpoint where horizon <= :xactId::bigint
            """;

    // The balance just before a row: from the nearest checkpoint that does not cover it. The bound
    // by transaction alone is the one that the order of the rows on disk knows of.
    private static final String BEFORE =
            SUMS.replace(
                    "<which>",
                    """
                    t.xact_id <= :xactId::bigint and (t.xact_id, t.id) < (:xactId::bigint, :id)
                    and :only in (t.debit_account, t.credit_account)
                    """);

    // All that is not below it was recorded later, since no transaction of ours runs so long:
    // whoever looks for what was recorded by an instant need not begin at the end.
    private static final String HORIZON_AFTER =
            """
            select horizon from ledger_checkpoint where latest_recorded_at > :at
            order by latest_recorded_at, horizon limit 1
            """;

    long aboveFloor(Handle tx, AccountCode account) {
        var balance = Ledger.Balance.of(now(tx, account).getFirst());
        return Math.subtractExact(balance.balanceCents(), account.floorCents().orElseThrow());
    }

    List<Sums> now(Handle tx) {
        return now(tx, null);
    }

    private static List<Sums> now(Handle tx, @Nullable AccountCode only) {
        // Bound to the next statement, so that its plan knows how short the tail is.
        var horizon = tx.createQuery(CheckpointTable.LAST).mapTo(Long.class).one();
        return tx.createQuery(BALANCES)
                .bind("horizon", horizon)
                .bind("only", only == null ? null : only.id())
                .map(ConstructorMapper.of(Sums.class))
                .list();
    }

    List<Sums> asOf(Handle tx, Instant at) {
        var horizon = tx.createQuery(HORIZON_AS_OF).bind("at", at).mapTo(Long.class).one();
        return tx.createQuery(BALANCES_AS_OF)
                .bind("horizon", horizon)
                .bind("only", (Integer) null)
                .bind("beyond", horizonAfter(tx, at))
                .bind("at", at)
                .map(ConstructorMapper.of(Sums.class))
                .list();
    }

    Sums before(Handle tx, AccountCode account, Place place) {
        var horizon =
                tx.createQuery(HORIZON_BEFORE)
                        .bind("xactId", place.xactId())
                        .mapTo(Long.class)
                        .one();
        return tx.createQuery(BEFORE)
                .bind("horizon", horizon)
                .bind("only", account.id())
                .bind("xactId", place.xactId())
                .bind("id", place.id())
                .map(ConstructorMapper.of(Sums.class))
                .one();
    }

    /// All that was recorded by an instant is of transactions before it.
    static long horizonAfter(Handle tx, Instant at) {
        return tx.createQuery(HORIZON_AFTER)
                .bind("at", at.plus(LONGEST_TRANSACTION))
                .mapTo(Long.class)
                .findOne()
                .orElse(Long.MAX_VALUE);
    }

    /// No transaction below it has recorded anything at that instant or later: a checkpoint saves
    /// reading what is older, without an index of its own.
    static long horizonBefore(Handle tx, Instant from) {
        return tx.createQuery(HORIZON_AS_OF)
                .bind("at", from.minus(1, java.time.temporal.ChronoUnit.MICROS))
                .mapTo(Long.class)
                .one();
    }
}
