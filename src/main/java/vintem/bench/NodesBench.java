package vintem.bench;

import static vintem.bench.Printout.number;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import vintem.platform.EmbeddedPostgres;
import vintem.platform.Ids;

/// The same load on one, two and three nodes that share a PostgreSQL: what they do together, and
/// whose time it takes. All of them, PostgreSQL and who asks share the cores of this machine, so
/// this says where the time goes, not what more machines would do.
final class NodesBench implements Benchmark {
    private static final int CONNECTIONS = 120;
    private static final int MOST_NODES = 3;
    private static final int BATCH = 5_000;
    // More than one of them asks for.
    private static final long APART = 1_000_000_000;
    private static final String HEAP = "512m";
    private static final String PASSWORD = "a-password-of-the-benchmark";

    /// One node, and who asks it.
    private record Asked(Server server, Wires wires, HttpLoad http, PaymentLoad load) {}

    private interface Next {
        HttpLoad.@Nullable Request of(PaymentLoad load);
    }

    /// Since the machine was started, or the server.
    private record Spent(Duration nodes, Duration postgres, Duration asking, long walBytes) {}

    private long paid;

    @Override
    public String name() {
        return "nodes";
    }

    @Override
    public boolean run(Printout out, Effort effort)
            throws IOException, InterruptedException, SQLException, ExecutionException {
        try (var scratch = Scratch.create()) {
            var directory = scratch.directory().resolve("external");
            var postgres = scratch.keep(EmbeddedPostgres.start(directory, Map.of()));
            var address = postgres.address();
            var settings =
                    Map.of(
                            "VINTEM_DB_URL", address.url(),
                            "VINTEM_DB_USER", address.user(),
                            "VINTEM_DB_PASSWORD", address.password(),
                            "VINTEM_SECRET", Ids.next().toString() + Ids.next(),
                            "VINTEM_BANK_SECRET", Ids.next().toString(),
                            "VINTEM_ADMIN_PASSWORD", PASSWORD);
            var nodes = new ArrayList<Asked>();
            var rows = new ArrayList<List<String>>();
            try (var observer = address.connect()) {
                out.hardware(observer);
                for (var many = 1; many <= MOST_NODES; many++) {
                    nodes.add(one(scratch, settings, many));
                    var warmUp = Duration.ofMillis(effort.of(15_000, 1_500));
                    ask(nodes, warmUp, PaymentLoad::creation);
                    ask(nodes, warmUp.dividedBy(2), PaymentLoad::confirmation);
                    var time = Duration.ofMillis(effort.of(10_000, 1_500));
                    rows.add(
                            measured(
                                    "%d: create".formatted(many),
                                    observer,
                                    directory,
                                    nodes,
                                    () -> ask(nodes, time, PaymentLoad::creation)));
                    rows.add(
                            measured(
                                    "%d: confirm".formatted(many),
                                    observer,
                                    directory,
                                    nodes,
                                    () -> ask(nodes, time, PaymentLoad::confirmation)));
                    rows.add(
                            measured(
                                    "%d: pay in batches of 5,000".formatted(many),
                                    observer,
                                    directory,
                                    nodes,
                                    () -> pay(nodes, effort.of(3, 1))));
                }
                out.table(
                        List.of(
                                "nodes",
                                "per second",
                                "CPU of nodes",
                                "of PostgreSQL",
                                "of who asks",
                                "of PostgreSQL, each",
                                "log, each"),
                        rows);
                return proof(out, nodes, observer);
            } finally {
                for (var node : nodes) {
                    node.http.close();
                    node.wires.close();
                }
            }
        }
    }

    private static Asked one(Scratch scratch, Map<String, String> settings, int number)
            throws IOException, InterruptedException {
        var server = Server.launch(scratch, "node-" + number, HEAP, List.of(), settings);
        server.awaitAnswer("/q/health");
        server.signIn(PASSWORD);
        var wires = new Wires(server.address());
        var load =
                new PaymentLoad(server.token(), settings.get("VINTEM_BANK_SECRET"), number * APART);
        return new Asked(server, wires, new HttpLoad(wires, CONNECTIONS / MOST_NODES), load);
    }

