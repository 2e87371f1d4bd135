package vintem.bench;

import static vintem.bench.Printout.number;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import vintem.bench.PaymentLoad.Open;
import vintem.bench.Watcher.Protocol;
import vintem.platform.Ids;

/// Payments over HTTP, from the request's first byte to the answer's last, against a server of its
/// own: created, and confirmed, in turn with a loop that inserts the same rows one by one into the
/// same PostgreSQL. Then each of many watched payments is confirmed, and its watcher is told.
final class PaymentsBench implements Benchmark {
    private static final int CONNECTIONS = 128;
    private static final int LOOP_CONNECTIONS = 32;
    private static final String HEAP = "512m";
    private static final String SOCKETS = "20000";
    private static final int CONFIRMED_A_SECOND = 200;
    // How many may be shaking hands at once.
    private static final int OPENING = 256;
    private static final int OTHER_FILES = 1_000;
    private static final Duration OPENING_TIME = Duration.ofMinutes(2);
    private static final Duration LAST_FRAMES = Duration.ofSeconds(10);
    private static final Duration REST = Duration.ofSeconds(3);
    private static final Duration TWICE = Duration.ofSeconds(1);

    /// What several turns of one kind come to.
    private static final class Turns {
        private final Histogram micros = Printout.histogram();
        private final List<String> rates = new ArrayList<>();
        private double seconds;

        void add(Callers.Measured measured) {
            micros.add(measured.micros());
            rates.add(number(measured.perSecond()));
            seconds += measured.micros().getTotalCount() / measured.perSecond();
        }

        double perSecond() {
            return micros.getTotalCount() / seconds;
        }

        List<String> row(String name, List<String> lists) {
            var row = new ArrayList<>(List.of(name));
            row.addAll(new Callers.Measured(micros, perSecond()).cells());
            row.addAll(lists);
            return row;
        }
    }

    /// A payment, who watches it, and when its confirmation was sent.
    private static final class Watched {
        private final Open payment;
        private final Watcher watcher;
        private long sentAtNanos;

        Watched(Open payment, Watcher watcher) {
            this.payment = payment;
            this.watcher = watcher;
        }

        void sent() {
            sentAtNanos = System.nanoTime();
        }
    }

    private long rawRows;
    private boolean toldOnce = true;

    @Override
    public String name() {
        return "payments";
    }

    @Override
    public boolean run(Printout out, Effort effort)
            throws IOException, InterruptedException, SQLException, ExecutionException {
        var bankSecret = Ids.next().toString();
        var settings =
                Map.of("VINTEM_BANK_SECRET", bankSecret, "VINTEM_SOCKETS_PER_ADDRESS", SOCKETS);
        try (var scratch = Scratch.create()) {
            var server = Server.start(scratch, HEAP, settings);
            var load = new PaymentLoad(server.token(), bankSecret);
            try (var observer = server.database().connect();
                    var wires = new Wires(server.address());
                    var http = new HttpLoad(wires, CONNECTIONS)) {
                out.hardware(observer);
                out.say("server: a process of its own, -Xmx%s; one thread here asks", HEAP);
                inTurn(out, server, observer, http, load, effort);
                for (var protocol : Protocol.values()) {
                    push(out, observer, wires, http, load, protocol, effort);
                }
                var resident = server.residentMegabytes();
                out.say(
                        "server %s, at most %,d MB resident",
                        server.isAlive() ? "alive" : "DEAD", resident);
                out.measured(Bar.PAYMENTS_HEAP, server.isAlive());
                return proof(out, server, observer, load);
            }
        }
    }

    private void inTurn(
            Printout out,
            Server server,
            Connection observer,
            HttpLoad http,
            PaymentLoad load,
            Effort effort)
            throws IOException, SQLException, InterruptedException, ExecutionException {
        RawPaymentTables.create(observer);
        var connections = new ArrayList<Connection>();
        try {
            var loop = new ArrayList<RawPaymentTables>();
            for (var i = 0; i < LOOP_CONNECTIONS; i++) {
                connections.add(server.database().connect());
                loop.add(new RawPaymentTables(connections.getLast()));
            }
            // The compiler takes a core of the two for longer than one would think.
            var warmUp = Duration.ofMillis(effort.of(40_000, 20_000, 1_500));
            turn(http, load, loop, warmUp, new Turns(), new Turns(), new Turns());
            // As in a database that is older than five minutes, the log's files are used again. In
            // a new one each is filled with zeros first, while somebody waits to commit.
            BenchTables.settle(observer);
            var created = new Turns();
            var confirmed = new Turns();
            var raw = new Turns();
            var rounds = effort.of(8, 4, 2);
            var time = Duration.ofMillis(effort.of(4_000, 1_000));
            for (var i = 0; i < rounds; i++) {
                turn(http, load, loop, time, created, confirmed, raw);
            }
            // These stay open: nobody pays all that is asked for.
            created.add(http.busy(time, load::creation));
            print(out, observer, rounds, created, confirmed, raw);
        } finally {
            for (var connection : connections) {
                connection.close();
            }
        }
    }

