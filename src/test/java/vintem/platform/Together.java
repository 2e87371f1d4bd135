package vintem.platform;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Several threads in one test, and waiting for what they do.
public final class Together {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Together() {}

    /// Starts all at the same moment and returns what each of them returned.
    public static <T> List<T> atOnce(List<Callable<T>> works) {
        try (var threads = Executors.newFixedThreadPool(works.size())) {
            var start = new CountDownLatch(1);
            var results = new ArrayList<Future<T>>();
            for (var work : works) {
                results.add(
                        threads.submit(
                                () -> {
                                    start.await();
                                    return work.call();
                                }));
            }
            start.countDown();
            var values = new ArrayList<T>();
            for (var result : results) {
                values.add(result.get());
            }
            return values;
        } catch (InterruptedException | ExecutionException failed) {
            throw new AssertionError(failed);
        }
    }

    public static <T> List<T> atOnce(int times, Callable<T> work) {
        return atOnce(java.util.Collections.nCopies(times, work));
    }

    /// Runs beside the test, on a thread of its own.
    public static CompletableFuture<Void> beside(Runnable work) {
        return CompletableFuture.runAsync(work, Thread.ofVirtual()::start);
    }

    /// Waits for what the other one signals; where it failed instead, the test fails with that.
    public static void await(CountDownLatch signal, CompletableFuture<?> other) {
        until(
                "a signal from beside the test",
                () -> {
                    if (other.isCompletedExceptionally()) {
                        other.join();
                    }
                    return signal.getCount() == 0;
                });
    }

    public static void await(CountDownLatch signal) {
        try {
            if (!signal.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("the signal never came");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    /// Waits until it is so. The only place of the tests that sleeps.
    public static void until(String what, BooleanSupplier isSo) {
        var end = Instant.now().plus(PATIENCE);
        while (!isSo.getAsBoolean()) {
            if (Instant.now().isAfter(end)) {
                throw new AssertionError("never came: " + what);
            }
            pause(Duration.ofMillis(5));
        }
    }

    public static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }
}
