package vintem.platform;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
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

    /// The texts whose names match.
    public List<String> texts(String pattern) {
        var vertx = Vertx.vertx();
        try {
            var stranger = Redis.createClient(vertx, url());
            var texts = new ArrayList<String>();
            for (var name : ask(stranger, Request.cmd(Command.KEYS).arg(pattern))) {
                // Between two questions it may have ended.
                var text = ask(stranger, Request.cmd(Command.GET).arg(name.toBytes()));
                if (text != null) {
                    texts.add(text.toString());
                }
            }
            return texts;
        } finally {
            vertx.close();
        }
    }

    private static @Nullable Response ask(Redis redis, Request request) {
        return redis.send(request).toCompletionStage().toCompletableFuture().join();
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
