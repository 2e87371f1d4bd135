package vintem.payments;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.WebSocket;
import com.microsoft.playwright.options.ReducedMotion;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.awt.Image;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vintem.Browsers;
import vintem.Http;
import vintem.MovableClock;
import vintem.NodeJs;
import vintem.Rows;
import vintem.World;
import vintem.bank.BrCode;

/// What a payer sees on a phone, and an operator on a desktop, in a real browser.
@QuarkusTest
@QuarkusTestResource(World.class)
class PayerBrowserTest {
    private static final Path SHOTS = Path.of("target/screenshots/payments");
    private static final int MOST_BYTES = 60 * 1024;

    private static Browsers browsers;

    @Inject MovableClock clock;
    @Inject RegisterCharges registerCharges;

    private final Http merchant = Http.admin();
    private final List<String> complaints = new ArrayList<>();
    private final List<String> strangers = new ArrayList<>();
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
    void nothing_was_refused_and_nobody_else_was_asked() {
        window.close();
        assertThat(complaints).isEmpty();
        assertThat(strangers).isEmpty();
    }

    @Test
    void the_payer_pays_and_the_page_says_so_without_a_reload() {
        var payment = payment("{\"value\":100,\"description\":\"Dois livros\"}");
        var page = phone("pt-BR");
        show(page, payment);
        assertThat(page.locator("h1")).hasText("Pedido realizado!");
        assertThat(page.locator(".amount")).hasText(Pattern.compile("Compra de R\\$\\s100,00"));
        assertThat(page.locator("#timer"))
                .hasText(Pattern.compile("Este QR Code expira em (30:00|29:5\\d)"));
        assertThat(page.locator("#live")).hasAttribute("data-live", "on");
        shot(page, "waiting");
        page.evaluate("window.notReloaded = true");

        Pix.confirm(payment.txid(), "100", Pix.endToEndId());
        assertThat(page.locator("h1")).hasText("Pedido confirmado!");
        assertThat(page.locator("h1")).isFocused();
        assertThat(page.locator(".receipt")).containsText("Dois livros");
        assertThat(page).hasTitle(Pattern.compile("Pedido confirmado!.*"));
        assertThat((Boolean) page.evaluate("window.notReloaded")).isTrue();
        shot(page, "paid");
    }

    @Test
    void the_whole_page_weighs_less_than_60_kilobytes_and_asks_nobody_else() {
        var payment = payment("{\"value\":100}");
        var page = phone("pt-BR");
        var answers = new CopyOnWriteArrayList<Response>();
        // Only noted here: to ask the browser from inside its own event is to race its closing.
        page.onResponse(answers::add);
        show(page, payment);
        page.waitForLoadState();
        assertThat(answers.stream().mapToLong(each -> each.body().length).sum())
                .isLessThan(MOST_BYTES);
        assertThat(answers).hasSizeGreaterThan(3);
    }

    @Test
    void with_the_socket_blocked_the_page_asks_and_hears_it_too() {
        var payment = payment("{\"value\":7.5}");
        var page = phone("pt-BR");
        page.addInitScript(
                "window.WebSocket = class extends EventTarget {"
                        + " constructor() { super();"
                        + " setTimeout(() => this.dispatchEvent(new Event('close')), 5); } };"
                        + " window.WebSocket.OPEN = 1;");
        show(page, payment);
        Pix.confirm(payment.txid(), "7.5");
        assertThat(page.locator("h1"))
                .hasText(
                        "Pedido confirmado!",
                        new com.microsoft.playwright.assertions.LocatorAssertions.HasTextOptions()
                                .setTimeout(30_000));
    }

    @Test
    void what_the_screen_shows_is_read_by_a_program_that_knows_nothing_of_ours() throws Exception {
        var payment = payment("{\"value\":45.67,\"description\":\"Pão na chapa\"}");
        var page = phone("pt-BR");
        show(page, payment);
        var onScreen = SHOTS.resolve("qr-on-screen.png");
        page.locator(".qr")
                .screenshot(
                        new com.microsoft.playwright.Locator.ScreenshotOptions().setPath(onScreen));
        var image = SHOTS.resolve("qr.png");
        var answer = window.request().get("/payments/pix/qr_code/qr_code_payment_" + payment.id());
        Files.write(image, answer.body());
        var fromAfar = fromTwoMetres(onScreen);
        var read =
                NodeJs.run(
                        "qr-text.js",
                        onScreen.toAbsolutePath().toString(),
                        image.toAbsolutePath().toString(),
                        fromAfar.toAbsolutePath().toString());
        var code = "\"" + payment.code() + "\"";
        assertThat(read.strip()).isEqualTo("[" + String.join(",", code, code, code) + "]");
    }

