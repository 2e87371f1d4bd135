package vintem.cashback;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.Books;
import vintem.Http;
import vintem.Rows;
import vintem.World;
import vintem.platform.BusinessDays;
import vintem.platform.TaxId;
import vintem.platform.Together;

/// Resellers as the contract has them, and what is known of them as a person.
@QuarkusTest
@QuarkusTestResource(World.class)
class ResellerContractTest {
    @Inject Clock clock;

    @AfterEach
    void guesses_are_forgotten() {
        Rows.forgetGuesses();
    }

    @AfterAll
    static void every_cent_is_there() {
        Books.assertInOrder();
    }

    @Test
    void somebody_registers_without_a_credential_and_is_never_told_their_password() {
        var cpf = Sellers.newCpf();
        var masked = new TaxId.Cpf(cpf).formatted();
        var name = "nova." + UUID.randomUUID();
        var answer =
                Http.nobody()
                        .post(
                                "/revendedor",
                                Sellers.registration(name, masked, name + "@Example.com"));
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        assertThat(answer.json().required("cpf").asText()).isEqualTo(cpf);
        assertThat(answer.json().required("email").asText()).isEqualTo(name + "@example.com");
        assertThat(answer.body()).doesNotContain(Sellers.PASSWORD, "password", "hash");
        assertThat(
                        Rows.text(
                                "select password_hash from app_user where id = ?::uuid",
                                answer.json().required("id").asText()))
                .as("bcrypt, salted and slow")
                .startsWith("$2a$");
    }

    @ParameterizedTest
    @ValueSource(strings = {"full_name", "cpf", "email", "password", "username"})
    void nobody_registers_without_a_name_a_cpf_an_e_mail_or_a_password(String field) {
        var name = "f." + UUID.randomUUID();
        var good = Sellers.registration(name, Sellers.newCpf(), name + "@x.com");
        for (var wrong : List.of("null", "\"\"", "\"  \"", "7")) {
            var body = good.replaceFirst("\"%s\":\"[^\"]*\"".formatted(field), field(field, wrong));
            var answer = Http.nobody().post("/revendedor", body);
            assertThat(answer.status()).as(body).isEqualTo(400);
            assertThat(answer.json().at("/violations/0/pointer").asText()).isEqualTo("/" + field);
        }
        var without = good.replaceFirst("\"%s\":\"[^\"]*\",".formatted(field), "");
        assertThat(Http.nobody().post("/revendedor", without).status()).isEqualTo(400);
        assertThat(Http.nobody().post("/revendedor", good).status()).isEqualTo(201);
    }

    private static String field(String name, String value) {
        return Matcher.quoteReplacement("\"%s\":%s".formatted(name, value));
    }

    @Test
    void cpf_e_mail_and_user_name_are_one_persons_whatever_their_mask() {
        var seller = Sellers.register();
        var masked = new TaxId.Cpf(seller.cpf()).formatted();
        var unique = "b." + UUID.randomUUID();
        assertTaken(Sellers.registration(unique, masked, unique + "@x.com"), "cpf-taken");
        assertTaken(
                Sellers.registration(unique, Sellers.newCpf(), seller.email().toUpperCase()),
                "email-taken");
        assertTaken(
                Sellers.registration(seller.userName(), Sellers.newCpf(), unique + "@x.com"),
                "username-taken");
        // Whoever was refused left nothing behind: the name is free.
        assertThat(
                        Http.nobody()
                                .post(
                                        "/revendedor",
                                        Sellers.registration(
                                                unique, Sellers.newCpf(), unique + "@x.com"))
                                .status())
                .isEqualTo(201);
    }

    @Test
    void of_many_who_register_with_one_cpf_at_once_one_does() {
        var cpf = Sellers.newCpf();
        var statuses =
                Together.atOnce(
                        8,
                        () -> {
                            var name = "c." + UUID.randomUUID();
                            return Http.nobody()
                                    .post(
                                            "/revendedor",
                                            Sellers.registration(name, cpf, name + "@x.com"))
                                    .status();
                        });
        assertThat(statuses.stream().filter(it -> it == 201)).hasSize(1);
        assertThat(statuses.stream().filter(it -> it == 409)).as("%s", statuses).hasSize(7);
    }

