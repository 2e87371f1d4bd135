package vintem.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vintem.access.Caller;
import vintem.platform.BreakingLine;
import vintem.platform.Together;
import vintem.webhooks.KeepEndpoints.Outcome;

/// News from the outbox to real receivers that verify them with the library's own verifier.
class DeliverWebhooksTest {
    private static final Duration DAYS = Duration.ofDays(2);

    private final Hooks hooks = new Hooks();
    private final Receiver receiver = new Receiver();

    @AfterEach
    void everybody_was_told() {
        assertThat(hooks.refuted()).isEmpty();
        receiver.close();
        hooks.close();
    }

    @Test
    void news_arrive_once_signed_and_as_the_standard_has_them() {
        var endpoint = hooks.endpoint(receiver);
        hooks.happens("a");
        assertThat(hooks.node().deliver(endpoint.id())).isEqualTo(1);
        assertThat(hooks.node().deliver(endpoint.id())).isZero();

        var told = receiver.told.getFirst();
        assertThat(told.isSignedBy(endpoint.secret())).isTrue();
        assertThat(told.isSignedBy(WebhookSecret.fresh().text())).isFalse();
        assertThat(told.id()).startsWith("msg_");
        assertThat(told.headers().get("content-type")).containsExactly("application/json");
        assertThat(told.json().properties().stream().map(java.util.Map.Entry::getKey))
                .containsExactly("type", "timestamp", "data");
        assertThat(told.json().get("type").asText()).isEqualTo(Hooks.TYPE);
        assertThat(Instant.parse(told.json().get("timestamp").asText()))
                .isBetween(Instant.now().minusSeconds(600), Instant.now().plusSeconds(600));
        assertThat(told.subject()).isEqualTo("a");

        var delivery = hooks.only(endpoint);
        assertThat(delivery.status()).isEqualTo("delivered");
        assertThat(told.id()).isEqualTo(Delivery.webhookId(delivery.id()));
        assertThat(hooks.attempts(delivery))
                .singleElement()
                .satisfies(
                        it -> {
                            assertThat(it.status()).isEqualTo(200);
                            assertThat(it.response()).isEqualTo("ok");
                        });
        assertThat(hooks.look(endpoint).lastSuccessAt()).isNotNull();
    }

    @Test
    void an_endpoint_is_told_of_what_it_wants_and_not_of_what_was_before_it() {
        hooks.happens("before");
        var some = hooks.endpoint(receiver);
        var all = hooks.endpoint(receiver.url(), null);
        hooks.happens("a");
        hooks.happensOf("payout.paid", "b");
        hooks.happensOf("of.no.known.type", "c");
        assertThat(subjects(some)).containsExactly("a");
        assertThat(subjects(all)).containsExactly("a", "b");
        hooks.keep.change(
                Caller.SYSTEM,
                some.id(),
                new KeepEndpoints.Change(null, null, List.of("payout.paid"), false, null));
        hooks.happens("d");
        hooks.happensOf("payout.paid", "e");
        assertThat(subjects(some)).containsExactly("a", "e");
    }

    @Test
    void whoever_was_switched_off_is_told_of_nothing_meanwhile() {
        var endpoint = hooks.endpoint(receiver);
        hooks.change(endpoint, false);
        hooks.happens("a");
        hooks.change(endpoint, true);
        hooks.happens("b");
        assertThat(subjects(endpoint)).containsExactly("b");
    }

