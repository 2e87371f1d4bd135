package vintem.payments;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vintem.RawWebSocket;
import vintem.RawWebSocket.Frame;
import vintem.platform.Sockets.Limits;
import vintem.platform.Together;

/// The plain WebSocket of one payment.
class PaymentSocketTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Limits IMPATIENT =
            new Limits(3, 5, Duration.ofMillis(100), Duration.ofMillis(1_000));

    private LiveServer server = new LiveServer(LiveServer.Settings.usual());

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void the_first_frame_is_the_state_and_then_comes_a_frame_for_each_change() throws IOException {
        var payment = server.payment();
        try (var socket = open(payment)) {
            assertThat(socket.readText())
                    .isEqualTo(
                            """
                            {"event":"state","payment_id":"%s","status":"active","paid_at":null,"late":false}"""
                                    .formatted(payment));
            server.change(payment, "expired", "payment-expired");
            assertThat(json(socket).get("event").asText()).isEqualTo("payment-expired");
            server.confirm(payment);
            var confirmed = json(socket);
            assertThat(confirmed.get("event").asText()).isEqualTo("payment-confirmed");
            assertThat(confirmed.get("payment_id").asText()).isEqualTo(payment.toString());
            assertThat(confirmed.get("status").asText()).isEqualTo("paid");
            assertThat(confirmed.get("paid_at").asText()).isEqualTo("2026-11-22T12:00:00Z");
        }
    }

    @Test
    void who_connects_again_sees_in_the_first_frame_what_happened_meanwhile() throws IOException {
        var payment = server.payment();
        try (var socket = open(payment)) {
            socket.readText();
        }
        server.confirm(payment);
        try (var socket = open(payment)) {
            assertThat(json(socket).get("status").asText()).isEqualTo("paid");
        }
    }

    @Test
    void what_happens_while_the_state_is_read_is_not_missed() throws IOException {
        var payment = server.payment();
        server.meanwhile(() -> server.confirm(payment));
        try (var socket = open(payment)) {
            assertThat(json(socket).get("status").asText()).isEqualTo("active");
            assertThat(json(socket).get("status").asText()).isEqualTo("paid");
        }
    }

    @Test
    void who_is_to_read_again_gets_the_state() throws IOException {
        var payment = server.payment();
        try (var socket = open(payment)) {
            socket.readText();
            server.payInSilence(payment);
            server.broadcast.tell("payment:" + payment, "state");
            var frame = json(socket);
            assertThat(frame.get("event").asText()).isEqualTo("state");
            assertThat(frame.get("status").asText()).isEqualTo("paid");
        }
    }

    @Test
    void another_payments_changes_are_not_told() throws IOException {
        var payment = server.payment();
        var other = server.payment();
        try (var socket = open(payment)) {
            socket.readText();
            server.confirm(other);
            server.change(payment, "removed", "payment-removed");
            assertThat(json(socket).get("event").asText()).isEqualTo("payment-removed");
        }
    }

    @Test
    void many_changes_at_once_come_in_order() throws IOException {
        var payment = server.payment();
        try (var socket = open(payment)) {
            socket.readText();
            for (var i = 0; i < 10; i++) {
                server.change(payment, "status-" + i, "event-" + i);
            }
            var statuses = "";
            for (var i = 0; i < 10; i++) {
                var frame = json(socket);
                assertThat(frame.get("event").asText()).isEqualTo("event-" + i);
                var status = frame.get("status").asText();
                // Never older than the frame before.
                assertThat(status).isGreaterThanOrEqualTo(statuses);
                statuses = status;
            }
            assertThat(statuses).isEqualTo("status-9");
        }
    }

    @Test
    void an_unknown_payment_is_refused_before_there_is_a_socket() {
        try (var socket = open(UUID.randomUUID())) {
            assertThat(socket.status()).isEqualTo(404);
            assertThat(socket.head()).contains("application/problem+json");
            // Nobody collects refusals on one connection.
            assertThat(socket.head()).containsIgnoringCase("connection: close");
        }
        for (var id : new String[] {"1", "1-1-1-1-1", "%00", "..%2f..", "a".repeat(4_000)}) {
            try (var socket = RawWebSocket.open(server.port(), "/ws/payments/" + id, "")) {
                assertThat(socket.status()).as(id).isEqualTo(404);
            }
        }
        assertThat(server.sockets.open()).isZero();
        assertThat(server.broadcast.topics()).isZero();
    }

    @Test
    void a_request_that_is_no_websocket_is_told_so() {
        var answer = server.http().get("/ws/payments/" + server.payment());
        assertThat(answer.status()).isEqualTo(426);
        assertThat(answer.header("Upgrade")).isEqualTo("websocket");
        // Half of what a WebSocket asks with.
        var half = server.http().with("Sec-WebSocket-Key", "x");
        assertThat(half.get("/ws/payments/" + server.payment()).status()).isEqualTo(426);
        assertThat(server.sockets.open()).isZero();
    }

    @Test
    void a_database_that_is_away_is_said_and_ends_open_sockets_so_that_they_come_back() {
        var payment = server.payment();
        try (var socket = open(payment)) {
            socket.readText();
            server.databaseIsAway(true);
            server.confirm(payment);
            assertThat(socket.readToEnd()).isEqualTo(1011);
        }
        try (var socket = open(payment)) {
            assertThat(socket.status()).isEqualTo(503);
            assertThat(socket.head()).contains("Retry-After");
        }
        Together.until("nobody is left", () -> server.sockets.open() == 0);
    }

    @Test
    void pages_of_other_sites_are_refused_unless_they_are_listed() {
        server.close();
        server = new LiveServer(LiveServer.Settings.usual().withOrigins("https://loja.example"));
        var path = "/ws/payments/" + server.payment();
        assertThat(status(path, "Origin: https://evil.example\r\n")).isEqualTo(403);
        assertThat(status(path, "Origin: null\r\n")).isEqualTo(403);
        assertThat(status(path, "Origin: https://loja.example\r\n")).isEqualTo(101);
        assertThat(status(path, "Origin: " + server.url() + "\r\n")).isEqualTo(101);
        assertThat(status(path, "")).isEqualTo(101);
    }

    @Test
    void a_socket_that_answers_stays_and_a_silent_one_is_dropped() {
        server.close();
        server = new LiveServer(LiveServer.Settings.usual().with(IMPATIENT));
        try (var socket = open(server.payment())) {
            socket.readText();
            for (var i = 0; i < 4; i++) {
                var ping = socket.read();
                assertThat(ping.opcode()).isEqualTo(RawWebSocket.PING);
                socket.send(RawWebSocket.PONG, true, ping.payload());
            }
            assertThat(socket.read().opcode()).isEqualTo(RawWebSocket.PING);
            // Saying something else is no sign of life.
            socket.text("I am here");
            assertThat(socket.read().opcode()).isEqualTo(Frame.ENDED);
        }
        Together.until("nobody is left", () -> server.sockets.open() == 0);
        assertThat(server.broadcast.topics()).isZero();
    }

    @Test
    void one_address_has_so_many_sockets_and_the_next_is_refused_until_one_ends() {
        server.close();
        server = new LiveServer(LiveServer.Settings.usual().with(IMPATIENT));
        var payment = server.payment();
        var first = open(payment);
        try (var second = open(payment);
                var third = open(payment);
                var fourth = open(payment)) {
            assertThat(second.status()).isEqualTo(101);
            assertThat(third.status()).isEqualTo(101);
            assertThat(fourth.status()).isEqualTo(429);
            assertThat(fourth.head()).contains("Retry-After");
            assertThat(server.http().get("/socket.io/?EIO=4&transport=polling").status())
                    .isEqualTo(429);
            first.close();
            Together.until("there is room", () -> server.sockets.open() == 2);
            try (var fifth = open(payment)) {
                assertThat(fifth.status()).isEqualTo(101);
            }
        }
    }

    @Test
    void nothing_is_left_of_sockets_that_have_gone() {
        var payment = server.payment();
        for (var i = 0; i < 20; i++) {
            try (var socket = open(payment)) {
                assertThat(socket.status()).isEqualTo(101);
                if (i % 2 == 0) {
                    socket.send(RawWebSocket.CLOSE, true, new byte[] {3, (byte) 0xe8});
                    assertThat(socket.readToEnd()).isEqualTo(1000);
                }
            }
        }
        Together.until("nobody is left", () -> server.sockets.open() == 0);
        assertThat(server.broadcast.topics()).isZero();
    }

    private RawWebSocket open(UUID payment) {
        return RawWebSocket.open(server.port(), "/ws/payments/" + payment, "");
    }

    private int status(String path, String headers) {
        try (var socket = RawWebSocket.open(server.port(), path, headers)) {
            return socket.status();
        }
    }

    private static JsonNode json(RawWebSocket socket) throws IOException {
        return JSON.readTree(socket.readText());
    }
}