    @Test
    void nobody_registers_as_more_than_a_reseller() {
        var name = "d." + UUID.randomUUID();
        var body =
                Sellers.registration(name, Sellers.newCpf(), name + "@x.com")
                        .replace(
                                "{\"full_name\"",
                                """
                                {"role":"admin","roles":{"cashback":"admin"},"is_admin":true,
                                "kind":"user","active":true,"full_name\"""");
        assertThat(Http.nobody().post("/revendedor", body).status()).isEqualTo(201);
        var http = Sellers.signedIn(name);
        assertThat(http.get("/auth/me").json().required("roles")).isEmpty();
        assertThat(http.get("/auth/me").json().required("kind").asText()).isEqualTo("reseller");
        for (var path :
                List.of("/users", "/payouts", "/ledger/accounts", "/cashback/fechamentos")) {
            assertThat(http.get(path).status()).as(path).isEqualTo(403);
        }
    }

    @Test
    void a_reseller_is_no_user_of_the_company_that_could_be_given_a_role() {
        var seller = Sellers.register();
        assertThat(Http.admin().get("/users/" + seller.id()).status()).isEqualTo(404);
        assertThat(
                        Sellers.patch(
                                        Http.admin(),
                                        "/users/" + seller.id(),
                                        "{\"roles\":{\"payouts\":\"admin\"}}")
                                .status())
                .isEqualTo(404);
        assertThat(Http.admin().get("/users?limit=200").body()).doesNotContain(seller.id());
    }

    @Test
    void they_sign_in_by_user_name_e_mail_or_cpf_with_and_without_mask() {
        var seller = Sellers.register();
        var masked = new TaxId.Cpf(seller.cpf()).formatted();
        for (var name : List.of(seller.userName(), seller.email(), seller.cpf(), masked)) {
            for (var route : List.of("/token", "/auth/login")) {
                var answer = signIn(route, name, Sellers.PASSWORD);
                assertThat(answer.status()).as(route + " " + name).isEqualTo(200);
                var json = answer.json();
                assertThat(json.required("token_type").asText()).isEqualTo("bearer");
                assertThat(json.required("token_expire").asText())
                        .matches("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}");
                assertThat(json.required("expires_in").asLong()).isEqualTo(3600);
                var me =
                        Http.nobody()
                                .bearer(json.required("access_token").asText())
                                .get("/auth/me")
                                .json();
                assertThat(me.at("/revendedor/cpf").asText()).isEqualTo(seller.cpf());
            }
        }
        assertThat(signIn("/auth/login", seller.email(), "wrong password").status()).isEqualTo(401);
        assertThat(signIn("/token", "ninguem@x.com", Sellers.PASSWORD).status()).isEqualTo(401);
    }

    @Test
    void a_token_says_in_sao_paulos_time_when_it_ends() {
        var seller = Sellers.register();
        var before = clock.instant();
        var json = signIn("/token", seller.userName(), Sellers.PASSWORD).json();
        var after = clock.instant();
        var end = json.required("token_expire").asText();
        var seconds = json.required("expires_in").asLong();
        assertThat(end).isBetween(minute(before, seconds), minute(after, seconds));
    }

    private static String minute(Instant from, long seconds) {
        return DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm")
                .withZone(BusinessDays.SAO_PAULO)
                .format(from.plusSeconds(seconds));
    }

    /// A name that is another's address or CPF would let its owner's password open a stranger's
    /// account, or shut them out of their own.
    @Test
    void no_user_name_looks_like_somebody_elses_cpf_or_address() {
        var victim = Sellers.register();
        for (var name : List.of(victim.cpf(), victim.email(), "a@b.com", "ab", "Ação", "a b")) {
            var answer =
                    Http.nobody()
                            .post(
                                    "/revendedor",
                                    Sellers.registration(
                                            name, Sellers.newCpf(), UUID.randomUUID() + "@x.com"));
            assertThat(answer.status()).as(name).isEqualTo(400);
            assertThat(answer.json().at("/violations/0/pointer").asText()).isEqualTo("/username");
        }
    }

    @Test
    void guesses_are_counted_by_person_whichever_of_their_names_is_typed() {
        var seller = Sellers.register();
        var masked = new TaxId.Cpf(seller.cpf()).formatted();
        var names =
                List.of(seller.userName(), seller.email(), seller.cpf(), masked, seller.email());
        names.forEach(it -> assertThat(signIn("/token", it, "a guess").status()).isEqualTo(401));
        assertThat(signIn("/token", seller.userName(), Sellers.PASSWORD).status()).isEqualTo(429);
    }