    @Test
    void what_fails_is_tried_again_over_days_and_then_given_up() {
        var endpoint = hooks.endpoint(receiver);
        receiver.answers(500);
        hooks.happens("a");
        var node = hooks.node();
        var pauses = new ArrayList<Duration>();
        while (hooks.only(endpoint).status().equals("waiting")) {
            assertThat(node.deliver(endpoint.id())).isEqualTo(1);
            // At once nothing more is sent.
            assertThat(node.deliver(endpoint.id())).isZero();
            var pause = Duration.between(hooks.clock.instant(), hooks.only(endpoint).dueAt());
            pauses.add(pause);
            hooks.clock.passes(pause.plusSeconds(120));
            // It may have failed for days: that is another test's matter.
            hooks.change(endpoint, false);
            hooks.change(endpoint, true);
        }
        assertThat(receiver.told).hasSize(10);
        assertThat(new HashSet<>(receiver.ids())).hasSize(1);
        assertThat(receiver.told).allMatch(it -> it.isSignedBy(endpoint.secret()));
        assertThat(receiver.told.stream().map(Receiver.Told::body).distinct()).hasSize(1);
        assertThat(pauses.getFirst()).isLessThanOrEqualTo(Duration.ofSeconds(6));
        assertThat(pauses.get(8)).isGreaterThan(Duration.ofHours(23));
        assertThat(hooks.only(endpoint).status()).isEqualTo("dead");
        assertThat(hooks.attempts(hooks.only(endpoint))).hasSize(10);
        // Given up is given up.
        receiver.answers(200);
        hooks.clock.passes(DAYS);
        assertThat(node.deliver(endpoint.id())).isZero();
    }

    @Test
    void a_receiver_that_comes_back_hears_of_it_in_order() {
        var endpoint = hooks.endpoint(receiver);
        receiver.answers(502);
        hooks.happens("a");
        hooks.happens("a");
        var node = hooks.node();
        node.deliver(endpoint.id());
        receiver.answers(204);
        hooks.clock.passes(Duration.ofSeconds(10));
        while (node.deliver(endpoint.id()) > 0) {
            // More is due.
        }
        var first = receiver.ids().getFirst();
        assertThat(receiver.ids()).hasSize(3);
        assertThat(receiver.ids().get(1)).isEqualTo(first);
        assertThat(receiver.ids().get(2)).isNotEqualTo(first);
        assertThat(hooks.look(endpoint).failures()).isZero();
    }

    @Test
    void of_one_subject_nothing_overtakes_what_failed_and_other_subjects_go_on() {
        var endpoint = hooks.endpoint(receiver);
        receiver.manner =
                (told, exchange) ->
                        Receiver.say(exchange, told.subject().equals("stuck") ? 500 : 200, "x");
        hooks.happens("stuck", "free", "stuck", "free", "stuck");
        var node = hooks.node();
        while (node.deliver(endpoint.id()) > 0) {
            // More is due.
        }
        assertThat(receiver.subjects()).containsExactlyInAnyOrder("stuck", "free", "free");
        assertThat(statuses(endpoint))
                .containsExactly("waiting", "delivered", "waiting", "delivered", "waiting");
    }

    @Test
    void what_was_given_up_lets_the_next_one_go() {
        var endpoint = hooks.endpoint(receiver);
        receiver.answers(500);
        hooks.happens("a", "a");
        giveUpTheFirst(endpoint);
        receiver.answers(200);
        hooks.clock.passes(DAYS);
        hooks.node().deliver(endpoint.id());
        assertThat(statuses(endpoint)).containsExactly("dead", "delivered");
    }

