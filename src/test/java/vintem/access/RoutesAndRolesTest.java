package vintem.access;

import static org.assertj.core.api.Assertions.assertThat;
import static vintem.access.Role.ADMIN;
import static vintem.access.Role.OPERATOR;
import static vintem.access.Role.READ;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import vintem.Http;
import vintem.Routes;
import vintem.Routes.Route;
import vintem.Rows;
import vintem.World;
import vintem.platform.Database;
import vintem.platform.TaxId;

/// Every route × every credential. A route that is not in [#TABLE] fails this test.
@QuarkusTest
@QuarkusTestResource(World.class)
class RoutesAndRolesTest {
    /// Whom a route admits.
    private sealed interface Admits {
        record Everybody() implements Admits {}

        /// Whoever has a credential of their own; `users` alone, or keys as well.
        record SignedIn(boolean keys) implements Admits {}

        record Bank() implements Admits {}

        record Having(Capability capability, Role role, boolean keys) implements Admits {}

        /// Resellers and nobody else.
        record Resellers() implements Admits {}
    }

    /// One line of the table.
    ///
    /// @param route `GET /users/{id}`, or a pattern: `*` is any verb, `**` any end of a path
    /// @param resellers whether those come in besides
    private record Line(String route, Admits admits, boolean resellers) {
        Line(String route, Admits admits) {
            this(route, admits, false);
        }

        Line andResellers() {
            return new Line(route, admits, true);
        }

        boolean covers(Route other) {
            var wanted = route.split(" ", 2);
            var path = wanted[1];
            var pathFits =
                    path.endsWith("/**")
                            ? (other.path() + "/")
                                    .startsWith(path.substring(0, path.length() - "**".length()))
                            : path.equals(other.path());
            return pathFits && (wanted[0].equals("*") || wanted[0].equals(other.verb()));
        }
    }

