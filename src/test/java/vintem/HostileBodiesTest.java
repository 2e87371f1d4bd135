package vintem;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.Routes.Route;

/// Every route × everything that a caller can send: never a 500, never money moved, always a
/// problem that names the mistake.
@QuarkusTest
@QuarkusTestResource(World.class)
class HostileBodiesTest {
    /// A body that is right but for one value, per route with a body. A route that is missing here
    /// fails the test; pages take forms and are asked with forms.
    private static final Map<String, String> BODIES =
            Map.ofEntries(
                    Map.entry(
                            "POST /payouts/batch",
                            """
                            {"batch_id":"hostile","items":[
                            {"external_id":"h-1","amount_cents":100,"pix_key":"ana@mail.com"},
                            {"external_id":"h-2","amount_cents":$,"pix_key":"ana@mail.com"}]}"""),
                    Map.entry("POST /reconciliation/statements", "$"),
                    Map.entry("POST /reconciliation/statements/rail", "{\"day\":$}"),
                    Map.entry("POST /reconciliation/matches", "{\"lines\":$}"),
                    Map.entry("DELETE /reconciliation/matches/{id}", "$"),
                    Map.entry("POST /payouts/holds/{id}/release", "{\"digest\":$}"),
                    Map.entry("POST /payouts/holds/{id}/refusal", "{\"reason\":$}"),
                    Map.entry("POST /payouts/holds/{id}/cancellation", "$"),
                    Map.entry("POST /payments/pix", "{\"value\":$}"),
                    Map.entry(
                            "POST /payments/pix/confirmation",
                            "{\"bank_payment_id\":\"nobody\",\"value\":$}"),
                    Map.entry("POST /payments/pix/{id}/refunds", "{\"value\":$}"),
                    Map.entry("POST /payments/pix/{id}/simulation", "$"),
                    Map.entry("DELETE /payments/pix/{id}", "$"),
                    Map.entry("POST /payments/pix/unmatched/{id}/match", "{\"payment_id\":$}"),
                    Map.entry("POST /payments/pix/unmatched/{id}/refund", "$"),
                    Map.entry("POST /payments/pix/unmatched/{id}/dismissal", "$"),
                    Map.entry(
                            "POST /charges",
                            """
                            {"name":"h","governmentId":"9558","email":"h@example.com",
                            "debtDueDate":"2020-01-01","debtAmount":$}"""),
                    Map.entry("POST /charges/{id}/cancel", "$"),
                    Map.entry("POST /charges/{id}/credit-refund", "$"),
                    Map.entry("POST /billing/files", "$"),
                    Map.entry("POST /billing/files/{id}/cancel", "$"),
                    Map.entry("POST /auth/socket-ticket", "$"),
                    Map.entry("POST /privacy/searches", "{\"name\":$}"),
                    Map.entry("POST /privacy/exports", "{\"tax_id\":$}"),
                    Map.entry("POST /privacy/erasures", "{\"email\":$}"),
                    Map.entry("POST /charges/{id}/due-date", "{\"due_date\":$}"),
                    Map.entry(
                            "POST /billing/payments",
                            """
                            {"debtId":"nobody","paidAt":"2020-01-01 10:00:00","paidAmount":$}"""),
                    Map.entry("POST /billing/payments/unknown/{id}/match", "{\"debt_id\":$}"),
                    Map.entry("POST /billing/payments/unknown/{id}/dismiss", "$"),
                    Map.entry(
                            "POST /ledger/transfers",
                            """
                            {"transfers":[{"debit":"bank_fees","credit":"sales","kind":"bank_fee",
                            "amount_cents":$}]}"""),
                    Map.entry("POST /billing/suppressions", "{\"email\":$}"),
                    Map.entry("DELETE /billing/suppressions/{id}", "$"),
                    Map.entry("POST /unsubscribe/{token}", "$"),
                    Map.entry("POST /auth/login", "username=$&password=$"),
                    Map.entry(
                            "POST /auth/register",
                            "{\"username\":\"h\",\"password\":\"a good password\",\"role\":$}"),
                    Map.entry("POST /clients", "{\"name\":\"h\",\"email\":$}"),
                    Map.entry("PUT /clients/{id}", "{\"status\":$}"),
                    Map.entry("DELETE /clients/{id}", "$"),
                    Map.entry("POST /assets", "{\"ticker\":\"H\",\"name\":$}"),
                    Map.entry("POST /assets/{id}/splits", "{\"date\":\"2026-01-02\",\"factor\":$}"),
                    Map.entry(
                            "POST /allocations",
                            "{\"client_id\":0,\"asset_id\":0,\"quantity\":1,\"buy_price\":$}"),
                    Map.entry("PUT /allocations/{id}", "{\"quantity\":$}"),
                    Map.entry("DELETE /allocations/{id}", "$"),
                    Map.entry("DELETE /allocations/{id}/withdrawals/{sale}", "$"),
                    Map.entry("POST /allocations/{id}/withdrawals", "{\"price\":1,\"quantity\":$}"),
                    Map.entry("POST /allocations/import", "$"),
                    Map.entry("POST /daily_returns/import", "$"),
                    Map.entry("POST /daily_returns/ingestion", "$"),
                    Map.entry("POST /rates/import", "$"),
                    Map.entry("PUT /sandbox/cashback/behaviour", "{\"behaviour\":$}"),
                    Map.entry("POST /tools/inspect", "{\"text\":$}"),
                    Map.entry("POST /console/search", "{\"q\":$}"),
                    Map.entry("POST /console/parked-events/{subscriber}/{id}/retry", "$"),
                    Map.entry("POST /users", "{\"name\":\"h\",\"password\":$}"),
                    Map.entry("PATCH /users/{id}", "{\"daily_limit_cents\":$}"),
                    Map.entry("POST /users/{id}/password-reset", "$"),
                    Map.entry("POST /keys", "{\"name\":\"h\",\"roles\":$}"),
                    Map.entry("DELETE /keys/{id}", "$"),
                    Map.entry(
                            "POST /auth/password",
                            "{\"old_password\":\"a good password\",\"new_password\":$}"),
                    Map.entry("POST /auth/password-reset", "{\"token\":\"t\",\"password\":$}"),
                    Map.entry("POST /auth/sign-out", "$"),
                    Map.entry("POST /auth/sign-out-everywhere", "$"),
                    Map.entry(
                            "POST /revendedor",
                            """
                            {"full_name":"H","username":"hostile","password":"a good password",
                            "cpf":$,"email":"h@example.com"}"""),
                    Map.entry("PATCH /revendedor", "{\"full_name\":$}"),
                    Map.entry("DELETE /revendedor", "$"),
                    Map.entry("DELETE /revendedor/dados", "$"),
                    Map.entry(
                            "POST /compra",
                            """
                            {"codigo":"h","data":"2020-01-01","cpf":"529.982.247-25","valor":$}"""),
                    Map.entry(
                            "POST /compra/lote",
                            """
                            {"compras":[{"codigo":"h","data":"2020-01-01","cpf":"529.982.247-25",
                            "valor":1},{"codigo":"i","data":$,"cpf":"529.982.247-25","valor":1}]}"""),
                    Map.entry("PATCH /compra", "{\"valor\":$}"),
                    Map.entry("DELETE /compra", "$"),
                    Map.entry("POST /compra/{id}/status", "{\"status\":$}"),
                    Map.entry("POST /compra/status", "{\"status\":\"Aprovado\",\"ids\":$}"),
                    Map.entry(
                            "POST /cashback/resgates",
                            "{\"chave_pix\":\"529.982.247-25\",\"valor\":$}"),
                    Map.entry(
                            "POST /cashback/faixas",
                            """
                            {"vigente_desde":"2099-01","faixas":[{"acima_de":0,"percentual":$}]}"""),
                    Map.entry("POST /cashback/cpfs-aprovados", "{\"cpf\":$}"),
                    Map.entry("DELETE /cashback/cpfs-aprovados/{id}", "$"),
                    Map.entry("POST /cashback/fechamentos", "{\"mes\":$}"),
                    Map.entry(
                            "POST /webhooks/endpoints",
                            "{\"url\":\"http://10.0.0.1/\",\"types\":$}"),
                    Map.entry("PATCH /webhooks/endpoints/{id}", "{\"types\":$}"),
                    Map.entry("DELETE /webhooks/endpoints/{id}", "$"),
                    Map.entry("POST /webhooks/endpoints/{id}/rotate", "{\"overlap_hours\":$}"),
                    Map.entry("POST /webhooks/endpoints/{id}/test", "$"),
                    Map.entry("POST /webhooks/endpoints/{id}/replay", "$"),
                    Map.entry("POST /webhooks/deliveries/{id}/replay", "$"),
                    Map.entry("POST /token", "username=$&password=$"));

