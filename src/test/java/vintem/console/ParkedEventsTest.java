package vintem.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ScreenshotAnimations;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vintem.Browsers;
import vintem.Http;
import vintem.Rows;
import vintem.World;

/// News that a subscriber stumbled over: a person sees them, mends the cause, and has them applied.
@QuarkusTest
@QuarkusTestResource(World.class)
class ParkedEventsTest {
    // Beyond whatever the outbox gives.
    private static final long FIRST = 900_000_000_000L;
    private static final String BILLING = "billing.pix";
    private static final String PEOPLE = "joana@people.example";
    private static final Path PICTURES = Path.of("target/screenshots/console");

    private final Http admin = Http.admin();

    @AfterEach
    void nothing_is_parked_any_more() {
        Rows.change("delete from outbox_parked where event_id >= " + FIRST);
    }

    @Test
    void what_is_parked_is_listed_by_subscriber_without_what_the_error_said() {
        parked("webhooks", FIRST + 2, "charge.paid", "org.example.NotNow: of " + PEOPLE);
        parked(BILLING, FIRST + 1, "payment.confirmed", "PSQLException 23514");
        var answer = admin.get("/console/parked-events");
        assertThat(answer.status()).isEqualTo(200);
        var items = answer.json().get("items");
        assertThat(items).hasSize(2);
        assertThat(items.get(0).get("subscriber").asText()).isEqualTo(BILLING);
        assertThat(items.get(0).get("tries").asInt()).isEqualTo(8);
        assertThat(items.get(1).get("error").asText()).isEqualTo("org.example.NotNow");
        assertThat(answer.body()).doesNotContain(PEOPLE);
        for (var language : new String[] {"pt-BR", "en"}) {
            var page =
                    admin.with("Accept", "text/html")
                            .with("Accept-Language", language)
                            .get("/app/parked-events");
            assertThat(page.body())
                    .contains(BILLING, "charge.paid", "org.example.NotNow")
                    .contains(language.equals("en") ? "Try again" : "Tentar de novo")
                    .doesNotContain(PEOPLE);
        }
    }

    @Test
    void a_list_is_read_page_by_page() {
        for (var i = 0; i < 3; i++) {
            parked("webhooks", FIRST + i, "charge.paid", "IllegalStateException");
        }
        var first = admin.get("/console/parked-events?limit=2").json();
        assertThat(first.get("items")).hasSize(2);
        var rest =
                admin.get("/console/parked-events?limit=2&after=" + first.get("next").asText())
                        .json();
        assertThat(rest.get("items")).hasSize(1);
        assertThat(rest.get("next").isNull()).isTrue();
        assertThat(admin.get("/console/parked-events?after=nobody").status()).isEqualTo(400);
    }

    @Test
    void what_is_mended_is_applied_once_and_what_is_not_stays() {
        var id = FIRST + 11;
        parked(BILLING, id, "payment.confirmed", "IllegalStateException");
        Rows.change("update outbox_parked set body = 'torn' where event_id = " + id);
        var failed = retry(BILLING, id);
        assertThat(failed.status()).isEqualTo(200);
        assertThat(failed.json().get("applied").asBoolean()).isFalse();
        assertThat(failed.json().get("tries").asInt()).isEqualTo(9);
        assertThat(item(id).get("tries").asInt()).isEqualTo(9);
        assertThat(item(id).get("tried_at").isNull()).isFalse();
        assertThat(deeds("event.failed_again", id)).isEqualTo(1);

        Rows.change(
                """
                update outbox_parked set body = '{"purpose":"sales","txid":"t","payment_id":'
                || '"019aa3f2-6c1e-7000-9a51-6f3b8a1d2c4e","amount_cents":1,"paid_cents":1,'
                || '"late":false,"end_to_end_id":null}' where event_id = %d"""
                        .formatted(id));
        assertThat(retry(BILLING, id).json().get("applied").asBoolean()).isTrue();
        assertThat(deeds("event.applied_again", id)).isEqualTo(1);
        assertThat(retry(BILLING, id).status()).isEqualTo(404);
        assertThat(deeds("event.applied_again", id)).isEqualTo(1);
    }