    /// The first line that covers a route counts. A new route is one line more.
    private static final List<Line> TABLE =
            List.of(
                    // Getting a credential, and giving it up.
                    open("POST /token"),
                    open("POST /auth/login"),
                    open("POST /auth/password-reset"),
                    signedIn("GET /me").andResellers(),
                    users("POST /auth/password").andResellers(),
                    users("POST /auth/sign-out").andResellers(),
                    users("POST /auth/sign-out-everywhere").andResellers(),
                    // Users and keys.
                    having("GET /users", Capability.SETTINGS, ADMIN),
                    having("GET /users/{id}", Capability.SETTINGS, ADMIN),
                    usersHaving("POST /users", Capability.SETTINGS, ADMIN),
                    usersHaving("PATCH /users/{id}", Capability.SETTINGS, ADMIN),
                    usersHaving("POST /users/{id}/password-reset", Capability.SETTINGS, ADMIN),
                    having("GET /keys", Capability.SETTINGS, ADMIN),
                    usersHaving("POST /keys", Capability.SETTINGS, ADMIN),
                    usersHaving("DELETE /keys/{id}", Capability.SETTINGS, ADMIN),
                    having("GET /access-log", Capability.SETTINGS, ADMIN),
                    // Webhooks.
                    having("GET /webhooks/**", Capability.SETTINGS, ADMIN),
                    having("* /webhooks/endpoints/**", Capability.SETTINGS, ADMIN),
                    having("* /webhooks/deliveries/**", Capability.SETTINGS, ADMIN),
                    having("GET /app/webhooks/**", Capability.SETTINGS, ADMIN),
                    having("GET /read-log", Capability.SETTINGS, ADMIN),
                    having("POST /privacy/searches", Capability.SETTINGS, ADMIN),
                    having("POST /privacy/exports", Capability.SETTINGS, ADMIN),
                    having("POST /privacy/erasures", Capability.SETTINGS, ADMIN),
                    usersHaving("GET /app/privacy", Capability.SETTINGS, ADMIN),
                    usersHaving("POST /app/privacy", Capability.SETTINGS, ADMIN),
                    usersHaving("POST /app/privacy/**", Capability.SETTINGS, ADMIN),
                    // Papers. Each list asks for its own role by itself.
                    signedIn("GET /exports"),
                    signedIn("GET /exports/{file}"),
                    having("GET /ledger/months/{file}", Capability.LEDGER, READ),
                    open("GET /payments/pix/{id}/receipt.pdf"),
                    having(
                            "GET /payments/pix/{id}/refunds/{refund_id}/receipt.pdf",
                            Capability.PAYMENTS,
                            READ),
                    having("GET /payouts/{external_id}/receipt.pdf", Capability.PAYOUTS, READ),
                    // Payments.
                    having("POST /payments/pix", Capability.PAYMENTS, OPERATOR),
                    having("GET /payments/pix", Capability.PAYMENTS, READ),
                    bankAlone("POST /payments/pix/confirmation"),
                    open("GET /payments/pix/{id}"),
                    open("GET /payments/pix/qr_code/{file_name}"),
                    open("POST /payments/pix/{id}/simulation"),
                    having("GET /payments/pix/{id}/details", Capability.PAYMENTS, READ),
                    having("DELETE /payments/pix/{id}", Capability.PAYMENTS, OPERATOR),
                    having("POST /payments/pix/{id}/refunds", Capability.PAYMENTS, OPERATOR),
                    having("GET /payments/pix/{id}/refunds/{refund_id}", Capability.PAYMENTS, READ),
                    having("GET /payments/pix/unmatched", Capability.PAYMENTS, READ),
                    having("POST /payments/pix/unmatched/**", Capability.PAYMENTS, OPERATOR),
                    users("POST /auth/socket-ticket"),
                    // Files of debts.
                    having("POST /billing/files", Capability.BILLING, OPERATOR),
                    having("GET /billing/files", Capability.BILLING, READ),
                    having("GET /billing/files/{id}", Capability.BILLING, READ),
                    having("GET /billing/files/{id}/errata", Capability.BILLING, READ),
                    having("GET /billing/files/{id}/errata.csv", Capability.BILLING, READ),
                    having("GET /billing/files/{id}/duplicates", Capability.BILLING, READ),
                    having("POST /billing/files/{id}/cancel", Capability.BILLING, OPERATOR),
                    // Charges.
                    having("POST /charges", Capability.BILLING, OPERATOR),
                    having("GET /charges", Capability.BILLING, READ),
                    having("GET /charges/{id}", Capability.BILLING, READ),
                    having("GET /charges/{id}/boleto.pdf", Capability.BILLING, READ),
                    having("POST /charges/{id}/cancel", Capability.BILLING, OPERATOR),
                    having("POST /charges/{id}/due-date", Capability.BILLING, OPERATOR),
                    having("POST /charges/{id}/credit-refund", Capability.BILLING, OPERATOR),
                    bankAlone("POST /billing/payments"),
                    having("GET /billing/payments", Capability.BILLING, READ),
                    having("GET /billing/payments/unknown", Capability.BILLING, READ),
                    having("POST /billing/payments/unknown/**", Capability.BILLING, OPERATOR),
                    open("GET /c/{token}"),
                    open("GET /c/{token}/boleto.pdf"),
                    // Payouts.
                    having("POST /payouts/batch", Capability.PAYOUTS, OPERATOR),
                    having("GET /payouts/batches", Capability.PAYOUTS, READ),
                    having("GET /payouts/batches/{batch_id}", Capability.PAYOUTS, READ),
                    having("GET /payouts", Capability.PAYOUTS, READ),
                    having("GET /payouts/holds", Capability.PAYOUTS, READ),
                    having("GET /payouts/holds/{id}", Capability.PAYOUTS, READ),
                    usersHaving("POST /payouts/holds/{id}/release", Capability.PAYOUTS, OPERATOR),
                    usersHaving("POST /payouts/holds/{id}/refusal", Capability.PAYOUTS, OPERATOR),
                    having("POST /payouts/holds/{id}/cancellation", Capability.PAYOUTS, OPERATOR),
                    having("GET /payouts/{external_id}", Capability.PAYOUTS, READ),
                    // The ledger.
                    having("POST /ledger/transfers", Capability.LEDGER, OPERATOR),
                    having("GET /ledger/accounts", Capability.LEDGER, READ),
                    having("GET /ledger/accounts/{code}/statement", Capability.LEDGER, READ),
                    having("GET /ledger/transfers", Capability.LEDGER, READ),
                    // Mails to debtors.
                    open("GET /unsubscribe/{token}"),
                    open("POST /unsubscribe/{token}"),
                    having("GET /billing/suppressions", Capability.BILLING, READ),
                    having("POST /billing/suppressions", Capability.BILLING, OPERATOR),
                    having("DELETE /billing/suppressions/{id}", Capability.BILLING, OPERATOR),
                    having("GET /billing/emails", Capability.BILLING, READ),
                    having("GET /billing/outbox", Capability.BILLING, READ),
                    having("GET /app/billing/outbox/**", Capability.BILLING, READ),
                    having("GET /app/billing", Capability.BILLING, READ),
                    having("GET /app/billing/new", Capability.BILLING, OPERATOR),
                    having("POST /app/billing/new", Capability.BILLING, OPERATOR),
                    having("GET /app/billing/suppressions", Capability.BILLING, READ),
                    having("GET /app/billing/file", Capability.BILLING, READ),
                    having("GET /app/billing/charges", Capability.BILLING, READ),
                    having("GET /app/billing/charge", Capability.BILLING, READ),
                    having("GET /app/billing/unknown", Capability.BILLING, READ),
                    // Resellers, their purchases and cashback.
                    signedIn("GET /auth/me").andResellers(),
                    open("POST /revendedor"),
                    having("GET /revendedor", Capability.CASHBACK, READ).andResellers(),
                    having("PATCH /revendedor", Capability.CASHBACK, ADMIN).andResellers(),
                    having("DELETE /revendedor", Capability.CASHBACK, ADMIN).andResellers(),
                    having("GET /revendedor/dados", Capability.CASHBACK, ADMIN).andResellers(),
                    having("DELETE /revendedor/dados", Capability.CASHBACK, ADMIN).andResellers(),
                    having("POST /compra", Capability.CASHBACK, OPERATOR).andResellers(),
                    having("POST /compra/lote", Capability.CASHBACK, OPERATOR).andResellers(),
                    having("GET /compra", Capability.CASHBACK, READ).andResellers(),
                    having("PATCH /compra", Capability.CASHBACK, OPERATOR).andResellers(),
                    having("DELETE /compra", Capability.CASHBACK, OPERATOR).andResellers(),
                    having("POST /compra/{id}/status", Capability.CASHBACK, OPERATOR),
                    having("POST /compra/status", Capability.CASHBACK, OPERATOR),
                    having("GET /cashback", Capability.CASHBACK, READ).andResellers(),
                    having("GET /cashback/extrato", Capability.CASHBACK, READ).andResellers(),
                    new Line("POST /cashback/resgates", new Admits.Resellers(), true),
                    having("GET /cashback/resgates", Capability.CASHBACK, READ).andResellers(),
                    having("GET /cashback/faixas", Capability.CASHBACK, READ).andResellers(),
                    having("POST /cashback/faixas", Capability.CASHBACK, ADMIN),
                    having("GET /cashback/cpfs-aprovados", Capability.CASHBACK, ADMIN),
                    having("POST /cashback/cpfs-aprovados", Capability.CASHBACK, ADMIN),
                    having("DELETE /cashback/cpfs-aprovados/{id}", Capability.CASHBACK, ADMIN),
                    having("GET /cashback/fechamentos", Capability.CASHBACK, READ),
                    having("POST /cashback/fechamentos", Capability.CASHBACK, OPERATOR),
                    open("GET /app/cashback/cadastro"),
                    new Line("GET /app/cashback/**", new Admits.Resellers(), true),
                    having("GET /app/purchases", Capability.CASHBACK, READ),
                    having("GET /app/purchases/rates", Capability.CASHBACK, READ),
                    having("GET /app/purchases/import", Capability.CASHBACK, OPERATOR),
                    having("POST /app/purchases/import", Capability.CASHBACK, OPERATOR),
                    having("GET /app/purchases/closes", Capability.CASHBACK, READ),
                    // Investments.
                    usersHaving("POST /auth/register", Capability.SETTINGS, ADMIN),
                    having("GET /clients/**", Capability.INVESTMENTS, READ),
                    having("* /clients/**", Capability.INVESTMENTS, OPERATOR),
                    having("GET /assets/**", Capability.INVESTMENTS, READ),
                    having("* /assets/**", Capability.INVESTMENTS, OPERATOR),
                    having("GET /allocations/**", Capability.INVESTMENTS, READ),
                    having("* /allocations/**", Capability.INVESTMENTS, OPERATOR),
                    having("GET /daily_returns", Capability.INVESTMENTS, READ),
                    having("POST /daily_returns/**", Capability.INVESTMENTS, OPERATOR),
                    having("POST /rates/import", Capability.INVESTMENTS, OPERATOR),
                    having("GET /prices/export", Capability.INVESTMENTS, READ),
                    having("GET /captado/**", Capability.INVESTMENTS, READ),
                    having("GET /app/investments/**", Capability.INVESTMENTS, READ),
                    // Tools.
                    having("GET /q/metrics", Capability.CONSOLE, READ),
                    // The sandbox's outside API.
                    open("GET /sandbox/cashback/v1/cashback"),
                    having("GET /sandbox/cashback/behaviour", Capability.CASHBACK, READ),
                    having("PUT /sandbox/cashback/behaviour", Capability.CASHBACK, ADMIN),
                    signedIn("POST /tools/inspect").andResellers(),
                    open("GET /llms.txt"),
                    open("GET /docs-md/{name}.md"),
                    // Pages.
                    open("GET /"),
                    having("GET /console/overview", Capability.CONSOLE, READ),
                    having("GET /console/parked-events", Capability.CONSOLE, READ),
                    having(
                            "POST /console/parked-events/{subscriber}/{id}/retry",
                            Capability.SETTINGS,
                            ADMIN),
                    usersHaving("GET /app/parked-events", Capability.CONSOLE, READ),
                    usersHaving("POST /app/parked-events", Capability.SETTINGS, ADMIN),
                    signedIn("POST /console/search"),
                    signedIn("GET /console/stories/{id}"),
                    signedIn("GET /app/docs").andResellers(),
                    signedIn("GET /app/docs/{name}").andResellers(),
                    users("GET /app").andResellers(),
                    users("GET /app/search"),
                    users("POST /app/search"),
                    users("GET /app/story/{id}"),
                    usersHaving("GET /app/settings", Capability.SETTINGS, ADMIN),
                    usersHaving("GET /app/sandbox", Capability.CONSOLE, READ),
                    open("GET /app/sign-in"),
                    open("HEAD /app/sign-in"),
                    open("POST /app/sign-in"),
                    open("GET /app/new-password"),
                    users("POST /app/sign-out").andResellers(),
                    having("GET /app/payments", Capability.PAYMENTS, READ),
                    having("GET /app/payments/new", Capability.PAYMENTS, OPERATOR),
                    having("GET /app/payments/one", Capability.PAYMENTS, READ),
                    having("GET /app/payments/receipt", Capability.PAYMENTS, READ),
                    having("GET /app/payments/unmatched", Capability.PAYMENTS, READ),
                    having("GET /app/payouts", Capability.PAYOUTS, READ),
                    having("GET /app/payouts/new", Capability.PAYOUTS, OPERATOR),
                    having("GET /app/payouts/batch", Capability.PAYOUTS, READ),
                    having("GET /app/payouts/one", Capability.PAYOUTS, READ),
                    having("GET /app/payouts/holds", Capability.PAYOUTS, READ),
                    having("POST /reconciliation/**", Capability.LEDGER, OPERATOR),
                    having("DELETE /reconciliation/**", Capability.LEDGER, OPERATOR),
                    having("GET /reconciliation/**", Capability.LEDGER, READ),
                    having("GET /app/reconciliation", Capability.LEDGER, READ),
                    having("GET /app/reconciliation/day", Capability.LEDGER, READ),
                    having("GET /app/payouts/hold", Capability.PAYOUTS, READ),
                    having("GET /app/ledger", Capability.LEDGER, READ),
                    having("GET /app/ledger/{code}", Capability.LEDGER, READ),
                    having("GET /app/ledger/months", Capability.LEDGER, READ),
                    users("GET /app/access"),
                    usersHaving("GET /app/access/**", Capability.SETTINGS, ADMIN));

