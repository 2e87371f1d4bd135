package vintem.bench;

import static vintem.bench.Printout.number;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import vintem.investments.Captado;
import vintem.investments.Windows;
import vintem.investments.Windows.Window;
import vintem.platform.BusinessDays;
import vintem.platform.Database;
import vintem.platform.Pool;

/// 10,000 clients with 100 allocations each and 250 closes of each asset: a file of all of them,
/// the first captado, ticks after one change, everything exported; and 1,000 sockets on
/// 100 clients.
final class InvestmentsBench implements Benchmark {
    private static final int CLIENTS = 10_000;
    private static final int QUICK_CLIENTS = 200;
    private static final int FEW_CLIENTS = 100;
    private static final int ALLOCATIONS = 100;
    private static final int ASSETS = 500;
    private static final int CLOSES = 250;
    private static final int SOCKETS = 1_000;
    private static final int CHANGES = 25;
    private static final String HEAP = "512m";
    private static final BigDecimal CENT = new BigDecimal("0.01");

    @Override
    public String name() {
        return "investments";
    }

    @Override
    public boolean run(Printout out, Effort effort) throws Exception {
        var clients = effort.of(CLIENTS, QUICK_CLIENTS);
        var proven = true;
        try (var scratch = Scratch.create()) {
            var server = Server.start(scratch, HEAP, Map.of("VINTEM_SOCKETS_PER_ADDRESS", "2000"));
            try (var owner = server.database().connect();
                    var pool = Pool.open(server.database())) {
                out.hardware(owner);
                out.say(
                        "server: a process of its own, -Xmx%s; %,d clients, %d allocations each,"
                                + " %d assets with %d closes",
                        HEAP, clients, ALLOCATIONS, ASSETS, CLOSES);
                fill(out, server, owner, scratch.directory(), clients);
                figures(out, server, owner, new Database(pool), effort, clients);
                export(out, server, owner, clients, effort);
                proven &= audit(out, server);
            }
        }
        try (var scratch = Scratch.create()) {
            var server = Server.start(scratch, HEAP, Map.of("VINTEM_SOCKETS_PER_ADDRESS", "2000"));
            try (var owner = server.database().connect()) {
                var silent = new Printout(new PrintWriter(Writer.nullWriter()));
                fill(silent, server, owner, scratch.directory(), FEW_CLIENTS);
                sockets(out, server, owner, effort.of(SOCKETS, 50));
                proven &= audit(out, server);
            }
        }
        return proven;
    }

    /// Closes and allocations come by file, as an office's would.
    private static void fill(
            Printout out, Server server, Connection owner, Path directory, int clients)
            throws IOException, InterruptedException, SQLException {
        RawInvestmentTables.populate(owner, clients, ASSETS);
        var random = new SplittableRandom(20261126);
        var closes = directory.resolve("closes.csv");
        var today = BusinessDays.today(Clock.systemUTC());
        try (var writer = Files.newBufferedWriter(closes)) {
            writer.write("ticker,date,close_price\n");
            for (var asset = 1; asset <= ASSETS; asset++) {
                for (var day = 1; day <= CLOSES; day++) {
                    writer.write(
                            "BEN%d,%s,%s\n".formatted(asset, today.minusDays(day), price(random)));
                }
            }
        }
        var start = System.nanoTime();
        send(server, "/daily_returns/import", closes, 200);
        var closeSeconds = seconds(start);
        var file = directory.resolve("allocations.csv");
        try (var writer = Files.newBufferedWriter(file)) {
            writer.write("line,client_email,ticker,quantity,buy_price,buy_date\n");
            for (var row = 0; row < clients * ALLOCATIONS; row++) {
                writer.write(
                        "%d,c%d@example.com,BEN%d,%d,%s,%s\n"
                                .formatted(
                                        row,
                                        1 + row % clients,
                                        1 + random.nextInt(ASSETS),
                                        1 + random.nextInt(1_000),
                                        price(random),
                                        today.minusDays(random.nextInt(365))));
            }
        }
        RawInvestmentTables.analyze(owner);
        var raw = RawInvestmentTables.importFile(owner, file);
        start = System.nanoTime();
        send(server, "/allocations/import", file, 201);
        var seconds = seconds(start);
        RawInvestmentTables.analyze(owner);
        var rows = clients * ALLOCATIONS;
        out.table(
                List.of("", "seconds", "rows/s"),
                List.of(
                        row("closes by file", closeSeconds, ASSETS * CLOSES),
                        row("allocations: COPY and one insert", raw, rows),
                        row("allocations by file, with captado", seconds, rows)));
        out.say("product / raw SQL: %.2f", seconds / raw);
    }

