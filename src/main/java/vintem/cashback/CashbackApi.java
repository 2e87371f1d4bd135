package vintem.cashback;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.failsafe.CircuitBreaker;
import dev.failsafe.CircuitBreakerOpenException;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.RetryPolicy;
import dev.failsafe.Timeout;
import dev.failsafe.TimeoutExceededException;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import vintem.cashback.CashbackAnswer.NoFigure;
import vintem.platform.Metrics;
import vintem.platform.TaxId;
import vintem.platform.Traces;

/// What credit a reseller has accumulated at the outside API. Never throws for anything that
/// happens there.
///
/// However many ask for one CPF, one of them calls and all hear what it heard. What was heard is
/// kept: for a minute it is answered without a call, for a day where a call fails. Each node keeps
/// its own: the figure is shown with its age and never paid, so two nodes that disagree for a
/// minute cost nobody anything, while a shared cache would be one more place with what people own.
///
/// Neither the log nor an exception nor a span names the CPF: it stands in the address that is
/// asked, so messages of the HTTP client are never passed on, only what kind of failure it was.
@Singleton
class CashbackApi {
    /// The figure is informative; only the ledger's is payable.
    sealed interface Credit {
        /// Asked just now.
        record Live(long creditCents, Instant asOf) implements Credit {}

        /// @param asOf since when it is known
        record Cached(long creditCents, Instant asOf) implements Credit {}

        /// @param reason a stable word for machines, without personal data: one of those in
        ///     `docs/outcomes.md`
        record Unavailable(String reason) implements Credit {}
    }

    static final String NOT_CONFIGURED = "not_configured";
    static final String NO_CPF = "no_cpf";
    static final String TIMEOUT = "timeout";
    static final String UNREACHABLE = "unreachable";
    static final String RESTING = "resting";
    static final String BUSY = "busy";

    /// Calls under way at once on one node; whoever comes beyond that is told what is known.
    static final int MOST_CALLS = 32;

    private static final Logger LOG = Logger.getLogger(CashbackApi.class);

    private static final Metrics.Histogram SECONDS =
            Metrics.histogram(
                    "vintem_cashback_api_seconds",
                    "How long the outside API took to give a figure, all tries together",
                    Metrics.SECONDS);

    private static final int MOST_BYTES = 16 << 10;
    private static final int MOST_KNOWN = 10_000;
    private static final int TRIES = 3;
    private static final int JUDGED_CALLS = 10;
    private static final int BAD_CALLS = 5;
    private static final int GOOD_CALLS = 2;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(400);
    private static final double JITTER = 0.5;

    private record Known(long cents, Instant asOf) {}

    private final CashbackApiSettings settings;
    private final Clock clock;
    private final HttpClient client;
    private final Cache<TaxId, Known> known;
    private final Map<TaxId, CompletableFuture<Credit>> underWay = new ConcurrentHashMap<>();
    private final AtomicLong erasures = new AtomicLong();
    private final CircuitBreaker<Long> circuit;
    private final FailsafeExecutor<Long> failsafe;
    // Not Failsafe's own bulkhead, which loses a place for good with each caller that it turns
    // away.
    private final Semaphore room = new Semaphore(MOST_CALLS);

    @Inject
    CashbackApi(Clock clock) {
        this(CashbackApiSettings.configured(), clock);
    }

    CashbackApi(CashbackApiSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        // A redirect would carry the token to somebody else.
        client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(settings.tryDeadline())
                        .build();
        known =
                Caffeine.newBuilder()
                        .maximumSize(MOST_KNOWN)
                        .expireAfterWrite(settings.keep())
                        .build();
        circuit =
                CircuitBreaker.<Long>builder()
                        .handleIf(CashbackApi::isTheirTrouble)
                        .withFailureThreshold(BAD_CALLS, JUDGED_CALLS)
                        .withSuccessThreshold(GOOD_CALLS)
                        .withDelay(settings.rest())
                        .onOpen(_ -> LOG.warn("the cashback API fails; it is left alone a while"))
                        .onClose(_ -> LOG.info("the cashback API answers again"))
                        .build();
        // From the outside in: the deadline holds for all tries together, the circuit judges each.
        failsafe =
                Failsafe.with(deadline(settings.deadline()))
                        .compose(retrying())
                        .compose(circuit)
                        .compose(deadline(settings.tryDeadline()));
    }

    /// Made with the server: a setting that is wrong is said at the start, not to a reseller.
    void show(@Observes StartupEvent event) {
        Metrics.gauge(
                "vintem_cashback_api_circuit",
                "0: the outside API is asked; 1: it is tried again; 2: it is left alone",
                this::circuitState);
    }

    static RetryPolicy<Long> retrying() {
        return RetryPolicy.<Long>builder()
                .handleIf(CashbackApi::isTheirTrouble)
                .withMaxAttempts(TRIES)
                .withBackoff(FIRST_PAUSE, LONGEST_PAUSE)
                .withJitter(JITTER)
                .build();
    }

    private static Timeout<Long> deadline(Duration time) {
        return Timeout.<Long>builder(time).withInterrupt().build();
    }