    /// Several nodes at once, a receiver that fails at random, from a seed.
    @Test
    void with_many_deliverers_at_once_each_subject_stays_in_order_and_each_is_delivered_once() {
        var endpoint = hooks.endpoint(receiver);
        var seed = 20_261_126L;
        var random = new Random(seed);
        var delivered = new ConcurrentHashMap<String, List<Integer>>();
        receiver.manner =
                (told, exchange) -> {
                    boolean fails;
                    synchronized (random) {
                        fails = random.nextInt(4) == 0;
                    }
                    if (!fails) {
                        delivered
                                .computeIfAbsent(
                                        told.subject(),
                                        _ ->
                                                java.util.Collections.synchronizedList(
                                                        new ArrayList<>()))
                                .add(told.json().at("/data/n").asInt());
                    }
                    Receiver.say(exchange, fails ? 500 : 200, "");
                };
        var subjects = 12;
        var each = 6;
        hooks.test
                .database()
                .run(
                        tx -> {
                            var news = new ArrayList<vintem.platform.Outbox.News>();
                            for (var n = 0; n < each; n++) {
                                for (var s = 0; s < subjects; s++) {
                                    news.add(
                                            new vintem.platform.Outbox.News(
                                                    Hooks.TYPE,
                                                    "s" + s,
                                                    java.util.Map.of("subject", "s" + s, "n", n)));
                                }
                            }
                            new vintem.platform.Outbox().publish(tx, news);
                        });
        hooks.pass();
        Together.until(
                "all is delivered, seed " + seed,
                () -> {
                    Together.atOnce(
                            List.of(
                                    () -> hooks.node().deliver(endpoint.id()),
                                    () -> hooks.node().deliver(endpoint.id()),
                                    () -> hooks.node().deliver(endpoint.id())));
                    hooks.clock.passes(Duration.ofHours(1));
                    return statuses(endpoint).stream().allMatch("delivered"::equals);
                });
        assertThat(delivered).hasSize(subjects);
        assertThat(delivered.values())
                .as("seed %d", seed)
                .allSatisfy(
                        it -> assertThat(it).isEqualTo(IntStream.range(0, each).boxed().toList()));
    }

    @Test
    void an_endpoint_that_is_slow_holds_up_nobody_else() {
        var over = new CountDownLatch(1);
        try (var slow = new Receiver()) {
            slow.manner =
                    (_, exchange) -> {
                        Together.await(over);
                        Receiver.say(exchange, 200, "");
                    };
            var slowEndpoint = hooks.endpoint(slow);
            var quick = hooks.endpoint(receiver);
            hooks.happens(IntStream.range(0, 200).mapToObj(i -> "s" + i).toArray(String[]::new));
            var node = hooks.node();
            Together.until(
                    "the quick one has heard of all",
                    () -> {
                        node.run();
                        return receiver.told.size() == 200;
                    });
            // As many as it may have at once, and no more.
            Together.until("the slow one is busy", () -> slow.told.size() == 16);
            assertThat(statuses(slowEndpoint)).allMatch("waiting"::equals);
            assertThat(new HashSet<>(receiver.subjects())).hasSize(200);
            over.countDown();
            Together.until(
                    "the slow one has heard of all",
                    () -> {
                        node.run();
                        return statuses(slowEndpoint).stream().allMatch("delivered"::equals)
                                && statuses(quick).stream().allMatch("delivered"::equals);
                    });
            assertThat(slow.told).hasSize(200);
        }
    }

    @Test
    void a_receiver_that_says_when_is_left_alone_until_then() {
        var endpoint = hooks.endpoint(receiver);
        receiver.answers(429, "3600");
        hooks.happens("a");
        var node = hooks.node();
        node.deliver(endpoint.id());
        hooks.happens("b");
        hooks.clock.passes(Duration.ofMinutes(59));
        assertThat(node.deliver(endpoint.id())).isZero();
        receiver.answers(200);
        hooks.clock.passes(Duration.ofMinutes(2));
        assertThat(node.deliver(endpoint.id())).isEqualTo(2);
        assertThat(receiver.subjects()).containsExactlyInAnyOrder("a", "a", "b");
    }

    @Test
    void a_receiver_that_is_gone_is_told_of_nothing_more() {
        var endpoint = hooks.endpoint(receiver);
        receiver.answers(410);
        hooks.happens("a");
        hooks.node().deliver(endpoint.id());
        assertThat(hooks.look(endpoint).status()).isEqualTo("gone");
        hooks.happens("b");
        hooks.clock.passes(DAYS);
        assertThat(hooks.node().deliver(endpoint.id())).isZero();
        assertThat(subjects(endpoint)).containsExactly("a");
    }

