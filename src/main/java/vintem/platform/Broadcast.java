package vintem.platform;

import io.vertx.core.Vertx;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Hints to whoever is looking: "something about this has changed". Never the truth itself: the
/// listener reads it again, and what it shows first is the state, so a lost hint costs nothing.
///
/// On this node a hint is delivered at once. Where `VINTEM_REDIS_URL` is set the other nodes get it
/// through Redis, at most once. Redis being away neither fails nor slows the teller: hints to other
/// nodes are lost meanwhile, and when it is back the listeners are asked to read again.
@Singleton
public final class Broadcast {
    /// Somebody who looks. Called on the thread of the teller, so it must not wait for anything.
    public interface Listener {
        void told(String topic, String message);

        /// Hints may have been lost: read again.
        default void readAgain() {}
    }

    /// Listens until it is closed; closing twice does nothing.
    public interface Listening extends AutoCloseable {
        @Override
        void close();
    }

    record Hint(String topic, String message) {}

    private record Prefixed(String prefix, Listener listener) {
        boolean overlaps(String other) {
            return prefix.startsWith(other) || other.startsWith(prefix);
        }
    }

    private static final Logger LOG = Logger.getLogger(Broadcast.class);

    private final Map<String, Set<Listener>> listeners = new ConcurrentHashMap<>();
    private final List<Prefixed> prefixed = new CopyOnWriteArrayList<>();
    private final @Nullable RedisChannel others;

    @Inject
    Broadcast(Vertx vertx) {
        this(vertx, Settings.text("redis-url"));
    }

    /// @param redisUrl `redis://user:password@host:port`, or `rediss://…` for TLS
    public Broadcast(Vertx vertx, Optional<String> redisUrl) {
        others = redisUrl.map(url -> new RedisChannel(vertx, url, this)).orElse(null);
        if (others != null) {
            others.start();
        }
    }

    /// Tells everybody who listens to the topic, on all nodes. To be called after the commit of
    /// what it tells of; never fails, never waits.
    public void tell(String topic, String message) {
        var hint = new Hint(topic, message);
        deliver(hint);
        if (others != null) {
            others.offer(hint);
        }
    }

    /// Listens to one topic. Who reads the state after this call misses nothing.
    public Listening listen(String topic, Listener listener) {
        listeners.compute(
                topic,
                (_, those) -> {
                    var all = those == null ? ConcurrentHashMap.<Listener>newKeySet(1) : those;
                    all.add(listener);
                    return all;
                });
        return () ->
                listeners.computeIfPresent(
                        topic,
                        (_, those) -> {
                            those.remove(listener);
                            return those.isEmpty() ? null : those;
                        });
    }

    /// Listens to every topic that starts so. For a few listeners: each hint asks all of them.
    public Listening listenToAll(String prefix, Listener listener) {
        var entry = new Prefixed(prefix, listener);
        prefixed.add(entry);
        return () -> prefixed.remove(entry);
    }

    /// Whether a hint about a topic that starts so could reach anybody at this moment. Who comes
    /// later reads the state before anything else.
    public boolean isHeard(String prefix) {
        return others != null
                || listeners.keySet().stream().anyMatch(topic -> topic.startsWith(prefix))
                || prefixed.stream().anyMatch(it -> it.overlaps(prefix));
    }

    /// Topics that somebody listens to.
    public int topics() {
        return listeners.size();
    }

    /// Whether hints reach the other nodes at this moment; true where there are none.
    public boolean reachesAll() {
        return others == null || others.isUp();
    }

    /// Asks a Redis how it is, for `doctor`.
    ///
    /// @return its version
    /// @throws IllegalArgumentException where that is no address
    /// @throws IllegalStateException where it does not answer in time; both in words for the
    ///     operator
    public static String ask(String redisUrl, Duration patience) {
        return RedisChannel.ask(redisUrl, patience);
    }

    @PreDestroy
    public void close() {
        if (others != null) {
            others.close();
        }
    }

    /// To those on this node.
    void deliver(Hint hint) {
        var those = listeners.get(hint.topic());
        if (those != null) {
            those.forEach(listener -> tell(listener, hint));
        }
        for (var each : prefixed) {
            if (hint.topic().startsWith(each.prefix())) {
                tell(each.listener(), hint);
            }
        }
    }

    void readAgain() {
        listeners.values().forEach(those -> those.forEach(this::readAgain));
        prefixed.forEach(each -> readAgain(each.listener()));
    }

    // One listener's mistake is no other's, and never the teller's.
    private void tell(Listener listener, Hint hint) {
        try {
            listener.told(hint.topic(), hint.message());
        } catch (RuntimeException failed) {
            LOG.error("a listener failed", failed);
        }
    }

    private void readAgain(Listener listener) {
        try {
            listener.readAgain();
        } catch (RuntimeException failed) {
            LOG.error("a listener failed", failed);
        }
    }
}