    private void turn(
            HttpLoad http,
            PaymentLoad load,
            List<RawPaymentTables> loop,
            Duration time,
            Turns created,
            Turns confirmed,
            Turns raw)
            throws IOException, InterruptedException, ExecutionException {
        created.add(http.busy(time, load::creation));
        raw.add(raw(loop, time));
        confirmed.add(http.busy(time, load::confirmation));
    }

    private Callers.Measured raw(List<RawPaymentTables> loop, Duration time)
            throws InterruptedException, ExecutionException {
        var measured =
                Callers.measure(
                        LOOP_CONNECTIONS,
                        time,
                        caller -> loop.get(caller).insert(PaymentLoad.amountCents(caller)));
        rawRows += measured.micros().getTotalCount();
        return measured;
    }

    private static void print(
            Printout out,
            Connection observer,
            int rounds,
            Turns created,
            Turns confirmed,
            Turns raw)
            throws SQLException {
        var header = new ArrayList<>(List.of("%d rounds in turn".formatted(rounds)));
        header.addAll(Callers.COLUMNS);
        header.addAll(List.of("list p50", "p90", "longest"));
        out.table(
                header,
                List.of(
                        created.row(
                                "create over HTTP, 128 connections",
                                BenchTables.listsCreated(observer)),
                        raw.row("row by row, 32 connections", List.of("1", "1", "1")),
                        confirmed.row(
                                "confirm over HTTP, 128 connections",
                                BenchTables.listsConfirmed(observer))));
        out.say("per second, turn by turn");
        out.say("create      %s", String.join("  ", created.rates));
        out.say("row by row  %s", String.join("  ", raw.rates));
        out.say("confirm     %s", String.join("  ", confirmed.rates));
        var toLoop = created.perSecond() / raw.perSecond();
        var toCreate = confirmed.perSecond() / created.perSecond();
        out.say("create / row by row: %.2f; confirm / create: %.2f", toLoop, toCreate);
        out.measured(Bar.CREATE_TO_LOOP, toLoop);
        out.measured(Bar.CONFIRM_TO_CREATE, toCreate);
    }

    /// Watchers of one payment each; the payments are confirmed one after the other.
    private void push(
            Printout out,
            Connection observer,
            Wires wires,
            HttpLoad http,
            PaymentLoad load,
            Protocol protocol,
            Effort effort)
            throws IOException, SQLException {
        var wanted =
                switch (protocol) {
                    case PLAIN -> effort.of(10_000, 1_000);
                    case SOCKET_IO -> effort.of(2_000, 200);
                };
        var sockets = (int) Math.min(wanted, mostFiles() - OTHER_FILES);
        if (sockets < wanted) {
            out.say("only %,d sockets instead of %,d: see `ulimit -n`", sockets, wanted);
        }
        var payments = new ArrayList<Open>(sockets);
        var left = Stream.generate(() -> load.creation(payments::add)).limit(sockets).iterator();
        http.busy(OPENING_TIME, () -> left.hasNext() ? left.next() : null);
        var start = System.nanoTime();
        var watched = open(wires, protocol, payments);
        var opened = (System.nanoTime() - start) / 1e9;
        BenchTables.settle(observer);
        // Who has just come still makes the server read.
        rest(wires, REST);
        var confirmations = new ArrayList<HttpLoad.Request>(sockets);
        watched.forEach(it -> confirmations.add(load.confirmation(it.payment, it::sent)));
        var answers = http.steady(CONFIRMED_A_SECOND, confirmations);
        awaitLast(wires, watched);
        out.say(
                "%,d %s, opened at %s/s; %s confirmations/s",
                sockets,
                switch (protocol) {
                    case PLAIN -> "WebSockets";
                    case SOCKET_IO -> "clients of Socket.IO";
                },
                number(sockets / opened),
                number(answers.perSecond()));
        print(out, observer, watched, answers.micros(), protocol);
        watched.forEach(it -> it.watcher.close());
    }

    /// How many files this process may open, and the server, too.
    private static long mostFiles() {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof UnixOperatingSystemMXBean system
                ? system.getMaxFileDescriptorCount()
                : Integer.MAX_VALUE;
    }

