package vintem.webhooks;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vintem.Browsers;
import vintem.Http;
import vintem.NodeJs;
import vintem.World;
import vintem.platform.Together;

/// What an administrator sees and does with webhooks, in a real browser.
@QuarkusTest
@QuarkusTestResource(World.class)
class WebhookBrowserTest {
    private static final Path SHOTS = Path.of("target/screenshots/webhooks");

    private static Browsers browsers;

    @Inject DeliverWebhooks deliver;

    private final List<String> complaints = new ArrayList<>();
    private final Receiver receiver = new Receiver();
    private BrowserContext window;

    @BeforeAll
    static void open() {
        browsers = Browsers.open();
    }

    @AfterAll
    static void close() {
        if (browsers != null) {
            browsers.close();
        }
    }

    @AfterEach
    void nothing_was_refused_and_nothing_is_left() {
        window.close();
        receiver.close();
        var admin = Http.admin();
        for (var each : admin.get("/webhooks/endpoints").json().get("items")) {
            admin.send("DELETE", "/webhooks/endpoints/" + each.get("id").asText(), new byte[0]);
        }
        assertThat(complaints).isEmpty();
    }

    @Test
    void an_endpoint_is_added_tried_and_looked_at() {
        var page = signedIn("pt-BR");
        page.navigate("/app/webhooks");
        shots(page, "empty");
        page.getByRole(AriaRole.LINK, named("Novo destino")).first().click();
        page.getByLabel("Endereço").fill("http://10.0.0.1/");
        page.getByRole(AriaRole.BUTTON, named("Criar destino")).click();
        assertThat(page.locator("#message")).containsText("rede interna");
        page.getByLabel("Endereço").fill(receiver.url());
        page.getByLabel("Descrição").fill("ERP <b>da</b> loja");
        page.getByLabel("Todos, também").uncheck();
        page.getByRole(AriaRole.BUTTON, named("Criar destino")).click();
        assertThat(page.locator("#message")).containsText("ao menos um tipo");
        page.locator("[value='payout.paid']").check();
        page.locator("[value='payout.failed']").check();
        shots(page, "new");
        page.getByRole(AriaRole.BUTTON, named("Criar destino")).click();
        assertThat(page.locator("#secret-value")).not().hasValue("");
        var secret = page.locator("#secret-value").inputValue();
        assertThat(secret).startsWith("whsec_");
        shots(page, "secret");
        page.locator("#go-on").click();
        assertThat(page.getByRole(AriaRole.HEADING, heading())).hasText("ERP <b>da</b> loja");
        var id = page.url().replaceFirst(".*id=", "");

        receiver.manner = (_, exchange) -> Receiver.say(exchange, 202, "{\"obrigado\": true}");
        page.locator("#try").click();
        page.waitForURL("**/app/webhooks/delivery?id=*");
        deliverAll(id);
        assertThat(page.locator(".status-line .badge")).hasText("entregue");
        assertThat(receiver.told.getFirst().isSignedBy(secret)).isTrue();
        page.locator("summary").first().click();
        assertThat(page.locator(".timeline pre")).hasText("{\"obrigado\": true}");
        assertThat(page.locator("main")).containsText("webhook.test");
        shots(page, "delivery");
        axe(page);

        page.locator("#replay").click();
        assertThat(page.locator(".status-line .badge")).hasText("esperando");
        deliverAll(id);
        assertThat(page.locator(".timeline li")).hasCount(2);
        assertThat(receiver.ids()).hasSize(2);
        assertThat(receiver.ids().getFirst()).isEqualTo(receiver.ids().getLast());
    }

    @Test
    void what_fails_is_seen_found_and_sent_again() {
        var page = signedIn("pt-BR");
        var id = endpoint("Loja");
        receiver.answers(500);
        Http.admin().post("/webhooks/endpoints/" + id + "/test", "");
        Http.admin().post("/webhooks/endpoints/" + id + "/test", "");
        deliverAll(id);
        receiver.answers(200);
        Http.admin().post("/webhooks/endpoints/" + id + "/test", "");
        deliverAll(id);
        page.navigate("/app/webhooks");
        assertThat(page.locator(".notice.warn")).containsText("2 avisos não foram entregues");
        shots(page, "list");
        axe(page);
        page.navigate("/app/webhooks/deliveries");
        page.getByLabel("Situação").selectOption("dead");
        page.getByLabel("Destino").selectOption(id);
        page.getByRole(AriaRole.BUTTON, named("Encontrar")).click();
        assertThat(page.locator("tbody tr")).hasCount(2);
        assertThat(page.locator("tbody tr").first()).containsText("HTTP 500");
        shots(page, "deliveries");
        axe(page);

        page.navigate("/app/webhooks/endpoint?id=" + id);
        shots(page, "endpoint");
        axe(page);
        page.locator("#replay-dead button").click();
        assertThat(page.locator("#message")).containsText("2 avisos serão enviados de novo");
        deliverAll(id);
        page.reload();
        assertThat(page.locator(".figures .num").nth(1)).hasText("0");
    }

