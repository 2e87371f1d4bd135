package vintem.payments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jboss.logging.Logger;
import vintem.payments.PaymentStates.State;

/// Reads states for the sockets, a few at a time: ten thousand payers who come back at once queue
/// here, and not for the connections that everybody else needs.
@Singleton
class LiveStates {
    private static final Logger LOG = Logger.getLogger(LiveStates.class);
    private static final int AT_ONCE = 4;
    private static final Duration QUIET = Duration.ofSeconds(10);

    private final Function<UUID, Optional<State>> find;
    private final Semaphore permits = new Semaphore(AT_ONCE);
    private final Map<UUID, CompletableFuture<Optional<State>>> waiting = new ConcurrentHashMap<>();
    private final AtomicLong loggedAtNanos =
            new AtomicLong(System.nanoTime() - QUIET.toNanos() - 1);

    @Inject
    LiveStates(PaymentStates states) {
        this(states::find);
    }

    LiveStates(Function<UUID, Optional<State>> find) {
        this.find = find;
    }

    /// The state as of some moment after this call. Never waits.
    CompletableFuture<Optional<State>> read(UUID paymentId) {
        var mine = new CompletableFuture<Optional<State>>();
        // A read that has not begun yet sees whatever has happened by now, so it may be shared.
        var earlier = waiting.putIfAbsent(paymentId, mine);
        if (earlier != null) {
            return earlier;
        }
        Thread.ofVirtual().name("read-payment-state").start(() -> read(paymentId, mine));
        return mine;
    }

    private void read(UUID paymentId, CompletableFuture<Optional<State>> answer) {
        permits.acquireUninterruptibly();
        try {
            waiting.remove(paymentId);
            answer.complete(find.apply(paymentId));
        } catch (Throwable failed) {
            log(failed);
            answer.completeExceptionally(failed);
        } finally {
            permits.release();
        }
    }

    /// Ten thousand sockets may ask in vain at once.
    private void log(Throwable failed) {
        var now = System.nanoTime();
        var last = loggedAtNanos.get();
        if (now - last > QUIET.toNanos() && loggedAtNanos.compareAndSet(last, now)) {
            LOG.warnf("the state of a payment cannot be read: %s", failed);
        }
    }
}
