package vintem;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// A WebSocket that is driven frame by frame, also in ways that no decent client knows.
public final class RawWebSocket implements AutoCloseable {
    public static final int CONTINUATION = 0;
    public static final int TEXT = 1;
    public static final int BINARY = 2;
    public static final int CLOSE = 8;
    public static final int PING = 9;
    public static final int PONG = 10;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int FINAL = 0x80;
    private static final int MASKED = 0x80;

    /// One frame of the server; `opcode` -1 where the line ended instead.
    public record Frame(int opcode, byte[] payload) {
        public static final int ENDED = -1;

        public String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        /// The code of a close frame.
        public int code() {
            return payload.length < 2 ? 0 : ByteBuffer.wrap(payload).getShort();
        }
    }

    private final Socket socket;
    private final DataInputStream in;
    private final String head;

    private RawWebSocket(Socket socket, String head) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
        this.head = head;
    }

    /// Asks for a WebSocket; whether it is one, [#status] says.
    ///
    /// @param headers more of them, each ended by CRLF
    public static RawWebSocket open(int port, String path, String headers) {
        return open(new Socket(), port, path, headers);
    }

    /// The same with a buffer so small that what is not read soon waits at the server.
    public static RawWebSocket openSlow(int port, String path) {
        var socket = new Socket();
        try {
            socket.setReceiveBufferSize(1_024);
        } catch (SocketException failed) {
            throw new AssertionError(failed);
        }
        return open(socket, port, path, "");
    }

    private static RawWebSocket open(Socket socket, int port, String path, String headers) {
        try {
            socket.connect(new java.net.InetSocketAddress("127.0.0.1", port));
            socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
            socket.setTcpNoDelay(true);
            var request =
                    "GET "
                            + path
                            + " HTTP/1.1\r\nHost: 127.0.0.1:"
                            + port
                            + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                            + "Sec-WebSocket-Version: 13\r\n"
                            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                            + "Sec-WebSocket-Extensions: permessage-deflate\r\n"
                            + headers
                            + "\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new RawWebSocket(socket, readHead(socket));
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    public int status() {
        return head.isEmpty() ? 0 : Integer.parseInt(head.substring(9, 12));
    }

    /// The answer's status line and headers.
    public String head() {
        return head;
    }

    public void text(String text) {
        send(TEXT, true, text.getBytes(StandardCharsets.UTF_8));
    }

    /// A frame; where the server has had enough, nothing happens.
    public void send(int opcode, boolean isFinal, byte[] payload) {
        write(frame(opcode, isFinal, true, payload));
    }

    /// Any bytes at all.
    public void write(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        } catch (IOException enough) {
            // What the server says to it is read.
        }
    }

    public static byte[] frame(int opcode, boolean isFinal, boolean isMasked, byte[] payload) {
        var bytes = new ByteArrayOutputStream();
        bytes.write(opcode | (isFinal ? FINAL : 0));
        var mask = isMasked ? MASKED : 0;
        if (payload.length < 126) {
            bytes.write(mask | payload.length);
        } else if (payload.length < 1 << 16) {
            bytes.write(mask | 126);
            bytes.writeBytes(ByteBuffer.allocate(2).putShort((short) payload.length).array());
        } else {
            bytes.write(mask | 127);
            bytes.writeBytes(ByteBuffer.allocate(8).putLong(payload.length).array());
        }
        if (isMasked) {
            // Masked with zeros: as it is.
            bytes.writeBytes(new byte[4]);
        }
        bytes.writeBytes(payload);
        return bytes.toByteArray();
    }

    /// The next frame, whatever it is.
    public Frame read() {
        try {
            var opcode = in.readUnsignedByte() & 0x0f;
            var length = in.readUnsignedByte() & 0x7f;
            if (length == 126) {
                length = in.readUnsignedShort();
            } else if (length == 127) {
                length = Math.toIntExact(in.readLong());
            }
            return new Frame(opcode, in.readNBytes(length));
        } catch (SocketTimeoutException silent) {
            throw new AssertionError("the server is silent", silent);
        } catch (EOFException | SocketException ended) {
            return new Frame(Frame.ENDED, new byte[0]);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    /// The next text; an AssertionError where something else comes. A ping before is answered, as
    /// every client does: one comes where the machine stood still for as long as the server waits.
    public String readText() {
        var frame = read();
        while (frame.opcode() == PING) {
            send(PONG, true, frame.payload());
            frame = read();
        }
        if (frame.opcode() != TEXT) {
            throw new AssertionError("no text, but %d: %d".formatted(frame.opcode(), frame.code()));
        }
        return frame.text();
    }

    /// Reads to the end, and says goodbye as is proper.
    ///
    /// @return the code of the close frame, 0 where the line ended without one
    public int readToEnd() {
        var code = 0;
        while (true) {
            var frame = read();
            if (frame.opcode() == Frame.ENDED) {
                return code;
            }
            if (frame.opcode() == CLOSE) {
                code = frame.code();
                send(CLOSE, true, frame.payload());
            }
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private static String readHead(Socket socket) throws IOException {
        var bytes = new ByteArrayOutputStream();
        while (!bytes.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            var next = socket.getInputStream().read();
            if (next < 0) {
                break;
            }
            bytes.write(next);
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }
}