    /// All nodes at once, each from a thread of its own.
    private long ask(List<Asked> nodes, Duration time, Next next)
            throws InterruptedException, ExecutionException {
        var work = new ArrayList<Callable<Long>>();
        for (var node : nodes) {
            work.add(
                    () -> {
                        var measured = node.http.busy(time, () -> next.of(node.load));
                        return measured.micros().getTotalCount();
                    });
        }
        return together(work);
    }

    private long pay(List<Asked> nodes, int batches)
            throws InterruptedException, ExecutionException {
        var work = new ArrayList<Callable<Long>>();
        for (var node : nodes) {
            work.add(
                    () -> {
                        for (var i = 0; i < batches; i++) {
                            var body = PayoutLoad.json("nodes-" + Ids.next(), BATCH);
                            var answer = node.server.post("/payouts/batch", body);
                            if (!answer.body().contains("\"successful\":" + BATCH + ",")) {
                                throw new IllegalStateException("not all was paid");
                            }
                        }
                        return (long) batches * BATCH;
                    });
        }
        var items = together(work);
        paid += items;
        return items;
    }

    private static long together(List<Callable<Long>> work)
            throws InterruptedException, ExecutionException {
        var sum = 0L;
        try (var threads = Executors.newFixedThreadPool(work.size())) {
            for (var done : threads.invokeAll(work)) {
                sum += done.get();
            }
        }
        return sum;
    }

    private static List<String> measured(
            String name,
            Connection observer,
            Path directory,
            List<Asked> nodes,
            Callable<Long> work)
            throws SQLException, IOException, InterruptedException, ExecutionException {
        BenchTables.settle(observer);
        var before = spent(observer, directory, nodes);
        var start = System.nanoTime();
        long many;
        try {
            many = work.call();
        } catch (InterruptedException | ExecutionException failed) {
            throw failed;
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
        var seconds = (System.nanoTime() - start) / 1e9;
        var after = spent(observer, directory, nodes);
        var postgres = after.postgres.minus(before.postgres);
        return List.of(
                name,
                number(many / seconds),
                share(after.nodes.minus(before.nodes), seconds),
                share(postgres, seconds),
                share(after.asking.minus(before.asking), seconds),
                number(postgres.toNanos() / 1e3 / many) + " µs",
                number((double) (after.walBytes - before.walBytes) / many) + " B");
    }

    /// 100 % is one core.
    private static String share(Duration cpu, double seconds) {
        return "%.0f %%".formatted(cpu.toNanos() / 1e7 / seconds);
    }

    private static Spent spent(Connection observer, Path directory, List<Asked> nodes)
            throws SQLException, IOException {
        var ofNodes = Duration.ZERO;
        for (var node : nodes) {
            ofNodes = ofNodes.plus(node.server.cpu());
        }
        var pid = Files.readAllLines(directory.resolve("postgres/postmaster.pid")).getFirst();
        var postmaster = ProcessHandle.of(Long.parseLong(pid.trim())).orElseThrow();
        var ofPostgres = postmaster.info().totalCpuDuration().orElse(Duration.ZERO);
        for (var process : postmaster.descendants().toList()) {
            ofPostgres = ofPostgres.plus(process.info().totalCpuDuration().orElse(Duration.ZERO));
        }
        var mine =
                ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                        .getProcessCpuTime();
        return new Spent(
                ofNodes, ofPostgres, Duration.ofNanos(mine), BenchTables.walBytes(observer));
    }

    private boolean proof(Printout out, List<Asked> nodes, Connection observer)
            throws IOException, InterruptedException, SQLException {
        var created = nodes.stream().mapToLong(it -> it.load.created()).sum();
        var confirmed = nodes.stream().mapToLong(it -> it.load.confirmed()).sum();
        var received = BenchTables.received(observer);
        var payouts = BenchTables.paid(observer);
        var once =
                received.payments() == created
                        && received.matched() == confirmed
                        && payouts.matched() == paid;
        out.say(
                "the books: %,d payments of %,d, %,d paid of %,d, %,d payouts of %,d: %s",
                received.payments(),
                created,
                received.matched(),
                confirmed,
                payouts.matched(),
                paid,
                once ? "each once" : "NOT EACH ONCE");
        try {
            nodes.getFirst().server.audit().forEach(line -> out.say("audit: %s", line));
        } catch (Server.NotConserved wrong) {
            out.say("audit: %s", wrong.getMessage());
            return false;
        }
        return once;
    }
}
