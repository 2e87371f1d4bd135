package vintem.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vintem.Books;
import vintem.Http;
import vintem.Rows;
import vintem.World;
import vintem.platform.OutboxRelay;
import vintem.platform.Together;

/// The routes of webhooks, and the whole way from something that happens to somebody's system.
@QuarkusTest
@QuarkusTestResource(World.class)
class WebhooksContractTest {
    @Inject OutboxRelay relay;
    @Inject DeliverWebhooks deliver;

    private final Receiver receiver = new Receiver();
    private final List<String> made = new java.util.ArrayList<>();
    private Http admin;

    @BeforeEach
    void sign_in() {
        admin = Http.admin();
    }

    @AfterAll
    static void everybody_was_told() {
        Books.assertInOrder();
    }

    @AfterEach
    void nothing_is_left_behind() {
        made.forEach(id -> admin.send("DELETE", "/webhooks/endpoints/" + id, new byte[0]));
        receiver.close();
    }

    @Test
    void what_happens_in_the_product_arrives_at_a_users_system() {
        var endpoint = create("{\"url\":\"%s\",\"types\":[\"payment.removed\"]}");
        var payment =
                admin.post("/payments/pix", "{\"value\":12.34}").json().at("/payment/id").asText();
        assertThat(admin.send("DELETE", "/payments/pix/" + payment, new byte[0]).status())
                .isLessThan(300);
        Together.until(
                "it has arrived",
                () -> {
                    relay.relay();
                    deliver.deliver(endpoint.id());
                    return receiver.told.stream()
                            .anyMatch(
                                    it ->
                                            it.json()
                                                    .at("/data/payment_id")
                                                    .asText()
                                                    .equals(payment));
                });
        var told =
                receiver.told.stream()
                        .filter(it -> it.json().at("/data/payment_id").asText().equals(payment))
                        .findFirst()
                        .orElseThrow();
        assertThat(told.isSignedBy(endpoint.secret())).isTrue();

        var page =
                admin.get("/webhooks/deliveries?limit=1&status=delivered&endpoint=" + endpoint.id())
                        .json();
        var row = page.get("items").get(0);
        assertThat(row.get("webhook_id").asText()).isEqualTo(told.id());
        assertThat(row.get("type").asText()).isEqualTo("payment.removed");
        assertThat(row.get("last_status").asInt()).isEqualTo(200);
        assertThat(row.has("request")).isFalse();
        var whole = admin.get("/webhooks/deliveries/" + row.get("id").asText()).json();
        assertThat(whole.get("request").asText()).isEqualTo(told.body());
        assertThat(whole.at("/log/0/response").asText()).isEqualTo("ok");

        var replayed = admin.post("/webhooks/deliveries/" + row.get("id").asText() + "/replay", "");
        assertThat(replayed.status()).isEqualTo(202);
        deliver.deliver(endpoint.id());
        assertThat(receiver.ids().stream().filter(told.id()::equals)).hasSize(2);
    }

