package vintem.billing;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vintem.Browsers;
import vintem.Http;
import vintem.MovableClock;
import vintem.Rows;
import vintem.World;
import vintem.app.Audit;
import vintem.platform.OutboxRelay;
import vintem.platform.Together;

/// What a debtor sees on a phone, in a real browser.
@QuarkusTest
@QuarkusTestResource(World.class)
class DebtorBrowserTest {
    private static final Path SHOTS = Path.of("target/screenshots/billing");
    private static final int MOST_BYTES = 60 * 1024;
    private static final String THEN = "2026-01-05 10:00:00";

    private static Browsers browsers;

    @Inject Audit audit;
    @Inject MovableClock clock;
    @Inject OutboxRelay relay;

    private final Http creditor = Http.admin();
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
    void nothing_was_refused_and_every_cent_is_there() {
        if (window != null) {
            window.close();
        }
        assertThat(complaints).isEmpty();
        Together.until(
                "every confirmed Pix has settled its charge",
                () -> {
                    relay.relay();
                    return Rows.number(
                                    "select count(*) from charge_pix x"
                                            + " join payment p on p.id = x.payment_id"
                                            + " where p.paid_at is not null and not exists ("
                                            + "select from charge_settlement s"
                                            + " where s.payment_id = p.id)")
                            == 0;
                });
        assertThat(audit.findings()).allSatisfy(each -> assertThat(each.wrong()).isEmpty());
    }

    @Test
    void the_debtor_pays_by_pix_and_the_page_says_so_without_a_reload() {
        var charge = charge(Debts.newDebt(), "250", inThirtyDays(), Map.of());
        var page = phone("pt-BR");
        show(page, charge);
        assertThat(page.locator("h1")).hasText("Valor para pagar hoje");
        assertThat(page.locator(".amount")).hasText(Pattern.compile("R\\$\\s250,00"));
        assertThat(page.locator(".printed")).hasText(charge.get("printed_line").asText());
        assertThat(page.locator("#live")).hasAttribute("data-live", "on");
        assertThat(page.locator(".qr")).isVisible();
        shot(page, "open");
        page.evaluate("window.notReloaded = true");
        page.getByText("Simular pagamento").click();
        assertThat(page.locator("h1")).hasText("Pagamento recebido");
        assertThat(page.locator("h1")).isFocused();
        assertThat(page.locator(".receipt")).containsText("Ana Souza");
        assertThat((Boolean) page.evaluate("window.notReloaded")).isTrue();
        shot(page, "paid");
    }

    @Test
    void a_boleto_that_is_paid_shows_on_the_page_that_is_open() {
        var debt = Debts.newDebt();
        var charge = charge(debt, "80", inThirtyDays(), Map.of());
        var page = phone("pt-BR");
        show(page, charge);
        assertThat(page.locator("#live")).hasAttribute("data-live", "on");
        Debts.tell(Debts.told(debt, "30", THEN));
        assertThat(page.locator("h1")).hasText("Falta uma parte");
        assertThat(page.locator(".amount")).hasText(Pattern.compile("R\\$\\s50,00"));
        assertThat(page.locator(".way .note")).containsText("faltam só R$");
        assertThat(page.locator("#live")).hasAttribute("data-live", "on");
        shot(page, "part");
        // The code is another one by now, and so is the socket.
        Debts.tell(Debts.told(debt, "55", "2026-01-06 10:00:00"));
        assertThat(page.locator("h1")).hasText("Pagamento recebido");
        assertThat(page.locator(".note")).containsText("5,00 foram pagos a mais");
        shot(page, "paid-too-much");
    }

    @Test
    void what_is_due_today_is_explained() {
        var due = LocalDate.of(2026, 3, 2);
        var charge =
                charge(Debts.newDebt(), "1000", due, Map.of("fine", "2%", "interest", "1%/month"));
        var page = phone("pt-BR");
        show(page, charge);
        assertThat(page.locator(".lead")).hasText(Pattern.compile("Venceu há \\d+ dias"));
        assertThat(page.locator(".sum")).containsText("Multa");
        assertThat(page.locator(".sum")).containsText("Juros de");
        assertThat(page.locator(".sum")).containsText("02/03/2026");
        var total = charge.at("/due_today/total_amount").decimalValue();
        assertThat(page.locator(".total dd"))
                .hasText(
                        Pattern.compile(
                                "R\\$\\s"
                                        + "%,.2f"
                                                .formatted(total)
                                                .replace(",", "X")
                                                .replace(".", ",")
                                                .replace("X", "\\.")));
        assertThat(page.locator(".term").first()).containsText("multa de 2%");
        shot(page, "late");
    }

