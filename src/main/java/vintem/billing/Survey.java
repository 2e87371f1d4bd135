package vintem.billing;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import vintem.billing.Dialect.DateOrder;
import vintem.billing.Dialect.DecimalMark;
import vintem.billing.Dialect.Format;
import vintem.billing.UnreadableFile.Reason;

/// Looks through a whole file of debts before anything of it is imported: finds its columns, and
/// from all of its amounts and dates how they are written.
///
/// `1.234` may be a thousand and more or a little more than one, and `01/02/2025` a day in February
/// or in January: where the rest of the file does not tell, it is refused.
final class Survey {
    /// What was found.
    ///
    /// @param position where the rows begin: a byte, of a spreadsheet a row
    /// @param line the first line after the titles
    record Result(Dialect dialect, long rows, long position, int line) {}

    /// Of a hundred amounts one may be written in the other way, and is a mistake of its row; where
    /// more are, nobody can say which way is meant.
    private static final int FAR_MORE = 99;

    /// One of ten, and more, is no slip.
    private static final int SOME = 10;

    // A title may be a sentence; more than this is not told.
    private static final int LONGEST_TITLE = 100;
    private static final String HINT = "sep=";

    /// What no file of debts is, by its first bytes.
    private static final Map<String, String> KNOWN =
            Map.of(
                    "1f8b", "gzip",
                    "25504446", "pdf",
                    "d0cf11e0", "old_spreadsheet",
                    "fffe", "utf16",
                    "feff", "utf16");

    private final Map<DebtField, String> titles;
    private final Map<AmountText.Evidence, Seen> amounts = new EnumMap<>(AmountText.Evidence.class);
    private final Map<DateText.Evidence, Seen> dates = new EnumMap<>(DateText.Evidence.class);
    private long rows;

    private record Header(char delimiter, List<String> columns) {}

    private static final class Seen {
        private final long firstLine;
        private long times;

        Seen(long firstLine) {
            this.firstLine = firstLine;
        }
    }

    /// @param titles how the sender calls our columns, where not by our names
    Survey(Map<DebtField, String> titles) {
        this.titles = titles;
    }

    /// @param beginning the first bytes of a file, a handful
    /// @throws UnreadableFile where they are known to be something else than delimited text
    static void refuseOthers(byte[] beginning) throws UnreadableFile {
        var hex = HexFormat.of().formatHex(beginning);
        for (var known : KNOWN.entrySet()) {
            if (hex.startsWith(known.getKey())) {
                throw new UnreadableFile(Reason.NOT_TEXT, known.getValue());
            }
        }
    }

    /// Reads a whole file of delimited text.
    ///
    /// @throws UnreadableFile as soon as it is clear that this is no file of debts
    Result csv(RecordScanner.Source source) throws IOException, UnreadableFile {
        var encoding = new Encoding();
        var scanner =
                new RecordScanner(
                        (into, offset, length) -> {
                            var read = source.read(into, offset, length);
                            encoding.look(into, offset, Math.max(0, read));
                            return read;
                        },
                        ',',
                        0,
                        1);
        if (!scanner.next()) {
            throw new UnreadableFile(Reason.EMPTY, "empty");
        }
        var found = header(scanner);
        var delimiter = found.delimiter();
        var fields = fields(found.columns());
        var header = scanner.copyOfRecord();
        var position = scanner.end();
        var line = scanner.nextLine();
        var amount = fields.indexOf(Optional.of(DebtField.DEBT_AMOUNT));
        var date = fields.indexOf(Optional.of(DebtField.DEBT_DUE_DATE));
        while (scanner.next()) {
            if (!scanner.isBlank()) {
                rows++;
                if (scanner.fields() == fields.size()) {
                    amount(
                            AmountText.evidence(
                                    scanner.bytes(), scanner.start(amount), scanner.end(amount)),
                            scanner.line());
                    date(DateText.evidence(scanner.ascii(date)), scanner.line());
                }
            }
        }
        var charset = encoding.charset();
        return result(
                Format.CSV,
                charset,
                delimiter,
                titlesOf(header, delimiter, charset),
                fields,
                position,
                line);
    }