    @Test
    void a_secret_is_shown_once_and_lies_nowhere_in_clear() {
        var key = UUID.randomUUID().toString();
        var body = "{\"url\":\"%s\",\"description\":\"ERP\"}".formatted(receiver.url());
        var first = admin.with("Idempotency-Key", key).post("/webhooks/endpoints", body);
        assertThat(first.status()).isEqualTo(201);
        var id = first.json().get("id").asText();
        made.add(id);
        var secret = first.json().get("secret").asText();
        assertThat(secret).startsWith("whsec_");
        assertThat(first.header("Cache-Control")).isEqualTo("no-store");
        assertThat(first.header("Location")).isEqualTo("/webhooks/endpoints/" + id);
        assertThat(first.json().get("types").isNull()).isTrue();

        var again = admin.with("Idempotency-Key", key).post("/webhooks/endpoints", body);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.header("Idempotency-Hit")).isEqualTo("true");
        assertThat(again.json().get("id").asText()).isEqualTo(id);
        assertThat(again.json().has("secret")).isFalse();
        assertThat(admin.get("/webhooks/endpoints/" + id).body()).doesNotContain("whsec_");
        assertThat(admin.get("/webhooks/endpoints").body()).contains(id).doesNotContain("whsec_");
        var bare = secret.substring("whsec_".length());
        assertThat(
                        Rows.number(
                                "select count(*) from idempotency_key where position(? in"
                                        + " convert_from(body, 'UTF8')) > 0",
                                bare))
                .isZero();
        assertThat(
                        Rows.number(
                                "select count(*) from webhook_secret where position(decode(?,"
                                        + " 'base64') in sealed) > 0",
                                bare))
                .isZero();
    }

    @Test
    void an_endpoint_is_changed_switched_off_and_on_and_deleted() {
        var endpoint = create("{\"url\":\"%s\"}");
        var path = "/webhooks/endpoints/" + endpoint.id();
        var changed =
                patch(
                        path,
                        "{\"types\":[\"payout.paid\",\"payout.paid\"],\"description\":\"  x \"}");
        assertThat(changed.json().get("types")).hasSize(1);
        assertThat(changed.json().get("description").asText()).isEqualTo("x");
        assertThat(patch(path, "{\"description\":\"y\"}").json().get("types")).hasSize(1);
        assertThat(patch(path, "{\"types\":null}").json().get("types").isNull()).isTrue();
        assertThat(patch(path, "{\"enabled\":false}").json().get("status").asText())
                .isEqualTo("disabled");
        assertThat(admin.post(path + "/test", "").status()).isEqualTo(409);
        assertThat(patch(path, "{\"enabled\":true}").json().get("status").asText())
                .isEqualTo("enabled");
        assertThat(patch(path, "{\"url\":\"http://10.0.0.1/\"}").status()).isEqualTo(400);
        assertThat(admin.post(path + "/test", "").status()).isEqualTo(202);
        assertThat(admin.send("DELETE", path, new byte[0]).status()).isEqualTo(204);
        assertThat(admin.send("DELETE", path, new byte[0]).status()).isEqualTo(404);
        assertThat(admin.get(path).status()).isEqualTo(404);
        for (var deed : List.of("created", "changed", "disabled", "enabled", "tried", "deleted")) {
            assertThat(
                            Rows.number(
                                    "select count(*) from access_log where action = ? and subject = ?",
                                    "webhook." + deed,
                                    endpoint.id().toString()))
                    .as(deed)
                    .isPositive();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | /url",
                "{\"url\":\"\"} | /url",
                "{\"url\":5} | /url",
                "{\"url\":\"nonsense\"} | /url",
                "{\"url\":\"http://169.254.169.254/latest/meta-data/\"} | /url",
                "{\"url\":\"http://127.0.0.2:8080/\"} | /url",
                "{\"url\":\"http://[::1]:8080/\"} | /url",
                "{\"url\":\"http://[::ffff:10.0.0.1]/\"} | /url",
                "{\"url\":\"http://2130706434/\"} | /url",
                "{\"url\":\"https://user:secret@8.8.8.8/\"} | /url",
                "{\"url\":\"https://8.8.8.8:22/\"} | /url",
                "{\"url\":\"https://8.8.8.8/\",\"types\":[]} | /types",
                "{\"url\":\"https://8.8.8.8/\",\"types\":[\"payout.eaten\"]} | /types/0",
                "{\"url\":\"https://8.8.8.8/\",\"types\":\"payout.paid\"} | /types",
                "{\"url\":\"https://8.8.8.8/\",\"description\":5} | /description",
            })
    void what_cannot_be_an_endpoint_is_named(String body, String pointer) {
        var answer = admin.post("/webhooks/endpoints", body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.json().at("/violations/0/pointer").asText()).isEqualTo(pointer);
    }

    @Test
    void secrets_are_replaced_with_an_overlap() {
        var endpoint = create("{\"url\":\"%s\"}");
        var path = "/webhooks/endpoints/" + endpoint.id() + "/rotate";
        var next = admin.post(path, "{\"overlap_hours\":1}");
        assertThat(next.status()).isEqualTo(201);
        admin.post("/webhooks/endpoints/" + endpoint.id() + "/test", "");
        deliver.deliver(endpoint.id());
        var told = receiver.told.getFirst();
        assertThat(told.isSignedBy(endpoint.secret())).isTrue();
        assertThat(told.isSignedBy(next.json().get("secret").asText())).isTrue();
        assertThat(admin.post(path, "{\"overlap_hours\":169}").status()).isEqualTo(400);
        assertThat(admin.post(path, "{\"overlap_hours\":-1}").status()).isEqualTo(400);
        for (var i = 0; i < 3; i++) {
            assertThat(admin.post(path, "{}").status()).isEqualTo(201);
        }
        var refused = admin.post(path, "{}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().get("type").asText()).endsWith("/too-many-secrets");
    }

    @Test
    void lists_are_read_on_and_parameters_that_cannot_be_are_named() {
        var endpoint = create("{\"url\":\"%s\"}");
        for (var i = 0; i < 3; i++) {
            admin.post("/webhooks/endpoints/" + endpoint.id() + "/test", "");
        }
        var of = "/webhooks/deliveries?endpoint=" + endpoint.id();
        var first = admin.get(of + "&limit=2").json();
        assertThat(first.get("items")).hasSize(2);
        var second = admin.get(of + "&limit=2&after=" + first.get("next").asText()).json();
        assertThat(second.get("items")).hasSize(1);
        assertThat(second.get("next").isNull()).isTrue();
        for (var wrong :
                List.of("?endpoint=x", "?status=lost", "?type=x", "?after=x", "?limit=0")) {
            assertThat(admin.get("/webhooks/deliveries" + wrong).status()).isEqualTo(400);
        }
        var replay = "/webhooks/endpoints/" + endpoint.id() + "/replay";
        assertThat(admin.post(replay + "?since=yesterday", "").status()).isEqualTo(400);
        assertThat(admin.post(replay + "?since=2026-01-01T00:00:00-03:00", "").status())
                .isEqualTo(202);
        assertThat(admin.post("/webhooks/endpoints/" + UUID.randomUUID() + "/replay", "").status())
                .isEqualTo(404);
    }

    /// The names of news are a contract: the page, what sources publish, and what can be asked for
    /// are the same.
    @Test
    void every_type_of_news_is_on_the_page_in_the_sources_and_can_be_asked_for() throws Exception {
        var listed = new TreeSet<String>();
        var row = Pattern.compile("(?m)^\\| (`[^|]+) \\|");
        var name = Pattern.compile("`([a-z_]+\\.[a-z_]+)`");
        row.matcher(Files.readString(Path.of("docs/events.md")))
                .results()
                .forEach(
                        each ->
                                name.matcher(each.group(1))
                                        .results()
                                        .forEach(it -> listed.add(it.group(1))));
        assertThat(listed).isEqualTo(new TreeSet<>(EventTypes.ALL));

        var published = new TreeSet<String>();
        var constant = Pattern.compile("String [A-Z_]+ = \"([a-z_]+\\.[a-z_]+)\";");
        try (var files = Files.walk(Path.of("src/main/java"))) {
            for (var file : files.filter(it -> it.toString().endsWith("Event.java")).toList()) {
                constant.matcher(Files.readString(file, StandardCharsets.UTF_8))
                        .results()
                        .forEach(it -> published.add(it.group(1)));
            }
        }
        assertThat(published).isEqualTo(listed);
        var told = new TreeSet<String>();
        admin.get("/webhooks/types").json().get("items").forEach(it -> told.add(it.asText()));
        assertThat(told).isEqualTo(listed);
    }

    private Hooks.Known create(String body) {
        var answer = admin.post("/webhooks/endpoints", body.formatted(receiver.url()));
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        var id = answer.json().get("id").asText();
        made.add(id);
        return new Hooks.Known(UUID.fromString(id), answer.json().get("secret").asText());
    }

    private Http.Answer patch(String path, String body) {
        return admin.send("PATCH", path, body.getBytes(StandardCharsets.UTF_8));
    }
}
