package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vintem.Http;
import vintem.MovableClock;
import vintem.Rows;
import vintem.World;
import vintem.bank.BoletoRegistry;
import vintem.bank.BoletoRegistry.Answer.Registered;
import vintem.bank.BoletoRegistry.Answer.Rejected;
import vintem.bank.BoletoRegistry.Answer.Unknown;
import vintem.platform.Broadcast;
import vintem.platform.Database;
import vintem.platform.Outbox;
import vintem.platform.Together;

/// Boletos that are drafts until a bank has registered them, which may take its time, refuse, or
/// never answer.
@QuarkusTest
@QuarkusTestResource(World.class)
class RegisterBoletosTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /// A bank that says nothing until it is asked, and then what a test has it say.
    private static final class Bank implements BoletoRegistry {
        private final ConcurrentLinkedQueue<Slip> asked = new ConcurrentLinkedQueue<>();
        private volatile Function<Slip, Answer> says = _ -> new Registered();

        @Override
        public Optional<Answer> atOnce(boolean documentValid) {
            return Optional.empty();
        }

        @Override
        public Duration timeout() {
            return TIMEOUT;
        }

        @Override
        public List<Answered> register(List<Slip> slips) {
            asked.addAll(slips);
            return slips.stream().map(it -> new Answered(it.id(), says.apply(it))).toList();
        }
    }

    @Inject Database database;
    @Inject RegistrationTable table;
    @Inject BeneficiaryTable beneficiaries;
    @Inject Outbox outbox;
    @Inject Broadcast broadcast;
    @Inject MovableClock clock;

    private final Bank bank = new Bank();
    private final Http creditor = Http.admin();

    @AfterEach
    void no_draft_is_left_to_other_tests() {
        bank.says = _ -> new Registered();
        clock.passes(TIMEOUT.multipliedBy(3));
        node().run();
    }

    @Test
    void what_a_bank_has_to_be_asked_for_is_a_draft() {
        var boletos = new Boletos(database, beneficiaries, bank);
        var today = LocalDate.of(2026, 3, 2);
        var made = boletos.issue(boletos.take(1), 0, 1_000, today, today, false);
        assertThat(Objects.requireNonNull(made).status()).isEqualTo(NewBoleto.Status.DRAFT);
        assertThat(made.reason()).isNull();
    }

    @Test
    void a_draft_says_that_it_cannot_be_paid_until_the_bank_has_registered_it() {
        var id = draft();
        assertThat(boletoStatus(id)).isEqualTo("draft");
        node().run();
        assertThat(boletoStatus(id)).isEqualTo("registered");
        var charge = Debts.look(creditor, id.toString()).get("charge");
        assertThat(bank.asked)
                .filteredOn(it -> it.id().equals(id))
                .singleElement()
                .satisfies(
                        it -> {
                            assertThat(it.barCode()).isEqualTo(charge.get("bar_code").asText());
                            assertThat(it.due())
                                    .hasToString(charge.get("boleto_due_date").asText());
                            assertThat(it.governmentId()).isEqualTo("529.982.247-25");
                        });
        node().run();
        assertThat(times(id)).isOne();
    }

    @Test
    void a_bank_that_does_not_say_is_asked_again_after_its_time_and_not_before() {
        var id = draft();
        bank.says = _ -> new Unknown();
        node().run();
        assertThat(boletoStatus(id)).isEqualTo("registering");
        node().run();
        assertThat(times(id)).isOne();
        clock.passes(TIMEOUT.multipliedBy(2).plusSeconds(1));
        bank.says = _ -> new Registered();
        node().run();
        assertThat(times(id)).isEqualTo(2);
        assertThat(boletoStatus(id)).isEqualTo("registered");
    }

    @Test
    void a_bank_that_is_away_harms_nothing() {
        var id = draft();
        bank.says =
                _ -> {
                    throw new IllegalStateException("away");
                };
        node().run();
        assertThat(boletoStatus(id)).isEqualTo("registering");
    }

    @Test
    void what_the_bank_refuses_is_rejected_and_says_why() {
        var id = draft();
        bank.says = it -> it.id().equals(id) ? new Rejected("invalid_document") : new Registered();
        node().run();
        var charge = Debts.look(creditor, id.toString()).get("charge");
        assertThat(charge.get("boleto_status").asText()).isEqualTo("rejected");
        assertThat(charge.get("boleto_reason").asText()).isEqualTo("invalid_document");
        assertThat(charge.get("status").asText()).isEqualTo("open");
        assertThat(Debts.news(id.toString(), "charge.boleto_rejected")).isOne();
    }

    @Test
    void an_answer_that_comes_too_late_changes_nothing() {
        var cancelled = draft();
        var replaced = draft();
        var due = Debts.today(clock).plusDays(60);
        bank.says =
                it -> {
                    if (it.id().equals(cancelled)) {
                        Debts.cancel(cancelled);
                    } else if (it.id().equals(replaced)) {
                        var answer =
                                creditor.post(
                                        "/charges/" + replaced + "/due-date",
                                        "{\"due_date\":\"%s\"}".formatted(due));
                        assertThat(answer.status()).isEqualTo(200);
                    }
                    return new Rejected("too_late");
                };
        node().registerSome();
        assertThat(boletoStatus(cancelled)).isEqualTo("written_off");
        assertThat(boletoStatus(replaced)).isEqualTo("registered");
    }

    @Test
    void two_nodes_ask_for_each_boleto_once() {
        var drafts = List.of(draft(), draft(), draft(), draft());
        Together.atOnce(
                4,
                () -> {
                    node().run();
                    return true;
                });
        assertThat(drafts)
                .allSatisfy(
                        id -> {
                            assertThat(times(id)).isOne();
                            assertThat(boletoStatus(id)).isEqualTo("registered");
                        });
    }

    private RegisterBoletos node() {
        return new RegisterBoletos(database, table, bank, outbox, broadcast, clock);
    }

    /// A charge as it is made where the bank has to be asked.
    private UUID draft() {
        var wish = Debts.wish(Debts.newDebt(), "10", Debts.today(clock).plusDays(30));
        var id = UUID.fromString(Debts.charge(creditor, wish).get("id").asText());
        Rows.change("update charge set boleto_status = 'draft' where id = '" + id + "'");
        return id;
    }

    private String boletoStatus(UUID id) {
        return Debts.look(Http.admin(), id.toString()).at("/charge/boleto_status").asText();
    }

    private long times(UUID id) {
        return bank.asked.stream().filter(it -> it.id().equals(id)).count();
    }
}
