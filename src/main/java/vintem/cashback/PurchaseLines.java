package vintem.cashback;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import vintem.platform.Fields;
import vintem.platform.Problem;
import vintem.platform.Violations;

/// A list of purchases as people keep it, pasted from a spreadsheet or out of a CSV file: `codigo`,
/// `valor`, `data` and `cpf`, in this order or as a first line names them, between tabs, semicolons
/// or commas.
///
/// It turns each line into what `POST /compra` takes and no more: what a purchase may be is said
/// once, by [CashbackReader].
final class PurchaseLines {
    /// @param number of the line in the text; the first one is 1
    /// @param fields in the order of the columns; as they came where there are not as many
    sealed interface Line {
        int number();

        List<String> fields();
    }

    record Readable(int number, List<String> fields, CreatePurchases.Wish wish) implements Line {}

    /// @param wrong columns that are no good; [#NOT_FOUR] where the line does not have them
    record Wrong(int number, List<String> fields, List<String> wrong) implements Line {}

    sealed interface Outcome {
        record Read(List<Line> lines) implements Outcome {}

        /// @param why a stable word: `empty`, `no_text`, `heading`, `no_csv`, `too_many`
        record Refused(String why) implements Outcome {}
    }

    static final String NOT_FOUR = "columns";

    private static final List<String> COLUMNS = List.of("codigo", "valor", "data", "cpf");
    private static final Map<String, String> NAMES =
            Map.of(
                    "codigo", "codigo",
                    "código", "codigo",
                    "code", "codigo",
                    "valor", "valor",
                    "value", "valor",
                    "data", "data",
                    "date", "data",
                    "cpf", "cpf");

