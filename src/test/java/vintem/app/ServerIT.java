package vintem.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vintem.Http;
import vintem.Node;
import vintem.RawWebSocket;
import vintem.World;
import vintem.platform.EmbeddedPostgres;
import vintem.platform.RealRedis;

/// The packaged product from outside: starting, being told to stop, refusing to start, and two
/// nodes on one database.
class ServerIT {
    private static final Map<String, String> QUICK = Map.of("VINTEM_BANK_TIMEOUT_MILLIS", "300");

    @TempDir private Path temporary;
    private final List<Node> nodes = new ArrayList<>();

    @AfterEach
    void nothing_is_left_running() {
        nodes.forEach(Node::close);
    }

    @Test
    void a_second_start_says_so_and_harms_nothing_and_a_signal_stops_all() throws Exception {
        var data = temporary.resolve("data");
        var first = Node.start(data, QUICK);
        nodes.add(first);
        var second = Node.launch(data, QUICK).end();
        assertThat(second.exit()).isEqualTo(1);
        assertThat(second.output())
                .contains("vintem: Vintém is already running on " + data.toRealPath())
                .doesNotContain("\tat ");
        assertThat(first.admin().get("/payouts/batches").status()).isEqualTo(200);
        // The jar has not all that the tests of one class load.
        assertThat(first.admin().get("/openapi?format=json").json().at("/paths/~1payouts~1batch"))
                .isNotEmpty();

        var server = first.server().orElseThrow();
        assertThat(first.stop()).isEqualTo(143);
        assertThat(isRunning(server)).isFalse();
        assertThat(EmbeddedPostgres.running(data)).isEmpty();
        // Left behind by a server that had no time to stop.
        assertThat(data.resolve("postgres/postmaster.pid")).doesNotExist();
        assertThat(first.output()).doesNotContain("ERROR").doesNotContain("Exception");
    }

    @Test
    void production_refuses_and_says_why() throws IOException {
        var data = temporary.resolve("data");
        var refused = Node.command(data, Map.of("VINTEM_MODE", "production"), "run");
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.output())
                .startsWith("vintem: production mode refuses to start")
                .doesNotContain("\tat ");
        assertThat(data).doesNotExist();

        Files.createDirectories(data);
        Files.writeString(data.resolve("mode"), "production");
        var other = Node.command(data, QUICK, "run");
        assertThat(other.exit()).isEqualTo(1);
        assertThat(other.output())
                .contains("was first started in production mode and cannot be used in sandbox")
                .doesNotContain("\tat ");
        assertThat(data.resolve("postgres")).doesNotExist();
    }

    @Test
    void two_nodes_that_start_at_once_on_one_database_pay_a_batch_once_and_tell_a_payer()
            throws Exception {
        try (var postgres = EmbeddedPostgres.start(temporary.resolve("external"), Map.of());
                var redis = RealRedis.start()) {
            var settings = new HashMap<>(QUICK);
            settings.put("VINTEM_DB_URL", postgres.address().url());
            settings.put("VINTEM_DB_USER", postgres.address().user());
            settings.put("VINTEM_DB_PASSWORD", postgres.address().password());
            settings.put("VINTEM_REDIS_URL", redis.url());
            settings.put("VINTEM_BANK_SECRET", World.BANK_SECRET);
            settings.put("VINTEM_SECRET", "a-secret-of-at-least-thirty-two-bytes-for-two-nodes");
            nodes.add(Node.launch(temporary.resolve("one"), settings));
            nodes.add(Node.launch(temporary.resolve("two"), settings));
            nodes.forEach(Node::awaitAnswer);
            var token = token(nodes.get(0));

            tellsAPayerOnTheOtherNode(token);

            var body = batch(400);
            var answers = new ArrayList<CompletableFuture<Http.Answer>>();
            for (var caller = 0; caller < 8; caller++) {
                var http = nodes.get(caller % 2).nobody().bearer(token);
                answers.add(
                        CompletableFuture.supplyAsync(
                                () -> http.post("/payouts/batch", body),
                                Thread::startVirtualThread));
            }
            for (var answer : answers) {
                assertThat(answer.get().status()).isEqualTo(200);
            }
            awaitKnown(nodes.get(1).nobody().bearer(token));

            assertThat(ask(postgres, "select count(*) from payout where status = 'paid'"))
                    .isEqualTo("400");
            assertThat(
                            ask(
                                    postgres,
                                    "select count(*) || ' ' || max(times_received)"
                                            + " from simulated_bank.payment"))
                    .isEqualTo("400 1");
            // Both nodes' resolvers looked; each payout was asked about by one of them.
            assertThat(
                            ask(
                                    postgres,
                                    "select string_agg(distinct times_asked::text, ',') from"
                                            + " payout_attempt a join payout p on p.id = a.payout_id"
                                            + " where p.pix_key like 'silent-paid@%'"))
                    .isEqualTo("1");
            assertThat(ask(postgres, "select count(*) from app_user")).isEqualTo("1");
            assertThat(Node.command(temporary.resolve("one"), settings, "audit"))
                    .satisfies(audit -> assertThat(audit.exit()).as(audit.output()).isZero());
            for (var node : nodes) {
                assertThat(node.stop()).isEqualTo(143);
            }
        }
    }

    /// The payer looks at one node, and the bank tells the other.
    private void tellsAPayerOnTheOtherNode(String token) {
        var payment =
                nodes.get(0)
                        .nobody()
                        .bearer(token)
                        .post("/payments/pix", "{\"value\":10}")
                        .json()
                        .get("payment");
        var path = "/ws/payments/" + payment.get("id").asText();
        try (var payer = RawWebSocket.open(URI.create(nodes.get(1).base()).getPort(), path, "")) {
            assertThat(payer.readText()).contains("\"status\":\"active\"");
            var told =
                    nodes.get(0)
                            .nobody()
                            .bearer(World.BANK_SECRET)
                            .post(
                                    "/payments/pix/confirmation",
                                    "{\"bank_payment_id\":\"%s\",\"value\":10}"
                                            .formatted(payment.get("txid").asText()));
            assertThat(told.status()).isEqualTo(200);
            assertThat(payer.readText()).contains("payment-confirmed", "\"status\":\"paid\"");
        }
    }

    private static void awaitKnown(Http http) throws InterruptedException {
        for (var attempt = 0; attempt < 600; attempt++) {
            if (http.get("/payouts/batches/both").json().get("processing").asInt() == 0) {
                return;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("payouts are stuck");
    }

    private static String batch(int size) {
        return IntStream.range(0, size)
                .mapToObj(
                        i ->
                                "{\"external_id\":\"both-%d\",\"amount_cents\":100,\"pix_key\":\"%s@sandbox.vintem.invalid\"}"
                                        .formatted(i, i % 40 == 0 ? "silent-paid" : "confirmed"))
                .collect(Collectors.joining(",", "{\"batch_id\":\"both\",\"items\":[", "]}"));
    }

    private static String token(Node node) {
        return node.nobody()
                .with("Content-Type", "application/x-www-form-urlencoded")
                .post("/token", "username=admin&password=" + World.ADMIN_PASSWORD)
                .json()
                .get("access_token")
                .asText();
    }

    private static String ask(EmbeddedPostgres postgres, String sql) throws Exception {
        try (var connection = postgres.address().connect();
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    /// A zombie, dead but not yet buried by its parent, has a number and no command.
    private static boolean isRunning(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }
}
