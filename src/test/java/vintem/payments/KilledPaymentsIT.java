package vintem.payments;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vintem.Http;
import vintem.Node;
import vintem.World;
import vintem.platform.EmbeddedPostgres;

/// The server is killed while payments are created, confirmed and refunded. Everybody does what
/// they do when no answer comes: they say it again. In the end each payment was paid once and
/// refunded once, in our books and in the bank's.
class KilledPaymentsIT {
    private static final int PAYMENTS = 300;
    private static final int KILLS = 3;
    private static final int CALLERS = 12;
    private static final Map<String, String> SETTINGS =
            Map.of(
                    "VINTEM_ADMIN_PASSWORD", World.ADMIN_PASSWORD,
                    "VINTEM_BANK_SECRET", World.BANK_SECRET,
                    "VINTEM_BCRYPT_COST", "4",
                    "VINTEM_REQUESTS_PER_MINUTE", "0",
                    "VINTEM_BANK_TIMEOUT_MILLIS", "500");

    private record Asked(String id, String txid, String endToEndId) {}

    @TempDir private Path temporary;

    @AfterEach
    void nothing_is_left_running() {
        var data = temporary.resolve("data");
        if (EmbeddedPostgres.running(data).isPresent()) {
            EmbeddedPostgres.start(data, Map.of()).close();
        }
    }

    @Test
    void each_payment_is_paid_once_and_refunded_once_whenever_the_server_is_killed()
            throws Exception {
        var random = new Random(Long.getLong("vintem.seed", 22_112_026));
        var data = temporary.resolve("data");
        var node = Node.start(data, SETTINGS);
        var payments = create(node);
        for (var kill = 0; kill < KILLS; kill++) {
            try (var threads = Executors.newFixedThreadPool(CALLERS)) {
                confirmAndRefund(node, payments, threads);
                Thread.sleep(150 + random.nextInt(700));
                if (kill == 1) {
                    node.killWithDatabase();
                } else {
                    node.kill();
                }
            }
            node = Node.start(data, SETTINGS);
        }
        // A refund that died between its intent and the bank fails as not received: asked for
        // again,
        // it is a new one.
        for (var round = 0; round < 2; round++) {
            try (var threads = Executors.newFixedThreadPool(CALLERS)) {
                confirmAndRefund(node, payments, threads);
            }
            awaitNothingUnderWay(data);
        }
        var merchant = merchant(node);
        for (var each : payments) {
            var seen = details(merchant, each);
            assertThat(seen.at("/payment/status").asText()).isEqualTo("paid");
            assertThat(seen.get("receipts")).hasSize(1);
        }
        assertThat(Node.command(data, SETTINGS, "audit"))
                .satisfies(audit -> assertThat(audit.exit()).as(audit.output()).isZero());
        assertThat(
                        ask(
                                data,
                                """
                                select kind || ' ' || count(*) || ' ' || abs(sum(amount_cents))
                                from simulated_bank.statement_line
                                where kind in ('receipt', 'refund') group by kind order by kind
                                """))
                .containsExactly(
                        "receipt %d %d".formatted(PAYMENTS, PAYMENTS * 1_000),
                        "refund %d %d".formatted(PAYMENTS, PAYMENTS * 300));
        assertThat(node.stop()).isEqualTo(143);
    }

    private static List<Asked> create(Node node) {
        var merchant = merchant(node);
        var payments = new ArrayList<Asked>();
        for (var i = 0; i < PAYMENTS; i++) {
            var json = Pix.create(merchant, 10.00);
            payments.add(
                    new Asked(
                            json.get("id").asText(), json.get("txid").asText(), Pix.endToEndId()));
        }
        return payments;
    }

    /// Each payment is confirmed and then refunded under a key of its own; whoever hears nothing
    /// gives up for now.
    private static void confirmAndRefund(Node node, List<Asked> payments, ExecutorService threads) {
        var merchant = merchant(node);
        var bank = node.nobody().bearer(World.BANK_SECRET);
        for (var each : payments) {
            threads.submit(
                    () -> {
                        try {
                            confirm(bank, each);
                            refund(merchant, each);
                        } catch (UncheckedIOException killed) {
                            // They say it again, after the next start.
                        }
                    });
        }
    }

    private static void confirm(Http bank, Asked payment) {
        bank.post(
                "/payments/pix/confirmation",
                "{\"bank_payment_id\":\"%s\",\"value\":10,\"end_to_end_id\":\"%s\"}"
                        .formatted(payment.txid(), payment.endToEndId()));
    }

    /// A key that a dead node had claimed is free when its lease is over; until then a new key says
    /// the same, and what is refunded already is refused.
    private static void refund(Http merchant, Asked payment) {
        if (details(merchant, payment).at("/payment/refunded").asDouble() == 0) {
            Pix.tryRefund(merchant, payment.id(), "3");
        }
    }

    private static JsonNode details(Http merchant, Asked payment) {
        return merchant.get("/payments/pix/%s/details".formatted(payment.id())).json();
    }

    private static Http merchant(Node node) {
        return node.nobody().signedIn("admin", World.ADMIN_PASSWORD);
    }

    private static void awaitNothingUnderWay(Path data) throws Exception {
        var deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(4);
        while (!ask(data, "select id from pix_refund where status = 'processing'").isEmpty()) {
            assertThat(System.nanoTime()).as("refunds come to an end").isLessThan(deadline);
            Thread.sleep(200);
        }
    }

    private static List<String> ask(Path data, String query) throws SQLException {
        var address = EmbeddedPostgres.running(data).orElseThrow();
        try (var connection =
                        DriverManager.getConnection(
                                address.url(), address.user(), address.password());
                var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            var found = new ArrayList<String>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return found;
        }
    }
}
