package vintem.platform;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;
import org.jspecify.annotations.Nullable;
import vintem.platform.Sheet.Column;

/// How a [Sheet] is written down, as spreadsheets in Brazil open it.
///
/// CSV: UTF-8 with its mark, semicolons, a comma before decimals and none between thousands,
/// `dd/mm/aaaa`, lines that end with CR LF. XLSX: real numbers and dates, the titles stay in sight,
/// as many sheets as the rows need. Rows are written as they come.
public enum SheetFormat {
    CSV("csv", "text/csv; charset=UTF-8") {
        @Override
        public <T> void write(OutputStream out, Words words, Sheet<T> sheet) throws IOException {
            var line = new StringBuilder("\uFEFF");
            for (var column : sheet.columns()) {
                next(line, column == sheet.columns().getFirst());
                line.append(quoted(title(words, sheet, column)));
            }
            flush(out, line);
            sheet.rows()
                    .each(
                            row -> {
                                for (var column : sheet.columns()) {
                                    next(line, column == sheet.columns().getFirst());
                                    line.append(cell(column, row));
                                }
                                flush(out, line);
                            });
            out.flush();
        }
    },
    XLSX("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet") {
        @Override
        public <T> void write(OutputStream out, Words words, Sheet<T> sheet) throws IOException {
            try (var workbook = new Workbook(out, "Vintem", "1.0")) {
                sheet(workbook, words, words.say("export.sheet"), sheet);
            }
        }
    };

    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("dd/MM/uuuu");
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("dd/MM/uuuu HH:mm:ss");

    // A sheet has 1,048,576 rows and not one more.
    private static final int MOST_ROWS_A_SHEET = 1_000_000;
    private static final int BETWEEN_FLUSHES = 1_000;
    // Beyond fifteen digits a spreadsheet rounds.
    private static final BigDecimal EXACT = new BigDecimal("1e15");

    private final String ending;
    private final String type;

    SheetFormat(String ending, String type) {
        this.ending = ending;
        this.type = type;
    }

    /// After the last dot of a file's name.
    public String ending() {
        return ending;
    }

    public String mediaType() {
        return type;
    }

