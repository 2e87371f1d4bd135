package vintem.platform;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Phaser;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.platform.Database.Failure;

/// Gathers the requests that wait at this moment into one list, runs the list in one transaction,
/// and hands each caller its own outcome.
///
/// Nobody waits for a timer. A worker takes what is there: one request on an idle system, hundreds
/// under load, because they queued up while the previous list was committing.
///
/// A list may be run again, so every request carries the id of the row it will become before its
/// first attempt, and [Work#run] leaves alone what already stands under that id. Then each failure
/// has one answer:
///
/// - *try again* (deadlock): the whole list runs again;
/// - *poisoned* (a value, a constraint, a bug): the list is split until the culprit stands alone
///   and fails alone;
/// - *unknown* (the line broke, the answer to COMMIT never came): the list runs again and finds
///   what it had already written. Only where the database stays away do the callers hear
///   [Unavailable].
public final class Coalescer<R, O> implements AutoCloseable {
    /// What is done with a list.
    @FunctionalInterface
    public interface Work<R, O> {
        /// One outcome per request, in the order of the requests. Called again after a failure with
        /// the same requests: what an earlier call has committed is answered, not written twice.
        List<O> run(Handle tx, List<R> requests);
    }

    /// The request was not taken, or its fate cannot be known while the database is away. Worth
    /// trying again; an HTTP route answers `503` with `Retry-After`.
    public static final class Unavailable extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unavailable(String message) {
            super(message);
        }

        Unavailable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /// @param capacity requests that may wait; one more is refused at once
    /// @param longest requests in one list
    /// @param workers lists that run at the same time
    /// @param attempts runs of one list before its callers hear that the database is away
    /// @param crowd requests that must wait before a second worker takes a list
    /// @param heldUp how long the first of them must have waited where they are fewer: whoever runs
    ///     the list before them waits for somebody else
    public record Limits(
            int capacity, int longest, int workers, int attempts, int crowd, Duration heldUp) {
        public static final Limits USUAL = new Limits(10_000, 1_000, 2, 8);

        /// For what arrives in small requests over HTTP. A second worker that took whatever is
        /// there would find almost nobody waiting, and a list of two costs nearly what a list of a
        /// hundred does; so it helps only where many wait, or some for long.
        public static final Limits HELPED_IN_CROWDS =
                new Limits(10_000, 1_000, 2, 8, 128, Duration.ofMillis(150));

        public Limits(int capacity, int longest, int workers, int attempts) {
            this(capacity, longest, workers, attempts, 1, Duration.ZERO);
        }
    }

    /// @param origin the span that it came from, where traces are on
    private record Waiting<R, O>(
            R request,
            CompletableFuture<O> outcome,
            long startNanos,
            Traces.@Nullable Origin origin) {}

