package vintem.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/// Plain text that is pleasant to read in a terminal: headings, aligned tables, bars at the end.
final class Printout {
    private final PrintWriter out;
    private final List<Figure> figures = new ArrayList<>();
    private final List<String> machine = new ArrayList<>();

    Printout(PrintWriter out) {
        this.out = out;
    }

    void heading(String name) {
        out.println();
        out.println("bench " + name);
        out.println("=".repeat("bench ".length() + name.length()));
    }

    void say(String format, Object... arguments) {
        out.println("  " + format.formatted(arguments));
        out.flush();
    }

    /// The machine and the server, as the server itself says it is.
    void hardware(Connection database) throws SQLException {
        var memory =
                ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                        .getTotalMemorySize();
        machine.add(
                "%d cores (%s), %d GB, %s %s, load %.1f"
                        .formatted(
                                Runtime.getRuntime().availableProcessors(),
                                processor(),
                                Math.round(memory / 1e9),
                                System.getProperty("os.name"),
                                System.getProperty("os.arch"),
                                ManagementFactory.getOperatingSystemMXBean()
                                        .getSystemLoadAverage()));
        machine.add("JDK " + Runtime.version());
        machine.add(
                "PostgreSQL %s, fsync %s, synchronous_commit %s, shared_buffers %s"
                        .formatted(
                                BenchTables.show(database, "server_version"),
                                BenchTables.show(database, "fsync"),
                                BenchTables.show(database, "synchronous_commit"),
                                BenchTables.show(database, "shared_buffers")));
        machine.forEach(line -> say("%s", line));
        if (!BenchTables.isDurable(database)) {
            throw new IllegalStateException("the database is not durable: figures mean nothing");
        }
    }

    /// The first column to the left, the others to the right.
    void table(List<String> header, List<List<String>> rows) {
        var all = new ArrayList<List<String>>();
        all.add(header);
        all.addAll(rows);
        var widths = new int[header.size()];
        for (var row : all) {
            for (var i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        out.println();
        for (var row : all) {
            var line = new StringBuilder("  ");
            for (var i = 0; i < row.size(); i++) {
                var cell = row.get(i);
                var space = " ".repeat(widths[i] - cell.length());
                line.append(i == 0 ? cell + space : "   " + space + cell);
            }
            out.println(line.toString().stripTrailing());
            if (row == header) {
                var width = 3 * (widths.length - 1);
                for (var each : widths) {
                    width += each;
                }
                out.println("  " + "-".repeat(width));
            }
        }
        out.println();
        out.flush();
    }

    /// What was measured of a bar.
    void measured(Bar bar, double figure) {
        measured(bar, figure, 0);
    }

    /// @param toRaw the product / raw SQL, of the same run
    void measured(Bar bar, double figure, double toRaw) {
        figures.add(new Figure(bar, figure, toRaw));
    }

    /// A bar that is held or not.
    void measured(Bar bar, boolean isHeld) {
        measured(bar, isHeld ? 1 : 0);
    }

    List<Figure> figures() {
        return List.copyOf(figures);
    }

    /// What it runs on, in lines; none before [#hardware].
    List<String> machine() {
        return List.copyOf(machine);
    }

    void bars() {
        out.println("  Bars");
        for (var figure : figures) {
            var bar = figure.bar();
            out.println(
                    "    %-9s %s: %s, asked %s"
                            .formatted(
                                    figure.isReached() ? "reached" : "MISSED",
                                    bar.what(),
                                    bar.shown(figure.value()),
                                    bar.asked()));
        }
        out.flush();
    }

    static String number(double value) {
        var decimals = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    static String millis(double micros) {
        return number(micros / 1_000) + " ms";
    }

    /// Median, 90th, 99th and greatest of a histogram in microseconds.
    static List<String> percentiles(Histogram micros) {
        return List.of(
                millis(micros.getValueAtPercentile(50)),
                millis(micros.getValueAtPercentile(90)),
                millis(micros.getValueAtPercentile(99)),
                millis(micros.getMaxValue()));
    }

    static Histogram histogram() {
        return new Histogram(3);
    }

    private static String processor() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.replaceFirst("[^:]*:\\s*", ""))
                    .findFirst()
                    .orElse("processor unknown");
        } catch (IOException notLinux) {
            return "processor unknown";
        }
    }
}
