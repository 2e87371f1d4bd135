package vintem.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ScreenshotAnimations;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import vintem.Browsers;
import vintem.Http;
import vintem.World;

/// Somebody follows every link of the product once: nothing is broken, nothing complains, nothing
/// is wider than a phone. What they saw is kept in `target/screenshots/pages`.
@QuarkusTest
@QuarkusTestResource(World.class)
class EveryPageTest {
    private static final Path PICTURES = Path.of("target/screenshots/pages");
    /// Pages of one kind differ by their ids alone.
    private static final int MOST_OF_A_KIND = 1;

    private static final int MOST_PAGES = 60;

    private final List<String> wrong = new ArrayList<>();
    private final Set<String> outside = new LinkedHashSet<>();

    @Test
    void every_link_leads_somewhere_and_every_page_fits_a_phone() {
        somethingIsThere();
        try (var browsers = Browsers.open();
                var window = browsers.window("pt-BR")) {
            var page = window.newPage();
            page.onPageError(each -> wrong.add(page.url() + ": " + each));
            page.onConsoleMessage(
                    each -> {
                        if (each.type().equals("error")) {
                            wrong.add(page.url() + ": " + each.text());
                        }
                    });
            page.navigate("/app");
            page.locator("[name=username]").fill("admin");
            page.locator("[name=password]").fill(World.ADMIN_PASSWORD);
            page.locator("main form button").click();
            page.waitForURL("**/app");
            var seen = follow(page);
            assertThat(seen).hasSizeGreaterThan(30);
            check(page, outside);
        }
        assertThat(wrong).isEmpty();
    }

    private Set<String> follow(Page page) {
        var open = new ArrayDeque<String>(List.of("/app", "/app/search"));
        var queued = new HashSet<String>(open);
        var kinds = new HashMap<String, Integer>();
        var seen = new LinkedHashSet<String>();
        while (!open.isEmpty() && seen.size() < MOST_PAGES) {
            var path = open.poll();
            var answer = page.navigate(path);
            if (answer.status() != 200) {
                wrong.add(path + " answers " + answer.status());
                continue;
            }
            seen.add(path);
            picture(page, path);
            for (var link : links(page)) {
                if (link.startsWith("elsewhere ") && path.startsWith("/app/docs/")) {
                    // The documentation names its sources.
                    continue;
                }
                if (!link.equals("/app") && !link.startsWith("/app/")) {
                    if (kinds.merge(kind(link), 1, Integer::sum) <= 1) {
                        outside.add(link);
                    }
                } else if (queued.add(link)
                        && kinds.merge(kind(link), 1, Integer::sum) <= MOST_OF_A_KIND) {
                    open.add(link);
                }
            }
        }
        return seen;
    }

    /// A page in four ways. What does not fit makes a phone scroll to the side.
    private void picture(Page page, String path) {
        var name = path.substring(1).replaceAll("[?&=]", "_").replaceAll("[^a-zA-Z0-9_.-]", "-");
        var file = name.length() > 60 ? name.substring(0, 60) : name;
        page.setViewportSize(390, 844);
        if (!Boolean.FALSE.equals(
                page.evaluate("document.documentElement.scrollWidth > innerWidth"))) {
            wrong.add(path + " is wider than a phone");
        }
        for (var scheme : List.of(ColorScheme.DARK, ColorScheme.LIGHT)) {
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
            shoot(page, file + "-phone-" + scheme.name().toLowerCase(java.util.Locale.ROOT));
        }
        page.setViewportSize(1280, 800);
        shoot(page, file + "-desktop-light");
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        shoot(page, file + "-desktop-dark");
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
    }

    private static void shoot(Page page, String name) {
        page.screenshot(
                new Page.ScreenshotOptions()
                        .setPath(PICTURES.resolve(name + ".png"))
                        .setAnimations(ScreenshotAnimations.DISABLED));
    }

    private static List<String> links(Page page) {
        var found = new ArrayList<String>();
        for (var each :
                (List<?>)
                        page.evaluate(
                                "[...document.querySelectorAll('a[href]')]"
                                        + ".map(a => a.getAttribute('href'))")) {
            var link = each.toString();
            if (link.startsWith("/")) {
                found.add(link.replaceFirst("#.*", ""));
            } else if (!link.startsWith("#") && !link.startsWith("mailto:")) {
                found.add("elsewhere " + link);
            }
        }
        return found;
    }

    /// Files and pages for others: they are asked for, not looked at.
    private void check(Page page, Set<String> links) {
        for (var link : links) {
            if (link.startsWith("elsewhere ")) {
                wrong.add("a link leads away: " + link);
                continue;
            }
            var status = page.request().get(link).status();
            if (status >= 400) {
                wrong.add(link + " answers " + status);
            }
        }
    }

    private static String kind(String link) {
        return link.replaceAll("=[^&]*", "=")
                .replaceAll("/[0-9a-f]{8}-[0-9a-f-]{27}", "/id")
                .replaceAll("^/c/.*", "/c/token")
                .replaceAll("^/app/docs/.*", "/app/docs/page")
                .replaceAll("^/app/ledger/.*", "/app/ledger/code");
    }

    /// One of each, so that no page is empty.
    private static void somethingIsThere() {
        var debt = Money.unique("cada");
        var charge = Money.chargeOfAFile(debt, "45.67", Money.newCpf(), debt + "@mail.example");
        var payment = Money.paymentOf(charge);
        var txid = vintem.Rows.text("select txid from payment where id = ?::uuid", payment);
        Money.pays(txid, "45.67", Money.endToEndId());
        Money.payment("12.34", Money.unique("aberto"));
        Money.pays(Money.unique("").replace("-", "").substring(0, 25), "9.99", Money.endToEndId());
        Money.payout(Money.unique("pago"), 123_45, "ana@mail.com");
        var client = Money.unique("Cliente");
        Money.ok(
                Http.admin()
                        .post(
                                "/clients",
                                "{\"name\":\"%s\",\"email\":\"%s@clients.example\"}"
                                        .formatted(client, client)));
        Http.admin().post("/billing/suppressions", "{\"email\":\"pagina@example.com\"}");
    }
}
