package vintem.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/// Callers who each do one thing after the other until the time is up, waiting for each answer.
final class Callers {
    /// One caller's next piece of work.
    interface Work {
        void once(int caller) throws Exception;
    }

    /// @param micros of each piece
    record Measured(Histogram micros, double perSecond) {
        List<String> cells() {
            var cells = new ArrayList<String>();
            cells.add(Printout.number(perSecond));
            cells.addAll(Printout.percentiles(micros));
            return cells;
        }
    }

    static final List<String> COLUMNS = List.of("per second", "p50", "p90", "p99", "max");

    private Callers() {}

    /// Virtual threads, as under HTTP.
    static Measured measure(int callers, Duration time, Work work)
            throws InterruptedException, ExecutionException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            return measure(threads, callers, time, work);
        }
    }

    private static Measured measure(ExecutorService threads, int callers, Duration time, Work work)
            throws InterruptedException, ExecutionException {
        var micros = new ConcurrentHistogram(3);
        var start = System.nanoTime();
        var tasks = new ArrayList<Callable<Boolean>>();
        for (var number = 0; number < callers; number++) {
            var caller = number;
            tasks.add(
                    () -> {
                        while (System.nanoTime() - start < time.toNanos()) {
                            var begin = System.nanoTime();
                            work.once(caller);
                            micros.recordValue((System.nanoTime() - begin) / 1_000);
                        }
                        return true;
                    });
        }
        for (Future<Boolean> task : threads.invokeAll(tasks)) {
            task.get();
        }
        var seconds = (System.nanoTime() - start) / 1e9;
        return new Measured(micros, micros.getTotalCount() / seconds);
    }
}