    private static void figures(
            Printout out,
            Server server,
            Connection owner,
            Database database,
            Effort effort,
            int clients)
            throws IOException, InterruptedException, SQLException {
        var clock = Clock.systemUTC();
        var captado = Captado.standalone(database, clock);
        var month = YearMonth.from(BusinessDays.today(clock));
        var windows = Windows.of(month, BusinessDays.today(clock)).orElseThrow();
        captado.board(month).look();
        var board = captado.board(month);
        var start = System.nanoTime();
        board.look();
        var first = millis(start);
        rawCaptado(owner, windows);
        start = System.nanoTime();
        var found = rawCaptado(owner, windows);
        var raw = millis(start);
        var asset = RawInvestmentTables.firstAsset(owner);
        var client = RawInvestmentTables.firstClient(owner);
        var ticks = Printout.histogram();
        for (var i = 0; i < effort.of(220, 20); i++) {
            buy(server, client + i % clients, asset + i % ASSETS);
            start = System.nanoTime();
            if (!board.look()) {
                throw new IllegalStateException("a change was not seen");
            }
            // The first ones teach the machine.
            if (i >= effort.of(20, 2)) {
                ticks.recordValue((System.nanoTime() - start) / 1_000);
            }
        }
        out.say(
                "a frame of %,d clients has %,d kB; raw SQL read %,d",
                clients, board.frame().length() >> 10, found);
        out.table(
                List.of("", "median", "p90", "p99", "most"),
                List.of(
                        List.of("first captado", number(first) + " ms", "", "", ""),
                        List.of("raw SQL from allocations", number(raw) + " ms", "", "", ""),
                        concat("tick after one change", Printout.percentiles(ticks))));
        out.say("first captado / raw SQL: %.2f", first / raw);
        out.measured(Bar.CAPTADO, first, first / raw);
        out.measured(Bar.TICK, ticks.getValueAtPercentile(50) / 1e3);
        out.measured(Bar.TICK_P99, ticks.getValueAtPercentile(99) / 1e3);
    }

    private static int rawCaptado(Connection owner, Windows windows) throws SQLException {
        return RawInvestmentTables.captado(
                owner,
                windows.span(Window.ANUAL).start(),
                windows.span(Window.SEMESTRAL).start(),
                windows.span(Window.MENSAL).start(),
                windows.span(Window.SEMANAL).start(),
                windows.ref());
    }

    private static void export(
            Printout out, Server server, Connection owner, int clients, Effort effort)
            throws IOException, InterruptedException, SQLException {
        var start = System.nanoTime();
        RawInvestmentTables.export(owner, OutputStream.nullOutputStream());
        var raw = seconds(start);
        var rows = (long) clients * ALLOCATIONS;
        var csv = download(server, "csv");
        var lines = new ArrayList<List<String>>();
        lines.add(List.of("raw SQL, COPY to the client", number(raw), number(rows / raw), ""));
        lines.add(exported("CSV", csv, rows));
        if (effort.isCurious()) {
            lines.add(exported("XLSX", download(server, "excel"), rows));
        }
        out.table(List.of("export of everything", "seconds", "rows/s", "MB"), lines);
        out.say("CSV / raw SQL: %.2f", csv.seconds / raw);
        out.say(
                "server: %s, at most %,d MB of heap in use, garbage and all",
                server.isAlive() ? "alive" : "DEAD", server.heapMegabytes());
        out.measured(Bar.EXPORT_HEAP, server.isAlive());
    }

    private record Download(long bytes, double seconds) {}

