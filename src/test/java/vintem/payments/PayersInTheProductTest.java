package vintem.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;
import vintem.Http;
import vintem.RawWebSocket;
import vintem.World;
import vintem.platform.Database;
import vintem.platform.Ids;
import vintem.platform.OutboxRelay;
import vintem.platform.Sockets;
import vintem.platform.Together;

/// The sockets where they live: behind Quarkus' own handlers, which pause requests and compress
/// answers.
@QuarkusTest
@QuarkusTestResource(World.class)
class PayersInTheProductTest {
    private static final String POLLING = "/socket.io/?EIO=4&transport=polling";

    @Inject Sockets sockets;
    @Inject Database database;
    @Inject ConfirmPayment confirmPayment;
    @Inject OutboxRelay relay;

    @Test
    void clients_of_socket_io_hear_of_their_payment_however_they_are_carried() {
        var transports =
                Map.of(
                        "polling", List.of("polling"),
                        "websocket", List.of("websocket"),
                        "both", List.of("polling", "websocket"));
        var payment = payment();
        var other = payment();
        var event = "payment-confirmed-" + payment;
        try (var clients = new SocketIoClients()) {
            transports.forEach(
                    (name, each) -> {
                        clients.open(name, url(), Map.of("transports", each))
                                .await(name, "connect");
                        clients.watch(name, payment).await(name, "ack");
                    });
            clients.open("stranger", url(), Map.of("query", Map.of("payment_id", other)))
                    .await("stranger", "connect");
            clients.await("both", "upgrade");
            confirm(payment);
            transports.keySet().forEach(name -> clients.await(name, event));
            clients.watch("stranger", other).await("stranger", "ack");
            assertThat(clients.count("stranger", event)).isZero();
            clients.disconnectAll();
            Together.until("nobody is left", () -> sockets.open() == 0);
        }
    }

    @Test
    void a_plain_websocket_shows_the_state_and_its_change() {
        var payment = payment();
        try (var socket = RawWebSocket.open(port(), "/ws/payments/" + payment, "")) {
            assertThat(socket.readText()).contains("\"status\":\"active\"");
            confirm(payment);
            assertThat(socket.readText()).contains("payment-confirmed").contains("\"paid\"");
            // The bank repeats itself; the payer hears it once.
            confirm(payment);
            Pix.refund(Http.admin(), payment.toString(), "4");
            assertThat(socket.readText()).contains("payment-refunded");
            // Messages are neither compressed nor large.
            assertThat(socket.head()).doesNotContainIgnoringCase("deflate");
            socket.send(RawWebSocket.TEXT, true, new byte[Sockets.MOST_BYTES + 1]);
            assertThat(socket.readToEnd()).isEqualTo(1009);
        }
        try (var socket = RawWebSocket.open(port(), "/ws/payments/" + UUID.randomUUID(), "")) {
            assertThat(socket.status()).isEqualTo(404);
        }
    }

    @Test
    void a_hint_that_died_with_its_node_is_told_from_the_outbox() {
        var payment = payment();
        try (var clients = new SocketIoClients()) {
            clients.open("payer", url(), Map.of("transports", List.of("websocket")))
                    .await("payer", "connect");
            clients.watch("payer", payment).await("payer", "ack");
            confirmUntold(payment);
            relay.relay();
            clients.await("payer", "payment-confirmed-" + payment);
        }
    }

    @Test
    void who_begins_to_look_after_the_news_went_by_reads_it_in_the_state() {
        var payment = payment();
        confirmUntold(payment);
        // Nobody looks: nobody is told.
        relay.relay();
        try (var clients = new SocketIoClients()) {
            clients.open("late", url(), Map.of("transports", List.of("websocket")))
                    .await("late", "connect");
            clients.watch("late", payment).await("late", "payment-confirmed-" + payment);
        }
    }

    @Test
    void answers_to_polls_are_plain_even_where_the_client_would_take_them_compressed() {
        var answer = Http.nobody().with("Accept-Encoding", "gzip, deflate, br").get(POLLING);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Encoding")).isIn("", "identity");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        assertThat(answer.body()).startsWith("0{\"sid\":\"");
        var sid = answer.body().substring("0{\"sid\":\"".length()).split("\"", 2)[0];
        // Its place is free again for the others' count.
        assertThat(Http.nobody().post(POLLING + "&sid=" + sid, "1").body()).isEqualTo("ok");
    }

    private static UUID payment() {
        return UUID.fromString(Pix.create(Http.admin(), 10.00).get("id").asText());
    }

    private static void confirm(UUID id) {
        Pix.confirm(Pix.look(id.toString()).get("txid").asText(), "10", Pix.endToEndId());
    }

    private static int port() {
        return ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
    }

    /// Past the product's own telling, as by a node that died right after its commit.
    private void confirmUntold(UUID payment) {
        var message =
                new ConfirmPayment.Message(
                        Ids.next(),
                        Pix.look(payment.toString()).get("txid").asText(),
                        10_00,
                        Pix.endToEndId(),
                        Instant.now());
        database.run(tx -> confirmPayment.confirm(tx, List.of(message)));
    }

    private static String url() {
        return "http://localhost:" + port();
    }
}
