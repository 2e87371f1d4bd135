package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import vintem.billing.DebtRow.Valid;
import vintem.billing.ErratumTable.Duplicate;
import vintem.billing.ImportTable.Known;

class DebtBatchTest {
    private static final Dialect DIALECT =
            new Dialect(
                    Dialect.Format.CSV,
                    StandardCharsets.UTF_8,
                    ',',
                    Dialect.DecimalMark.DOT,
                    Dialect.DateOrder.ISO,
                    Arrays.stream(DebtField.values()).map(DebtField::name).toList(),
                    Arrays.stream(DebtField.values()).map(Optional::of).toList());

    @Test
    void a_debt_of_thousands_that_a_batch_before_has_is_a_duplicate_or_a_conflict() {
        var before = batch(strangers(5_000), debt("a", 100), debt("b", 100));
        var batch = batch(strangers(5_000), debt("a", 100), debt("b", 200));
        batch.follow(List.of(batch(strangers(10)), before));
        var decision = batch.decide(Map.of(), DIALECT);
        assertThat(decision.fresh()).hasSize(5_000);
        assertThat(decision.duplicates()).extracting(Duplicate::debtId).containsExactly("a");
        assertThat(decision.errata()).hasSize(1);
        assertThat(batch.guessed()).containsExactlyInAnyOrder("a", "b");
        assertThat(batch.cameTrue(Map.of("a", known(100), "b", known(100)))).isTrue();
    }

    @Test
    void debts_of_thousands_that_nobody_has_are_fresh() {
        // So many that some share a bit, and two that share the whole hash.
        var before = batch(strangers(20_000), debt("debt-Aa", 100));
        assertThat("debt-Aa").hasSameHashCodeAs("debt-BB");
        var batch = batch(strangers(20_000), debt("debt-BB", 100));
        batch.follow(List.of(before));
        assertThat(batch.decide(Map.of(), DIALECT).fresh()).hasSize(20_001);
        assertThat(batch.guessed()).isEmpty();
        assertThat(batch.cameTrue(Map.of())).isTrue();
    }

    @Test
    void it_does_not_come_true_where_somebody_else_has_charged_the_debt_otherwise() {
        var before = batch(Stream.of(), debt("a", 100), debt("b", 100));
        var batch = batch(Stream.of(), debt("a", 100));
        batch.follow(List.of(before));
        assertThat(batch.decide(Map.of(), DIALECT).duplicates()).hasSize(1);
        assertThat(batch.cameTrue(Map.of("a", known(300)))).isFalse();
        assertThat(batch.cameTrue(Map.of())).isFalse();
        // It is decided again by what is charged.
        batch.guessNothing();
        var decision = batch.decide(Map.of("a", known(300)), DIALECT);
        assertThat(decision.duplicates()).isEmpty();
        assertThat(decision.errata()).hasSize(1);
        assertThat(batch.cameTrue(Map.of())).isTrue();
    }

    @Test
    void of_several_before_it_the_first_one_charges_the_debt() {
        var first = batch(Stream.of(), debt("a", 100));
        var second = batch(Stream.of(), debt("a", 200));
        var third = batch(Stream.of(), debt("a", 100));
        second.follow(List.of(first));
        third.follow(List.of(first, second));
        assertThat(third.decide(Map.of(), DIALECT).duplicates()).hasSize(1);
        assertThat(second.decide(Map.of(), DIALECT).errata()).hasSize(1);
        assertThat(third.cameTrue(Map.of("a", known(100)))).isTrue();
    }

    @Test
    void what_a_batch_before_it_knows_to_be_charged_is_believed() {
        var before = batch(Stream.of(), debt("a", 100));
        before.decide(Map.of("a", known(300)), DIALECT);
        var batch = batch(Stream.of(), debt("a", 300));
        batch.follow(List.of(before));
        assertThat(batch.decide(Map.of(), DIALECT).duplicates()).hasSize(1);
    }

    private static Stream<Valid> strangers(int count) {
        return IntStream.range(0, count).mapToObj(_ -> debt(UUID.randomUUID().toString(), 100));
    }

    private static DebtBatch batch(Stream<Valid> debts, Valid... more) {
        var batch = new DebtBatch(0, 0);
        Stream.concat(debts, Stream.of(more)).forEach(debt -> batch.add(debt, 0, 2));
        return batch;
    }

    private static Valid debt(String debtId, long cents) {
        return new Valid(
                2,
                List.of(),
                debtId,
                "Ana",
                "",
                false,
                "ana@example.com",
                cents,
                LocalDate.EPOCH,
                null);
    }

    private static Known known(long cents) {
        return new Known("Ana", "", "ana@example.com", cents, LocalDate.EPOCH);
    }
}
