package vintem.payouts;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vintem.MovableClock;
import vintem.World;
import vintem.access.Caller;
import vintem.app.Audit;
import vintem.bank.PixKey;
import vintem.bank.SimulatedBank;
import vintem.ledger.AccountCode;
import vintem.payouts.PayBatch.Request;
import vintem.payouts.PayBatch.Result;
import vintem.platform.Database;
import vintem.platform.Idempotency;
import vintem.platform.Idempotency.Claim;
import vintem.platform.Ids;

/// A node dies, or its line to the database breaks, between any two steps of a batch: nothing is
/// lost, nothing is paid twice, and the same request with the same key is answered in the end.
@QuarkusTest
@QuarkusTestResource(World.class)
class CrashBetweenStepsTest {
    private static final int CLAIM = 1;
    private static final int SETTLE = 2;
    private static final int FINISH = 3;

    private static final String UNFINISHED =
            """
            select s.id::text from payout_submission s where batch_id = :batch
            and (finished_at is null or exists (
                select from payout_attempt a where a.submission_id = s.id and a.outcome is null))
            """;

    @Inject SimulatedBank honest;
    @Inject DataSource dataSource;
    @Inject Database database;
    @Inject ClaimPayouts claim;
    @Inject SettlePayouts settle;
    @Inject PayoutTable table;
    @Inject Idempotency idempotency;
    @Inject MovableClock clock;
    @Inject BankStatement statement;
    @Inject Audit audit;

    private final String run = Ids.next().toString();
    private BreakingLine line;
    private ContraryBank bank;

    @BeforeEach
    void start_anew() {
        line = new BreakingLine(dataSource);
        bank = new ContraryBank(honest);
    }

    @Test
    void it_dies_before_the_claim_is_committed() {
        line.breakAt(CLAIM, false, true);
        assertItEndsWell();
    }

    @Test
    void it_dies_when_the_claim_is_committed() {
        line.breakAt(CLAIM, true, true);
        assertItEndsWell();
    }

    @Test
    void it_dies_before_the_bank_hears_of_it() {
        bank.onSend =
                _ -> {
                    line.die();
                    throw new BreakingLine.Dead();
                };
        assertItEndsWell();
    }

    @Test
    void it_dies_when_the_bank_has_paid() {
        bank.onSend =
                orders -> {
                    bank.pays(orders);
                    line.die();
                    throw new BreakingLine.Dead();
                };
        assertItEndsWell();
    }

    @Test
    void it_dies_before_the_settlement_is_committed() {
        line.breakAt(SETTLE, false, true);
        assertItEndsWell();
    }

    @Test
    void it_dies_when_the_settlement_is_committed() {
        line.breakAt(SETTLE, true, true);
        assertItEndsWell();
    }

    @Test
    void it_dies_before_the_answer_is_committed() {
        line.breakAt(FINISH, false, true);
        assertItEndsWell();
    }

    @Test
    void it_dies_when_the_answer_is_committed() {
        line.breakAt(FINISH, true, true);
        assertItEndsWell();
    }

    @Test
    void the_line_breaks_before_the_claim_and_nobody_notices() {
        line.breakAt(CLAIM, false, false);
        assertThat(statuses(payOnThatLine())).containsOnly("paid");
        assertItEndsWell();
    }

    @Test
    void the_line_breaks_after_the_claim_and_the_claim_is_found_and_sent_once() {
        line.breakAt(CLAIM, true, false);
        assertThat(statuses(payOnThatLine())).containsOnly("paid");
        assertThat(bank.sent).hasSize(1);
        assertItEndsWell();
    }

    @Test
    void the_line_breaks_at_the_settlement() {
        line.breakAt(SETTLE, false, false);
        payOnThatLine();
        assertItEndsWell();
    }

    @Test
    void the_line_breaks_after_the_settlement() {
        line.breakAt(SETTLE, true, false);
        payOnThatLine();
        assertItEndsWell();
    }