    @Test
    void an_endpoint_that_fails_for_days_is_switched_off_and_loses_nothing() {
        var endpoint = hooks.endpoint(receiver);
        receiver.answers(500);
        hooks.happens("a");
        var node = hooks.node();
        node.deliver(endpoint.id());
        hooks.clock.passes(Duration.ofDays(5).plusMinutes(1));
        assertThat(hooks.look(endpoint).status()).isEqualTo("enabled");
        node.deliver(endpoint.id());
        assertThat(hooks.look(endpoint).status()).isEqualTo("failing");
        hooks.happens("b");
        hooks.happens("a");
        assertThat(node.deliver(endpoint.id())).isZero();
        assertThat(subjects(endpoint)).containsExactly("a", "b", "a");
        // Somebody has mended it.
        receiver.answers(200);
        hooks.change(endpoint, true);
        while (node.deliver(endpoint.id()) > 0) {
            // More is due.
        }
        assertThat(statuses(endpoint)).containsOnly("delivered");
        assertThat(hooks.look(endpoint).failingSince()).isNull();
    }

    @Test
    void while_an_endpoint_keeps_failing_one_thing_at_a_time_is_tried() {
        var endpoint = hooks.endpoint(receiver);
        receiver.answers(500);
        hooks.happens(IntStream.range(0, 100).mapToObj(i -> "s" + i).toArray(String[]::new));
        var node = hooks.node();
        assertThat(node.deliver(endpoint.id())).isEqualTo(16);
        assertThat(node.deliver(endpoint.id())).isEqualTo(16);
        assertThat(node.deliver(endpoint.id())).isEqualTo(16);
        // It rests, and is only probed afterwards.
        assertThat(node.deliver(endpoint.id())).isZero();
        hooks.clock.passes(Duration.ofSeconds(2));
        assertThat(node.deliver(endpoint.id())).isEqualTo(1);
        receiver.answers(200);
        hooks.clock.passes(Duration.ofMinutes(10));
        assertThat(node.deliver(endpoint.id())).isEqualTo(1);
        assertThat(node.deliver(endpoint.id())).isEqualTo(16);
    }

    @Test
    void while_a_secret_is_replaced_both_verify_and_then_only_the_new_one() {
        var endpoint = hooks.endpoint(receiver);
        var next = rotate(endpoint, Duration.ofHours(24));
        hooks.happens("a");
        hooks.node().deliver(endpoint.id());
        var during = receiver.told.getFirst();
        assertThat(during.signatures()).hasSize(2);
        assertThat(during.isSignedBy(endpoint.secret())).isTrue();
        assertThat(during.isSignedBy(next)).isTrue();

        hooks.clock.passes(Duration.ofHours(25));
        hooks.happens("b");
        hooks.node().deliver(endpoint.id());
        var after = receiver.told.getLast();
        assertThat(after.signatures()).hasSize(1);
        assertThat(after.isSignedBy(endpoint.secret())).isFalse();
        assertThat(after.isSignedBy(next)).isTrue();
    }

    @Test
    void a_secret_that_somebody_else_has_ends_at_once() {
        var endpoint = hooks.endpoint(receiver);
        var second = rotate(endpoint, Duration.ofHours(24));
        var third = rotate(endpoint, Duration.ZERO);
        hooks.happens("a");
        hooks.node().deliver(endpoint.id());
        var told = receiver.told.getFirst();
        assertThat(told.isSignedBy(third)).isTrue();
        assertThat(told.isSignedBy(second)).isFalse();
        assertThat(told.isSignedBy(endpoint.secret())).isFalse();
    }

    /// Whoever retries because an answer was lost must not lose what the receiver has.
    @Test
    void replacing_it_twice_leaves_the_first_one_valid() {
        var endpoint = hooks.endpoint(receiver);
        rotate(endpoint, Duration.ofHours(24));
        var third = rotate(endpoint, Duration.ofHours(24));
        hooks.happens("a");
        hooks.node().deliver(endpoint.id());
        assertThat(receiver.told.getFirst().isSignedBy(endpoint.secret())).isTrue();
        assertThat(receiver.told.getFirst().isSignedBy(third)).isTrue();
        assertThat(receiver.told.getFirst().signatures()).hasSize(3);
    }

