package vintem.investments;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.Http;
import vintem.RawWebSocket;
import vintem.World;
import vintem.platform.Sockets;
import vintem.platform.Together;

/// `/ws/captado` and `/ws/prices`: what is shown, to whom, and what strangers get.
@QuarkusTest
@QuarkusTestResource(World.class)
class CaptadoSocketTest {
    private static final LocalDate DAY = LocalDate.of(2026, 8, 10);
    private static final String AUGUST = "/ws/captado?month=8&year=2026";

    @Inject Office office;
    @Inject Sockets sockets;
    @Inject LiveFrames frames;
    @Inject CaptadoSocket captado;

    private final Http admin = Http.admin();
    private int open;

    @BeforeEach
    void count() {
        open = sockets.open();
    }

    @AfterEach
    void nobody_is_left() {
        Together.until("nobody is left", () -> sockets.open() == open && frames.open() == 0);
    }

    @Test
    void the_figures_come_at_once_and_whenever_one_changes_and_every_five_seconds() {
        var ana = office.client("Ana live");
        var asset = office.asset("BRL");
        try (var viewer = open(AUGUST)) {
            var first = Viewer.line(viewer.next(), ana.id());
            assertThat(first.get("client_name").asText()).isEqualTo("Ana live");
            for (var window : List.of("anual", "semestral", "mensal", "semanal")) {
                for (var figure :
                        List.of(
                                "captado",
                                "atual",
                                "rentabilidade",
                                "resgatado",
                                "captado_liquido")) {
                    assertThat(first.at("/" + window + "/" + figure).decimalValue())
                            .isEqualByComparingTo("0");
                }
            }
            office.buy(ana, asset, "100", "10", DAY);
            viewer.until(it -> captado(it, ana.id()).equals("1000.00"));
            office.close(asset, "12", DAY.plusDays(1));
            viewer.until(
                    it ->
                            Viewer.line(it, ana.id())
                                    .at("/mensal/rentabilidade")
                                    .asText()
                                    .startsWith("20.0"));
            office.clients.deactivate(vintem.access.Caller.SYSTEM, ana.id());
            var without = viewer.until(it -> Viewer.line(it, ana.id()).isEmpty());
            // Nothing happens, and it is shown again all the same.
            assertThat(viewer.next()).isEqualTo(without);
        }
    }

