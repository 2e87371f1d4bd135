package vintem;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import vintem.platform.Together;

/// Every page, light and dark, read by axe, which knows nothing of ours: contrast, labels, names,
/// landmarks, the order of headings (WCAG 2.1 A and AA).
@QuarkusTest
@QuarkusTestResource(World.class)
class AccessibilityTest {
    private static final String RUN =
            """
            async rules => {
              const found = await axe.run(document, { runOnly: rules, resultTypes: ['violations'] });
              return found.violations.flatMap(rule => rule.nodes.map(node =>
                `${rule.id}: ${node.target.join(' ')}: ${node.any.map(it => it.message).join('; ')}`));
            }
            """;

    private static final List<String> ALL =
            List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice");

    @Test
    void every_page_of_the_operator_passes_axe_light_and_dark() {
        try (var browsers = Browsers.open();
                var window = browsers.window("pt-BR")) {
            var payment =
                    Http.admin()
                            .post("/payments/pix", "{\"value\":12.34,\"description\":\"Pão\"}")
                            .json()
                            .at("/payment/id")
                            .asText();
            var page = window.newPage();
            page.navigate("/app/sign-in");
            page.getByLabel("Usuário").fill("admin");
            page.getByLabel("Senha").fill(World.ADMIN_PASSWORD);
            page.locator("main form button").click();
            page.waitForURL("**/app");
            var paths = new ArrayList<>(PagesTest.pages());
            paths.remove("/app/sign-in");
            paths.add("/app/payments/one?id=" + payment);
            paths.add("/payments/pix/" + payment);
            paths.addAll(pagesOfAFile());
            check(page, paths);
        }
    }

    @Test
    void every_page_of_a_reseller_passes_axe_light_and_dark() {
        try (var browsers = Browsers.open();
                var window = browsers.window("pt-BR")) {
            var body =
                    """
                    {"full_name":"Ana","username":"axe.reseller","password":"uma senha boa",
                    "cpf":"87748248800","email":"axe@example.com"}""";
            assertThat(Http.nobody().post("/revendedor", body).status()).isIn(201, 409);
            var purchase =
                    Http.nobody()
                            .signedIn("axe.reseller", "uma+senha+boa")
                            .post(
                                    "/compra",
                                    """
                                    {"codigo":"axe-%s","valor":12.34,"data":"2026-10-01",
                                    "cpf":"877.482.488-00"}"""
                                            .formatted(UUID.randomUUID()))
                            .json()
                            .required("id")
                            .asText();
            var page = window.newPage();
            page.navigate("/app/sign-in");
            page.getByLabel("Usuário").fill("axe@example.com");
            page.getByLabel("Senha").fill("uma senha boa");
            page.locator("main form button").click();
            page.waitForURL("**/app/cashback");
            check(
                    page,
                    List.of(
                            "/app/cashback",
                            "/app/cashback/compra?id=" + purchase,
                            "/app/cashback/compra?id=none",
                            "/app/cashback/extrato?mes=2026-10",
                            "/app/cashback/resgate",
                            "/app/cashback/sobre",
                            "/app/cashback/cadastro"));
        }
    }

    @Test
    void what_is_open_to_everybody_passes_axe_light_and_dark() {
        try (var browsers = Browsers.open();
                var window = browsers.window("en")) {
            var page = window.newPage();
            page.setViewportSize(390, 844);
            check(page, List.of("/app/sign-in", "/payments/pix/none", debtorsPage(), "/c/none"));
        }
    }

    /// A file with a charge and a row to be corrected, that charge, and its debtor's page.
    private static List<String> pagesOfAFile() {
        var admin = Http.admin();
        var debt = UUID.randomUUID().toString();
        var sent =
                admin.with("Content-Type", "text/csv")
                        .post(
                                "/billing/files?name=acessivel.csv&fine=2%25",
                                """
                                name,governmentId,email,debtAmount,debtDueDate,debtId
                                Ana,9558,ana@example.com,12.34,2026-03-02,%s
                                Ana,9558,ana,12.34,2026-03-02,%s-wrong
                                """
                                        .formatted(debt, debt));
        assertThat(sent.status()).as(sent.body()).isEqualTo(202);
        Together.until(
                "its charge is there",
                () -> Rows.number("select count(*) from charge where debt_id = ?", debt) == 1);
        var charge = Rows.text("select id::text from charge where debt_id = ?", debt);
        var page = admin.get("/charges/" + charge).json().at("/charge/page_url").asText();
        admin.post("/billing/suppressions", "{\"email\":\"acessivel@example.com\"}");
        return List.of(
                "/app/billing/file?id=" + sent.json().get("id").asText(),
                "/app/billing/charge?id=" + charge,
                page.substring(page.indexOf("/c/")),
                "/app/billing/suppressions");
    }

    private static String debtorsPage() {
        var url =
                Http.admin()
                        .post(
                                "/charges",
                                """
                                {"name":"Ana","governmentId":"9558","email":"ana@example.com",
                                "debtAmount":12.34,"debtDueDate":"2026-03-02","fine":"2%"}""")
                        .json()
                        .required("page_url")
                        .asText();
        return url.substring(url.indexOf("/c/"));
    }

    private static void check(Page page, List<String> paths) {
        var axe = NodeJs.text("axe-core/axe.min.js");
        var wrong = new ArrayList<String>();
        // In the dark only colours are others. Loaded anew: colours that change take their time.
        for (var scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
            for (var path : paths) {
                page.navigate(path);
                page.evaluate(axe);
                var rules = scheme == ColorScheme.LIGHT ? ALL : List.of("color-contrast");
                for (var each : (List<?>) page.evaluate(RUN, rules)) {
                    wrong.add(scheme + " " + path + ": " + each);
                }
            }
        }
        assertThat(wrong).isEmpty();
    }
}
