package vintem.cashback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.cashback.CashbackApi.Credit;
import vintem.platform.TaxId;
import vintem.platform.Together;

/// The client of the outside API against real servers that misbehave.
class CashbackApiTest {
    private static final TaxId ANA = new TaxId.Cpf("52998224725");
    private static final TaxId RUI = new TaxId.Cpf("15350946056");
    private static final Duration DEADLINE = Duration.ofMillis(600);
    // A machine under load may be late; a client that waits for a slow server is later by far.
    private static final Duration LATEST = DEADLINE.multipliedBy(4);
    // For those who wait until a test lets the server answer.
    private static final Duration PATIENT = Duration.ofMinutes(8);
    private static final Duration REST = Duration.ofMillis(200);
    private static final int MOST_ASKED = 1_000_000;
    private static final String GOOD = "{\"statusCode\":200,\"body\":{\"credit\":3600}}";

    /// What the server does with a call.
    @FunctionalInterface
    private interface Behaviour {
        void answer(HttpExchange call) throws IOException;
    }

    /// It stands still until time passes.
    private static final class StandingClock extends Clock {
        private volatile Instant now = Instant.parse("2026-11-26T12:00:00Z");

        void passes(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicReference<Behaviour> behaviour = new AtomicReference<>(says(GOOD));
    private final StandingClock clock = new StandingClock();
    private final CountDownLatch over = new CountDownLatch(1);
    private HttpServer server;
    private CashbackApi api;
    private CashbackApi hasty;

    @BeforeEach
    void a_server_and_its_client() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(
                "/",
                call -> {
                    calls.incrementAndGet();
                    try (call) {
                        behaviour.get().answer(call);
                    }
                });
        server.start();
        var base = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/base");
        api = client(base, PATIENT);
        hasty = client(base, DEADLINE);
    }

    @AfterEach
    void all_is_over() {
        over.countDown();
        api.stop();
        hasty.stop();
        server.stop(0);
    }

    @Test
    void a_credit_comes_in_cents_with_its_moment() {
        assertThat(api.credit(ANA)).isEqualTo(new Credit.Live(360_000, clock.instant()));
    }

    @Test
    void it_is_asked_for_by_bare_digits_and_with_the_token() {
        var heard = new AtomicReference<String>();
        behaviour.set(
                call -> {
                    heard.set(call.getRequestURI() + " " + call.getRequestHeaders().get("token"));
                    says(GOOD).answer(call);
                });
        api.credit(ANA);
        assertThat(heard.get()).isEqualTo("/base/v1/cashback?cpf=52998224725 [the-token]");
    }

