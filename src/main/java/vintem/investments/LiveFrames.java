package vintem.investments;

import io.vertx.core.Vertx;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import vintem.platform.Broadcast;
import vintem.platform.Line;
import vintem.platform.Metrics;
import vintem.platform.Problem;

/// Texts that many look at: each is worked out once, however many they are, and sent to all of them
/// at once when they come, every five seconds, and when it has changed.
///
/// Who does not read is skipped, so that nothing queues up, and after five seconds cut off.
@Singleton
class LiveFrames {
    /// Works out what is to be shown. Called on a thread that may wait, by one at a time.
    interface Source {
        String latest();

        /// Somebody was forgotten: what is kept of the last one may name them. Called on the same
        /// thread, before the next one.
        default void forget() {}
    }

    /// What one connection wants to see.
    ///
    /// @param key equal for those that see the same
    /// @param hints the topic that tells of changes
    record Wanted(String key, String hints, Supplier<Source> source) {}

    private static final Logger LOG = Logger.getLogger(LiveFrames.class);
    private static final Duration TICK = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration REST = Duration.ofMillis(100);
    private static final int MOST_FEEDS = 64;
    private static final Metrics.Counter WORKED_OUT =
            Metrics.counter(
                    "vintem_live_frames_total",
                    "Frames of figures and prices that were worked out for those who look");

    private final Vertx vertx;
    private final Broadcast broadcast;
    private final Duration tick;
    private final Duration patience;
    private final Map<String, Feed> feeds = new ConcurrentHashMap<>();

    @Inject
    LiveFrames(Vertx vertx, Broadcast broadcast) {
        this(vertx, broadcast, TICK, PATIENCE);
    }

    LiveFrames(Vertx vertx, Broadcast broadcast, Duration tick, Duration patience) {
        this.vertx = vertx;
        this.broadcast = broadcast;
        this.tick = tick;
        this.patience = patience;
    }

    /// Shows it on this connection until it is left.
    ///
    /// @throws Problem `503` where too many different things are looked at
    Seat join(Wanted wanted, Line line, Executor loop) {
        var seat = new Seat[1];
        feeds.compute(
                wanted.key(),
                (_, there) -> {
                    if (there == null && feeds.size() >= MOST_FEEDS) {
                        throw Problem.unavailable("Too many months are looked at.", 30);
                    }
                    var feed = there == null ? new Feed(wanted) : there;
                    seat[0] = new Seat(feed, line, loop);
                    feed.seats.add(seat[0]);
                    return feed;
                });
        seat[0].feed.refresh();
        return seat[0];
    }

    /// Different things that are looked at now.
    int open() {
        return feeds.size();
    }

    /// Somebody was forgotten: what is looked at is worked out anew.
    void forget() {
        feeds.values().forEach(Feed::forget);
    }

    @PreDestroy
    void close() {
        feeds.values().forEach(Feed::stop);
    }

    /// One text, and who looks at it.
    private final class Feed implements Broadcast.Listener {
        private final String key;
        private final Source source;
        private final Set<Seat> seats = ConcurrentHashMap.newKeySet();
        private final Broadcast.Listening listening;
        private final long timer;
        private boolean working;
        private boolean again;
        private boolean ticked;
        private boolean forgetting;
        private volatile String shown = "";

        Feed(Wanted wanted) {
            key = wanted.key();
            source = wanted.source().get();
            // Before anything is read: what happens in between is told.
            listening = broadcast.listen(wanted.hints(), this);
            timer = vertx.setPeriodic(tick.toMillis(), _ -> tick());
        }

        void stop() {
            listening.close();
            vertx.cancelTimer(timer);
        }

        @Override
        public void told(String topic, String message) {
            refresh();
        }

        @Override
        public void readAgain() {
            refresh();
        }

        private void tick() {
            synchronized (this) {
                ticked = true;
            }
            refresh();
        }

        void forget() {
            synchronized (this) {
                forgetting = true;
            }
            refresh();
        }

        /// One after the other: what comes meanwhile is one more, afterwards.
        void refresh() {
            synchronized (this) {
                if (working) {
                    again = true;
                    return;
                }
                working = true;
            }
            Thread.ofVirtual().name("live-frame").start(this::work);
        }

        private void work() {
            while (true) {
                boolean toAll;
                boolean forget;
                synchronized (this) {
                    again = false;
                    toAll = ticked;
                    ticked = false;
                    forget = forgetting;
                    forgetting = false;
                }
                try {
                    if (forget) {
                        source.forget();
                    }
                    var text = source.latest();
                    WORKED_OUT.increment();
                    var changed = !text.equals(shown);
                    shown = text;
                    for (var seat : seats) {
                        seat.show(text, toAll || changed);
                    }
                    // A flood of changes is not one of frames.
                    Thread.sleep(REST);
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                } catch (RuntimeException away) {
                    LOG.warnf("what %s shows cannot be read: %s", key, away);
                    seats.forEach(Seat::failed);
                }
                synchronized (this) {
                    if (!again) {
                        working = false;
                        return;
                    }
                }
            }
        }
    }

    /// One connection.
    final class Seat {
        private final Feed feed;
        private final Line line;
        private final Executor loop;
        // Of its event loop alone.
        private boolean served;
        private long behindSinceNanos;

        private Seat(Feed feed, Line line, Executor loop) {
            this.feed = feed;
            this.line = line;
            this.loop = loop;
        }

        /// Leaving twice does nothing.
        void leave() {
            feeds.computeIfPresent(
                    feed.key,
                    (_, there) -> {
                        if (there != feed) {
                            return there;
                        }
                        feed.seats.remove(this);
                        if (!feed.seats.isEmpty()) {
                            return feed;
                        }
                        feed.stop();
                        return null;
                    });
        }

        private void show(String text, boolean toAll) {
            loop.execute(
                    () -> {
                        if (toAll || !served) {
                            served = true;
                            send(text);
                        }
                    });
        }

        private void send(String text) {
            if (!line.isBehind()) {
                behindSinceNanos = 0;
                line.send(text);
            } else if (behindSinceNanos == 0) {
                behindSinceNanos = System.nanoTime();
            } else if (System.nanoTime() - behindSinceNanos > patience.toNanos()) {
                line.cut();
            }
        }

        /// Who was shown something keeps it; who was not connects again.
        private void failed() {
            loop.execute(
                    () -> {
                        if (!served) {
                            line.close(Line.OUR_MISTAKE);
                        }
                    });
        }
    }
}
