package vintem.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vintem.MovableClock;
import vintem.platform.BreakingLine.Side;
import vintem.platform.Outbox.Event;
import vintem.platform.Outbox.News;

/// News from their transaction to each subscriber, on a real PostgreSQL, behind a line that can be
/// broken.
class OutboxTest {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private static TestDatabase test;
    private static BreakingLine line;

    private final MovableClock clock = new MovableClock();
    private final Outbox outbox = new Outbox();
    // Each test has a type of its own: the others pass its subscribers by.
    private final String type = "test." + NUMBER.incrementAndGet();

    /// Writes down what it is told, in the transaction in which it is told.
    private class Scribe implements Subscriber {
        private final String name;

        Scribe(String name) {
            this.name = type + "." + name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Set<String> types() {
            return Set.of(type);
        }

        @Override
        public void apply(Handle tx, List<Event> events) {
            for (var event : events) {
                tx.createUpdate(
                                """
                                insert into heard (subscriber, subject, event)
                                values (:subscriber, :subject, :event)
                                """)
                        .bindMap(
                                Map.of(
                                        "subscriber",
                                        name,
                                        "subject",
                                        event.subject(),
                                        "event",
                                        event.id()))
                        .execute();
            }
        }
    }

    /// Stumbles over one piece of news, until it is mended.
    private final class Stumbling extends Scribe {
        private final String over;
        private volatile boolean mended;

        Stumbling(String name, String over) {
            super(name);
            this.over = over;
        }

        @Override
        public void apply(Handle tx, List<Event> events) {
            super.apply(tx, events);
            if (!mended && events.stream().anyMatch(event -> event.subject().equals(over))) {
                throw new IllegalStateException("stumbles over " + over);
            }
        }
    }

    @BeforeAll
    static void a_book_of_what_was_heard() {
        test = TestDatabase.fresh();
        line = new BreakingLine(test.owner());
        test.asOwner(
                """
                create table heard (at bigint generated always as identity, subscriber text,
                                    subject text, event bigint);
                grant select, insert on heard to vintem_app
                """);
    }

    @AfterAll
    static void closed() {
        line.close();
        test.close();
    }

    @Test
    void whoever_has_one_purpose_hears_its_news_and_those_that_may_be_anybodys() {
        var sales =
                new Scribe("sales") {
                    @Override
                    public String purpose() {
                        return "sales";
                    }
                };
        var all = new Scribe("all");
        test.database()
                .run(
                        tx ->
                                outbox.publish(
                                        tx,
                                        List.of(
                                                new News(type, "a", Map.of(), "sales"),
                                                new News(type, "b", Map.of(), "clearing:billing"),
                                                new News(type, "c", Map.of()),
                                                new News(type, "d", Map.of(), "sales"))));
        var relay = relay(test.database(), sales, all);
        hears(relay, sales, "a", "c", "d");
        hears(relay, all, "a", "b", "c", "d");
        publish("e");
        hears(relay, sales, "a", "c", "d", "e");
    }

    @Test
    void whoever_has_heard_everything_is_left_alone_until_there_is_more() {
        var asked = new AtomicInteger();
        var ana =
                new Scribe("ana") {
                    @Override
                    public Set<String> types() {
                        asked.incrementAndGet();
                        return super.types();
                    }
                };
        publish("a");
        var relay = relay(test.database(), ana);
        hears(relay, ana, "a");
        var before = asked.get();
        relay.relay();
        relay.relay();
        assertThat(asked).hasValue(before);
        publish("b");
        hears(relay, ana, "a", "b");
        assertThat(asked).hasValueGreaterThan(before);
    }

    @Test
    void each_subscriber_hears_everything_it_wants_once_and_in_order() {
        var ana = new Scribe("ana");
        var bia = new Scribe("bia");
        publish("a", "b", "c");
        test.database().run(tx -> outbox.publish(tx, List.of(new News("other", "x", Map.of()))));
        publish("d");
        var relay = relay(test.database(), ana, bia);
        hears(relay, ana, "a", "b", "c", "d");
        relay.relay();
        hears(relay, bia, "a", "b", "c", "d");
        hears(relay, ana, "a", "b", "c", "d");
    }

