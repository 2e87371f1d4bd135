package vintem.payouts;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vintem.Books;
import vintem.Browsers;
import vintem.Http;
import vintem.MovableClock;
import vintem.Rows;
import vintem.World;
import vintem.payouts.Treasury.Person;
import vintem.platform.BusinessDays;
import vintem.platform.Ids;

/// The day of somebody who sends payouts, and of somebody who releases them, in a real browser.
@QuarkusTest
@QuarkusTestResource(World.class)
class TreasuryBrowserTest {
    private static final Path SHOTS = Path.of("target/screenshots/treasury");

    private static Browsers browsers;

    @Inject MovableClock clock;
    @Inject MovableRules rules;
    @Inject ReleaseDueHolds job;
    @Inject BankStatement statement;

    private final List<String> complaints = new ArrayList<>();
    private final List<BrowserContext> windows = new ArrayList<>();
    private final String run = "folha-" + Ids.next().toString().substring(24);

    @BeforeAll
    static void open() throws IOException {
        browsers = Browsers.open();
        Files.createDirectories(SHOTS);
    }

    @AfterAll
    static void close() {
        if (browsers != null) {
            browsers.close();
        }
        Books.assertInOrder();
    }

    /// Wherever tests before this one have left the clock.
    @BeforeEach
    void it_is_ten_in_the_morning() {
        var then =
                BusinessDays.today(clock)
                        .plusDays(2)
                        .atTime(10, 0)
                        .atZone(BusinessDays.SAO_PAULO)
                        .toInstant();
        clock.passes(Duration.between(clock.instant(), then));
    }

    @AfterEach
    void nothing_was_refused_by_the_content_security_policy() {
        windows.forEach(BrowserContext::close);
        rules.looksForLookalikes(Duration.ZERO);
        Rows.change(
                "truncate bank_statement_line, bank_movement, bank_movement_reference,"
                        + " reconciliation_match, bank_statement, reconciliation_opening, reconciliation_day");
        assertThat(complaints).isEmpty();
    }

    @Test
    void one_sends_the_payroll_another_looks_and_releases_it() {
        rules.looksForLookalikes(Duration.ofMinutes(10));
        // Somebody who was paid before, to another key than today.
        var before = run + "-before";
        Http.admin()
                .post(
                        "/payouts/batch",
                        "{\"batch_id\":\"%1$s\",\"items\":[%2$s]}"
                                .formatted(before, item(before, "bia", 250_000, "bia@mail.com")));
        var ana = Treasury.person("ana", Map.of("release_above_cents", 100_000));
        var bruno =
                Treasury.person(Map.of("roles", Map.of("payouts", "operator", "ledger", "read")));

        var hers = signedIn(ana);
        hers.navigate("/app/payouts/new");
        hers.locator("#content")
                .fill(
                        """
                        {"batch_id":"%s","items":[%s,%s,%s,%s]}"""
                                .formatted(
                                        run,
                                        item(run + "-1", "ana", 350_000, "529.982.247-25"),
                                        item(run + "-2", "bia", 420_000, "+5511912345678"),
                                        item(run + "-3", "caio", 250_000, "bia@mail.com"),
                                        item(run + "-4", "duda", 180_000, "duda@mail.com")));
        hers.locator("#check").click();
        assertThat(hers.locator("#verdict")).containsText("espera que outra pessoa libere");
        shot(hers, "1-composed");
        hers.locator("#send").click();
        hers.waitForURL("**/app/payouts/batch?id=" + run);
        assertThat(hers.locator("#n-held")).hasText("4");
        shot(hers, "2-batch-held");
        hers.locator("#holds a").click();
        assertThat(hers.locator("#why-not")).containsText("outra pessoa precisa liberar");
        assertThat(hers.locator("#release button")).isDisabled();

        var his = signedIn(bruno);
        his.navigate("/app/payouts");
        assertThat(his.locator("#waiting")).isVisible();
        shot(his, "3-payouts-waiting");
        his.navigate("/app/payouts/holds");
        shot(his, "4-holds");
        his.locator("a.row-link", new Page.LocatorOptions().setHasText(run)).first().click();
        assertThat(his.locator("#digest")).hasText(Treasury.hold(run).get("digest").textValue());
        assertThat(his.locator("main")).containsText("receberia em outra chave");
        assertThat(his.locator("main")).containsText("parece repetido");
        shot(his, "5-hold");
        his.onceDialog(Dialog::accept);
        his.locator("#release button").click();
        assertThat(his.locator(".status-line .badge")).hasText("Enviado");
        shot(his, "6-released");
        assertThat(Treasury.status(run + "-1")).isEqualTo("paid");
        assertThat(statement.payments(run + "-4")).isEqualTo(1);
    }

