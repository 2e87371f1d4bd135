package vintem.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What nodes keep beside the database goes on all of them, once somebody was forgotten on one.
class ForgetEverywhereTest {
    private static final Vertx VERTX = Vertx.vertx();
    private static final Duration LONG = Duration.ofMinutes(10);

    private final List<AutoCloseable> open = new ArrayList<>();

    /// A module that keeps something of people in memory.
    private static final class Place implements PersonalData {
        private final AtomicInteger erased = new AtomicInteger();
        private final boolean broken;

        Place(boolean broken) {
            this.broken = broken;
        }

        @Override
        public String where() {
            return "place";
        }

        @Override
        public List<Found> find(Handle tx, Person person, int most) {
            return List.of();
        }

        @Override
        public List<String> export(Handle tx, Person person) {
            return List.of();
        }

        @Override
        public Erased erase(Handle tx, Erasure erasure) {
            return new Erased(0, Set.of());
        }

        @Override
        public void erased() {
            erased.incrementAndGet();
            if (broken) {
                throw new IllegalStateException("on purpose");
            }
        }
    }

    private record Node(Place place, Broadcast broadcast, ForgetEverywhere everywhere) {}

    private Node node(Optional<String> redisUrl) {
        var broadcast = new Broadcast(VERTX, redisUrl);
        open.add(broadcast::close);
        var place = new Place(false);
        var everywhere = new ForgetEverywhere(List.of(new Place(true), place), broadcast);
        everywhere.listen();
        return new Node(place, broadcast, everywhere);
    }

    @AfterEach
    void close() throws Exception {
        for (var each : open.reversed()) {
            each.close();
        }
    }

    @AfterAll
    static void close_vertx() {
        VERTX.close();
    }

    @Test
    void without_redis_it_is_done_once_when_the_call_returns_whoever_makes_a_mistake() {
        var node = node(Optional.empty());
        node.everywhere.committed();
        assertThat(node.place.erased).hasValue(1);
    }

    @Test
    void a_node_hears_what_another_one_has_forgotten() {
        try (var redis = RealRedis.start()) {
            var here = node(Optional.of(redis.url()));
            var there = node(Optional.of(redis.url()));
            Together.until(
                    "both reach each other",
                    () -> here.broadcast.reachesAll() && there.broadcast.reachesAll());
            var before = there.place.erased.get();
            here.everywhere.committed();
            assertThat(here.place.erased.get()).isPositive();
            Together.until("it is dropped there", () -> there.place.erased.get() > before);
        }
    }

    @Test
    void a_node_that_was_deaf_drops_what_it_has_when_redis_is_back() {
        try (var redis = RealRedis.start()) {
            var here = node(Optional.of(redis.url()));
            var there = node(Optional.of(redis.url()));
            Together.until(
                    "both reach each other",
                    () -> here.broadcast.reachesAll() && there.broadcast.reachesAll());
            redis.stop();
            Together.until(
                    "it is noticed",
                    () -> !here.broadcast.reachesAll() && !there.broadcast.reachesAll());
            var before = there.place.erased.get();
            here.everywhere.committed();
            assertThat(there.place.erased).hasValue(before);
            redis.startAgain();
            Together.until("it is dropped there", () -> there.place.erased.get() > before);
        }
    }

    @Test
    void what_nodes_share_in_redis_is_forgotten_by_the_beginning_of_its_name() {
        try (var redis = RealRedis.start()) {
            var one = cache(Optional.of(redis.url()));
            var other = cache(Optional.of(redis.url()));
            // More than one look at Redis finds.
            for (var i = 0; i < 2_500; i++) {
                one.put("frame:" + i, bytes("Ana"), LONG);
            }
            one.put("quote:PETR4", bytes("38.10"), LONG);
            assertThat(other.get("frame:7")).hasValue(bytes("Ana"));
            other.forget("frame:");
            assertThat(names(redis)).containsExactly("vintem:cache:quote:PETR4");
            assertThat(one.get("frame:7")).isEmpty();
        }
    }

    @Test
    void what_a_node_keeps_itself_while_redis_is_away_is_forgotten_too() {
        var alone = cache(Optional.empty());
        var lonely = cache(Optional.of("redis://127.0.0.1:" + RealRedis.freePort()));
        for (var cache : List.of(alone, lonely)) {
            cache.put("frame:1", bytes("Ana"), LONG);
            cache.put("quote:PETR4", bytes("38.10"), LONG);
            assertThat(cache.get("frame:1")).isPresent();
            cache.forget("frame:");
            assertThat(cache.get("frame:1")).isEmpty();
            assertThat(cache.get("quote:PETR4")).isPresent();
        }
    }

    @Test
    void what_redis_held_while_it_was_away_is_forgotten_when_it_is_asked_again() {
        try (var redis = RealRedis.start()) {
            var cache = cache(Optional.of(redis.url()));
            cache.put("frame:1", bytes("Ana"), LONG);
            var stranger = Redis.createClient(VERTX, redis.url());
            open.add(stranger::close);
            // It neither reads nor writes for longer than anybody waits.
            ask(stranger, Request.cmd(Command.CLIENT).arg("PAUSE").arg("1500").arg("ALL"));
            cache.forget("frame:");
            Together.until(
                    "Redis answers, and it is gone",
                    () -> {
                        cache.forget("frame:");
                        return names(redis).isEmpty();
                    });
        }
    }

    private SharedCache cache(Optional<String> redisUrl) {
        var cache = new SharedCache(VERTX, redisUrl);
        open.add(cache::close);
        return cache;
    }

    private static List<String> names(RealRedis redis) {
        var stranger = Redis.createClient(VERTX, redis.url());
        try {
            var names = new ArrayList<String>();
            ask(stranger, Request.cmd(Command.KEYS).arg("*"))
                    .forEach(name -> names.add(name.toString()));
            return names;
        } finally {
            stranger.close();
        }
    }

    private static io.vertx.redis.client.Response ask(Redis redis, Request request) {
        return redis.send(request).toCompletionStage().toCompletableFuture().join();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