    @Test
    void what_nobody_listens_to_any_more_stays_for_a_person() {
        parked("gone.module", FIRST + 21, "charge.paid", "IllegalStateException");
        var failed = retry("gone.module", FIRST + 21);
        assertThat(failed.json().get("applied").asBoolean()).isFalse();
        assertThat(item(FIRST + 21).get("error").asText()).isEqualTo("NobodyListens");
        assertThat(retry("gone.module", 7).status()).isEqualTo(404);
        assertThat(retry("%20", 7).status()).isEqualTo(404);
    }

    @Test
    void the_overview_leads_there_and_only_an_administrator_may_try_again() {
        parked("webhooks", FIRST + 31, "charge.paid", "IllegalStateException");
        var overview = admin.get("/console/overview").json();
        assertThat(overview.get("attention"))
                .anySatisfy(
                        each -> {
                            assertThat(each.get("kind").asText()).isEqualTo("events_parked");
                            assertThat(each.get("page").asText()).isEqualTo("/app/parked-events");
                        });
        var name = "olha-" + UUID.randomUUID();
        var body =
                "{\"name\":\"%s\",\"password\":\"uma boa senha\",\"roles\":{\"console\":\"read\"}}"
                        .formatted(name);
        assertThat(admin.post("/users", body).status()).isEqualTo(201);
        var reader = Http.nobody().signedIn(name, "uma+boa+senha");
        assertThat(reader.with("Accept", "text/html").get("/app/parked-events").body())
                .contains("charge.paid")
                .doesNotContain("Tentar de novo");
        assertThat(reader.post("/console/parked-events/webhooks/1/retry", "").status())
                .isEqualTo(403);
        assertThat(item(FIRST + 31).get("tries").asInt()).isEqualTo(8);
    }

    @Test
    void a_person_tries_again_in_the_browser() {
        parked("webhooks", FIRST + 41, "charge.paid", "IllegalStateException");
        parked(BILLING, FIRST + 42, "payment.confirmed", "UnableToExecute < PSQLException 23514");
        Rows.change("update outbox_parked set body = 'torn' where event_id = " + (FIRST + 42));
        try (var browsers = Browsers.open();
                var window = browsers.window("pt-BR")) {
            var page = window.newPage();
            page.navigate("/app");
            page.locator("[name=username]").fill("admin");
            page.locator("[name=password]").fill(World.ADMIN_PASSWORD);
            page.locator("main form button").click();
            page.waitForURL("**/app");
            page.locator("#attention a[href='/app/parked-events']").click();
            page.waitForURL("**/app/parked-events");
            assertThat(page.locator("h1")).hasText("Eventos postos de lado");
            pictures(page, "parked");
            page.locator("form[action='/app/parked-events'] button").last().click();
            page.waitForURL("**/app/parked-events?tried=applied");
            assertThat(page.locator("[role=status].notice")).containsText("foi aplicado");
            page.locator("form[action='/app/parked-events'] button").last().click();
            page.waitForURL("**/app/parked-events?tried=failed");
            pictures(page, "parked-failed");
            assertThat(page.locator("[role=status].notice")).containsText("Ainda não deu certo");
        }
    }

    private static void pictures(Page page, String name) {
        page.setViewportSize(390, 844);
        assertThat(page.evaluate("document.documentElement.scrollWidth > innerWidth"))
                .isEqualTo(false);
        shoot(page, name + "-phone");
        page.setViewportSize(1280, 800);
        shoot(page, name + "-desktop");
    }

    private static void shoot(Page page, String name) {
        page.screenshot(
                new Page.ScreenshotOptions()
                        .setPath(PICTURES.resolve(name + ".png"))
                        .setAnimations(ScreenshotAnimations.DISABLED));
    }

    private Http.Answer retry(String subscriber, long id) {
        return admin.post("/console/parked-events/%s/%d/retry".formatted(subscriber, id), "");
    }

    private JsonNode item(long id) {
        for (var each : admin.get("/console/parked-events").json().get("items")) {
            if (each.get("event_id").asLong() == id) {
                return each;
            }
        }
        throw new AssertionError(id + " is not parked");
    }

    private static long deeds(String action, long id) {
        return Rows.number(
                "select count(*) from access_log where action = ? and subject = ?",
                action,
                Long.toString(id));
    }

    private static void parked(String subscriber, long id, String type, String error) {
        Rows.change(
                """
                insert into outbox_parked
                    (subscriber, event_id, type, subject, body, error, parked_at)
                values ('%s', %d, '%s', '%s', '{}', '%s', now() - interval '2 hours')"""
                        .formatted(subscriber, id, type, UUID.randomUUID(), error));
    }
}
