package vintem.billing;

import java.io.IOException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import vintem.billing.Dialect.DateOrder;
import vintem.billing.Dialect.DecimalMark;

/// The rows of a spreadsheet. Numbers are written out as the texts in the same sheet are written.
final class SheetRows implements DebtRows {
    private static final DateTimeFormatter DAY_FIRST = DateTimeFormatter.ofPattern("dd/MM/uuuu");

    private final Spreadsheet sheet;
    private final Dialect dialect;
    private final RowReader reader;
    private long position;

    /// @param position the last row that is not to be read
    SheetRows(Spreadsheet sheet, Dialect dialect, LateTerms lateTerms, long position) {
        this.sheet = sheet;
        this.dialect = dialect;
        this.reader = new RowReader(dialect, lateTerms);
        this.position = position;
    }

    @Override
    public @Nullable DebtRow next() throws IOException, UnreadableFile {
        while (sheet.next()) {
            if (sheet.row() > position) {
                position = sheet.row();
                var titles = dialect.columns().size();
                // Cells at the end of a row that are empty are not there at all.
                var count = Math.max(sheet.count(), titles);
                var texts = new ArrayList<String>();
                for (var i = 0; i < Math.min(count, RecordScanner.MOST_FIELDS); i++) {
                    texts.add(text(sheet.cell(i), i < titles ? dialect.fields().get(i) : null));
                }
                return reader.read(sheet.row(), List.copyOf(texts), count);
            }
        }
        return null;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public int line() {
        return Math.toIntExact(position + 1);
    }

    private String text(Spreadsheet.Cell cell, @Nullable Optional<DebtField> field) {
        if (!cell.isNumber()) {
            return cell.text();
        }
        if (field != null && field.equals(Optional.of(DebtField.DEBT_DUE_DATE))) {
            return sheet.day(cell.text()).map(this::text).orElse(cell.text());
        }
        var plain = Spreadsheet.plain(cell.text());
        return field != null
                        && field.equals(Optional.of(DebtField.DEBT_AMOUNT))
                        && dialect.decimalMark() == DecimalMark.COMMA
                ? plain.replace('.', ',')
                : plain;
    }

    private String text(LocalDate day) {
        return dialect.dateOrder() == DateOrder.DAY_FIRST ? DAY_FIRST.format(day) : day.toString();
    }
}
