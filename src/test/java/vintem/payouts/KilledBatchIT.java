package vintem.payouts;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vintem.Http;
import vintem.Node;
import vintem.platform.EmbeddedPostgres;

/// `kill -9` at random moments in the life of a batch: of the server, and sometimes of its
/// PostgreSQL too. `-Dvintem.seed=` repeats a run, `-Dvintem.tests=campaign` makes many.
class KilledBatchIT {
    private static final boolean CAMPAIGN =
            System.getProperty("vintem.tests", "suite").equals("campaign");
    private static final int KILLS = CAMPAIGN ? 60 : 10;
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Map<String, String> QUICK =
            Map.of(
                    "VINTEM_BANK_TIMEOUT_MILLIS", "300",
                    "VINTEM_SANDBOX_SLOW_MILLIS", "50");

    /// What the sandbox's bank can be made to do, by the payee's key.
    private static final List<String> SCENARIOS =
            List.of(
                    "account-not-found",
                    "refused",
                    "silent-paid",
                    "silent-unpaid",
                    "silent-refused",
                    "slow",
                    "answered-twice",
                    "returned");

    private static final String NOT_SETTLED_ONCE =
            """
            select p.external_id, p.status, count(l.reference)
            from payout p left join simulated_bank.statement_line l
            on l.kind = 'payment' and left(l.reference, 32) = replace(p.id::text, '-', '')
            group by p.external_id, p.status
            having count(l.reference) <> 1 or p.status not in ('paid', 'returned')
            """;

    private static final String SENT_AGAIN =
            "select provider_id from simulated_bank.payment where times_received > 1";

    private static final String STRANGERS =
            """
            select reference from simulated_bank.statement_line l
            where kind = 'payment' and not exists (
                select from payout_attempt a where a.provider_id = l.reference and outcome = 'paid')
            """;

    @TempDir private Path temporary;
    private long seed;
    private Random random = new Random();
    private String token = "";
    private int lifeMillis;

    @AfterEach
    void nothing_is_left_running() {
        var data = temporary.resolve("data");
        if (EmbeddedPostgres.running(data).isPresent()) {
            EmbeddedPostgres.start(data, Map.of()).close();
        }
    }

    @Test
    void each_id_is_settled_exactly_once_whenever_the_server_is_killed() throws Exception {
        seed = Long.getLong("vintem.seed", System.nanoTime() & 0xFFFFFF);
        random = new Random(seed);
        var data = temporary.resolve("data");
        var batches = new ArrayList<Batch>();
        batches.add(new Batch("killed-0", size(), random));
        var node = Node.start(data, QUICK);
        token = token(node);
        var before = System.nanoTime();
        send(node, batches.getFirst()).join();
        lifeMillis = (int) Duration.ofNanos(System.nanoTime() - before).toMillis();
        say("a batch lives for %d ms here".formatted(lifeMillis));
        awaitKnown(node, batches.getFirst());
        for (var kill = 1; kill <= KILLS; kill++) {
            var batch = batches.getLast();
            if (unpaid(node, batch) < batch.keys.length / 2) {
                // Every kill is to hit a batch that has much to lose.
                batch = new Batch("killed-" + batches.size(), size(), random);
                batches.add(batch);
            }
            var moment = moment();
            var answer = send(node, batch);
            Thread.sleep(moment);
            var withDatabase = random.nextInt(3) == 0;
            if (withDatabase) {
                node.killWithDatabase();
            } else {
                node.kill();
            }
            answer.join();
            node = Node.start(data, QUICK);
            say(
                    "kill %d after %d ms%s: %s"
                            .formatted(
                                    kill,
                                    moment,
                                    withDatabase ? " with PostgreSQL" : "",
                                    state(node, batch)));
            if (unpaid(node, batch) >= batch.keys.length / 2) {
                awaitKnown(node, batch);
            }
        }
        for (var batch : batches) {
            awaitKnown(node, batch);
            while (unpaid(node, batch) > 0) {
                send(node, batch).join();
                awaitKnown(node, batch);
            }
        }
        assertThat(Node.command(data, QUICK, "audit"))
                .satisfies(audit -> assertThat(audit.exit()).as(audit.output()).isZero());
        proveByTheBanksBooks(data, batches);
        assertThat(node.stop()).as("a signal ends it").isEqualTo(143);
        assertThat(EmbeddedPostgres.running(data)).isEmpty();
    }