    private static List<Watched> open(Wires wires, Protocol protocol, List<Open> payments)
            throws IOException {
        var deadline = System.nanoTime() + OPENING_TIME.toNanos();
        var watched = new ArrayList<Watched>(payments.size());
        // Those before it are ready.
        var ready = 0;
        while (ready < payments.size()) {
            if (watched.size() < payments.size() && watched.size() - ready < OPENING) {
                var payment = payments.get(watched.size());
                watched.add(new Watched(payment, Watcher.open(wires, protocol, payment.id())));
                wires.turn(0);
            } else {
                wires.turn(100);
            }
            while (ready < watched.size() && watched.get(ready).watcher.isReady()) {
                ready++;
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("only %d sockets could be opened".formatted(ready));
            }
        }
        return watched;
    }

    /// Until everybody was told, and long enough to see who is told twice.
    private static void awaitLast(Wires wires, List<Watched> watched) throws IOException {
        var deadline = System.nanoTime() + LAST_FRAMES.toNanos();
        while (System.nanoTime() < deadline
                && watched.stream().anyMatch(it -> it.watcher.timesTold() == 0)) {
            wires.turn(100);
        }
        rest(wires, TWICE);
    }

    private static void rest(Wires wires, Duration time) throws IOException {
        var end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            wires.turn(time.toMillis());
        }
    }

    private void print(
            Printout out,
            Connection observer,
            List<Watched> watched,
            Histogram answers,
            Protocol protocol)
            throws SQLException {
        var ids = watched.stream().map(it -> UUID.fromString(it.payment.id())).toList();
        var recorded = BenchTables.recordedAtMicros(observer, ids);
        var fromSending = Printout.histogram();
        var fromRecording = Printout.histogram();
        var once = 0;
        var lost = 0;
        for (var each : watched) {
            var watcher = each.watcher;
            once += watcher.timesTold() == 1 ? 1 : 0;
            lost += watcher.isEnded() ? 1 : 0;
            var recordedAt = recorded.get(UUID.fromString(each.payment.id()));
            if (watcher.timesTold() > 0 && recordedAt != null) {
                fromSending.recordValue((watcher.toldAtNanos() - each.sentAtNanos) / 1_000);
                fromRecording.recordValue(Math.max(0, watcher.toldAtMicros() - recordedAt));
            }
        }
        toldOnce &= once == watched.size();
        out.table(
                List.of("one confirmation", "p50", "p90", "p99", "max"),
                List.of(
                        row("written, before its commit → frame", fromRecording),
                        row("request sent → frame", fromSending),
                        row("request sent → answer", answers)));
        out.say(
                "%,d of %,d watchers were told once, %,d lost their socket",
                once, watched.size(), lost);
        out.measured(
                switch (protocol) {
                    case PLAIN -> Bar.FRAME;
                    case SOCKET_IO -> Bar.SOCKET_IO_FRAME;
                },
                fromRecording.getValueAtPercentile(99) / 1_000.0);
    }

    private static List<String> row(String name, Histogram micros) {
        var row = new ArrayList<>(List.of(name));
        row.addAll(Printout.percentiles(micros));
        return row;
    }

    /// Each payment exists once; each confirmed one is paid once in our books and in the bank's,
    /// and was told once; and every proof of the product holds.
    private boolean proof(Printout out, Server server, Connection observer, PaymentLoad load)
            throws IOException, InterruptedException, SQLException {
        var received = BenchTables.received(observer);
        var expected =
                new BenchTables.Received(
                        load.created(),
                        load.confirmed(),
                        load.confirmed(),
                        load.confirmedCents(),
                        load.confirmed(),
                        load.confirmedCents(),
                        load.confirmed());
        var once = received.equals(expected);
        out.say(
                "the books: %,d payments of %,d asked for, %,d paid, %,d confirmed: %s",
                received.payments(),
                load.created(),
                received.matched(),
                load.confirmed(),
                once ? "each once" : "NOT EACH ONCE, " + received);
        server.complaints().forEach(line -> out.say("server: %s", line));
        var rawHolds = RawPaymentTables.count(observer) == rawRows;
        out.say("the raw SQL's rows: %s", rawHolds ? "all there" : "NOT ALL THERE");
        out.say("watchers: %s", toldOnce ? "each told once" : "NOT EACH TOLD ONCE");
        try {
            server.audit().forEach(line -> out.say("audit: %s", line));
        } catch (Server.NotConserved wrong) {
            out.say("audit: %s", wrong.getMessage());
            return false;
        }
        return once && rawHolds && toldOnce;
    }
}
