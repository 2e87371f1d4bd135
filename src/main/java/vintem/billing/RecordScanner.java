package vintem.billing;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import vintem.billing.UnreadableFile.Reason;

/// The records of delimited text (RFC 4180, with every kind of line break), straight from its
/// bytes, one after the other, in constant memory.
///
/// Where a quoted field never ends, or ends lines later in the middle of a text, its line alone is
/// one broken record and the next line begins anew: a stray quote does not swallow other rows.
/// Bytes are looked at one by one, so
/// the encoding must be one in which ASCII stands for itself.
final class RecordScanner {
    /// Where the bytes come from.
    @FunctionalInterface
    interface Source {
        /// As [java.io.InputStream#read(byte\[\], int, int)].
        int read(byte[] into, int offset, int length) throws IOException, UnreadableFile;
    }

    /// Bytes that a record may have, and fields that are kept of it.
    static final int LONGEST_RECORD = 1 << 16;

    static final int MOST_FIELDS = 256;

    // Each costs a second look at as many bytes as a record may have.
    private static final int MOST_BROKEN = 1_000;
    private static final int BUFFER = 3 * LONGEST_RECORD;

    // A record, its line break, and one byte to see that there is more.
    private static final int WHOLE = LONGEST_RECORD + 3;

    private static final byte QUOTE = '"';
    private static final byte CR = '\r';
    private static final byte LF = '\n';

    private static final byte PLAIN = 0;
    /// With doubled quotes in it.
    private static final byte ESCAPED = 1;

    private final Source source;
    private byte delimiter;
    private final byte[] buffer = new byte[BUFFER];
    private int limit;
    private boolean ended;
    /// Where in the file the buffer begins.
    private long base;

    private int recordStart;
    private int cursor;
    private int recordLine;
    private int line;

    private final int[] starts = new int[MOST_FIELDS];
    private final int[] ends = new int[MOST_FIELDS];
    private final byte[] kinds = new byte[MOST_FIELDS];
    private int fields;
    private int breaksInside;
    private boolean badQuotes;
    private boolean broken;
    private int brokenSoFar;

    /// @param offset the place of the source's first byte in the file
    /// @param line its line
    RecordScanner(Source source, char delimiter, long offset, int line) {
        this.source = source;
        this.delimiter = (byte) delimiter;
        this.base = offset;
        this.line = line;
        this.recordLine = line;
    }

    /// Goes on to the next record that is not an empty line.
    ///
    /// @return false at the end
    /// @throws UnreadableFile where a line is longer than a record may be
    boolean next() throws IOException, UnreadableFile {
        do {
            fill();
            skipMark();
            recordStart = cursor;
            recordLine = line;
            if (cursor == limit) {
                fields = 0;
                return false;
            }
            scan();
        } while (fields == 1 && starts[0] == cursor - breakLength());
        return true;
    }

    /// Looks at the present record once more, with another delimiter; the next ones, too.
    void delimitBy(char other) throws UnreadableFile {
        delimiter = (byte) other;
        cursor = recordStart;
        line = recordLine;
        scan();
    }

    /// How many fields the record has, also where not all are kept.
    int fields() {
        return fields;
    }

    /// The line on which the record begins.
    int line() {
        return recordLine;
    }

    /// The line on which the next one begins.
    int nextLine() {
        return line;
    }

    /// The place in the file after the record and its line break.
    long end() {
        return base + cursor;
    }

    /// Whether something follows the closing quote of a field.
    boolean hasBadQuotes() {
        return badQuotes;
    }

    /// Whether a quoted field of it never ends; its one field is then the line as it stands.
    boolean isBroken() {
        return broken;
    }

    /// A field's text, without spaces around it; empty where there is no such field.
    String text(int field, Charset charset) {
        if (field >= Math.min(fields, MOST_FIELDS)) {
            return "";
        }
        var start = starts[field];
        var end = ends[field];
        while (start < end && isSpace(buffer[start])) {
            start++;
        }
        while (start < end && isSpace(buffer[end - 1])) {
            end--;
        }
        var text = new String(buffer, start, end - start, charset);
        return kinds[field] == ESCAPED ? text.replace("\"\"", "\"") : text;
    }

    /// What a field holds, as it stands but for its quotes.
    String whole(int field, Charset charset) {
        var text = new String(buffer, starts[field], ends[field] - starts[field], charset);
        return kinds[field] == ESCAPED ? text.replace("\"\"", "\"") : text;
    }

    /// The same as bytes, for whoever only looks: from [#start] to [#end(int)] of this array.
    byte[] bytes() {
        return buffer;
    }

    int start(int field) {
        return starts[field];
    }

    int end(int field) {
        return ends[field];
    }

    /// Whether every field is empty or blank, as in the last rows of many a spreadsheet.
    boolean isBlank() {
        for (var field = 0; field < Math.min(fields, MOST_FIELDS); field++) {
            for (var i = starts[field]; i < ends[field]; i++) {
                if (!isSpace(buffer[i])) {
                    return false;
                }
            }
        }
        return fields <= MOST_FIELDS;
    }

