package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import vintem.billing.UnreadableFile.Reason;

/// Records out of bytes, compared with what FastCSV reads.
class RecordScannerTest {
    private record Found(int line, List<String> fields) {}

    @Property(tries = 500)
    void finds_the_records_that_fastcsv_finds(
            @ForAll("text") String text, @ForAll @IntRange(min = 1, max = 9) int atOnce)
            throws Exception {
        assertThat(found(text, ',', atOnce)).isEqualTo(expected(text, ','));
        assertThat(found(text, ';', atOnce)).isEqualTo(expected(text, ';'));
    }

    /// Anything that is made of what matters, without a quote that is never closed and without text
    /// behind a closed one: FastCSV has no records of those.
    @Provide
    Arbitrary<String> text() {
        var breaks = Arbitraries.of("\n", "\r", "\r\n");
        var plain =
                Arbitraries.of("", "a", "bc", "ção", " x ", "a\"b", "'", "0.1", "😀")
                        .filter(it -> !it.startsWith("\""));
        var quoted =
                Arbitraries.of("", "a", ",", ";", "\"\"", "\n", "\r\n", "\r", " ", "é")
                        .list()
                        .ofMaxSize(4)
                        .map(it -> '"' + String.join("", it) + '"');
        var field = Arbitraries.oneOf(plain, quoted);
        var record = field.list().ofMinSize(1).ofMaxSize(5).map(it -> String.join(",", it));
        var other = field.list().ofMinSize(1).ofMaxSize(3).map(it -> String.join(";", it));
        return Arbitraries.oneOf(record, other)
                .flatMap(first -> breaks.map(it -> first + it))
                .list()
                .ofMaxSize(8)
                .map(it -> String.join("", it))
                .flatMap(it -> Arbitraries.of(it, it + "x,y", it + "\"q\"", it + "\uFEFF"))
                .filter(it -> isDecent(it, ',') && isDecent(it, ';'));
    }

    @Example
    void skips_the_mark_before_utf8_and_empty_lines() throws Exception {
        assertThat(found("\uFEFFa,b\n\n\r\n1,2\r\n", ',', 5))
                .containsExactly(new Found(1, List.of("a", "b")), new Found(4, List.of("1", "2")));
    }

    @Example
    void counts_lines_also_within_quotes() throws Exception {
        assertThat(found("a\n\"1\r\n2\n3\r4\",b\nc", ',', 3))
                .extracting(Found::line)
                .containsExactly(1, 2, 6);
    }

    @Example
    void says_where_the_next_record_begins() throws Exception {
        var bytes = "\uFEFFa,b\r\n1,ção\n\n3,4".getBytes(StandardCharsets.UTF_8);
        var scanner = scanner(bytes, ',', 4);
        var ends = new ArrayList<Long>();
        while (scanner.next()) {
            ends.add(scanner.end());
        }
        assertThat(ends).containsExactly(8L, 16L, 20L);
    }

    @Example
    void begins_anywhere() throws Exception {
        var bytes = "a,b\n\"x\ny\",2\n3,4\n".getBytes(StandardCharsets.UTF_8);
        var whole = scanner(bytes, ',', 7);
        whole.next();
        whole.next();
        var rest =
                new RecordScanner(
                        new ByteArrayInputStream(
                                        bytes, (int) whole.end(), bytes.length - (int) whole.end())
                                ::read,
                        ',',
                        whole.end(),
                        whole.nextLine());
        assertThat(rest.next()).isTrue();
        assertThat(rest.line()).isEqualTo(4);
        assertThat(rest.text(0, StandardCharsets.UTF_8)).isEqualTo("3");
        assertThat(rest.end()).isEqualTo(bytes.length);
    }

    @Example
    void a_quote_that_is_never_closed_is_its_line_and_no_more() throws Exception {
        var scanner = scanner("a,b\n1,\"x\n2,y\n3,\"z".getBytes(StandardCharsets.UTF_8), ',', 9);
        var lines = new ArrayList<String>();
        while (scanner.next()) {
            lines.add(
                    (scanner.isBroken() ? "broken " : "")
                            + scanner.whole(0, StandardCharsets.UTF_8));
        }
        assertThat(lines).containsExactly("a", "broken 1,\"x", "2", "broken 3,\"z");
    }

    @Example
    void a_quote_that_is_closed_lines_later_by_another_stray_one_is_its_line_and_no_more()
            throws Exception {
        var scanner = scanner("1,\"x\n2,y\n3,\"z\n4,w".getBytes(StandardCharsets.UTF_8), ',', 9);
        var lines = new ArrayList<Integer>();
        while (scanner.next()) {
            lines.add(scanner.isBroken() ? -scanner.line() : scanner.line());
        }
        assertThat(lines).containsExactly(-1, 2, -3, 4);
    }