    public static Optional<SheetFormat> of(String ending) {
        for (var format : values()) {
            if (format.ending.equals(ending)) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }

    /// Writes all rows; the stream stays open.
    public abstract <T> void write(OutputStream out, Words words, Sheet<T> sheet)
            throws IOException;

    /// Several sheets in one XLSX file, one after the other.
    ///
    /// @param sheets by their names
    public static void book(OutputStream out, Words words, Map<String, Sheet<?>> sheets)
            throws IOException {
        try (var workbook = new Workbook(out, "Vintem", "1.0")) {
            for (var each : sheets.entrySet()) {
                sheet(workbook, words, each.getKey(), each.getValue());
            }
        }
    }

    private static <T> void sheet(Workbook workbook, Words words, String name, Sheet<T> sheet)
            throws IOException {
        var sheets = new Sheets<>(workbook, words, name, sheet);
        sheet.rows().each(sheets::row);
        sheets.finish();
    }

    private static String title(Words words, Sheet<?> sheet, Column<?> column) {
        return sheet.bare() ? column.name() : words.say("column." + column.name());
    }

    private static void next(StringBuilder line, boolean first) {
        if (!first) {
            line.append(';');
        }
    }

    private static void flush(OutputStream out, StringBuilder line) throws IOException {
        out.write(line.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
        line.setLength(0);
    }

    private static <T> String cell(Column<T> column, T row) {
        var value = column.value().apply(row);
        if (value == null) {
            return "";
        }
        return switch (column.kind()) {
            case TEXT -> quoted(Sheet.harmless(value.toString()));
            case MONEY -> decimal(Cents.toReais((Long) value));
            case DECIMAL -> decimal((BigDecimal) value);
            case COUNT -> value.toString();
            case INSTANT -> SECOND.format(((Instant) value).atZone(Words.SAO_PAULO));
            case DAY -> DAY.format((LocalDate) value);
        };
    }

    private static String decimal(BigDecimal number) {
        return number.toPlainString().replace('.', ',');
    }

    private static String quoted(String text) {
        return text.matches("[^;,\"\r\n\t]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    /// As many sheets as the rows need, each with its titles.
    private static final class Sheets<T> {
        private static final String MONEY = "#,##0.00";
        private static final String COUNT = "0";
        private static final String DAY = "dd/mm/yyyy";
        private static final String SECOND = "dd/mm/yyyy hh:mm:ss";

        private final Workbook workbook;
        private final Words words;
        private final String name;
        private final Sheet<T> of;
        private final List<Column<T>> columns;
        private @Nullable Worksheet sheet;
        private int sheets;
        private int rows;

        Sheets(Workbook workbook, Words words, String name, Sheet<T> of) {
            this.workbook = workbook;
            this.words = words;
            this.name = name;
            this.of = of;
            columns = of.columns();
        }

        void row(T row) throws IOException {
            var here = sheet == null || rows > MOST_ROWS_A_SHEET ? next() : sheet;
            for (var i = 0; i < columns.size(); i++) {
                var value = columns.get(i).value().apply(row);
                if (value != null) {
                    write(here, i, columns.get(i), value);
                }
            }
            rows++;
            if (rows % BETWEEN_FLUSHES == 0) {
                here.flush();
            }
        }

        private Worksheet next() throws IOException {
            finishSheet();
            sheets++;
            var here = workbook.newWorksheet(sheets == 1 ? name : name + " " + sheets);
            for (var i = 0; i < columns.size(); i++) {
                here.inlineString(0, i, title(words, of, columns.get(i)));
                here.style(0, i).bold().set();
                here.width(i, width(columns.get(i)));
            }
            here.freezePane(0, 1);
            sheet = here;
            rows = 1;
            return here;
        }

        private static int width(Column<?> column) {
            return switch (column.kind()) {
                case TEXT -> 24;
                case MONEY, DECIMAL -> 16;
                case COUNT, DAY -> 12;
                case INSTANT -> 20;
            };
        }

        private void write(Worksheet here, int place, Column<T> column, Object value) {
            switch (column.kind()) {
                case TEXT -> here.inlineString(rows, place, text(value));
                case MONEY -> number(here, place, Cents.toReais((Long) value), MONEY);
                case DECIMAL -> number(here, place, (BigDecimal) value, "General");
                case COUNT ->
                        number(
                                here,
                                place,
                                BigDecimal.valueOf(((Number) value).longValue()),
                                COUNT);
                case INSTANT -> {
                    var local = ((Instant) value).atZone(Words.SAO_PAULO).toLocalDateTime();
                    here.value(rows, place, local);
                    here.style(rows, place).format(SECOND).set();
                }
                case DAY -> {
                    here.value(rows, place, (LocalDate) value);
                    here.style(rows, place).format(DAY).set();
                }
            }
        }

        private void number(Worksheet here, int place, BigDecimal number, String format) {
            if (number.abs().compareTo(EXACT) >= 0) {
                here.inlineString(rows, place, number.toPlainString());
                return;
            }
            here.value(rows, place, number);
            if (!format.equals("General")) {
                here.style(rows, place).format(format).set();
            }
        }

        /// XML has no control characters, and a cell no more than 32,767.
        private static String text(Object value) {
            var text = Sheet.harmless(value.toString()).replaceAll("[\\p{Cntrl}&&[^\t\r\n]]", " ");
            return text.length() > 32_767 ? text.substring(0, 32_767) : text;
        }

        void finish() throws IOException {
            if (sheet == null) {
                next();
            }
            finishSheet();
        }

        private void finishSheet() throws IOException {
            if (sheet != null) {
                sheet.finish();
                sheet = null;
            }
        }
    }
}