    @Test
    void so_many_register_from_one_address_and_then_ever_slower() {
        var counted = "select attempts from sign_in_failure where subject like 'registration:%'";
        Sellers.register();
        var before = Rows.number(counted);
        Sellers.register();
        assertThat(Rows.number(counted)).isEqualTo(before + 1);
        // Beyond whatever other tests have made of the clock.
        Rows.change(
                "update sign_in_failure set wait_until = now() + interval '100 years'"
                        + " where subject like 'registration:%'");
        var name = "e." + UUID.randomUUID();
        var answer =
                Http.nobody()
                        .post(
                                "/revendedor",
                                Sellers.registration(name, Sellers.newCpf(), name + "@x.com"));
        Rows.forgetGuesses();
        assertThat(answer.status()).isEqualTo(429);
        assertThat(Long.parseLong(answer.header("Retry-After"))).isGreaterThan(80_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"any text", "", "null", "Bearer", "a.b.c", "eyJhbGciOiJub25lIn0.e30."})
    void no_other_text_is_a_token(String text) {
        for (var path : List.of("/auth/me", "/compra", "/cashback", "/revendedor")) {
            var answer = Http.nobody().with("Authorization", "Bearer " + text).get(path);
            assertThat(answer.status()).as(path).isEqualTo(401);
        }
    }