    /// What a camera of 4,000 pixels over 66 degrees has of a code 52 mm wide, a phone's, two
    /// metres away and with the zoom at two: 160 pixels.
    private static Path fromTwoMetres(Path onScreen) throws IOException {
        var near = ImageIO.read(onScreen.toFile());
        var far = new BufferedImage(160, 160, BufferedImage.TYPE_BYTE_GRAY);
        far.createGraphics()
                .drawImage(
                        near.getScaledInstance(160, 160, Image.SCALE_AREA_AVERAGING), 0, 0, null);
        var file = SHOTS.resolve("qr-from-two-metres.png");
        ImageIO.write(far, "png", file.toFile());
        return file;
    }

    @Test
    void the_sandboxs_button_pays() {
        var page = phone("pt-BR");
        show(page, payment("{\"value\":12.34}"));
        page.getByText("Simular pagamento").click();
        assertThat(page.locator("h1")).hasText("Pedido confirmado!");
    }

    @Test
    void the_code_is_copied_with_the_keyboard_too() {
        var payment = payment("{\"value\":9}");
        var page = phone("pt-BR");
        window.grantPermissions(List.of("clipboard-read", "clipboard-write"));
        show(page, payment);
        page.locator("#copy").focus();
        page.keyboard().press("Enter");
        assertThat(page.locator("#said")).containsText("Código copiado");
        assertThat((String) page.evaluate("navigator.clipboard.readText()"))
                .isEqualTo(payment.code());
        assertThat(page.getByLabel("Pix copia e cola")).hasValue(payment.code());
    }

    @Test
    void a_page_that_is_looked_at_expires_before_the_payers_eyes() {
        var payment = payment("{\"value\":9,\"expires_in\":2}");
        var page = phone("pt-BR");
        show(page, payment);
        assertThat(page.locator("h1")).hasText("Este QR Code expirou");
        shot(page, "expired");

        Pix.confirm(payment.txid(), "9", Pix.endToEndId());
        assertThat(page.locator("h1")).hasText("Pedido confirmado!");
        assertThat(page.locator(".note")).containsText("depois do prazo");
        shot(page, "paid-late");
    }

    @Test
    void the_countdown_does_not_believe_the_devices_clock() {
        var payment = payment("{\"value\":9,\"expires_in\":600}");
        var page = phone("pt-BR");
        page.addInitScript(
                "const Real = Date; Date = class extends Real { constructor(...a) {"
                        + " a.length ? super(...a) : super(Real.now() + 86400000); }"
                        + " static now() { return Real.now() + 86400000; } };");
        show(page, payment);
        assertThat(page.locator("#timer")).hasText(Pattern.compile(".*(10:00|09:5\\d)"));
    }

    @Test
    void removed_refunded_registering_refused_and_unknown_each_say_what_they_are() {
        var removed = payment("{\"value\":5}");
        var page = phone("pt-BR");
        show(page, removed);
        merchant.send("DELETE", "/payments/pix/" + removed.id(), new byte[0]);
        assertThat(page.locator("h1")).hasText("Esta cobrança foi cancelada");
        shot(page, "removed");

        var refunded = payment("{\"value\":5}");
        Pix.confirm(refunded.txid(), "5", Pix.endToEndId());
        show(page, refunded);
        Pix.refund(merchant, refunded.id(), "2");
        assertThat(page.locator(".note")).containsText("2,00 já foram devolvidos");
        Pix.refund(merchant, refunded.id(), "3");
        assertThat(page.locator("h1")).hasText("Pagamento devolvido");
        shot(page, "refunded");

        var registering = payment("{\"value\":666.03,\"mode\":\"psp\"}");
        show(page, registering);
        assertThat(page.locator("h1")).hasText("Preparando o código…");
        shot(page, "registering");
        clock.passes(Duration.ofSeconds(30));
        registerCharges.run();
        assertThat(page.locator("h1")).hasText("Pedido realizado!");
        assertThat(page.locator(".qr")).isVisible();

        show(page, payment("{\"value\":666.02,\"mode\":\"psp\"}"));
        assertThat(page.locator("h1")).hasText("O banco recusou esta cobrança");

        var status = page.navigate("/payments/pix/nobody").status();
        assertThat(status).isEqualTo(404);
        assertThat(page.locator("h1")).hasText("Ops, não encontramos seu pedido");
        shot(page, "unknown");
        complaints.removeIf(each -> each.contains("404"));
    }

