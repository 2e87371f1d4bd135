package vintem.bench;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// What became of the benchmarks of one run: one line for each bar, whatever happened.
///
/// @param machine what it ran on, in lines
public record Report(List<String> machine, List<Part> parts) {
    /// How one benchmark ended.
    enum End {
        /// Every cent was found again.
        CONSERVED,
        /// Money is missing, or there is too much.
        NOT_CONSERVED,
        /// It did not come to its proof.
        FAILED
    }

    /// @param why of a failure, in one line
    record Part(String name, List<Figure> figures, End end, String why, Duration took) {
        private List<List<String>> rows() {
            return Arrays.stream(Bar.values())
                    .filter(bar -> bar.flow().equals(name))
                    .map(this::row)
                    .toList();
        }

        private List<String> row(Bar bar) {
            var figure = figures.stream().filter(it -> it.bar() == bar).findFirst();
            return List.of(
                    name,
                    bar.what(),
                    figure.map(it -> bar.shown(it.value())).orElse("–"),
                    bar.asked(),
                    figure.map(it -> bar.share(it.value())).orElse(""),
                    figure.map(Figure::ofRaw).orElse(""),
                    figure.map(it -> it.isReached() ? "reached" : "MISSED").orElse("not measured"));
        }

        private String ending() {
            return switch (end) {
                case CONSERVED -> "every cent is where it belongs";
                case NOT_CONSERVED -> "NOT CONSERVED";
                case FAILED -> "FAILED: " + why;
            };
        }
    }

    private static final List<String> COLUMNS =
            List.of("flow", "bar", "figure", "asked", "figure / asked", "to raw SQL", "");

    /// Whether every benchmark came to its end, and each of its proofs held.
    public boolean isConserved() {
        return parts.stream().allMatch(it -> it.end() == End.CONSERVED);
    }

    /// The table of all, and how each of them ended.
    public void print(PrintWriter writer) {
        var out = new Printout(writer);
        out.heading("all");
        machine.forEach(line -> out.say("%s", line));
        // What is read first stands together at the left.
        out.table(together(COLUMNS), rows().stream().map(Report::together).toList());
        parts.forEach(
                it -> out.say("%-12s %4d s   %s", it.name(), it.took().toSeconds(), it.ending()));
    }

    /// The page `docs/benchmarks.md`, whole.
    ///
    /// @param when a date, and the commit that ran
    public String markdown(String when, boolean quick) {
        var text = new StringBuilder();
        text.append("# Benchmarks\n\n");
        text.append("Written by `./vintem bench all --write docs/benchmarks.md`, ");
        text.append(when).append(".\n");
        text.append(
                "What each figure means, and why a bar is missed: [performance](performance.md).");
        text.append("\n");
        if (quick) {
            text.append("\n**A quick run: its figures mean little.**\n");
        }
        text.append("\n");
        machine.forEach(line -> text.append("- ").append(line).append('\n'));
        text.append("\nThe load generator runs on the same cores. *To raw SQL* is the product");
        text.append(" divided by hand-written SQL\nfor the same rows in the same run;");
        text.append(" less is better where a bar says ≤.\n\n");
        line(text, COLUMNS);
        line(text, COLUMNS.stream().map(_ -> "---").toList());
        for (var row : rows()) {
            var cells = new ArrayList<>(row);
            if (cells.getLast().equals("MISSED")) {
                cells.set(cells.size() - 1, "**missed**");
            }
            line(text, cells);
        }
        text.append("\n| benchmark | took | afterwards |\n| --- | --- | --- |\n");
        for (var part : parts) {
            line(
                    text,
                    List.of(
                            part.name(),
                            String.format(Locale.ROOT, "%,d s", part.took().toSeconds()),
                            part.ending()));
        }
        return text.toString();
    }

    private List<List<String>> rows() {
        return parts.stream().flatMap(it -> it.rows().stream()).toList();
    }

    private static List<String> together(List<String> cells) {
        var row = new ArrayList<>(cells.subList(1, cells.size()));
        row.set(0, "%-11s  %s".formatted(cells.get(0), cells.get(1)));
        return row;
    }

    private static void line(StringBuilder text, List<String> cells) {
        text.append("| ");
        text.append(String.join(" | ", cells.stream().map(it -> it.replace("|", "\\|")).toList()));
        text.append(" |\n");
    }
}
