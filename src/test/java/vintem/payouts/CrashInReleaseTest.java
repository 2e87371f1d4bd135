package vintem.payouts;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vintem.Books;
import vintem.Http;
import vintem.MovableClock;
import vintem.World;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.access.Grant;
import vintem.access.Senders;
import vintem.bank.SimulatedBank;
import vintem.platform.Database;
import vintem.platform.Idempotency;
import vintem.platform.Ids;
import vintem.platform.Outbox;

/// A node dies, or its line breaks, between any two steps of a release or of the job that sends
/// what is due: nothing is lost, nothing is paid twice, and one outcome stands.
@QuarkusTest
@QuarkusTestResource(World.class)
class CrashInReleaseTest {
    /// Where it happens.
    enum At {
        BEFORE_THE_CLAIM,
        AFTER_THE_CLAIM,
        BEFORE_THE_BANK,
        AFTER_THE_BANK,
        BEFORE_THE_SETTLEMENT,
        AFTER_THE_SETTLEMENT,
        BEFORE_THE_ANSWER,
        AFTER_THE_ANSWER
    }

    private static final Duration HOUR = Duration.ofHours(1);

    @Inject SimulatedBank honest;
    @Inject DataSource dataSource;
    @Inject Database database;
    @Inject HoldTable holds;
    @Inject ClaimPayouts claim;
    @Inject SettlePayouts settle;
    @Inject PayoutTable table;
    @Inject Idempotency idempotency;
    @Inject Senders senders;
    @Inject Outbox outbox;
    @Inject AccessLog log;
    @Inject MovableClock clock;
    @Inject BankStatement statement;

    private final String run = Ids.next().toString();
    private final Caller bruno =
            new Caller(Ids.next(), Caller.Kind.USER, "bruno", Grant.EVERYTHING);
    private final List<PayBatch> nodes = new ArrayList<>();
    private BreakingLine line;
    private ContraryBank bank;

    @BeforeEach
    void start_anew() {
        line = new BreakingLine(dataSource);
        bank = new ContraryBank(honest);
    }

    @ParameterizedTest
    @EnumSource(At.class)
    void a_node_dies_while_it_releases(At at) {
        var ana = Treasury.person(Map.of("release_above_cents", 100));
        ana.http().post("/payouts/batch", Batches.batch(run, items()));
        var hold = Treasury.hold(run);
        var id = UUID.fromString(hold.get("id").textValue());
        var digest = hold.get("digest").textValue();
        breakAt(at);
        try {
            node(new Database(line)).release(bruno, id, digest);
        } catch (Throwable died) {
            // Whoever asked hears nothing.
        }
        recover();

        // The person presses again.
        var again = node(database).release(bruno, id, digest);
        assertThat(again).isInstanceOf(ReleaseHold.Outcome.Done.class);
        assertOneOutcome(at);
    }

    @ParameterizedTest
    @EnumSource(At.class)
    void a_node_dies_while_it_sends_what_is_due(At at) {
        var due = clock.instant().plus(HOUR).truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
        var body =
                "{\"batch_id\":\"%s\",\"scheduled_for\":\"%s\",\"items\":[%s]}"
                        .formatted(run, due, String.join(",", items()));
        assertThat(Http.admin().post("/payouts/batch", body).status()).isEqualTo(202);
        clock.passes(HOUR);
        breakAt(at);
        try {
            node(new Database(line)).nextDue().ifPresent(Runnable::run);
        } catch (Throwable died) {
            // Nobody asked.
        }
        recover();
        var healthy = node(database);
        for (Optional<Runnable> next; (next = healthy.nextDue()).isPresent(); ) {
            next.get().run();
        }
        assertOneOutcome(at);
    }

    /// All of it is paid once; or none, where the claim stood and the bank never heard of it: then
    /// the money is back, and the same ids may be sent again.
    private void assertOneOutcome(At at) {
        recover();
        nodes.forEach(PayBatch::stop);
        var paid = at != At.AFTER_THE_CLAIM && at != At.BEFORE_THE_BANK;
        for (var id : ids()) {
            assertThat(Treasury.status(id)).isEqualTo(paid ? "paid" : "failed not_received");
            assertThat(statement.payments(id)).isEqualTo(paid ? 1 : 0);
        }
        assertThat(statement.sentAgain(run)).isEmpty();
        assertThat(Treasury.hold(run).get("state").textValue()).isEqualTo("released");
    }

    private void breakAt(At at) {
        switch (at) {
            case BEFORE_THE_CLAIM -> line.breakAt(1, false, true);
            case AFTER_THE_CLAIM -> line.breakAt(1, true, true);
            case BEFORE_THE_BANK ->
                    bank.onSend =
                            _ -> {
                                line.die();
                                throw new BreakingLine.Dead();
                            };
            case AFTER_THE_BANK ->
                    bank.onSend =
                            orders -> {
                                bank.pays(orders);
                                line.die();
                                throw new BreakingLine.Dead();
                            };
            case BEFORE_THE_SETTLEMENT -> line.breakAt(2, false, true);
            case AFTER_THE_SETTLEMENT -> line.breakAt(2, true, true);
            case BEFORE_THE_ANSWER -> line.breakAt(3, false, true);
            case AFTER_THE_ANSWER -> line.breakAt(3, true, true);
        }
    }

    /// Longer than the right to send.
    private void recover() {
        bank.onSend = honest::send;
        clock.passes(Duration.ofMinutes(3));
        new ResolveUnknownPayouts(database, table, settle, bank, clock).run();
    }

    private ReleaseHold node(Database through) {
        var payBatch = new PayBatch(through, claim, settle, table, idempotency, bank, clock);
        nodes.add(payBatch);
        return new ReleaseHold(through, holds, table, claim, payBatch, senders, outbox, log, clock);
    }

    private String[] items() {
        return ids().stream().map(id -> Batches.item(id, 700)).toArray(String[]::new);
    }

    private List<String> ids() {
        return List.of(run + "-1", run + "-2", run + "-3");
    }

    @AfterAll
    static void every_cent_is_there() {
        Books.assertInOrder();
    }
}
