package vintem.payouts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vintem.Http;
import vintem.Http.Answer;
import vintem.World;
import vintem.app.Audit;
import vintem.bank.SimulatedBank;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.ledger.Transfer;
import vintem.platform.Database;
import vintem.platform.Ids;

/// Many callers at one moment: whatever they send, each external id is paid once.
@QuarkusTest
@QuarkusTestResource(World.class)
class ConcurrentBatchTest {
    private static final long MOST_CENTS = 10_000_000_000L;

    @Inject Audit audit;
    @Inject BankStatement statement;
    @Inject SimulatedBank bank;
    @Inject Ledger ledger;
    @Inject Database database;

    private final String run = Ids.next().toString();

    @AfterEach
    void every_cent_is_there() {
        assertThat(audit.findings()).allSatisfy(each -> assertThat(each.wrong()).isEmpty());
        assertThat(statement.sentAgain(run)).isEmpty();
    }

    @Test
    void a_batch_of_200_sent_32_times_at_once_is_answered_32_times_and_paid_once()
            throws Exception {
        var admin = Http.admin();
        var ids = ids("same", 200);
        var body = batch("same", ids, 100);
        var answers = atOnce(32, _ -> () -> admin.post("/payouts/batch", body));
        assertThat(answers).extracting(Answer::status).containsOnly(200);
        for (var answer : answers) {
            assertThat(answer.json().get("processed").asInt()).isEqualTo(200);
            assertThat(sum(answer.json(), "successful", "duplicates", "processing")).isEqualTo(200);
        }
        assertThat(answers.stream().mapToInt(it -> it.json().get("successful").asInt()).sum())
                .isEqualTo(200);
        assertEachPaidOnce(ids);
    }

    @Test
    void the_losers_of_a_race_hear_duplicate_and_what_it_was_then() throws Exception {
        var admin = Http.admin();
        var answers =
                atOnce(
                        32,
                        caller -> {
                            var body = batch("batch-" + caller, List.of(run + "-one"), 100);
                            return () -> admin.post("/payouts/batch", body);
                        });
        assertThat(answers).extracting(Answer::status).containsOnly(200);
        var details = answers.stream().map(it -> it.json().get("details").get(0)).toList();
        assertThat(details).filteredOn(it -> it.get("status").asText().equals("paid")).hasSize(1);
        assertThat(details)
                .filteredOn(it -> !it.get("status").asText().equals("paid"))
                .allSatisfy(it -> assertThat(it.get("status").asText()).isEqualTo("duplicate"));
        assertEachPaidOnce(List.of(run + "-one"));
    }

    @Test
    void overlapping_batches_in_different_orders_never_stop_each_other() throws Exception {
        var admin = Http.admin();
        var pool = ids("shuffled", 300);
        var random = new Random(7);
        var bodies = new ArrayList<String>();
        for (var caller = 0; caller < 24; caller++) {
            var shuffled = new ArrayList<>(pool);
            Collections.shuffle(shuffled, random);
            bodies.add(batch("shuffled-" + caller % 5, shuffled.subList(0, 250), 100));
        }
        var answers = atOnce(24, caller -> () -> admin.post("/payouts/batch", bodies.get(caller)));
        assertThat(answers).extracting(Answer::status).containsOnly(200);
        assertThat(answers.stream().mapToInt(it -> it.json().get("failed").asInt()).sum()).isZero();
        assertEachPaidOnce(pool);
    }

    @Test
    void one_idempotency_key_at_once_pays_once_and_answers_the_same_bytes() throws Exception {
        var admin = Http.admin().with("Idempotency-Key", run);
        var ids = ids("keyed", 50);
        var body = batch("keyed", ids, 100);
        var answers = atOnce(16, _ -> () -> admin.post("/payouts/batch", body));
        assertThat(answers).extracting(Answer::status).isSubsetOf(200, 409);
        var replay = admin.post("/payouts/batch", body);
        assertThat(replay.header("Idempotency-Hit")).isEqualTo("true");
        assertThat(replay.json().get("successful").asInt()).isEqualTo(50);
        assertThat(answers)
                .filteredOn(it -> it.status() == 200)
                .isNotEmpty()
                .allSatisfy(it -> assertThat(it.body()).isEqualTo(replay.body()));
        assertEachPaidOnce(ids);
    }

    @Test
    void callers_with_a_key_of_their_own_each_and_callers_without_share_one_payment()
            throws Exception {
        var ids = ids("mixed", 50);
        var body = batch("mixed", ids, 100);
        var admin = Http.admin();
        var answers =
                atOnce(
                        16,
                        caller -> {
                            var http =
                                    caller % 2 == 0
                                            ? admin
                                            : admin.with("Idempotency-Key", run + caller);
                            return () -> http.post("/payouts/batch", body);
                        });
        assertThat(answers).extracting(Answer::status).containsOnly(200);
        assertEachPaidOnce(ids);
    }

