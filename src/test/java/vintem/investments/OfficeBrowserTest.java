package vintem.investments;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vintem.Browsers;
import vintem.World;
import vintem.investments.AssetTable.NewAsset;
import vintem.platform.EmailAddress;

/// What an investment office sees, in a real browser.
@QuarkusTest
@QuarkusTestResource(World.class)
class OfficeBrowserTest {
    private static final Path SHOTS = Path.of("target/screenshots/investments");

    private static Browsers browsers;

    @Inject Office office;
    @Inject IngestCloses ingest;

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

    @Test
    void a_new_allocation_moves_the_cards_without_a_reload() {
        var advisor = Office.unique("Assessor ");
        var ana = client("Ana Beatriz Prado", advisor);
        var asset = asset("ITUB4", "Itaú Unibanco PN");
        office.buy(ana, asset, "10", "30", office.today());
        var page = signIn();
        page.navigate("/app/investments?search=" + advisor.replace(" ", "%20"));
        assertThat(page.locator("#live-state")).hasText("ao vivo");
        assertThat(page.locator("#clients tbody tr")).hasCount(1);
        page.evaluate("() => window.mark = true");
        var before = page.locator("#captado-mensal").innerText();
        office.buy(ana, asset, "1000", "123.45", office.today());
        assertThat(page.locator("#captado-mensal")).not().hasText(before);
        assertThat(page.locator("#clients tbody tr td").nth(1)).hasText("R$ 123.750,00");
        assertThat((Boolean) page.evaluate("() => window.mark")).isTrue();
    }

    @Test
    void every_page_is_looked_at_light_and_dark_wide_and_narrow() throws IOException {
        Files.createDirectories(SHOTS);
        var rui = "Rui Tavares";
        var ana = client("Ana Beatriz Prado", rui);
        var bruno = client("Bruno Lima", rui);
        var carla = client("Carla Menezes", "Sônia Reis");
        var today = office.today();
        var tickers = List.of("PETR4", "VALE3", "WEGE3", "BBAS3", "KNRI11");
        for (var i = 0; i < 30; i++) {
            var ticker = tickers.get(i % tickers.size());
            var asset = asset(ticker, ticker);
            var client = List.of(ana, bruno, carla).get(i % 3);
            var day = today.minusDays(12L * i);
            var price = SandboxMarket.price(ticker, cents(ticker), TradingDays.lastUntil(day));
            var lot =
                    office.buy(
                            client, asset, Integer.toString(100 + 37 * i), price.toString(), day);
            if (i % 4 == 1) {
                office.sell(lot, "80", price.add(java.math.BigDecimal.ONE).toString(), today);
            }
        }
        ingest.ingest();
        var page = signIn();
        var paths =
                List.of(
                        "/app/investments",
                        "/app/investments/custody",
                        "/app/investments/client?id=" + ana.id(),
                        "/app/investments/assets",
                        "/app/investments/returns?asset_id=" + asset("PETR4", "PETR4").id());
        for (var scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
            for (var path : paths) {
                for (var width : List.of(1280, 390)) {
                    page.setViewportSize(width, 900);
                    page.navigate(path);
                    var wide =
                            (Integer) page.evaluate("() => document.documentElement.scrollWidth");
                    assertThat(wide)
                            .as(path + " is not wider than " + width)
                            .isLessThanOrEqualTo(width);
                    var name =
                            path.replaceFirst("\\?.*", "").replaceFirst("/app/investments/?", "");
                    page.screenshot(
                            new Page.ScreenshotOptions()
                                    .setFullPage(true)
                                    .setPath(
                                            SHOTS.resolve(
                                                    "%s-%s-%d.png"
                                                            .formatted(
                                                                    name.isEmpty()
                                                                            ? "dashboard"
                                                                            : name,
                                                                    scheme.toString().toLowerCase(),
                                                                    width))));
                }
            }
        }
        page.setViewportSize(1280, 900);
        page.navigate("/app/investments/client?id=" + ana.id());
        var download = page.waitForDownload(() -> page.getByText("Baixar CSV").click());
        assertThat(Files.readString(download.path())).startsWith("client_id,ticker,quantity");
        assertThat(download.suggestedFilename()).isEqualTo("positions.csv");
        var sheet = page.waitForDownload(() -> page.getByText("Baixar planilha").click());
        assertThat(Files.readAllBytes(sheet.path())).startsWith('P', 'K');
    }

    @Test
    void months_are_chosen_and_columns_sorted() {
        var mark = Office.unique("Sort");
        var asset = asset("ABEV3", "Ambev ON");
        var little = client(mark + " little", null);
        var much = client(mark + " much", null);
        office.buy(little, asset, "1", "10", office.today());
        office.buy(much, asset, "100", "10", office.today());
        var page = signIn();
        page.navigate("/app/investments?search=" + mark);
        assertThat(page.locator("#clients tbody tr").first()).containsText("little");
        page.locator("#clients thead").getByText("Captado").click();
        assertThat(page.locator("#clients tbody tr").first()).containsText("much");
        assertThat(page.locator("#clients thead th[aria-sort=descending]")).hasCount(1);
        page.locator("#year").selectOption(Integer.toString(office.today().getYear() - 1));
        page.waitForURL("**year=" + (office.today().getYear() - 1) + "**");
        assertThat(page.locator("#cards section")).hasCount(4);
    }

    @Test
    void a_client_and_an_allocation_are_added_by_hand() {
        var page = signIn();
        var mark = Office.unique("Dora ");
        page.getByLabel("Nome").fill(mark);
        page.getByLabel("E-mail").fill(mark.substring(5) + "@example.com");
        page.locator("#add-client button").click();
        page.waitForURL("**/app/investments/client?id=*");
        assertThat(page.locator("h1")).hasText(mark);
        page.getByLabel("Ativo").fill("nada99");
        page.getByLabel("Quantidade").fill("12,5");
        page.locator("#allocate button").click();
        assertThat(page.locator("#message")).hasText("Não há ativo com esse código.");
        page.getByLabel("Ativo").fill("lren3");
        page.getByLabel("Preço de compra").fill("1.016,60");
        page.locator("#allocate button").click();
        assertThat(page.locator("main table").last()).containsText("1.016,6");
        assertThat(page.locator("main dl.figures")).containsText("R$ 12.707,50");
        // The refused request is a 422, which the browser complains about.
        complaints.removeIf(it -> it.contains("422"));
    }

    private static long cents(String ticker) {
        return switch (ticker) {
            case "PETR4" -> 3_638;
            case "VALE3" -> 6_124;
            case "WEGE3" -> 3_894;
            case "BBAS3" -> 2_741;
            default -> 14_920;
        };
    }

    private ClientTable.Client client(String name, String advisor) {
        var email = EmailAddress.parse(Office.unique("b") + "@example.com").orElseThrow();
        return Office.done(
                office.clients.create(
                        new KeepClients.NewClient(name, email, advisor), Optional.empty()));
    }

    private AssetTable.Asset asset(String ticker, String name) {
        return office.database.transaction(
                tx -> {
                    office.assetTable.insert(
                            tx,
                            List.of(new NewAsset(ticker, name, "B3", "BRL")),
                            office.clock.instant());
                    return office.assetTable.byTicker(tx, List.of(ticker)).getFirst();
                });
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
        page.navigate("/app/sign-in?next=/app/investments");
        page.getByLabel("Usuário").fill("admin");
        page.getByLabel("Senha").fill(World.ADMIN_PASSWORD);
        page.locator("main form button").click();
        page.waitForURL("**/app/investments");
        return page;
    }
}