    private record Called(CompletableFuture<?> outcome, long startNanos, Duration patience) {}

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);
    private static final long IDLE_NANOS = 50_000_000;
    // Fewer are told sooner than a thread is started that tells them.
    private static final int MANY = 8;

    private final String name;
    private final Database database;
    private final Work<R, O> work;
    private final Limits limits;
    private final BlockingQueue<Waiting<R, O>> queue;
    private final List<Thread> workers = new ArrayList<>();
    // Looked through by one thread now and then: a timer for each caller costs more than its row.
    private final Set<Called> called = ConcurrentHashMap.newKeySet();
    private final Thread watch;
    // Shared by those who enqueue, exclusive to the one who closes: nobody slips in behind the
    // drain.
    private final ReentrantReadWriteLock door = new ReentrantReadWriteLock();
    // Lists whose callers are being told, and one for the coalescer itself.
    private final Phaser telling = new Phaser(1);
    private final Metrics.Histogram sizes;
    private final Metrics.Histogram waits;
    private volatile boolean closed;

    public Coalescer(String name, Database database, Limits limits, Work<R, O> work) {
        this.name = name;
        this.database = database;
        this.work = work;
        this.limits = limits;
        this.queue = new ArrayBlockingQueue<>(limits.capacity());
        for (var number = 1; number <= limits.workers(); number++) {
            var crowd = number == 1 ? 1 : limits.crowd();
            // A virtual one would stand in line behind the threads of all requests at each answer
            // of the database, with everybody on its list.
            workers.add(
                    Thread.ofPlatform()
                            .daemon()
                            .name(name + "-" + number)
                            .unstarted(() -> serve(crowd)));
        }
        sizes =
                Metrics.histogram(
                        "vintem_coalescer_list_size",
                        "How many requests ran as one list",
                        Metrics.SIZES,
                        "line",
                        name);
        waits =
                Metrics.histogram(
                        "vintem_coalescer_wait_seconds",
                        "How long the first request of a list had waited for it",
                        Metrics.SECONDS,
                        "line",
                        name);
        Metrics.gauge(
                "vintem_coalescer_waiting",
                "How many requests wait in line now",
                queue::size,
                "line",
                name);
        watch = Thread.ofVirtual().name(name + "-patience").start(this::giveUp);
        workers.forEach(Thread::start);
    }

    /// Puts the request in line. Cancelling the future before its list starts withdraws the
    /// request; afterwards it only stops listening.
    ///
    /// @throws Unavailable where the line is full or closed
    public CompletableFuture<O> submit(R request) {
        var waiting =
                new Waiting<R, O>(
                        request, new CompletableFuture<>(), System.nanoTime(), Traces.here());
        door.readLock().lock();
        try {
            if (closed) {
                throw new Unavailable("shutting down");
            }
            if (!queue.offer(waiting)) {
                throw new Unavailable("too many requests are waiting");
            }
        } finally {
            door.readLock().unlock();
        }
        if (limits.crowd() > 1 && queue.size() >= limits.crowd()) {
            workers.forEach(LockSupport::unpark);
        }
        return waiting.outcome();
    }

    /// Puts the request in line and waits for its outcome.
    ///
    /// @throws Unavailable where the line is full, or the outcome did not come in time
    public O call(R request, Duration patience) {
        var outcome = submit(request);
        var call = new Called(outcome, System.nanoTime(), patience);
        called.add(call);
        try {
            return outcome.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw failed;
        } finally {
            called.remove(call);
        }
    }

    /// Takes no more, finishes what waits, and returns when the last outcome is handed out.
    @Override
    public void close() {
        door.writeLock().lock();
        closed = true;
        door.writeLock().unlock();
        try {
            for (var worker : workers) {
                worker.join();
            }
            telling.awaitAdvanceInterruptibly(telling.arrive());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return;
        }
        watch.interrupt();
    }

    private void giveUp() {
        while (true) {
            try {
                Thread.sleep(BETWEEN_LOOKS);
            } catch (InterruptedException closed) {
                return;
            }
            var now = System.nanoTime();
            for (var call : called) {
                if (now - call.startNanos > call.patience.toNanos()) {
                    call.outcome.completeExceptionally(
                            new Unavailable("no outcome within " + call.patience));
                }
            }
        }
    }

    private void serve(int crowd) {
        while (true) {
            try {
                while (!closed && !isNeeded(crowd)) {
                    LockSupport.parkNanos(IDLE_NANOS);
                }
                var first = queue.poll(IDLE_NANOS, TimeUnit.NANOSECONDS);
                if (first == null) {
                    if (closed && queue.isEmpty()) {
                        return;
                    }
                    continue;
                }
                var list = new ArrayList<Waiting<R, O>>();
                list.add(first);
                queue.drainTo(list, limits.longest() - 1);
                list.removeIf(waiting -> waiting.outcome().isDone());
                sizes.record(list.size());
                waits.recordSince(first.startNanos());
                run(list);
            } catch (InterruptedException interrupted) {
                return;
            } catch (Throwable unexpected) {
                // The callers of this list have been told; the worker serves the next one.
                Thread.currentThread()
                        .getUncaughtExceptionHandler()
                        .uncaughtException(Thread.currentThread(), unexpected);
            }
        }
    }

    /// Whether a worker that helps in crowds of this size is to take a list.
    private boolean isNeeded(int crowd) {
        if (crowd == 1 || queue.size() >= crowd) {
            return true;
        }
        var first = queue.peek();
        return first != null && System.nanoTime() - first.startNanos() > limits.heldUp().toNanos();
    }

    private void run(List<Waiting<R, O>> list) {
        if (list.isEmpty()) {
            return;
        }
        var requests = list.stream().map(Waiting::request).toList();
        for (var attempt = 1; ; attempt++) {
            try {
                var outcomes =
                        Traces.list(
                                name,
                                list.size(),
                                () -> origins(list),
                                () -> database.once(tx -> outcomes(tx, requests)));
                tell(list, outcomes);
                return;
            } catch (Throwable failed) {
                switch (Failure.of(failed)) {
                    case POISONED, BUG -> {
                        split(list, failed);
                        return;
                    }
                    case TRY_AGAIN, UNAVAILABLE -> {
                        if (attempt == limits.attempts()) {
                            fail(list, new Unavailable("the database does not answer", failed));
                            return;
                        }
                        pause(attempt);
                    }
                }
            }
        }
    }

    /// Wakes the callers. Many are woken aside: the next list need not wait for that. Whoever wakes
    /// them stands in line with the threads of requests, as those do whom it wakes.
    private void tell(List<Waiting<R, O>> list, List<O> outcomes) {
        if (list.size() < MANY) {
            complete(list, outcomes);
            return;
        }
        telling.register();
        try {
            Thread.ofVirtual()
                    .name(name + "-answers")
                    .start(
                            () -> {
                                try {
                                    complete(list, outcomes);
                                } catch (Throwable failed) {
                                    // Who was told keeps what they were told.
                                    fail(list, new Unavailable("the outcome got lost", failed));
                                } finally {
                                    telling.arriveAndDeregister();
                                }
                            });
        } catch (Throwable notStarted) {
            telling.arriveAndDeregister();
            throw notStarted;
        }
    }

    private static <R, O> void complete(List<Waiting<R, O>> list, List<O> outcomes) {
        for (var i = 0; i < list.size(); i++) {
            list.get(i).outcome().complete(outcomes.get(i));
        }
    }

    private static <R, O> List<Traces.Origin> origins(List<Waiting<R, O>> list) {
        return list.stream().map(Waiting::origin).filter(Objects::nonNull).toList();
    }

    private List<O> outcomes(Handle tx, List<R> requests) {
        var outcomes = work.run(tx, requests);
        if (outcomes.size() != requests.size()) {
            // Rolled back by being thrown: nobody may get somebody else's outcome.
            throw new IllegalStateException(
                    "%d outcomes for %d requests".formatted(outcomes.size(), requests.size()));
        }
        return outcomes;
    }

    private void split(List<Waiting<R, O>> list, Throwable failed) {
        if (list.size() == 1) {
            fail(list, failed);
            return;
        }
        var middle = list.size() / 2;
        run(list.subList(0, middle));
        run(list.subList(middle, list.size()));
    }

    private static <R, O> void fail(List<Waiting<R, O>> list, Throwable failed) {
        list.forEach(waiting -> waiting.outcome().completeExceptionally(failed));
    }

    private static void pause(int attempt) {
        try {
            var most = Math.min(1_000, 10 << attempt);
            Thread.sleep(Duration.ofMillis(ThreadLocalRandom.current().nextLong(1, most + 1L)));
        } catch (InterruptedException interrupted) {
            // Being stopped is no reason to leave a caller without an answer: try at once.
            Thread.currentThread().interrupt();
        }
    }
}
