package vintem.ledger;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map.Entry;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import vintem.platform.BinaryArray;
import vintem.platform.Columns;

/// Sums of all that was written before some transactions, so that a balance adds up only what came
/// since the last of them.
@Singleton
class CheckpointTable {
    // One checkpoint at a time, whichever node takes it.
    private static final String ONE_AT_A_TIME =
            "select pg_try_advisory_xact_lock(hashtext('ledger_checkpoint'))";

    static final String LAST = "select coalesce(max(horizon), 0) from ledger_checkpoint";

    static final String OLDEST_RUNNING =
            "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint";

    // Only what is older than the oldest running transaction: an id-based tail would lose money
    // that commits late. One pass: while a file is imported it is the whole import again.
    //
    // Where a million rows came at once, one checkpoint for all of them would leave a tail as long
    // before each of their places. A part begins with the first transaction that so many rows, or
    // twice as many and so on, stand before.
    private static final String PARTS =
            """
            with by_transaction as (
                select xact_id, debit_account, credit_account, sum(amount_cents) as cents,
                       count(*) as transfers, max(recorded_at) as latest
                from transfer where xact_id >= :previous and xact_id < :next group by 1, 2, 3
            ), placed as (
                select *, div(coalesce(sum(transfers) over (
                              order by xact_id groups between unbounded preceding and 1 preceding),
                              0), :part) as part
                from by_transaction
            )
            select part, min(xact_id) as first, debit_account, credit_account,
                   sum(cents)::bigint as cents, sum(transfers)::bigint as transfers,
                   max(latest) as latest
            from placed group by part, debit_account, credit_account order by part
            """;

    private static final String INSERT =
            """
            insert into ledger_checkpoint
                (account_id, horizon, latest_recorded_at, debit_cents, credit_cents)
            select a.id, :next,
                   greatest(cast(:latest as timestamptz),
                            (select max(latest_recorded_at) from ledger_checkpoint
                             where horizon = :previous)),
                   coalesce(c.debit_cents, 0) + coalesce(s.debit, 0),
                   coalesce(c.credit_cents, 0) + coalesce(s.credit, 0)
            from account a
            left join ledger_checkpoint c on c.account_id = a.id and c.horizon = :previous
            left join (select * from unnest(:accounts, :debits, :credits)) as s (id, debit, credit)
                on s.id = a.id
            on conflict do nothing
            """;

    private static final String WRONG =
            """
            select a.code from ledger_checkpoint c join account a on a.id = c.account_id
            where c.horizon = (select max(horizon) from ledger_checkpoint)
            and (c.debit_cents, c.credit_cents) is distinct from (
                (select coalesce(sum(amount_cents), 0) from transfer
                 where debit_account = a.id and xact_id < c.horizon),
                (select coalesce(sum(amount_cents), 0) from transfer
                 where credit_account = a.id and xact_id < c.horizon))
            """;

    /// All that went from one account to another since a checkpoint.
    private record Flow(
            int debitAccount, int creditAccount, long cents, long transfers, Instant latest) {}

    /// Some of it, by its transactions.
    private static final class Part {
        private long first = Long.MAX_VALUE;
        private final List<Flow> flows = new ArrayList<>();

        Part add(long first, Flow flow) {
            this.first = Math.min(this.first, first);
            flows.add(flow);
            return this;
        }
    }

    private static final class Sides {
        private long debit;
        private long credit;
    }

    /// Takes a checkpoint where at least so many rows were written since the last one.
    ///
    /// @param longest where more rows than this came since, there are several, one for each part
    /// @return how many accounts they tell of; none where it was not worth it, or another node is
    ///     at it
    int take(Handle tx, int least, int longest) {
        if (!tx.createQuery(ONE_AT_A_TIME).mapTo(Boolean.class).one()) {
            return 0;
        }
        var previous = tx.createQuery(LAST).mapTo(Long.class).one();
        var next = tx.createQuery(OLDEST_RUNNING).mapTo(Long.class).one();
        var parts = parts(tx, previous, next, longest);
        var taken = 0;
        for (var i = 0; i < parts.size(); i++) {
            var isLast = i == parts.size() - 1;
            var part = parts.get(i);
            // A whole part is worth it in any case; what follows the last one, as without them.
            if (!isLast || transfers(part.flows) >= least) {
                var end = isLast ? next : parts.get(i + 1).first;
                taken += insert(tx, previous, end, part.flows);
                previous = end;
            }
        }
        return taken;
    }

    /// Accounts of which the last checkpoint is not what their transfers come to.
    List<String> wrong(Handle tx) {
        return tx.createQuery(WRONG).mapTo(String.class).list();
    }

    private static List<Part> parts(Handle tx, long previous, long next, int longest) {
        var parts = new TreeMap<Long, Part>();
        tx.createQuery(PARTS)
                .bind("previous", previous)
                .bind("next", next)
                .bind("part", longest)
                .map(
                        (row, _) ->
                                parts.computeIfAbsent(row.getLong("part"), _ -> new Part())
                                        .add(row.getLong("first"), flow(row)))
                .list();
        return List.copyOf(parts.values());
    }

    private static Flow flow(ResultSet row) throws SQLException {
        return new Flow(
                row.getInt("debit_account"),
                row.getInt("credit_account"),
                row.getLong("cents"),
                row.getLong("transfers"),
                Columns.instant(row, "latest"));
    }

    private static long transfers(List<Flow> flows) {
        return flows.stream().mapToLong(Flow::transfers).sum();
    }

    private static int insert(Handle tx, long previous, long next, List<Flow> tail) {
        var sums = new TreeMap<Integer, Sides>();
        for (var flow : tail) {
            sums.computeIfAbsent(flow.debitAccount(), _ -> new Sides()).debit += flow.cents();
            sums.computeIfAbsent(flow.creditAccount(), _ -> new Sides()).credit += flow.cents();
        }
        var accounts = new ArrayList<>(sums.entrySet());
        return tx.createUpdate(INSERT)
                .bind("previous", previous)
                .bind("next", next)
                .bind(
                        "latest",
                        tail.stream().map(Flow::latest).max(Instant::compareTo).orElseThrow())
                .bind("accounts", BinaryArray.ints(accounts, Entry::getKey))
                .bind("debits", BinaryArray.longs(accounts, it -> it.getValue().debit))
                .bind("credits", BinaryArray.longs(accounts, it -> it.getValue().credit))
                .execute();
    }
}