    @Test
    void no_more_than_five_secrets_are_valid() {
        var endpoint = hooks.endpoint(receiver);
        for (var i = 0; i < 4; i++) {
            rotate(endpoint, Duration.ofHours(24));
        }
        assertThat(
                        hooks.keep.rotate(
                                Caller.SYSTEM,
                                endpoint.id(),
                                Duration.ofHours(24),
                                Optional.empty()))
                .isInstanceOf(Outcome.TooManySecrets.class);
        rotate(endpoint, Duration.ZERO);
        rotate(endpoint, Duration.ofHours(24));
    }

    @Test
    void a_copy_of_the_database_has_no_secret_in_it_and_another_vintem_secret_sends_nothing() {
        var endpoint = hooks.endpoint(receiver);
        var key = java.util.Base64.getDecoder().decode(endpoint.secret().substring(6));
        var sealed =
                hooks.test
                        .database()
                        .transaction(
                                tx ->
                                        tx.createQuery("select sealed from webhook_secret")
                                                .mapTo(byte[].class)
                                                .one());
        assertThat(java.util.HexFormat.of().formatHex(sealed))
                .doesNotContain(java.util.HexFormat.of().formatHex(key).substring(0, 16));
        hooks.happens("a");
        hooks.node(
                        hooks.test.database(),
                        "another secret of thirty-two bytes",
                        Duration.ofSeconds(9))
                .deliver(endpoint.id());
        assertThat(receiver.told).isEmpty();
        assertThat(hooks.only(endpoint).lastError()).isEqualTo("secret_unreadable");
    }

    @Test
    void a_node_that_dies_between_sending_and_committing_sends_it_again_with_the_same_id() {
        var endpoint = hooks.endpoint(receiver);
        hooks.happens("a", "a");
        try (var line = new BreakingLine(hooks.test.owner())) {
            receiver.manner =
                    (_, exchange) -> {
                        // It has been told; what is said of it never reaches the database.
                        line.breakAtCommit(BreakingLine.Side.BEFORE, 1);
                        Receiver.say(exchange, 200, "ok");
                    };
            var dying = hooks.node(line.database());
            assertThat(
                            org.assertj.core.api.Assertions.catchThrowable(
                                    () -> dying.deliver(endpoint.id())))
                    .isNotNull();
            assertThat(line.hasBroken()).isTrue();
        }
        receiver.answers(200);
        assertThat(receiver.told).hasSize(1);
        assertThat(statuses(endpoint)).containsExactly("waiting", "waiting");
        // The dead one holds it until its lease is over; its subject waits.
        assertThat(hooks.node().deliver(endpoint.id())).isZero();
        hooks.clock.passes(Duration.ofMinutes(5));
        assertThat(hooks.node().deliver(endpoint.id())).isEqualTo(1);
        assertThat(hooks.node().deliver(endpoint.id())).isEqualTo(1);
        assertThat(receiver.ids().get(0)).isEqualTo(receiver.ids().get(1));
        assertThat(receiver.ids().get(2)).isNotEqualTo(receiver.ids().get(0));
        assertThat(statuses(endpoint)).containsExactly("delivered", "delivered");
    }

    @Test
    void where_only_the_answer_to_the_commit_is_lost_nothing_is_sent_again() {
        var endpoint = hooks.endpoint(receiver);
        hooks.happens("a");
        try (var line = new BreakingLine(hooks.test.owner())) {
            receiver.manner =
                    (_, exchange) -> {
                        line.breakAtCommit(BreakingLine.Side.AFTER, 1);
                        Receiver.say(exchange, 200, "ok");
                    };
            var dying = hooks.node(line.database());
            assertThat(
                            org.assertj.core.api.Assertions.catchThrowable(
                                    () -> dying.deliver(endpoint.id())))
                    .isNotNull();
        }
        Together.until("it stands", () -> statuses(endpoint).equals(List.of("delivered")));
        hooks.clock.passes(Duration.ofMinutes(5));
        assertThat(hooks.node().deliver(endpoint.id())).isZero();
        assertThat(receiver.told).hasSize(1);
    }