    @Test
    void of_two_batches_that_want_the_last_money_whole_one_gets_it() throws Exception {
        var admin = Http.admin();
        var items = (int) (balanceCents() / MOST_CENTS / 2 + 1);
        var answers =
                atOnce(
                        4,
                        caller -> {
                            var ids = ids("all-" + caller, items);
                            var body = batch("all-" + caller, ids, MOST_CENTS);
                            return () -> admin.post("/payouts/batch?all_or_nothing=true", body);
                        });
        assertThat(answers).extracting(Answer::status).containsOnly(200, 422);
        assertThat(answers).filteredOn(it -> it.status() == 200).hasSize(1);
        for (var caller = 0; caller < 4; caller++) {
            var expected = answers.get(caller).status() == 200 ? 1 : 0;
            var ids = ids("all-" + caller, items);
            for (var id : ids) {
                assertThat(statement.payments(id)).isEqualTo(expected);
            }
        }
        putBack(items * MOST_CENTS);
    }

    @Test
    void batches_that_race_for_the_last_money_spend_it_once() throws Exception {
        var admin = Http.admin();
        var before = balanceCents();
        var items = (int) (before / MOST_CENTS / 2 + 1);
        var answers =
                atOnce(
                        6,
                        caller -> {
                            var body =
                                    batch("race-" + caller, ids("r" + caller, items), MOST_CENTS);
                            return () -> admin.post("/payouts/batch", body);
                        });
        assertThat(answers).extracting(Answer::status).containsOnly(200);
        var paid = answers.stream().mapToInt(it -> it.json().get("successful").asInt()).sum();
        assertThat(paid).isEqualTo((int) (before / MOST_CENTS));
        putBack(paid * MOST_CENTS);
    }

    @Test
    void a_refused_item_that_many_send_again_at_once_gets_one_new_attempt() throws Exception {
        var admin = Http.admin();
        var id = run + "-again";
        var refused = item(id, 100, "refused@sandbox.vintem.invalid");
        var first = admin.post("/payouts/batch", batch("again", refused)).json();
        assertThat(first.get("failed").asInt()).isEqualTo(1);
        var answers =
                atOnce(
                        16,
                        caller -> {
                            var body = batch("again-" + caller, item(id, 100, "ok@example.com"));
                            return () -> admin.post("/payouts/batch", body);
                        });
        assertThat(answers).extracting(Answer::status).containsOnly(200);
        assertThat(answers.stream().mapToInt(it -> it.json().get("successful").asInt()).sum())
                .isEqualTo(1);
        assertThat(admin.get("/payouts/" + id).json().get("attempts")).hasSize(2);
        assertThat(statement.orders(id)).hasSize(2);
        assertEachPaidOnce(List.of(id));
    }

    private void assertEachPaidOnce(List<String> ids) {
        assertThat(statement.payments(ids)).hasSize(ids.size());
        assertThat(statement.payments(ids).values()).containsOnly(1);
    }

    private static List<Answer> atOnce(int callers, IntFunction<Callable<Answer>> task)
            throws Exception {
        var start = new CyclicBarrier(callers);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers =
                    IntStream.range(0, callers)
                            .mapToObj(task)
                            .map(
                                    each ->
                                            threads.submit(
                                                    () -> {
                                                        start.await();
                                                        return each.call();
                                                    }))
                            .toList();
            var all = new ArrayList<Answer>();
            for (var answer : answers) {
                all.add(answer.get());
            }
            return all;
        }
    }

    private long balanceCents() {
        return database.snapshot(tx -> ledger.balanceCents(tx, AccountCode.BANK));
    }

    /// Other tests need money, too.
    private void putBack(long cents) {
        bank.deposit(cents);
        var transfer =
                Transfer.of(
                        AccountCode.BANK,
                        AccountCode.OPENING,
                        cents,
                        "top_up",
                        Ids.next(),
                        Instant.now());
        database.run(tx -> ledger.record(tx, List.of(transfer)));
    }

    private List<String> ids(String name, int count) {
        return IntStream.range(0, count).mapToObj(i -> run + "-" + name + "-" + i).toList();
    }

    private String batch(String name, List<String> ids, long cents) {
        return batch(
                name,
                ids.stream()
                        .map(id -> item(id, cents, "payee@example.com"))
                        .collect(Collectors.joining(",")));
    }

    private String batch(String name, String items) {
        return "{\"batch_id\":\"%s-%s\",\"items\":[%s]}".formatted(run, name, items);
    }

    private static String item(String id, long cents, String key) {
        return "{\"external_id\":\"%s\",\"amount_cents\":%d,\"pix_key\":\"%s\"}"
                .formatted(id, cents, key);
    }

    private static int sum(JsonNode report, String... counts) {
        var sum = 0;
        for (var count : counts) {
            sum += report.path(count).asInt();
        }
        return sum;
    }
}
