package vintem.investments;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import vintem.platform.Json;
import vintem.platform.Multipart;
import vintem.platform.Problem;
import vintem.platform.Settings;
import vintem.platform.Violations;

/// A file that somebody sends: kept on the disk while its request lasts, so that nobody waits for a
/// slow line with a transaction open, and read as often as wanted, in constant memory.
///
/// UTF-8, with a row of titles, delimited by commas or semicolons; with semicolons decimals
/// may have a comma.
final class CsvFile implements AutoCloseable {
    private static final long MOST_BYTES =
            Settings.number("investments-max-file-bytes", 256L << 20);
    private static final int FIRST_LINE = 1 << 16;
    private static final int LONGEST_RECORD = 1 << 16;
    private static final char MARK = '\uFEFF';
    private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,13}(\\.[0-9]{1,20})?");
    private static final Pattern DATE_BR = Pattern.compile("([0-9]{2})/([0-9]{2})/([0-9]{4})");

    private final Path path;
    private final byte[] hash;

    private CsvFile(Path path, byte[] hash) {
        this.path = path;
        this.hash = hash;
    }

    /// One row, read field by field; mistakes are noted.
    final class Row {
        private final NamedCsvRecord row;
        private final boolean commas;
        private final Violations violations;
        private boolean right = true;

        private Row(NamedCsvRecord row, boolean commas, Violations violations) {
            this.row = row;
            this.commas = commas;
            this.violations = violations;
        }

        int line() {
            return Math.toIntExact(row.getStartingLineNumber());
        }

        /// Whether nothing was wrong so far.
        boolean isRight() {
            return right;
        }

        Optional<String> text(String name, int longest) {
            var text = row.findField(name).map(String::strip).filter(it -> !it.isEmpty());
            if (text.isPresent() && (text.get().length() > longest || !Json.isClean(text.get()))) {
                wrong(name, "is longer than %d characters, or no text".formatted(longest));
                return Optional.empty();
            }
            return text;
        }

        /// More than 0, with at most eight decimals.
        Optional<BigDecimal> decimal(String name) {
            var text = text(name, 40).map(it -> commas ? it.replace(',', '.') : it);
            if (text.isEmpty()) {
                return Optional.empty();
            }
            if (!DECIMAL.matcher(text.get()).matches()) {
                wrong(name, "must be a decimal number such as 1234.56");
                return Optional.empty();
            }
            var value = new BigDecimal(text.get());
            var objection = Decimals.objection(value);
            if (objection != null) {
                wrong(name, objection);
                return Optional.empty();
            }
            return Optional.of(value);
        }

        /// Not later than the last one that may be.
        Optional<LocalDate> date(String name, LocalDate last) {
            var text = text(name, 10);
            if (text.isEmpty()) {
                return Optional.empty();
            }
            try {
                var brazilian = DATE_BR.matcher(text.get());
                var date =
                        brazilian.matches()
                                ? LocalDate.parse(
                                        brazilian.group(3)
                                                + "-"
                                                + brazilian.group(2)
                                                + "-"
                                                + brazilian.group(1))
                                : Days.parse(text.get());
                var objection = Days.objection(date, last);
                if (objection == null) {
                    return Optional.of(date);
                }
                wrong(name, objection);
            } catch (DateTimeException noDate) {
                wrong(name, "must be a date such as 2026-01-31");
            }
            return Optional.empty();
        }

        <T> @Nullable T required(String name, Optional<T> value) {
            if (value.isEmpty() && row.findField(name).map(String::isBlank).orElse(true)) {
                wrong(name, "is required");
            }
            return value.orElse(null);
        }

        void wrong(String name, String reason) {
            right = false;
            violations.add("/line/%d/%s".formatted(line(), name), reason);
        }
    }

    /// Takes the whole body, as it is or as the part `file` of a form.
    ///
    /// @throws Problem `413`, `400`, or `415` for another type
    static CsvFile receive(InputStream body, @Nullable String contentType) {
        var type = contentType == null ? "" : contentType;
        if (Multipart.isOne(type)) {
            return keep(Multipart.file(body, type, "file").content());
        }
        var plain = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (!List.of("text/csv", "text/plain", "application/csv", "application/octet-stream")
                .contains(plain)) {
            throw Problem.of(
                    415,
                    "unsupported-media-type",
                    "Unsupported Media Type",
                    "A file is text/csv, or multipart/form-data with it.");
        }
        return keep(body);
    }

    byte[] hash() {
        return hash;
    }

    /// Reads it from its beginning.
    ///
    /// @throws Problem `400` where it is no such file
    void forEach(List<String> titles, Violations violations, Consumer<Row> each) {
        try (var reader =
                new BufferedReader(
                        new InputStreamReader(
                                Files.newInputStream(path), StandardCharsets.UTF_8.newDecoder()),
                        2 * FIRST_LINE)) {
            var semicolons = isDelimitedBySemicolons(reader);
            try (var rows =
                    CsvReader.builder()
                            .fieldSeparator(semicolons ? ';' : ',')
                            .maxBufferSize(LONGEST_RECORD)
                            .ofNamedCsvRecord(reader)) {
                var first = true;
                for (var row : rows) {
                    if (first && !new HashSet<>(row.getHeader()).containsAll(titles)) {
                        throw titles(titles);
                    }
                    first = false;
                    each.accept(new Row(row, semicolons, violations));
                }
                if (first) {
                    throw titles(titles);
                }
            }
        } catch (CsvParseException notCsv) {
            throw notCsv.getCause() instanceof CharacterCodingException
                    ? Problem.invalid("", "is not UTF-8")
                    : Problem.invalid("", "is not CSV");
        } catch (UncheckedIOException failed) {
            throw Json.problem(failed.getCause());
        } catch (IOException failed) {
            throw Json.problem(failed);
        }
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Problem titles(List<String> titles) {
        return Problem.invalid(
                "/line/1", "must name " + String.join(", ", titles) + ", and a row must follow");
    }

    /// Leaves the reader after a mark of UTF-8, before the first title.
    private static boolean isDelimitedBySemicolons(BufferedReader reader) throws IOException {
        reader.mark(1);
        if (reader.read() != MARK) {
            reader.reset();
        }
        reader.mark(FIRST_LINE);
        var found = false;
        for (var i = 0; i < FIRST_LINE - 1; i++) {
            var it = reader.read();
            if (it < 0 || it == '\n' || it == '\r') {
                break;
            }
            found |= it == ';';
        }
        reader.reset();
        return found;
    }

    private static CsvFile keep(InputStream content) {
        Path path = null;
        try {
            path = Files.createTempFile("vintem-investments-", ".csv");
            var digest = MessageDigest.getInstance("SHA-256");
            try (var out = new DigestOutputStream(Files.newOutputStream(path), digest)) {
                var buffer = new byte[1 << 16];
                var left = MOST_BYTES;
                for (var read = content.read(buffer); read >= 0; read = content.read(buffer)) {
                    left -= read;
                    if (left < 0) {
                        throw Problem.tooLarge(MOST_BYTES);
                    }
                    out.write(buffer, 0, read);
                }
            }
            return new CsvFile(path, digest.digest());
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        } catch (Multipart.CutOff cutOff) {
            forget(path);
            throw Problem.invalid("/file", "did not arrive whole");
        } catch (IOException failed) {
            forget(path);
            throw new UncheckedIOException(failed);
        } catch (Problem tooLarge) {
            forget(path);
            throw tooLarge;
        }
    }

    private static void forget(@Nullable Path path) {
        try {
            if (path != null) {
                Files.deleteIfExists(path);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
