package vintem.platform;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/// One WebSocket within bounds: who reads too slowly, writes too much, sends what is not text or is
/// silent is disconnected.
///
/// Vert.x gives the frames; the bounds are laid on the connection below it, since it answers a ping
/// with a pong by itself, whether or not those are ever read.
public final class Line implements Sockets.Living {
    /// What the client sends, on the connection's event loop.
    public interface Receiver {
        void received(Line line, String text);

        /// The connection has ended, however it did.
        default void ended(Line line) {}
    }

    public static final short DONE = 1000;
    public static final short NOT_TEXT = 1003;
    public static final short REFUSED = 1008;
    public static final short TOO_BIG = 1009;
    public static final short OUR_MISTAKE = 1011;

    private static final int MOST_FRAMES_A_SECOND = 100;
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final ServerWebSocket socket;
    private final ConnectionBase connection;
    private final Sockets.Limits limits;
    private volatile long heardAtNanos = System.nanoTime();
    private volatile long askedAtNanos = heardAtNanos;

    private Line(ServerWebSocket socket, ConnectionBase connection, Sockets.Limits limits) {
        this.socket = socket;
        this.connection = connection;
        this.limits = limits;
    }

    /// Turns a request into a WebSocket, or fails and has answered the request.
    public static Future<Line> open(
            HttpServerRequest request, Sockets.Limits limits, Receiver receiver) {
        var connection = connection(request);
        return request.toWebSocket()
                .map(
                        socket -> {
                            var line = new Line(socket, connection, limits);
                            line.attach(receiver);
                            return line;
                        })
                .onFailure(_ -> Sockets.refuse(request, Problem.invalid("This is no WebSocket.")));
    }

    /// Where everything about the request's connection runs one after the other.
    public static Executor loop(HttpServerRequest request) {
        var context = connection(request).getContext();
        return task -> context.runOnContext(_ -> task.run());
    }

    /// Runs it when the request's connection has ended, however it did; at once where it has.
    public static void whenEnded(HttpServerRequest request, Runnable run) {
        connection(request).channel().closeFuture().addListener(_ -> run.run());
    }

    /// Sends it, unless the client has not read what it was sent before.
    public void send(String text) {
        if (connection.isNotWritable()) {
            cut();
        } else if (!socket.isClosed()) {
            socket.writeTextMessage(text);
        }
    }

    /// Whether the client has not read yet what it was sent before.
    public boolean isBehind() {
        return connection.isNotWritable();
    }

    /// Says goodbye, and does not wait long for the answer.
    public void close(short code) {
        if (!socket.isClosed()) {
            socket.close(code);
        }
        var channel = connection.channel();
        if (channel.isActive()) {
            channel.eventLoop().schedule(this::cut, CLOSING.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /// Ends the connection without a word, with all that was still to be written.
    public void cut() {
        // From here on down: Vert.x, above, would say goodbye first.
        connection.channelHandlerContext().close();
    }

    /// Asks whether somebody is there, or gives up. Protocols with a ping of their own do not use
    /// this.
    @Override
    public void beat(long nowNanos) {
        var asked = askedAtNanos;
        if (heardAtNanos - asked < 0) {
            if (nowNanos - asked > limits.patience().toNanos()) {
                cut();
            }
        } else if (nowNanos - asked > limits.ping().toNanos()) {
            askedAtNanos = System.nanoTime();
            if (connection.isNotWritable()) {
                cut();
            } else if (!socket.isClosed()) {
                socket.writePing(Buffer.buffer());
            }
        }
    }

    private void attach(Receiver receiver) {
        var pipeline = connection.channelHandlerContext().pipeline();
        pipeline.addBefore(connection.channelHandlerContext().name(), "bounds", new Bounds());
        socket.textMessageHandler(text -> receiver.received(this, text));
        socket.binaryMessageHandler(_ -> close(NOT_TEXT));
        socket.pongHandler(_ -> heardAtNanos = System.nanoTime());
        socket.exceptionHandler(this::failed);
        connection.channel().closeFuture().addListener(_ -> receiver.ended(this));
    }

    private void failed(Throwable failed) {
        switch (failed) {
            case CorruptedWebSocketFrameException broken ->
                    close((short) broken.closeStatus().code());
            // Many frames that make too large a message.
            case IllegalStateException _ -> close(TOO_BIG);
            default -> cut();
        }
    }

    private static ConnectionBase connection(HttpServerRequest request) {
        return (ConnectionBase) request.connection();
    }

    /// Stands before Vert.x on one connection, on its event loop.
    private static final class Bounds extends ChannelInboundHandlerAdapter {
        private long second = System.nanoTime();
        private int frames;

        @Override
        public void channelRead(ChannelHandlerContext channel, Object message) {
            if (message instanceof WebSocketFrame && isTooMuch(channel)) {
                ReferenceCountUtil.release(message);
                channel.close();
            } else {
                channel.fireChannelRead(message);
            }
        }

        private boolean isTooMuch(ChannelHandlerContext channel) {
            var now = System.nanoTime();
            if (now - second > TimeUnit.SECONDS.toNanos(1)) {
                second = now;
                frames = 0;
            }
            frames++;
            // Who does not read what we send has no business to send more.
            return frames > MOST_FRAMES_A_SECOND || !channel.channel().isWritable();
        }
    }
}