    private static Line open(String route) {
        return new Line(route, new Admits.Everybody());
    }

    private static Line bankAlone(String route) {
        return new Line(route, new Admits.Bank());
    }

    private static Line signedIn(String route) {
        return new Line(route, new Admits.SignedIn(true));
    }

    private static Line users(String route) {
        return new Line(route, new Admits.SignedIn(false));
    }

    private static Line having(String route, Capability capability, Role role) {
        return new Line(route, new Admits.Having(capability, role, true));
    }

    private static Line usersHaving(String route, Capability capability, Role role) {
        return new Line(route, new Admits.Having(capability, role, false));
    }

    private static final List<String> OF_THE_ROUTE = List.of("/token", "/auth/login");

    private static final AtomicInteger RESELLERS = new AtomicInteger(200_000_000);
    private static final Map<String, Http> KEYS = new LinkedHashMap<>();
    private static final Map<String, UserTable.User> USERS = new LinkedHashMap<>();

    @Inject Database database;
    @Inject Users users;
    @Inject Keys keys;
    @Inject Sessions sessions;
    @Inject SessionTable sessionTable;
    @Inject Clock clock;

    /// Wrong passwords are counted by address, and all tests come from one.
    @AfterEach
    void nobody_has_guessed() {
        Rows.forgetGuesses();
    }

