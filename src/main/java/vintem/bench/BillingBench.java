package vintem.bench;

import static vintem.bench.Printout.number;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import vintem.bench.BillingLoad.Expected;

/// The official file's million of debts through `POST /billing/files`, from the upload's first byte
/// until every charge, boleto and transfer is stored and every e-mail queued; the same rows by raw
/// SQL in the same PostgreSQL before it; the same file again; and a second one that is like it but
/// for one row in a hundred.
final class BillingBench implements Benchmark {
    private static final int ROWS = 1_100_000;
    private static final int QUICK_ROWS = 50_000;
    // As ImportDebts writes them.
    private static final int BATCH = 5_000;
    private static final String HEAP = "256m";
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    private static final ObjectMapper JSON = new ObjectMapper();

    /// How an import went.
    ///
    /// @param uploadSeconds until the answer to the upload
    private record Run(JsonNode file, int status, double uploadSeconds, double seconds) {
        double rowsPerSecond() {
            return file.required("rows").asLong() / seconds;
        }
    }

    @Override
    public String name() {
        return "billing";
    }

    @Override
    public boolean run(Printout out, Effort effort)
            throws IOException, InterruptedException, SQLException, ExecutionException {
        var rows = effort.of(ROWS, QUICK_ROWS);
        try (var scratch = Scratch.create()) {
            var first = scratch.directory().resolve("first.csv");
            var second = scratch.directory().resolve("second.csv");
            var expected = BillingLoad.write(first, rows, false);
            var expectedSecond = BillingLoad.write(second, rows, true);
            var batches = scratch.directory().resolve("raw");
            var count = RawBillingTables.prepare(batches, rows, BATCH);
            // Nobody is written to: handing over a million mails is a measure of its own.
            var server = Server.start(scratch, HEAP, Map.of("VINTEM_BILLING_EMAILS", "false"));
            try (var observer = server.database().connect()) {
                out.hardware(observer);
                out.say(
                        "server: a process of its own, -Xmx%s; the file has %,d rows, %d MB",
                        HEAP, rows, Files.size(first) >> 20);
                warmUp(server, scratch.directory().resolve("small.csv"));
                var raw = raw(server, observer, batches, count, rows, effort);
                delete(batches);
                BenchTables.settle(observer);
                var run = send(server, first);
                var again = send(server, first);
                print(out, server, rows, raw, run, again);
                var right = check(out, "the file", run, expected);
                if (effort.isCurious()) {
                    var changed = send(server, second);
                    out.say("the file with 1 %% changed: %s s", number(changed.seconds));
                    right &= check(out, "the changed file", changed, expectedSecond);
                }
                return proof(out, server, observer, right, again);
            }
        }
    }

    /// The first rows of a server are slower than all others.
    private void warmUp(Server server, Path file) throws IOException, InterruptedException {
        var text = new StringBuilder("name,governmentId,email,debtAmount,debtDueDate,debtId\n");
        for (var i = 0; i < 40_000; i++) {
            text.append("Warm Up,1111,warm@example.com,1.00,2022-10-12,warm-")
                    .append(i)
                    .append('\n');
        }
        Files.writeString(file, text);
        send(server, file);
    }

    /// Seconds on one connection and on two; one is not the best, and not always asked for.
    private record Raw(Optional<Double> one, double two) {
        double best() {
            return Math.min(one.orElse(two), two);
        }
    }

    /// One connection, then two, into empty tables.
    private static Raw raw(
            Server server, Connection observer, Path batches, int count, long rows, Effort effort)
            throws SQLException, InterruptedException, ExecutionException {
        RawBillingTables.create(observer);
        BenchTables.settle(observer);
        var one = Optional.<Double>empty();
        if (effort.isCurious()) {
            one = Optional.of(rawSeconds(server, batches, count, 1));
            requireAll(observer, rows);
            RawBillingTables.empty(observer);
            BenchTables.settle(observer);
        }
        var two = rawSeconds(server, batches, count, 2);
        requireAll(observer, rows);
        RawBillingTables.drop(observer);
        return new Raw(one, two);
    }

    private static double rawSeconds(Server server, Path batches, int count, int connections)
            throws SQLException, InterruptedException, ExecutionException {
        var next = new AtomicInteger();
        var open = new ArrayList<Connection>();
        for (var i = 0; i < connections; i++) {
            var connection = server.database().connect();
            connection.setAutoCommit(false);
            open.add(connection);
        }
        var start = System.nanoTime();
        try (var all = Executors.newFixedThreadPool(connections)) {
            var work = new ArrayList<Callable<Boolean>>();
            for (var connection : open) {
                work.add(
                        () -> {
                            for (var i = next.getAndIncrement();
                                    i < count;
                                    i = next.getAndIncrement()) {
                                RawBillingTables.copy(connection, batches, i);
                            }
                            return true;
                        });
            }
            for (var done : all.invokeAll(work)) {
                done.get();
            }
        }
        var seconds = (System.nanoTime() - start) / 1e9;
        for (var connection : open) {
            connection.close();
        }
        return seconds;
    }

