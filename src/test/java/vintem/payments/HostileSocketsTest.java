package vintem.payments;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.Http;
import vintem.RawWebSocket;
import vintem.platform.Sockets;
import vintem.platform.Sockets.Limits;
import vintem.platform.Together;

/// Clients that nobody wrote in good faith: whatever they send, they alone are cut off, nothing of
/// them is left, and everybody else is served.
class HostileSocketsTest {
    private static final String HANDSHAKE = "/socket.io/?EIO=4&transport=polling";
    private static final String WEB_SOCKET = "/socket.io/?EIO=4&transport=websocket";
    private static final Limits IMPATIENT =
            new Limits(1_000, 10_000, Duration.ofMillis(1_000), Duration.ofMillis(2_000));

    private LiveServer server = new LiveServer(LiveServer.Settings.usual());

    @AfterEach
    void everybody_else_is_served_and_nothing_is_left() {
        var payment = server.payment();
        try (var socket = plain(payment)) {
            socket.readText();
            // Beside it: whoever waits for the news answers pings.
            var confirmed = Together.beside(() -> server.confirm(payment));
            assertThat(socket.readText()).contains("payment-confirmed");
            confirmed.join();
        }
        Together.until("no place is left", () -> server.sockets.open() == 0);
        Together.until("no client is left", () -> server.socketIo.clients() == 0);
        assertThat(server.broadcast.topics()).isZero();
        server.close();
    }

    @Test
    void engine_io_says_what_is_wrong_in_its_own_words() {
        var http = server.http();
        refused(http.get("/socket.io/"), 0, "Transport unknown");
        refused(http.get("/socket.io/?EIO=4&transport=carrier"), 0, "Transport unknown");
        refused(http.get(HANDSHAKE + "&sid=nobody"), 1, "Session ID unknown");
        refused(http.post(HANDSHAKE + "&sid=nobody", "40"), 1, "Session ID unknown");
        refused(http.post(HANDSHAKE, "40"), 2, "Bad handshake method");
        refused(http.send("PUT", HANDSHAKE, new byte[0]), 2, "Bad handshake method");
        refused(http.get(WEB_SOCKET), 3, "Bad request");
        refused(http.get(HANDSHAKE + "&j=0"), 3, "Bad request");
        refused(http.get("/socket.io/?EIO=3&transport=polling"), 5, "Unsupported protocol version");
        refused(http.get("/socket.io/?transport=polling"), 5, "Unsupported protocol version");
        try (var socket = RawWebSocket.open(server.port(), WEB_SOCKET + "&sid=nobody", "")) {
            assertThat(socket.status()).isEqualTo(400);
        }
        try (var socket = RawWebSocket.open(server.port(), WEB_SOCKET.replace("4", "3"), "")) {
            assertThat(socket.status()).isEqualTo(400);
        }
        // Java's own client would not write it.
        try (var socket = RawWebSocket.open(server.port(), WEB_SOCKET + "&sid=%zz", "")) {
            assertThat(socket.status()).isEqualTo(400);
        }
    }