    /// Values that are no amount, no password, no map of roles. Written as JSON has them.
    private static final List<String> VALUES =
            List.of(
                    "",
                    "null",
                    "true",
                    "10.9",
                    "-0.5",
                    "1e400",
                    "1e-400",
                    "1e999999999",
                    "1E-2147483649",
                    "9223372036854775808",
                    "-9223372036854775809",
                    "9".repeat(99),
                    "9".repeat(5_000),
                    "007",
                    "+1",
                    "0x10",
                    ".5",
                    "NaN",
                    "Infinity",
                    "\"x",
                    "\"\\u0000\"",
                    "\"a\\u0000b\"",
                    "\"\\ud800\"",
                    "\"\\udc00\\ud800\"",
                    "\"\\x\"",
                    "\"\u0001\"",
                    "'x'",
                    "[]",
                    "[1,2]",
                    "[null]",
                    "{}",
                    "{\"a\":1}",
                    "{\"a\":1,\"a\":2}",
                    "{\"payouts\":\"king\"}",
                    "{\"\\u0000\":\"admin\"}",
                    "{\"~/\":\"admin\"}",
                    "[".repeat(40) + "]".repeat(40),
                    "[".repeat(100_000),
                    "{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000),
                    "1 /* comment */",
                    "0.5, \"unknown\": {\"deep\": [{\"er\": 1e400}]}",
                    "1}}]}{",
                    "\"" + "x".repeat(2_000_000) + "\"");