    @Test
    void an_endpoint_gets_another_secret_is_changed_switched_off_and_deleted() {
        var page = signedIn("en");
        var id = endpoint("Shop");
        page.navigate("/app/webhooks/endpoint?id=" + id);
        page.onDialog(Dialog::accept);
        page.getByLabel("The old one stays valid").selectOption("0");
        page.getByRole(AriaRole.BUTTON, named("Replace")).click();
        assertThat(page.locator("#secret-value")).not().hasValue("");
        assertThat(page.locator("#secret-value").inputValue()).startsWith("whsec_");

        page.getByLabel("Description").fill("Shop 2");
        page.getByRole(AriaRole.BUTTON, named("Save")).click();
        assertThat(page.getByRole(AriaRole.HEADING, heading())).hasText("Shop 2");
        page.locator("#set-enabled").click();
        assertThat(page.locator(".status-line .badge")).hasText("off");
        assertThat(page.locator("#try")).hasCount(0);
        page.locator("#set-enabled").click();
        assertThat(page.locator(".status-line .badge")).hasText("on");
        page.locator("#delete").click();
        page.waitForURL("**/app/webhooks");
        page.navigate("/app/webhooks/endpoint?id=" + id);
        assertThat(page.locator("h1")).hasText("There is no such endpoint");
        complaints.removeIf(each -> each.contains("404"));
    }

    private String endpoint(String description) {
        var answer =
                Http.admin()
                        .post(
                                "/webhooks/endpoints",
                                "{\"url\":\"%s\",\"description\":\"%s\"}"
                                        .formatted(receiver.url(), description));
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.json().get("id").asText();
    }

    private void deliverAll(String id) {
        Together.until(
                "it is sent",
                () -> {
                    while (deliver.deliver(UUID.fromString(id)) > 0) {
                        // More is due.
                    }
                    return Http.admin()
                            .get("/webhooks/deliveries?status=waiting&endpoint=" + id)
                            .json()
                            .get("items")
                            .isEmpty();
                });
    }

    private Page signedIn(String language) {
        window = browsers.window(language);
        var page = window.newPage();
        // In the middle of a change of colours there is no contrast to look at.
        page.emulateMedia(new Page.EmulateMediaOptions().setReducedMotion(ReducedMotion.REDUCE));
        page.onConsoleMessage(
                message -> {
                    if (message.type().equals("error") && !message.text().contains("400")) {
                        complaints.add(message.text());
                    }
                });
        page.onPageError(complaints::add);
        page.navigate("/app/sign-in");
        page.locator("input[name=username], #username").first().fill("admin");
        page.locator("input[type=password]").fill(World.ADMIN_PASSWORD);
        page.locator("main form button").click();
        page.waitForURL("**/app**");
        assertThat(page.locator("header.side")).isVisible();
        return page;
    }

    private static void axe(Page page) {
        page.evaluate(NodeJs.text("axe-core/axe.min.js"));
        var found =
                page.evaluate(
                        """
                        async () => (await axe.run(document, {
                          runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
                          resultTypes: ['violations'],
                        })).violations.flatMap(rule => rule.nodes.map(
                          node => `${rule.id}: ${node.target.join(' ')}`))
                        """);
        assertThat((List<?>) found).isEmpty();
    }

    private static void shots(Page page, String name) {
        for (var scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
            var suffix = scheme == ColorScheme.DARK ? "-dark" : "";
            shot(page, name + suffix);
            page.setViewportSize(390, 844);
            shot(page, name + "-phone" + suffix);
            page.setViewportSize(1280, 800);
        }
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
    }

    private static void shot(Page page, String name) {
        page.screenshot(
                new Page.ScreenshotOptions()
                        .setFullPage(true)
                        .setPath(SHOTS.resolve(name + ".png")));
    }

    private static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name);
    }

    private static Page.GetByRoleOptions heading() {
        return new Page.GetByRoleOptions().setLevel(1);
    }
}
