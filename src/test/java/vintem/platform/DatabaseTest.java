package vintem.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.platform.BreakingLine.Side;
import vintem.platform.Database.CommitUnknown;

/// What a transaction promises, on a real PostgreSQL.
class DatabaseTest {
    private static TestDatabase test;
    private static BreakingLine line;

    private final Database database = test.database();
    private final AtomicInteger runs = new AtomicInteger();

    @BeforeAll
    static void a_table() {
        test = TestDatabase.fresh();
        line = new BreakingLine(test.owner());
        test.asOwner(
                """
                create table thing (id uuid primary key, word text unique deferrable initially
                                    deferred);
                create table pair (id integer primary key, number integer not null);
                insert into pair values (1, 0), (2, 0);
                grant select, insert, update, delete on thing, pair to vintem_app
                """);
    }

    @AfterAll
    static void closed() {
        line.close();
        test.close();
    }

    @BeforeEach
    void nothing_is_there() {
        line.comeBack();
        database.run(tx -> tx.execute("delete from thing"));
    }

    @Test
    void what_a_transaction_returns_is_committed_and_what_it_throws_is_rolled_back() {
        assertThat(database.<String>transaction(tx -> write(tx, "a"))).isEqualTo("a");
        assertThatThrownBy(
                        () ->
                                database.run(
                                        tx -> {
                                            write(tx, "b");
                                            throw new IllegalStateException("no");
                                        }))
                .hasMessage("no");
        assertThat(test.count("thing")).isEqualTo(1);
    }

    @Test
    void what_starts_again_has_undone_what_it_wrote_and_what_failed() {
        database.run(
                tx -> {
                    write(tx, "a");
                    assertThatThrownBy(() -> tx.execute("insert into pair values (1, 0)"))
                            .matches(Database::isTaken);
                    Database.startAgain(tx);
                    write(tx, "b");
                });
        assertThat(test.count("thing where word = 'b'")).isEqualTo(1);
        assertThat(test.count("thing")).isEqualTo(1);
    }

    @Test
    void a_refusal_that_rolls_back_is_returned_and_leaves_nothing() {
        var refusal = database.transaction(tx -> Database.rollback(tx, write(tx, "a")));
        assertThat(refusal).isEqualTo("a");
        assertThat(test.count("thing")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"40001", "40P01"})
    void what_may_be_tried_again_is_tried_again_from_the_start(String state) {
        database.transaction(
                tx -> {
                    write(tx, "a");
                    if (runs.incrementAndGet() < 4) {
                        raise(tx, state);
                    }
                    return true;
                });
        assertThat(runs).hasValue(4);
        assertThat(test.count("thing")).isEqualTo(1);
    }

    @Test
    void what_may_be_tried_again_is_not_tried_for_ever() {
        assertThatThrownBy(
                        () ->
                                database.run(
                                        tx -> {
                                            runs.incrementAndGet();
                                            raise(tx, "40001");
                                        }))
                .hasMessageContaining("ERROR");
        assertThat(runs).hasValue(10);
    }

    @Test
    void any_other_failure_is_not_tried_again() {
        assertThatThrownBy(
                        () ->
                                database.run(
                                        tx -> {
                                            runs.incrementAndGet();
                                            raise(tx, "23514");
                                        }))
                .hasMessageContaining("ERROR");
        assertThat(runs).hasValue(1);
    }

    @Test
    void two_transactions_in_a_real_deadlock_both_succeed() {
        var both = new CyclicBarrier(2);
        var first = new AtomicInteger();
        Together.atOnce(
                2,
                () -> {
                    var mine = 1 + first.getAndIncrement();
                    var tries = new AtomicInteger();
                    database.run(
                            tx -> {
                                raise(tx, mine);
                                if (tries.incrementAndGet() == 1) {
                                    meet(both);
                                }
                                raise(tx, 3 - mine);
                            });
                    return true;
                });
        assertThat(test.count("pair where number = 2")).isEqualTo(2);
    }

    @Test
    void a_commit_without_an_answer_is_unknown_whichever_it_was() {
        line.breakAtCommit(Side.BEFORE, 1);
        assertThatThrownBy(() -> line.database().transaction(tx -> write(tx, "not written")))
                .isInstanceOf(CommitUnknown.class);
        line.breakAtCommit(Side.AFTER, 1);
        assertThatThrownBy(() -> line.database().transaction(tx -> write(tx, "written")))
                .isInstanceOf(CommitUnknown.class);
        assertThat(test.count("thing where word = 'written'")).isEqualTo(1);
        assertThat(test.count("thing")).isEqualTo(1);
    }

    @Test
    void a_constraint_that_speaks_at_commit_is_an_answer() {
        assertThatThrownBy(
                        () ->
                                database.run(
                                        tx -> {
                                            write(tx, "same");
                                            write(tx, "same");
                                        }))
                .isNotInstanceOf(CommitUnknown.class)
                .hasStackTraceContaining("duplicate key");
        assertThat(test.count("thing")).isZero();
    }

    @Test
    void committing_a_transaction_that_had_failed_is_an_answer_too() {
        assertThatThrownBy(
                        () ->
                                database.run(
                                        tx -> {
                                            write(tx, "a");
                                            try {
                                                tx.execute("select 1/0");
                                            } catch (RuntimeException swallowed) {
                                                runs.incrementAndGet();
                                            }
                                        }))
                .isNotInstanceOf(CommitUnknown.class);
        assertThat(runs).hasValue(1);
        assertThat(test.count("thing")).isZero();
    }

    @Test
    void a_connection_whose_line_broke_is_not_handed_out_again() {
        for (var round = 0; round < 5; round++) {
            line.breakAtCommit(Side.BEFORE, 1);
            assertThatThrownBy(() -> line.database().transaction(tx -> write(tx, "broken")))
                    .isInstanceOf(CommitUnknown.class);
            assertThat(line.database().<String>transaction(tx -> write(tx, "mended")))
                    .isEqualTo("mended");
            database.run(tx -> tx.execute("delete from thing"));
        }
    }

    @Test
    void a_snapshot_is_of_one_moment_and_only_reads() {
        database.run(tx -> write(tx, "before"));
        var counts =
                database.snapshot(
                        tx -> {
                            var count = tx.createQuery("select count(*) from thing");
                            var first = count.mapTo(Long.class).one();
                            database.run(other -> write(other, "meanwhile"));
                            var again = tx.createQuery("select count(*) from thing");
                            return java.util.List.of(first, again.mapTo(Long.class).one());
                        });
        assertThat(counts).containsExactly(1L, 1L);
        assertThatThrownBy(() -> database.snapshot(tx -> write(tx, "never")))
                .hasStackTraceContaining("read-only");
    }

    private static String write(Handle tx, String word) {
        tx.execute("insert into thing values (?, ?)", UUID.randomUUID(), word);
        return word;
    }

    private static void raise(Handle tx, String state) {
        tx.execute("do $$ begin raise exception using errcode = '%s'; end $$".formatted(state));
    }

    private static void raise(Handle tx, int id) {
        tx.execute("update pair set number = number + 1 where id = ?", id);
    }

    private static void meet(CyclicBarrier both) {
        try {
            both.await(10, TimeUnit.SECONDS);
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }
}
