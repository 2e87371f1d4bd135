package vintem.reconciliation;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A statement as CSV, columns by name: a day, an amount in reais, and, where there are, the
/// end-to-end id, the bank's number and a text.
final class StatementCsv {
    private static final List<String> DAY = List.of("date", "data", "day");
    private static final List<String> AMOUNT = List.of("amount", "valor");
    private static final List<String> CENTS = List.of("amount_cents");
    private static final List<String> END_TO_END = List.of("end_to_end_id", "endtoendid");
    private static final List<String> NUMBER =
            List.of("reference", "documento", "id", "fitid", "numero");
    private static final List<String> TEXT =
            List.of("description", "historico", "histórico", "descricao", "descrição", "memo");

    private StatementCsv() {}

    static StatementFile read(String text) {
        var firstLine = text.lines().findFirst().orElse("");
        var separator = firstLine.indexOf(';') >= 0 ? ';' : ',';
        var lines = new ArrayList<StatementFile.Line>();
        try (var records =
                CsvReader.builder()
                        .fieldSeparator(separator)
                        .maxBufferSize(1 << 20)
                        .ofNamedCsvRecord(text)) {
            for (var row : records) {
                if (lines.size() == StatementFile.MOST_LINES) {
                    throw StatementFile.unreadable("has too many lines");
                }
                lines.add(line(row, lines.size() + 2));
            }
        } catch (CsvParseException notCsv) {
            throw StatementFile.unreadable("is neither OFX nor CSV near line %d", lines.size() + 2);
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
        if (lines.isEmpty()) {
            throw StatementFile.unreadable(
                    "is neither OFX nor a CSV with lines under a heading of `date` and `amount`");
        }
        LocalDate first =
                lines.stream().map(StatementFile.Line::day).min(LocalDate::compareTo).get();
        LocalDate last =
                lines.stream().map(StatementFile.Line::day).max(LocalDate::compareTo).get();
        return new StatementFile("csv", first, last, lines, null);
    }

    private static StatementFile.Line line(NamedCsvRecord row, int number) {
        var day =
                field(row, DAY)
                        .flatMap(StatementFile::day)
                        .orElseThrow(
                                () -> StatementFile.unreadable("has no day in line %d", number));
        long cents =
                field(row, AMOUNT)
                        .flatMap(StatementFile::cents)
                        .or(() -> field(row, CENTS).flatMap(StatementCsv::wholeCents))
                        .filter(amount -> amount != 0)
                        .orElseThrow(
                                () -> StatementFile.unreadable("has no amount in line %d", number));
        var memo = field(row, TEXT).orElse(null);
        @Nullable String named = field(row, END_TO_END).orElse(null);
        var own = StatementFile.clean(named != null ? named : field(row, NUMBER).orElse(null));
        return new StatementFile.Line(
                day, cents, StatementFile.reference(own, named, memo), StatementFile.clean(memo));
    }

    private static Optional<Long> wholeCents(String text) {
        return text.matches("[+-]?[0-9]{1,17}")
                ? Optional.of(Long.valueOf(text))
                : Optional.empty();
    }

    private static Optional<String> field(NamedCsvRecord row, List<String> names) {
        for (var header : row.getHeader()) {
            if (names.contains(header.strip().toLowerCase(java.util.Locale.ROOT))) {
                return row.findField(header).map(String::strip).filter(each -> !each.isEmpty());
            }
        }
        return Optional.empty();
    }
}