    @Test
    void a_batch_is_scheduled_and_taken_back_and_another_is_refused() {
        var ana = Treasury.person("ana", Map.of("release_above_cents", 100_000));
        var hers = signedIn(ana);
        hers.navigate("/app/payouts/new");
        hers.locator("#content")
                .fill("external_id,amount_cents,pix_key\n%s-1,70000,ana@mail.com\n".formatted(run));
        var hour =
                LocalDateTime.ofInstant(
                                clock.instant().plus(Duration.ofHours(3)), BusinessDays.SAO_PAULO)
                        .truncatedTo(ChronoUnit.MINUTES);
        hers.locator("#scheduled-for").fill(hour.toString());
        hers.locator("#batch-id").fill(run);
        hers.locator("#check").click();
        assertThat(hers.locator("#verdict")).containsText("na hora marcada");
        hers.locator("#send").click();
        hers.waitForURL("**/app/payouts/batch?id=" + run);
        hers.locator("#holds a").click();
        shot(hers, "7-scheduled");
        hers.onceDialog(Dialog::accept);
        hers.locator("#cancel button").click();
        assertThat(hers.locator(".status-line .badge")).hasText("Cancelado");
        clock.passes(Duration.ofHours(4));
        job.run();
        assertThat(statement.payments(run + "-1")).isZero();

        var other = run + "-b";
        ana.http().post("/payouts/batch", Batches.batch(other, Batches.item(other, 200_000)));
        var his = signedIn(Treasury.person("bruno", Map.of()));
        his.navigate("/app/payouts/hold?id=" + Treasury.hold(other).get("id").textValue());
        his.locator("#refuse input").fill("Já foi pago na segunda");
        his.locator("#refuse button").click();
        assertThat(his.locator(".status-line .badge")).hasText("Recusado");
        assertThat(his.locator(".status-line")).containsText("Já foi pago na segunda");
        shot(his, "8-refused");
        assertThat(Treasury.status(other)).isEqualTo("failed release_refused");
    }

    @Test
    void the_treasurer_ties_the_day_out() {
        var day = BusinessDays.today(clock);
        var csv = new StringBuilder("date;amount;end_to_end_id;description\n");
        for (var i = 1; i <= 4; i++) {
            var id = run + "-" + i;
            Http.admin().post("/payouts/batch", Batches.batch(id, Batches.item(id, 10_000 * i)));
            var endToEnd =
                    Http.admin()
                            .get("/payouts/" + id)
                            .json()
                            .at("/attempts/0/end_to_end_id")
                            .textValue();
            if (i != 2) {
                csv.append(line(i == 4 ? day.plusDays(1) : day, i, endToEnd));
            }
            if (i == 3) {
                csv.append(line(day, i, endToEnd));
            }
        }
        csv.append(day).append(";-12.90;;Tarifa\n");
        clock.passes(Duration.ofDays(2));
        Http.admin()
                .with("Content-Type", "text/csv")
                .post("/reconciliation/statements?name=extrato.csv", csv.toString());
        var treasurer =
                signedIn(
                        Treasury.person(
                                Map.of("roles", Map.of("payouts", "read", "ledger", "admin"))));
        treasurer.navigate("/app/reconciliation");
        shot(treasurer, "9-days");
        treasurer.navigate("/app/reconciliation/day?date=" + day);
        assertThat(treasurer.locator("#lines tr.doubled")).hasCount(1);
        assertThat(treasurer.locator("#lines tr.extra")).hasCount(1);
        assertThat(treasurer.locator("#movements tr.missing")).hasCount(1);
        assertThat(treasurer.locator("#movements tr.late")).hasCount(1);
        shot(treasurer, "10-day");
        treasurer.locator("#movements tr.late input").check();
        treasurer.locator("#match button.primary").click();
        assertThat(treasurer.locator("#movements tr.late")).hasCount(0);
    }

    private static String line(LocalDate day, int number, String endToEnd) {
        return "%s;-%d.00;%s;Pix enviado\n".formatted(day, 100 * number, endToEnd);
    }

    private static String item(String id, String user, long cents, String key) {
        return "{\"external_id\":\"%s\",\"user_id\":\"%s\",\"amount_cents\":%d,\"pix_key\":\"%s\"}"
                .formatted(id, user, cents, key);
    }

    private Page signedIn(Person person) {
        var window = browsers.window("pt-BR");
        windows.add(window);
        var page = window.newPage();
        page.setDefaultTimeout(60_000);
        page.onPageError(complaints::add);
        page.onConsoleMessage(
                message -> {
                    if (message.text().contains("Content Security Policy")) {
                        complaints.add(message.text());
                    }
                });
        page.navigate("/app");
        page.locator("[name=username]").fill(person.name());
        page.locator("[name=password]").fill(Treasury.PASSWORD);
        page.locator("form button").click();
        page.waitForURL(url -> url.contains("/app/") && !url.contains("sign-in"));
        return page;
    }

    /// As a desk and as a phone see it, in the light and in the dark.
    private static void shot(Page page, String name) {
        for (var scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            for (var width : List.of(1280, 390)) {
                page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
                page.setViewportSize(width, 900);
                page.screenshot(
                        new Page.ScreenshotOptions()
                                .setFullPage(true)
                                .setPath(
                                        SHOTS.resolve(
                                                "%s-%s-%d.png"
                                                        .formatted(
                                                                name,
                                                                scheme.toString().toLowerCase(),
                                                                width))));
            }
        }
        page.setViewportSize(1280, 900);
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
    }
}
