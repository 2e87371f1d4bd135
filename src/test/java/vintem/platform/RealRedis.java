package vintem.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import redis.embedded.RedisServer;

/// A real Redis on one port, to be stopped and started again.
public final class RealRedis implements AutoCloseable {
    private final int port;
    private RedisServer server;

    private RealRedis(int port) {
        this.port = port;
    }

    public static RealRedis start() {
        var redis = new RealRedis(freePort());
        redis.startAgain();
        return redis;
    }

    /// A port where nobody listens at this moment.
    public static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    public void startAgain() {
        try {
            server =
                    RedisServer.newRedisServer()
                            .port(port)
                            .bind("127.0.0.1")
                            .setting("save \"\"")
                            .build();
            server.start();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// It is gone, with all its connections.
    public void stop() {
        try {
            server.stop();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    @Override
    public void close() {
        if (server.isActive()) {
            stop();
        }
    }
}
