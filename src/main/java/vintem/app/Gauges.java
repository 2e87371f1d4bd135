package vintem.app;

import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import vintem.platform.Database;
import vintem.platform.Metrics;
import vintem.platform.Remembered;

/// Shows what belongs to no module: whether the books agree with the bank, and how the process is.
@Singleton
class Gauges {
    // It adds up what is under way: not for every reader, and not every few seconds.
    private static final Duration OLDEST_DRIFT = Duration.ofMinutes(5);

    private final Remembered<Long> drift;

    @Inject
    Gauges(Database database, BankProof proof) {
        drift = new Remembered<>(OLDEST_DRIFT, () -> database.snapshot(proof::driftCents));
    }

    void show(@Observes StartupEvent event) {
        Metrics.gauge(
                "vintem_ledger_drift_cents",
                "By how much the ledger differs from the bank's statement and what is under way",
                () -> drift.get());
        Metrics.gauge(
                "vintem_jvm_heap_used_bytes",
                "Heap in use, garbage and all",
                () -> Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        Metrics.gauge(
                "vintem_jvm_heap_max_bytes",
                "As large as the heap may grow",
                () -> Runtime.getRuntime().maxMemory());
        // Looked up when read: they take their time at a start.
        Metrics.gauge(
                "vintem_jvm_gc_seconds",
                "How long the collector has worked so far",
                () ->
                        ManagementFactory.getGarbageCollectorMXBeans().stream()
                                        .mapToLong(each -> Math.max(0, each.getCollectionTime()))
                                        .sum()
                                / 1e3);
        Metrics.gauge(
                "vintem_jvm_threads",
                "Platform threads",
                () -> ManagementFactory.getThreadMXBean().getThreadCount());
        Metrics.gauge(
                "vintem_process_uptime_seconds",
                "Since the process was started",
                () -> ManagementFactory.getRuntimeMXBean().getUptime() / 1e3);
    }
}
