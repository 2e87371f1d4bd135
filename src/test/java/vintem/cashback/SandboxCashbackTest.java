package vintem.cashback;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vintem.Http;
import vintem.World;
import vintem.cashback.CashbackApi.Credit;
import vintem.platform.TaxId;
import vintem.platform.Together;

/// The sandbox's stub of the outside API, asked by the real client.
@QuarkusTest
@QuarkusTestResource(World.class)
class SandboxCashbackTest {
    private static final TaxId ANA = new TaxId.Cpf("52998224725");
    private static final TaxId RUI = new TaxId.Cpf("15350946056");
    private static final Duration DEADLINE = Duration.ofMillis(1_200);
    private static final Duration LATEST = DEADLINE.multipliedBy(3);

    @Inject CashbackApi asConfigured;

    private CashbackApi api;

    @BeforeEach
    void a_client_that_believes_nothing_for_long() {
        var port = ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
        var stub = URI.create("http://127.0.0.1:%d/sandbox/cashback".formatted(port));
        api =
                new CashbackApi(
                        CashbackApiSettings.of(
                                () -> Optional.of(stub),
                                "sandbox",
                                DEADLINE,
                                Duration.ZERO,
                                Duration.ofMillis(100)),
                        Clock.systemUTC());
    }

    @AfterEach
    void it_behaves_again() {
        behave("normal");
        api.stop();
    }

    @Test
    void the_sandbox_asks_its_own_stub_where_nothing_is_configured() {
        assertThat(cents(asConfigured.credit(ANA))).isEqualTo(5_299_00);
    }