    @Test
    void nothing_and_the_most_that_there_can_be_are_credits() {
        behaviour.set(says("{\"statusCode\":200,\"body\":{\"credit\":0}}"));
        assertThat(api.credit(ANA)).isEqualTo(new Credit.Live(0, clock.instant()));
        behaviour.set(says("{\"statusCode\":200,\"body\":{\"credit\":92233720368547758}}"));
        assertThat(api.credit(RUI))
                .isEqualTo(new Credit.Live(9_223_372_036_854_775_800L, clock.instant()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "3600",
                "<html>",
                "{\"statusCode\":200,\"body\":{\"credit\":36",
                "{\"statusCode\":200,\"body\":{\"credit\":3600}} {}",
                "{\"statusCode\":200,\"body\":{\"credit\":3600.5}}",
                "{\"statusCode\":200,\"body\":{\"credit\":3600.0}}",
                "{\"statusCode\":200,\"body\":{\"credit\":36e2}}",
                "{\"statusCode\":200,\"body\":{\"credit\":-1}}",
                "{\"statusCode\":200,\"body\":{\"credit\":\"3600\"}}",
                "{\"statusCode\":200,\"body\":{\"credit\":null}}",
                "{\"statusCode\":200,\"body\":{\"credit\":true}}",
                "{\"statusCode\":200,\"body\":{\"credit\":[3600]}}",
                "{\"statusCode\":200,\"body\":{\"credit\":92233720368547759}}",
                "{\"statusCode\":200,\"body\":{\"credit\":9223372036854775808}}",
                "{\"statusCode\":200,\"body\":{\"credit\":1,\"credit\":2}}",
                "{\"statusCode\":200,\"body\":{}}",
                "{\"statusCode\":200,\"body\":[]}",
                "{\"statusCode\":200}",
                "{\"statusCode\":\"200\",\"body\":{\"credit\":3600}}",
                "{\"statusCode\":200.0,\"body\":{\"credit\":3600}}",
                "{\"body\":{\"credit\":3600}}",
            })
    void what_is_no_figure_is_never_taken_for_one(String body) {
        behaviour.set(says(body));
        assertThat(api.credit(ANA)).isEqualTo(new Credit.Unavailable("unreadable"));
    }

    @Test
    void the_inner_code_decides_and_a_refusal_is_not_asked_again() {
        behaviour.set(says("{\"statusCode\":400,\"body\":{\"message\":\"CPF inválido\"}}"));
        assertThat(api.credit(ANA)).isEqualTo(new Credit.Unavailable("refused"));
        assertThat(calls).hasValue(1);
        assertThat(api.circuitState()).isZero();
    }

    @Test
    void an_api_that_fails_is_tried_three_times() {
        behaviour.set(says("{\"statusCode\":500,\"body\":{\"message\":\"oops\"}}"));
        assertThat(api.credit(ANA)).isEqualTo(new Credit.Unavailable("failing"));
        assertThat(calls).hasValue(3);
    }

    @Test
    void one_bad_moment_is_not_seen() {
        behaviour.set(
                call -> {
                    if (calls.get() == 1) {
                        answer(call, 503, "<html>");
                    } else {
                        says(GOOD).answer(call);
                    }
                });
        assertThat(api.credit(ANA)).isEqualTo(new Credit.Live(360_000, clock.instant()));
    }

    @Test
    void a_redirect_is_not_followed_with_the_token() {
        behaviour.set(
                call -> {
                    call.getResponseHeaders().add("Location", "/elsewhere");
                    answer(call, 302, "");
                });
        assertThat(api.credit(ANA)).isEqualTo(new Credit.Unavailable("failing"));
    }

    @Test
    void a_slow_server_costs_no_more_than_the_deadline() {
        behaviour.set(_ -> Together.await(over));
        assertThat(inTime(() -> hasty.credit(ANA))).isEqualTo(new Credit.Unavailable("timeout"));
    }

    @Test
    void a_server_that_drips_its_body_costs_no_more_either() {
        behaviour.set(
                call -> {
                    call.sendResponseHeaders(200, 0);
                    call.getResponseBody().write('{');
                    call.getResponseBody().flush();
                    Together.await(over);
                });
        assertThat(inTime(() -> hasty.credit(ANA))).isEqualTo(new Credit.Unavailable("timeout"));
    }

    @Test
    void a_huge_body_is_not_read_to_its_end() {
        behaviour.set(says(" ".repeat(8 << 20) + GOOD));
        assertThat(inTime(() -> hasty.credit(ANA)))
                .isEqualTo(new Credit.Unavailable("unreachable"));
    }

    @Test
    void a_server_that_hangs_up_is_unreachable() {
        behaviour.set(HttpExchange::close);
        assertThat(inTime(() -> hasty.credit(ANA)))
                .isEqualTo(new Credit.Unavailable("unreachable"));
    }

    @Test
    void nobody_at_the_address_is_unreachable() throws IOException {
        int nobody;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = free.getLocalPort();
        }
        var lonely = client(URI.create("http://127.0.0.1:" + nobody));
        assertThat(inTime(() -> lonely.credit(ANA)))
                .isEqualTo(new Credit.Unavailable("unreachable"));
        lonely.stop();
    }

    @Test
    void a_figure_is_believed_for_a_minute_and_shown_with_its_age() {
        var asked = clock.instant();
        api.credit(ANA);
        clock.passes(Duration.ofSeconds(59));
        behaviour.set(says("{\"statusCode\":200,\"body\":{\"credit\":1}}"));
        assertThat(api.credit(ANA)).isEqualTo(new Credit.Cached(360_000, asked));
        assertThat(calls).hasValue(1);
        clock.passes(Duration.ofSeconds(2));
        assertThat(api.credit(ANA)).isEqualTo(new Credit.Live(100, clock.instant()));
    }

    @Test
    void what_was_known_is_shown_where_the_api_fails() {
        var asked = clock.instant();
        api.credit(ANA);
        clock.passes(Duration.ofHours(3));
        behaviour.set(says("{\"statusCode\":200,\"body\":{\"credit\":0.5}}"));
        assertThat(api.credit(ANA)).isEqualTo(new Credit.Cached(360_000, asked));
        // Nothing is known of others, and nothing is made up.
        assertThat(api.credit(RUI)).isInstanceOf(Credit.Unavailable.class);
    }