    @Test
    void the_body_arrives_as_the_record_that_was_published() {
        var got = new ArrayList<News>();
        var reader =
                new Scribe("reader") {
                    @Override
                    public void apply(Handle tx, List<Event> events) {
                        events.forEach(event -> got.add(event.as(News.class)));
                    }
                };
        var body = new News("t", "s", "ação \"x\"");
        test.database().run(tx -> outbox.publish(tx, List.of(new News(type, "s", body))));
        var relay = relay(test.database(), reader);
        Together.until(
                "the news",
                () -> {
                    relay.relay();
                    return got.contains(body);
                });
    }

    @Test
    void news_of_a_transaction_that_was_rolled_back_are_heard_by_nobody() {
        var ana = new Scribe("ana");
        test.database()
                .transaction(
                        tx -> {
                            outbox.publish(tx, List.of(news("never")));
                            return Database.rollback(tx, true);
                        });
        publish("a");
        hears(relay(test.database(), ana), ana, "a");
    }

    @Test
    void a_transaction_that_commits_late_is_not_passed_by() {
        var ana = new Scribe("ana");
        var written = new CountDownLatch(1);
        var mayCommit = new CountDownLatch(1);
        var late =
                Together.beside(
                        () ->
                                test.database()
                                        .run(
                                                tx -> {
                                                    outbox.publish(tx, List.of(news("early")));
                                                    written.countDown();
                                                    Together.await(mayCommit);
                                                }));
        Together.await(written, late);
        publish("after");
        var relay = relay(test.database(), ana);
        relay.relay();
        assertThat(heard(ana)).isEmpty();
        mayCommit.countDown();
        late.join();
        hears(relay, ana, "early", "after");
    }

    @Test
    void the_order_is_that_of_numbers_also_where_a_transaction_has_one_more_digit() {
        var ana = new Scribe("ana");
        for (var xact : List.of(101, 9, 100, 99, 10)) {
            test.asOwner(
                    """
                    insert into outbox (xact_id, type, subject, body)
                    values ('%d', '%s', 'of %d', '{}')
                    """
                            .formatted(xact, type, xact));
        }
        var relay = relay(test.database(), ana);
        hears(relay, ana, "of 9", "of 10", "of 99", "of 100", "of 101");
        relay.relay();
        hears(relay, ana, "of 9", "of 10", "of 99", "of 100", "of 101");
    }

    @Test
    void a_new_subscriber_hears_everything_from_the_first_news_on() {
        var ana = new Scribe("ana");
        publish("a", "b");
        hears(relay(test.database(), ana), ana, "a", "b");
        var late = new Scribe("late");
        publish("c");
        hears(relay(test.database(), ana, late), late, "a", "b", "c");
    }

