package vintem.platform;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import vintem.platform.Broadcast.Hint;

/// Hints to and from the other nodes, through one channel of Redis.
///
/// One thread keeps two connections, for Redis lets nobody publish on the one that is subscribed.
/// Hints that wait while one message is on its way go together in the next. Each node hears its own
/// messages, too, and sends an empty one when it has nothing to say: so a subscription that has
/// silently died is noticed. How many hints were lost is said in the next message, and who hears
/// that reads again.
final class RedisChannel implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(RedisChannel.class);
    private static final String CHANNEL = "vintem:hints";
    private static final Pattern ADDRESS = Pattern.compile("rediss?://[^/ ]+(/.*)?");
    private static final int MOST_WAITING = 10_000;
    private static final int MOST_TOGETHER = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration QUIET = Duration.ofSeconds(3);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    /// Put in the queue where a connection has ended: no need to wait until something is sent.
    private static final Hint ENDED = new Hint("", "");

    /// What one message carries.
    record Envelope(String node, List<Hint> hints, long lost) {}

    /// Ends one pair of connections; the next one is tried.
    private static final class Broken extends Exception {
        private static final long serialVersionUID = 1;

        Broken(String message) {
            super(message);
        }
    }

    private final Vertx vertx;
    private final String url;
    private final Broadcast broadcast;
    private final String node = UUID.randomUUID().toString();
    private final BlockingQueue<Hint> queue = new ArrayBlockingQueue<>(MOST_WAITING);
    private final AtomicLong lost = new AtomicLong();
    private final Thread thread = Thread.ofVirtual().name("redis-hints").unstarted(this::run);
    private volatile boolean up;
    private volatile boolean closed;
    private volatile long heardAtNanos;
    private volatile @Nullable Redis held;

    // Of the thread alone.
    private Duration pause = FIRST_PAUSE;
    private boolean saidAway;

    /// @throws IllegalArgumentException where the address is none, in words for the operator
    RedisChannel(Vertx vertx, String url, Broadcast broadcast) {
        check(url);
        this.vertx = vertx;
        this.url = url;
        this.broadcast = broadcast;
    }

    void start() {
        thread.start();
    }

    boolean isUp() {
        return up;
    }

    /// Takes a hint to be sent, or loses it.
    void offer(Hint hint) {
        if (!up || !queue.offer(hint)) {
            lost.incrementAndGet();
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(PATIENCE);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// @see Broadcast#ask
    static String ask(String url, Duration patience) {
        check(url);
        var vertx = Vertx.vertx();
        try {
            var redis = Redis.createClient(vertx, options(url, patience));
            var connection = await(redis.connect(), patience);
            var info = await(connection.send(Request.cmd(Command.INFO).arg("server")), patience);
            return info.toString()
                    .lines()
                    .filter(line -> line.startsWith("redis_version:"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse("of an unknown version");
        } catch (Broken | RuntimeException failed) {
            throw new IllegalStateException(String.valueOf(failed.getMessage()), failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        } finally {
            vertx.close();
        }
    }

    private void run() {
        while (!closed) {
            try {
                hold();
            } catch (InterruptedException interrupted) {
                return;
            } catch (Broken | RuntimeException failed) {
                if (!saidAway && !closed) {
                    saidAway = true;
                    LOG.warnf(
                            "Redis at %s is away (%s): other nodes get no hints until it is back",
                            host(url), failed.getMessage());
                }
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException interrupted) {
                return;
            }
            pause = smaller(pause.multipliedBy(2), LONGEST_PAUSE);
        }
    }

    /// Connects, and passes hints until something breaks.
    private void hold() throws Broken, InterruptedException {
        var redis = Redis.createClient(vertx, options(url, PATIENCE));
        held = redis;
        try {
            var publisher = connect(redis);
            subscribe(redis);
            up = true;
            pause = FIRST_PAUSE;
            if (saidAway) {
                saidAway = false;
                LOG.infof("Redis is back; hints to other nodes lost: %d", lost.get());
            }
            // What the other nodes told while this one was deaf.
            broadcast.readAgain();
            pass(publisher);
        } finally {
            up = false;
            held = null;
            redis.close();
            lost.addAndGet(queue.size());
            queue.clear();
        }
    }

    private RedisConnection connect(Redis redis) throws Broken, InterruptedException {
        var connection = await(redis.connect(), PATIENCE);
        connection.exceptionHandler(failed -> LOG.debug("a connection to Redis failed", failed));
        connection.endHandler(
                _ -> {
                    if (held == redis) {
                        queue.offer(ENDED);
                    }
                });
        return connection;
    }

    private void subscribe(Redis redis) throws Broken, InterruptedException {
        var subscriber = connect(redis);
        subscriber.handler(this::received);
        heardAtNanos = System.nanoTime();
        await(subscriber.send(Request.cmd(Command.SUBSCRIBE).arg(CHANNEL)), PATIENCE);
    }

    /// Sends what waits, until something breaks.
    private void pass(RedisConnection publisher) throws Broken, InterruptedException {
        while (!closed) {
            var hints = new ArrayList<Hint>();
            var first = queue.poll(QUIET.toMillis(), TimeUnit.MILLISECONDS);
            if (first != null) {
                hints.add(first);
                queue.drainTo(hints, MOST_TOGETHER - 1);
            }
            if (hints.removeIf(hint -> hint == ENDED)) {
                lost.addAndGet(hints.size());
                throw new Broken("the connection has ended");
            }
            var before = lost.getAndSet(0);
            var message = Json.text(new Envelope(node, hints, before));
            try {
                await(
                        publisher.send(Request.cmd(Command.PUBLISH).arg(CHANNEL).arg(message)),
                        PATIENCE);
            } catch (Broken broken) {
                lost.addAndGet(before + hints.size());
                throw broken;
            }
            if (System.nanoTime() - heardAtNanos > QUIET.plus(PATIENCE).toNanos()) {
                throw new Broken("the subscription is silent");
            }
        }
    }

    /// On an event loop: listeners do not wait. It throws nothing, or the client would lose its
    /// place in what Redis says.
    private void received(Response push) {
        try {
            if (push.size() == 3 && "message".equals(push.get(0).toString())) {
                heardAtNanos = System.nanoTime();
                pass(Json.readOwn(push.get(2).toString(), Envelope.class));
            }
        } catch (RuntimeException notOurs) {
            LOG.debugf("somebody else speaks on %s: %s", CHANNEL, notOurs);
        }
    }

    private void pass(Envelope envelope) {
        if (node.equals(envelope.node())) {
            return;
        }
        envelope.hints().forEach(broadcast::deliver);
        if (envelope.lost() > 0) {
            broadcast.readAgain();
        }
    }

    /// In our own words, for a library's would repeat the password.
    private static void check(String url) {
        if (!ADDRESS.matcher(url).matches()) {
            throw new IllegalArgumentException(
                    "VINTEM_REDIS_URL is redis://host:port or rediss://user:password@host:port");
        }
    }

    private static RedisOptions options(String url, Duration patience) {
        return new RedisOptions()
                .setConnectionString(url)
                .setNetClientOptions(
                        new NetClientOptions()
                                .setConnectTimeout(Math.toIntExact(patience.toMillis()))
                                .setTcpKeepAlive(true)
                                .setTcpNoDelay(true));
    }

    private static <T> T await(Future<T> future, Duration patience)
            throws Broken, InterruptedException {
        try {
            return future.toCompletionStage()
                    .toCompletableFuture()
                    .get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            throw new Broken(String.valueOf(failed.getCause().getMessage()));
        } catch (TimeoutException silent) {
            throw new Broken("no answer within " + patience.toSeconds() + " s");
        }
    }

    /// The part of the address that may be written into a log.
    private static String host(String url) {
        try {
            var uri = URI.create(url);
            return uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
        } catch (IllegalArgumentException notAnAddress) {
            return "VINTEM_REDIS_URL";
        }
    }

    private static Duration smaller(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