    @Test
    void money_given_back_between_the_page_and_its_socket_is_shown() {
        var payment = payment("{\"value\":5}");
        Pix.confirm(payment.txid(), "5", Pix.endToEndId());
        var page = phone("pt-BR");
        page.route(
                "**/pay.js*",
                route -> {
                    Pix.refund(merchant, payment.id(), "2");
                    route.resume();
                });
        show(page, payment);
        assertThat(page.locator(".note")).containsText("2,00 já foram devolvidos");
    }

    @Test
    void news_that_come_while_the_page_asks_are_asked_about_again() {
        var payment = payment("{\"value\":5}");
        Pix.confirm(payment.txid(), "5", Pix.endToEndId());
        var page = phone("pt-BR");
        var sockets = new ArrayList<WebSocket>();
        page.onWebSocket(sockets::add);
        show(page, payment);
        page.waitForCondition(() -> !sockets.isEmpty());
        page.evaluate(
                """
                () => {
                    const real = window.fetch;
                    window.fetch = async (...what) => {
                        window.fetch = real;
                        const answer = await real(...what);
                        await new Promise(free => { window.free = free; });
                        return answer;
                    };
                }""");
        Pix.refund(merchant, payment.id(), "2");
        page.waitForCondition(() -> (Boolean) page.evaluate("!!window.free"));
        sockets.getLast().waitForFrameReceived(() -> Pix.refund(merchant, payment.id(), "3"));
        page.evaluate("window.free()");
        assertThat(page.locator("h1")).hasText("Pagamento devolvido");
    }

    @Test
    void it_speaks_english_and_is_dark_where_that_is_asked_for() {
        var payment = payment("{\"value\":1234.56}");
        var page = phone("en");
        page.emulateMedia(
                new Page.EmulateMediaOptions()
                        .setColorScheme(com.microsoft.playwright.options.ColorScheme.DARK)
                        .setReducedMotion(ReducedMotion.REDUCE));
        show(page, payment);
        assertThat(page.locator("h1")).hasText("Order placed!");
        assertThat(page.locator("html")).hasAttribute("lang", "en");
        shot(page, "waiting-english-dark");
        Pix.confirm(payment.txid(), "1234.56", Pix.endToEndId());
        assertThat(page.locator("h1")).hasText("Order confirmed!");
        shot(page, "paid-english-dark");
    }

    @Test
    void on_a_desktop_it_looks_the_same_and_prints_a_receipt() {
        var payment = payment("{\"value\":80,\"description\":\"Assinatura de novembro\"}");
        window = browsers.window("pt-BR");
        var page = watched(window.newPage());
        show(page, payment);
        shot(page, "waiting-desktop");
        Pix.confirm(payment.txid(), "80", Pix.endToEndId());
        assertThat(page.locator("#print")).isVisible();
        page.emulateMedia(
                new Page.EmulateMediaOptions()
                        .setMedia(com.microsoft.playwright.options.Media.PRINT));
        assertThat(page.locator("#print")).isHidden();
        assertThat(page.locator(".receipt")).isVisible();
        shot(page, "receipt-print");
    }

    @Test
    void every_control_has_a_name_and_the_page_has_one_heading() {
        var page = phone("pt-BR");
        show(page, payment("{\"value\":3}"));
        assertThat(page.locator("h1")).hasCount(1);
        assertThat(page.locator("img:not([alt])")).hasCount(0);
        var nameless =
                page.evaluate(
                        "[...document.querySelectorAll('button, input')].filter(e =>"
                                + " !(e.textContent.trim() || e.labels?.length"
                                + " || e.getAttribute('aria-label'))).length");
        assertThat(nameless).isEqualTo(0);
        // A phone's width, and nothing to scroll sideways.
        assertThat(
                        page.evaluate(
                                "document.documentElement.scrollWidth <="
                                        + " document.documentElement.clientWidth"))
                .isEqualTo(true);
    }