    @Test
    void line_and_code_are_copied_with_the_keyboard_too() {
        var charge = charge(Debts.newDebt(), "9", inThirtyDays(), Map.of());
        var page = phone("pt-BR");
        window.grantPermissions(List.of("clipboard-read", "clipboard-write"));
        show(page, charge);
        page.locator("[data-copy=line]").focus();
        page.keyboard().press("Enter");
        assertThat(page.locator(".said").last()).containsText("Copiado");
        assertThat((String) page.evaluate("navigator.clipboard.readText()"))
                .isEqualTo(charge.get("line").asText());
        page.locator("[data-copy=code]").click();
        assertThat(page.locator(".said").first()).containsText("Copiado");
        var code = (String) page.evaluate("navigator.clipboard.readText()");
        assertThat(code).startsWith("000201").contains("br.gov.bcb.pix");
        assertThat(page.locator("#share-link").getAttribute("href"))
                .startsWith("https://wa.me/?text=")
                .contains(charge.get("line").asText())
                .doesNotContain("+");
    }

    @Test
    void a_boleto_that_nobody_can_pay_says_so() {
        var registering = charge(Debts.newDebt(), "9", inThirtyDays(), Map.of());
        mark(registering, "registering");
        var page = phone("pt-BR");
        show(page, registering);
        assertThat(page.locator(".way .note")).containsText("ainda está registrando");
        assertThat(page.locator("#line")).hasCount(0);
        shot(page, "registering");

        var rejected = charge(Debts.newDebt(), "9", inThirtyDays(), Map.of());
        mark(rejected, "rejected");
        show(page, rejected);
        assertThat(page.locator(".way .note")).containsText("recusou este boleto");
        mark(registering, "registered");
        mark(rejected, "registered");
    }

    @Test
    void cancelled_and_unknown_say_what_they_are() {
        var charge = charge(Debts.newDebt(), "9", inThirtyDays(), Map.of());
        var page = phone("pt-BR");
        show(page, charge);
        assertThat(page.locator("#live")).hasAttribute("data-live", "on");
        creditor.post("/charges/" + charge.get("id").asText() + "/cancel", "");
        assertThat(page.locator("h1")).hasText("Esta cobrança foi cancelada");
        shot(page, "cancelled");
        var token = path(charge).substring("/c/".length());
        for (var wrong :
                List.of(
                        DebtorLink.token(
                                UUID.fromString(charge.get("id").asText()), DebtorLink.newKey()),
                        token.substring(1),
                        token + "A",
                        "x")) {
            assertThat(page.navigate("/c/" + wrong).status()).isEqualTo(404);
            assertThat(page.locator("h1")).hasText("Esta página não existe");
            assertThat(Http.nobody().get("/c/" + wrong + "/boleto.pdf").status()).isEqualTo(404);
        }
        shot(page, "unknown");
        complaints.removeIf(each -> each.contains("404"));
    }

    @Test
    void the_boleto_is_a_pdf_behind_the_same_token_and_by_id_for_the_creditor_alone() {
        var charge = charge(Debts.newDebt(), "9", inThirtyDays(), Map.of());
        var id = charge.get("id").asText();
        var pdf = Http.nobody().get(path(charge) + "/boleto.pdf");
        assertThat(pdf.status()).isEqualTo(200);
        assertThat(pdf.header("Content-Type")).isEqualTo("application/pdf");
        assertThat(pdf.body()).startsWith("%PDF");
        assertThat(Http.nobody().get("/charges/" + id + "/boleto.pdf").status()).isEqualTo(401);
        assertThat(creditor.get("/charges/" + id + "/boleto.pdf").body()).startsWith("%PDF");
        var large = charge(Debts.newDebt(), "100000000", inThirtyDays(), Map.of());
        assertThat(creditor.get("/charges/" + large.get("id").asText() + "/boleto.pdf").status())
                .isEqualTo(404);
    }

