package vintem.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vintem.platform.Database;
import vintem.platform.Form;
import vintem.platform.Json;

/// What only a running server shows: the gate, cookies, redirects, status codes.
@QuarkusTest
@QuarkusTestResource(value = AccessHttpTest.Server.class, restrictToAnnotatedClass = true)
class AccessHttpTest {
    public static class Server implements QuarkusTestResourceLifecycleManager {
        /// After `World`, which opens a whole sandbox; here is a database of access alone.
        @Override
        public int order() {
            return 1;
        }

        @Override
        public Map<String, String> start() {
            System.setProperty("vintem.serving", "false");
            System.setProperty("vintem.secret", AccessWorld.SECRET);
            System.setProperty("vintem.bank-secret", AccessWorld.BANK_SECRET);
            System.setProperty("vintem.bcrypt-cost", "4");
            return Map.of(
                    "quarkus.datasource.jdbc.url", AccessWorld.copy(),
                    "quarkus.datasource.username", AccessWorld.owner().user(),
                    "quarkus.datasource.password", AccessWorld.owner().password());
        }

        @Override
        public void stop() {
            System.clearProperty("vintem.serving");
            System.clearProperty("vintem.secret");
            System.clearProperty("vintem.bank-secret");
            System.clearProperty("vintem.bcrypt-cost");
        }
    }

    @Path("/test-routes")
    public static class TestRoutes {
        @Inject Asking asking;

        @GET
        @Path("forgotten")
        @RunOnVirtualThread
        public Response forgotten() {
            return Response.ok("nobody should read this").build();
        }

        @GET
        @Path("event-loop")
        @SignedIn
        @NonBlocking
        public Response eventLoop() {
            return Response.ok("nobody should read this either").build();
        }

        @POST
        @Path("webhook")
        @SignedIn(Caller.Kind.BANK)
        @RunOnVirtualThread
        public Response webhook() {
            return Response.ok(asking.caller().name()).build();
        }

        @GET
        @Path("either")
        @SignedIn(Caller.Kind.RESELLER)
        @Needs(capability = Capability.CASHBACK, role = Role.READ)
        @RunOnVirtualThread
        public Response either() {
            return Response.ok(asking.caller().name()).build();
        }

        @POST
        @Path("form")
        @SignedIn
        @RunOnVirtualThread
        public Response form(InputStream body) {
            return Response.ok(Form.read(body).text("greeting")).build();
        }
    }

    @Path("/app/test-page")
    @RunOnVirtualThread
    public static class TestPage {
        @Inject Asking asking;

        @GET
        @SignedIn
        public Response page() {
            return Response.ok(asking.csrfToken()).build();
        }
    }

    @TestHTTPResource URI root;
    @Inject Users users;
    @Inject UserTable table;
    @Inject Database database;
    @Inject SignInLinks links;

    private final HttpClient client =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
    private final String admin = "admin-" + UUID.randomUUID();

    @BeforeEach
    void there_is_an_admin() {
        database.transaction(tx -> tx.execute("delete from sign_in_failure"));
        users.create(Caller.SYSTEM, admin, AccessWorld.PASSWORD, Grant.EVERYTHING);
    }

    @Test
    void a_route_that_says_nothing_is_refused_to_everybody() {
        assertThat(get("/test-routes/forgotten", bearer(token(admin))).statusCode()).isEqualTo(403);
        assertThat(get("/test-routes/forgotten").statusCode()).isEqualTo(401);
    }

    @Test
    void a_route_on_the_event_loop_fails_before_it_can_block_it() {
        assertThat(get("/test-routes/event-loop", bearer(token(admin))).statusCode())
                .isEqualTo(500);
    }

    @Test
    void no_credential_and_a_forged_one_are_asked_who_they_are() {
        var answer = get("/me");
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate"))
                .hasValue("Bearer realm=\"vintem\"");
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValueSatisfying(
                        type -> assertThat(type).startsWith("application/problem+json"));
        assertThat(get("/me", bearer("vtm_" + "0".repeat(64))).statusCode()).isEqualTo(401);
        assertThat(get("/me", bearer(token(admin) + "x")).statusCode()).isEqualTo(401);
        assertThat(get("/me", Map.of("Authorization", "Basic YTpi")).statusCode()).isEqualTo(401);
    }

    @Test
    void the_bank_goes_where_it_is_named_and_nowhere_else() {
        var bank = bearer(AccessWorld.BANK_SECRET);
        assertThat(post("/test-routes/webhook", "", bank).body()).isEqualTo("bank");
        assertThat(get("/me", bank).statusCode()).isEqualTo(403);
        assertThat(post("/test-routes/webhook", "", bearer(token(admin))).statusCode())
                .isEqualTo(403);
        assertThat(get("/test-routes/either", bearer(token(admin))).body()).isEqualTo(admin);
        assertThat(get("/test-routes/either", bank).statusCode()).isEqualTo(403);
    }