    @Test
    void a_forged_or_worn_out_token_opens_no_route() {
        var seller = Sellers.register();
        var token = seller.http().header("Authorization").substring("Bearer ".length());
        var parts = token.split("\\.");
        var none =
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8));
        var payload = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
        var longer =
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(
                                payload.replaceAll("\"exp\":[0-9]+", "\"exp\":99999999999")
                                        .getBytes(StandardCharsets.UTF_8));
        for (var forged :
                List.of(
                        parts[0] + "." + longer + "." + parts[2],
                        none + "." + parts[1] + ".",
                        parts[0] + "." + parts[1] + ".",
                        token.substring(0, token.length() - 4) + "AAAA")) {
            for (var path : List.of("/auth/me", "/compra", "/cashback/extrato")) {
                assertThat(Http.nobody().bearer(forged).get(path).status()).isEqualTo(401);
            }
        }
        assertThat(seller.http().post("/auth/sign-out", "").status()).isEqualTo(204);
        assertThat(seller.http().get("/compra").status()).isEqualTo(401);
    }

    @Test
    void an_expired_token_opens_no_route() {
        var seller = Sellers.register();
        Rows.change(
                "update session set expires_at = now() - interval '1 second' where user_id = '%s'"
                        .formatted(seller.id()));
        for (var path : List.of("/auth/me", "/compra", "/cashback", "/revendedor")) {
            assertThat(seller.http().get(path).status()).as(path).isEqualTo(401);
        }
    }

    @Test
    void a_cpf_is_whole_for_its_owner_and_administrators_alone() {
        var seller = Sellers.register();
        var reader = reader();
        var path = "/revendedor?username=" + seller.userName();
        assertThat(seller.http().get(path).body()).contains(seller.cpf());
        assertThat(Http.admin().get(path).body()).contains(seller.cpf());
        assertThat(reader.get(path).body())
                .doesNotContain(seller.cpf(), seller.email())
                .contains(new TaxId.Cpf(seller.cpf()).masked());
        seller.buys("10.00", "2026-10-31");
        assertThat(reader.get("/compra?size=100").body()).doesNotContain(seller.cpf());
        var page = Http.admin().get("/revendedor?size=1").json();
        assertThat(page.required("items")).hasSize(1);
        assertThat(page.required("pages").asLong()).isEqualTo(page.required("total").asLong());
    }

    @Test
    void they_change_their_details_and_nobody_elses() {
        var ana = Sellers.register();
        var bia = Sellers.register();
        var path = "/revendedor?id=" + ana.id();
        var changed = Sellers.patch(ana.http(), path, "{\"full_name\":\"Ana S.\",\"phone\":null}");
        assertThat(changed.status()).as(changed.body()).isEqualTo(200);
        assertThat(changed.json().required("full_name").asText()).isEqualTo("Ana S.");
        assertThat(Sellers.patch(bia.http(), path, "{\"full_name\":\"B\"}").status())
                .isEqualTo(404);
        assertThat(
                        Sellers.patch(ana.http(), path, "{\"email\":\"%s\"}".formatted(bia.email()))
                                .status())
                .isEqualTo(409);
        for (var fixed : List.of("\"cpf\":\"529.982.247-25\"", "\"username\":\"eu\"")) {
            assertThat(Sellers.patch(ana.http(), path, "{" + fixed + "}").status()).isEqualTo(400);
        }
    }

    @Test
    void who_is_deleted_neither_signs_in_nor_buys_and_may_start_anew() {
        var seller = Sellers.register();
        var path = "/revendedor?id=" + seller.id();
        assertThat(Sellers.delete(Sellers.register().http(), path).status()).isEqualTo(404);
        var deleted = Sellers.delete(seller.http(), path);
        assertThat(deleted.status()).isEqualTo(200);
        assertThat(deleted.json().required("detail").asText()).isEqualTo("successfully deleted");
        assertThat(seller.http().get("/compra").status()).isEqualTo(401);
        assertThat(signIn("/token", seller.userName(), Sellers.PASSWORD).status()).isEqualTo(401);
        var body = Sellers.purchase(Sellers.newCode(), "1.00", "2026-10-31", seller.cpf());
        assertThat(Http.admin().post("/compra", body).status()).isEqualTo(422);
        assertThat(Sellers.delete(Http.admin(), path).status()).isEqualTo(404);
        assertThat(
                        Rows.number(
                                "select count(*) from reseller"
                                        + " where id = ?::uuid and deleted_at is not null",
                                seller.id()))
                .as("the row stays")
                .isEqualTo(1);
        assertThat(Sellers.register(seller.cpf()).id()).isNotEqualTo(seller.id());
    }

    @Test
    void they_are_handed_out_all_that_is_kept_about_them() {
        var seller = Sellers.register();
        seller.approved("1000.00", "2026-10-31");
        var export = seller.http().get("/revendedor/dados?id=" + seller.id());
        assertThat(export.status()).as(export.body()).isEqualTo(200);
        assertThat(export.json().at("/revendedor/cpf").asText()).isEqualTo(seller.cpf());
        assertThat(export.json().required("compras")).hasSize(1);
        assertThat(export.json().at("/meses/0/cashback").decimalValue())
                .isEqualByComparingTo("100.00");
        assertThat(export.json().at("/lancamentos/0/kind").asText()).isEqualTo("cashback_accrued");
        var another = Sellers.register().http();
        assertThat(another.get("/revendedor/dados?id=" + seller.id()).status()).isEqualTo(404);
    }

    @Test
    void who_asks_to_be_forgotten_is_and_the_ledger_stays() {
        var seller = Sellers.register();
        seller.approved("1000.00", "2026-10-31");
        var before =
                Rows.text("select sum(amount_cents)::text from transfer where kind like 'cash%'");
        var path = "/revendedor/dados?id=" + seller.id();
        assertThat(Sellers.delete(Sellers.register().http(), path).status()).isEqualTo(404);
        assertThat(Sellers.delete(seller.http(), path).status()).isEqualTo(200);
        var left =
                Rows.text("select r::text from reseller r where id = ?::uuid", seller.id())
                        + Rows.text(
                                "select u::text from app_user u where id = ?::uuid", seller.id());
        assertThat(left).doesNotContain(seller.cpf(), seller.userName(), seller.email(), "Ana");
        assertThat(signIn("/token", seller.userName(), Sellers.PASSWORD).status()).isEqualTo(401);
        assertThat(
                        Rows.text(
                                "select sum(amount_cents)::text from transfer where kind like 'cash%'"))
                .isEqualTo(before);
        assertThat(Http.admin().get("/compra?size=100").body()).contains("\"full_name\":null");
        assertThat(Http.admin().get("/cashback?revendedor_id=" + seller.id()).status())
                .isEqualTo(200);
    }

    private static void assertTaken(String body, String code) {
        var answer = Http.nobody().post("/revendedor", body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(409);
        assertThat(answer.json().required("type").asText()).endsWith("/" + code);
    }

    private static Http.Answer signIn(String route, String name, String password) {
        return Http.nobody()
                .with("Content-Type", "application/x-www-form-urlencoded")
                .post(route, "username=" + url(name) + "&password=" + url(password));
    }

    private static String url(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static Http reader() {
        var name = "leitora-" + UUID.randomUUID();
        var body =
                "{\"name\":\"%s\",\"password\":\"uma boa senha\",\"roles\":{\"cashback\":\"read\"}}"
                        .formatted(name);
        assertThat(Http.admin().post("/users", body).status()).isEqualTo(201);
        return Http.nobody().signedIn(name, "uma+boa+senha");
    }
}
