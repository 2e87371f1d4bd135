package vintem.bench;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import vintem.platform.Ids;

/// What it costs to be seen: payments created on two servers in turn, one of which sends all it
/// does to a collector. The collector throws it away, in this process.
final class TelemetryBench implements Benchmark {
    private static final String HEAP = "512m";
    private static final int CONNECTIONS = 128;

    /// One of the two, and what it came to.
    private static final class Side {
        private final String name;
        private final Server server;
        private final HttpLoad http;
        private final PaymentLoad load;
        private final Histogram micros = Printout.histogram();
        private final List<String> rates = new ArrayList<>();
        private double seconds;

        Side(String name, Server server, Wires wires) throws IOException {
            this.name = name;
            this.server = server;
            http = new HttpLoad(wires, CONNECTIONS);
            load = new PaymentLoad(server.token(), "");
        }

        void warmUp(Duration time) throws IOException {
            http.busy(time, () -> load.creation(_ -> {}));
        }

        void turn(Duration time) throws IOException {
            var measured = http.busy(time, () -> load.creation(_ -> {}));
            micros.add(measured.micros());
            rates.add(Printout.number(measured.perSecond()));
            seconds += measured.micros().getTotalCount() / measured.perSecond();
        }

        double perSecond() {
            return micros.getTotalCount() / seconds;
        }

        List<String> row() {
            var row = new ArrayList<>(List.of(name));
            row.addAll(new Callers.Measured(micros, perSecond()).cells());
            row.add("%,d MB".formatted(server.residentMegabytes()));
            return row;
        }
    }

    @Override
    public String name() {
        return "telemetry";
    }

    @Override
    public boolean run(Printout out, Effort effort)
            throws IOException, InterruptedException, SQLException {
        var collected = new AtomicLong();
        var collector = collector(collected);
        try (var withoutIt = Scratch.create();
                var withIt = Scratch.create()) {
            var settings = Map.of("VINTEM_BANK_SECRET", Ids.next().toString());
            var observed = new HashMap<>(settings);
            observed.put(
                    "VINTEM_OTLP_ENDPOINT", "http://127.0.0.1:" + collector.getAddress().getPort());
            var silent = Server.start(withoutIt, HEAP, settings);
            var seen = Server.start(withIt, HEAP, observed);
            try (var silentWires = new Wires(silent.address());
                    var seenWires = new Wires(seen.address())) {
                measure(
                        out,
                        effort,
                        new Side("OTLP off", silent, silentWires),
                        new Side("OTLP on, all traced", seen, seenWires));
            }
            out.say("the collector was sent %,d MB", collected.get() >> 20);
            silent.audit();
            seen.audit();
            return true;
        } finally {
            collector.stop(0);
        }
    }

    private static void measure(Printout out, Effort effort, Side silent, Side seen)
            throws IOException, SQLException {
        try (var observer = silent.server.database().connect()) {
            out.hardware(observer);
        }
        var warmUp = Duration.ofMillis(effort.of(20_000, 8_000, 1_000));
        silent.warmUp(warmUp);
        seen.warmUp(warmUp);
        var rounds = effort.of(8, 4, 2);
        var time = Duration.ofMillis(effort.of(4_000, 500));
        for (var i = 0; i < rounds; i++) {
            // Whoever comes second finds the compiler further on.
            (i % 2 == 0 ? silent : seen).turn(time);
            (i % 2 == 0 ? seen : silent).turn(time);
        }
        var header = new ArrayList<>(List.of("create, %d rounds in turn".formatted(rounds)));
        header.addAll(Callers.COLUMNS);
        header.add("resident");
        out.table(header, List.of(silent.row(), seen.row()));
        out.say("per second, turn by turn");
        out.say("off  %s", String.join("  ", silent.rates));
        out.say("on   %s", String.join("  ", seen.rates));
        out.measured(Bar.TELEMETRY, seen.perSecond() / silent.perSecond());
    }

    private static HttpServer collector(AtomicLong collected) throws IOException {
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(
                "/",
                call -> {
                    try (call) {
                        collected.addAndGet(call.getRequestBody().readAllBytes().length);
                        call.sendResponseHeaders(200, -1);
                    }
                });
        server.start();
        return server;
    }
}
