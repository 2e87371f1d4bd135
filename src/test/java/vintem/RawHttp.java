package vintem;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.eclipse.microprofile.config.ConfigProvider;

/// Requests that no decent client sends, byte by byte.
public final class RawHttp {
    private static final int PATIENCE_MILLIS = 60_000;

    /// @param status 0 where the line was closed without an answer
    public record Answer(int status, String head, String body) {}

    /// Writes a request's bytes; it may fail where the server has had enough.
    @FunctionalInterface
    public interface Request {
        void write(OutputStream out) throws IOException;
    }

    private RawHttp() {}

    /// @param lines request line and headers, ISO 8859-1, without `Host` and `Connection`
    public static Answer send(String lines, byte[] body) {
        return send(
                out -> {
                    out.write(head(lines + "Content-Length: " + body.length + "\r\n"));
                    out.write(body);
                });
    }

    /// A body in chunks of 64 KiB, without its length said before.
    public static Answer sendChunked(String lines, int chunks) {
        var chunk = " ".repeat(1 << 16);
        return send(
                out -> {
                    out.write(head(lines + "Transfer-Encoding: chunked\r\n"));
                    for (var i = 0; i < chunks; i++) {
                        out.write(("10000\r\n" + chunk + "\r\n").getBytes(StandardCharsets.UTF_8));
                    }
                    out.write("0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
                });
    }

    public static byte[] head(String lines) {
        return (lines + "Host: localhost\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    public static Answer send(Request request) {
        return send(
                ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class),
                request);
    }

    /// The same, to a server that runs as a process of its own.
    public static Answer send(int port, Request request) {
        try (var socket = new Socket("localhost", port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            var writer =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            request.write(socket.getOutputStream());
                                            socket.getOutputStream().flush();
                                        } catch (IOException enough) {
                                            // The server need not read to the end of it.
                                        }
                                    });
            var bytes = new ByteArrayOutputStream();
            try {
                socket.getInputStream().transferTo(bytes);
            } catch (java.net.SocketException closed) {
                // What was answered before counts.
            }
            writer.interrupt();
            return parse(bytes.toString(StandardCharsets.UTF_8));
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private static Answer parse(String answer) {
        var end = answer.indexOf("\r\n\r\n");
        if (end < 0) {
            return new Answer(0, answer, "");
        }
        var status = Integer.parseInt(answer.substring(9, 12));
        return new Answer(status, answer.substring(0, end), answer.substring(end + 4));
    }
}
