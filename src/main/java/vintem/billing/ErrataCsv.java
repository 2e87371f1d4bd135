package vintem.billing;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import vintem.billing.DebtRow.Erratum;
import vintem.platform.Words;

/// Errata as the file they came from: its columns, delimiter and encoding, so that they can be
/// corrected and sent again. Behind its columns are `line` and `reason`.
///
/// A cell that a spreadsheet would run as a formula has an apostrophe before it; our own reader
/// takes that away again.
final class ErrataCsv {
    private static final Set<String> OURS = Set.of("line", "reason");
    private static final String UTF_8_MARK = "\uFEFF";

    private final Dialect dialect;
    private final Charset charset;
    private final char delimiter;
    private final List<Integer> kept = new ArrayList<>();

    ErrataCsv(Dialect dialect) {
        this.dialect = dialect;
        charset = dialect.charset();
        delimiter = dialect.delimiter() == null ? ';' : dialect.delimiter();
        for (var i = 0; i < dialect.columns().size(); i++) {
            // Errata that were sent again have them already.
            if (dialect.fields().get(i).isPresent() || !OURS.contains(dialect.columns().get(i))) {
                kept.add(i);
            }
        }
    }

    Charset charset() {
        return charset;
    }

    void begin(OutputStream out) throws IOException {
        var titles = new ArrayList<String>();
        kept.forEach(i -> titles.add(dialect.columns().get(i)));
        titles.add("line");
        titles.add("reason");
        // Without the mark a spreadsheet takes it for the encoding of Windows.
        var mark = charset.equals(StandardCharsets.UTF_8) ? UTF_8_MARK : "";
        out.write((mark + row(titles)).getBytes(charset));
    }

    void write(OutputStream out, List<Erratum> errata, Words words) throws IOException {
        var text = new StringBuilder();
        for (var erratum : errata) {
            var cells = new ArrayList<String>();
            var fields = erratum.fields();
            kept.forEach(i -> cells.add(i < fields.size() ? fields.get(i) : ""));
            cells.add(Integer.toString(erratum.line()));
            cells.add(inWords(erratum, words));
            // What was too much stands behind all titles, where it shows.
            for (var i = dialect.columns().size(); i < fields.size(); i++) {
                cells.add(fields.get(i));
            }
            text.append(row(cells));
        }
        out.write(text.toString().getBytes(charset));
    }

    /// All that is wrong with a row, in one line.
    static String inWords(Erratum erratum, Words words) {
        var said = new ArrayList<String>();
        for (var i = 0; i < erratum.reasons().size(); i++) {
            var column = erratum.columns().get(i);
            var reason = words.name("mistake", erratum.reasons().get(i));
            said.add(column.isEmpty() ? reason : column + ": " + reason);
        }
        return String.join("; ", said);
    }

    /// Whether a spreadsheet takes a cell that goes on like this for a formula.
    static boolean isFormula(String text, int at) {
        return at < text.length() && "=+-@\t\r".indexOf(text.charAt(at)) >= 0;
    }

    private String row(List<String> cells) {
        UnaryOperator<String> cell = it -> quoted(isFormula(it, 0) ? "'" + it : it);
        return String.join(Character.toString(delimiter), cells.stream().map(cell).toList())
                + "\r\n";
    }

    private String quoted(String text) {
        var needsQuotes = !text.equals(text.strip());
        for (var i = 0; i < text.length() && !needsQuotes; i++) {
            var it = text.charAt(i);
            needsQuotes = it == delimiter || it == '"' || it == '\r' || it == '\n';
        }
        return needsQuotes ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }
}