    @Test
    void an_operator_has_the_provider_make_the_code() {
        window = browsers.window("pt-BR");
        var page = watched(window.newPage());
        signIn(page);
        page.navigate("/app/payments/new");
        page.getByLabel("Valor em reais").fill("20");
        page.getByLabel("Quem faz o código").selectOption("psp");
        page.getByText("Criar cobrança").click();
        page.waitForURL("**/app/payments/one?id=*");
        var id = page.url().substring(page.url().indexOf("id=") + 3);
        var code = BrCode.read(Pix.look(id).get("pix_copia_e_cola").asText());
        assertThat(code.fields()).as("a dynamic code, by address").containsKey("26.25");
    }

    @Test
    void an_operator_asks_for_money_sees_it_come_and_gives_some_back() {
        window = browsers.window("pt-BR");
        var page = watched(window.newPage());
        signIn(page);
        page.navigate("/app/payments/new");
        shot(page, "operator-new");
        page.getByLabel("Valor em reais").fill("1.234,50");
        page.getByLabel("Descrição").fill("Conserto da fachada");
        page.getByLabel("Referência").fill("pedido 77");
        page.getByText("Criar cobrança").click();
        page.waitForURL("**/app/payments/one?id=*");
        assertThat(page.locator("#state")).containsText("Esperando");
        var id = page.url().substring(page.url().indexOf("id=") + 3);
        shot(page, "operator-one-waiting");

        Pix.confirm(Pix.look(id).get("txid").asText(), "1234.50", Pix.endToEndId());
        assertThat(page.locator("#state")).containsText("O dinheiro chegou");
        assertThat(page.locator("#transfers")).containsText("Pix recebido");
        page.reload();
        page.onDialog(dialog -> dialog.accept());
        page.locator("#refund-value").fill("34,50");
        page.getByText("Devolver", new Page.GetByTextOptions().setExact(true)).last().click();
        assertThat(page.locator("#moments")).containsText("Devolução feita");
        shot(page, "operator-one-refunded");

        page.navigate("/app/payments");
        assertThat(page.locator("#items")).containsText("pedido 77");
        shot(page, "operator-list");
        page.setViewportSize(390, 844);
        shot(page, "operator-list-phone");
    }

    @Test
    void an_operator_finds_the_owner_of_unclaimed_money() {
        var payment = payment("{\"value\":10}");
        var receipt =
                Pix.confirm(payment.txid(), "9", Pix.endToEndId())
                        .json()
                        .get("receipt_id")
                        .asText();
        window = browsers.window("pt-BR");
        var page = watched(window.newPage());
        signIn(page);
        page.navigate("/app/payments/unmatched");
        shot(page, "operator-unmatched");
        var card = page.locator("[data-id=\"%s\"]".formatted(receipt));
        assertThat(card).containsText("O valor não é o da cobrança");
        card.locator("input").fill(payment.txid());
        card.getByText("É desta").click();
        assertThat(card).hasCount(0);
        assertThat(Pix.status(payment.id())).isEqualTo("paid");
        assertThat(Rows.text("select status from pix_receipt where id = ?::uuid", receipt))
                .isEqualTo("matched");
    }

    private record Asked(String id, String txid, String code) {}

    private Asked payment(String body) {
        var json = Pix.create(merchant, body);
        return new Asked(
                json.get("id").asText(),
                json.get("txid").asText(),
                json.get("pix_copia_e_cola").asText());
    }

    private Page phone(String language) {
        window = browsers.window(language);
        var page = watched(window.newPage());
        page.setViewportSize(390, 844);
        return page;
    }

    private Page watched(Page page) {
        page.onConsoleMessage(
                message -> {
                    if (message.type().equals("error")) {
                        complaints.add(message.text());
                    }
                });
        page.onPageError(complaints::add);
        page.onRequest(
                request -> {
                    if (!request.url().startsWith("http://localhost:")) {
                        strangers.add(request.url());
                    }
                });
        return page;
    }

    private static void show(Page page, Asked payment) {
        page.navigate("/payments/pix/" + payment.id());
    }

    private static void signIn(Page page) {
        page.navigate("/app/sign-in");
        page.getByLabel("Usuário").fill("admin");
        page.getByLabel("Senha").fill(World.ADMIN_PASSWORD);
        page.locator("main form button").click();
        page.waitForURL("**/app");
    }

    private static void shot(Page page, String name) {
        page.screenshot(
                new Page.ScreenshotOptions()
                        .setPath(SHOTS.resolve(name + ".png"))
                        .setFullPage(true));
    }
}
