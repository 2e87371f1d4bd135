package vintem.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// Somebody who has a payment's page open: one WebSocket, and what came over it.
final class Watcher implements Wires.End {
    /// What is spoken over the WebSocket.
    enum Protocol {
        /// `/ws/payments/<id>`: the first frame is the state.
        PLAIN {
            @Override
            String target(String paymentId) {
                return "/ws/payments/" + paymentId;
            }

            @Override
            void received(Watcher watcher, String text) {
                if (text.startsWith("{\"event\":\"payment-confirmed\"")) {
                    watcher.told();
                } else {
                    watcher.ready = true;
                }
            }
        },
        /// `socket.io-client` when it begins with a WebSocket.
        SOCKET_IO {
            @Override
            String target(String paymentId) {
                return "/socket.io/?EIO=4&transport=websocket&payment_id=" + paymentId;
            }

            @Override
            void received(Watcher watcher, String text) {
                if (text.startsWith("42[\"payment-confirmed-")) {
                    watcher.told();
                } else if (text.startsWith("40")) {
                    watcher.ready = true;
                } else if (text.startsWith("0")) {
                    watcher.send(TEXT, "40");
                } else if (text.equals("2")) {
                    watcher.send(TEXT, "3");
                }
            }
        };

        abstract String target(String paymentId);

        abstract void received(Watcher watcher, String text);
    }

    private static final int MOST_BYTES = 1_024;
    private static final int TEXT = 0x1;
    private static final int CLOSE = 0x8;
    private static final int PING = 0x9;
    private static final int PONG = 0xA;
    private static final int LONG = 126;

    private final Protocol protocol;
    private final Wires.Wire wire;
    private boolean upgraded;
    private boolean ready;
    private boolean ended;
    private int times;
    private long toldAtMicros;
    private long toldAtNanos;

    private Watcher(Wires wires, Protocol protocol) throws IOException {
        this.protocol = protocol;
        this.wire = wires.open(this, MOST_BYTES);
    }

    static Watcher open(Wires wires, Protocol protocol, String paymentId) throws IOException {
        var watcher = new Watcher(wires, protocol);
        var upgrade =
                "GET "
                        + protocol.target(paymentId)
                        + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
                        + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        watcher.wire.send(upgrade.getBytes(StandardCharsets.US_ASCII));
        return watcher;
    }

    /// Whether it would be told from now on.
    boolean isReady() {
        return ready;
    }

    boolean isEnded() {
        return ended;
    }

    /// How often it was told that its payment is confirmed.
    int timesTold() {
        return times;
    }

    /// When it was told, by the clock that the database has, too: microseconds since 1970.
    long toldAtMicros() {
        return toldAtMicros;
    }

    /// The same by [System#nanoTime].
    long toldAtNanos() {
        return toldAtNanos;
    }

    void close() {
        wire.close();
    }

    @Override
    public void received(ByteBuffer bytes) {
        if (!upgraded) {
            var head = HttpLoad.headLength(bytes);
            if (head == 0) {
                return;
            }
            var header = HttpLoad.text(bytes, 0, head);
            if (!header.startsWith("HTTP/1.1 101")) {
                throw new IllegalStateException("no WebSocket: " + header);
            }
            bytes.position(bytes.position() + head);
            upgraded = true;
        }
        while (frame(bytes)) {
            // One after the other.
        }
    }

    @Override
    public void ended() {
        ended = true;
    }

    /// Takes one frame, where it is complete. A server masks nothing, and ours splits nothing.
    private boolean frame(ByteBuffer bytes) {
        if (bytes.remaining() < 2) {
            return false;
        }
        var at = bytes.position();
        var length = bytes.get(at + 1) & 0x7F;
        var head = 2;
        if (length == LONG) {
            if (bytes.remaining() < 4) {
                return false;
            }
            length = bytes.getShort(at + 2) & 0xFFFF;
            head = 4;
        }
        if (bytes.remaining() < head + length) {
            return false;
        }
        switch (bytes.get(at) & 0x0F) {
            case TEXT -> protocol.received(this, HttpLoad.text(bytes, head, length));
            case PING -> send(PONG, HttpLoad.text(bytes, head, length));
            case CLOSE -> ended = true;
            default -> throw new IllegalStateException("a frame of an unknown kind");
        }
        bytes.position(at + head + length);
        return true;
    }

    private void told() {
        times++;
        toldAtNanos = System.nanoTime();
        toldAtMicros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /// Clients mask; four zeros leave the text as it is.
    private void send(int kind, String text) {
        var payload = text.getBytes(StandardCharsets.ISO_8859_1);
        wire.send(
                ByteBuffer.allocate(6 + payload.length)
                        .put((byte) (0x80 | kind))
                        .put((byte) (0x80 | payload.length))
                        .putInt(0)
                        .put(payload)
                        .array());
    }
}
