package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import vintem.billing.DebtRow.Valid;

class DebtBatchTest {
    @Test
    void batches_overlap_where_one_debt_of_thousands_is_in_both() {
        var shared = UUID.randomUUID().toString();
        var one = batch(Stream.concat(strangers(5_000), Stream.of(shared)));
        var other = batch(Stream.concat(Stream.of(shared), strangers(5_000)));
        assertThat(one.overlaps(other)).isTrue();
        assertThat(other.overlaps(one)).isTrue();
    }

    @Test
    void batches_of_thousands_without_a_debt_in_common_do_not_overlap() {
        // So many that some share a bit, and two that share the whole hash.
        var one = batch(Stream.concat(strangers(20_000), Stream.of("debt-Aa")));
        var other = batch(Stream.concat(strangers(20_000), Stream.of("debt-BB")));
        assertThat("debt-Aa").hasSameHashCodeAs("debt-BB");
        assertThat(one.overlaps(other)).isFalse();
        assertThat(other.overlaps(one)).isFalse();
        assertThat(one.overlaps(batch(Stream.of()))).isFalse();
    }

    private static Stream<String> strangers(int count) {
        return IntStream.range(0, count).mapToObj(_ -> UUID.randomUUID().toString());
    }

    private static DebtBatch batch(Stream<String> debtIds) {
        var batch = new DebtBatch(0, 0);
        debtIds.forEach(
                debtId ->
                        batch.add(
                                new Valid(
                                        2,
                                        List.of(),
                                        debtId,
                                        "Ana",
                                        "",
                                        false,
                                        "ana@example.com",
                                        100,
                                        LocalDate.EPOCH,
                                        null),
                                0,
                                2));
        return batch;
    }
}