    @Test
    void it_speaks_english_and_is_dark_where_that_is_asked_for() {
        var debt = Debts.newDebt();
        var charge = charge(debt, "1234.56", inThirtyDays(), Map.of("fine", "2%"));
        var page = phone("en");
        page.emulateMedia(
                new Page.EmulateMediaOptions()
                        .setColorScheme(ColorScheme.DARK)
                        .setReducedMotion(ReducedMotion.REDUCE));
        show(page, charge);
        assertThat(page.locator("html")).hasAttribute("lang", "en");
        assertThat(page.locator("h1")).hasText("To pay today");
        shot(page, "open-english-dark");
        Debts.tell(Debts.told(debt, "1234.56", THEN));
        assertThat(page.locator("h1")).hasText("Payment received");
        shot(page, "paid-english-dark");
    }

    @Test
    void on_a_desktop_it_looks_the_same() {
        var charge = charge(Debts.newDebt(), "80", LocalDate.of(2026, 3, 2), Map.of("fine", "2%"));
        window = browsers.window("pt-BR");
        var page = watched(window.newPage());
        show(page, charge);
        assertThat(page.locator("#live")).hasAttribute("data-live", "on");
        shot(page, "open-desktop");
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        shot(page, "open-desktop-dark");
    }

    @Test
    void the_whole_page_weighs_less_than_60_kilobytes_and_asks_nobody_else() {
        var charge = charge(Debts.newDebt(), "80", inThirtyDays(), Map.of("fine", "2%"));
        var page = phone("pt-BR");
        var answers = new CopyOnWriteArrayList<Response>();
        page.onResponse(answers::add);
        show(page, charge);
        page.waitForLoadState();
        assertThat(answers.stream().mapToLong(each -> each.body().length).sum())
                .isLessThan(MOST_BYTES);
        assertThat(answers).hasSizeGreaterThan(3);
    }

    @Test
    void every_control_has_a_name_and_the_page_has_one_heading() {
        var page = phone("pt-BR");
        show(page, charge(Debts.newDebt(), "3", inThirtyDays(), Map.of()));
        assertThat(page.locator("h1")).hasCount(1);
        assertThat(page.locator("img:not([alt])")).hasCount(0);
        var nameless =
                page.evaluate(
                        "[...document.querySelectorAll('button, input, a')].filter(e =>"
                                + " !(e.textContent.trim() || e.labels?.length"
                                + " || e.getAttribute('aria-label'))).length");
        assertThat(nameless).isEqualTo(0);
        var wide = page.evaluate("document.documentElement.scrollWidth > innerWidth");
        assertThat(wide).isEqualTo(false);
    }

    private LocalDate inThirtyDays() {
        return Debts.today(clock).plusDays(30);
    }

    private JsonNode charge(String debt, String amount, LocalDate due, Map<String, String> terms) {
        var wish = Debts.wish(debt, amount, due);
        wish.putAll(terms);
        return Debts.charge(Http.admin(), wish);
    }

    private static String path(JsonNode charge) {
        var url = charge.get("page_url").asText();
        return url.substring(url.indexOf("/c/"));
    }

    /// As a bank that takes its time, or refuses, would leave it.
    private static void mark(JsonNode charge, String status) {
        Rows.change(
                "update charge set boleto_status = '%s' where id = '%s'"
                        .formatted(status, charge.get("id").asText()));
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
                    if (List.of("error", "warning").contains(message.type())) {
                        complaints.add(message.text());
                    }
                });
        page.onPageError(complaints::add);
        page.onRequest(
                request -> {
                    if (!request.url().startsWith("http://localhost")) {
                        complaints.add("asked " + request.url());
                    }
                });
        return page;
    }

    private static void show(Page page, JsonNode charge) {
        page.navigate(path(charge));
    }

    private static void shot(Page page, String name) {
        page.screenshot(
                new Page.ScreenshotOptions()
                        .setPath(SHOTS.resolve(name + ".png"))
                        .setFullPage(true));
    }
}
