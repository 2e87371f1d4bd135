package vintem.payouts;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.FilePayload;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vintem.Browsers;
import vintem.Http;
import vintem.World;

/// What an operator sees and does, in a real browser.
@QuarkusTest
@QuarkusTestResource(World.class)
class OperatorBrowserTest {
    private static final String SAMPLE =
            """
            { "batch_id": "2025-10-05-B",
              "items": [
                {"external_id":"b1-001","user_id":"u1","amount_cents":35000,"pix_key":"u1@email.com"},
                {"external_id":"b2-002","user_id":"u2","amount_cents":120000,"pix_key":"+55 11 91234-5678"} ] }
            """;

    private static Browsers browsers;

    @Inject ResolveUnknownPayouts resolver;

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
    void nothing_was_refused_by_the_content_security_policy() {
        window.close();
        assertThat(complaints).isEmpty();
    }

    @Test
    void an_operator_checks_a_batch_sends_it_and_finds_one_payout_with_its_transfers() {
        var page = signedIn("pt-BR");
        page.navigate("/app/payouts/new");
        page.getByLabel("Ou cole o conteúdo").fill(SAMPLE);
        assertThat(page.locator("#send")).isHidden();
        button(page, "Conferir").click();
        assertThat(page.locator("#sum-pay")).hasText(money("1.550,00"));
        assertThat(page.locator("#verdict")).containsText("Nada foi pago ainda");
        assertThat(Http.admin().get("/payouts/b1-001").status()).isEqualTo(404);

        button(page, "Enviar").click();
        page.waitForURL("**/app/payouts/batch?id=2025-10-05-B");
        assertThat(page.locator("#n-paid")).hasText("2");
        assertThat(page.locator("#s-paid")).hasText(money("1.550,00"));
        assertThat(page.locator("#items .badge.paid")).hasCount(2);

        page.navigate("/app/payouts");
        assertThat(page.getByRole(AriaRole.LINK, named("2025-10-05-B"))).isVisible();
        page.getByLabel("Encontrar um pagamento").fill("b2-002");
        button(page, "Encontrar").click();
        assertThat(page.getByRole(AriaRole.HEADING, heading(1))).hasText("b2-002");
        assertThat(page.locator("main")).containsText("+5511912345678");
        assertThat(page.locator(".timeline li.paid")).hasCount(1);
        assertThat(page.locator("main")).containsText("Em trânsito → Banco");
        assertThat(page.locator("main")).containsText("Pagamentos feitos → Em trânsito");
    }

    @Test
    void what_was_changed_after_the_check_cannot_be_sent() {
        var page = signedIn("pt-BR");
        page.navigate("/app/payouts/new");
        page.locator("#content").fill("external_id,amount_cents,pix_key\nmud-1,100,a@b.com\n");
        button(page, "Conferir").click();
        assertThat(page.locator("#send")).isVisible();
        page.locator("#content").fill("external_id,amount_cents,pix_key\nmud-1,900,a@b.com\n");
        assertThat(page.locator("#send")).isHidden();
    }

    @Test
    void a_csv_is_chosen_as_a_file_and_sent() {
        var page = signedIn("pt-BR");
        page.navigate("/app/payouts/new");
        var csv = "external_id;user_id;amount_cents;pix_key\narquivo-1;u1;1000;a@b.com\n";
        page.locator("#file").setInputFiles(file("novembro.csv", csv));
        assertThat(page.locator("#chosen-name")).hasText("novembro.csv");
        page.getByLabel("Nome do lote").fill("folha/2026 #1");
        button(page, "Conferir").click();
        assertThat(page.locator("#checked-batch")).hasText("folha/2026 #1");
        button(page, "Enviar").click();
        page.waitForURL("**/app/payouts/batch?id=*");
        assertThat(page.getByRole(AriaRole.HEADING, heading(1))).hasText("folha/2026 #1");
        assertThat(page.locator("#n-paid")).hasText("1");
    }

    @Test
    void a_broken_batch_is_told_row_by_row_and_cannot_be_sent() {
        var page = signedIn("pt-BR");
        page.navigate("/app/payouts/new");
        page.locator("#content")
                .fill(
                        """
                        {"items":[{"external_id":"a","amount_cents":100,"pix_key":"a@b.com"},
                        {"external_id":"b","amount_cents":10.9,"pix_key":"a@b.com"}]}""");
        button(page, "Conferir").click();
        var row = page.locator("#violations tr");
        assertThat(row).hasCount(1);
        assertThat(row.locator("td").first()).hasText("2");
        assertThat(row).containsText("amount_cents");
        assertThat(row).containsText("deve ser um número inteiro");
        assertThat(page.locator("#send")).isHidden();
    }

    @Test
    void an_item_that_cannot_be_paid_is_named_and_all_or_nothing_holds_the_rest_back() {
        var page = signedIn("pt-BR");
        page.navigate("/app/payouts/new");
        page.locator("#content")
                .fill("external_id,amount_cents,pix_key\ntn-1,100,a@b.com\ntn-2,100,que?\n");
        button(page, "Conferir").click();
        var row = page.locator("#problems tr");
        assertThat(row).hasCount(1);
        assertThat(row).containsText("tn-2");
        assertThat(row).containsText("Chave Pix inválida");
        assertThat(row.locator("td").first()).hasText("3");
        assertThat(page.locator("#send")).isVisible();
        page.getByLabel("Tudo ou nada").check();
        assertThat(page.locator("#send")).isHidden();
    }