    @Test
    void nothing_is_known_any_more_once_somebody_was_forgotten() {
        api.credit(ANA);
        api.forget();
        behaviour.set(HttpExchange::close);
        assertThat(api.credit(ANA)).isInstanceOf(Credit.Unavailable.class);
    }

    @Test
    void what_was_asked_for_before_somebody_was_forgotten_is_not_kept_afterwards() {
        var entered = new CountDownLatch(1);
        var mayAnswer = new CountDownLatch(1);
        behaviour.set(
                call -> {
                    entered.countDown();
                    Together.await(mayAnswer);
                    says(GOOD).answer(call);
                });
        var patient = client(address(), Duration.ofSeconds(30));
        var asking = Together.beside(() -> patient.credit(ANA));
        Together.await(entered, asking);
        patient.forget();
        mayAnswer.countDown();
        asking.join();
        behaviour.set(HttpExchange::close);
        assertThat(patient.credit(ANA)).isInstanceOf(Credit.Unavailable.class);
        patient.stop();
    }

    @Test
    void many_who_ask_for_one_cpf_cost_one_call() {
        var entered = new CountDownLatch(1);
        var mayAnswer = new CountDownLatch(1);
        behaviour.set(
                call -> {
                    entered.countDown();
                    Together.await(mayAnswer);
                    says(GOOD).answer(call);
                });
        var helper =
                Together.beside(
                        () -> {
                            Together.await(entered);
                            mayAnswer.countDown();
                        });
        var credits = Together.atOnce(32, () -> api.credit(ANA));
        helper.join();
        assertThat(calls).hasValue(1);
        // Whoever came after the answer finds it kept.
        assertThat(credits)
                .allMatch(
                        credit ->
                                credit.equals(new Credit.Live(360_000, clock.instant()))
                                        || credit.equals(
                                                new Credit.Cached(360_000, clock.instant())));
    }

    @Test
    void one_cpf_never_hears_the_figure_of_another() {
        behaviour.set(
                call -> {
                    var digits = call.getRequestURI().getQuery().substring("cpf=".length());
                    says("{\"statusCode\":200,\"body\":{\"credit\":%s}}"
                                    .formatted(digits.substring(0, 3)))
                            .answer(call);
                });
        assertThat(api.credit(ANA)).isEqualTo(new Credit.Live(529_00, clock.instant()));
        assertThat(api.credit(RUI)).isEqualTo(new Credit.Live(153_00, clock.instant()));
    }

    @Test
    void an_api_that_keeps_failing_is_left_alone_and_taken_back() {
        behaviour.set(HttpExchange::close);
        Together.until(
                "the circuit opens",
                () -> {
                    api.credit(ANA);
                    return api.circuitState() == 2;
                });
        var before = calls.get();
        assertThat(api.credit(RUI)).isIn(new Credit.Unavailable("resting"), failing());
        behaviour.set(says(GOOD));
        // It opens a little at first, and wholly after two good answers.
        Together.until("it is asked again", () -> api.credit(ANA) instanceof Credit.Live);
        assertThat(calls.get()).isGreaterThan(before);
        clock.passes(Duration.ofMinutes(2));
        api.credit(ANA);
        assertThat(api.circuitState()).isZero();
    }

    /// While it is tried again, two calls are under way at most; all others hear at once that it
    /// rests. Both must come back well.
    @Test
    void a_circuit_that_is_half_open_lets_two_calls_through_and_closes_after_both() {
        open(api);
        var entered = new AtomicInteger();
        var mayAnswer = new CountDownLatch(1);
        behaviour.set(
                call -> {
                    entered.incrementAndGet();
                    Together.await(mayAnswer);
                    says(GOOD).answer(call);
                });
        var asked = new ArrayList<CompletableFuture<Credit>>();
        Together.until(
                "it is asked again, twice",
                () -> {
                    asked.add(asking(api, cpf(asked.size())));
                    return entered.get() >= 2;
                });
        for (var i = 0; i < 20; i++) {
            assertThat(api.credit(cpf(MOST_ASKED + i)))
                    .isEqualTo(new Credit.Unavailable("resting"));
        }
        assertThat(entered).hasValue(2);
        assertThat(api.circuitState()).isEqualTo(1);
        mayAnswer.countDown();
        assertThat(asked.stream().map(CompletableFuture::join))
                .filteredOn(it -> it instanceof Credit.Live)
                .hasSize(2);
        assertThat(api.circuitState()).isZero();
    }

