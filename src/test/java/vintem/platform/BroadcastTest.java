package vintem.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BroadcastTest {
    private static final Vertx VERTX = Vertx.vertx();

    private final List<Broadcast> nodes = new ArrayList<>();

    /// Keeps what it is told.
    private static final class Ear implements Broadcast.Listener {
        private final List<String> told = new CopyOnWriteArrayList<>();
        private final AtomicInteger readAgain = new AtomicInteger();

        @Override
        public void told(String topic, String message) {
            told.add(topic + "=" + message);
        }

        @Override
        public void readAgain() {
            readAgain.incrementAndGet();
        }
    }

    @AfterEach
    void close_nodes() {
        nodes.forEach(Broadcast::close);
    }

    @AfterAll
    static void close_vertx() {
        VERTX.close();
    }

    @Test
    void a_hint_reaches_those_who_listen_to_its_topic_until_they_stop() {
        var node = node(Optional.empty());
        var one = new Ear();
        var other = new Ear();
        var all = new Ear();
        node.listen("payment:2", other);
        var listening = node.listen("payment:1", one);
        var everything = node.listenToAll("payment:", all);

        node.tell("payment:1", "a");
        node.tell("payout:1", "b");
        listening.close();
        listening.close();
        everything.close();
        node.tell("payment:1", "c");
        assertThat(one.told).containsExactly("payment:1=a");
        assertThat(other.told).isEmpty();
        assertThat(all.told).containsExactly("payment:1=a");
        assertThat(node.topics()).isOne();
    }

    @Test
    void nobody_hears_what_nobody_on_a_node_by_itself_listens_to() {
        var node = node(Optional.empty());
        node.listen("forget", new Ear());
        assertThat(node.isHeard("payment:")).isFalse();
        try (var _ = node.listen("payment:1", new Ear())) {
            assertThat(node.isHeard("payment:")).isTrue();
        }
        assertThat(node.isHeard("payment:")).isFalse();
        try (var _ = node.listenToAll("pay", new Ear())) {
            assertThat(node.isHeard("payment:")).isTrue();
        }
        // Who listens on other nodes, none can tell.
        assertThat(node(Optional.of("redis://127.0.0.1:1")).isHeard("payment:")).isTrue();
    }

    @Test
    void a_listener_that_fails_harms_neither_the_teller_nor_the_others() {
        var node = node(Optional.empty());
        var one = new Ear();
        node.listen(
                "t",
                (_, _) -> {
                    throw new IllegalStateException("on purpose");
                });
        node.listen("t", one);
        node.tell("t", "m");
        assertThat(one.told).containsExactly("t=m");
    }

    @Test
    void ten_thousand_listeners_come_and_go_while_hints_are_told() {
        var node = node(Optional.empty());
        var heard = new AtomicInteger();
        Together.atOnce(
                8,
                () -> {
                    for (var i = 0; i < 1_250; i++) {
                        try (var _ = node.listen("same", (_, _) -> heard.incrementAndGet());
                                var _ = node.listen("own" + i, (_, _) -> {})) {
                            node.tell("same", "m");
                        }
                    }
                    return null;
                });
        // Each heard at least its own.
        assertThat(heard.get()).isGreaterThanOrEqualTo(10_000);
        assertThat(node.topics()).isZero();
    }

    @Test
    void a_hint_reaches_every_node_once() {
        try (var redis = RealRedis.start()) {
            var here = node(Optional.of(redis.url()));
            var there = node(Optional.of(redis.url()));
            awaitUp(here, there);
            var near = new Ear();
            var far = new Ear();
            here.listen("payment:1", near);
            there.listen("payment:1", far);
            var before = far.readAgain.get();
            for (var i = 0; i < 1_000; i++) {
                here.tell("payment:1", "é " + i);
            }
            here.tell("payment:1", "the last");
            Together.until("the last is there", () -> far.told.contains("payment:1=the last"));
            assertThat(far.told).hasSize(1_001).isEqualTo(near.told);
            // Nothing was lost, so nobody has to read.
            assertThat(far.readAgain.get()).isEqualTo(before);
        }
    }

    @Test
    void without_redis_hints_stay_on_their_node_and_with_it_again_all_are_asked_to_read() {
        try (var redis = RealRedis.start()) {
            var here = node(Optional.of(redis.url()));
            var there = node(Optional.of(redis.url()));
            awaitUp(here, there);
            var near = new Ear();
            var far = new Ear();
            here.listen("t", near);
            there.listen("t", far);

            redis.stop();
            Together.until("it is noticed", () -> !here.reachesAll() && !there.reachesAll());
            here.tell("t", "lost");
            assertThat(near.told).containsExactly("t=lost");
            var before = far.readAgain.get();
            redis.startAgain();
            awaitUp(here, there);
            Together.until("it is to read again", () -> far.readAgain.get() > before);
            here.tell("t", "heard");
            Together.until("it hears again", () -> far.told.contains("t=heard"));
            assertThat(far.told).doesNotContain("t=lost");
        }
    }

    @Test
    void hints_that_do_not_fit_are_made_up_for_by_reading_again() {
        try (var redis = RealRedis.start()) {
            var here = node(Optional.of(redis.url()));
            var there = node(Optional.of(redis.url()));
            awaitUp(here, there);
            var far = new Ear();
            there.listen("t", far);
            send(redis, Request.cmd(Command.CLIENT).arg("PAUSE").arg("1000").arg("WRITE"));
            for (var i = 0; i < 11_000; i++) {
                here.tell("t", "m");
            }
            Together.until("it is to read again", () -> far.readAgain.get() > 0);
            assertThat(far.told.size()).isBetween(1, 10_999);
            assertThat(here.reachesAll()).isTrue();
        }
    }

    @Test
    void a_redis_that_never_answers_slows_nobody() throws Exception {
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var nowhere = "redis://127.0.0.1:" + RealRedis.freePort();
            for (var url : List.of("redis://127.0.0.1:" + silent.getLocalPort(), nowhere)) {
                var node = node(Optional.of(url));
                var ear = new Ear();
                node.listen("t", ear);
                var before = System.nanoTime();
                for (var i = 0; i < 20_000; i++) {
                    node.tell("t", "m");
                }
                assertThat(Duration.ofNanos(System.nanoTime() - before))
                        .isLessThan(Duration.ofSeconds(15));
                assertThat(ear.told).hasSize(20_000);
                assertThat(node.reachesAll()).isFalse();
                assertThatThrownBy(() -> Broadcast.ask(url, Duration.ofMillis(300)))
                        .isInstanceOf(IllegalStateException.class);
            }
        }
    }

    @Test
    void what_strangers_say_on_the_channel_is_not_heard() {
        try (var redis = RealRedis.start()) {
            var node = node(Optional.of(redis.url()));
            awaitUp(node);
            var ear = new Ear();
            node.listenToAll("", ear);
            for (var message : List.of("", "no json", "[]", "{}", "{\"node\":1}", "null")) {
                send(redis, Request.cmd(Command.PUBLISH).arg("vintem:hints").arg(message));
            }
            var other = node(Optional.of(redis.url()));
            awaitUp(other);
            other.tell("t", "m");
            Together.until("it still hears", () -> !ear.told.isEmpty());
            assertThat(ear.told).containsExactly("t=m");
        }
    }

    @Test
    void what_is_no_address_is_said_at_once() {
        for (var url : List.of("localhost:6379", "redis://", "http://localhost", "redis:// x")) {
            assertThatThrownBy(() -> node(Optional.of(url)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("VINTEM_REDIS_URL");
        }
    }

    @Test
    void a_redis_says_its_version() {
        try (var redis = RealRedis.start()) {
            assertThat(Broadcast.ask(redis.url(), Duration.ofSeconds(5))).matches("\\d+\\..*");
        }
    }

    private static void send(RealRedis redis, Request request) {
        var stranger = Redis.createClient(VERTX, redis.url());
        stranger.send(request).toCompletionStage().toCompletableFuture().join();
        stranger.close();
    }

    private Broadcast node(Optional<String> redisUrl) {
        var node = new Broadcast(VERTX, redisUrl);
        nodes.add(node);
        return node;
    }

    private static void awaitUp(Broadcast... nodes) {
        for (var node : nodes) {
            Together.until("a node reaches the others", node::reachesAll);
        }
    }
}