    @Test
    void several_relays_and_publishers_at_once_apply_each_piece_once_and_in_order() {
        var ana = new Scribe("ana");
        var bia = new Scribe("bia");
        var publishing = new CountDownLatch(3);
        var works = new ArrayList<Callable<Boolean>>();
        for (var publisher = 0; publisher < 3; publisher++) {
            var from = "p" + publisher + "-";
            works.add(
                    () -> {
                        for (var i = 0; i < 20; i++) {
                            publish(from + (2 * i), from + (2 * i + 1));
                        }
                        publishing.countDown();
                        return true;
                    });
        }
        for (var each = 0; each < 4; each++) {
            var relay = relay(test.database(), ana, bia);
            works.add(
                    () -> {
                        while (publishing.getCount() > 0) {
                            relay.relay();
                        }
                        return true;
                    });
        }
        Together.atOnce(works);
        var relay = relay(test.database(), ana, bia);
        for (var scribe : List.of(ana, bia)) {
            Together.until(
                    "all of it",
                    () -> {
                        relay.relay();
                        return heard(scribe).size() >= 120;
                    });
            var heard = heard(scribe);
            assertThat(heard).hasSize(120).doesNotHaveDuplicates();
            for (var publisher = 0; publisher < 3; publisher++) {
                var from = "p" + publisher + "-";
                var expected = IntStream.range(0, 40).mapToObj(i -> from + i).toList();
                assertThat(heard).filteredOn(each -> each.startsWith(from)).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void a_crash_between_any_two_steps_neither_loses_nor_doubles_a_piece(Side side) {
        var ana = new Scribe("ana");
        var relay = relay(line.database(), ana);
        var expected = new ArrayList<String>();
        var steps = 0;
        for (var step = 1; ; step++) {
            publish("a" + step, "b" + step);
            expected.addAll(List.of("a" + step, "b" + step));
            line.breakAtMessage(side, step);
            quietly(relay);
            var broke = line.hasBroken();
            line.comeBack();
            hears(relay, ana, expected.toArray(String[]::new));
            if (!broke) {
                break;
            }
            steps++;
        }
        // Begin, register, lock, read, two lines of the scribe, move, commit.
        assertThat(steps).isGreaterThanOrEqualTo(7);
    }

    @Test
    void relays_that_are_killed_at_random_moments_neither_lose_nor_double_a_piece() {
        var seed = System.nanoTime();
        var random = new Random(seed);
        var ana = new Scribe("ana");
        var relay = relay(line.database(), ana);
        var expected = new ArrayList<String>();
        for (var round = 0; round < 15; round++) {
            for (var i = 0; i <= random.nextInt(4); i++) {
                expected.add("r" + round + "-" + i);
                publish(expected.getLast());
            }
            var side = random.nextBoolean() ? Side.BEFORE : Side.AFTER;
            line.breakAtMessage(side, 1 + random.nextInt(15));
            quietly(relay);
            line.comeBack();
        }
        hears(relay, ana, expected.toArray(String[]::new));
        assertThat(heard(ana)).as("seed %d", seed).isEqualTo(expected);
    }

    @Test
    void a_piece_that_cannot_be_applied_is_set_aside_after_its_tries_and_the_rest_goes_on() {
        var stumbling = new Stumbling("stumbling", "poison");
        var healthy = new Scribe("healthy");
        publish("a", "poison", "b");
        var relay = relay(test.database(), stumbling, healthy);
        hears(relay, healthy, "a", "poison", "b");
        hears(relay, stumbling, "a");
        for (var attempt = 2; attempt <= 7; attempt++) {
            clock.passes(Duration.ofMinutes(5));
            relay.relay();
        }
        assertThat(parked(stumbling)).isZero();
        assertThat(heard(stumbling)).containsExactly("a");
        clock.passes(Duration.ofMinutes(5));
        relay.relay();
        assertThat(parked(stumbling)).isEqualTo(1);
        hears(relay, stumbling, "a", "b");
        // What was wrong, not what it said: a message may quote a row.
        assertThat(
                        test.count(
                                "outbox_parked where error = 'IllegalStateException' and tries = 8"
                                        + " and subscriber = '"
                                        + stumbling.name()
                                        + "'"))
                .isEqualTo(1);
        triedAgain(stumbling);
    }

    /// By hand: nothing of a try that fails stays, and one that succeeds is applied once.
    private void triedAgain(Stumbling stumbling) {
        var parked = new ParkedNews(new OutboxTable(), List.of(stumbling));
        var place = new ParkedNews.Place(stumbling.name(), 0);
        var found = test.database().transaction(tx -> parked.page(tx, place, 10)).getFirst();
        assertThat(found.subject()).isEqualTo("poison");
        var stumbled =
                assertThrows(
                        IllegalStateException.class,
                        () -> test.database().transaction(tx -> parked.apply(tx, found.place())));
        assertThat(heard(stumbling)).containsExactly("a", "b");
        OptionalInt tries =
                test.database()
                        .transaction(
                                tx ->
                                        parked.failedAgain(
                                                tx, found.place(), stumbled, clock.instant()));
        assertThat(tries).hasValue(9);
        stumbling.mended = true;
        boolean applied = test.database().transaction(tx -> parked.apply(tx, found.place()));
        assertThat(applied).isTrue();
        boolean twice = test.database().transaction(tx -> parked.apply(tx, found.place()));
        assertThat(twice).isFalse();
        assertThat(heard(stumbling)).containsExactly("a", "b", "poison");
        assertThat(parked(stumbling)).isZero();
    }

    @Test
    void a_piece_that_could_not_be_applied_is_tried_again_later_not_at_once() {
        var stumbling = new Stumbling("stumbling", "poison");
        publish("poison", "b");
        var relay = relay(test.database(), stumbling);
        Together.until(
                "the first try",
                () -> {
                    relay.relay();
                    return failures(stumbling) == 1;
                });
        relay.relay();
        relay.relay();
        assertThat(failures(stumbling)).isEqualTo(1);
        stumbling.mended = true;
        clock.passes(Duration.ofSeconds(2));
        hears(relay, stumbling, "poison", "b");
        assertThat(failures(stumbling)).isZero();
        assertThat(parked(stumbling)).isZero();
    }

    @Test
    void what_every_subscriber_has_heard_is_forgotten_after_thirty_days_and_nothing_else() {
        try (var own = TestDatabase.fresh()) {
            var place =
                    "insert into outbox_cursor (subscriber, xact_id, id) select 'x', xact_id, id";
            for (var subject : List.of("a", "b", "c")) {
                own.database().run(tx -> outbox.publish(tx, List.of(news(subject))));
            }
            own.asOwner(place + " from outbox where subject = 'b'");
            var relay = relay(own.database());
            relay.forget();
            assertThat(own.count("outbox")).isEqualTo(3);
            clock.passes(Duration.ofDays(31));
            relay.forget();
            assertThat(own.count("outbox where subject = 'c'")).isEqualTo(1);
            assertThat(own.count("outbox")).isEqualTo(1);
        }
    }

    private OutboxRelay relay(Database database, Subscriber... subscribers) {
        return TestDatabase.relay(database, clock, subscribers);
    }

    private News news(String subject) {
        return new News(type, subject, Map.of());
    }

    private void publish(String... subjects) {
        var news = java.util.Arrays.stream(subjects).map(this::news).toList();
        test.database().run(tx -> outbox.publish(tx, news));
    }

    /// Relays until the subscriber has heard so much. A transaction anywhere on the server, of an
    /// autovacuum for example, may hold news back for a moment.
    private void hears(OutboxRelay relay, Scribe scribe, String... subjects) {
        Together.until(
                scribe.name() + " hears " + List.of(subjects),
                () -> {
                    quietly(relay);
                    return heard(scribe).size() >= subjects.length;
                });
        assertThat(heard(scribe)).containsExactly(subjects);
    }

    /// A relay that crashed starts again later.
    private void quietly(OutboxRelay relay) {
        try {
            relay.relay();
        } catch (RuntimeException crashed) {
            clock.passes(Duration.ofMinutes(5));
        }
    }

    private static List<String> heard(Scribe scribe) {
        return test.database()
                .transaction(
                        tx ->
                                tx.createQuery(
                                                """
                                                select subject from heard
                                                where subscriber = :name order by at
                                                """)
                                        .bind("name", scribe.name())
                                        .mapTo(String.class)
                                        .list());
    }

    private static long parked(Scribe scribe) {
        return test.count("outbox_parked where subscriber = '" + scribe.name() + "'");
    }

    private static int failures(Scribe scribe) {
        return test.database()
                .transaction(
                        tx ->
                                tx.createQuery(
                                                """
                                                select coalesce(max(failures), 0) from outbox_cursor
                                                where subscriber = :name
                                                """)
                                        .bind("name", scribe.name())
                                        .mapTo(Integer.class)
                                        .one());
    }
}
