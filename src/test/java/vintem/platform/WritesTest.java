package vintem.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is sent together, on a real PostgreSQL.
class WritesTest {
    private static final String INSERT = "insert into place (number) select * from unnest(?)";

    private static TestDatabase test;

    private final Database database = test.database();

    @BeforeAll
    static void a_table() {
        test = TestDatabase.fresh();
        test.asOwner(
                """
                create table place (number bigint primary key, word text);
                grant select, insert, update, delete on place to vintem_app
                """);
    }

    @AfterAll
    static void closed() {
        test.close();
    }

    @BeforeEach
    void nothing_is_there() {
        database.run(tx -> tx.execute("delete from place"));
    }

    @Test
    void each_runs_with_its_own_arguments_and_after_the_one_before_it() {
        // More often than the driver waits before it lets the server keep a plan.
        for (var round = 0L; round < 8; round++) {
            var first = round * 10;
            var writes = new Writes();
            writes.add(INSERT, numbers(first, first + 1));
            writes.add(
                    "update place set word = w from unnest(?, ?) as n (number, w)"
                            + " where place.number = n.number",
                    numbers(first + 1),
                    BinaryArray.texts(List.of("one?"), it -> it));
            writes.add("delete from place where number = any(?)", numbers(first));
            database.run(writes::run);
        }
        assertThat(test.count("place")).isEqualTo(8);
        assertThat(test.count("place where word = 'one?' and number % 10 = 1")).isEqualTo(8);
    }

    @Test
    void where_one_fails_nothing_stands() {
        var writes = new Writes();
        writes.add(INSERT, numbers(1L));
        writes.add(INSERT, numbers(1L));
        writes.add(INSERT, numbers(2L));
        assertThatThrownBy(() -> database.run(writes::run)).matches(Database::isTaken);
        assertThat(test.count("place")).isZero();
    }

    @Test
    void what_has_run_is_not_run_again() {
        database.run(
                tx -> {
                    var writes = new Writes();
                    writes.add(INSERT, numbers(1L));
                    writes.run(tx);
                    writes.run(tx);
                });
        assertThat(test.count("place")).isEqualTo(1);
    }

    private static BinaryArray numbers(Long... numbers) {
        return BinaryArray.longs(List.of(numbers), it -> it);
    }
}
