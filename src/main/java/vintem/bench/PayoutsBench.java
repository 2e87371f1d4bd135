package vintem.bench;

import static vintem.bench.Printout.number;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;
import vintem.bench.RawPayoutTables.Rows;

/// Batches through `POST /payouts/batch`, from the request's first byte to the answer's last,
/// against a server of its own; and the same rows by raw SQL in the same PostgreSQL, batch by
/// batch in turn, so that both meet the same weather.
final class PayoutsBench implements Benchmark {
    private static final int BATCH = 5_000;
    // As PayBatch sends and settles.
    private static final int CHUNK = 1_000;
    private static final String HEAP = "512m";
    private static final long PATIENCE_MILLIS = 120_000;

    /// What was sent so far, to be found again in the bank's books.
    private static final class Sent {
        private int batches;
        private long items;
        private long cents;

        synchronized String next(int size) {
            batches++;
            items += size;
            cents += PayoutLoad.totalCents(size);
            return "bench-" + batches;
        }
    }

    private final Sent sent = new Sent();
    private long rawItems;
    private int rawBatches;

    @Override
    public String name() {
        return "payouts";
    }

    @Override
    public boolean run(Printout out, Effort effort)
            throws IOException, InterruptedException, SQLException, ExecutionException {
        try (var scratch = Scratch.create()) {
            var server = Server.start(scratch, HEAP);
            try (var observer = server.database().connect();
                    var first = server.database().connect();
                    var second = server.database().connect()) {
                out.hardware(observer);
                out.say("server: a process of its own, -Xmx%s; this process sends", HEAP);
                RawPayoutTables.create(observer);
                var raw = List.of(new RawPayoutTables(first), new RawPayoutTables(second));
                warmUp(server, raw, effort.of(12, 8, 2));
                inTurn(out, server, raw, effort.of(30, 12, 3));
                flatness(out, server, observer, effort);
                return proof(out, server, observer);
            }
        }
    }

    private void warmUp(Server server, List<RawPayoutTables> raw, int batches)
            throws IOException, InterruptedException, SQLException {
        for (var i = 0; i < batches; i++) {
            product(server, BATCH);
            raw(raw.get(i % 2));
        }
    }

    /// One sender and one connection, then two of each.
    private void inTurn(Printout out, Server server, List<RawPayoutTables> raw, int rounds)
            throws IOException, InterruptedException, SQLException, ExecutionException {
        var one = Printout.histogram();
        var two = Printout.histogram();
        var rawOne = Printout.histogram();
        var rawTwo = Printout.histogram();
        for (var i = 0; i < rounds; i++) {
            one.recordValue(product(server, BATCH));
            rawOne.recordValue(raw(raw.getFirst()));
            two.recordValue(twice(_ -> product(server, BATCH)));
            rawTwo.recordValue(twice(which -> raw(raw.get(which))));
        }
        out.say("%d rounds in turn, batches of %,d", rounds, BATCH);
        out.table(
                List.of("", "items/s p50", "best", "batch p50", "p90", "p99", "max"),
                List.of(
                        row("product, one sender", one, 1),
                        row("raw SQL, one connection", rawOne, 1),
                        row("product, two senders", two, 2),
                        row("raw SQL, two connections", rawTwo, 2)));
        var product = itemsPerSecond(one, 50, 1);
        var ratio = product / itemsPerSecond(rawOne, 50, 1);
        var ratioTwo = itemsPerSecond(two, 50, 2) / itemsPerSecond(rawTwo, 50, 2);
        out.say("product / raw SQL: %.2f one to one, %.2f two to two", ratio, ratioTwo);
        out.measured(Bar.BATCH, product, ratio);
        out.measured(Bar.BATCH_TO_RAW, ratio);
        out.measured(Bar.TWO_BATCHES_TO_RAW, ratioTwo);
    }