    static boolean isSpace(byte it) {
        return it >= 0 && it <= ' ' && it != 0;
    }

    private int breakLength() {
        if (cursor - recordStart >= 2 && buffer[cursor - 1] == LF && buffer[cursor - 2] == CR) {
            return 2;
        }
        return buffer[cursor - 1] == LF || buffer[cursor - 1] == CR ? 1 : 0;
    }

    /// Has a whole record in the buffer from the cursor on, or all that is left.
    private void fill() throws IOException, UnreadableFile {
        if (ended || limit - cursor >= WHOLE) {
            return;
        }
        System.arraycopy(buffer, cursor, buffer, 0, limit - cursor);
        base += cursor;
        limit -= cursor;
        cursor = 0;
        while (limit < WHOLE) {
            var read = source.read(buffer, limit, BUFFER - limit);
            if (read < 0) {
                ended = true;
                return;
            }
            limit += read;
        }
    }

    /// Some programs put a mark before UTF-8.
    private void skipMark() {
        if (base + cursor == 0
                && limit >= 3
                && buffer[0] == (byte) 0xEF
                && buffer[1] == (byte) 0xBB
                && buffer[2] == (byte) 0xBF) {
            cursor = 3;
        }
    }

    private void scan() throws UnreadableFile {
        fields = 0;
        breaksInside = 0;
        badQuotes = false;
        broken = false;
        var at = cursor;
        var most = Math.min(limit, recordStart + LONGEST_RECORD + 1);
        while (true) {
            if (at < most && buffer[at] == QUOTE) {
                at = quoted(at, most);
                if (at < 0) {
                    breakOff();
                    return;
                }
            } else {
                var start = at;
                at = plain(at, most);
                keep(start, at, PLAIN);
            }
            if (at == most) {
                if (at - recordStart > LONGEST_RECORD) {
                    throw tooLong();
                }
                cursor = at;
                break;
            }
            var last = buffer[at++];
            if (last != delimiter) {
                cursor = last == CR && at < limit && buffer[at] == LF ? at + 1 : at;
                line++;
                break;
            }
        }
        if (badQuotes && breaksInside > 0) {
            // Two stray quotes, and whole rows between them.
            breakOff();
        }
    }

    private int plain(int from, int most) {
        var bytes = buffer;
        var separator = delimiter;
        var at = from;
        while (at < most) {
            var it = bytes[at];
            if (it == separator || it == LF || it == CR) {
                break;
            }
            at++;
        }
        return at;
    }

    /// @return where the field ends, -1 where it never does
    private int quoted(int from, int most) {
        var kind = PLAIN;
        var start = from + 1;
        var at = start;
        var breaks = 0;
        while (true) {
            while (at < most && buffer[at] != QUOTE) {
                if (buffer[at] == LF
                        || buffer[at] == CR && (at + 1 == most || buffer[at + 1] != LF)) {
                    breaks++;
                }
                at++;
            }
            if (at == most) {
                return -1;
            }
            if (at + 1 < most && buffer[at + 1] == QUOTE) {
                kind = ESCAPED;
                at += 2;
            } else {
                break;
            }
        }
        var end = at++;
        var after = plain(at, most);
        if (after == at) {
            keep(start, end, kind);
        } else {
            // As it stands, quotes and all: nobody can say what was meant.
            badQuotes = true;
            keep(from, after, PLAIN);
        }
        line += breaks;
        breaksInside += breaks;
        return after;
    }

    private void keep(int start, int end, byte kind) {
        if (fields < MOST_FIELDS) {
            starts[fields] = start;
            ends[fields] = end;
            kinds[fields] = kind;
        }
        fields++;
    }

    /// The record is its first line, and that is broken.
    private void breakOff() throws UnreadableFile {
        var most = Math.min(limit, recordStart + LONGEST_RECORD + 1);
        var at = recordStart;
        while (at < most && buffer[at] != LF && buffer[at] != CR) {
            at++;
        }
        if (at - recordStart > LONGEST_RECORD) {
            throw tooLong();
        }
        if (++brokenSoFar > MOST_BROKEN) {
            throw new UnreadableFile(Reason.BAD_QUOTES, "open_quotes", MOST_BROKEN, recordLine);
        }
        broken = true;
        badQuotes = false;
        fields = 0;
        keep(recordStart, at, PLAIN);
        line = recordLine;
        cursor = at;
        if (at < limit) {
            cursor = buffer[at] == CR && at + 1 < limit && buffer[at + 1] == LF ? at + 2 : at + 1;
            line++;
        }
    }

    private UnreadableFile tooLong() {
        return new UnreadableFile(Reason.LINE_TOO_LONG, "long_line", recordLine, LONGEST_RECORD);
    }

    /// The titles in the first row, before the encoding is known for sure.
    byte[] copyOfRecord() {
        return Arrays.copyOfRange(buffer, recordStart, cursor);
    }

    /// What a title can be looked up by: all of ours are ASCII.
    String ascii(int field) {
        return text(field, StandardCharsets.ISO_8859_1);
    }
}