    /// Reads the first sheet of a spreadsheet.
    ///
    /// @throws UnreadableFile where it is no file of debts
    Result spreadsheet(Spreadsheet sheet) throws IOException, UnreadableFile {
        if (!sheet.next()) {
            throw new UnreadableFile(Reason.EMPTY, "empty_sheet");
        }
        if (sheet.count() > RecordScanner.MOST_FIELDS) {
            throw tooManyColumns(sheet.count());
        }
        var columns =
                IntStream.range(0, sheet.count())
                        .mapToObj(i -> shortened(sheet.cell(i).text()))
                        .toList();
        var fields = fields(columns);
        var amount = fields.indexOf(Optional.of(DebtField.DEBT_AMOUNT));
        var date = fields.indexOf(Optional.of(DebtField.DEBT_DUE_DATE));
        var header = sheet.row();
        while (sheet.next()) {
            rows++;
            if (!sheet.cell(amount).isNumber()) {
                var text = sheet.cell(amount).text().getBytes(StandardCharsets.ISO_8859_1);
                amount(AmountText.evidence(text, 0, text.length), sheet.row());
            }
            if (!sheet.cell(date).isNumber()) {
                date(DateText.evidence(sheet.cell(date).text()), sheet.row());
            }
        }
        return result(
                Format.XLSX, StandardCharsets.UTF_8, null, columns, fields, header, header + 1);
    }

    private Result result(
            Format format,
            Charset charset,
            @Nullable Character delimiter,
            List<String> columns,
            List<Optional<DebtField>> fields,
            long position,
            int line)
            throws UnreadableFile {
        if (rows == 0) {
            throw new UnreadableFile(Reason.NO_ROWS, "no_rows");
        }
        return new Result(
                new Dialect(
                        format, charset, delimiter, decimalMark(), dateOrder(), columns, fields),
                rows,
                position,
                line);
    }

    /// How the first row names what a file of debts has. Its encoding is not known yet.
    private Header header(RecordScanner scanner) throws IOException, UnreadableFile {
        if (scanner.ascii(0).startsWith(HINT) && scanner.fields() <= 2) {
            // A hint that some spreadsheets put above the titles.
            if (!scanner.next()) {
                throw new UnreadableFile(Reason.NO_HEADER, "no_titles");
            }
        }
        var missing = List.<String>of();
        for (var delimiter : new char[] {',', ';'}) {
            scanner.delimitBy(delimiter);
            if (scanner.fields() > RecordScanner.MOST_FIELDS) {
                throw tooManyColumns(scanner.fields());
            }
            for (var charset : List.of(StandardCharsets.UTF_8, StandardCharsets.ISO_8859_1)) {
                var columns = titlesOf(scanner, charset);
                var lacking = lacking(columns);
                if (lacking.isEmpty()) {
                    return new Header(delimiter, columns);
                }
                if (missing.isEmpty() || lacking.size() < missing.size()) {
                    missing = lacking;
                }
            }
        }
        throw noHeader(missing);
    }

    private static UnreadableFile tooManyColumns(int columns) {
        return new UnreadableFile(
                Reason.TOO_MANY_COLUMNS, "many_columns", columns, RecordScanner.MOST_FIELDS);
    }

    private static UnreadableFile noHeader(List<String> missing) {
        return new UnreadableFile(Reason.NO_HEADER, "missing_columns", String.join(", ", missing));
    }

    private List<String> lacking(List<String> columns) {
        var found = columns.stream().flatMap(it -> field(it).stream()).collect(Collectors.toSet());
        return Arrays.stream(DebtField.values())
                .filter(it -> it.required() && !found.contains(it))
                .map(it -> titles.getOrDefault(it, it.title()))
                .toList();
    }

    private List<Optional<DebtField>> fields(List<String> columns) throws UnreadableFile {
        var missing = lacking(columns);
        if (!missing.isEmpty()) {
            throw noHeader(missing);
        }
        var fields = columns.stream().map(this::field).toList();
        var times = new HashMap<DebtField, Integer>();
        for (var field : fields) {
            field.ifPresent(it -> times.merge(it, 1, Integer::sum));
        }
        for (var field : times.keySet()) {
            if (times.get(field) > 1) {
                throw new UnreadableFile(
                        Reason.NO_HEADER, "column_twice", field.title(), times.get(field));
            }
        }
        return fields;
    }

    /// Under the sender's own name where they gave one, otherwise under ours.
    private Optional<DebtField> field(String column) {
        for (var each : titles.entrySet()) {
            if (each.getValue().equalsIgnoreCase(column)) {
                return Optional.of(each.getKey());
            }
        }
        return DebtField.of(column).filter(it -> !titles.containsKey(it));
    }