    /// The list runs again long after its claim, whose right to send is over and whose submission
    /// the resolver has finished: it must not leave anything open behind.
    @Test
    void a_claim_that_is_run_again_after_the_resolver_ended_it_leaves_nothing_open() {
        var submission = submission();
        database.transaction(tx -> claim.claim(tx, List.of(submission), Duration.ofSeconds(5)));
        recover();
        var node = node(database);
        node.pay(new Request(submission, Optional.empty()));
        node.stop();
        assertThat(bank.sent).isEmpty();
        recover();
        assertThat(unfinished()).isEmpty();
        assertItEndsWell();
    }

    /// Whatever has happened so far: time passes, a new node asks the bank, and the sender sends
    /// the same request again.
    private void assertItEndsWell() {
        if (bank.sent.isEmpty()) {
            payOnThatLine();
        }
        bank.onSend = honest::send;
        assertTheBooksAreInOrder();
        recover();
        assertTheBooksAreInOrder();
        assertThat(unfinished()).isEmpty();

        var next = node(database);
        if (next.pay(request(submission())) instanceof Result.KeyTaken(var taken)) {
            assertThat(taken).isInstanceOf(Claim.Replay.class);
            next.pay(new Request(submission(), Optional.empty()));
        }
        assertThat(statement.payments(ids())).hasSize(ids().size());
        assertThat(statement.payments(ids()).values()).containsOnly(1);
        assertThat(statement.sentAgain(run)).isEmpty();
        assertThat(next.pay(request(submission())))
                .isInstanceOfSatisfying(
                        Result.KeyTaken.class,
                        it -> assertThat(it.claim()).isInstanceOf(Claim.Replay.class));
        next.stop();
        assertTheBooksAreInOrder();
        assertThat(unfinished()).isEmpty();
    }

    private Optional<Report> payOnThatLine() {
        var node = node(new Database(line));
        try {
            return switch (node.pay(request(submission()))) {
                case Result.Reported(var report) -> Optional.of(report);
                case Result.KeyTaken _, Result.Refused _ -> Optional.empty();
            };
        } catch (Throwable died) {
            return Optional.empty();
        } finally {
            node.stop();
        }
    }

    /// Longer than the right to send and the lease of a key.
    private void recover() {
        clock.passes(Duration.ofMinutes(3));
        new ResolveUnknownPayouts(database, table, settle, bank, clock).run();
    }

    private PayBatch node(Database throughLine) {
        return new PayBatch(throughLine, claim, settle, table, idempotency, bank, clock);
    }

    private Request request(Submission submission) {
        var identity = new Idempotency.Identity(Caller.SYSTEM.id(), "test", run);
        var hash = Idempotency.hash(run.getBytes(StandardCharsets.UTF_8));
        return new Request(
                submission, Optional.of(new Idempotency.Request(identity, hash, submission.id())));
    }

    private Submission submission() {
        var key = PixKey.parse("payee@example.com");
        var items =
                ids().stream()
                        .map(
                                id ->
                                        new Submission.Item(
                                                Ids.next(),
                                                id,
                                                null,
                                                key.orElseThrow().value(),
                                                key.orElseThrow(),
                                                100,
                                                null,
                                                null))
                        .toList();
        return new Submission(
                Ids.next(), run, Caller.SYSTEM, AccountCode.PAYOUTS, clock.instant(), items);
    }

    private List<String> ids() {
        return IntStream.range(0, 20).mapToObj(i -> run + "-" + i).toList();
    }

    private static List<String> statuses(Optional<Report> report) {
        return report.orElseThrow().outcomes().stream()
                .map(outcome -> outcome instanceof Outcome.Paid ? "paid" : outcome.toString())
                .toList();
    }

    private List<String> unfinished() {
        return database.snapshot(
                tx -> tx.createQuery(UNFINISHED).bind("batch", run).mapTo(String.class).list());
    }

    private void assertTheBooksAreInOrder() {
        assertThat(audit.findings()).allSatisfy(each -> assertThat(each.wrong()).isEmpty());
    }
}