    @Test
    void what_a_node_is_sending_is_nobody_elses_as_long_as_that_may_take_and_not_much_longer() {
        var endpoint = hooks.endpoint(receiver);
        hooks.happens("a");
        var asked = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        receiver.manner =
                (_, exchange) -> {
                    asked.countDown();
                    Together.await(goOn);
                    Receiver.say(exchange, 200, "ok");
                };
        var patience = Duration.ofSeconds(15);
        var node = hooks.node(hooks.test.database(), Hooks.SECRET, patience);
        var sending = Together.beside(() -> node.deliver(endpoint.id()));
        Together.await(asked, sending);
        hooks.clock.passes(patience.plusSeconds(10));
        assertThat(hooks.node().deliver(endpoint.id())).isZero();
        hooks.clock.passes(Duration.ofSeconds(5));
        receiver.answers(200);
        assertThat(hooks.node().deliver(endpoint.id())).isEqualTo(1);
        goOn.countDown();
        sending.join();
        assertThat(hooks.only(endpoint).status()).isEqualTo("delivered");
    }

    /// It was paused for longer than its lease: what it comes back with changes nothing.
    @Test
    void a_node_that_lost_its_lease_does_not_undo_what_the_next_one_did() {
        var endpoint = hooks.endpoint(receiver);
        hooks.happens("a");
        var asked = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var first = new AtomicInteger();
        receiver.manner =
                (_, exchange) -> {
                    if (first.getAndIncrement() == 0) {
                        asked.countDown();
                        Together.await(goOn);
                        Receiver.say(exchange, 500, "too late");
                    } else {
                        Receiver.say(exchange, 200, "ok");
                    }
                };
        var paused = Together.beside(() -> hooks.node().deliver(endpoint.id()));
        Together.await(asked, paused);
        hooks.clock.passes(Duration.ofMinutes(5));
        assertThat(hooks.node().deliver(endpoint.id())).isEqualTo(1);
        assertThat(hooks.only(endpoint).status()).isEqualTo("delivered");
        goOn.countDown();
        paused.join();
        assertThat(hooks.only(endpoint).status()).isEqualTo("delivered");
        assertThat(hooks.attempts(hooks.only(endpoint))).hasSize(2);
    }

    @Test
    void what_was_delivered_or_given_up_is_sent_again_when_somebody_asks() {
        var endpoint = hooks.endpoint(receiver);
        receiver.answers(500);
        hooks.happens("a");
        giveUpTheFirst(endpoint);
        receiver.answers(200);
        hooks.replay.one(Caller.SYSTEM, hooks.only(endpoint).id());
        hooks.node().deliver(endpoint.id());
        assertThat(hooks.only(endpoint).status()).isEqualTo("delivered");
        hooks.replay.one(Caller.SYSTEM, hooks.only(endpoint).id());
        // Safe twice.
        hooks.replay.one(Caller.SYSTEM, hooks.only(endpoint).id());
        hooks.node().deliver(endpoint.id());
        assertThat(hooks.node().deliver(endpoint.id())).isZero();
        assertThat(new HashSet<>(receiver.ids())).hasSize(1);
        assertThat(receiver.told).allMatch(it -> it.isSignedBy(endpoint.secret()));
        assertThat(hooks.only(endpoint).status()).isEqualTo("delivered");
    }

