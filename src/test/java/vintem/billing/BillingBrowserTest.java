package vintem.billing;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
import vintem.MovableClock;
import vintem.World;
import vintem.app.Audit;
import vintem.platform.OutboxRelay;
import vintem.platform.Together;

/// What an operator sees and does with files and charges, in a real browser.
@QuarkusTest
@QuarkusTestResource(World.class)
class BillingBrowserTest {
    private static final Path SHOTS = Path.of("target/screenshots/billing");
    private static final String TITLES =
            "name,governmentId,email,debtAmount,debtDueDate,debtId,branch\n";
    private static final String THEN = "2026-01-05 10:00:00";

    private static Browsers browsers;

    @Inject Audit audit;
    @Inject ChargePix chargePix;
    @Inject OutboxRelay relay;
    @Inject MovableClock clock;

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
        window.close();
        assertThat(complaints).isEmpty();
        assertThat(audit.findings()).allSatisfy(each -> assertThat(each.wrong()).isEmpty());
    }

    @Test
    void a_file_is_sent_its_errata_are_corrected_and_sent_and_what_is_open_is_cancelled()
            throws IOException {
        var good = Debts.newDebt();
        var wrong = Debts.newDebt();
        var paid = Debts.newDebt();
        var page = signedIn("pt-BR");
        page.navigate("/app/billing/new");
        shot(page, "new");
        page.getByRole(AriaRole.BUTTON, named("Enviar e cobrar")).click();
        assertThat(page.locator("#message")).hasText("Escolha um arquivo.");
        var csv =
                TITLES
                        + row("Ana Souza", "150.00", good)
                        + row("Bia <b>Lima</b>", "-3.00", wrong)
                        + row("Caio Reis", "99.90", paid);
        page.locator("#file").setInputFiles(file("novembro.csv", csv));
        assertThat(page.locator("#chosen-name")).hasText("novembro.csv");
        page.locator(".options summary").click();
        page.getByLabel("Multa por atraso").fill("2%");
        page.getByRole(AriaRole.BUTTON, named("Enviar e cobrar")).click();

        page.waitForURL("**/app/billing/file?id=*");
        assertThat(page.getByRole(AriaRole.HEADING, heading(1))).hasText("novembro.csv");
        assertThat(page.locator("#step-imported")).hasText("2");
        assertThat(page.locator("#step-rows")).hasText("3");
        assertThat(page.locator("#step-boletos")).hasText("2");
        assertThat(page.locator("#f-errata")).hasText("1");
        assertThat(page.locator("#state .badge")).hasText("Importado");
        assertThat(page.locator(".errata tbody tr")).hasCount(1);
        assertThat(page.locator(".errata tbody tr"))
                .containsText("debtAmount: deve ser maior que zero");
        assertThat(page.locator(".errata code")).containsText("Bia <b>Lima</b>");
        assertThat(page.locator("main")).containsText("branch");

        Debts.tell(Debts.told(paid, "99.90", THEN));
        page.reload();
        assertThat(page.locator("#step-paid")).hasText("1");
        shots(page, "file");

        var download = page.waitForDownload(() -> page.getByText("Baixar para corrigir").click());
        var errata = Files.readString(download.path());
        assertThat(errata).contains("Bia <b>Lima</b>");
        var first = page.url();
        page.navigate("/app/billing/new");
        page.locator("#file")
                .setInputFiles(file("corrigido.csv", errata.replace("'-3.00", "3.00")));
        page.getByRole(AriaRole.BUTTON, named("Enviar e cobrar")).click();
        page.waitForURL("**/app/billing/file?id=*");
        assertThat(page.locator("#step-imported")).hasText("1");
        assertThat(page.locator("#f-errata")).hasText("0");

        page.navigate("/app/billing");
        assertThat(page.getByRole(AriaRole.LINK, named("novembro.csv")).first()).isVisible();
        shots(page, "files");

        page.navigate(first);
        page.onDialog(Dialog::accept);
        page.getByLabel("Cancelar também as cobranças").check();
        page.locator("#cancel-file button").click();
        assertThat(page.locator("#state .badge")).hasText("Cancelado");
        page.navigate("/app/billing/charges?debt_id=" + good);
        assertThat(page.locator(".badge.debt-cancelled")).hasCount(1);
        page.navigate("/app/billing/charges?debt_id=" + paid);
        assertThat(page.locator(".badge.debt-paid")).hasCount(1);
    }

    @Test
    void the_same_file_again_leads_to_the_first_one() {
        var csv = TITLES + row("Ana Souza", "15.00", Debts.newDebt());
        var page = signedIn("pt-BR");
        send(page, "a.csv", csv);
        assertThat(page.locator("#step-imported")).hasText("1");
        var id = page.url().replaceFirst(".*id=", "");
        send(page, "b.csv", csv);
        assertThat(page.locator(".notice.warn")).containsText("já tinha sido enviado");
        assertThat(page.url()).contains(id);
    }

    @Test
    void a_file_of_something_else_says_why_it_was_not_read() {
        var page = signedIn("pt-BR");
        send(page, "receita.csv", "ovos,farinha\n3,200\n");
        assertThat(page.locator("#state .badge")).hasText("Não lido");
        assertThat(page.locator("#state")).containsText("não nomeia as colunas necessárias");
        shots(page, "file-failed");
        assertThat(page.locator("form#cancel-file")).hasCount(0);
    }

    @Test
    void without_a_script_a_file_is_sent_all_the_same_and_what_is_wrong_is_said_in_portuguese() {
        var page = signedIn(browsers.windowWithoutScripts("pt-BR"));
        page.navigate("/app/billing/new");
        assertThat(page.locator("#file")).isVisible();
        assertThat(page.locator("main")).containsText("até 8 MB");
        page.locator("#send").click();
        assertThat(page.locator("#message")).hasText("Escolha um arquivo.");
        page.locator(".options summary").click();
        page.getByLabel("Multa por atraso").fill("dois");
        var csv = TITLES + row("Ana Souza", "15.00", Debts.newDebt());
        page.locator("#file").setInputFiles(file("sem-script.csv", csv));
        page.locator("#send").click();
        assertThat(page.locator("#message")).containsText("Multa: a multa é um valor, 5.00");
        shot(page, "new-refused-without-script");
        page.locator("#file").setInputFiles(file("sem-script.csv", csv));
        page.locator("#send").click();
        page.waitForURL("**/app/billing/file?id=*");
        assertThat(page.getByRole(AriaRole.HEADING, heading(1))).hasText("sem-script.csv");
        // Nothing asks again by itself here.
        Together.until(
                "it is imported",
                () -> {
                    page.reload();
                    return page.locator("#state .badge").textContent().equals("Importado");
                });
        page.navigate("/app/billing/new");
        page.locator("#file").setInputFiles(file("outra-coisa.csv", "ovos,farinha\n3,200\n"));
        page.locator("#send").click();
        assertThat(page.locator("#state")).containsText("A primeira linha não nomeia name");
    }

    @Test
    void a_form_of_another_page_sends_no_file() {
        var page = signedIn("pt-BR");
        page.navigate("/app/billing/new");
        var status =
                page.evaluate(
                        """
                        async token => {
                          const form = new FormData();
                          if (token !== null) form.append('csrf', token);
                          form.append('file', new Blob(['name'], {type: 'text/csv'}), 'a.csv');
                          const answer = await fetch('/app/billing/new', {method: 'POST', body: form});
                          return answer.status;
                        }
                        """,
                        "0".repeat(64));
        assertThat(status).isEqualTo(403);
    }

    @Test
    void who_is_not_written_to_is_listed_found_added_and_written_to_again() {
        var address = "bia." + UUID.randomUUID().toString().substring(0, 8) + "@mail.example";
        var page = signedIn("pt-BR");
        page.navigate("/app/billing/suppressions");
        page.locator("#unwanted").fill(address);
        page.locator("#suppress button").click();
        assertThat(page.locator("tbody tr").first()).containsText("b***@mail.example");
        page.locator("#email").fill(address.toUpperCase(java.util.Locale.ROOT));
        page.getByRole(AriaRole.BUTTON, named("Encontrar")).click();
        assertThat(page.locator("tbody tr")).hasCount(1);
        assertThat(page.locator("tbody tr")).containsText("Alguém daqui decidiu");
        page.locator(".act summary").click();
        shots(page, "suppressions");
        page.locator(".lift select").selectOption("mistake");
        page.locator(".lift button").click();
        assertThat(page.locator("main")).containsText("não está na lista");
        page.locator("#email").fill("x");
        page.getByRole(AriaRole.BUTTON, named("Encontrar")).click();
        assertThat(page.locator("tbody tr")).hasCount(0);
    }

    @Test
    void a_debtors_credit_is_given_back_from_the_page() {
        var debt = Debts.newDebt();
        var id =
                UUID.fromString(
                        Debts.charge(
                                        Http.admin(),
                                        Debts.wish(debt, "30", Debts.today(clock).plusDays(9)))
                                .get("id")
                                .asText());
        var code = chargePix.codes(List.of(id)).get(id);
        Debts.tell(Debts.told(debt, "30", THEN));
        Debts.pay(code, "30");
        var page = signedIn("pt-BR");
        page.navigate("/app/billing/charge?id=" + id);
        Together.until(
                "the credit is there",
                () -> {
                    relay.relay();
                    page.reload();
                    return page.locator("#refund-credit button").count() == 1;
                });
        shots(page, "charge-credit");
        page.onDialog(Dialog::accept);
        // It asks, and loads itself again: two that do so at once abort each other.
        page.evaluate("document.documentElement.className = 'before'");
        page.locator("#refund-credit button").click();
        page.locator("html:not(.before)").waitFor();
        page.waitForLoadState();
        Together.until(
                "it went back",
                () -> {
                    relay.relay();
                    page.reload();
                    return page.locator(".timeline .refunded").count() == 1;
                });
        assertThat(page.locator("#state .badge")).hasText("Paga");
        assertThat(page.locator("#refund-credit")).hasCount(0);
        shots(page, "charge-refunded");
    }

    @Test
    void one_charge_is_found_paid_in_part_gets_another_boleto_and_is_cancelled() {
        var debt = Debts.newDebt();
        var wish = Debts.wish(debt, "1000", Debts.today(clock).minusDays(10));
        wish.put("fine", "2%");
        wish.put("interest", "1%/month");
        Debts.charge(Http.admin(), wish);
        var page = signedIn("pt-BR");
        page.navigate("/app/billing/charges");
        page.locator("#debt-id").fill(debt);
        page.getByRole(AriaRole.BUTTON, named("Encontrar")).click();
        assertThat(page.locator("tbody tr")).hasCount(1);
        assertThat(page.locator("tbody tr")).containsText("***");
        shots(page, "charges");
        page.getByRole(AriaRole.LINK, named("Ana Souza")).click();
        assertThat(page.locator("#state .badge")).hasText("Em aberto");
        assertThat(page.locator("#f-late")).hasText("vencida há 10 dias");
        assertThat(page.locator("main")).containsText("529.982.247-25");
        Debts.tell(Debts.told(debt, "300", THEN));
        // Without a reload.
        assertThat(page.locator("#state .badge")).hasText("Paga em parte");
        assertThat(page.locator(".timeline .settled_boleto")).hasCount(1);
        assertThat(page.locator("#transfers")).containsText("Cobrança recebida");
        var line = page.locator("#boleto .id").first().textContent();
        page.locator("#new-due").fill(Debts.today(clock).plusDays(20).toString());
        page.locator("#due-date button").click();
        assertThat(page.locator(".timeline .replaced")).hasCount(1);
        assertThat(page.locator("#boleto .id").first()).not().hasText(line);
        shots(page, "charge");
        page.onDialog(Dialog::accept);
        page.locator("#cancel-charge button").click();
        assertThat(page.locator("#state .badge")).hasText("Cancelada");
        assertThat(page.locator("#due-date")).hasCount(0);
        assertThat(page.locator(".timeline .cancelled")).hasCount(1);
    }

    @Test
    void money_for_no_debt_is_matched_with_one_or_put_aside() {
        var typed = "x-" + UUID.randomUUID();
        var other = "y-" + UUID.randomUUID();
        Debts.tell(Debts.told(typed, "50", THEN));
        Debts.tell(Debts.told(other, "60", THEN));
        var debt = Debts.newDebt();
        Debts.charge(Http.admin(), Debts.wish(debt, "50", Debts.today(clock).plusDays(9)));
        var page = signedIn("pt-BR");
        page.navigate("/app/billing/unknown");
        shots(page, "unknown-money");
        var mine = page.locator("li.unmatched").filter(having(typed));
        mine.getByLabel("Número da dívida").fill("nenhuma");
        mine.getByText("É desta").click();
        assertThat(page.locator("#message")).hasText("Não há nada com este número.");
        mine.getByLabel("Número da dívida").fill(debt);
        mine.getByText("É desta").click();
        assertThat(mine).hasCount(0);
        page.onDialog(Dialog::accept);
        page.locator("li.unmatched").filter(having(other)).getByText("Arquivar").click();
        assertThat(page.locator("li.unmatched").filter(having(other))).hasCount(0);
        page.navigate("/app/billing/charges?debt_id=" + debt);
        assertThat(page.locator(".badge.debt-paid")).hasCount(1);
    }

    private static void send(Page page, String name, String csv) {
        page.navigate("/app/billing/new");
        page.locator("#file").setInputFiles(file(name, csv));
        page.locator("#send").click();
        page.waitForURL("**/app/billing/file?id=*");
    }

    private String row(String name, String amount, String debt) {
        return "%s,529.982.247-25,ana@example.com,%s,%s,%s,7\n"
                .formatted(name, amount, Debts.today(clock).plusDays(30), debt);
    }

    private static FilePayload file(String name, String text) {
        return new FilePayload(name, "text/csv", text.getBytes(StandardCharsets.UTF_8));
    }

    private static com.microsoft.playwright.Locator.FilterOptions having(String text) {
        return new com.microsoft.playwright.Locator.FilterOptions().setHasText(text);
    }

    private static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name);
    }

    private static Page.GetByRoleOptions heading(int level) {
        return new Page.GetByRoleOptions().setLevel(level);
    }

    private Page signedIn(String language) {
        return signedIn(browsers.window(language));
    }

    private Page signedIn(BrowserContext opened) {
        window = opened;
        var page = window.newPage();
        page.onPageError(complaints::add);
        page.onConsoleMessage(
                message -> {
                    // A refusal that a page handles is reported as an error, too.
                    if (message.type().equals("error")
                            && !message.text().startsWith("Failed to load resource")) {
                        complaints.add(message.text());
                    }
                });
        page.navigate("/app/billing");
        page.locator("[name=username]").fill("admin");
        page.locator("[name=password]").fill(World.ADMIN_PASSWORD);
        page.locator("form button").click();
        page.waitForURL("**/app/**");
        assertThat(page.locator(".side")).isVisible();
        return page;
    }

    /// On a desktop, dark, and on a phone, where nothing may be wider than the screen.
    private static void shots(Page page, String name) {
        shot(page, name);
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        shot(page, name + "-dark");
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
        var size = page.viewportSize();
        page.setViewportSize(390, 844);
        assertThat(page.evaluate("document.documentElement.scrollWidth > innerWidth"))
                .isEqualTo(false);
        shot(page, name + "-phone");
        page.setViewportSize(size.width, size.height);
    }

    private static void shot(Page page, String name) {
        page.screenshot(
                new Page.ScreenshotOptions()
                        .setPath(SHOTS.resolve("operator-" + name + ".png"))
                        .setFullPage(true));
    }
}
