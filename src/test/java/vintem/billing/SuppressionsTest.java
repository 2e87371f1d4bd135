package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashSet;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vintem.Http;
import vintem.Rows;
import vintem.World;
import vintem.platform.BusinessDays;

/// Whoever wants no more mails gets no more.
@QuarkusTest
@QuarkusTestResource(World.class)
class SuppressionsTest {
    @Inject Debtors debtors;
    @Inject Clock clock;
    @Inject NotifyDebtors notifyDebtors;

    @BeforeEach
    void nobody_waits() {
        Rows.change(
                "update charge_email set status = 'skipped', counted = true"
                        + " where status in ('queued', 'sending')");
        Rows.change("delete from suppression");
    }

    @Test
    void a_debtor_stops_by_one_click_and_a_link_that_is_only_opened_stops_nothing() {
        var charge = debtors.owe(100, BusinessDays.today(clock));
        var link = "/unsubscribe/" + UnsubscribeToken.of(charge.id(), charge.pageKey()).text();
        var page = Http.nobody().with("Accept", "text/html").get(link);
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.body())
                .contains("Não receber mais", "d***@mail.example", "method=\"post\"")
                .doesNotContain(charge.email());
        assertThat(count()).isZero();
        for (var times = 0; times < 2; times++) {
            var done =
                    Http.nobody()
                            .with("Content-Type", "application/x-www-form-urlencoded")
                            .send(
                                    "POST",
                                    link,
                                    "List-Unsubscribe=One-Click".getBytes(StandardCharsets.UTF_8));
            assertThat(done.status()).isEqualTo(200);
            assertThat(done.body()).contains("Pronto");
        }
        assertThat(count()).isEqualTo(1);
        notifyDebtors.send();
        assertThat(Rows.text("select status from charge_email where charge_id = ?", charge.id()))
                .isEqualTo("suppressed");
        assertThat(Rows.text("select reason || ' ' || by from suppression"))
                .isEqualTo("unsubscribed debtor");
    }

    @Test
    void a_link_that_is_not_ours_stops_nobody() {
        var charge = debtors.owe(100, BusinessDays.today(clock));
        var right = UnsubscribeToken.of(charge.id(), charge.pageKey()).text();
        var other = UnsubscribeToken.of(charge.id(), UUID.randomUUID()).text();
        var nobody = UnsubscribeToken.of(UUID.randomUUID(), charge.pageKey()).text();
        for (var token :
                new String[] {other, nobody, right.substring(1), right + "A", "x", "%00", "%20"}) {
            for (var verb : new String[] {"GET", "POST"}) {
                var program = Http.nobody().send(verb, "/unsubscribe/" + token, new byte[0]);
                assertThat(program.status()).as(token).isEqualTo(404);
                assertThat(program.header("Content-Type")).startsWith("application/problem+json");
                var browser =
                        Http.nobody()
                                .with("Accept", "text/html")
                                .send(verb, "/unsubscribe/" + token, new byte[0]);
                assertThat(browser.status()).as(token).isEqualTo(404);
                assertThat(browser.body()).contains("Este endereço não diz nada");
            }
        }
        assertThat(count()).isZero();
    }

    @Test
    void the_link_that_stops_does_not_open_the_debtors_page() {
        var charge = debtors.owe(100, BusinessDays.today(clock));
        var page = DebtorLink.token(charge.id(), charge.pageKey());
        assertThat(UnsubscribeToken.of(charge.id(), charge.pageKey()).text()).isNotEqualTo(page);
        assertThat(Http.nobody().get("/unsubscribe/" + page).status()).isEqualTo(404);
    }

    @Test
    void an_operator_suppresses_lists_and_lifts_and_it_is_written_down() {
        var admin = Http.admin();
        var added = admin.post("/billing/suppressions", "{\"email\":\" Ana.Maria@Mail.Example\"}");
        assertThat(added.status()).isEqualTo(201);
        assertThat(added.json().required("email").textValue()).isEqualTo("A***@mail.example");
        assertThat(added.json().required("reason").textValue()).isEqualTo("manual");
        assertThat(added.json().required("by").textValue()).isEqualTo("admin");
        assertThat(
                        admin.post(
                                        "/billing/suppressions",
                                        "{\"email\":\"ana.maria@mail.example\"}")
                                .status())
                .isEqualTo(200);
        var charge =
                debtors.owe(
                        "Ana",
                        "ana.maria@MAIL.example",
                        100,
                        BusinessDays.today(clock),
                        null,
                        null);
        notifyDebtors.send();
        assertThat(Rows.text("select status from charge_email where charge_id = ?", charge.id()))
                .isEqualTo("suppressed");
        var id = added.json().required("id").textValue();
        assertThat(found(admin, "ANA.maria@mail.example")).isEqualTo(1);
        assertThat(found(admin, "ana@mail.example")).isZero();
        assertThat(admin.get("/billing/suppressions?email=nobody").status()).isEqualTo(400);
        assertThat(
                        admin.get("/billing/suppressions")
                                .json()
                                .required("items")
                                .get(0)
                                .required("id"))
                .isEqualTo(added.json().required("id"));
        for (var wrong : new String[] {"because", "%00", "a%ED%A0%80"}) {
            assertThat(
                            admin.send(
                                            "DELETE",
                                            "/billing/suppressions/" + id + "?reason=" + wrong,
                                            new byte[0])
                                    .status())
                    .as(wrong)
                    .isEqualTo(400);
        }
        assertThat(
                        admin.send(
                                        "DELETE",
                                        "/billing/suppressions/" + id + "?reason=asked",
                                        new byte[0])
                                .status())
                .isEqualTo(204);
        assertThat(
                        Rows.text(
                                "select detail from access_log where action = 'suppression.lifted'"
                                        + " order by id desc limit 1"))
                .isEqualTo("asked");
        assertThat(admin.send("DELETE", "/billing/suppressions/" + id, new byte[0]).status())
                .isEqualTo(404);
        var log = admin.get("/access-log?limit=2").body();
        assertThat(log)
                .contains("suppression.added", "suppression.lifted", id.substring(0, 12))
                .doesNotContain("ana.maria", "Ana.Maria", id);
    }

    private static int found(Http somebody, String address) {
        return somebody.get("/billing/suppressions?email=" + address)
                .json()
                .required("items")
                .size();
    }

    @Test
    void a_long_list_is_read_page_by_page() {
        var admin = Http.admin();
        for (var i = 0; i < 7; i++) {
            admin.post("/billing/suppressions", "{\"email\":\"p%d@mail.example\"}".formatted(i));
        }
        // Those of one moment are told apart, too.
        Rows.change("update suppression set since = now() where shown like 'p%'");
        var seen = new HashSet<String>();
        var path = "/billing/suppressions?limit=3";
        while (path != null) {
            var page = admin.get(path).json();
            page.required("items").forEach(it -> seen.add(it.required("id").textValue()));
            var next = page.required("next");
            path = next.isNull() ? null : "/billing/suppressions?limit=3&after=" + next.textValue();
        }
        assertThat(seen).hasSize(7);
        assertThat(admin.get("/billing/suppressions?after=x").status()).isEqualTo(400);
    }

    @Test
    void what_is_no_address_is_not_suppressed() {
        for (var wrong : new String[] {"\"\"", "\"ana\"", "\"a@b.example\\r\\nx\"", "1", "null"}) {
            assertThat(
                            Http.admin()
                                    .post("/billing/suppressions", "{\"email\":" + wrong + "}")
                                    .status())
                    .as(wrong)
                    .isEqualTo(400);
        }
    }

    @Test
    void what_debtors_were_told_is_listed() {
        var charge = debtors.owe(100, BusinessDays.today(clock));
        notifyDebtors.send();
        var admin = Http.admin();
        var newest =
                admin.get("/billing/emails?status=sent&limit=1").json().required("items").get(0);
        assertThat(newest.required("charge_id").textValue()).isEqualTo(charge.id().toString());
        assertThat(newest.required("reason").textValue()).isEqualTo("issued");
        var kept = admin.get("/billing/outbox?charge_id=" + charge.id()).json().required("items");
        assertThat(kept).hasSize(1);
        assertThat(kept.get(0).required("recipient").textValue()).isEqualTo("d***@mail.example");
        Rows.change(
                "update charge_email set repeated = true where charge_id = '" + charge.id() + "'");
        var repeated = admin.get("/billing/emails?repeated=true&limit=1").json();
        assertThat(repeated.required("items").get(0).required("repeated").booleanValue()).isTrue();
        for (var wrong :
                new String[] {
                    "status=x", "repeated=false", "repeated=true&status=sent", "after=x"
                }) {
            assertThat(admin.get("/billing/emails?" + wrong).status()).as(wrong).isEqualTo(400);
        }
        assertThat(admin.get("/billing/outbox?charge_id=x").status()).isEqualTo(400);
    }

    @Test
    void a_kept_mail_is_shown_as_it_looks_and_can_do_nothing() {
        var charge =
                debtors.owe(
                        "<script>alert(1)</script>",
                        Debtors.address(),
                        100,
                        BusinessDays.today(clock),
                        null,
                        null);
        notifyDebtors.send();
        var browser = Http.admin().with("Accept", "text/html");
        var list = browser.get("/app/billing/outbox").body();
        assertThat(list).contains("d***@mail.example").doesNotContain(charge.email());
        var id = Rows.number("select id from sandbox_mail where charge_id = ?", charge.id());
        assertThat(browser.get("/app/billing/outbox/one?id=" + id).body())
                .contains("sandbox=\"allow-popups", charge.id() + ".issued@", charge.email());
        var body = browser.get("/app/billing/outbox/body?id=" + id);
        assertThat(body.header("Content-Security-Policy"))
                .contains("default-src 'none'", "sandbox")
                .doesNotContain("script");
        assertThat(body.body())
                .contains("data:image/png;base64,", "&lt;script&gt;")
                .doesNotContain("<script");
        assertThat(browser.get("/app/billing/outbox/one?id=999999999").status()).isEqualTo(404);
        assertThat(browser.get("/app/billing/outbox/body?id=x").status()).isEqualTo(404);
    }

    private static long count() {
        return Rows.number("select count(*) from suppression");
    }
}
