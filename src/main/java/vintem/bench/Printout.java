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
    private final List<String> bars = new ArrayList<>();

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
        say(
                "%d cores (%s), %d GB, %s %s, load %.1f",
                Runtime.getRuntime().availableProcessors(),
                processor(),
                Math.round(memory / 1e9),
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        say("JDK %s", Runtime.version());
        say(
                "PostgreSQL %s, fsync %s, synchronous_commit %s, shared_buffers %s",
                BenchTables.show(database, "server_version"),
                BenchTables.show(database, "fsync"),
                BenchTables.show(database, "synchronous_commit"),
                BenchTables.show(database, "shared_buffers"));
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

    /// A bar that the figure should not fall below.
    void atLeast(String what, double figure, double bar, String unit) {
        judge(what, figure >= bar, figure, "at least", bar, unit, (bar - figure) / bar);
    }

    /// A bar that the figure should not rise above.
    void atMost(String what, double figure, double bar, String unit) {
        judge(what, figure <= bar, figure, "at most", bar, unit, (figure - bar) / bar);
    }

    /// A bar that is held or not.
    void holds(String what, boolean held) {
        bars.add((held ? "reached   " : "missed    ") + what);
    }

    void bars() {
        out.println("  Bars");
        bars.forEach(bar -> out.println("    " + bar));
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

    private void judge(
            String what,
            boolean reached,
            double figure,
            String relation,
            double bar,
            String unit,
            double missedBy) {
        bars.add(
                "%s %s: %s%s, %s %s%s asked%s"
                        .formatted(
                                reached ? "reached  " : "missed   ",
                                what,
                                number(figure),
                                unit,
                                relation,
                                number(bar),
                                unit,
                                reached ? "" : " (missed by %.0f %%)".formatted(missedBy * 100)));
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