    private void proveByTheBanksBooks(Path data, List<Batch> batches) throws SQLException {
        assertThat(ask(data, NOT_SETTLED_ONCE)).as(because()).isEmpty();
        // An order that the bank has is never sent again, whatever was known of it here.
        assertThat(ask(data, SENT_AGAIN)).as(because()).isEmpty();
        assertThat(ask(data, STRANGERS)).as(because()).isEmpty();
        var items = batches.stream().mapToInt(batch -> batch.keys.length).sum();
        assertThat(ask(data, "select count(*) from payout"))
                .as(because())
                .containsExactly(Integer.toString(items));
        assertThat(
                        ask(
                                data,
                                "select id from payout_submission where finished_at is null or"
                                        + " finished_at < received_at"))
                .as(because())
                .isEmpty();
        say(
                "%d payouts in %d batches; attempts by outcome: %s"
                        .formatted(
                                items,
                                batches.size(),
                                ask(
                                        data,
                                        "select outcome || ' ' || count(*) from payout_attempt"
                                                + " group by outcome order by 1")));
    }

    /// A batch as its sender has it: a key that the bank refused is corrected for the next time.
    private static final class Batch {
        private final String id;
        private final String[] keys;

        Batch(String id, int size, Random random) {
            this.id = id;
            this.keys = new String[size];
            for (var i = 0; i < size; i++) {
                var scenario =
                        random.nextInt(100) == 0
                                ? SCENARIOS.get(random.nextInt(SCENARIOS.size()))
                                : "confirmed";
                keys[i] = scenario + "@sandbox.vintem.invalid";
            }
        }

        String json() {
            return IntStream.range(0, keys.length)
                    .mapToObj(
                            i ->
                                    "{\"external_id\":\"%s-%d\",\"user_id\":\"u%d\",\"amount_cents\":%d,\"pix_key\":\"%s\"}"
                                            .formatted(id, i, i, 100 + i, keys[i]))
                    .collect(joining(",", "{\"batch_id\":\"" + id + "\",\"items\":[", "]}"));
        }

        void correct(JsonNode details) {
            for (var i = 0; i < details.size(); i++) {
                if (details.get(i).get("status").asText().equals("failed")) {
                    keys[i] = "corrected@example.com";
                }
            }
        }
    }

    private int size() {
        return CAMPAIGN ? 1_000 + random.nextInt(14_000) : 5_000;
    }

    private long moment() {
        return random.nextInt(1 + lifeMillis * 3 / 4);
    }

    private CompletableFuture<Integer> send(Node node, Batch batch) {
        var http = http(node);
        var caller =
                random.nextBoolean()
                        ? http
                        : http.with("Idempotency-Key", "%x".formatted(random.nextLong()));
        var body = batch.json();
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        var answer = caller.post("/payouts/batch", body);
                        assertThat(answer.status())
                                .as(() -> because() + answer.body() + node.output())
                                .isIn(200, 503);
                        return answer.status();
                    } catch (UncheckedIOException killed) {
                        return 0;
                    }
                },
                Thread::startVirtualThread);
    }

    private int unpaid(Node node, Batch batch) {
        var report = report(node, batch);
        return batch.keys.length
                - report.path("successful").asInt()
                - report.path("returned").asInt();
    }

    private String state(Node node, Batch batch) {
        var report = report(node, batch);
        return report.isMissingNode()
                ? "nothing was written"
                : "%s paid, %s failed, %s processing"
                        .formatted(
                                report.get("successful"),
                                report.get("failed"),
                                report.get("processing"));
    }

    private void awaitKnown(Node node, Batch batch) throws InterruptedException {
        var until = System.nanoTime() + PATIENCE.toNanos();
        var report = report(node, batch);
        while (report.path("processing").asInt() > 0) {
            assertThat(System.nanoTime())
                    .as(() -> because() + "no item is stuck")
                    .isLessThan(until);
            Thread.sleep(50);
            report = report(node, batch);
        }
        batch.correct(report.path("details"));
    }

    private JsonNode report(Node node, Batch batch) {
        var answer = http(node).get("/payouts/batches/" + batch.id);
        assertThat(answer.status()).as(answer.body()).isIn(200, 404);
        return answer.status() == 200 ? answer.json() : answer.json().path("nothing");
    }

    private Http http(Node node) {
        return node.nobody().bearer(token);
    }

    private static String token(Node node) {
        var form = "username=admin&password=" + vintem.World.ADMIN_PASSWORD;
        return node.nobody()
                .with("Content-Type", "application/x-www-form-urlencoded")
                .post("/token", form)
                .json()
                .get("access_token")
                .asText();
    }

    private static List<String> ask(Path data, String sql) throws SQLException {
        var address = EmbeddedPostgres.running(data).orElseThrow();
        try (var connection = address.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            var answers = new ArrayList<String>();
            while (rows.next()) {
                answers.add(rows.getString(1));
            }
            return answers;
        }
    }

    private String because() {
        return "-Dvintem.seed=" + seed + " ";
    }

    private void say(String what) {
        System.out.println("[seed " + seed + "] " + what);
    }
}