    @Test
    void after_a_replay_the_schedule_begins_anew() {
        var endpoint = hooks.endpoint(receiver);
        receiver.answers(500);
        hooks.happens("a");
        giveUpTheFirst(endpoint);
        hooks.replay.one(Caller.SYSTEM, hooks.only(endpoint).id());
        hooks.change(endpoint, false);
        hooks.change(endpoint, true);
        hooks.node().deliver(endpoint.id());
        var delivery = hooks.only(endpoint);
        assertThat(delivery.status()).isEqualTo("waiting");
        assertThat(Duration.between(hooks.clock.instant(), delivery.dueAt()))
                .isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void all_that_was_given_up_since_an_instant_is_sent_again() {
        var endpoint = hooks.endpoint(receiver);
        receiver.answers(500);
        hooks.happens("old");
        giveUpTheFirst(endpoint);
        var since = hooks.clock.instant();
        hooks.happens("new");
        giveUpTheFirst(endpoint);
        assertThat(statuses(endpoint)).containsExactly("dead", "dead");
        assertThat(hooks.replay.dead(Caller.SYSTEM, endpoint.id(), since)).hasValue(1);
        assertThat(statuses(endpoint)).containsExactly("dead", "waiting");
        assertThat(hooks.replay.dead(Caller.SYSTEM, endpoint.id(), Instant.EPOCH)).hasValue(1);
        assertThat(hooks.replay.dead(Caller.SYSTEM, java.util.UUID.randomUUID(), since)).isEmpty();
    }

    /// The name means a public address when it is entered, and this machine when it is used.
    @Test
    void a_name_that_changes_its_address_leads_nowhere() throws Exception {
        var open = InetAddress.getByName("8.8.8.8");
        var inside = InetAddress.getByName("127.0.0.2");
        hooks.names = _ -> List.of(open);
        var url = "http://rebinds.example:" + receiver.port() + "/";
        assertThat(hooks.keep.objection(url)).isEmpty();
        var endpoint = hooks.endpoint(url, List.of(Hooks.TYPE));
        hooks.names = _ -> List.of(inside);
        hooks.happens("a");
        hooks.node().deliver(endpoint.id());
        assertThat(receiver.told).isEmpty();
        assertThat(hooks.only(endpoint).lastError()).isEqualTo("address_not_allowed");
        assertThat(hooks.keep.objection(url).orElseThrow().code()).isEqualTo("webhook.private");
    }

    /// It is looked up once for a round, and connected to as what it was then.
    @Test
    void between_the_check_and_the_connection_nobody_asks_again() throws Exception {
        var allowed = InetAddress.getByName("127.0.0.1");
        var asked = new AtomicInteger();
        hooks.names =
                host -> {
                    assertThat(host).isEqualTo("rebinds.example");
                    return List.of(
                            asked.getAndIncrement() == 0
                                    ? allowed
                                    : InetAddress.getByName("169.254.169.254"));
                };
        var endpoint = hooks.endpoint("http://rebinds.example:" + receiver.port() + "/", null);
        hooks.happens("a");
        hooks.node().deliver(endpoint.id());
        assertThat(receiver.told).hasSize(1);
        assertThat(receiver.told.getFirst().headers().get("host"))
                .containsExactly("rebinds.example:" + receiver.port());
        assertThat(asked).hasValue(1);
    }

    @Test
    void a_test_is_sent_once_and_looked_at() {
        var endpoint = hooks.endpoint(receiver);
        receiver.answers(500);
        hooks.keep.tryOut(Caller.SYSTEM, endpoint.id());
        hooks.node().deliver(endpoint.id());
        assertThat(hooks.only(endpoint).status()).isEqualTo("dead");
        receiver.answers(200);
        hooks.keep.tryOut(Caller.SYSTEM, endpoint.id());
        hooks.node().deliver(endpoint.id());
        assertThat(statuses(endpoint)).containsExactly("dead", "delivered");
        assertThat(receiver.told.getLast().json().get("type").asText()).isEqualTo("webhook.test");
    }

    @Test
    void what_is_old_is_forgotten_and_what_waits_is_not() {
        var endpoint = hooks.endpoint(receiver);
        var other = hooks.endpoint(receiver);
        hooks.happens("a");
        hooks.node().deliver(endpoint.id());
        hooks.clock.passes(Duration.ofDays(29));
        forget();
        assertThat(hooks.deliveries(endpoint)).hasSize(1);
        hooks.clock.passes(DAYS);
        forget();
        assertThat(hooks.deliveries(endpoint)).isEmpty();
        assertThat(statuses(other)).containsExactly("waiting");
        assertThat(hooks.test.count("webhook_attempt")).isZero();
        hooks.happens("b");
        assertThat(subjects(endpoint)).containsExactly("b");
    }

    @Test
    void the_proof_finds_news_that_nobody_was_told_of() {
        var endpoint = hooks.endpoint(receiver);
        hooks.happens("a", "b");
        hooks.test.asOwner("create table kept as select * from webhook_delivery");
        hooks.test.asOwner("delete from webhook_delivery where subject = 'a'");
        assertThat(hooks.refuted()).singleElement().asString().contains(endpoint.id().toString());
        hooks.test.asOwner(
                "insert into webhook_delivery overriding system value"
                        + " select * from kept where subject = 'a'");
        hooks.test.asOwner("update webhook_delivery set status = 'delivered' where subject = 'b'");
        assertThat(hooks.refuted()).singleElement().asString().contains("nobody answered");
        hooks.test.asOwner("update webhook_delivery set status = 'waiting' where subject = 'b'");
    }

    @Test
    void what_waits_for_a_person_is_counted() {
        var endpoint = hooks.endpoint(receiver);
        receiver.answers(500);
        hooks.keep.tryOut(Caller.SYSTEM, endpoint.id());
        hooks.node().deliver(endpoint.id());
        hooks.happens("b");
        giveUpTheFirst(endpoint);
        var database = hooks.test.database();
        var dead = database.transaction(tx -> hooks.deliveries.dead(tx, 1_000));
        assertThat(dead.count()).isEqualTo(1);
        assertThat(dead.oldest()).isNotNull();
        assertThat(database.transaction(hooks.endpoints::unwell).count()).isZero();
        receiver.answers(410);
        hooks.happens("a");
        hooks.node().deliver(endpoint.id());
        assertThat(database.transaction(hooks.endpoints::unwell).count()).isEqualTo(1);
    }

    @Test
    void an_endpoint_that_is_deleted_while_it_is_told_leaves_nothing_behind() {
        var endpoint = hooks.endpoint(receiver);
        hooks.happens("a", "b");
        receiver.manner =
                (_, exchange) -> {
                    hooks.keep.delete(Caller.SYSTEM, endpoint.id());
                    Receiver.say(exchange, 200, "");
                };
        hooks.node().deliver(endpoint.id());
        for (var table : List.of("endpoint", "secret", "delivery", "attempt")) {
            assertThat(hooks.test.count("webhook_" + table)).as(table).isZero();
        }
        hooks.happens("c");
    }

    private void forget() {
        new ForgetDeliveries(hooks.test.database(), hooks.endpoints, hooks.deliveries, hooks.clock)
                .run();
    }

    private void giveUpTheFirst(Hooks.Known endpoint) {
        var node = hooks.node();
        var before = statuses(endpoint).stream().filter("dead"::equals).count();
        for (var i = 0; i < 10; i++) {
            hooks.clock.passes(DAYS);
            hooks.change(endpoint, false);
            hooks.change(endpoint, true);
            node.deliver(endpoint.id());
        }
        assertThat(statuses(endpoint).stream().filter("dead"::equals).count())
                .isEqualTo(before + 1);
    }

    private String rotate(Hooks.Known endpoint, Duration overlap) {
        var outcome = hooks.keep.rotate(Caller.SYSTEM, endpoint.id(), overlap, Optional.empty());
        // One clock for all: the order of two secrets is that of their instants.
        hooks.clock.passes(Duration.ofMillis(5));
        return ((Outcome.Created) outcome).secret();
    }

    private List<String> statuses(Hooks.Known endpoint) {
        return hooks.deliveries(endpoint).stream().map(Delivery::status).toList();
    }

    private List<String> subjects(Hooks.Known endpoint) {
        return hooks.deliveries(endpoint).stream().map(Delivery::subject).toList();
    }
}
