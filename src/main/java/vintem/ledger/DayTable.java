package vintem.ledger;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import vintem.ledger.Ledger.DaySum;
import vintem.platform.Words;

/// The tables `ledger_day` and `ledger_day_horizon`: what went from account to account on each day,
/// so that a chart of a month reads some hundred rows, whatever number of transfers there are.
@Singleton
public class DayTable {
    /// What all transfers did to an account.
    record Total(long debitCents, long creditCents) {}

    private static final long WORTH_IT_TRANSACTIONS = 1_000;

    private static final String LOCK =
            "select horizon from ledger_day_horizon for update skip locked";

    // Only below the oldest running transaction, as checkpoints do: what commits late comes later.
    // By hours first: what day it is in São Paulo takes longer to say than all the rest. Since 1914
    // its hours begin when those of UTC do.
    private static final String ADD =
            """
            insert into ledger_day (day, debit_account, credit_account, cents, transfers)
            select (hour at time zone 'America/Sao_Paulo')::date, debit_account, credit_account,
                   sum(cents)::bigint, sum(transfers)::bigint
            from (
                select case when occurred_at < '1914-01-02 00:00Z' then occurred_at
                            else date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') end as hour,
                       debit_account, credit_account, sum(amount_cents) as cents,
                       count(*) as transfers
                from transfer where xact_id >= :previous and xact_id < :next group by 1, 2, 3) h
            group by 1, 2, 3
            on conflict (day, debit_account, credit_account) do update
            set cents = ledger_day.cents + excluded.cents,
                transfers = ledger_day.transfers + excluded.transfers
            """;

    private static final String MOVE = "update ledger_day_horizon set horizon = :next";

    // Asked for first and bound to the next statement, so that its plan knows how short the tail
    // is.
    private static final String HORIZON = "select horizon from ledger_day_horizon";

    private static final String SINCE =
            """
            select day, debit_account, credit_account, sum(cents)::bigint as cents,
                   sum(transfers)::bigint as transfers
            from (
                select day, debit_account, credit_account, cents, transfers
                from ledger_day where day >= :from
                union all
                select (occurred_at at time zone 'America/Sao_Paulo')::date, debit_account,
                       credit_account, amount_cents, 1
                from transfer where xact_id >= :horizon and occurred_at >= :since) s
            group by 1, 2, 3 order by 1, 2, 3
            """;

    private static final String TOTALS =
            """
            with pair as (
                select debit_account, credit_account, sum(cents) as cents from (
                    select debit_account, credit_account, cents from ledger_day
                    union all
                    select debit_account, credit_account, amount_cents
                    from transfer where xact_id >= :horizon) s
                group by 1, 2)
            select account_id, sum(debit)::bigint as debit_cents, sum(credit)::bigint as credit_cents
            from pair cross join lateral (
                values (debit_account, cents, 0), (credit_account, 0, cents)
            ) as side (account_id, debit, credit)
            group by account_id
            """;

    private static final String WRONG_DAYS =
            """
            select count(*) from (
                select day, debit_account, credit_account, cents, transfers from ledger_day) kept
            full join (
                select (occurred_at at time zone 'America/Sao_Paulo')::date as day, debit_account,
                       credit_account, sum(amount_cents)::bigint as cents, count(*) as transfers
                from transfer where xact_id < :horizon group by 1, 2, 3) told
                using (day, debit_account, credit_account)
            where (kept.cents, kept.transfers) is distinct from (told.cents, told.transfers)
            """;

    /// Adds what was written since the last time; one node at a time.
    ///
    /// @return how many sums changed
    int add(Handle tx) {
        var previous = tx.createQuery(LOCK).mapTo(Long.class).findOne();
        if (previous.isEmpty()) {
            return 0;
        }
        var next = tx.createQuery(CheckpointTable.OLDEST_RUNNING).mapTo(Long.class).one();
        if (next <= previous.get()) {
            return 0;
        }
        var changed =
                tx.createUpdate(ADD).bind("previous", previous.get()).bind("next", next).execute();
        // Where nothing moved, the tail behind an old horizon is just as empty.
        if (changed > 0 || next - previous.get() > WORTH_IT_TRANSACTIONS) {
            tx.createUpdate(MOVE).bind("next", next).execute();
        }
        return changed;
    }

    List<DaySum> since(Handle tx, LocalDate from) {
        return tx.createQuery(SINCE)
                .bind("horizon", horizon(tx))
                .bind("from", from)
                .bind("since", from.atStartOfDay(Words.SAO_PAULO).toInstant())
                .map((row, _) -> day(row))
                .list();
    }

    /// By way of the days: what [BalanceTable#now] says by way of checkpoints.
    Map<AccountCode, Total> totals(Handle tx) {
        var totals = new EnumMap<AccountCode, Total>(AccountCode.class);
        tx.createQuery(TOTALS)
                .bind("horizon", horizon(tx))
                .map(
                        (row, _) ->
                                totals.put(
                                        AccountCode.ofId(row.getInt("account_id")),
                                        new Total(
                                                row.getLong("debit_cents"),
                                                row.getLong("credit_cents"))))
                .list();
        return totals;
    }

    long wrongDays(Handle snapshot) {
        return snapshot.createQuery(WRONG_DAYS)
                .bind("horizon", horizon(snapshot))
                .mapTo(Long.class)
                .one();
    }

    /// Transaction numbers belong to one server: in another one all days are added anew.
    static boolean forget(Handle tx) {
        tx.execute("delete from ledger_day");
        return tx.execute("update ledger_day_horizon set horizon = 0") >= 0;
    }

    private static long horizon(Handle tx) {
        return tx.createQuery(HORIZON).mapTo(Long.class).one();
    }

    private static DaySum day(ResultSet row) throws SQLException {
        return new DaySum(
                row.getObject("day", LocalDate.class),
                AccountCode.ofId(row.getInt("debit_account")),
                AccountCode.ofId(row.getInt("credit_account")),
                row.getLong("cents"),
                row.getLong("transfers"));
    }
}
