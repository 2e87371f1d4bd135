package vintem.platform;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// What one node has found out and another need not find out again. Never the truth: whatever is
/// missing here is worked out anew.
///
/// Where `VINTEM_REDIS_URL` is set it is kept there, for all nodes; otherwise, and while Redis is
/// away, in this process. Redis being away costs one short wait a second, and fails nobody.
@Singleton
public final class SharedCache {
    private static final Logger LOG = Logger.getLogger(SharedCache.class);
    private static final String PREFIX = "vintem:cache:";
    private static final Duration PATIENCE = Duration.ofMillis(400);
    private static final Duration REST = Duration.ofSeconds(1);
    private static final long MOST_BYTES = 64L << 20;
    private static final String FIRST_CURSOR = "0";
    private static final int SCANNED_AT_ONCE = 1_000;

    private record Kept(byte[] value, Duration lifetime) {}

    /// Each entry has a lifetime of its own.
    private static final class Lifetimes implements Expiry<String, Kept> {
        @Override
        public long expireAfterCreate(String key, Kept kept, long now) {
            return kept.lifetime().toNanos();
        }

        @Override
        public long expireAfterUpdate(String key, Kept kept, long now, long left) {
            return kept.lifetime().toNanos();
        }

        @Override
        public long expireAfterRead(String key, Kept kept, long now, long left) {
            return left;
        }
    }

    private final Cache<String, Kept> own =
            Caffeine.newBuilder()
                    .maximumWeight(MOST_BYTES)
                    .<String, Kept>weigher((key, kept) -> key.length() + kept.value().length)
                    .expireAfter(new Lifetimes())
                    .build();
    private final @Nullable Redis redis;
    private volatile long awayUntilNanos = System.nanoTime();
    private volatile boolean saidAway;

    @Inject
    SharedCache(Vertx vertx) {
        this(vertx, Settings.text("redis-url"));
    }

    /// @param redisUrl as [Broadcast] has it
    public SharedCache(Vertx vertx, Optional<String> redisUrl) {
        redis =
                redisUrl.map(
                                url ->
                                        Redis.createClient(
                                                vertx, new RedisOptions().setConnectionString(url)))
                        .orElse(null);
    }

    public Optional<byte[]> get(String key) {
        var answer = ask(Request.cmd(Command.GET).arg(PREFIX + key));
        if (answer != null) {
            return answer.map(Response::toBytes);
        }
        return Optional.ofNullable(own.getIfPresent(key)).map(Kept::value);
    }

    public void put(String key, byte[] value, Duration lifetime) {
        var set =
                Request.cmd(Command.SET)
                        .arg(PREFIX + key)
                        .arg(value)
                        .arg("PX")
                        .arg(lifetime.toMillis());
        if (ask(set) == null) {
            own.put(key, new Kept(value, lifetime));
        }
    }

    /// Says that one is about to find something out.
    ///
    /// @return false where somebody else is, and says so for no longer than that
    public boolean claim(String key, Duration lifetime) {
        var set =
                Request.cmd(Command.SET)
                        .arg(PREFIX + key)
                        .arg("1")
                        .arg("NX")
                        .arg("PX")
                        .arg(lifetime.toMillis());
        var answer = ask(set);
        if (answer != null) {
            return answer.isPresent();
        }
        return own.asMap().putIfAbsent(key, new Kept(new byte[] {1}, lifetime)) == null;
    }

    /// Forgets whatever has a name that begins so, for all nodes. While Redis is away, what it
    /// holds ends by its lifetime; whoever hears that it is back may say so again.
    ///
    /// @param prefix without `*`, `?`, `[` and `\`
    public void forget(String prefix) {
        own.asMap().keySet().removeIf(key -> key.startsWith(prefix));
        if (redis == null) {
            return;
        }
        var cursor = FIRST_CURSOR;
        do {
            // Also while it is left alone for a second: it may just have come back.
            var page =
                    send(
                            Request.cmd(Command.SCAN)
                                    .arg(cursor)
                                    .arg("MATCH")
                                    .arg(PREFIX + prefix + "*")
                                    .arg("COUNT")
                                    .arg(SCANNED_AT_ONCE));
            if (page == null || page.isEmpty()) {
                return;
            }
            cursor = page.get().get(0).toString();
            var names = page.get().get(1);
            if (names.size() > 0) {
                var delete = Request.cmd(Command.DEL);
                names.forEach(name -> delete.arg(name.toBytes()));
                send(delete);
            }
        } while (!cursor.equals(FIRST_CURSOR));
    }

    /// Whether what is kept here is kept for all nodes at this moment.
    public boolean isShared() {
        return redis != null && System.nanoTime() - awayUntilNanos >= 0;
    }

    @PreDestroy
    public void close() {
        if (redis != null) {
            redis.close();
        }
    }

    /// @return null where there is no Redis, or none that answers
    private @Nullable Optional<Response> ask(Request request) {
        if (redis == null || System.nanoTime() - awayUntilNanos < 0) {
            return null;
        }
        return send(request);
    }

    private @Nullable Optional<Response> send(Request request) {
        if (redis == null) {
            return null;
        }
        try {
            var answer =
                    redis.send(request)
                            .toCompletionStage()
                            .toCompletableFuture()
                            .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (saidAway) {
                saidAway = false;
                LOG.info("Redis is back, and keeps what nodes share");
            }
            return Optional.ofNullable(answer);
        } catch (ExecutionException | TimeoutException away) {
            awayUntilNanos = System.nanoTime() + REST.toNanos();
            if (!saidAway) {
                saidAway = true;
                LOG.warn("Redis is away: each node keeps its own");
            }
            return null;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
