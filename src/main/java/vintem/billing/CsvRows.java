package vintem.billing;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The rows of delimited text.
final class CsvRows implements DebtRows {
    private final RecordScanner scanner;
    private final RowReader reader;

    /// @param source begins at that place
    CsvRows(
            RecordScanner.Source source,
            Dialect dialect,
            LateTerms lateTerms,
            long position,
            int line) {
        var delimiter = Objects.requireNonNull(dialect.delimiter());
        scanner = new RecordScanner(source, delimiter, position, line);
        reader = new RowReader(dialect, lateTerms);
    }

    @Override
    public @Nullable DebtRow next() throws IOException, UnreadableFile {
        while (scanner.next()) {
            if (!scanner.isBlank()) {
                return reader.read(scanner);
            }
        }
        return null;
    }

    @Override
    public long position() {
        return scanner.end();
    }

    @Override
    public int line() {
        return scanner.nextLine();
    }
}