    @Test
    void a_page_of_another_site_may_not_poll() {
        var foreign = server.http().with("Origin", "https://evil.example");
        var answer = foreign.get(HANDSHAKE);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).isEqualTo("{\"code\":4,\"message\":\"Forbidden\"}");
        assertThat(answer.header("Access-Control-Allow-Origin")).isEmpty();
    }

    @Test
    void a_listed_site_may_and_broadcasting_lets_all_sites_without_credentials() {
        restart(LiveServer.Settings.usual().withOrigins("https://loja.example"));
        var listed = server.http().with("Origin", "https://loja.example").get(HANDSHAKE);
        assertThat(listed.header("Access-Control-Allow-Origin")).isEqualTo("https://loja.example");
        assertThat(listed.header("Access-Control-Allow-Credentials")).isEqualTo("true");
        assertThat(listed.header("Vary")).contains("Origin");
        end(listed);

        restart(LiveServer.Settings.usual().tellingAll());
        var any = server.http().with("Origin", "null").get(HANDSHAKE);
        assertThat(any.header("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(any.header("Access-Control-Allow-Credentials")).isEmpty();
        end(any);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "0",
                "2",
                "2probe",
                "5",
                "7",
                "x",
                "4",
                "45-[\"x\",{\"_placeholder\":true,\"num\":0}]",
                "46-1[]",
                "47",
                "49",
                "4\u0000",
                "40,",
                "42[\"watch\",\"\"]",
                "40\u001e42",
                "40\u001e42{}",
                "40\u001e42[]",
                "40\u001e42[1]",
                "40\u001e42[\"watch\"",
                "40\u001e42[\"watch\"]]",
                "40\u001e42[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
                "40\u001e4299999999999999999999[\"watch\"]",
                "40\u001e44",
                "40\u001e42/admin,[\"watch\",\"1\"]",
                "40\u001e42[\"watch\",\"\ud800\"]\u001e",
                "bAQIDBA==",
                "40\u001e\u001e40"
            })
    void a_malformed_packet_ends_its_sender(String packets) throws IOException {
        var sid = sid();
        var answer = server.http().post(HANDSHAKE + "&sid=" + sid, packets);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(server.http().get(HANDSHAKE + "&sid=" + sid).status()).isEqualTo(400);

        try (var socket = RawWebSocket.open(server.port(), WEB_SOCKET, "")) {
            socket.readText();
            for (var packet : packets.split("\u001e", -1)) {
                socket.text(packet);
            }
            assertThat(socket.readToEnd()).isEqualTo(1008);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "40",
                "40{\"token\":\"x\"}",
                "40/admin,\u001e41/admin,",
                "40\u001e40",
                "40\u001e42[\"watch\"]",
                "40\u001e42[\"watch\",null]",
                "40\u001e42[\"unknown\",{}]",
                "40\u001e4212[\"watch\",\"x\"]",
                "40\u001e431[]",
                "40\u001e6\u001e3\u001e3",
                "40\u001e41",
                "41"
            })
    void a_packet_that_is_only_unusual_does_not(String packets) throws IOException {
        var sid = sid();
        var answer = server.http().post(HANDSHAKE + "&sid=" + sid, packets);
        assertThat(answer.body()).isEqualTo("ok");
        assertThat(server.http().post(HANDSHAKE + "&sid=" + sid, "1").body()).isEqualTo("ok");
    }

    @Test
    void what_is_too_large_is_refused_however_it_comes() throws IOException {
        var sid = sid();
        var large = "4".repeat(Sockets.MOST_BYTES + 1);
        assertThat(server.http().post(HANDSHAKE + "&sid=" + sid, large).status()).isEqualTo(413);
        assertThat(server.http().get(HANDSHAKE + "&sid=" + sid).status()).isEqualTo(400);

        var bytes = large.getBytes(StandardCharsets.UTF_8);
        for (var path : List.of(WEB_SOCKET, "/ws/payments/" + server.payment())) {
            try (var socket = RawWebSocket.open(server.port(), path, "")) {
                socket.send(RawWebSocket.TEXT, true, bytes);
                assertThat(socket.readToEnd()).as("one frame: " + path).isEqualTo(1009);
            }
            try (var socket = RawWebSocket.open(server.port(), path, "")) {
                socket.send(RawWebSocket.TEXT, false, new byte[Sockets.MOST_BYTES / 2]);
                for (var i = 0; i < 3; i++) {
                    socket.send(RawWebSocket.CONTINUATION, false, new byte[Sockets.MOST_BYTES / 2]);
                }
                assertThat(socket.readToEnd()).as("many frames: " + path).isEqualTo(1009);
            }
            try (var socket = RawWebSocket.open(server.port(), path, "")) {
                // Announces 2^62 bytes and sends nothing.
                socket.write(
                        new byte[] {
                            (byte) 0x81, (byte) 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
                        });
                assertThat(socket.readToEnd()).as("an announcement: " + path).isEqualTo(1009);
            }
        }
    }

    @Test
    void binary_and_broken_frames_are_refused() {
        for (var path : List.of(WEB_SOCKET, "/ws/payments/" + server.payment())) {
            try (var socket = RawWebSocket.open(server.port(), path, "")) {
                assertThat(socket.head()).doesNotContainIgnoringCase("deflate");
                socket.send(RawWebSocket.BINARY, true, new byte[] {4, 0});
                assertThat(socket.readToEnd()).as(path).isEqualTo(1003);
            }
            for (var broken :
                    List.of(
                            RawWebSocket.frame(RawWebSocket.TEXT, true, false, new byte[] {'3'}),
                            RawWebSocket.frame(3, true, true, new byte[0]),
                            RawWebSocket.frame(RawWebSocket.CONTINUATION, true, true, new byte[1]),
                            RawWebSocket.frame(RawWebSocket.PING, false, true, new byte[0]),
                            RawWebSocket.frame(RawWebSocket.PING, true, true, new byte[126]),
                            new byte[] {(byte) 0xf1, (byte) 0x80, 0, 0, 0, 0})) {
                try (var socket = RawWebSocket.open(server.port(), path, "")) {
                    socket.write(broken);
                    assertThat(socket.readToEnd()).as(path).isIn(0, 1002);
                }
            }
        }
    }

    @Test
    void random_bytes_harm_nobody() {
        var random = new Random(20_261_122);
        for (var i = 0; i < 200; i++) {
            var path = i % 2 == 0 ? WEB_SOCKET : "/ws/payments/" + server.payment();
            try (var socket = RawWebSocket.open(server.port(), path, "")) {
                var bytes = new byte[random.nextInt(1, 300)];
                random.nextBytes(bytes);
                socket.write(bytes);
                socket.send(RawWebSocket.TEXT, true, bytes);
            }
        }
    }

    @Test
    void a_flood_is_cut_off() throws IOException {
        for (var flood :
                List.of(
                        RawWebSocket.frame(RawWebSocket.PING, true, true, new byte[100]),
                        RawWebSocket.frame(RawWebSocket.PONG, true, true, new byte[0]),
                        RawWebSocket.frame(RawWebSocket.TEXT, true, true, new byte[] {'6'}))) {
            for (var path : List.of(WEB_SOCKET, "/ws/payments/" + server.payment())) {
                try (var socket = RawWebSocket.open(server.port(), path, "")) {
                    for (var i = 0; i < 1_000; i++) {
                        socket.write(flood);
                    }
                    socket.readToEnd();
                }
            }
        }
        var sid = sid();
        var packets = "40" + "\u001e6".repeat(200);
        assertThat(server.http().post(HANDSHAKE + "&sid=" + sid, packets).status()).isEqualTo(400);
    }

    @Test
    void two_polls_at_once_end_the_client() throws Exception {
        var sid = sid();
        var first = Together.beside(() -> server.http().get(HANDSHAKE + "&sid=" + sid));
        Together.until(
                "one of them is refused",
                () -> server.http().get(HANDSHAKE + "&sid=" + sid).status() == 400);
        first.join();
    }

    @Test
    void a_request_of_the_wrong_kind_changes_nothing_for_a_websocket() throws IOException {
        try (var socket = RawWebSocket.open(server.port(), WEB_SOCKET, "")) {
            var sid = new ObjectMapper().readTree(socket.readText().substring(1)).get("sid");
            var path = HANDSHAKE + "&sid=" + sid.asText();
            assertThat(server.http().post(path, "1").status()).isEqualTo(400);
            try (var second =
                    RawWebSocket.open(server.port(), WEB_SOCKET + "&sid=" + sid.asText(), "")) {
                assertThat(second.readToEnd()).isEqualTo(1008);
            }
            socket.text("40");
            assertThat(socket.readText()).startsWith("40{");
        }
    }

    @Test
    void half_an_upgrade_ends_and_polling_goes_on() throws IOException {
        restart(LiveServer.Settings.usual().with(IMPATIENT));
        var sid = sid();
        var path = HANDSHAKE + "&sid=" + sid;
        assertThat(server.http().post(path, "40").body()).isEqualTo("ok");
        assertThat(server.http().get(path).body()).startsWith("40{");
        try (var half = upgrade(sid);
                var second = upgrade(sid)) {
            half.text("2probe");
            assertThat(half.readText()).isEqualTo("3probe");
            // One at a time.
            assertThat(second.readToEnd()).isEqualTo(1008);
            // While it upgrades, no poll waits.
            assertThat(server.http().get(path).body()).isIn("6", "2");
            assertThat(half.readToEnd()).isZero();
        }
        try (var wrong = upgrade(sid)) {
            wrong.text("5");
            assertThat(wrong.readToEnd()).isEqualTo(1008);
        }
        server.http().post(path, "3");
        assertThat(server.http().get(path).body()).contains("2");
        server.http().post(path, "1");
    }

    @Test
    void who_begins_and_does_not_go_on_is_dropped() throws IOException {
        restart(LiveServer.Settings.usual().with(IMPATIENT));
        var sids = new ArrayList<String>();
        for (var i = 0; i < 50; i++) {
            sids.add(sid());
        }
        try (var silent = RawWebSocket.open(server.port(), WEB_SOCKET, "")) {
            // On a slow machine the first of them are gone by now.
            assertThat(server.sockets.open()).isBetween(1, 51);
            assertThat(silent.readToEnd()).isEqualTo(1008);
        }
        Together.until("all are dropped", () -> server.sockets.open() == 0);
        assertThat(server.http().get(HANDSHAKE + "&sid=" + sids.getFirst()).status())
                .isEqualTo(400);
    }

    @Test
    void who_does_not_read_is_cut_off_and_costs_little() {
        var payment = server.payment();
        try (var slow = RawWebSocket.openSlow(server.port(), "/ws/payments/" + payment)) {
            assertThat(slow.status()).isEqualTo(101);
            Together.until("it watches", () -> server.broadcast.topics() == 1);
            var told = 0;
            while (server.sockets.open() > 0) {
                server.change(payment, "x".repeat(10_000), "payment-expired");
                Together.pause(Duration.ofMillis(2));
                assertThat(told++).as("frames that nobody reads").isLessThan(5_000);
            }
        }
    }

    @Test
    void who_polls_but_never_takes_anything_is_cut_off() throws IOException {
        var sid = sid();
        server.http().post(HANDSHAKE + "&sid=" + sid, "40");
        for (var i = 0; i < 20; i++) {
            var watches = new StringBuilder("6");
            for (var j = 0; j < 5; j++) {
                watches.append("\u001e421[\"watch\",\"x\"]");
            }
            server.http().post(HANDSHAKE + "&sid=" + sid, watches.toString());
        }
        Together.until("it is gone", () -> server.socketIo.clients() == 0);
    }

    private void restart(LiveServer.Settings settings) {
        server.close();
        server = new LiveServer(settings);
    }

    private RawWebSocket plain(UUID payment) {
        return RawWebSocket.open(server.port(), "/ws/payments/" + payment, "");
    }

    private RawWebSocket upgrade(String sid) {
        return RawWebSocket.open(server.port(), WEB_SOCKET + "&sid=" + sid, "");
    }

    private String sid() throws IOException {
        return sid(server.http().get(HANDSHAKE));
    }

    private static String sid(Http.Answer answer) throws IOException {
        return new ObjectMapper().readTree(answer.body().substring(1)).get("sid").asText();
    }

    private void end(Http.Answer handshake) {
        try {
            server.http().post(HANDSHAKE + "&sid=" + sid(handshake), "1");
        } catch (IOException notJson) {
            throw new AssertionError(notJson);
        }
    }

    private static void refused(Http.Answer answer, int code, String message) {
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body())
                .isEqualTo("{\"code\":%d,\"message\":\"%s\"}".formatted(code, message));
    }
}