    @Test
    void a_token_is_worth_nothing_after_signing_out() {
        var token = token(admin);
        assertThat(get("/me", bearer(token)).statusCode()).isEqualTo(200);
        assertThat(post("/auth/sign-out", "", bearer(token)).statusCode()).isEqualTo(204);
        assertThat(get("/me", bearer(token)).statusCode()).isEqualTo(401);
    }

    @Test
    void a_new_password_ends_all_sessions_but_the_one_that_asked() {
        var here = token(admin);
        var elsewhere = token(admin);
        get("/me", bearer(elsewhere));
        var body =
                "{\"old_password\":\"%s\",\"new_password\":\"another good one\"}"
                        .formatted(AccessWorld.PASSWORD);
        assertThat(json("POST", "/auth/password", body, here).statusCode()).isEqualTo(204);
        assertThat(get("/me", bearer(here)).statusCode()).isEqualTo(200);
        assertThat(get("/me", bearer(elsewhere)).statusCode()).isEqualTo(401);
        assertThat(json("POST", "/auth/password", body, here).statusCode()).isEqualTo(403);
    }

    @Test
    void users_and_keys_are_managed_by_people() {
        var token = token(admin);
        var name = "ana-" + UUID.randomUUID();
        var made =
                json(
                        "POST",
                        "/users",
                        """
                        {"name":"%s","password":"her password",
                        "roles":{"payouts":"operator"},"daily_limit_cents":500}
                        """
                                .formatted(name.toUpperCase(java.util.Locale.ROOT)),
                        token);
        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(made.body())
                .contains("\"name\":\"" + name + "\"", "\"roles\":{\"payouts\":\"operator\"}");
        var place = made.headers().firstValue("Location").orElseThrow();
        assertThat(place).startsWith("/users/");
        var changed = json("PATCH", place, "{\"daily_limit_cents\":null}", token);
        assertThat(changed.body()).contains("\"daily_limit_cents\":null");
        assertThat(json("PATCH", place, "{\"daily_limit_cents\":-1}", token).statusCode())
                .isEqualTo(400);

        var key =
                json(
                        "POST",
                        "/keys",
                        "{\"name\":\"all\",\"roles\":{\"settings\":\"admin\"}}",
                        token);
        assertThat(key.statusCode()).isEqualTo(201);
        assertThat(key.headers().firstValue("Cache-Control")).hasValue("no-store");
        var secret = key.body().replaceAll(".*\"key\":\"(vtm_[0-9a-f]{64})\".*", "$1");
        assertThat(get("/me", bearer(secret)).body()).contains("\"kind\":\"key\"");
        assertThat(get("/users?limit=1", bearer(secret)).statusCode()).isEqualTo(200);
        assertThat(json("PATCH", place, "{\"active\":false}", secret).statusCode()).isEqualTo(403);
        assertThat(get("/keys", bearer(token)).body()).doesNotContain(secret);
        assertThat(get("/access-log?limit=2", bearer(token)).body()).contains("key.created");
        var keyPlace = key.headers().firstValue("Location").orElseThrow();
        assertThat(json("DELETE", keyPlace, "", token).statusCode()).isEqualTo(204);
        assertThat(get("/me", bearer(secret)).statusCode()).isEqualTo(401);
    }

    @Test
    void a_forgotten_password_is_reset_once() {
        var id = table(admin).id();
        var offered = json("POST", "/users/" + id + "/password-reset", "", token(admin));
        assertThat(offered.statusCode()).isEqualTo(201);
        var ticket = offered.body().replaceAll(".*\"token\":\"([0-9a-f]{64})\".*", "$1");
        var body = "{\"token\":\"%s\",\"password\":\"a fresh password\"}".formatted(ticket);
        assertThat(json("POST", "/auth/password-reset", body, "").statusCode()).isEqualTo(204);
        assertThat(json("POST", "/auth/password-reset", body, "").statusCode()).isEqualTo(403);
    }