    @Example
    void text_behind_a_closed_quote_is_noticed() throws Exception {
        var scanner = scanner("\"a\"b,c\nd,e\n".getBytes(StandardCharsets.UTF_8), ',', 100);
        scanner.next();
        assertThat(scanner.hasBadQuotes()).isTrue();
        assertThat(scanner.fields()).isEqualTo(2);
        assertThat(scanner.whole(0, StandardCharsets.UTF_8)).isEqualTo("\"a\"b");
        scanner.next();
        assertThat(scanner.hasBadQuotes()).isFalse();
    }

    @Example
    void a_record_may_be_as_long_as_the_limit_and_no_longer() throws Exception {
        var longest = "x".repeat(RecordScanner.LONGEST_RECORD);
        for (var after : List.of("", "\n", "\r\n", "\r\nmore", "\rmore")) {
            var scanner = scanner((longest + after).getBytes(StandardCharsets.UTF_8), ',', 1_000);
            assertThat(scanner.next()).isTrue();
            assertThat(scanner.end(0) - scanner.start(0)).isEqualTo(longest.length());
            assertThat(scanner.next()).isEqualTo(after.endsWith("more"));
        }
        for (var text : List.of(longest + "x", longest + "x\n", "\"" + longest + "\"\n")) {
            var scanner = scanner(text.getBytes(StandardCharsets.UTF_8), ',', 1_000);
            assertThatThrownBy(scanner::next)
                    .isInstanceOfSatisfying(
                            UnreadableFile.class,
                            it -> assertThat(it.reason()).isEqualTo(Reason.LINE_TOO_LONG));
        }
    }

    @Example
    void many_records_across_many_buffers_stay_what_they_are() throws Exception {
        var text =
                IntStream.range(0, 40_000)
                        .mapToObj(i -> i + ",\"a " + "b".repeat(i % 50) + " \"\"c\"\"\n\",é")
                        .collect(Collectors.joining("\r\n"));
        var scanner = scanner(text.getBytes(StandardCharsets.UTF_8), ',', 8_192);
        for (var i = 0; i < 40_000; i++) {
            assertThat(scanner.next()).isTrue();
            assertThat(scanner.text(0, StandardCharsets.UTF_8)).isEqualTo(Integer.toString(i));
            assertThat(scanner.whole(1, StandardCharsets.UTF_8))
                    .isEqualTo("a " + "b".repeat(i % 50) + " \"c\"\n");
            assertThat(scanner.line()).isEqualTo(1 + 2 * i);
        }
        assertThat(scanner.next()).isFalse();
    }

    @Example
    void fields_beyond_those_that_are_kept_are_counted() throws Exception {
        var scanner = scanner(",".repeat(999).getBytes(StandardCharsets.UTF_8), ',', 100);
        assertThat(scanner.next()).isTrue();
        assertThat(scanner.fields()).isEqualTo(1_000);
        assertThat(scanner.text(999, StandardCharsets.UTF_8)).isEmpty();
    }

    @Example
    void a_thousand_quotes_that_are_never_closed_are_no_file() throws Exception {
        var scanner = scanner("\"x\n".repeat(3_001).getBytes(StandardCharsets.UTF_8), ',', 9_000);
        assertThatThrownBy(
                        () -> {
                            while (scanner.next()) {
                                // Each costs a second look.
                            }
                        })
                .isInstanceOfSatisfying(
                        UnreadableFile.class,
                        it -> assertThat(it.reason()).isEqualTo(Reason.BAD_QUOTES));
    }

    private static boolean isDecent(String text, char delimiter) {
        try {
            var scanner = scanner(text.getBytes(StandardCharsets.UTF_8), delimiter, 100);
            while (scanner.next()) {
                if (scanner.isBroken() || scanner.hasBadQuotes()) {
                    return false;
                }
            }
            return true;
        } catch (IOException | UnreadableFile failed) {
            throw new AssertionError(failed);
        }
    }

    private static List<Found> expected(String text, char delimiter) throws IOException {
        var bare = text.startsWith("\uFEFF") ? text.substring(1) : text;
        var found = new ArrayList<Found>();
        try (var records =
                CsvReader.builder()
                        .fieldSeparator(delimiter)
                        .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                        .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                        .ofCsvRecord(bare)) {
            records.forEach(
                    it -> found.add(new Found((int) it.getStartingLineNumber(), it.getFields())));
        }
        return found;
    }

    private static List<Found> found(String text, char delimiter, int atOnce)
            throws IOException, UnreadableFile {
        var scanner = scanner(text.getBytes(StandardCharsets.UTF_8), delimiter, atOnce);
        var found = new ArrayList<Found>();
        while (scanner.next()) {
            var fields = new ArrayList<String>();
            for (var i = 0; i < scanner.fields(); i++) {
                fields.add(scanner.whole(i, StandardCharsets.UTF_8));
            }
            found.add(new Found(scanner.line(), fields));
        }
        return found;
    }

    /// @param atOnce bytes that come at once
    private static RecordScanner scanner(byte[] bytes, char delimiter, int atOnce) {
        var in = new ByteArrayInputStream(bytes);
        return new RecordScanner(
                (into, offset, length) -> in.read(into, offset, Math.min(length, atOnce)),
                delimiter,
                0,
                1);
    }
}