    private static List<String> titlesOf(RecordScanner scanner, Charset charset) {
        var columns = new ArrayList<String>();
        for (var i = 0; i < scanner.fields(); i++) {
            columns.add(shortened(scanner.text(i, charset)));
        }
        return columns;
    }

    private static String shortened(String title) {
        return title.substring(0, Math.min(title.length(), LONGEST_TITLE));
    }

    /// Once more, now that the encoding is known.
    private static List<String> titlesOf(byte[] header, char delimiter, Charset charset)
            throws IOException, UnreadableFile {
        var read = new int[1];
        var scanner =
                new RecordScanner(
                        (into, offset, length) -> {
                            if (read[0] == header.length) {
                                return -1;
                            }
                            var some = Math.min(length, header.length - read[0]);
                            System.arraycopy(header, read[0], into, offset, some);
                            read[0] += some;
                            return some;
                        },
                        delimiter,
                        0,
                        1);
        scanner.next();
        return titlesOf(scanner, charset);
    }

    private void amount(AmountText.Evidence evidence, long line) {
        amounts.computeIfAbsent(evidence, _ -> new Seen(line)).times++;
    }

    private void date(DateText.Evidence evidence, long line) {
        dates.computeIfAbsent(evidence, _ -> new Seen(line)).times++;
    }

    private @Nullable DecimalMark decimalMark() throws UnreadableFile {
        var dot = times(AmountText.Evidence.DOT);
        var comma = times(AmountText.Evidence.COMMA);
        if (dot > comma * FAR_MORE) {
            return DecimalMark.DOT;
        }
        if (comma > dot * FAR_MORE) {
            return DecimalMark.COMMA;
        }
        if (dot > 0) {
            throw new UnreadableFile(
                    Reason.AMBIGUOUS_AMOUNTS,
                    "amounts_both",
                    amounts.get(AmountText.Evidence.DOT).firstLine,
                    amounts.get(AmountText.Evidence.COMMA).firstLine);
        }
        var oneDot = times(AmountText.Evidence.ONE_DOT);
        var oneComma = times(AmountText.Evidence.ONE_COMMA);
        if (oneDot == 0 && oneComma == 0) {
            return null;
        }
        if (oneDot > 0 && oneComma > 0 || (oneDot + oneComma) * SOME >= rows) {
            var evidence = oneDot > 0 ? AmountText.Evidence.ONE_DOT : AmountText.Evidence.ONE_COMMA;
            throw new UnreadableFile(
                    Reason.AMBIGUOUS_AMOUNTS, "amount_unclear", amounts.get(evidence).firstLine);
        }
        // A few among whole amounts: with the other mark they would be thousands, with this one
        // they are mistakes of their rows, and nobody is charged a thousand times too much.
        return oneDot > 0 ? DecimalMark.DOT : DecimalMark.COMMA;
    }

    private @Nullable DateOrder dateOrder() throws UnreadableFile {
        var iso = times(DateText.Evidence.ISO);
        var monthFirst = times(DateText.Evidence.MONTH_FIRST);
        var dayFirst = times(DateText.Evidence.DAY_FIRST);
        var slashed = times(DateText.Evidence.SLASHES) + monthFirst + dayFirst;
        if (iso == 0 && slashed == 0) {
            return null;
        }
        if (iso > slashed * FAR_MORE) {
            return DateOrder.ISO;
        }
        if (slashed <= iso * FAR_MORE) {
            throw new UnreadableFile(Reason.AMBIGUOUS_DATES, "dates_both");
        }
        // One 12/31 among others is a slip; where each tenth is one, all are months first.
        if (monthFirst > 1 && dayFirst == 0 && monthFirst * SOME >= slashed) {
            throw new UnreadableFile(
                    Reason.AMBIGUOUS_DATES,
                    "months_first",
                    dates.get(DateText.Evidence.MONTH_FIRST).firstLine);
        }
        return DateOrder.DAY_FIRST;
    }

    private long times(AmountText.Evidence evidence) {
        var seen = amounts.get(evidence);
        return seen == null ? 0 : seen.times;
    }

    private long times(DateText.Evidence evidence) {
        var seen = dates.get(evidence);
        return seen == null ? 0 : seen.times;
    }
}
