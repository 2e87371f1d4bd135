package vintem.platform;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.spi.JobInstrumenter;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jboss.logging.Logger;

/// Lets every job that is under way come to its end before the database is let go, and begins none
/// afterwards. Nothing would be lost without it, but each stop would look like a failure.
///
/// Quarkus means this hook for spans, hence `quarkus.scheduler.tracing.enabled`.
@Singleton
class ScheduledJobs implements JobInstrumenter {
    private static final Logger LOG = Logger.getLogger(ScheduledJobs.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private int underWay;
    private boolean stopping;

    @Override
    public CompletionStage<Void> instrument(JobInstrumentationContext job) {
        if (!begin()) {
            return CompletableFuture.completedStage(null);
        }
        try {
            return job.executeJob().whenComplete((nothing, failure) -> end());
        } catch (RuntimeException failed) {
            end();
            throw failed;
        }
    }

    void stop(@Observes ShutdownEvent ended) throws InterruptedException {
        if (!awaitAll(PATIENCE)) {
            LOG.warnf("a job takes more than %s and is cut off; it goes on elsewhere", PATIENCE);
        }
    }

    /// @return false where something is still under way
    synchronized boolean awaitAll(Duration patience) throws InterruptedException {
        stopping = true;
        var end = System.nanoTime() + patience.toNanos();
        for (var left = patience.toMillis(); underWay > 0 && left > 0; ) {
            wait(left);
            left = Duration.ofNanos(end - System.nanoTime()).toMillis();
        }
        return underWay == 0;
    }

    private synchronized boolean begin() {
        if (!stopping) {
            underWay++;
        }
        return !stopping;
    }

    private synchronized void end() {
        underWay--;
        notifyAll();
    }
}
