package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vintem.Http;
import vintem.MovableClock;
import vintem.RawWebSocket;
import vintem.World;
import vintem.access.Caller;
import vintem.platform.Sockets;
import vintem.platform.Together;

/// The progress of a file over a WebSocket, and who may see it.
@QuarkusTest
@QuarkusTestResource(World.class)
class DebtFileSocketTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Inject ImportNodes nodes;
    @Inject CancelDebtFile cancel;
    @Inject Sockets sockets;
    @Inject MovableClock clock;

    private final Http admin = Http.admin();
    private int open;

    @BeforeEach
    void count() {
        open = sockets.open();
    }

    @AfterEach
    void nothing_is_left() {
        nodes.node().importFiles().importAll();
        Together.until("nobody is left", () -> sockets.open() == open);
    }

    @Test
    void the_first_frame_is_the_state_then_comes_progress_and_at_last_the_end() throws Exception {
        var file = send(60);
        try (var socket = open(file, bearer())) {
            var first = JSON.readTree(socket.readText());
            assertThat(first.get("event").asText()).isEqualTo("state");
            assertThat(first.get("file").get("id").asText()).isEqualTo(file.toString());
            assertThat(first.get("file").get("status").asText()).isEqualTo("importing");
            assertThat(first.get("file").get("rows").asInt()).isZero();
            assertThat(first.get("file").get("total_rows").asInt()).isEqualTo(60);
            var seen = new CountDownLatch(1);
            var asked = new CountDownLatch(2);
            var importing =
                    Together.beside(
                            () -> {
                                var node = nodes.node();
                                importSlowly(node, file, asked, seen);
                            });
            var progress = JSON.readTree(socket.readText());
            assertThat(progress.get("event").asText()).isEqualTo("progress");
            assertThat(progress.get("file").get("rows").asInt()).isBetween(1, 59);
            assertThat(progress.get("file").get("remaining_seconds").isNull()).isFalse();
            seen.countDown();
            var frame = progress;
            while (!frame.get("event").asText().equals("done")) {
                var next = JSON.readTree(socket.readText());
                assertThat(rows(next)).isGreaterThanOrEqualTo(rows(frame));
                frame = next;
            }
            assertThat(rows(frame)).isEqualTo(60);
            assertThat(frame.get("file").get("imported").asInt()).isEqualTo(60);
            importing.join();
        }
    }

    @Test
    void who_comes_later_sees_in_the_first_frame_what_has_happened() throws IOException {
        var file = send(2);
        nodes.node().importFiles().importAll();
        try (var socket = open(file, bearer())) {
            var frame = JSON.readTree(socket.readText());
            assertThat(frame.get("event").asText()).isEqualTo("state");
            assertThat(frame.get("file").get("status").asText()).isEqualTo("done");
            cancel.cancel(Caller.SYSTEM, file, false);
            assertThat(JSON.readTree(socket.readText()).get("event").asText())
                    .isEqualTo("cancelled");
        }
    }

    @Test
    void a_browser_opens_it_with_a_ticket_that_works_once_and_not_for_long() {
        var file = send(1);
        var ticket = ticket();
        try (var socket = open(file, "?ticket=" + ticket, "")) {
            assertThat(socket.status()).isEqualTo(101);
        }
        try (var again = open(file, "?ticket=" + ticket, "")) {
            assertThat(again.status()).isEqualTo(401);
        }
        var late = ticket();
        clock.passes(Duration.ofSeconds(31));
        try (var socket = open(file, "?ticket=" + late, "")) {
            assertThat(socket.status()).isEqualTo(401);
        }
        for (var wrong : new String[] {"", "x", "%00", "0".repeat(64), "x".repeat(5_000)}) {
            try (var socket = open(file, "?ticket=" + wrong, "")) {
                assertThat(socket.status()).as(wrong).isEqualTo(401);
            }
        }
    }

    @Test
    void nobody_else_gets_in() {
        var file = send(1);
        try (var nobody = open(file, "")) {
            assertThat(nobody.status()).isEqualTo(401);
            assertThat(nobody.head()).contains("application/problem+json");
        }
        try (var bank = open(file, "Authorization: Bearer " + World.BANK_SECRET + "\r\n")) {
            assertThat(bank.status()).isEqualTo(403);
        }
        try (var basic = open(file, "Authorization: Basic YTpi\r\n")) {
            assertThat(basic.status()).isEqualTo(401);
        }
        var key =
                admin.post("/keys", "{\"name\":\"p\",\"roles\":{\"payments\":\"admin\"}}")
                        .json()
                        .get("key")
                        .asText();
        try (var other = open(file, "Authorization: Bearer " + key + "\r\n")) {
            assertThat(other.status()).isEqualTo(403);
        }
        try (var foreign = open(file, bearer() + "Origin: https://evil.example\r\n")) {
            assertThat(foreign.status()).isEqualTo(403);
        }
    }

    @Test
    void a_file_that_is_not_there_and_a_request_that_is_no_socket_are_refused() {
        try (var unknown = open(UUID.randomUUID(), bearer())) {
            assertThat(unknown.status()).isEqualTo(404);
        }
        try (var odd = RawWebSocket.open(port(), "/ws/billing/files/%00", bearer())) {
            assertThat(odd.status()).isEqualTo(404);
        }
        assertThat(admin.get("/ws/billing/files/" + UUID.randomUUID()).status()).isEqualTo(426);
    }

    /// Stands still in the middle until somebody has seen it.
    private void importSlowly(
            ImportNodes.Node node, UUID file, CountDownLatch asked, CountDownLatch seen) {
        try {
            node.importDebts()
                    .run(
                            claimed(file),
                            () -> {
                                asked.countDown();
                                if (asked.getCount() == 0) {
                                    Together.await(seen);
                                }
                                return false;
                            });
        } catch (IOException | UnreadableFile failed) {
            throw new AssertionError(failed);
        }
    }

    @Inject vintem.platform.Database database;
    @Inject DebtFileTable files;

    private DebtFile claimed(UUID file) {
        var claimed =
                database.transaction(
                        tx ->
                                files.claim(
                                        tx,
                                        UUID.randomUUID(),
                                        clock.instant(),
                                        clock.instant().plus(ImportNodes.LEASE)));
        assertThat(claimed.orElseThrow().id()).isEqualTo(file);
        // Some time has gone by when the first rows are in.
        clock.passes(Duration.ofSeconds(1));
        return claimed.orElseThrow();
    }

    private UUID send(int rows) {
        var run = UUID.randomUUID();
        return nodes.send(
                        DebtFiles.file(
                                IntStream.range(0, rows)
                                        .mapToObj(
                                                i ->
                                                        "Ana,1,ana@example.com,10,2024-01-19,"
                                                                + run
                                                                + i)
                                        .toArray(String[]::new)))
                .id();
    }

    private String ticket() {
        var answer = admin.post("/auth/socket-ticket", "");
        assertThat(answer.status()).isEqualTo(200);
        return answer.json().get("ticket").asText();
    }

    private String bearer() {
        return "Authorization: " + admin.header("Authorization") + "\r\n";
    }

    private static RawWebSocket open(UUID file, String headers) {
        return open(file, "", headers);
    }

    private static RawWebSocket open(UUID file, String query, String headers) {
        return RawWebSocket.open(port(), "/ws/billing/files/" + file + query, headers);
    }

    private static int port() {
        return ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
    }

    private static int rows(JsonNode frame) {
        return frame.get("file").get("rows").asInt();
    }
}