    private void flatness(Printout out, Server server, Connection observer, Effort effort)
            throws IOException, InterruptedException, SQLException {
        var sizes = List.of(1_000, 5_000, 20_000, 100_000);
        var repeats =
                List.of(
                        effort.of(40, 20, 4),
                        effort.of(20, 10, 2),
                        effort.of(6, 3, 1),
                        effort.of(3, 1, 1));
        var rows = new ArrayList<List<String>>();
        var costs = new ArrayList<Double>();
        var allPaid = true;
        for (var i = 0; i < sizes.size(); i++) {
            int size = sizes.get(i);
            var micros = new long[repeats.get(i)];
            for (var run = 0; run < micros.length; run++) {
                var batchId = sent.next(size);
                micros[run] = post(server, batchId, size, false);
                allPaid &= awaitPaid(observer, batchId, size);
            }
            Arrays.sort(micros);
            var cost = (double) micros[micros.length / 2] / size;
            costs.add(cost);
            rows.add(
                    List.of(
                            "%,d items".formatted(size),
                            Integer.toString(micros.length),
                            number(cost) + " µs",
                            number(1e6 / cost),
                            "%.2f".formatted(cost / costs.getFirst())));
        }
        out.table(List.of("one batch of", "runs", "per item p50", "items/s", "to 1,000"), rows);
        var resident = server.residentMegabytes();
        out.say(
                "after the batches of 100,000: server %s, %s",
                server.isAlive() ? "alive" : "DEAD",
                resident == 0 ? "memory unknown" : "at most %,d MB resident".formatted(resident));
        out.measured(Bar.BATCH_FLAT, costs.getLast() / costs.getFirst());
        out.measured(Bar.HUGE_BATCH, server.isAlive() && allPaid);
    }

    /// Each id paid once in the bank's books, and every proof of the product holds.
    private boolean proof(Printout out, Server server, Connection observer)
            throws IOException, InterruptedException, SQLException {
        var paid = BenchTables.paid(observer);
        var once =
                paid.lines() == sent.items
                        && paid.matched() == sent.items
                        && paid.payouts() == sent.items
                        && paid.ids() == sent.items
                        && paid.lineCents() == sent.cents
                        && paid.cents() == sent.cents;
        out.say(
                "the bank's books: %,d payments of %,d payouts, %,d sent: %s",
                paid.lines(), paid.payouts(), sent.items, once ? "each once" : "NOT EACH ONCE");
        server.complaints().forEach(line -> out.say("server: %s", line));
        var rawHolds = RawPayoutTables.holds(observer, rawItems);
        out.say("the raw SQL's rows: %s", rawHolds ? "all there" : "NOT ALL THERE");
        try {
            server.audit().forEach(line -> out.say("audit: %s", line));
        } catch (Server.NotConserved wrong) {
            out.say("audit: %s", wrong.getMessage());
            return false;
        }
        return once && rawHolds;
    }

    private long product(Server server, int size) throws IOException, InterruptedException {
        return post(server, sent.next(size), size, true);
    }

    /// @return microseconds from request to answer
    private static long post(Server server, String batchId, int size, boolean mustBePaid)
            throws IOException, InterruptedException {
        var body = PayoutLoad.json(batchId, size);
        var start = System.nanoTime();
        var answer = server.post("/payouts/batch", body);
        var micros = (System.nanoTime() - start) / 1_000;
        if (answer.status() != 200) {
            throw new IllegalStateException("answered " + answer.status() + ": " + answer.body());
        }
        if (mustBePaid && !answer.body().contains("\"successful\":" + size + ",")) {
            throw new IllegalStateException("not all was paid: " + answer.body().substring(0, 200));
        }
        return micros;
    }

    /// What is not known when the answer is due goes on after it.
    private static boolean awaitPaid(Connection observer, String batchId, int size)
            throws SQLException, InterruptedException {
        var deadline = System.currentTimeMillis() + PATIENCE_MILLIS;
        while (BenchTables.paidOfBatch(observer, batchId) < size) {
            if (System.currentTimeMillis() > deadline) {
                return false;
            }
            Thread.sleep(20);
        }
        return true;
    }

    private long raw(RawPayoutTables tables) throws SQLException {
        Rows rows;
        synchronized (this) {
            rawBatches++;
            rawItems += BATCH;
            rows = Rows.of("raw-" + rawBatches, BATCH);
        }
        var start = System.nanoTime();
        tables.pay(rows, CHUNK);
        return (System.nanoTime() - start) / 1_000;
    }

    private interface Timed {
        long run(int which) throws Exception;
    }

    /// Two at once; as slow as the slower one.
    private static long twice(Timed work) throws InterruptedException, ExecutionException {
        try (var both = Executors.newVirtualThreadPerTaskExecutor()) {
            var runs =
                    both.invokeAll(List.<Callable<Long>>of(() -> work.run(0), () -> work.run(1)));
            var slower = 0L;
            for (Future<Long> run : runs) {
                slower = Math.max(slower, run.get());
            }
            return slower;
        }
    }

    private static List<String> row(String name, Histogram micros, int batches) {
        var row = new ArrayList<String>();
        row.add(name);
        row.add(number(itemsPerSecond(micros, 50, batches)));
        row.add(number(itemsPerSecond(micros, 0, batches)));
        row.addAll(Printout.percentiles(micros));
        return row;
    }

    private static double itemsPerSecond(Histogram micros, double percentile, int batches) {
        return batches * BATCH * 1e6 / micros.getValueAtPercentile(percentile);
    }
}
