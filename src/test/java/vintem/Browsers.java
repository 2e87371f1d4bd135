package vintem;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.ConfigProvider;

/// A real browser for tests: the Chromium that `CHROMIUM` names or the system has;
/// `-Dvintem.browser=none` leaves these tests out.
public final class Browsers implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 30_000;

    private final Playwright playwright;
    private final Browser browser;

    private Browsers(Playwright playwright, Browser browser) {
        this.playwright = playwright;
        this.browser = browser;
    }

    public static Browsers open() {
        // A slow machine is no defect of the page.
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
        assumeFalse(
                "none".equals(System.getProperty("vintem.browser")),
                "left out by -Dvintem.browser=none");
        var playwright =
                Playwright.create(
                        new Playwright.CreateOptions()
                                .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        var launch =
                new BrowserType.LaunchOptions()
                        .setExecutablePath(executable())
                        .setArgs(
                                List.of(
                                        "--no-sandbox",
                                        "--disable-gpu",
                                        "--disable-background-networking"));
        return new Browsers(playwright, playwright.chromium().launch(launch));
    }

    /// A window of its own, with its own cookies.
    public BrowserContext window(String language) {
        return window(language, true);
    }

    /// The same, of somebody whose browser runs no scripts.
    public BrowserContext windowWithoutScripts(String language) {
        return window(language, false);
    }

    private BrowserContext window(String language, boolean scripts) {
        var port = ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
        var window =
                browser.newContext(
                        new Browser.NewContextOptions()
                                .setBaseURL("http://localhost:" + port)
                                .setLocale(language)
                                .setJavaScriptEnabled(scripts)
                                .setViewportSize(1280, 800));
        window.setDefaultTimeout(PATIENCE_MILLIS);
        return window;
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }

    private static Path executable() {
        return Stream.of(
                        System.getenv("CHROMIUM"),
                        "/usr/bin/chromium",
                        "/usr/bin/chromium-browser",
                        "/usr/bin/google-chrome")
                .filter(Objects::nonNull)
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalStateException(
                                        "there is no Chromium: apt-get install chromium"));
    }
}
