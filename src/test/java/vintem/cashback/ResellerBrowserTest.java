package vintem.cashback;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vintem.Browsers;
import vintem.World;
import vintem.app.Audit;
import vintem.platform.TaxId;

/// A reseller's whole month in a real browser, from the registration to the Pix; the company's part
/// of it in another one.
@QuarkusTest
@QuarkusTestResource(World.class)
class ResellerBrowserTest {
    private static final Path SHOTS = Path.of("target/screenshots/cashback");

    private static Browsers browsers;

    @Inject Audit audit;

    private final List<String> complaints = new ArrayList<>();
    private final List<BrowserContext> windows = new ArrayList<>();

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
        windows.forEach(BrowserContext::close);
        assertThat(complaints).isEmpty();
        assertThat(audit.findings()).allSatisfy(each -> assertThat(each.wrong()).isEmpty());
    }

    @Test
    void a_resellers_month_from_the_registration_to_the_pix() {
        var month = Sellers.nextMonth();
        var cpf = Sellers.newCpf();
        var ana = registered(cpf);

        // She enters three purchases, corrects one and deletes another.
        var first = buys(ana, "900,00", month, 3);
        var second = buys(ana, "600,02", month, 10);
        var third = buys(ana, "1.234,56", month, 28);
        assertThat(row(ana, first)).containsText("Em validação");
        shots(ana, "home");
        row(ana, second).getByRole(AriaRole.LINK).click();
        assertThat(ana.locator("main")).containsText("dá para corrigir ou apagar");
        assertThat(ana.getByLabel("Valor em reais")).hasValue("600,02");
        shots(ana, "one");
        ana.getByLabel("Valor em reais").fill("600,01");
        ana.getByRole(AriaRole.BUTTON, named("Salvar")).click();
        assertThat(ana.locator(".amount")).containsText("600,01");
        ana.navigate("/app/cashback");
        row(ana, third).getByRole(AriaRole.LINK).click();
        ana.onceDialog(Dialog::accept);
        ana.getByRole(AriaRole.BUTTON, named("Apagar compra")).click();
        ana.waitForURL("**/app/cashback");
        assertThat(row(ana, third)).hasCount(0);

        // The company approves all that waits of her, at once.
        var company = signedIn("admin", World.ADMIN_PASSWORD, "**/app");
        company.navigate("/app/purchases");
        company.getByLabel("Buscar por código ou CPF").fill(cpf);
        company.getByRole(AriaRole.BUTTON, named("Encontrar")).click();
        assertThat(company.locator("tbody tr")).hasCount(2);
        shots(company, "purchases");
        assertThat(company.getByRole(AriaRole.BUTTON, named("Aprovar"))).isDisabled();
        company.getByLabel("Escolher todas desta página").check();
        company.getByRole(AriaRole.BUTTON, named("Aprovar")).click();
        assertThat(company.locator("main")).containsText("Tudo validado.");
        for (var code : List.of(first, second)) {
            assertThat(company.getByLabel(code)).hasCount(0);
        }

        // Together they are in the highest bracket: 20 % of 1,500.01.
        ana.navigate("/app/cashback/extrato?mes=" + month);
        assertThat(ana.locator("#earned")).containsText("300,00");
        assertThat(ana.locator("main")).containsText("20%");
        assertThat(ana.locator("main")).containsText("Mês aberto");
        ana.navigate("/app/cashback/resgate");
        assertThat(ana.locator("main")).containsText("Nada disponível agora");

        closes(company, month);
        shots(company, "closes");
        ana.navigate("/app/cashback/extrato?mes=" + month);
        assertThat(ana.locator("main")).containsText("Mês fechado");
        assertThat(ana.locator("svg.months rect.current")).hasCount(1);
        shots(ana, "statement");

        // The Pix.
        ana.navigate("/app/cashback/resgate");
        assertThat(ana.getByLabel("Chave Pix")).hasValue(new TaxId.Cpf(cpf).formatted());
        ana.getByLabel("Valor em reais").fill("300,01");
        ana.onceDialog(Dialog::accept);
        ana.getByRole(AriaRole.BUTTON, named("Pedir o Pix")).click();
        assertThat(ana.locator("#message")).hasText("Não há tanto disponível.");
        ana.getByLabel("Valor em reais").fill("250,00");
        ana.onceDialog(Dialog::accept);
        ana.getByRole(AriaRole.BUTTON, named("Pedir o Pix")).click();
        assertThat(ana.locator("tbody tr")).containsText("Pago");
        assertThat(ana.locator("#available")).containsText("50,00");
        assertThat(ana.locator("main")).not().containsText(cpf);
        shots(ana, "redeem");
        ana.navigate("/app/cashback/sobre");
        assertThat(ana.locator("main")).containsText("acima de");
        shots(ana, "about");

        // What was judged she cannot change any more.
        ana.navigate("/app/cashback");
        row(ana, first).getByRole(AriaRole.LINK).click();
        assertThat(ana.getByRole(AriaRole.BUTTON, named("Salvar"))).hasCount(0);
    }

    @Test
    void the_company_decides_rates_for_a_month_to_come_and_takes_an_approval_back() {
        var month = Sellers.nextMonth();
        var seller = Sellers.register();
        seller.approved("100.00", month.atDay(1).toString());
        var company = signedIn("admin", World.ADMIN_PASSWORD, "**/app");
        company.navigate("/app/purchases/rates");
        shots(company, "rates");
        company.getByLabel("A partir do mês").fill("2099-01");
        company.getByLabel("Faixas", new Page.GetByLabelOptions().setExact(true))
                .fill("0 5\n1.000,00 7,5%");
        company.getByRole(AriaRole.BUTTON, named("Decidir")).click();
        assertThat(company.locator("main")).containsText("Desde 01/2099");
        assertThat(company.locator("main")).containsText("7.5%");

        company.navigate("/app/purchases?status=approved&q=" + seller.cpf());
        company.onceDialog(it -> it.accept("devolvida pela cliente"));
        company.getByRole(AriaRole.BUTTON, named("Desfazer")).click();
        assertThat(company.getByText("Nenhuma compra aprovada.")).isVisible();
        company.navigate("/app/purchases?status=rejected&q=" + seller.cpf());
        assertThat(company.locator("main")).containsText("devolvida pela cliente");
    }

    @Test
    void whoever_asks_to_be_forgotten_on_the_page_is() {
        var page = registered(Sellers.newCpf());
        page.navigate("/app/cashback/sobre");
        page.onceDialog(Dialog::accept);
        page.getByRole(AriaRole.BUTTON, named("Apagar meus dados")).click();
        page.waitForURL("**/app/sign-in");
        page.navigate("/app/cashback");
        assertThat(page.getByRole(AriaRole.HEADING)).hasText("Entrar");
    }

    /// A spreadsheet's list, in a browser that runs no scripts: what is good is entered, what is
    /// not is told by its line and stays there to be mended.
    @Test
    void the_company_imports_purchases_from_pasted_lines_and_from_a_file_without_script() {
        var seller = Sellers.register();
        var cpf = new TaxId.Cpf(seller.cpf()).formatted();
        var month = Sellers.nextMonth();
        var day = "05/%02d/%d".formatted(month.getMonthValue(), month.getYear());
        var code = Sellers.newCode().substring(0, 12);
        var company =
                signedIn(
                        browsers.windowWithoutScripts("pt-BR"),
                        "admin",
                        World.ADMIN_PASSWORD,
                        "**/app");
        company.navigate("/app/purchases");
        company.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Importar compras"))
                .click();
        shots(company, "import");
        company.getByRole(AriaRole.BUTTON, named("Importar")).click();
        assertThat(company.locator("#message"))
                .hasText("Cole ao menos uma linha, ou escolha um arquivo.");
        company.getByLabel("Linhas")
                .fill(
                        """
                        %1$s-1;R$ 1.234,56;%2$s;%3$s
                        %1$s-2;um real;%2$s;%3$s
                        %1$s-1;10,00;%2$s;%3$s
                        %1$s-3;20,00;%2$s;%4$s
                        %1$s-4;30,00
                        """
                                .formatted(code, day, cpf, Sellers.newCpf()));
        company.getByRole(AriaRole.BUTTON, named("Importar")).click();
        assertThat(company.locator("#imported")).containsText("1.234,56");
        assertThat(company.locator("#refused tbody tr"))
                .containsText(
                        new String[] {
                            "o valor deve ser maior que zero",
                            "já há uma compra com este código",
                            "ninguém com este CPF está cadastrado",
                            "a linha deve ter quatro colunas"
                        });
        assertThat(company.locator("#refused tbody tr").first()).containsText("2");
        shots(company, "imported");

        // Mended, it is entered; what was entered is not there any more.
        var left = company.getByLabel("Linhas a corrigir");
        assertThat(left).not().hasValue(Pattern.compile(".*R\\$.*", Pattern.DOTALL));
        left.fill(left.inputValue().lines().findFirst().orElseThrow().replace("um real", "1,00"));
        company.getByRole(AriaRole.BUTTON, named("Importar")).click();
        assertThat(company.locator("#imported")).containsText("Não cadastradas0nenhuma");

        var file =
                "cpf,Data,Valor,Código,loja\n%s,%s,99.90,%s-5,Centro\n"
                        .formatted(seller.cpf(), month.atDay(6), code);
        company.getByLabel("Ou um arquivo CSV")
                .setInputFiles(
                        new FilePayload(
                                "compras.csv", "text/csv", file.getBytes(StandardCharsets.UTF_8)));
        company.getByRole(AriaRole.BUTTON, named("Importar")).click();
        assertThat(company.locator("#imported")).containsText("99,90");
        var codes = new ArrayList<String>();
        seller.http()
                .get("/compra")
                .json()
                .required("items")
                .forEach(it -> codes.add(it.required("codigo").asText()));
        assertThat(codes).containsExactlyInAnyOrder(code + "-1", code + "-2", code + "-5");
    }

    private Page registered(String cpf) {
        var page = page();
        var name = "Ana-" + UUID.randomUUID();
        page.navigate("/app/sign-in");
        page.getByText("Revendedor(a)? Faça seu cadastro").click();
        page.getByLabel("Nome completo").fill("Ana Souza");
        page.getByLabel("CPF").fill(new TaxId.Cpf(cpf).formatted());
        page.getByLabel("E-mail").fill(name + "@example.com");
        page.getByLabel("Usuário").fill(name);
        page.getByLabel("Senha").fill(Sellers.PASSWORD);
        shots(page, "register");
        page.getByRole(AriaRole.BUTTON, named("Cadastrar e entrar")).click();
        page.waitForURL("**/app/cashback");
        assertThat(page.getByRole(AriaRole.HEADING, heading(1))).hasText("Olá, Ana Souza");
        assertThat(page.locator("#freshness")).not().hasText("consultando…");
        return page;
    }

    private static String buys(Page page, String reais, YearMonth month, int day) {
        var code = Sellers.newCode().substring(0, 16);
        page.navigate("/app/cashback");
        page.getByLabel("Código").fill(code);
        page.getByLabel("Valor em reais").fill(reais);
        page.getByLabel("Data").fill(month.atDay(day).toString());
        page.getByRole(AriaRole.BUTTON, named("Cadastrar compra")).click();
        assertThat(row(page, code)).hasCount(1);
        return code;
    }

    /// In the page, as the company does it. Months of other tests may be open before this one: the
    /// page offers the oldest first, at most a year of them.
    private static void closes(Page page, YearMonth month) {
        assertThat(Sellers.close(month.minusMonths(1)).status()).isEqualTo(200);
        var name = "%02d/%d".formatted(month.getMonthValue(), month.getYear());
        page.navigate("/app/purchases/closes");
        page.getByLabel("Mês a fechar").selectOption(month.toString());
        shots(page, "close");
        page.onceDialog(
                it -> {
                    assertThat(it.message()).isEqualTo("Fechar " + name + "? Não há volta.");
                    it.accept();
                });
        page.getByRole(AriaRole.BUTTON, named("Fechar")).click();
        assertThat(page.locator("tbody tr").first()).containsText(name);
        assertThat(page.locator("tbody tr").first()).containsText("fechado");
    }

    private static Locator row(Page page, String code) {
        return page.locator("tbody tr").filter(new Locator.FilterOptions().setHasText(code));
    }

    private Page signedIn(String user, String password, String then) {
        return signedIn(browsers.window("pt-BR"), user, password, then);
    }

    private Page signedIn(BrowserContext window, String user, String password, String then) {
        var page = page(window);
        page.navigate("/app/sign-in");
        page.getByLabel("Usuário").fill(user);
        page.getByLabel("Senha").fill(password);
        page.locator("main form button").click();
        page.waitForURL(then);
        return page;
    }

    private Page page() {
        return page(browsers.window("pt-BR"));
    }

    private Page page(BrowserContext window) {
        windows.add(window);
        var page = window.newPage();
        page.onConsoleMessage(
                message -> {
                    // A refusal that a page handles is reported as an error, too.
                    if (message.type().equals("error")
                            && !message.text().startsWith("Failed to load resource")) {
                        complaints.add(message.text());
                    }
                });
        page.onPageError(complaints::add);
        return page;
    }

    /// On a desktop, dark, and on a phone, where nothing may be wider than the screen.
    private static void shots(Page page, String name) {
        shot(page, name);
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        shot(page, name + "-dark");
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
        page.setViewportSize(390, 844);
        assertThat(page.evaluate("document.documentElement.scrollWidth > innerWidth"))
                .as(name)
                .isEqualTo(false);
        shot(page, name + "-phone");
        page.setViewportSize(1280, 800);
    }

    private static void shot(Page page, String name) {
        try {
            Files.createDirectories(SHOTS);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        page.screenshot(
                new Page.ScreenshotOptions()
                        .setPath(SHOTS.resolve(name + ".png"))
                        .setFullPage(true));
    }

    private static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name).setExact(true);
    }

    private static Page.GetByRoleOptions heading(int level) {
        return new Page.GetByRoleOptions().setLevel(level);
    }
}