    private static Download download(Server server, String format)
            throws IOException, InterruptedException {
        var start = System.nanoTime();
        var bytes = 0L;
        try (var client = HttpClient.newHttpClient()) {
            var request =
                    HttpRequest.newBuilder(
                                    URI.create(base(server) + "/prices/export?format=" + format))
                            .header("Authorization", "Bearer " + server.token())
                            .build();
            var answer = client.send(request, BodyHandlers.ofInputStream());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException("the export answered " + answer.statusCode());
            }
            try (var in = answer.body()) {
                var buffer = new byte[1 << 16];
                for (var read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    bytes += read;
                }
            }
        }
        return new Download(bytes, seconds(start));
    }

    /// From the answer to a purchase until everybody has the frame with it.
    private static void sockets(Printout out, Server server, Connection owner, int many)
            throws IOException, InterruptedException, SQLException {
        var one = frames(server, owner, 1);
        var all = frames(server, owner, many);
        out.table(
                List.of("purchase answered → last frame", "median", "p90", "p99", "most"),
                List.of(
                        concat("1 socket on %d clients".formatted(FEW_CLIENTS), one.cells),
                        concat(
                                "%,d sockets on %d clients".formatted(many, FEW_CLIENTS),
                                all.cells)));
        out.say(
                "frames worked out for %d changes: %d for 1 socket, %d for %,d",
                CHANGES, one.workedOut, all.workedOut, many);
        out.measured(Bar.FRAMES_ONCE, (double) all.workedOut / one.workedOut);
    }

    /// How many frames the server has worked out so far.
    private static long worked(Server server) throws IOException, InterruptedException {
        return server.get("/q/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("vintem_live_frames_total "))
                .mapToLong(line -> (long) Double.parseDouble(line.split(" ")[1]))
                .findFirst()
                .orElseThrow();
    }

    /// @param workedOut how many frames the server has worked out for all of them
    private record Shown(List<String> cells, long workedOut) {}

    private static Shown frames(Server server, Connection owner, int sockets)
            throws IOException, InterruptedException, SQLException {
        var month = YearMonth.from(BusinessDays.today(Clock.systemUTC()));
        var path = "/ws/captado?month=%d&year=%d".formatted(month.getMonthValue(), month.getYear());
        var histogram = Printout.histogram();
        var client = RawInvestmentTables.firstClient(owner);
        var asset = RawInvestmentTables.firstAsset(owner);
        var waiting = new AtomicReference<>(new CountDownLatch(sockets));
        var open = new ArrayList<WebSocket>();
        try (var http = HttpClient.newHttpClient()) {
            for (var i = 0; i < sockets; i++) {
                open.add(
                        http.newWebSocketBuilder()
                                .header("Authorization", "Bearer " + server.token())
                                .buildAsync(
                                        URI.create(base(server).replace("http", "ws") + path),
                                        new Seen(waiting))
                                .join());
            }
            await(waiting.get());
            var before = worked(server);
            for (var i = 0; i < CHANGES; i++) {
                var next = new CountDownLatch(sockets);
                waiting.set(next);
                buy(server, client + i % FEW_CLIENTS, asset);
                var start = System.nanoTime();
                await(next);
                if (i >= 5) {
                    histogram.recordValue((System.nanoTime() - start) / 1_000);
                }
                // So that the next change is not held back by the rest after this frame.
                Thread.sleep(150);
            }
            var workedOut = worked(server) - before;
            open.forEach(WebSocket::abort);
            return new Shown(Printout.percentiles(histogram), workedOut);
        }
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("frames are missing: " + latch.getCount());
        }
    }

    /// Counts whole texts. A tick's frame counts as a change's; both are the latest state.
    private static final class Seen implements WebSocket.Listener {
        private final AtomicReference<CountDownLatch> waiting;

        Seen(AtomicReference<CountDownLatch> waiting) {
            this.waiting = waiting;
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            if (last) {
                waiting.get().countDown();
            }
            socket.request(1);
            return null;
        }
    }

    private static void buy(Server server, long client, long asset)
            throws IOException, InterruptedException {
        var body =
                "{\"client_id\":%d,\"asset_id\":%d,\"quantity\":10,\"buy_price\":12.34}"
                        .formatted(client, asset);
        var answer = server.post("/allocations", body.getBytes(StandardCharsets.UTF_8));
        if (answer.status() != 201) {
            throw new IllegalStateException("a purchase answered " + answer.body());
        }
    }

    private static boolean audit(Printout out, Server server)
            throws IOException, InterruptedException {
        server.complaints().forEach(line -> out.say("server: %s", line));
        try {
            server.audit().forEach(line -> out.say("audit: %s", line));
            return true;
        } catch (Server.NotConserved wrong) {
            out.say("audit: %s", wrong.getMessage());
            return false;
        }
    }

    private static void send(Server server, String path, Path file, int expected)
            throws IOException, InterruptedException {
        var answer = server.upload(path, "text/csv", file);
        if (answer.status() != expected) {
            throw new IllegalStateException(path + " answered " + answer.body());
        }
    }

    private static String base(Server server) {
        return "http://127.0.0.1:" + server.address().getPort();
    }

    private static BigDecimal price(SplittableRandom random) {
        return CENT.multiply(BigDecimal.valueOf(100 + random.nextInt(20_000)));
    }

    private static List<String> row(String what, double seconds, long rows) {
        return List.of(what, number(seconds), number(rows / seconds));
    }

    private static List<String> exported(String what, Download it, long rows) {
        return List.of(what, number(it.seconds), number(rows / it.seconds), number(it.bytes / 1e6));
    }

    private static List<String> concat(String first, List<String> rest) {
        var all = new ArrayList<String>();
        all.add(first);
        all.addAll(rest);
        return all;
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static double millis(long start) {
        return (System.nanoTime() - start) / 1e6;
    }
}