    @Test
    void an_id_with_markup_in_it_is_shown_as_text() {
        var id = "<script>document.title='x'</script>/a b#c?d=%";
        var json =
                """
                {"batch_id":"<b>lote</b>#1","items":[{"external_id":"%s","user_id":"<i>u</i>",
                "amount_cents":100,"pix_key":"a@b.com"}]}"""
                        .formatted(id);
        assertThat(Http.admin().post("/payouts/batch", json).status()).isEqualTo(200);
        var page = signedIn("pt-BR");
        page.navigate("/app/payouts");
        page.getByRole(AriaRole.LINK, named("<b>lote</b>#1")).click();
        assertThat(page.getByRole(AriaRole.HEADING, heading(1))).hasText("<b>lote</b>#1");
        page.getByRole(AriaRole.LINK, named(id)).click();
        assertThat(page.getByRole(AriaRole.HEADING, heading(1))).hasText(id);
        assertThat(page).hasTitle(id + " · Vintém");
        page.navigate("/app/payouts/new");
        page.locator("#content").fill(json);
        button(page, "Conferir").click();
        assertThat(page.locator("#problems")).containsText(id);
    }

    @Test
    void a_batch_under_way_is_followed_without_loading_the_page_again() {
        // R$ 666,03 is paid, and the sandbox's bank does not say so until it is asked.
        var json =
                """
                {"batch_id":"ao-vivo","items":[
                {"external_id":"vivo-1","amount_cents":66603,"pix_key":"a@b.com"}]}""";
        assertThat(Http.admin().post("/payouts/batch", json).status()).isEqualTo(200);
        var page = signedIn("pt-BR");
        page.navigate("/app/payouts/batch?id=ao-vivo");
        assertThat(page.locator("#live-state")).hasText("ao vivo");
        page.evaluate("document.body.dataset.same = 'page'");
        var state = page.locator("#live-state");
        for (var i = 0; i < 40 && !state.innerText().equals("concluído"); i++) {
            resolver.run();
            page.waitForTimeout(250);
        }
        assertThat(state).hasText("concluído");
        assertThat(page.locator("#n-paid")).hasText("1");
        assertThat(page.locator("body")).hasAttribute("data-same", "page");
    }

    @Test
    void in_english_to_whoever_asks_for_it() {
        var page = signedIn("en-GB");
        page.navigate("/app/payouts");
        assertThat(page.getByRole(AriaRole.HEADING, heading(1))).hasText("Payouts");
        assertThat(page.locator("html")).hasAttribute("lang", "en");
        page.navigate("/app/payouts/new");
        assertThat(button(page, "Check")).isVisible();
    }

    @Test
    void a_wrong_password_says_so_and_the_right_one_leads_to_where_one_was_going() {
        var page = page("pt-BR");
        page.navigate("/app/ledger/bank");
        page.getByLabel("Usuário").fill("admin");
        page.getByLabel("Senha").fill("errada");
        button(page, "Entrar").click();
        assertThat(page.getByRole(AriaRole.ALERT)).hasText("Usuário ou senha não conferem.");
        signIn(page);
        assertThat(page.getByRole(AriaRole.HEADING, heading(1))).hasText("Banco");
    }

    @Test
    void an_administrator_makes_a_user_and_a_key_that_is_shown_once() {
        var page = signedIn("pt-BR");
        page.navigate("/app/access/user");
        page.getByLabel("Usuário").fill("bia");
        page.getByLabel("Senha inicial").fill("uma boa senha");
        page.getByLabel("Pagamentos a fazer").selectOption("operator");
        page.getByLabel("Limite por dia").fill("1.234,56");
        button(page, "Salvar").click();
        page.waitForURL("**/app/access/users");
        // The tests before this one made users, too: she may be on a later page.
        while (page.getByRole(AriaRole.ROW, row("bia")).count() == 0) {
            page.locator("a[rel=next]").click();
            page.waitForLoadState();
        }
        assertThat(page.getByRole(AriaRole.ROW, row("bia"))).containsText(money("1.234,56"));

        page.navigate("/app/access/key");
        page.getByLabel("Nome").fill("folha");
        page.getByLabel("Pagamentos a fazer").selectOption("read");
        button(page, "Criar chave").click();
        var key = page.getByLabel("Chave", new Page.GetByLabelOptions().setExact(true));
        assertThat(key).hasValue(Pattern.compile("vtm_[0-9a-f]{64}"));
        var secret = key.inputValue();
        assertThat(Http.nobody().bearer(secret).get("/payouts").status()).isEqualTo(200);
        page.navigate("/app/access/keys");
        assertThat(page.content()).doesNotContain(secret);
    }

    private Page signedIn(String language) {
        var page = page(language);
        page.navigate("/app");
        signIn(page);
        page.waitForURL("**/app");
        return page;
    }

    private static void signIn(Page page) {
        page.locator("[name=username]").fill("admin");
        page.locator("[name=password]").fill(World.ADMIN_PASSWORD);
        page.locator("form button").click();
    }

    private Page page(String language) {
        window = browsers.window(language);
        var page = window.newPage();
        page.setDefaultTimeout(60_000);
        page.onPageError(complaints::add);
        page.onConsoleMessage(
                message -> {
                    // A 400 that a page handles is reported as an error, too.
                    if (message.type().equals("error")
                            && !message.text().startsWith("Failed to load resource")) {
                        complaints.add(message.text());
                    }
                });
        return page;
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name));
    }

    private static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name).setExact(true);
    }

    private static Page.GetByRoleOptions row(String name) {
        return new Page.GetByRoleOptions().setName(name);
    }

    private static Page.GetByRoleOptions heading(int level) {
        return new Page.GetByRoleOptions().setLevel(level);
    }

    private static String money(String reais) {
        return "R$\u00A0" + reais;
    }

    private static FilePayload file(String name, String content) {
        return new FilePayload(name, "text/csv", content.getBytes(StandardCharsets.UTF_8));
    }
}
