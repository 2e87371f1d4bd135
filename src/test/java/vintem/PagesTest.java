package vintem;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What holds for every page, whatever it shows.
@QuarkusTest
@QuarkusTestResource(World.class)
class PagesTest {
    private static final int MOST_BYTES = 200 * 1024;
    private static final Pattern ID = Pattern.compile("<[^>]*\\sid=\"([^\"]*)\"");

    private static final Pattern ASSET = Pattern.compile("(?:href|src)=\"(/web/[^\"#]+)");

    /// Every page there is, as an administrator sees it.
    static List<String> pages() {
        return List.of(
                "/app/sign-in",
                "/app/new-password",
                "/app",
                "/app/search",
                "/app/story/none",
                "/app/settings",
                "/app/parked-events",
                "/app/parked-events?after=webhooks_1&tried=failed",
                "/app/sandbox",
                "/app/payments",
                "/app/payments?q=nobody&status=paid",
                "/app/payments/new",
                "/app/payments/one?id=none",
                "/app/payments/unmatched",
                "/app/payouts",
                "/app/payouts/new",
                "/app/payouts/batch?id=none",
                "/app/payouts/one?external_id=none",
                "/app/payouts/holds",
                "/app/payouts/holds?state=scheduled",
                "/app/payouts/hold?id=none",
                "/app/reconciliation",
                "/app/reconciliation/day?date=2020-01-01",
                "/app/billing",
                "/app/billing/new",
                "/app/billing/file?id=none",
                "/app/billing/charges",
                "/app/billing/charges?status=open&debtor=ninguem&due_from=&due_to=2026-12-31",
                "/app/billing/charge?id=none",
                "/app/billing/unknown",
                "/app/billing/suppressions",
                "/app/billing/suppressions?email=ninguem@example.com",
                "/app/billing/outbox",
                "/app/billing/outbox/one?id=none",
                "/app/cashback/cadastro",
                "/app/purchases",
                "/app/purchases?status=approved&page=9",
                "/app/purchases/rates",
                "/app/purchases/import",
                "/app/purchases/closes",
                "/app/investments",
                "/app/investments?month=2&year=2026&window=semanal&search=ninguem&sort=-atual",
                "/app/investments/custody",
                "/app/investments/client?id=0",
                "/app/investments/assets",
                "/app/investments/returns",
                "/app/ledger",
                "/app/ledger?as_of=2020-01-31",
                "/app/ledger/bank",
                "/app/ledger/bank?as_of=2020-01-31",
                "/app/webhooks",
                "/app/webhooks/new",
                "/app/webhooks/endpoint?id=none",
                "/app/webhooks/deliveries",
                "/app/webhooks/deliveries?status=dead&type=payout.paid",
                "/app/webhooks/delivery?id=none",
                "/app/access",
                "/app/access/users",
                "/app/access/user",
                "/app/access/keys",
                "/app/access/key",
                "/app/access/log",
                "/app/docs/rounding",
                "/app/access/reads",
                "/app/access/reads?subject_id=nobody",
                "/app/privacy",
                "/app/ledger/months",
                "/app/ledger/months?month=2020-01",
                "/app/no-such-page");
    }

    @ParameterizedTest
    @MethodSource("pages")
    void every_page_is_small_safe_and_in_both_languages(String path) {
        for (var language : new String[] {"pt-BR", "en"}) {
            var answer = browser().with("Accept-Language", language).get(path);
            assertThat(answer.status()).isIn(200, 404);
            assertThat(answer.header("Content-Type")).startsWith("text/html");
            assertThat(answer.header("Content-Language")).isEqualTo(language);
            assertThat(answer.header("Content-Security-Policy"))
                    .contains("default-src 'self'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(answer.header("Referrer-Policy")).isEqualTo("same-origin");
            assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
            assertThat(answer.body())
                    .contains("SANDBOX", "<html lang=\"" + language + "\">")
                    .doesNotContain("style=\"", "<style", "onclick=", "http://", "https://");
            // A label that names an id twice names the wrong field.
            assertThat(ID.matcher(answer.body()).results().map(it -> it.group(1)))
                    .doesNotHaveDuplicates();
            assertThat(weight(answer.body())).isLessThan(MOST_BYTES);
        }
    }

    @Test
    void what_stands_under_web_may_be_kept_and_is_compressed() {
        var page = browser().get("/app/payouts").body();
        var asset = ASSET.matcher(page);
        assertThat(asset.find()).isTrue();
        var style = Http.nobody().with("Accept-Encoding", "gzip").get(asset.group(1));
        assertThat(style.status()).isEqualTo(200);
        assertThat(style.header("Cache-Control")).contains("immutable");
    }

    @Test
    void whoever_may_not_see_a_page_is_told_so_on_a_page() {
        var name = "leitor";
        var body =
                """
                {"name":"%s","password":"uma boa senha","roles":{"payouts":"read"}}"""
                        .formatted(name);
        assertThat(Http.admin().post("/users", body).status()).isEqualTo(201);
        var reader = Http.nobody().signedIn(name, "uma+boa+senha").with("Accept", "text/html");
        assertThat(reader.get("/app/payouts").body()).doesNotContain("/app/payouts/new");
        var refused = reader.get("/app/payouts/new");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body()).contains("<html", "Isto não está liberado para você");
        assertThat(reader.get("/app/ledger").status()).isEqualTo(403);
        assertThat(reader.get("/app/access/users").status()).isEqualTo(403);
        assertThat(reader.get("/app/access").status()).isEqualTo(200);
    }

    @Test
    void programs_are_answered_with_a_problem_and_not_with_a_page() {
        var answer = Http.admin().get("/app/no-such-page");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    }

    @Test
    void the_bare_address_leads_to_the_pages() {
        assertThat(Http.nobody().get("/").header("Location")).isEqualTo("/app");
        assertThat(browser().get("/app").body()).contains("Visão geral");
    }

    @Test
    void both_languages_say_the_same_things() {
        var portuguese = words("pt");
        var english = words("en");
        assertThat(portuguese.stringPropertyNames()).isEqualTo(english.stringPropertyNames());
        var gap = Pattern.compile("\\{\\d}");
        for (var key : portuguese.stringPropertyNames()) {
            assertThat(gaps(gap, portuguese.getProperty(key)))
                    .as(key)
                    .isEqualTo(gaps(gap, english.getProperty(key)));
        }
    }

    private static Http browser() {
        return Http.admin().with("Accept", "text/html");
    }

    /// The page and all that it loads, compressed.
    private static long weight(String page) {
        var assets =
                ASSET.matcher(page)
                        .results()
                        .map(each -> each.group(1))
                        .collect(java.util.stream.Collectors.toSet());
        return compressed(page)
                + assets.stream()
                        .mapToLong(each -> compressed(Http.nobody().get(each).body()))
                        .sum();
    }

    private static long compressed(String text) {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(bytes)) {
            zip.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
        return bytes.size();
    }

    private static Set<String> gaps(Pattern gap, String text) {
        return gap.matcher(text)
                .results()
                .map(java.util.regex.MatchResult::group)
                .collect(java.util.stream.Collectors.toSet());
    }

    private static Properties words(String language) {
        var name = "/messages/" + language + ".properties";
        try (var in = PagesTest.class.getResourceAsStream(name)) {
            var words = new Properties();
            words.load(
                    new java.io.InputStreamReader(
                            Objects.requireNonNull(in), StandardCharsets.UTF_8));
            return words;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
