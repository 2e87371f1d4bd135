package vintem.bench;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.jdbi.v3.core.Handle;
import vintem.bench.CoalescerTables.Row;
import vintem.platform.Coalescer;
import vintem.platform.Database;
import vintem.platform.EmbeddedPostgres;
import vintem.platform.Ids;
import vintem.platform.Pool;

/// Single durable inserts: each caller's row in a transaction of its own, against a [Coalescer]
/// that gathers whoever waits. The same table, the same server, one after the other.
final class CoalescerBench implements Benchmark {
    private static final int CONNECTIONS = 32;
    private static final int HTTP_CONNECTIONS = 128;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final LongAdder written = new LongAdder();
    private final LongAdder cents = new LongAdder();

    @Override
    public String name() {
        return "coalescer";
    }

    @Override
    public boolean run(Printout out, Effort effort)
            throws IOException, SQLException, InterruptedException, ExecutionException {
        try (var scratch = Scratch.create()) {
            var data = scratch.directory().resolve("data");
            var address = scratch.keep(EmbeddedPostgres.start(data, Map.of())).address();
            var time = Duration.ofMillis(effort.of(5_000, 3_000, 500));
            try (var observer = address.connect();
                    var pool = Pool.openAsOwner(address)) {
                out.hardware(observer);
                CoalescerTables.create(observer);
                var database = new Database(pool);
                var loops = new ArrayList<Connection>();
                try {
                    for (var i = 0; i < CONNECTIONS; i++) {
                        loops.add(address.connect());
                    }
                    measure(out, database, loops, time);
                } finally {
                    for (var connection : loops) {
                        connection.close();
                    }
                }
                return proof(out, observer);
            }
        }
    }

    private void measure(
            Printout out, Database database, List<Connection> connections, Duration time)
            throws SQLException, InterruptedException, ExecutionException {
        var prepared = new ArrayList<PreparedStatement>();
        for (var connection : connections) {
            prepared.add(CoalescerTables.prepare(connection));
        }
        Callers.Work rowByRow = caller -> rowByRow(prepared.get(caller));
        Callers.measure(CONNECTIONS, time.dividedBy(2), rowByRow);
        coalesced(database, HTTP_CONNECTIONS, time.dividedBy(2), new ArrayList<>());

        var rows = new ArrayList<List<String>>();
        var one = Callers.measure(1, time, rowByRow);
        rows.add(row("row by row, 1 connection", one, List.of("1", "1", "1")));
        var loop = Callers.measure(CONNECTIONS, time, rowByRow);
        rows.add(row("row by row, 32 connections", loop, List.of("1", "1", "1")));
        var best = 0.0;
        for (var callers : List.of(1, CONNECTIONS, HTTP_CONNECTIONS, 1_000)) {
            var lists = new ArrayList<String>();
            var measured = coalesced(database, callers, time, lists);
            rows.add(row("coalescer, %,d callers".formatted(callers), measured, lists));
            best = Math.max(best, measured.perSecond());
            if (callers == HTTP_CONNECTIONS) {
                out.measured(Bar.COALESCED_TO_LOOP, measured.perSecond() / loop.perSecond());
            }
        }
        var header = new ArrayList<>(List.of("durable single inserts"));
        header.addAll(Callers.COLUMNS);
        header.addAll(List.of("list p50", "p90", "longest"));
        out.table(header, rows);
        out.say("best of the coalescer / 32 connections: %.1f", best / loop.perSecond());
    }

    private Callers.Measured coalesced(
            Database database, int callers, Duration time, List<String> lists)
            throws InterruptedException, ExecutionException {
        var sizes = new ConcurrentHistogram(3);
        Coalescer.Work<Row, Boolean> work =
                (Handle tx, List<Row> rows) -> {
                    sizes.recordValue(rows.size());
                    CoalescerTables.insert(tx, rows);
                    return rows.stream().map(_ -> true).toList();
                };
        try (var coalescer = new Coalescer<>("bench", database, Coalescer.Limits.USUAL, work)) {
            var measured =
                    Callers.measure(
                            callers, time, _ -> acknowledged(coalescer.call(next(), PATIENCE)));
            lists.add(Long.toString(sizes.getValueAtPercentile(50)));
            lists.add(Long.toString(sizes.getValueAtPercentile(90)));
            lists.add(Long.toString(sizes.getMaxValue()));
            return measured;
        }
    }

    private void rowByRow(PreparedStatement prepared) throws SQLException {
        CoalescerTables.insert(prepared, next());
        acknowledged(true);
    }

    private static Row next() {
        var id = Ids.next();
        return new Row(id, 100, "note " + id.getLeastSignificantBits() % 1_000);
    }

    private void acknowledged(boolean isWritten) {
        if (isWritten) {
            written.increment();
            cents.add(100);
        }
    }

    private boolean proof(Printout out, Connection observer) throws SQLException {
        var sums = CoalescerTables.sums(observer);
        var equal = sums[0] == written.sum() && sums[1] == cents.sum();
        out.say(
                "%,d rows acknowledged, %,d in the table: %s",
                written.sum(), sums[0], equal ? "each once" : "NOT EACH ONCE");
        return equal;
    }

    private static List<String> row(String name, Callers.Measured measured, List<String> lists) {
        var row = new ArrayList<>(List.of(name));
        row.addAll(measured.cells());
        row.addAll(lists);
        return row;
    }
}