    /// Answers within `VINTEM_CASHBACK_API_DEADLINE_MILLIS` (2 s), whatever happens there; one
    /// call per CPF however many ask.
    Credit credit(TaxId cpf) {
        if (!settings.isConfigured()) {
            return new Credit.Unavailable(NOT_CONFIGURED);
        }
        if (!(cpf instanceof TaxId.Cpf)) {
            return new Credit.Unavailable(NO_CPF);
        }
        return Traces.span(
                "AskCashbackApi",
                () -> {
                    var credit = fresh(cpf).orElseGet(() -> await(cpf, asked(cpf)));
                    count(credit);
                    return credit;
                });
    }

    /// Somebody was forgotten: no CPF is known here any more, nor what belongs to it.
    void forget() {
        erasures.incrementAndGet();
        known.invalidateAll();
    }

    /// How the circuit stands: 0 closed, 1 half open, 2 open.
    int circuitState() {
        return switch (circuit.getState()) {
            case CLOSED -> 0;
            case HALF_OPEN -> 1;
            case OPEN -> 2;
        };
    }

    @PreDestroy
    void stop() {
        client.shutdownNow();
    }

    private Optional<Credit> fresh(TaxId cpf) {
        return Optional.ofNullable(known.getIfPresent(cpf))
                .filter(it -> it.asOf.plus(settings.fresh()).isAfter(clock.instant()))
                .map(CashbackApi::cached);
    }

    /// The call under way for this CPF, begun here where there is none.
    private CompletableFuture<Credit> asked(TaxId cpf) {
        var ours = new CompletableFuture<Credit>();
        var theirs = underWay.putIfAbsent(cpf, ours);
        if (theirs != null) {
            return theirs;
        }
        Thread.ofVirtual().name("ask-cashback-api").start(() -> ask(cpf, ours));
        return ours;
    }

    private Credit await(TaxId cpf, CompletableFuture<Credit> call) {
        try {
            return call.get(settings.deadline().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            return otherwise(cpf, TIMEOUT);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return otherwise(cpf, TIMEOUT);
        } catch (ExecutionException bug) {
            throw new IllegalStateException("asking the cashback API failed", bug.getCause());
        }
    }

    private void ask(TaxId cpf, CompletableFuture<Credit> call) {
        try {
            var credit = ask(cpf);
            // Over before anybody hears of it: whoever asks from here on asks anew.
            underWay.remove(cpf, call);
            call.complete(credit);
        } catch (Throwable bug) {
            underWay.remove(cpf, call);
            call.completeExceptionally(bug);
        }
    }

    private Credit ask(TaxId cpf) {
        // Whoever came between the last call's end and this one's beginning finds its answer.
        var fresh = fresh(cpf);
        if (fresh.isPresent()) {
            return fresh.get();
        }
        if (!room.tryAcquire()) {
            failures(BUSY).increment();
            return otherwise(cpf, BUSY);
        }
        var before = erasures.get();
        try {
            var start = System.nanoTime();
            var cents = failsafe.get(() -> call(cpf));
            SECONDS.recordSince(start);
            var asOf = clock.instant().truncatedTo(ChronoUnit.MILLIS);
            known.put(cpf, new Known(cents, asOf));
            if (erasures.get() != before) {
                // Asked for before somebody was forgotten: perhaps for them.
                known.invalidate(cpf);
            }
            return new Credit.Live(cents, asOf);
        } catch (FailsafeException | NoFigure failed) {
            var reason = reason(failed);
            failures(reason).increment();
            return otherwise(cpf, reason);
        } finally {
            room.release();
        }
    }

    private Credit otherwise(TaxId cpf, String reason) {
        var last = known.getIfPresent(cpf);
        return last == null ? new Credit.Unavailable(reason) : cached(last);
    }

    private static Credit cached(Known known) {
        return new Credit.Cached(known.cents, known.asOf);
    }

    private static void count(Credit credit) {
        var from =
                switch (credit) {
                    case Credit.Live _ -> "live";
                    case Credit.Cached _ -> "cached";
                    case Credit.Unavailable _ -> "unavailable";
                };
        Traces.note("vintem.cashback.from", from);
        Metrics.counter(
                        "vintem_cashback_api_answers_total",
                        "Credits that were asked for here, by where the figure came from",
                        "from",
                        from)
                .increment();
    }

    private static Metrics.Counter failures(String reason) {
        return Metrics.counter(
                "vintem_cashback_api_failures_total",
                "Times that the outside API gave no figure, all tries together",
                "reason",
                reason);
    }

    private long call(TaxId cpf) throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(settings.address(cpf))
                        .header("token", settings.token())
                        .header("Accept", "application/json")
                        .build();
        var response =
                client.send(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES));
        return CashbackAnswer.creditCents(response.statusCode(), response.body());
    }

    /// Whether another try may help, and whether the API is to blame. A refusal is an answer.
    private static boolean isTheirTrouble(Throwable failed) {
        return failed instanceof IOException
                || failed instanceof TimeoutExceededException
                || failed instanceof NoFigure none && none.isTheirTrouble();
    }

    private static String reason(Throwable failed) {
        return switch (failed) {
            case NoFigure none -> none.reason();
            case TimeoutExceededException _ -> TIMEOUT;
            case CircuitBreakerOpenException _ -> RESTING;
            default -> UNREACHABLE;
        };
    }
}
