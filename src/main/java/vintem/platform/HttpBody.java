package vintem.platform;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/// Reads a request's body up to a limit, whatever its headers promised.
public final class HttpBody {
    /// What a route takes where it does not say otherwise: 1 MiB.
    public static final int USUAL_BYTES =
            Math.toIntExact(Settings.number("max-body-bytes", 1 << 20));

    private HttpBody() {}

    /// The whole body.
    ///
    /// @throws Problem `413` where there is more than that
    public static byte[] read(InputStream body, int mostBytes) {
        try {
            var bytes = body.readNBytes(mostBytes + 1);
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
        return Json.object(new java.io.ByteArrayInputStream(body));
    }
}
