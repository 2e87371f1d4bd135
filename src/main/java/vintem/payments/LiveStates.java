package vintem.payments;

import static java.util.stream.Collectors.toMap;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jboss.logging.Logger;
import vintem.payments.PaymentStates.State;

/// Reads states for the sockets: those that are asked for at this moment together, in one query.
///
/// Ten thousand payers who come back at once, or hear of ten thousand confirmations, take two of
/// the connections that everybody else needs, and a few dozen queries.
@Singleton
class LiveStates {
    private static final Logger LOG = Logger.getLogger(LiveStates.class);
    private static final int LONGEST = 500;
    private static final int MOST_READERS = 2;
    private static final Duration QUIET = Duration.ofSeconds(10);

    private final Function<List<UUID>, List<State>> find;
    private final ReentrantLock door = new ReentrantLock();
    private final Map<UUID, CompletableFuture<Optional<State>>> waiting = new LinkedHashMap<>();
    private int readers;
    private final AtomicLong loggedAtNanos =
            new AtomicLong(System.nanoTime() - QUIET.toNanos() - 1);

    @Inject
    LiveStates(PaymentStates states) {
        this(states::find);
    }

    LiveStates(Function<List<UUID>, List<State>> find) {
        this.find = find;
    }

    /// The state as of some moment after this call. Never waits.
    CompletableFuture<Optional<State>> read(UUID paymentId) {
        door.lock();
        try {
            // A read that has not begun yet sees whatever has happened by now, so it is shared.
            var answer = waiting.computeIfAbsent(paymentId, _ -> new CompletableFuture<>());
            if (readers < MOST_READERS) {
                readers++;
                Thread.ofVirtual().name("read-payment-states").start(this::serve);
            }
            return answer;
        } finally {
            door.unlock();
        }
    }

    private void serve() {
        for (var list = take(); !list.isEmpty(); list = take()) {
            answer(list);
        }
    }

    private Map<UUID, CompletableFuture<Optional<State>>> take() {
        var list = new LinkedHashMap<UUID, CompletableFuture<Optional<State>>>();
        door.lock();
        try {
            var all = waiting.entrySet().iterator();
            while (all.hasNext() && list.size() < LONGEST) {
                var next = all.next();
                list.put(next.getKey(), next.getValue());
                all.remove();
            }
            if (list.isEmpty()) {
                readers--;
            }
            return list;
        } finally {
            door.unlock();
        }
    }

    private void answer(Map<UUID, CompletableFuture<Optional<State>>> list) {
        try {
            var states =
                    find.apply(List.copyOf(list.keySet())).stream()
                            .collect(toMap(State::paymentId, UnaryOperator.identity()));
            list.forEach((id, answer) -> answer.complete(Optional.ofNullable(states.get(id))));
        } catch (Throwable failed) {
            log(failed);
            list.values().forEach(answer -> answer.completeExceptionally(failed));
        }
    }

    /// Ten thousand sockets may ask in vain at once.
    private void log(Throwable failed) {
        var now = System.nanoTime();
        var last = loggedAtNanos.get();
        if (now - last > QUIET.toNanos() && loggedAtNanos.compareAndSet(last, now)) {
            LOG.warnf("the states of payments cannot be read: %s", failed);
        }
    }
}
