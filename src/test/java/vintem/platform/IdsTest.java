package vintem.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class IdsTest {
    @Test
    void an_id_is_a_uuid_of_version_7() {
        assertThat(Stream.generate(Ids::next).limit(10_000))
                .allSatisfy(
                        id -> {
                            assertThat(id.version()).isEqualTo(7);
                            assertThat(id.variant()).isEqualTo(2);
                        });
    }

    @Test
    void an_id_tells_the_millisecond_it_was_made() {
        var future = System.currentTimeMillis() + 1_000;

        assertThat(millis(Ids.next())).isBetween(future - 60_000, future);
    }

    @Test
    void each_id_is_greater_than_the_one_before_as_number_and_as_text() {
        var ids = Stream.generate(Ids::next).limit(100_000).toList();

        assertThat(ids).isSorted().doesNotHaveDuplicates();
        // PostgreSQL compares the bytes without sign, as their text does.
        assertThat(ids.stream().map(UUID::toString)).isSorted();
    }

    @Test
    void ids_go_on_growing_when_the_clock_is_set_back() {
        var now = System.currentTimeMillis();
        var before = Ids.next(now);
        var after = Ids.next(now - 3_600_000);

        assertThat(after).isGreaterThan(before);
        assertThat(millis(after)).isBetween(now, now + 1_000);
    }

    @Test
    void threads_never_get_the_same_id_and_each_sees_its_own_grow() throws Exception {
        Callable<List<UUID>> tenThousand = () -> Stream.generate(Ids::next).limit(10_000).toList();
        var all = new ArrayList<UUID>();
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (var made :
                    threads.invokeAll(IntStream.range(0, 16).mapToObj(_ -> tenThousand).toList())) {
                assertThat(made.get()).isSorted();
                all.addAll(made.get());
            }
        }

        assertThat(all).hasSize(160_000).doesNotHaveDuplicates();
        assertThat(all.stream().map(UUID::getMostSignificantBits)).doesNotHaveDuplicates();
    }

    @Test
    void the_last_62_bits_are_random() {
        var lows = Stream.generate(Ids::next).limit(10_000).map(UUID::getLeastSignificantBits);
        long seen = lows.reduce(0L, (bits, low) -> bits | low ^ 0x8000_0000_0000_0000L);

        assertThat(seen).isEqualTo(0x3FFF_FFFF_FFFF_FFFFL);
    }

    private static long millis(UUID id) {
        return id.getMostSignificantBits() >>> 16;
    }
}
