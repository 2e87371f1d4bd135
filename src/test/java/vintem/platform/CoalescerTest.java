package vintem.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vintem.platform.BreakingLine.Side;
import vintem.platform.Coalescer.Limits;
import vintem.platform.Coalescer.Unavailable;

/// Lists of requests on a real PostgreSQL, behind a line that can be broken.
class CoalescerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Limits ONE_WORKER = new Limits(1_000, 100, 1, 8);

    private static TestDatabase test;
    private static BreakingLine line;

    private final ConcurrentLinkedQueue<List<Wish>> lists = new ConcurrentLinkedQueue<>();
    private final Semaphore gate = new Semaphore(1_000_000);
    private Coalescer<Wish, String> coalescer;

    /// Something to be written once.
    record Wish(UUID id, String word) {
        static Wish of(String word) {
            return new Wish(Ids.next(), word);
        }
    }

    @BeforeAll
    static void a_table_for_wishes() {
        test = TestDatabase.fresh();
        line = new BreakingLine(test.owner());
        test.asOwner(
                """
                create table wish (id uuid primary key, word text not null check (word <> 'never'),
                                   number integer, written integer not null default 1);
                grant select, insert, update, delete on wish to vintem_app
                """);
    }

    @AfterAll
    static void the_line_is_closed() {
        line.close();
        test.close();
    }

    @BeforeEach
    void nothing_is_there() {
        line.comeBack();
        test.database().transaction(tx -> tx.execute("delete from wish"));
        start(ONE_WORKER, this::write);
    }

    @AfterEach
    void the_gate_is_open() {
        gate.release(1_000_000);
        coalescer.close();
    }

    @Test
    void every_request_gets_exactly_its_own_outcome_whoever_asks_beside_it() {
        var seed = System.nanoTime();
        for (var longest : List.of(1, 7, 1_000)) {
            start(new Limits(10_000, longest, 3, 8), this::write);
            var works = new ArrayList<Callable<Boolean>>();
            for (var thread = 0; thread < 10; thread++) {
                var random = new java.util.Random(seed + thread);
                works.add(
                        () -> {
                            for (var i = 0; i < 12; i++) {
                                var wish = Wish.of("w" + random.nextLong());
                                var outcome = coalescer.call(wish, PATIENCE);
                                assertThat(outcome).as("seed %d", seed).isEqualTo(answer(wish));
                            }
                            return true;
                        });
            }
            Together.atOnce(works);
        }
        assertThat(test.count("wish where written = 1")).isEqualTo(3 * 10 * 12);
    }

    @Test
    void the_order_in_a_list_is_the_order_of_arrival() {
        gate.drainPermits();
        var outcomes = submit(150);
        gate.release(1_000);
        outcomes.forEach(CompletableFuture::join);
        var words = lists.stream().flatMap(List::stream).map(Wish::word).toList();
        assertThat(words).isEqualTo(words(150));
    }

    @Test
    void what_waits_while_a_list_runs_becomes_one_list() {
        gate.drainPermits();
        var first = coalescer.submit(Wish.of("first"));
        Together.until("the first list runs", () -> lists.size() == 1);
        var rest = submit(60);
        gate.release(1_000);
        first.join();
        rest.forEach(CompletableFuture::join);
        assertThat(lists.stream().map(List::size)).containsExactly(1, 60);
    }

    @Test
    void the_next_list_does_not_wait_until_everybody_on_a_long_one_is_told_but_closing_does() {
        gate.drainPermits();
        var first = coalescer.submit(Wish.of("first"));
        Together.until("the first list runs", () -> lists.size() == 1);
        var list = submit(20);
        var slow = new CountDownLatch(1);
        var listening = list.get(10).thenRun(() -> await(slow));
        gate.release(1_000);
        first.join();
        Together.until("the long list has been taken", () -> lists.size() == 2);
        CompletableFuture<Void> closing;
        try {
            assertThat(coalescer.call(Wish.of("next"), PATIENCE)).isEqualTo("granted next");
            assertThat(list.getLast()).isNotDone();
            closing = CompletableFuture.runAsync(coalescer::close);
            Together.until("the door is closed", this::isClosed);
            // What does not happen cannot be waited for: this is longer than an idle worker takes
            // to leave.
            Together.pause(Duration.ofMillis(150));
            assertThat(closing).isNotDone();
        } finally {
            slow.countDown();
        }
        closing.join();
        listening.join();
        assertThat(list).allSatisfy(each -> assertThat(each).isCompleted());
    }

    @Test
    void a_second_worker_helps_a_crowd_and_nobody_else() {
        start(new Limits(1_000, 100, 2, 8, 40, Duration.ofHours(1)), this::write);
        gate.drainPermits();
        var first = coalescer.submit(Wish.of("first"));
        Together.until("the first list runs", () -> lists.size() == 1);
        var few = submit(39);
        // What becomes of nobody cannot be waited for: this is when the second worker would look.
        Together.pause(Duration.ofMillis(150));
        assertThat(lists).hasSize(1);
        var one = coalescer.submit(Wish.of("one too many"));
        Together.until("the second worker has taken the crowd", () -> lists.size() == 2);
        assertThat(lists.stream().map(List::size)).containsExactly(1, 40);
        gate.release(1_000);
        first.join();
        one.join();
        few.forEach(CompletableFuture::join);
    }

    @Test
    void a_second_worker_helps_who_is_held_up_by_the_list_before_them() {
        start(new Limits(1_000, 100, 2, 8, 40, Duration.ofMillis(50)), this::write);
        gate.drainPermits();
        var first = coalescer.submit(Wish.of("first"));
        Together.until("the first list runs", () -> lists.size() == 1);
        var second = coalescer.submit(Wish.of("second"));
        Together.until("the second worker has taken it", () -> lists.size() == 2);
        gate.release(1_000);
        assertThat(first.join()).isEqualTo("granted first");
        assertThat(second.join()).isEqualTo("granted second");
    }

    @Test
    void who_waits_too_long_hears_that_the_outcome_did_not_come_in_time() {
        gate.drainPermits();
        var wish = Wish.of("late");
        assertThatThrownBy(() -> coalescer.call(wish, Duration.ofMillis(300)))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("no outcome within");
        gate.release(1_000);
        Together.until("it is written all the same", () -> test.count("wish") == 1);
        assertThat(coalescer.call(wish, PATIENCE)).isEqualTo("granted late");
    }

    @Test
    void a_list_is_never_longer_than_its_limit() {
        gate.drainPermits();
        var outcomes = submit(250);
        gate.release(1_000);
        outcomes.forEach(CompletableFuture::join);
        assertThat(lists).allSatisfy(list -> assertThat(list).hasSizeLessThanOrEqualTo(100));
    }

    @Test
    void an_idle_system_runs_lists_of_one_at_once() {
        start(Limits.USUAL, (_, wishes) -> seen(wishes).stream().map(Wish::word).toList());
        coalescer.call(Wish.of("warm"), PATIENCE);
        var fastest = Duration.ofHours(1);
        for (var i = 0; i < 200; i++) {
            var start = Instant.now();
            coalescer.call(Wish.of("w"), PATIENCE);
            var took = Duration.between(start, Instant.now());
            fastest = took.compareTo(fastest) < 0 ? took : fastest;
        }
        // A timer of even ten milliseconds would keep every one of them, however slow the machine.
        assertThat(fastest).isLessThan(Duration.ofMillis(9));
        assertThat(lists).allSatisfy(list -> assertThat(list).hasSize(1));
    }

    @Test
    void a_request_with_a_value_that_cannot_be_fails_alone() {
        failsAlone("not a number", "22P02");
    }

    @Test
    void a_request_that_breaks_a_constraint_fails_alone() {
        failsAlone("never", "23514");
    }

    @Test
    void a_request_that_finds_a_bug_fails_alone() {
        failsAlone("bug", "this is a bug");
    }

    @Test
    void a_request_that_throws_what_it_does_not_declare_is_told_so() {
        failsAlone("sneaky", "not declared");
    }

    @Test
    void several_poisoned_requests_fail_alone_each() {
        gate.drainPermits();
        var outcomes = new ArrayList<CompletableFuture<String>>();
        var words = List.of("never", "a", "bug", "bug", "b", "not a number", "c", "d", "never");
        words.forEach(word -> outcomes.add(coalescer.submit(Wish.of(word))));
        gate.release(1_000);
        for (var i = 0; i < words.size(); i++) {
            var outcome = outcomes.get(i);
            if (words.get(i).length() == 1) {
                assertThat(outcome.join()).isEqualTo("granted " + words.get(i));
            } else {
                assertThatThrownBy(outcome::join).isInstanceOf(CompletionException.class);
            }
        }
        assertThat(test.count("wish where written = 1")).isEqualTo(4);
    }

    @Test
    void a_deadlock_or_a_serialisation_failure_runs_the_whole_list_again() {
        for (var state : List.of("40001", "40P01")) {
            lists.clear();
            var runs = new AtomicInteger();
            start(
                    ONE_WORKER,
                    (tx, wishes) -> {
                        var outcomes = write(tx, wishes);
                        if (runs.incrementAndGet() < 3) {
                            raise(tx, state);
                        }
                        return outcomes;
                    });
            var wish = Wish.of("again");
            assertThat(coalescer.call(wish, PATIENCE)).isEqualTo("granted again");
            assertThat(runs).hasValue(3);
            assertThat(lists).allSatisfy(list -> assertThat(list).containsExactly(wish));
        }
        assertThat(test.count("wish where written = 1")).isEqualTo(2);
    }

    @Test
    void a_commit_that_never_reached_the_server_is_run_again() {
        commitBreaks(Side.BEFORE);
    }

    @Test
    void a_commit_whose_answer_was_lost_is_neither_lost_nor_doubled() {
        commitBreaks(Side.AFTER);
    }

    @Test
    void a_backend_that_is_terminated_in_the_middle_of_a_list_costs_nobody_anything() {
        var runs = new AtomicInteger();
        start(
                ONE_WORKER,
                (tx, wishes) -> {
                    var outcomes = write(tx, wishes);
                    if (runs.incrementAndGet() == 1) {
                        var backend = tx.createQuery("select pg_backend_pid()");
                        var pid = backend.mapTo(Integer.class).one();
                        test.asOwner("select pg_terminate_backend(%d)".formatted(pid));
                        tx.execute("select 1");
                    }
                    return outcomes;
                });
        assertThat(coalescer.call(Wish.of("w"), PATIENCE)).isEqualTo("granted w");
        assertThat(test.count("wish where written = 1")).isEqualTo(1);
    }

    @Test
    void while_the_database_is_away_callers_hear_so_and_nothing_is_lost_or_doubled_afterwards() {
        start(new Limits(1_000, 100, 1, 3), this::write);
        line.goAway();
        var wishes = words(20).stream().map(Wish::of).toList();
        var refused = wishes.stream().map(coalescer::submit).toList();
        assertThat(refused)
                .allSatisfy(
                        each ->
                                assertThatThrownBy(each::join)
                                        .hasCauseInstanceOf(Unavailable.class));
        line.comeBack();
        assertThat(test.count("wish")).isZero();
        Together.until("a connection again", () -> answers(Wish.of("first")));
        wishes.stream().map(coalescer::submit).toList().forEach(CompletableFuture::join);
        assertThat(test.count("wish where written = 1 and word <> 'first'")).isEqualTo(20);
    }

    @Test
    void where_the_fate_stays_unknown_the_same_request_again_does_not_double_it() {
        start(new Limits(1_000, 100, 1, 2), this::write);
        // The commit happens, its answer is lost, and so is that of the second run.
        line.breakAtCommit(Side.AFTER, 2);
        var wish = Wish.of("once");
        assertThatThrownBy(() -> coalescer.call(wish, PATIENCE)).isInstanceOf(Unavailable.class);
        assertThat(test.count("wish")).isEqualTo(1);
        Together.until("a connection again", () -> answers(wish));
        assertThat(test.count("wish where written = 1")).isEqualTo(1);
    }

    @Test
    void a_full_line_refuses_the_next_one_at_once() {
        start(new Limits(5, 100, 1, 8), this::write);
        gate.drainPermits();
        var running = coalescer.submit(Wish.of("running"));
        Together.until("it runs", () -> lists.size() == 1);
        var waiting = submit(5);
        var start = Instant.now();
        assertThatThrownBy(() -> coalescer.submit(Wish.of("too many")))
                .isInstanceOf(Unavailable.class);
        assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(5));
        gate.release(1_000);
        assertThat(running.join()).isEqualTo("granted running");
        assertThat(waiting).allSatisfy(each -> assertThat(each.join()).startsWith("granted"));
        assertThat(test.count("wish where word = 'too many'")).isZero();
    }

    @Test
    void a_caller_who_gives_up_in_time_is_withdrawn_and_the_others_are_served() {
        gate.drainPermits();
        var running = coalescer.submit(Wish.of("running"));
        Together.until("it runs", () -> lists.size() == 1);
        var before = coalescer.submit(Wish.of("before"));
        var cancelled = coalescer.submit(Wish.of("cancelled"));
        assertThatThrownBy(() -> coalescer.call(Wish.of("impatient"), Duration.ofMillis(30)))
                .isInstanceOf(Unavailable.class);
        var after = coalescer.submit(Wish.of("after"));
        cancelled.cancel(false);
        // Too late to be withdrawn: it only stops listening.
        running.cancel(false);
        gate.release(1_000);
        assertThat(before.join()).isEqualTo("granted before");
        assertThat(after.join()).isEqualTo("granted after");
        assertThat(test.count("wish where word in ('running', 'before', 'after')")).isEqualTo(3);
        assertThat(test.count("wish")).isEqualTo(3);
    }

    @Test
    void closing_finishes_what_waits_and_then_takes_no_more() {
        gate.drainPermits();
        var waiting = submit(120);
        var closing = CompletableFuture.runAsync(coalescer::close);
        Together.until("the door is closed", this::isClosed);
        assertThat(closing).isNotDone();
        gate.release(1_000);
        closing.join();
        assertThat(waiting).allSatisfy(each -> assertThat(each).isCompleted());
        assertThat(test.count("wish where written = 1")).isEqualTo(120);
        assertThatThrownBy(() -> coalescer.submit(Wish.of("late"))).isInstanceOf(Unavailable.class);
    }

    @Test
    void whoever_was_let_in_while_the_door_closes_is_served() {
        for (var round = 0; round < 5; round++) {
            start(ONE_WORKER, this::write);
            var closing = coalescer;
            var letIn = new ConcurrentLinkedQueue<CompletableFuture<String>>();
            var begun = new CountDownLatch(3);
            var works = new ArrayList<Callable<Boolean>>();
            for (var thread = 0; thread < 4; thread++) {
                works.add(
                        () -> {
                            try {
                                for (var i = 0; i < 100; i++) {
                                    letIn.add(closing.submit(Wish.of("w")));
                                    begun.countDown();
                                }
                            } catch (Unavailable closed) {
                                return true;
                            }
                            return false;
                        });
            }
            works.add(
                    () -> {
                        begun.await();
                        closing.close();
                        return true;
                    });
            Together.atOnce(works);
            assertThat(letIn).allSatisfy(each -> assertThat(each).isCompleted());
        }
    }

    @Test
    void a_wrong_number_of_outcomes_fails_all_and_writes_nothing() {
        start(
                ONE_WORKER,
                (tx, wishes) -> {
                    var outcomes = write(tx, wishes);
                    return outcomes.subList(1, outcomes.size());
                });
        var outcomes = submit(10);
        assertThat(outcomes)
                .allSatisfy(
                        each ->
                                assertThatThrownBy(each::join)
                                        .hasCauseInstanceOf(IllegalStateException.class)
                                        .hasMessageContaining("0 outcomes for 1 requests"));
        assertThat(test.count("wish")).isZero();
    }

    private void start(Limits limits, Coalescer.Work<Wish, String> work) {
        if (coalescer != null) {
            coalescer.close();
        }
        coalescer = new Coalescer<>("wishes", line.database(), limits, work);
    }

    /// Re-run safe, as every work is: what stands under an id is answered, not written twice. Would
    /// it be, `written` would tell.
    private List<String> write(Handle tx, List<Wish> wishes) {
        seen(wishes);
        for (var wish : wishes) {
            switch (wish.word()) {
                case "bug" -> throw new IllegalStateException("this is a bug");
                case "sneaky" -> throw CoalescerTest.<RuntimeException>sneaky();
                case "not a number" -> tx.execute("select 'x'::integer");
                default -> {}
            }
        }
        tx.createUpdate(
                        """
                        insert into wish (id, word)
                        select * from unnest(:ids, :words) on conflict (id) do nothing
                        """)
                .bindArray("ids", UUID.class, wishes.stream().map(Wish::id).toList())
                .bindArray("words", String.class, wishes.stream().map(Wish::word).toList())
                .execute();
        return wishes.stream().map(CoalescerTest::answer).toList();
    }

    private List<Wish> seen(List<Wish> wishes) {
        lists.add(wishes);
        gate.acquireUninterruptibly();
        return wishes;
    }

    private void failsAlone(String poison, String because) {
        gate.drainPermits();
        var running = coalescer.submit(Wish.of("running"));
        Together.until("it runs", () -> lists.size() == 1);
        var before = submit(10);
        var poisoned = coalescer.submit(Wish.of(poison));
        var after = submit(10);
        gate.release(1_000);
        assertThat(running.join()).isEqualTo("granted running");
        assertThat(before).allSatisfy(each -> assertThat(each.join()).startsWith("granted"));
        assertThat(after).allSatisfy(each -> assertThat(each.join()).startsWith("granted"));
        assertThatThrownBy(poisoned::join)
                .satisfies(
                        failed ->
                                assertThat(causes(failed))
                                        .anySatisfy(each -> assertThat(each).contains(because)));
        assertThat(test.count("wish where written = 1")).isEqualTo(21);
    }

    private void commitBreaks(Side side) {
        gate.drainPermits();
        var outcomes = submit(30);
        line.breakAtCommit(side, 1);
        gate.release(1_000);
        for (var i = 0; i < 30; i++) {
            assertThat(outcomes.get(i).join()).isEqualTo("granted w" + i);
        }
        assertThat(line.hasBroken()).isTrue();
        assertThat(lists.size()).isGreaterThan(1);
        assertThat(test.count("wish where written = 1")).isEqualTo(30);
    }

    private boolean answers(Wish wish) {
        try {
            coalescer.call(wish, PATIENCE);
            return true;
        } catch (Unavailable notYet) {
            return false;
        }
    }

    private boolean isClosed() {
        try {
            coalescer.submit(Wish.of("probe")).cancel(false);
            return false;
        } catch (Unavailable closed) {
            return true;
        }
    }

    private List<CompletableFuture<String>> submit(int number) {
        return words(number).stream().map(word -> coalescer.submit(Wish.of(word))).toList();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(PATIENCE.toSeconds() * 2, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private static List<String> words(int number) {
        return IntStream.range(0, number).mapToObj(each -> "w" + each).toList();
    }

    private static String answer(Wish wish) {
        return "granted " + wish.word();
    }

    private static void raise(Handle tx, String state) {
        tx.execute("do $$ begin raise exception using errcode = '%s'; end $$".formatted(state));
    }

    private static List<String> causes(Throwable failed) {
        var causes = new ArrayList<String>();
        for (var cause = failed; cause != null; cause = cause.getCause()) {
            var state = cause instanceof java.sql.SQLException sql ? sql.getSQLState() : "";
            causes.add(state + " " + cause.getMessage());
        }
        return causes;
    }

    @SuppressWarnings("unchecked")
    private static <E extends Exception> E sneaky() throws E {
        throw (E) new java.io.IOException("not declared");
    }
}
