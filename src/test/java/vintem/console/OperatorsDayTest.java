package vintem.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vintem.Browsers;
import vintem.Rows;
import vintem.World;
import vintem.platform.OutboxRelay;

/// An operator's day in the console, in a real browser.
@QuarkusTest
@QuarkusTestResource(World.class)
class OperatorsDayTest {
    private static Browsers browsers;

    @Inject OutboxRelay relay;

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
    void nothing_went_wrong_in_the_browser() {
        window.close();
        assertThat(complaints).isEmpty();
    }

    @Test
    void whatever_is_in_hand_leads_to_the_story() {
        var debt = Money.unique("dia");
        var charge = Money.chargeOfAFile(debt, "45.67", Money.newCpf(), debt + "@mail.example");
        var payment = Money.paymentOf(charge);
        var txid = Rows.text("select txid from payment where id = ?::uuid", payment);
        var endToEndId = Money.endToEndId();
        Money.pays(txid, "45.67", endToEndId);
        relay.relay();
        var page = signedIn("pt-BR");
        for (var inHand : List.of(debt, txid, endToEndId, charge, payment)) {
            page.navigate("/app");
            page.keyboard().press("/");
            assertThat(page.locator("#seek")).isFocused();
            page.keyboard().type(inHand);
            page.keyboard().press("Enter");
            page.waitForURL("**/app/story/*");
            assertThat(page.locator("h1")).hasText("A história deste dinheiro");
            assertThat(page.locator(".thing")).hasCount(3);
            assertThat(page.locator(".story"))
                    .containsText("Cobrança feita pela linha 2 de console.csv");
            assertThat(page.locator(".story")).containsText("O Pix chegou");
            assertThat(page.locator(".story")).containsText("A cobrança foi paga por Pix");
            assertThat(page.locator(".moved li")).hasCount(3);
        }
        page.locator(".thing", new Page.LocatorOptions().setHasText("Cobrança"))
                .getByRole(AriaRole.LINK)
                .click();
        page.waitForURL("**/app/billing/charge?id=*");
    }

    @Test
    void a_cpf_finds_what_is_known_of_a_person_and_stands_in_no_address() {
        var debt = Money.unique("cpf");
        var cpf = Money.newCpf();
        Money.chargeOfAFile(debt, "33.00", cpf, debt + "@mail.example");
        var page = signedIn("pt-BR");
        var addresses = new ArrayList<String>();
        page.onRequest(request -> addresses.add(request.url()));
        page.keyboard().press("/");
        page.keyboard().type(cpf);
        page.keyboard().press("Enter");
        assertThat(page.locator(".found")).containsText(debt);
        assertThat(page.locator("h2")).containsText(new String[] {"Cobranças"});
        assertThat(addresses).noneMatch(each -> each.contains(cpf));
        assertThat(page.url()).endsWith("/app/search");
        page.locator(".found").getByRole(AriaRole.LINK).first().click();
        page.waitForURL("**/app/story/*");
    }

    @Test
    void the_keyboard_is_enough() {
        var page = signedIn("pt-BR");
        page.keyboard().press("?");
        assertThat(page.locator("dialog")).isVisible();
        page.keyboard().press("Escape");
        assertThat(page.locator("dialog")).isHidden();
        page.keyboard().press("g");
        page.keyboard().press("l");
        page.waitForURL("**/app/ledger");
        page.keyboard().press("g");
        page.keyboard().press("v");
        page.waitForURL("**/app");
        // What is typed into a field goes nowhere.
        page.keyboard().press("/");
        page.keyboard().type("g?l/");
        assertThat(page.locator("#seek")).hasValue("g?l/");
        assertThat(page.locator("dialog")).isHidden();
        page.navigate("/app");
        page.keyboard().press("Tab");
        assertThat(page.locator(".skip")).isFocused();
    }

    @Test
    void the_overview_tells_of_what_comes_while_somebody_looks() {
        var page = signedIn("pt-BR");
        assertThat(page.locator("#books")).containsText("Os livros fecham");
        var payment = Money.payment("77.77", Money.unique("live"));
        var before = page.locator("#figures").textContent();
        Money.pays(payment.get("txid").asText(), "77.77", Money.endToEndId());
        assertThat(page.locator("#figures")).not().hasText(before);
        Money.pays(Money.unique("").replace("-", "").substring(0, 25), "0.99", Money.endToEndId());
        assertThat(page.locator("#attention")).containsText("ninguém reclama");
    }

    @Test
    void a_small_screen_has_all_areas_behind_one_button() {
        var page = signedIn("en");
        page.setViewportSize(390, 844);
        var ledger = page.locator("#nav a", new Page.LocatorOptions().setHasText("Ledger"));
        assertThat(ledger).isHidden();
        page.locator(".menu").click();
        assertThat(ledger).isVisible();
        ledger.click();
        page.waitForURL("**/app/ledger");
        assertThat(page.locator(".menu")).hasText("Ledger");
        var wide = page.evaluate("document.documentElement.scrollWidth > innerWidth");
        assertThat(wide).isEqualTo(false);
    }

    @Test
    void the_sandbox_receives_a_pix_and_shows_its_story() {
        var page = signedIn("en");
        page.navigate("/app/sandbox");
        page.locator("#value").fill("21,43");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Create and pay"))
                .click();
        page.locator("#message a").click();
        page.waitForURL("**/app/story/*");
        assertThat(page.locator(".story")).containsText("The Pix came");
    }

    private Page signedIn(String language) {
        window = browsers.window(language);
        var page = window.newPage();
        page.onPageError(complaints::add);
        page.onConsoleMessage(
                message -> {
                    if (message.type().equals("error")) {
                        complaints.add(message.text());
                    }
                });
        page.navigate("/app");
        page.locator("[name=username]").fill("admin");
        page.locator("[name=password]").fill(World.ADMIN_PASSWORD);
        page.locator("main form button").click();
        page.waitForURL("**/app");
        return page;
    }
}
