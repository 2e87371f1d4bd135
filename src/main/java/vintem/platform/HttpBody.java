package vintem.platform;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;

/// Reads a request's body up to a limit, whatever its headers promised.
public final class HttpBody {
    /// What a route takes where it does not say otherwise: 1 MiB.
    public static final int USUAL_BYTES =
            Math.toIntExact(Settings.number("max-body-bytes", 1 << 20));

    // Most bodies are smaller, and what is read at once is allocated at once.
    private static final int SMALL_BYTES = 2_048;

    private HttpBody() {}

    /// The whole body.
    ///
    /// @throws Problem `413` where there is more than that
    public static byte[] read(InputStream body, int mostBytes) {
        try {
            var bytes = body.readNBytes(Math.min(SMALL_BYTES, mostBytes + 1));
            if (bytes.length == SMALL_BYTES) {
                bytes = joined(bytes, body.readNBytes(mostBytes + 1 - SMALL_BYTES));
            }
            if (bytes.length > mostBytes) {
                throw Problem.tooLarge(mostBytes);
            }
            return bytes;
        } catch (IOException cutOff) {
            throw new UncheckedIOException(cutOff);
        }
    }

    /// The one JSON object that the body is, within the usual limit.
    ///
    /// @throws Problem `400` or `413`
    public static Fields object(InputStream body) {
        return object(read(body, USUAL_BYTES));
    }

    public static Fields object(byte[] body) {
        return Json.object(body);
    }

    private static byte[] joined(byte[] first, byte[] rest) {
        var all = Arrays.copyOf(first, first.length + rest.length);
        System.arraycopy(rest, 0, all, first.length, rest.length);
        return all;
    }
}
