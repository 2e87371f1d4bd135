package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vintem.bank.SandboxBoletos;
import vintem.platform.TestDatabase;
import vintem.platform.Together;

class BoletoNumbersTest {
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 26);

    private final TestDatabase test = TestDatabase.fresh();
    private final BeneficiaryTable table = new BeneficiaryTable();
    private final Boletos boletos = new Boletos(test.database(), table, new SandboxBoletos(false));

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void many_who_take_at_once_never_get_the_same_number() {
        var works = new ArrayList<Callable<Boletos.Numbers>>();
        for (var i = 0; i < 40; i++) {
            var count = 1 + i % 7;
            works.add(() -> boletos.take(count));
        }
        var taken = Together.atOnce(works);
        var numbers = new TreeSet<Long>();
        var count = 0;
        for (var range : taken) {
            for (var offset = 0; offset < range.count(); offset++) {
                numbers.add(range.first() + offset);
                count++;
            }
        }
        assertThat(numbers).hasSize(count);
        assertThat(numbers.first()).isEqualTo(1L);
        assertThat(numbers.last()).isEqualTo(count);
        assertThat(test.count("beneficiary")).isOne();
    }

    @Test
    void numbers_that_were_taken_and_not_used_are_lost() {
        boletos.take(5);
        assertThat(new Boletos(test.database(), table, new SandboxBoletos(false)).take(1).first())
                .isEqualTo(6);
    }

    @Test
    void where_none_are_left_none_are_given() {
        var most = boletos.take(1).beneficiary().mostNumbers();
        test.asOwner("update beneficiary set next_number = %d".formatted(most - 1));
        assertThatThrownBy(() -> boletos.take(3)).isInstanceOf(Boletos.Exhausted.class);
        assertThat(boletos.take(2).first()).isEqualTo(most - 1);
        assertThatThrownBy(() -> boletos.take(1)).isInstanceOf(Boletos.Exhausted.class);
    }

    @Test
    void what_was_taken_after_a_backup_is_never_taken_again() {
        BoletoNumbers.settleIn(test.owner(), false);
        var before = boletos.take(10).first();
        BoletoNumbers.settleIn(test.owner(), false);
        assertThat(boletos.take(1).first()).isEqualTo(before + 10);

        BoletoNumbers.settleIn(test.owner(), true);
        var restored = boletos.take(1).first();
        assertThat(restored).isGreaterThan(before + 1_000_000);

        test.asOwner("update boleto_home set system_identifier = 7");
        BoletoNumbers.settleIn(test.owner(), false);
        var elsewhere = boletos.take(1).first();
        assertThat(elsewhere).isGreaterThan(restored + 1_000_000);

        test.asOwner("update boleto_home set timeline = '000000FF'");
        BoletoNumbers.settleIn(test.owner(), false);
        var rewound = boletos.take(1).first();
        assertThat(rewound).isGreaterThan(elsewhere + 1_000_000);

        BoletoNumbers.settleIn(test.owner(), false);
        assertThat(boletos.take(1).first()).isEqualTo(rewound + 1);
    }

    @Test
    void a_boleto_falls_due_with_its_debt_but_never_sooner_than_banks_take_it() {
        var numbers = boletos.take(5);
        // Thursday 26 November, and three days: Sunday.
        assertThat(boletos.earliestDue(TODAY)).isEqualTo("2026-11-30");
        assertThat(issue(numbers, 0, LocalDate.of(2022, 10, 12)).due()).isEqualTo("2026-11-30");
        assertThat(issue(numbers, 1, LocalDate.of(2027, 3, 14)).due()).isEqualTo("2027-03-14");
        assertThat(issue(numbers, 2, LocalDate.of(2026, 12, 31)).due()).isEqualTo("2027-01-04");
        assertThat(boletos.earliestDue(LocalDate.of(2026, 12, 28))).isEqualTo("2027-01-04");
        assertThatThrownBy(() -> issue(numbers, 5, TODAY))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void what_is_too_much_for_a_boleto_has_none() {
        var numbers = boletos.take(2);
        assertThat(boletos.issue(numbers, 0, Boleto.MOST_CENTS, TODAY, TODAY, true)).isNotNull();
        assertThat(boletos.issue(numbers, 1, Boleto.MOST_CENTS + 1, TODAY, TODAY, true)).isNull();
    }

    @Test
    void the_bank_registers_at_once_and_rejects_invalid_documents_where_it_is_strict() {
        var strict = new Boletos(test.database(), table, new SandboxBoletos(true));
        var numbers = strict.take(3);
        var valid = Objects.requireNonNull(strict.issue(numbers, 0, 100, TODAY, TODAY, true));
        assertThat(valid.status()).isEqualTo(NewBoleto.Status.REGISTERED);
        var invalid = Objects.requireNonNull(strict.issue(numbers, 1, 100, TODAY, TODAY, false));
        assertThat(invalid.status()).isEqualTo(NewBoleto.Status.REJECTED);
        assertThat(invalid.reason()).isEqualTo("invalid_document");
        var lenient = Objects.requireNonNull(boletos.issue(numbers, 2, 100, TODAY, TODAY, false));
        assertThat(lenient.status()).isEqualTo(NewBoleto.Status.REGISTERED);
    }

    private NewBoleto issue(Boletos.Numbers numbers, int offset, LocalDate debtDue) {
        return Objects.requireNonNull(boletos.issue(numbers, offset, 10_000, debtDue, TODAY, true));
    }
}