    @Test
    void a_browser_signs_in_by_form_and_needs_the_csrf_token_from_then_on() {
        var away = get("/app/test-page?a=1", Map.of("Accept", "text/html"));
        assertThat(away.statusCode()).isEqualTo(303);
        assertThat(away.headers().firstValue("Location"))
                .hasValue("/app/sign-in?next=%2Fapp%2Ftest-page%3Fa%3D1");

        var signIn =
                "username=%s&password=%s&next=%s"
                        .formatted(
                                admin, encode(AccessWorld.PASSWORD), encode("/app/test-page?a=1"));
        assertThat(
                        post("/app/sign-in", signIn, Map.of("Origin", "https://evil.example"))
                                .statusCode())
                .isEqualTo(403);
        assertThat(
                        post("/%61pp;a=b/sign-in", signIn, Map.of("Origin", "https://evil.example"))
                                .statusCode())
                .isIn(403, 404);
        var in = post("/app/sign-in", signIn, Map.of("Origin", origin()));
        assertThat(in.statusCode()).isEqualTo(303);
        assertThat(in.headers().firstValue("Location")).hasValue("/app/test-page?a=1");
        var setCookie = in.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(setCookie).contains("HttpOnly", "SameSite=Lax", "Path=/");
        var cookie = setCookie.substring(0, setCookie.indexOf(';'));

        var csrf = get("/app/test-page", Map.of("Cookie", cookie)).body();
        assertThat(csrf).hasSize(64);
        assertThat(post("/test-routes/form", "greeting=oi", Map.of("Cookie", cookie)).statusCode())
                .isEqualTo(403);
        assertThat(
                        post(
                                        "/test-routes/form",
                                        "greeting=oi&csrf=" + csrf,
                                        Map.of("Cookie", cookie, "Origin", "null"))
                                .statusCode())
                .isEqualTo(403);
        assertThat(
                        post(
                                        "/test-routes/form",
                                        "greeting=oi&csrf=" + csrf,
                                        Map.of("Cookie", cookie, "Origin", origin()))
                                .body())
                .isEqualTo("oi");
        assertThat(
                        post(
                                        "/test-routes/form",
                                        "greeting=oi",
                                        Map.of("Cookie", cookie, "X-CSRF-Token", csrf))
                                .body())
                .isEqualTo("oi");

        var out = post("/app/sign-out", "csrf=" + csrf, Map.of("Cookie", cookie));
        assertThat(out.statusCode()).isEqualTo(303);
        assertThat(out.headers().firstValue("Set-Cookie").orElseThrow()).contains("Max-Age=0");
        assertThat(get("/app/test-page", Map.of("Cookie", cookie)).statusCode()).isEqualTo(401);
    }

    @Test
    void a_wrong_password_goes_back_to_the_form() {
        var answer =
                post(
                        "/app/sign-in",
                        "username=%s&password=wrong&next=//evil".formatted(admin),
                        Map.of());
        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(answer.headers().firstValue("Location"))
                .hasValue("/app/sign-in?failed=1&next=%2Fapp");
        assertThat(get("/app/sign-in?failed=1").body()).contains("<form", "role=\"alert\"");
    }

    @Test
    void a_one_time_link_is_not_used_up_by_looking_at_it() throws Exception {
        var link = links.create().orElseThrow();
        var looked =
                send(
                        HttpRequest.newBuilder(root.resolve(link))
                                .method("HEAD", BodyPublishers.noBody()));
        assertThat(looked.statusCode()).isEqualTo(200);
        var used = get(link);
        assertThat(used.headers().firstValue("Location")).hasValue("/app");
        assertThat(used.headers().firstValue("Set-Cookie")).isPresent();
        assertThat(get(link).headers().firstValue("Set-Cookie")).isEmpty();
    }

    @Test
    void guessing_has_to_wait() {
        var guess = "username=%s&password=wrong".formatted(admin);
        for (var i = 0; i < SignInLimit.FREE_BY_USER; i++) {
            assertThat(post("/token", guess, Map.of()).statusCode()).isEqualTo(401);
        }
        var answer = post("/token", guess, Map.of());
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValueAsLong("Retry-After").orElseThrow())
                .isBetween(1L, 30L);
    }

    @Test
    void bad_forms_and_cursors_are_the_senders_mistakes() {
        assertThat(post("/token", "username=%zz", Map.of()).statusCode()).isEqualTo(400);
        assertThat(post("/token", "username=a&username=b", Map.of()).statusCode()).isEqualTo(400);
        var token = bearer(token(admin));
        assertThat(get("/users?after=x", token).statusCode()).isEqualTo(400);
        assertThat(get("/users?limit=0", token).statusCode()).isEqualTo(400);
        assertThat(get("/users/x", token).statusCode()).isEqualTo(404);
        assertThat(get("/users/" + UUID.randomUUID(), token).statusCode()).isEqualTo(404);
    }

    private UserTable.User table(String name) {
        return database.transaction(tx -> table.byName(tx, name)).orElseThrow();
    }

    private String token(String name) {
        var answer =
                post(
                        "/token",
                        "username=%s&password=%s".formatted(name, encode(AccessWorld.PASSWORD)),
                        Map.of());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
                .startsWith("application/json");
        var fields = Json.object(answer.body().getBytes(StandardCharsets.UTF_8));
        assertThat(fields.requiredInteger("expires_in")).isEqualTo(3600);
        return fields.requiredText("access_token", 2_000);
    }

    private static Map<String, String> bearer(String secret) {
        return Map.of("Authorization", "Bearer " + secret);
    }

    private String origin() {
        return "http://" + root.getAuthority();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private HttpResponse<String> get(String path) {
        return get(path, Map.of());
    }

    private HttpResponse<String> get(String path, Map<String, String> headers) {
        var request = HttpRequest.newBuilder(root.resolve(path));
        headers.forEach(request::header);
        return send(request);
    }

    private HttpResponse<String> post(String path, String form, Map<String, String> headers) {
        var request =
                HttpRequest.newBuilder(root.resolve(path))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(form));
        headers.forEach(request::header);
        return send(request);
    }

    private HttpResponse<String> json(String method, String path, String body, String token) {
        var request =
                HttpRequest.newBuilder(root.resolve(path))
                        .header("Content-Type", "application/json")
                        .method(method, BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return send(request);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException failed) {
            throw new AssertionError(failed);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
