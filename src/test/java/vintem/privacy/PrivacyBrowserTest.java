package vintem.privacy;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
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
import vintem.World;

/// The data-protection officer's and the accountant's minutes, in a real browser.
@QuarkusTest
@QuarkusTestResource(World.class)
class PrivacyBrowserTest {
    private static final Path SHOTS = Path.of("target/screenshots/privacy");

    private static Browsers browsers;

    private final List<String> complaints = new ArrayList<>();
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
    void nothing_went_wrong_in_the_page() {
        if (window != null) {
            window.close();
        }
        assertThat(complaints).isEmpty();
    }

    private Page signIn() {
        window = browsers.window("pt-BR");
        var page = window.newPage();
        page.onConsoleMessage(
                message -> {
                    if (message.type().equals("error")) {
                        complaints.add(message.text());
                    }
                });
        page.onPageError(complaints::add);
        page.navigate("/app/sign-in?next=/app/privacy");
        page.getByLabel("Usuário").fill("admin");
        page.getByLabel("Senha").fill(World.ADMIN_PASSWORD);
        page.locator("main form button").click();
        page.waitForURL("**/app/privacy");
        return page;
    }

    @Test
    void somebody_is_found_looked_at_and_forgotten() throws IOException {
        Files.createDirectories(SHOTS);
        var email = "dona." + UUID.randomUUID() + "@example.com";
        for (var i = 0; i < 2; i++) {
            var charge =
                    """
                    {"name":"Dona Florinda","governmentId":"529.982.247-25","email":"%s",
                     "debtAmount":100.00,"debtDueDate":"2030-01-19","debtId":"d-%s"}"""
                            .formatted(email, UUID.randomUUID());
            assertThat(Http.admin().post("/charges", charge).status()).isEqualTo(201);
        }
        var page = signIn();
        page.locator("#find").fill(email);
        page.locator("form.search button").click();
        assertThat(page.locator("main table tbody tr")).hasCount(2);
        // Whom somebody looked for stands in no address.
        assertThat(page.url()).doesNotContain("@", "dona");
        look(page, "found");
        page.locator("input[name=proof]").check();
        page.locator("input[name=sure]").check();
        page.locator("button.danger").click();
        assertThat(page.locator(".notice[role=status]")).containsText("apagado-");
        page.locator("#find").fill(email);
        page.locator("form.search button").click();
        assertThat(page.locator("main .empty")).isVisible();
    }

    @Test
    void papers_are_looked_at_light_and_dark_wide_and_narrow() throws IOException {
        Files.createDirectories(SHOTS);
        var page = signIn();
        for (var path : List.of("/app/ledger/months", "/app/access/reads", "/app/payments")) {
            page.navigate(path);
            assertThat(page.locator(".exports").first()).isVisible();
            look(page, path.substring("/app/".length()).replace('/', '-'));
        }
    }

    private static void look(Page page, String name) {
        for (var scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
            for (var width : List.of(1280, 390)) {
                page.setViewportSize(width, 800);
                page.screenshot(
                        new Page.ScreenshotOptions()
                                .setFullPage(true)
                                .setPath(
                                        SHOTS.resolve(
                                                "%s-%s-%d.png"
                                                        .formatted(
                                                                name,
                                                                scheme.name()
                                                                        .toLowerCase(
                                                                                java.util.Locale
                                                                                        .ROOT),
                                                                width))));
                var wider =
                        (Integer)
                                page.evaluate(
                                        "() => document.documentElement.scrollWidth"
                                                + " - document.documentElement.clientWidth");
                assertThat(wider).as(name + " at " + width).isLessThanOrEqualTo(0);
            }
        }
        page.setViewportSize(1280, 800);
    }
}
