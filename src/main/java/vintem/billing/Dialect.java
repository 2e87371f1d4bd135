package vintem.billing;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// How a file of debts is written. Found out once, from the whole file, before anything of it is
/// imported; stated in the result.
///
/// @param charset always UTF-8 for a spreadsheet
/// @param delimiter a comma or a semicolon; null for a spreadsheet
/// @param decimalMark null where no amount has decimals
/// @param dateOrder null where every date is a date already, as in a spreadsheet
/// @param columns the first row as it stands
/// @param fields what each of those columns is to us; null where it is nothing
record Dialect(
        Format format,
        Charset charset,
        @Nullable Character delimiter,
        @Nullable DecimalMark decimalMark,
        @Nullable DateOrder dateOrder,
        List<String> columns,
        List<Optional<DebtField>> fields) {
    /// The encoding of Windows, which spreadsheets in Brazil write where they do not write UTF-8;
    /// equal to ISO-8859-1 but for 32 characters that are none there.
    static final Charset WINDOWS = Charset.forName("windows-1252");

    static final List<Charset> CHARSETS =
            List.of(StandardCharsets.UTF_8, StandardCharsets.ISO_8859_1, WINDOWS);

    enum Format {
        CSV("csv"),
        XLSX("xlsx");

        private final String word;

        Format(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }

        static Format of(String word) {
            return Arrays.stream(values()).filter(it -> it.word.equals(word)).findFirst().get();
        }
    }

    /// What stands before the cents. The other mark may group thousands.
    enum DecimalMark {
        DOT('.', ','),
        COMMA(',', '.');

        private final char mark;
        private final char group;

        DecimalMark(char mark, char group) {
            this.mark = mark;
            this.group = group;
        }

        char mark() {
            return mark;
        }

        char group() {
            return group;
        }

        static DecimalMark of(String mark) {
            return mark.equals(".") ? DOT : COMMA;
        }
    }

    enum DateOrder {
        ISO("YYYY-MM-DD"),
        DAY_FIRST("DD/MM/YYYY");

        private final String pattern;

        DateOrder(String pattern) {
            this.pattern = pattern;
        }

        String pattern() {
            return pattern;
        }

        static DateOrder of(String pattern) {
            return pattern.equals(ISO.pattern) ? ISO : DAY_FIRST;
        }
    }

    /// Columns that mean nothing to us.
    List<String> ignored() {
        return IntStream.range(0, columns.size())
                .filter(i -> fields.get(i).isEmpty())
                .mapToObj(columns::get)
                .toList();
    }

    /// Where a field stands in a row, or -1.
    int place(DebtField field) {
        return fields.indexOf(Optional.of(field));
    }
}