    private static void requireAll(Connection observer, long rows) throws SQLException {
        if (!RawBillingTables.holds(observer, rows)) {
            throw new IllegalStateException("the raw SQL's rows are not all there");
        }
    }

    private static Run send(Server server, Path file) throws IOException, InterruptedException {
        var start = System.nanoTime();
        var answer = server.upload("/billing/files?name=" + file.getFileName(), "text/csv", file);
        var uploaded = (System.nanoTime() - start) / 1e9;
        if (answer.status() != 200 && answer.status() != 202) {
            throw new IllegalStateException("answered " + answer.status() + ": " + answer.body());
        }
        var state = JSON.readTree(answer.body());
        var path = "/billing/files/" + state.required("id").asText();
        while (!state.required("status").asText().equals("done")) {
            if (System.nanoTime() - start > PATIENCE.toNanos()
                    || !state.required("status").asText().equals("importing")) {
                throw new IllegalStateException("the file is not done: " + state);
            }
            Thread.sleep(BETWEEN_LOOKS);
            state = JSON.readTree(server.get(path).body());
        }
        return new Run(state, answer.status(), uploaded, (System.nanoTime() - start) / 1e9);
    }

    private static void print(Printout out, Server server, long rows, Raw raw, Run run, Run again)
            throws IOException {
        var lines = new ArrayList<List<String>>();
        raw.one.ifPresent(seconds -> lines.add(row("raw SQL, one connection", seconds, rows)));
        lines.add(row("raw SQL, two connections", raw.two, rows));
        lines.add(row("upload to answer", run.uploadSeconds, rows));
        lines.add(row("upload to the last row", run.seconds, rows));
        lines.add(row("the same file again", again.seconds, rows));
        out.table(List.of("", "seconds", "rows/s"), lines);
        raw.one.ifPresent(
                seconds ->
                        out.say("product / raw SQL, one connection: %.2f", run.seconds / seconds));
        out.say("product / raw SQL, two connections: %.2f", run.seconds / raw.two);
        var resident = server.residentMegabytes();
        out.say(
                "server: %s, at most %,d MB of heap in use, garbage and all, %s",
                server.isAlive() ? "alive" : "DEAD",
                server.heapMegabytes(),
                resident == 0 ? "memory unknown" : "at most %,d MB resident".formatted(resident));
        out.measured(Bar.FILE_TO_RAW, run.seconds / raw.best());
        out.measured(Bar.FILE, run.seconds, run.seconds / raw.best());
        out.measured(Bar.FILE_HEAP, server.isAlive());
        out.measured(Bar.FILE_AGAIN, again.seconds);
    }

    private static List<String> row(String what, double seconds, long rows) {
        return List.of(what, number(seconds), number(rows / seconds));
    }

    private static boolean check(Printout out, String what, Run run, Expected expected) {
        var file = run.file;
        var right =
                file.required("rows").asLong() == expected.rows()
                        && file.required("imported").asLong() == expected.imported()
                        && file.required("duplicates").asLong() == expected.duplicates()
                        && file.required("errors").asLong() == expected.errors()
                        && file.required("conflicts").asLong() == expected.conflicts()
                        && file.required("boletos").asLong() == expected.imported()
                        && file.required("emails_queued").asLong() == expected.imported()
                        && file.required("imported_amount")
                                        .decimalValue()
                                        .movePointRight(2)
                                        .longValueExact()
                                == expected.cents();
        out.say(
                "%s: %,d rows = %,d charges + %,d duplicates + %,d errors + %,d conflicts: %s",
                what,
                file.required("rows").asLong(),
                file.required("imported").asLong(),
                file.required("duplicates").asLong(),
                file.required("errors").asLong(),
                file.required("conflicts").asLong(),
                right ? "as expected" : "NOT AS EXPECTED, " + expected);
        return right;
    }

    /// Every charge has its receivable, its boleto and its e-mail, and every proof of the product
    /// holds.
    private static boolean proof(
            Printout out, Server server, Connection observer, boolean right, Run again)
            throws IOException, InterruptedException, SQLException {
        var billed = BenchTables.billed(observer);
        var whole = billed.isWhole();
        out.say(
                "the books: %,d charges of %,d, %,d receivables of the same sum, %,d boletos,"
                        + " %,d e-mails queued: %s",
                billed.charges(),
                billed.ids(),
                billed.receivables(),
                billed.boletos(),
                billed.emails(),
                whole ? "each once" : "NOT EACH ONCE, " + billed);
        var once = again.status == 200;
        out.say("the same file again: %s", once ? "nothing new" : "IMPORTED AGAIN");
        server.complaints().forEach(line -> out.say("server: %s", line));
        try {
            server.audit().forEach(line -> out.say("audit: %s", line));
        } catch (Server.NotConserved wrong) {
            out.say("audit: %s", wrong.getMessage());
            return false;
        }
        return whole && once && right;
    }

    private static void delete(Path directory) throws IOException {
        try (var paths = Files.newDirectoryStream(directory)) {
            for (var path : paths) {
                Files.delete(path);
            }
        }
    }
}
