package vintem.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/// Many connections on the one thread that turns them: a load generator shares the cores with what
/// it measures, so each message costs it a read and a write and hardly more.
final class Wires implements AutoCloseable {
    /// What listens at our end of a connection.
    interface End {
        /// Bytes have come. What is left in the buffer comes again, with more behind it.
        void received(ByteBuffer bytes);

        /// The other side has closed it.
        void ended();
    }

    /// One connection.
    final class Wire {
        private final SocketChannel channel;
        private final End end;
        private final ByteBuffer bytes;

        private Wire(SocketChannel channel, End end, int mostBytes) {
            this.channel = channel;
            this.end = end;
            this.bytes = ByteBuffer.allocate(mostBytes);
        }

        void send(byte[] message) {
            try {
                if (channel.write(ByteBuffer.wrap(message)) < message.length) {
                    throw new IllegalStateException("the server does not read");
                }
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }

        void close() {
            try {
                channel.close();
            } catch (IOException closed) {
                // So it is.
            }
        }

        private void read() {
            if (!bytes.hasRemaining()) {
                throw new IllegalStateException("a longer message than was expected");
            }
            if (fill() < 0) {
                close();
                end.ended();
                return;
            }
            bytes.flip();
            end.received(bytes);
            bytes.compact();
        }

        private int fill() {
            try {
                return channel.read(bytes);
            } catch (IOException reset) {
                return -1;
            }
        }
    }

    private final SocketAddress server;
    private final Selector selector;

    Wires(SocketAddress server) throws IOException {
        this.server = server;
        this.selector = Selector.open();
    }

    /// @param mostBytes of the longest message that the server sends
    Wire open(End end, int mostBytes) throws IOException {
        var channel = SocketChannel.open(server);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        var wire = new Wire(channel, end, mostBytes);
        channel.register(selector, SelectionKey.OP_READ, wire);
        return wire;
    }

    /// Hands out what has come, after waiting for something where nothing has.
    ///
    /// @param mostMillis how long to wait, 0 for not at all
    void turn(long mostMillis) throws IOException {
        if (mostMillis > 0) {
            selector.select(key -> ((Wire) key.attachment()).read(), mostMillis);
        } else {
            selector.selectNow(key -> ((Wire) key.attachment()).read());
        }
    }

    @Override
    public void close() throws IOException {
        for (var key : selector.keys()) {
            ((Wire) key.attachment()).close();
        }
        selector.close();
    }
}