    static Stream<Route> routes() {
        return Routes.all().stream();
    }

    @Test
    void every_route_is_in_the_table_and_every_line_has_a_route() {
        assertThat(Routes.all()).hasSizeGreaterThan(20);
        assertThat(Routes.all())
                .allSatisfy(
                        route ->
                                assertThat(TABLE)
                                        .as("a line for " + route)
                                        .anyMatch(line -> line.covers(route)));
        assertThat(TABLE)
                .allSatisfy(
                        line ->
                                assertThat(Routes.all())
                                        .as("a route for the line " + line.route())
                                        .anyMatch(line::covers));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("routes")
    void nobody_gets_in_without_a_valid_credential(Route route) {
        var expected = admits(route) instanceof Admits.Everybody ? Answer.IN : Answer.WHO_ARE_YOU;
        var found = new LinkedHashMap<String, Answer>();
        worthless().forEach((name, caller) -> found.put(name, ask(route, caller.get())));
        assertThat(found).allSatisfy((_, answer) -> assertThat(answer).isEqualTo(expected));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("routes")
    void only_those_get_in_whom_the_table_admits(Route route) {
        var expected = new LinkedHashMap<String, Answer>();
        var found = new LinkedHashMap<String, Answer>();
        var capability = capability(admits(route));
        for (var role : Role.values()) {
            expected.put("user, " + role, may(admits(route), capability, role, false));
            found.put("user, " + role, ask(route, user(capability, role)));
            expected.put("key, " + role, may(admits(route), capability, role, true));
            found.put("key, " + role, ask(route, key(capability, role)));
        }
        expected.put("admin of all the others", elsewhere(admits(route)));
        found.put("admin of all the others", ask(route, everywhereBut(admits(route))));
        expected.put("reseller", line(route).resellers() ? Answer.IN : reseller(admits(route)));
        found.put("reseller", ask(route, reseller()));
        expected.put("bank", bank(admits(route)));
        found.put("bank", ask(route, Http.nobody().bearer(World.BANK_SECRET)));
        assertThat(found).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("routes")
    void a_cookie_changes_nothing_without_the_token_of_its_page(Route route) {
        var changes = !List.of("GET", "HEAD").contains(route.verb());
        var guarded = changes && !(admits(route) instanceof Admits.Everybody);
        var cookie = cookie();
        assertThat(ask(route, cookie.without())).isEqualTo(guarded ? Answer.NOT_YOU : in(route));
        assertThat(ask(route, cookie.with("0".repeat(64))))
                .isEqualTo(guarded ? Answer.NOT_YOU : in(route));
        assertThat(ask(route, cookie.with(cookie.csrf()).with("Origin", "https://evil.example")))
                .isEqualTo(guarded || (changes && route.isPage()) ? Answer.NOT_YOU : in(route));
        assertThat(ask(route, cookie.with(cookie.csrf()))).isEqualTo(in(route));
    }

    @Test
    void what_is_open_besides_routes_is_open_to_everybody() {
        for (var path : List.of("/q/health", "/q/health/live", "/q/health/ready", "/openapi")) {
            assertThat(Http.nobody().get(path).status()).as(path).isEqualTo(200);
        }
    }

    private enum Answer {
        IN,
        /// 401, or a browser is sent to sign in.
        WHO_ARE_YOU,
        /// 403
        NOT_YOU
    }

    /// What the gate said. Whatever the route says behind it, it is no failure of ours.
    private static Answer ask(Route route, Http caller) {
        var path = route.concrete(UUID.randomUUID().toString());
        var typed =
                caller.with(
                        "Content-Type",
                        route.takesForms()
                                ? "application/x-www-form-urlencoded"
                                : "application/json");
        var body = route.takesForms() ? "a=b" : "{}";
        var answer =
                route.verb().equals("GET") || route.verb().equals("HEAD")
                        ? caller.send(route.verb(), path, new byte[0])
                        : typed.send(route.verb(), path, body.getBytes(StandardCharsets.UTF_8));
        assertThat(answer.status()).as(route + ": " + answer.body()).isLessThan(500);
        var isGate = answer.body().contains("problems/unauthenticated");
        return switch (answer.status()) {
            case 401 -> {
                assertThat(answer.header("WWW-Authenticate")).isNotEmpty();
                assertProblem(answer);
                // A wrong password is a 401 of the route itself.
                yield isGate && !OF_THE_ROUTE.contains(route.path())
                        ? Answer.WHO_ARE_YOU
                        : Answer.IN;
            }
            case 403 -> {
                assertProblem(answer);
                yield answer.body().contains("problems/forbidden") ? Answer.NOT_YOU : Answer.IN;
            }
            default -> Answer.IN;
        };
    }

    private static void assertProblem(Http.Answer answer) {
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
        assertThat(answer.json().required("status").intValue()).isEqualTo(answer.status());
    }

    private static Line line(Route route) {
        return TABLE.stream().filter(line -> line.covers(route)).findFirst().orElseThrow();
    }

    private static Admits admits(Route route) {
        return line(route).admits();
    }

    private static Answer reseller(Admits admits) {
        return admits instanceof Admits.Everybody ? Answer.IN : Answer.NOT_YOU;
    }

    /// What a holder of everything is answered, who is a user.
    private static Answer in(Route route) {
        return admits(route) instanceof Admits.Bank || admits(route) instanceof Admits.Resellers
                ? Answer.NOT_YOU
                : Answer.IN;
    }

    private static Answer may(Admits admits, Capability capability, Role role, boolean isKey) {
        var admitted =
                switch (admits) {
                    case Admits.Everybody() -> true;
                    case Admits.Bank(), Admits.Resellers() -> false;
                    case Admits.SignedIn(var keys) -> keys || !isKey;
                    case Admits.Having(var wanted, var least, var keys) ->
                            capability == wanted && role.includes(least) && (keys || !isKey);
                };
        return admitted ? Answer.IN : Answer.NOT_YOU;
    }

    private static Answer elsewhere(Admits admits) {
        return switch (admits) {
            case Admits.Everybody(), Admits.SignedIn _ -> Answer.IN;
            case Admits.Bank(), Admits.Having _, Admits.Resellers() -> Answer.NOT_YOU;
        };
    }

    private static Answer bank(Admits admits) {
        return admits instanceof Admits.Everybody || admits instanceof Admits.Bank
                ? Answer.IN
                : Answer.NOT_YOU;
    }

    /// The capability that a route is about, or any.
    private static Capability capability(Admits admits) {
        return admits instanceof Admits.Having(var capability, _, _)
                ? capability
                : Capability.PAYOUTS;
    }

    private static Grant grant(Map<Capability, Role> roles) {
        return new Grant(roles, Grant.NO_LIMIT, Grant.NO_LIMIT);
    }

    private static Map<Capability, Role> allBut(@Nullable Capability left) {
        var roles = new EnumMap<Capability, Role>(Capability.class);
        for (var capability : Capability.values()) {
            if (capability != left) {
                roles.put(capability, ADMIN);
            }
        }
        return roles;
    }

    /// A fresh token each time: some routes end the one they are asked with.
    private Http user(Capability capability, Role role) {
        return token(person(capability.word() + "-" + role.word(), Map.of(capability, role)));
    }

    private Http everywhereBut(Admits admits) {
        var left = admits instanceof Admits.Having(var capability, _, _) ? capability : null;
        return token(person("all-but-" + left, allBut(left)));
    }

    /// Registered anew each time: some routes delete whoever asks, others sign them out.
    private static Http reseller() {
        var base = Integer.toString(RESELLERS.incrementAndGet());
        var cpf = base + TaxId.Cpf.checkDigits(base);
        var body =
                """
                {"full_name":"R","username":"r%s","password":"a good password","cpf":"%s",
                "email":"r%s@example.com"}"""
                        .formatted(base, cpf, base);
        assertThat(Http.nobody().post("/revendedor", body).status()).isEqualTo(201);
        return Http.nobody().signedIn("r" + base, "a+good+password");
    }

    private Http token(UserTable.User user) {
        var opened =
                database.transaction(tx -> sessions.open(tx, current(user), Sessions.By.TOKEN));
        return Http.nobody().bearer(opened.secret());
    }

    private UserTable.User current(UserTable.User user) {
        return users.find(user.id()).orElseThrow();
    }

    private UserTable.User person(String name, Map<Capability, Role> roles) {
        return USERS.computeIfAbsent(name, _ -> somebody(name, roles));
    }

    private UserTable.User somebody(String name, Map<Capability, Role> roles) {
        var unique = (name + "-" + UUID.randomUUID()).toLowerCase(Locale.ROOT);
        var outcome = users.create(Caller.SYSTEM, unique, "a good password", grant(roles));
        return ((Users.Outcome.Saved) outcome).user();
    }

    private Http key(Capability capability, Role role) {
        return KEYS.computeIfAbsent(
                capability.word() + role,
                name -> Http.nobody().bearer(makeKey(name, Map.of(capability, role)).secret()));
    }

    private Keys.Outcome.Created makeKey(String name, Map<Capability, Role> roles) {
        var maker = person("key-maker", allBut(null)).caller();
        return (Keys.Outcome.Created) keys.create(maker, name, grant(roles), null);
    }

    /// Credentials that open nothing, whatever their owner may do.
    private Map<String, Supplier<Http>> worthless() {
        var all = person("everything", allBut(null));
        var worthless = new LinkedHashMap<String, Supplier<Http>>();
        worthless.put("nobody", Http::nobody);
        worthless.put("expired token", () -> signed(World.SECRET, "HS256", -1));
        worthless.put("token of another secret", () -> signed("x".repeat(48), "HS256", 3600));
        worthless.put("token without signature", () -> signed("", "none", 3600));
        worthless.put(
                "token of an ended session",
                () -> {
                    var ended = token(all);
                    assertThat(ended.post("/auth/sign-out", "").status()).isEqualTo(204);
                    return ended;
                });
        worthless.put(
                "revoked key",
                () -> {
                    var key = makeKey("revoked", allBut(null));
                    keys.revoke(all.caller(), key.key().id());
                    return Http.nobody().bearer(key.secret());
                });
        worthless.put("made-up key", () -> Http.nobody().bearer("vtm_" + "0".repeat(64)));
        worthless.put(
                "key of somebody deactivated",
                () -> Http.nobody().bearer(keyOfSomebodyDeactivated()));
        worthless.put("basic", () -> Http.nobody().with("Authorization", "Basic YWRtaW46YWRtaW4="));
        worthless.put("no secret", () -> Http.nobody().with("Authorization", "Bearer "));
        worthless.put(
                "made-up cookie", () -> Http.nobody().with("Cookie", cookieOf("0".repeat(64))));
        worthless.put(
                "a wrong header beside a right cookie",
                () -> cookie().without().with("Authorization", "Bearer wrong"));
        return worthless;
    }

    private String keyOfSomebodyDeactivated() {
        var gone = somebody("gone", allBut(null));
        var key =
                (Keys.Outcome.Created)
                        keys.create(gone.caller(), "gone", grant(allBut(null)), null);
        users.change(Caller.SYSTEM, gone.id(), new Users.Change(null, null, null, false));
        return key.secret();
    }

    /// A JWT for a session that really is open, signed with something.
    private Http signed(String secret, String algorithm, long secondsLeft) {
        var all = person("everything", allBut(null));
        var now = clock.instant();
        var session =
                database.transaction(
                        tx ->
                                sessionTable.insert(
                                        tx,
                                        current(all),
                                        null,
                                        now,
                                        now.plus(Duration.ofHours(1))));
        var claims =
                "{\"iss\":\"vintem\",\"aud\":\"vintem-api\",\"sub\":\"%s\",\"jti\":\"%s\",\"iat\":%d,\"exp\":%d}"
                        .formatted(
                                all.id(),
                                session.id(),
                                seconds(now, -7200),
                                seconds(now, secondsLeft));
        var unsigned =
                base64("{\"alg\":\"%s\"}".formatted(algorithm).getBytes(StandardCharsets.UTF_8))
                        + "."
                        + base64(claims.getBytes(StandardCharsets.UTF_8));
        return Http.nobody().bearer(unsigned + "." + base64(hmac(secret, unsigned)));
    }

    @Test
    void a_token_signed_by_hand_is_accepted_where_it_is_right() {
        assertThat(signed(World.SECRET, "HS256", 3600).get("/me").status()).isEqualTo(200);
    }

    private static long seconds(Instant now, long later) {
        return now.getEpochSecond() + later;
    }

    private static byte[] hmac(String secret, String text) {
        if (secret.isEmpty()) {
            return new byte[0];
        }
        try {
            var mac = javax.crypto.Mac.getInstance("HmacSHA256");
            mac.init(
                    new javax.crypto.spec.SecretKeySpec(
                            secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (java.security.GeneralSecurityException failed) {
            throw new AssertionError(failed);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /// A browser's session.
    private record Cookie(String value, String csrf) {
        Http without() {
            return Http.nobody().with("Cookie", cookieOf(value));
        }

        Http with(String csrfToken) {
            return without().with("X-CSRF-Token", csrfToken);
        }
    }

    private static String cookieOf(String secret) {
        return Gate.SESSION_COOKIE + "=" + secret;
    }

    private Cookie cookie() {
        var all = person("browser", allBut(null));
        var now = clock.instant();
        return database.transaction(
                tx -> {
                    var opened = sessions.open(tx, current(all), Sessions.By.COOKIE);
                    var session =
                            sessionTable
                                    .aliveByCookie(tx, Opaque.hash(opened.secret()), now)
                                    .orElseThrow();
                    return new Cookie(opened.secret(), sessions.csrf(session.id()));
                });
    }
}