    @Test
    void a_circuit_that_is_half_open_and_meets_another_failure_opens_again() {
        open(api);
        var before = calls.get();
        Together.until(
                "it is tried again",
                () -> {
                    api.credit(ANA);
                    return calls.get() > before;
                });
        assertThat(api.circuitState()).isEqualTo(2);
    }

    /// Who is too many is told at once, with what is known of them and its age: nobody queues for
    /// an API that is slow, and it is never asked by more than so many.
    @Test
    void no_more_calls_than_so_many_are_under_way_and_all_others_are_answered_at_once() {
        var known = clock.instant();
        assertThat(api.credit(ANA)).isEqualTo(new Credit.Live(360_000, known));
        clock.passes(Duration.ofHours(2));
        var underWay = new AtomicInteger();
        var most = new AtomicInteger();
        var mayAnswer = new CountDownLatch(1);
        behaviour.set(
                call -> {
                    most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
                    Together.await(mayAnswer);
                    underWay.decrementAndGet();
                    says(GOOD).answer(call);
                });
        var asked = new ArrayList<CompletableFuture<Credit>>();
        for (var i = 0; i < CashbackApi.MOST_CALLS; i++) {
            asked.add(asking(api, cpf(i)));
        }
        Together.until("all of them are under way", () -> underWay.get() == CashbackApi.MOST_CALLS);
        // Nothing comes back from there until these were answered.
        for (var i = 0; i < CashbackApi.MOST_CALLS; i++) {
            assertThat(api.credit(cpf(MOST_ASKED + i))).isEqualTo(new Credit.Unavailable("busy"));
        }
        assertThat(api.credit(ANA)).isEqualTo(new Credit.Cached(360_000, known));
        assertThat(asked).noneMatch(CompletableFuture::isDone);
        mayAnswer.countDown();
        assertThat(asked.stream().map(CompletableFuture::join))
                .allMatch(it -> it.equals(new Credit.Live(360_000, clock.instant())));
        assertThat(most).hasValue(CashbackApi.MOST_CALLS);
        // There is room again, and being full was nobody's failure.
        assertThat(api.credit(cpf(MOST_ASKED)))
                .isEqualTo(new Credit.Live(360_000, clock.instant()));
        assertThat(api.credit(ANA)).isEqualTo(new Credit.Live(360_000, clock.instant()));
        assertThat(api.circuitState()).isZero();
    }

    @Test
    void nobody_in_a_crowd_waits_for_an_api_that_never_answers() {
        behaviour.set(_ -> Together.await(over));
        var works = new ArrayList<Callable<Credit>>();
        for (var i = 0; i < CashbackApi.MOST_CALLS * 2; i++) {
            var cpf = cpf(i);
            works.add(() -> hasty.credit(cpf));
        }
        assertThat(Together.atOnce(works))
                .allSatisfy(it -> assertThat(it).isInstanceOf(Credit.Unavailable.class));
        assertThat(over.getCount()).as("it has answered nobody").isEqualTo(1);
    }

    /// Each pause is up to a half longer or shorter, so that those who failed together do not come
    /// back together.
    @Test
    void between_tries_there_is_a_pause_that_grows_and_is_never_quite_the_same() {
        var arrivals = new CopyOnWriteArrayList<Long>();
        behaviour.set(
                call -> {
                    arrivals.add(System.nanoTime());
                    answer(call, 500, "");
                });
        assertThat(api.credit(ANA)).isEqualTo(new Credit.Unavailable("failing"));
        assertThat(arrivals).hasSize(3);
        var policy = CashbackApi.retrying().getConfig();
        // A clock may tick a little late.
        var shortest = policy.getDelay().toNanos() * (1 - policy.getJitterFactor()) * 0.98;
        assertThat(policy.getJitterFactor()).isBetween(0.25, 0.75);
        assertThat((double) (arrivals.get(1) - arrivals.get(0))).isGreaterThanOrEqualTo(shortest);
        assertThat((double) (arrivals.get(2) - arrivals.get(1)))
                .isGreaterThanOrEqualTo(shortest * policy.getDelayFactor());
    }

    private void open(CashbackApi client) {
        behaviour.set(HttpExchange::close);
        Together.until(
                "the circuit opens",
                () -> {
                    client.credit(RUI);
                    return client.circuitState() == 2;
                });
    }

    private static CompletableFuture<Credit> asking(CashbackApi client, TaxId cpf) {
        return CompletableFuture.supplyAsync(() -> client.credit(cpf), Thread.ofVirtual()::start);
    }

    private static TaxId cpf(int number) {
        var base = Integer.toString(700_000_000 + number);
        return new TaxId.Cpf(base + TaxId.Cpf.checkDigits(base));
    }