    // What spreadsheets in Brazil write where they do not write UTF-8.
    private static final Charset WINDOWS = Charset.forName("windows-1252");
    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"");
    private static final Pattern BETWEEN = Pattern.compile("R\\$|[\\s\\u00A0]");
    private static final Pattern WITH_DOTS =
            Pattern.compile("[0-9]{1,3}(\\.[0-9]{3}){1,4},[0-9]{1,2}");
    private static final Pattern WITH_COMMA = Pattern.compile("[0-9]{1,15}(,[0-9]{1,2})?");
    private static final Pattern WITH_POINT = Pattern.compile("[0-9]{1,15}\\.[0-9]{1,2}");
    private static final Pattern BRAZILIAN_DAY =
            Pattern.compile("([0-9]{2})/([0-9]{2})/([0-9]{4})");
    private static final Pattern NEEDS_QUOTES = Pattern.compile("[;\"\\r\\n]");

    private PurchaseLines() {}

    static Outcome read(byte[] bytes, Clock clock) {
        var text = text(bytes);
        if (text.indexOf('\0') >= 0) {
            return new Outcome.Refused("no_text");
        }
        try {
            var records = records(text);
            if (records.isEmpty()) {
                return new Outcome.Refused("empty");
            }
            var heading = heading(records.getFirst());
            if (heading.isPresent() && !heading.get().keySet().containsAll(COLUMNS)) {
                return new Outcome.Refused("heading");
            }
            var rows = heading.isPresent() ? records.subList(1, records.size()) : records;
            if (rows.isEmpty()) {
                return new Outcome.Refused("empty");
            }
            if (rows.size() > CashbackReader.MOST_PURCHASES) {
                return new Outcome.Refused("too_many");
            }
            return new Outcome.Read(rows.stream().map(it -> line(it, heading, clock)).toList());
        } catch (CsvParseException notCsv) {
            return new Outcome.Refused("no_csv");
        }
    }

    /// A line as [#read] takes it, to be mended and sent again.
    static String write(Line line) {
        return line.fields().stream()
                .map(
                        it ->
                                NEEDS_QUOTES.matcher(it).find()
                                        ? '"' + it.replace("\"", "\"\"") + '"'
                                        : it)
                .collect(Collectors.joining(";"));
    }

    private static String text(byte[] bytes) {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException older) {
            text = new String(bytes, WINDOWS);
        }
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    /// One more than may be is enough to see that there are too many.
    private static List<CsvRecord> records(String text) {
        var records = new ArrayList<CsvRecord>();
        try (var reader =
                CsvReader.builder()
                        .fieldSeparator(separator(text))
                        .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                        .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                        .allowUnclosedQuote(false)
                        .maxBufferSize(1 << 20)
                        .ofCsvRecord(text)) {
            for (var record : reader) {
                // A spreadsheet's empty rows are rows of separators.
                if (!record.getFields().stream().allMatch(String::isBlank)) {
                    records.add(record);
                }
                if (records.size() > CashbackReader.MOST_PURCHASES + 1) {
                    return records;
                }
            }
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
        return records;
    }

    private static char separator(String text) {
        var first = text.lines().filter(it -> !it.isBlank()).findFirst().orElse("");
        var bare = QUOTED.matcher(first).replaceAll("");
        if (bare.indexOf('\t') >= 0) {
            return '\t';
        }
        return bare.indexOf(';') >= 0 ? ';' : ',';
    }

    /// Where each column stands, if the line names any.
    private static Optional<Map<String, Integer>> heading(CsvRecord first) {
        var places = new HashMap<String, Integer>();
        for (var i = 0; i < first.getFieldCount(); i++) {
            var name = NAMES.get(first.getField(i).strip().toLowerCase(Locale.ROOT));
            if (name != null) {
                places.putIfAbsent(name, i);
            }
        }
        return places.isEmpty() ? Optional.empty() : Optional.of(places);
    }

    private static Line line(
            CsvRecord record, Optional<Map<String, Integer>> heading, Clock clock) {
        var number = Math.toIntExact(record.getStartingLineNumber());
        var fields = record.getFields().stream().map(String::strip).toList();
        if (heading.isPresent()) {
            var places = heading.get();
            if (COLUMNS.stream().anyMatch(it -> places.getOrDefault(it, 0) >= fields.size())) {
                return new Wrong(number, fields, List.of(NOT_FOUR));
            }
            return line(
                    number,
                    COLUMNS.stream().map(it -> fields.get(places.getOrDefault(it, 0))).toList(),
                    clock);
        }
        return fields.size() == COLUMNS.size()
                ? line(number, fields, clock)
                : new Wrong(number, fields, List.of(NOT_FOUR));
    }

    private static Line line(int number, List<String> fields, Clock clock) {
        var violations = new Violations();
        var wish = CashbackReader.purchase(new Fields(json(fields), "", violations), clock);
        try {
            violations.orThrow();
        } catch (Problem wrong) {
            return new Wrong(
                    number,
                    fields,
                    wrong.violations().stream()
                            .map(it -> it.pointer().substring(1))
                            .distinct()
                            .toList());
        }
        return new Readable(number, fields, wish);
    }

    /// What is no amount stays a text, which is none.
    private static ObjectNode json(List<String> fields) {
        var json = JsonNodeFactory.instance.objectNode();
        json.put("codigo", fields.getFirst());
        amount(fields.get(1))
                .ifPresentOrElse(
                        it -> json.put("valor", it), () -> json.put("valor", fields.get(1)));
        json.put("data", BRAZILIAN_DAY.matcher(fields.get(2)).replaceFirst("$3-$2-$1"));
        json.put("cpf", fields.get(3));
        return json;
    }

    /// `1.234,56`, `1234,5`, `1234.56` or `1234`, with or without R$. A point before three digits
    /// may mean either: it is refused.
    private static Optional<BigDecimal> amount(String text) {
        var plain = BETWEEN.matcher(text).replaceAll("");
        if (WITH_DOTS.matcher(plain).matches()) {
            plain = plain.replace(".", "").replace(',', '.');
        } else if (WITH_COMMA.matcher(plain).matches()) {
            plain = plain.replace(',', '.');
        } else if (!WITH_POINT.matcher(plain).matches()) {
            return Optional.empty();
        }
        return Optional.of(new BigDecimal(plain));
    }
}