    @ParameterizedTest
    @EnumSource(SandboxBehaviour.class)
    void every_misbehaviour_is_answered_in_time_and_the_page_says_how(SandboxBehaviour behaviour)
            throws IOException {
        var start = System.nanoTime();
        var credit = api.credit(behaviour.cpf());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LATEST);
        var seen =
                switch (credit) {
                    case Credit.Live _ -> "live";
                    case Credit.Cached _ -> "cached";
                    case Credit.Unavailable(var reason) -> reason;
                };
        var row =
                Files.readAllLines(Path.of("docs/sandbox.md")).stream()
                        .filter(it -> it.startsWith("| `%s` |".formatted(behaviour.word())))
                        .filter(it -> it.contains(behaviour.cpf().formatted()))
                        .findFirst()
                        .orElseThrow();
        assertThat(row.substring(row.lastIndexOf("| `"))).startsWith("| `%s`".formatted(seen));
    }

    /// The route and not the client alone: whatever happens there, it is an answer with what is
    /// known, and the ledger's own figures are always in it.
    @ParameterizedTest
    @EnumSource(SandboxBehaviour.class)
    void the_route_answers_whatever_the_api_does(SandboxBehaviour behaviour) {
        var answer =
                Http.admin().get("/cashback?revendedor_id=" + registered(behaviour.cpf().value()));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        var json = answer.json();
        assertThat(json.required("disponivel").decimalValue()).isEqualByComparingTo("0.00");
        assertThat(json.required("origem").asText()).isIn("live", "cached", "unavailable");
        if (behaviour != SandboxBehaviour.NORMAL && behaviour != SandboxBehaviour.SLOW) {
            // What is no figure is not shown as one; the reason may be that it is left alone by
            // now.
            assertThat(json.required("origem").asText()).isEqualTo("unavailable");
            assertThat(json.required("credit").isNull()).isTrue();
            assertThat(json.required("motivo").asText())
                    .isIn("unreachable", "failing", "refused", "unreadable", "timeout", "resting");
        }
    }

    @Test
    void the_route_shows_the_figure_again_once_the_api_is_well() {
        var seller = Sellers.register();
        behave("failing");
        assertThat(seller.http().get("/cashback").json().required("origem").asText())
                .isEqualTo("unavailable");
        behave("normal");
        Together.until(
                "it is live again",
                () -> {
                    var json = seller.http().get("/cashback").json();
                    return !json.required("credit").isNull()
                            && json.required("desde").asText().endsWith("Z");
                });
    }

    @Test
    void every_reason_is_on_the_page_of_outcomes() throws IOException {
        var page = Files.readString(Path.of("docs/outcomes.md"));
        var own = Path.of("src/main/java/vintem/cashback/CashbackApi.java");
        var reasons = java.util.regex.Pattern.compile("String [A-Z_]+ = \"([a-z_]+)\";");
        var said = reasons.matcher(Files.readString(own)).results().map(it -> it.group(1)).toList();
        assertThat(said).contains("timeout", "unreachable", "resting");
        assertThat(said).allMatch(it -> page.contains("| `%s` |".formatted(it)));
        for (var reason : CashbackAnswer.Reason.values()) {
            assertThat(page)
                    .contains("| `%s` |".formatted(new CashbackAnswer.NoFigure(reason).reason()));
        }
    }

    @Test
    void it_misbehaves_for_all_until_told_otherwise_and_is_taken_back() {
        assertThat(cents(api.credit(RUI))).isEqualTo(1_535_00);
        behave("unreachable");
        // What was known is shown; what was not is not made up.
        assertThat(api.credit(RUI)).isInstanceOf(Credit.Cached.class);
        Together.until(
                "it is left alone",
                () -> {
                    assertThat(api.credit(ANA)).isInstanceOf(Credit.Unavailable.class);
                    return api.circuitState() == 2;
                });
        behave("normal");
        Together.until("it is asked again", () -> api.credit(ANA) instanceof Credit.Live);
        Together.until(
                "it is trusted again",
                () -> {
                    api.credit(ANA);
                    return api.circuitState() == 0;
                });
    }

    @Test
    void it_wants_the_token_and_a_cpf() {
        var nobody = Http.nobody();
        var address = "/sandbox/cashback/v1/cashback";
        assertThat(nobody.get(address + "?cpf=" + ANA.value()).body()).contains("401");
        var known = nobody.with("token", "sandbox");
        assertThat(known.get(address).body()).contains("400", "CPF");
        assertThat(known.get(address + "?cpf=123").body()).contains("400", "CPF");
        assertThat(known.get(address + "?cpf=529.982.247-25").body())
                .isEqualTo("{\"statusCode\":200,\"body\":{\"credit\":5299}}");
    }

    @Test
    void how_it_behaves_is_asked_and_said_by_its_words_alone() {
        var admin = Http.admin();
        behave("slow");
        assertThat(admin.get("/sandbox/cashback/behaviour").body())
                .isEqualTo("{\"behaviour\":\"slow\"}");
        for (var wrong : new String[] {"{}", "{\"behaviour\":\"rude\"}", "{\"behaviour\":1}"}) {
            var answer =
                    admin.send(
                            "PUT",
                            "/sandbox/cashback/behaviour",
                            wrong.getBytes(StandardCharsets.UTF_8));
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("/behaviour");
        }
    }

    @Test
    void production_has_no_stub() {
        System.setProperty("vintem.mode", "production");
        try {
            var known = Http.nobody().with("token", "sandbox");
            assertThat(known.get("/sandbox/cashback/v1/cashback?cpf=52998224725").status())
                    .isEqualTo(404);
        } finally {
            System.clearProperty("vintem.mode");
        }
    }

    /// Each is registered once, whoever asks first.
    private static String registered(String cpf) {
        var found = Http.admin().get("/revendedor?cpf=" + cpf).json().required("items");
        return found.isEmpty() ? Sellers.register(cpf).id() : found.get(0).required("id").asText();
    }

    private static void behave(String word) {
        var body = "{\"behaviour\":\"%s\"}".formatted(word).getBytes(StandardCharsets.UTF_8);
        var answer = Http.admin().send("PUT", "/sandbox/cashback/behaviour", body);
        assertThat(answer.status()).isEqualTo(200);
    }

    private static long cents(Credit credit) {
        return ((Credit.Live) credit).creditCents();
    }
}
