package vintem.platform;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// One file out of a `multipart/form-data` body (RFC 7578), read as it arrives: nothing is kept,
/// neither in memory nor on disk. Of what stands before the file short texts are kept, and what
/// follows is not read.
public final class Multipart {
    /// A file that arrives.
    ///
    /// @param fileName as the sender calls it, empty where it has no name
    /// @param content ends where the part ends; fails where the body ends before
    /// @param before the form's fields that stand before it, those of at most 1,000 bytes
    public record Part(String fileName, InputStream content, Map<String, String> before) {}

    /// The body ends in the middle of a part.
    public static final class CutOff extends IOException {
        private static final long serialVersionUID = 1;

        CutOff() {
            super("the body ends in the middle of a part");
        }
    }

    private static final int BUFFER = 1 << 16;
    private static final int LONGEST_HEADERS = 8 << 10;
    private static final int LONGEST_FIELD = 1_000;
    private static final int MOST_PARTS = 32;
    private static final long MOST_SKIPPED = 1 << 20;

    // RFC 2046, 5.1.1.
    private static final Pattern BOUNDARY = Pattern.compile("[0-9A-Za-z'()+_,./:=? -]{0,69}[^ ]");
    private static final Pattern PARAMETER =
            Pattern.compile(
                    ";\\s*([A-Za-z*]+)\\s*=\\s*(?:\"((?:[^\"\\\\]++|\\\\.)*+)\"|([^\\s;]*))");

    private final InputStream body;
    private final byte[] delimiter;
    private final byte[] buffer = new byte[BUFFER];
    private int start;
    private int end;
    private boolean ended;

    private Multipart(InputStream body, String boundary) {
        this.body = body;
        delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        // The first one may stand at the very beginning.
        buffer[0] = '\r';
        buffer[1] = '\n';
        end = 2;
    }

    /// Whether a body of this type is one.
    public static boolean isOne(String contentType) {
        return contentType.strip().toLowerCase(Locale.ROOT).startsWith("multipart/form-data");
    }

    /// Reads up to the file of that name.
    ///
    /// @throws Problem `400` where there is none
    public static Part file(InputStream body, String contentType, String name) {
        var boundary = parameters(contentType).getOrDefault("boundary", "");
        if (!BOUNDARY.matcher(boundary).matches()) {
            throw Problem.invalid("Content-Type", "has no boundary that can be one");
        }
        try {
            return new Multipart(body, boundary).find(name).orElseThrow(() -> missing(name));
        } catch (CutOff cutOff) {
            throw missing(name);
        } catch (IOException broken) {
            throw new java.io.UncheckedIOException(broken);
        }
    }

    private static Problem missing(String name) {
        return Problem.invalid("/" + name, "is required: a part of that name, with the file");
    }

    private Optional<Part> find(String name) throws IOException {
        skip(new Content());
        var before = new HashMap<String, String>();
        for (var parts = 0; parts < MOST_PARTS && !isLast(); parts++) {
            var headers = headers();
            var disposition = headers.getOrDefault("content-disposition", "");
            var said = parameters(disposition);
            var content = new Content();
            if (name.equals(said.get("name"))) {
                return Optional.of(
                        new Part(said.getOrDefault("filename", ""), content, Map.copyOf(before)));
            }
            var text = content.readNBytes(LONGEST_FIELD + 1);
            if (text.length <= LONGEST_FIELD) {
                before.putIfAbsent(
                        said.getOrDefault("name", ""), new String(text, StandardCharsets.UTF_8));
            }
            skip(content);
        }
        return Optional.empty();
    }

    private static void skip(Content content) throws IOException {
        var skipped = 0L;
        var into = new byte[8 << 10];
        for (var read = 0; read >= 0; read = content.read(into, 0, into.length)) {
            skipped += read;
            if (skipped > MOST_SKIPPED) {
                throw new CutOff();
            }
        }
    }

    /// After a delimiter: the last one is followed by two dashes, the others by a line break.
    private boolean isLast() throws IOException {
        while (end - start < 2 && fill()) {
            // Two more bytes tell.
        }
        if (end - start < 2) {
            throw new CutOff();
        }
        return buffer[start] == '-' && buffer[start + 1] == '-';
    }

    private Map<String, String> headers() throws IOException {
        // What may stand between the delimiter and the end of its line is nothing.
        line();
        var headers = new HashMap<String, String>();
        var length = 0;
        for (var line = line(); !line.isEmpty(); line = line()) {
            length += line.length();
            if (length > LONGEST_HEADERS) {
                throw new CutOff();
            }
            var colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        }
        return headers;
    }

    /// Up to a line break, without it.
    private String line() throws IOException {
        var at = start;
        while (true) {
            while (at < end && buffer[at] != '\n') {
                at++;
            }
            if (at < end) {
                var line = new String(buffer, start, at - start, StandardCharsets.UTF_8).strip();
                start = at + 1;
                return line;
            }
            if (at - start > LONGEST_HEADERS) {
                throw new CutOff();
            }
            var length = at - start;
            if (!fill()) {
                throw new CutOff();
            }
            at = start + length;
        }
    }

    /// @return false where nothing is left
    private boolean fill() throws IOException {
        if (ended) {
            return false;
        }
        if (start > 0) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
        }
        var read = body.read(buffer, end, BUFFER - end);
        if (read < 0) {
            ended = true;
            return false;
        }
        end += read;
        return true;
    }

    private static Map<String, String> parameters(String header) {
        var parameters = new HashMap<String, String>();
        // Nobody's header is that long.
        var matcher =
                PARAMETER.matcher(header.substring(0, Math.min(header.length(), LONGEST_HEADERS)));
        while (matcher.find()) {
            var quoted = matcher.group(2);
            parameters.putIfAbsent(
                    matcher.group(1).toLowerCase(Locale.ROOT),
                    quoted == null ? matcher.group(3) : quoted.replaceAll("\\\\([\"\\\\])", "$1"));
        }
        return parameters;
    }

    /// A part's bytes, up to the next delimiter, which is taken, too.
    private final class Content extends InputStream {
        private boolean over;

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (over) {
                return -1;
            }
            while (true) {
                var sure = sure();
                if (sure > 0) {
                    var some = Math.min(sure, length);
                    System.arraycopy(buffer, start, into, offset, some);
                    start += some;
                    return some;
                }
                if (end - start >= delimiter.length) {
                    // Nothing before it is left: this is the delimiter.
                    start += delimiter.length;
                    over = true;
                    return -1;
                }
                if (!fill()) {
                    throw new CutOff();
                }
            }
        }

        /// Bytes at hand that belong to the part whatever follows.
        private int sure() {
            for (var at = start; at < end; at++) {
                if (buffer[at] == '\r' && mayBeDelimiter(at)) {
                    return at - start;
                }
            }
            return end - start;
        }

        private boolean mayBeDelimiter(int at) {
            var known = Math.min(delimiter.length, end - at);
            for (var i = 1; i < known; i++) {
                if (buffer[at + i] != delimiter[i]) {
                    return false;
                }
            }
            return true;
        }
    }
}
