package vintem.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// From the start of the process, on a data directory that is there, to the first answer, and what
/// it holds in memory when it has nothing to do; with the cache of loaded classes that `./vintem`
/// makes after each build (`target/vintem.aot`) and without it.
final class StartBench implements Benchmark {
    private static final String HEAP = "512m";
    private static final String CACHE = "vintem.aot";
    // Where a cache fits nothing, Java would start without it and say nothing.
    private static final String ONLY_WITH_CACHE = "-XX:AOTMode=on";
    // Until the compiler is done with the start.
    private static final Duration REST = Duration.ofSeconds(8);

    /// @param millis of each start, sorted
    private record Starts(List<Long> millis, long idleMegabytes) {
        long median() {
            return millis.get(millis.size() / 2);
        }

        List<String> row(String name) {
            return List.of(
                    name,
                    Printout.millis(median() * 1_000.0),
                    Printout.millis(millis.getFirst() * 1_000.0),
                    Printout.millis(millis.getLast() * 1_000.0),
                    idleMegabytes == 0 ? "unknown" : "%,d MB".formatted(idleMegabytes));
        }
    }

    @Override
    public String name() {
        return "start";
    }

    @Override
    public boolean run(Printout out, Effort effort)
            throws IOException, InterruptedException, SQLException {
        try (var scratch = Scratch.create()) {
            // The first one makes the data.
            try (var first = Server.start(scratch, HEAP);
                    var observer = first.database().connect()) {
                out.hardware(observer);
            }
            var rounds = effort.of(9, 5, 2);
            var rows = new ArrayList<List<String>>();
            var without = starts(scratch, rounds, List.of("-XX:AOTMode=off"));
            rows.add(without.row("no cache"));
            var best = without;
            var cache = Server.jar().resolveSibling(CACHE);
            if (Files.isRegularFile(cache) && Files.size(cache) > 0) {
                best = starts(scratch, rounds, withCache(cache));
                rows.addFirst(best.row("cache of loaded classes"));
            } else {
                out.say("there is no %s, which `./vintem` makes: measured without it", cache);
            }
            out.table(
                    List.of(
                            "%d starts to the first answer".formatted(rounds),
                            "p50",
                            "best",
                            "worst",
                            "idle, resident"),
                    rows);
            out.measured(Bar.START, best.median());
            if (best.idleMegabytes > 0) {
                out.measured(Bar.IDLE, best.idleMegabytes);
            }
            return proof(out, scratch);
        }
    }

    private static List<String> withCache(Path cache) {
        return List.of(
                "-XX:AOTCache=" + cache, ONLY_WITH_CACHE, "-Xlog:aot*=off", "-Xlog:cds*=off");
    }

    /// Started and stopped in turn; the last one is left alone for a while.
    private static Starts starts(Scratch scratch, int rounds, List<String> options)
            throws IOException, InterruptedException {
        var millis = new ArrayList<Long>();
        var idle = 0L;
        for (var round = 1; round <= rounds; round++) {
            var start = System.nanoTime();
            try (var server = Server.launch(scratch, "data", HEAP, options, Map.of())) {
                server.awaitAnswer("/q/health");
                millis.add((System.nanoTime() - start) / 1_000_000);
                if (round == rounds) {
                    Thread.sleep(REST);
                    idle = server.residentNowMegabytes();
                }
            }
        }
        millis.sort(null);
        return new Starts(List.copyOf(millis), idle);
    }

    private static boolean proof(Printout out, Scratch scratch)
            throws IOException, InterruptedException {
        try (var server = Server.launch(scratch, "data", HEAP, List.of(), Map.of())) {
            server.awaitAnswer("/q/health");
            server.audit().forEach(line -> out.say("audit: %s", line));
            return true;
        } catch (Server.NotConserved wrong) {
            out.say("audit: %s", wrong.getMessage());
            return false;
        }
    }
}
