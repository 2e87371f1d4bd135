package vintem.platform;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.spi.JobInstrumenter;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jboss.logging.Logger;

/// Begins no job before the whole application stands, lets every one that is under way come to its
/// end before the database is let go, and begins none afterwards. Nothing would be lost without it,
/// but each stop, and each start that is refused, would look like a failure of a job.
///
/// Quarkus means this hook for spans, hence `quarkus.scheduler.tracing.enabled`.
@Singleton
public class ScheduledJobs implements JobInstrumenter {
    private static final Logger LOG = Logger.getLogger(ScheduledJobs.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private int underWay;
    private boolean open;

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

    /// From now on jobs begin, each at its next time.
    public synchronized void open() {
        open = true;
    }

    void stop(@Observes ShutdownEvent ended) throws InterruptedException {
        if (!awaitAll(PATIENCE)) {
            LOG.warnf("a job takes more than %s and is cut off; it goes on elsewhere", PATIENCE);
        }
    }

    /// @return false where something is still under way
    synchronized boolean awaitAll(Duration patience) throws InterruptedException {
        open = false;
        var end = System.nanoTime() + patience.toNanos();
        for (var left = patience.toMillis(); underWay > 0 && left > 0; ) {
            wait(left);
            left = Duration.ofNanos(end - System.nanoTime()).toMillis();
        }
        return underWay == 0;
    }

    private synchronized boolean begin() {
        if (open) {
            underWay++;
        }
        return open;
    }

    private synchronized void end() {
        underWay--;
        notifyAll();
    }
}