    /// Where the rest is over between two statements of a test.
    private static Credit failing() {
        return new Credit.Unavailable("unreachable");
    }

    @Test
    void an_open_circuit_costs_no_call() {
        var patient = new CashbackApi(settings(address(), DEADLINE, Duration.ofHours(1)), clock);
        behaviour.set(HttpExchange::close);
        Together.until(
                "the circuit opens",
                () -> {
                    patient.credit(ANA);
                    return patient.circuitState() == 2;
                });
        var before = calls.get();
        assertThat(patient.credit(ANA)).isEqualTo(new Credit.Unavailable("resting"));
        assertThat(calls).hasValue(before);
        patient.stop();
    }

    @Test
    void nobody_is_asked_where_no_api_is_configured_or_it_is_about_a_company() {
        var none =
                new CashbackApi(
                        CashbackApiSettings.of(Optional::empty, "t", DEADLINE, REST, REST), clock);
        assertThat(none.credit(ANA)).isEqualTo(new Credit.Unavailable("not_configured"));
        none.stop();
        assertThat(api.credit(new TaxId.Cnpj("11222333000181")))
                .isEqualTo(new Credit.Unavailable("no_cpf"));
        assertThat(calls).hasValue(0);
    }

    @Test
    void no_failure_gives_the_cpf_or_the_token_away() {
        var said = new StringWriter();
        var listener =
                new ExtHandler() {
                    @Override
                    protected void doPublish(ExtLogRecord line) {
                        said.append(line.getMessage());
                        for (var it = line.getThrown(); it != null; it = it.getCause()) {
                            said.append(it.toString());
                        }
                    }
                };
        var log = Logger.getLogger("vintem.cashback");
        log.addHandler(listener);
        try {
            for (var trouble : List.of(says("{"), (Behaviour) HttpExchange::close)) {
                behaviour.set(trouble);
                for (var i = 0; i < 5; i++) {
                    assertThat(api.credit(ANA).toString()).doesNotContain("529", "the-token");
                }
            }
        } finally {
            log.removeHandler(listener);
        }
        assertThat(said.toString()).contains("cashback").doesNotContain("52998224725", "982");
    }

    @Test
    void production_refuses_the_stub_and_a_missing_token() {
        System.setProperty("vintem.mode", "production");
        try {
            System.setProperty("vintem.cashback-api-url", "http://127.0.0.1:8080/sandbox/cashback");
            assertThatThrownBy(CashbackApiSettings::configured)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("production mode refuses");
            System.setProperty("vintem.cashback-api-url", "https://api.example/");
            assertThatThrownBy(CashbackApiSettings::configured)
                    .hasMessageContaining("VINTEM_CASHBACK_API_TOKEN");
            System.clearProperty("vintem.cashback-api-url");
            assertThat(CashbackApiSettings.configured().isConfigured()).isFalse();
        } finally {
            System.clearProperty("vintem.mode");
            System.clearProperty("vintem.cashback-api-url");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "api.example",
                "ftp://api.example",
                "https://",
                "https://user:secret@api.example",
                "https://api.example?cpf=1",
                "https://api example"
            })
    void an_address_that_is_none_is_said_so(String address) {
        System.setProperty("vintem.cashback-api-url", address);
        try {
            assertThatThrownBy(CashbackApiSettings::configured)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("VINTEM_CASHBACK_API_URL");
        } finally {
            System.clearProperty("vintem.cashback-api-url");
        }
    }

    private URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private CashbackApi client(URI base) {
        return client(base, DEADLINE);
    }

    private CashbackApi client(URI base, Duration deadline) {
        return new CashbackApi(settings(base, deadline, REST), clock);
    }

    private static CashbackApiSettings settings(URI base, Duration deadline, Duration rest) {
        return CashbackApiSettings.of(
                () -> Optional.of(base), "the-token", deadline, Duration.ofMinutes(1), rest);
    }

    private static Credit inTime(java.util.function.Supplier<Credit> asking) {
        var start = System.nanoTime();
        var credit = asking.get();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LATEST);
        return credit;
    }

    private static Behaviour says(String body) {
        return call -> answer(call, 200, body);
    }

    private static void answer(HttpExchange call, int status, String body) {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        try {
            call.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            call.getResponseBody().write(bytes);
        } catch (IOException enough) {
            // The client need not read to the end of it.
            if (bytes.length < 1 << 20) {
                throw new UncheckedIOException(enough);
            }
        }
    }
}