    private Http someone;
    private Map<String, String> bank;
    private long payouts;

    @BeforeEach
    void somebody_is_there() {
        Rows.forgetGuesses();
        someone = Http.admin();
        bank = Rows.ofTheBank();
        payouts = Rows.number("select count(*) from payout");
    }

    @AfterEach
    void no_money_moved() {
        Rows.forgetGuesses();
        assertThat(Rows.ofTheBank()).isEqualTo(bank);
        assertThat(Rows.number("select count(*) from payout")).isEqualTo(payouts);
    }

    static Stream<Route> routesWithBodies() {
        return Routes.all().stream()
                .filter(route -> !route.isPage())
                .filter(route -> !List.of("GET", "HEAD").contains(route.verb()));
    }

    static Stream<Route> reads() {
        return Routes.all().stream().filter(route -> route.verb().equals("GET"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("routesWithBodies")
    void hostile_json_is_refused_and_named(Route route) {
        for (var body : bodies(route).entrySet()) {
            var answer = caller(route).send(route.verb(), path(route), body.getValue());
            assertHarmless(route + " " + body.getKey(), answer);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("routesWithBodies")
    void hostile_headers_are_refused(Route route) {
        var body = good(route).getBytes(StandardCharsets.UTF_8);
        for (var type :
                List.of(
                        "text/plain",
                        "application/xml",
                        "multipart/form-data",
                        "application/json; charset=utf-16",
                        "application/x-www-form-urlencoded",
                        "///",
                        "json",
                        "application/json, text/csv",
                        "*/*",
                        "text/csv; batch",
                        "x".repeat(5_000))) {
            var answer =
                    caller(route)
                            .with("Content-Type", type)
                            .send(route.verb(), path(route), "$".getBytes(StandardCharsets.UTF_8));
            assertHarmless(route + " as " + head(type), answer);
        }
        for (var header :
                List.of(
                        "Idempotency-Key: a b",
                        "Idempotency-Key: " + "k".repeat(1_000),
                        "Idempotency-Key: ção",
                        "Idempotency-Key: ",
                        "Accept: nonsense",
                        "Accept: application/xml",
                        "Accept: ;;;,",
                        "Accept-Encoding: nonsense",
                        "Accept-Language: !!",
                        "Content-Language: !!",
                        "Cookie: =;;=",
                        "Cookie: vintem_session=\u00e7",
                        "If-None-Match: *",
                        "Origin: null",
                        "X-CSRF-Token: ção",
                        "Expect: nonsense",
                        "Range: bytes=5-1",
                        "X-HTTP-Method-Override: DELETE")) {
            var answer =
                    RawHttp.send(
                            "%s %s HTTP/1.1\r\n%sContent-Type: application/json\r\n%s\r\n"
                                    .formatted(
                                            route.verb(),
                                            path(route),
                                            authorization(route),
                                            header),
                            hostile(route));
            assertHarmless(route + " with " + head(header), answer);
        }
        var gzip =
                caller(route)
                        .with("Content-Encoding", "gzip")
                        .send(route.verb(), path(route), gzip(body));
        assertHarmless(route + " gzip", gzip);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("routesWithBodies")
    void a_body_over_the_limit_is_refused_with_413_or_not_read(Route route) {
        var head =
                "%s %s HTTP/1.1\r\n%sContent-Type: %s\r\n"
                        .formatted(
                                route.verb(),
                                path(route),
                                authorization(route),
                                route.takesForms()
                                        ? "application/x-www-form-urlencoded"
                                        : "application/json");
        var ignoresItsBody = good(route).equals("$");
        var limit = route.toString().equals("POST /payouts/batch") ? 64 : 1;
        var answer = RawHttp.sendChunked(head, 16 * limit + 2);
        if (!ignoresItsBody) {
            assertThat(answer.status()).as(route + " chunked: " + answer).isEqualTo(413);
            assertThat(answer.head()).as(route.toString()).contains("application/problem+json");
        } else {
            assertThat(answer.status()).as(route + " chunked: " + answer).isLessThan(500);
        }
    }

    @Test
    void a_length_beyond_everything_is_refused_before_anything_is_read() {
        for (var length : List.of("99999999999", "9223372036854775808", "-1", "ten")) {
            var answer =
                    RawHttp.send(
                            out ->
                                    out.write(
                                            RawHttp.head(
                                                    "POST /payouts/batch HTTP/1.1\r\n"
                                                            + authorization()
                                                            + "Content-Length: "
                                                            + length
                                                            + "\r\n")));
            assertThat(answer.status()).as(length + ": " + answer).isIn(400, 413);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("reads")
    void hostile_queries_are_refused_or_ignored(Route route) {
        for (var query :
                List.of(
                        "limit=0",
                        "limit=-1",
                        "limit=10.9",
                        "limit=1e3",
                        "limit=99999999999999999999",
                        "limit=",
                        "limit",
                        "limit=1&limit=x",
                        "limit=%D9%A1%D9%A0",
                        "after=",
                        "after=%00",
                        "after=%ED%A0%80",
                        "after=%ff%fe",
                        "after='%20or%201=1--",
                        "after=" + "9".repeat(5_000),
                        "after=-1",
                        "status=%00&user_id=%00&external_id=%00",
                        "user_id=" + "u".repeat(7_000),
                        "external_id=%F0%9F%98%80%ED%B0%80",
                        "ticket=%00",
                        "page=0&size=0",
                        "page=99999999999",
                        "size=%D9%A1",
                        "mes=2026-13",
                        "mes=%00&id=%00&cpf=%00&username=%00&revendedor_id=%00",
                        "revendedor_id=00000000-0000-0000-0000-000000000001",
                        "next=%00",
                        "next=//evil.example",
                        "failed=%00",
                        "=",
                        "&&&",
                        "%00=%00")) {
            var answer = someone.get(path(route) + "?" + query);
            assertHarmless(route + "?" + head(query), answer);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/payouts/%00",
                "/payouts/%ff",
                "/payouts/%ed%a0%80",
                "/payouts/..",
                "/payouts/../../etc/passwd",
                "/payouts/%2e%2e/%2e%2e/users",
                "/payouts/batches/%00",
                "/payouts/batches/%c0%80",
                "/payouts/;a=b",
                "/users/%00",
                "/users/not-an-id",
                "/users/00000000-0000-0000-0000-00000000000g",
                "/users/1-1-1-1-1",
                "/keys/%ff",
                "/app/%00",
                "/app/../users",
                "//users",
                "/nowhere",
                "/nowhere/at/all",
                "/%00",
                "/q/nowhere",
                "/openapi/../users"
            })
    void malformed_and_unknown_paths_are_answered_with_a_problem(String path) {
        for (var authorization : List.of(authorization(), "")) {
            var answer =
                    RawHttp.send(
                            "GET %s HTTP/1.1\r\n%s".formatted(path, authorization), new byte[0]);
            assertHarmless(path, answer);
            assertThat(answer.status()).as(path + ": " + answer).isNotEqualTo(0);
        }
    }

    /// Refused by the server below us, which has no words for it.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/payouts/%",
                "/payouts/%zz",
                "/users/%zz",
                "/%",
                "/payouts?limit=%",
                "/payouts?after=%zz",
                "/payouts?user_id=%u0041",
                "/payouts?a=b c",
                "/payouts?a=<>",
                "no-slash",
                ""
            })
    void an_address_that_is_none_is_400(String address) {
        var answer =
                RawHttp.send(
                        "GET %s HTTP/1.1\r\n%s".formatted(address, authorization()), new byte[0]);
        assertThat(answer.status()).as(answer.toString()).isIn(400, 404);
        assertThat(answer.body()).doesNotContain("Exception");
    }

    @Test
    void an_address_beyond_the_limit_is_414() {
        assertThat(someone.get("/payouts?a=" + "b".repeat(20_000)).status()).isEqualTo(414);
    }

    @Test
    void an_unknown_route_is_404_and_a_wrong_method_405() {
        assertThat(someone.get("/nowhere").status()).isEqualTo(404);
        assertThat(someone.get("/nowhere").header("Content-Type"))
                .startsWith("application/problem+json");
        assertThat(Http.nobody().get("/nowhere").status()).isEqualTo(404);
        for (var request : List.of("PUT /users", "DELETE /payouts", "PATCH /payouts/batch")) {
            var parts = request.split(" ");
            var answer = someone.send(parts[0], parts[1], new byte[0]);
            assertThat(answer.status()).as(request).isEqualTo(405);
            assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
            assertThat(answer.json().required("type").textValue()).endsWith("/method-not-allowed");
        }
        var odd = RawHttp.send("BREW /payouts HTTP/1.1\r\n" + authorization(), new byte[0]);
        assertThat(odd.status()).isIn(405, 501);
    }

    @Test
    void no_header_and_no_type_mean_json() {
        var answer =
                RawHttp.send(
                        "POST /payouts/batch HTTP/1.1\r\n" + authorization(),
                        "{\"items\":[]}".getBytes(StandardCharsets.UTF_8));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("\"/items\"");
    }

    @Test
    void every_mistake_in_json_has_a_pointer() {
        var route = "/payouts/batch";
        var item = "{\"external_id\":\"p\",\"amount_cents\":1,\"pix_key\":%s}";
        assertPointer(
                someone.post(
                        route,
                        "{\"batch_id\":\"p\",\"items\":[" + item.formatted("\"\\u0000\"") + "]}"),
                "/items/0/pix_key");
        assertPointer(
                someone.post(
                        route,
                        "{\"batch_id\":\"p\",\"items\":[" + item.formatted("\"\\ud800\"") + "]}"),
                "/items/0/pix_key");
        assertPointer(someone.post(route, "{\"batch_id\":\"\\u0000\",\"items\":[]}"), "/batch_id");
        assertPointer(someone.post(route, "{\"a/b~c\":\"\\u0000\",\"items\":[]}"), "/a~1b~0c");
        assertPointer(
                someone.post("/keys", "{\"name\":\"p\",\"roles\":{\"a/b\":\"x\"}}"), "/roles/a~1b");
        assertPointer(someone.post("/users", "{\"name\":1}"), "/name");
    }

    private static void assertPointer(Http.Answer answer, String pointer) {
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().required("violations").get(0).required("pointer").textValue())
                .isEqualTo(pointer);
    }

    private Map<String, byte[]> bodies(Route route) {
        var bodies = new LinkedHashMap<String, byte[]>();
        if (good(route).equals("$")) {
            // It does not read its body.
            for (var value : List.of("", "null", "{\"a\":1,\"a\":2}", "\0", "x".repeat(2 << 20))) {
                bodies.put(head(value), value.getBytes(StandardCharsets.UTF_8));
            }
            return bodies;
        }
        for (var value : VALUES) {
            bodies.put(head(value), with(route, value, StandardCharsets.UTF_8));
        }
        var good = good(route);
        bodies.put("an array", "[{}]".getBytes(StandardCharsets.UTF_8));
        bodies.put("a text", "\"x\"".getBytes(StandardCharsets.UTF_8));
        bodies.put("a number", "1".getBytes(StandardCharsets.UTF_8));
        bodies.put("no JSON", "amount=1".getBytes(StandardCharsets.UTF_8));
        bodies.put("XML", "<a/>".getBytes(StandardCharsets.UTF_8));
        bodies.put("nothing", new byte[0]);
        bodies.put("spaces", "  \n ".getBytes(StandardCharsets.UTF_8));
        bodies.put("NUL", new byte[] {0});
        bodies.put("only a byte order mark", "\uFEFF".getBytes(StandardCharsets.UTF_8));
        bodies.put("UTF-16", with(route, "\"é\"", StandardCharsets.UTF_16));
        bodies.put("UTF-16LE", with(route, "\"é\"", StandardCharsets.UTF_16LE));
        bodies.put("UTF-32", with(route, "\"é\"", Charset.forName("UTF-32")));
        bodies.put("Latin 1", with(route, "\"é\"", StandardCharsets.ISO_8859_1));
        bodies.put("half a pair in bytes", bytes(good, 0xED, 0xA0, 0x80));
        bodies.put("a pair as two halves", bytes(good, 0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80));
        bodies.put("overlong", bytes(good, 0xC0, 0x80));
        bodies.put("overlong letter", bytes(good, 0xC1, 0xA1));
        bodies.put("beyond Unicode", bytes(good, 0xF4, 0x90, 0x80, 0x80));
        bodies.put("cut off", bytes(good, 0xE2, 0x82));
        bodies.put("twice", (good + good).getBytes(StandardCharsets.UTF_8));
        bodies.put(
                "cut in half",
                good.substring(0, good.length() / 2).getBytes(StandardCharsets.UTF_8));
        bodies.put(
                "10 MB in a text",
                with(route, "\"" + "x".repeat(10 << 20) + "\"", StandardCharsets.UTF_8));
        bodies.put(
                "a long name",
                with(route, "0.5,\"" + "n".repeat(60_000) + "\":1", StandardCharsets.UTF_8));
        return bodies;
    }

    private static byte[] with(Route route, String value, Charset charset) {
        return good(route).replace("$", value).getBytes(charset);
    }

    private static byte[] hostile(Route route) {
        return with(route, "{\"a\":1,\"a\":2}", StandardCharsets.UTF_8);
    }

    private static String good(Route route) {
        var body = BODIES.get(route.toString());
        assertThat(body).as("a body for " + route + " in BODIES").isNotNull();
        return body;
    }

    /// A text with these bytes in it, where the value stands.
    private static byte[] bytes(String body, int... bytes) {
        var place = body.indexOf('$');
        var out = new ByteArrayOutputStream();
        out.writeBytes((body.substring(0, place) + "\"a").getBytes(StandardCharsets.UTF_8));
        for (var each : bytes) {
            out.write(each);
        }
        out.writeBytes(("b\"" + body.substring(place + 1)).getBytes(StandardCharsets.UTF_8));
        return out.toByteArray();
    }

    private static byte[] gzip(byte[] body) {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(body);
        } catch (IOException inMemory) {
            throw new AssertionError(inMemory);
        }
        return bytes.toByteArray();
    }

    private Http caller(Route route) {
        if (route.path().contains("sign-out")) {
            // Each one ends its own session.
            return Http.admin();
        }
        if (isBanks(route)) {
            return Http.nobody().bearer(World.BANK_SECRET);
        }
        if (isResellers(route)) {
            return reseller().with("Idempotency-Key", UUID.randomUUID().toString());
        }
        return route.takesForms()
                ? someone.with("Content-Type", "application/x-www-form-urlencoded")
                : someone.with("Idempotency-Key", UUID.randomUUID().toString());
    }

    static boolean isBanks(Route route) {
        return route.path().endsWith("/confirmation")
                || route.toString().equals("POST /billing/payments");
    }

    static boolean isResellers(Route route) {
        return route.toString().equals("POST /cashback/resgates");
    }

    /// Whoever registered once for all of this.
    static Http reseller() {
        var cpf = "39053344705";
        var body =
                """
                {"full_name":"H","username":"hostile.reseller","password":"a good password",
                "cpf":"%s","email":"hostile@example.com"}"""
                        .formatted(cpf);
        assertThat(Http.nobody().post("/revendedor", body).status()).isIn(201, 409);
        return Http.nobody().signedIn(cpf, "a+good+password");
    }

    private String authorization(Route route) {
        if (isBanks(route)) {
            return "Authorization: Bearer %s\r\n".formatted(World.BANK_SECRET);
        }
        return authorization(isResellers(route) ? reseller() : someone);
    }

    private String authorization() {
        return authorization(someone);
    }

    private static String authorization(Http caller) {
        return "Authorization: %s\r\nIdempotency-Key: %s\r\n"
                .formatted(caller.header("Authorization"), UUID.randomUUID());
    }

    private static String path(Route route) {
        return route.concrete(UUID.randomUUID().toString());
    }

    private static void assertHarmless(String what, Http.Answer answer) {
        assertHarmless(
                what,
                answer.status(),
                answer.raw().headers().map().toString().toLowerCase(java.util.Locale.ROOT),
                answer.body());
    }

    private static void assertHarmless(String what, RawHttp.Answer answer) {
        assertHarmless(
                what,
                answer.status(),
                answer.head().toLowerCase(java.util.Locale.ROOT),
                answer.body());
    }

    private static void assertHarmless(String what, int status, String head, String body) {
        var seen = what + " -> " + status + " " + head(body) + " " + head;
        assertThat(status).as(seen).isLessThan(500);
        if (status >= 400) {
            if (head.contains("text/html")) {
                assertThat(what)
                        .as(seen)
                        .containsAnyOf(" /app/", "GET /payments/pix/{id}", "GET /c/{token}");
            } else {
                assertThat(head).as(seen).contains("application/problem+json");
                assertThat(body).as(seen).contains("\"trace_id\"", "\"status\":" + status);
            }
            // Never our insides.
            assertThat(body).as(seen).doesNotContain("Exception").doesNotContain("vintem.platform");
        }
    }

    private static String head(String text) {
        return text.length() > 200 ? text.substring(0, 200) + "…" : text;
    }
}