    @Test
    void however_many_look_a_change_is_worked_out_once() {
        var ana = office.client("Ana many");
        var asset = office.asset("BRL");
        var viewers = new ArrayList<Viewer>();
        for (var i = 0; i < 40; i++) {
            viewers.add(open(AUGUST));
        }
        viewers.forEach(Viewer::next);
        var before = captado.computations();
        for (var i = 1; i <= 3; i++) {
            office.buy(ana, asset, "1", "10", DAY);
            var sum = 10 * i + ".00";
            viewers.forEach(each -> each.until(it -> captado(it, ana.id()).equals(sum)));
        }
        assertThat(captado.computations() - before).isBetween(1L, 6L);
        assertThat(frames.open()).isEqualTo(1);
        viewers.forEach(Viewer::close);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "?month=13&year=2026",
                "?month=0&year=2026",
                "?month=-1&year=2026",
                "?month=agosto&year=2026",
                "?month=8",
                "?year=2026",
                "?month=8&year=99999999999",
                "?month=8&year=2999",
                "?month=8&year=2026&as_of=ontem",
                "?month=%00&year=2026",
                "?month='%20or%201=1--&year=2026"
            })
    void bad_parameters_get_a_frame_that_says_so_and_a_close(String query) throws Exception {
        try (var socket =
                RawWebSocket.open(
                        port(), "/ws/captado" + query, "Authorization: " + bearer() + "\r\n")) {
            assertThat(socket.status()).isEqualTo(101);
            var error = new ObjectMapper().readTree(socket.readText()).get("error");
            assertThat(error.get("status").asInt()).isEqualTo(400);
            assertThat(error.get("type").asText()).endsWith("/invalid-request");
            assertThat(error.toString()).doesNotContain("Exception", "vintem.investments");
            assertThat(socket.readToEnd()).isEqualTo(1008);
        }
    }

    @Test
    void nobody_gets_in_without_a_credential_or_from_another_site() {
        for (var path : List.of(AUGUST, "/ws/prices")) {
            assertThat(status(path, "")).isEqualTo(401);
            assertThat(status(path, "Authorization: Bearer x\r\n")).isEqualTo(401);
            assertThat(status(path, "Authorization: Bearer " + World.BANK_SECRET + "\r\n"))
                    .isEqualTo(403);
            assertThat(
                            status(
                                    path,
                                    "Authorization: "
                                            + bearer()
                                            + "\r\nOrigin: https://evil.example\r\n"))
                    .isEqualTo(403);
            // Never a token in the address.
            var and = path.contains("?") ? "&" : "?";
            assertThat(status(path + and + "token=" + bearer().substring(7), "")).isEqualTo(401);
            assertThat(admin.get(path).status()).isEqualTo(426);
            var ticket = admin.post("/auth/socket-ticket", "").json().required("ticket").asText();
            var with = path + and + "ticket=" + ticket;
            var ours = "Origin: http://127.0.0.1:" + port() + "\r\n";
            assertThat(status(with, ours)).isEqualTo(101);
            assertThat(status(with, ours)).as("a ticket works once").isEqualTo(401);
        }
        var key =
                admin.post("/keys", "{\"name\":\"p\",\"roles\":{\"payments\":\"admin\"}}")
                        .json()
                        .get("key")
                        .asText();
        assertThat(status(AUGUST, "Authorization: Bearer " + key + "\r\n")).isEqualTo(403);
    }

    @Test
    void an_address_that_is_none_opens_nothing() {
        var headers = "Authorization: " + bearer() + "\r\n";
        for (var query : List.of("?month=%zz&year=2026", "?month=8&year=2026&ticket=%")) {
            assertThat(status("/ws/captado" + query, headers)).as(query).isEqualTo(400);
        }
    }

    @Test
    void a_frozen_frame_stays_what_it_was() {
        var ana = office.client("Ana frozen");
        var asset = office.asset("BRL");
        office.buy(ana, asset, "1", "10", DAY);
        var then = office.clock.instant();
        office.buy(ana, asset, "1", "90", DAY);
        try (var viewer = open(AUGUST + "&as_of=" + then)) {
            assertThat(captado(viewer.next(), ana.id())).isEqualTo("10.00");
        }
    }

    @Test
    void prices_of_what_is_held_come_with_source_and_age() {
        var ana = office.client("Ana prices");
        assertThat(
                        admin.post(
                                        "/allocations",
                                        "{\"client_id\":%d,\"asset_symbol\":\"VALE3\",\"quantity\":1}"
                                                .formatted(ana.id()))
                                .status())
                .isEqualTo(201);
        try (var viewer = open("/ws/prices")) {
            var prices = viewer.until(it -> it.findValuesAsText("symbol").contains("VALE3"));
            for (var price : prices) {
                if (price.get("symbol").asText().equals("VALE3")) {
                    assertThat(price.get("price").decimalValue()).isPositive();
                    assertThat(price.get("source").asText()).isEqualTo("sandbox");
                    assertThat(price.get("age_seconds").asLong()).isNotNegative();
                    assertThat(price.get("as_of").asText()).contains("T");
                }
            }
        }
    }

    @Test
    void what_clients_say_means_nothing_and_what_is_no_text_ends_it() {
        try (var socket =
                RawWebSocket.open(port(), AUGUST, "Authorization: " + bearer() + "\r\n")) {
            for (var text : List.of("", "{}", "[".repeat(5_000), "\0", "month=13")) {
                socket.text(text);
            }
            socket.send(RawWebSocket.BINARY, true, new byte[] {1, 2, 3});
            assertThat(socket.readToEnd()).isEqualTo(1003);
        }
        try (var socket =
                RawWebSocket.open(port(), AUGUST, "Authorization: " + bearer() + "\r\n")) {
            socket.send(RawWebSocket.TEXT, true, new byte[100_000]);
            assertThat(socket.readToEnd()).isIn(1009, 1002, 0);
        }
    }

    private static String captado(com.fasterxml.jackson.databind.JsonNode frame, long client) {
        var text = Viewer.line(frame, client).at("/mensal/captado");
        return text.isMissingNode() ? "" : text.decimalValue().setScale(2).toPlainString();
    }

    private Viewer open(String path) {
        return Viewer.open(port(), path, bearer());
    }

    private int status(String path, String headers) {
        try (var socket = RawWebSocket.open(port(), path, headers)) {
            return socket.status();
        }
    }

    private String bearer() {
        return admin.header("Authorization");
    }

    private static int port() {
        return ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
    }
}
