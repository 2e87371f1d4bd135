package vintem.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.scheduler.spi.JobInstrumenter.JobInstrumentationContext;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScheduledJobsTest {
    private static final Duration AT_ONCE = Duration.ofMillis(1);
    private static final Duration LONG = Duration.ofMinutes(1);

    private final ScheduledJobs jobs = new ScheduledJobs();
    private final AtomicInteger begun = new AtomicInteger();

    @BeforeEach
    void the_application_stands() {
        jobs.open();
    }

    @Test
    void nothing_begins_before_the_application_stands() throws Exception {
        var early = new ScheduledJobs();
        early.instrument(job(() -> CompletableFuture.completedFuture(null)));
        assertThat(begun).hasValue(0);

        early.open();
        early.instrument(job(() -> CompletableFuture.completedFuture(null)));
        assertThat(begun).hasValue(1);
    }

    @Test
    void a_stop_waits_for_the_job_that_is_under_way() throws Exception {
        var job = new CompletableFuture<Void>();
        jobs.instrument(job(() -> job));
        assertThat(jobs.awaitAll(AT_ONCE)).isFalse();

        var stop = new FutureTask<>(() -> jobs.awaitAll(LONG));
        var thread = Thread.ofPlatform().start(stop);
        Together.until("it waits", () -> thread.getState() == Thread.State.TIMED_WAITING);
        assertThat(stop.isDone()).isFalse();
        job.complete(null);

        assertThat(stop.get()).isTrue();
    }

    @Test
    void nothing_begins_after_a_stop() throws InterruptedException {
        assertThat(jobs.awaitAll(AT_ONCE)).isTrue();

        var said = jobs.instrument(job(() -> CompletableFuture.completedFuture(null)));

        assertThat(said.toCompletableFuture()).isCompleted();
        assertThat(begun).hasValue(0);
    }

    @Test
    void a_job_that_fails_has_ended_as_well() throws InterruptedException {
        var failure = new IllegalStateException("no");
        jobs.instrument(job(() -> CompletableFuture.failedStage(failure)));
        assertThatThrownBy(
                        () ->
                                jobs.instrument(
                                        job(
                                                () -> {
                                                    throw failure;
                                                })))
                .isSameAs(failure);

        assertThat(begun).hasValue(2);
        assertThat(jobs.awaitAll(AT_ONCE)).isTrue();
    }

    private JobInstrumentationContext job(Supplier<CompletionStage<Void>> work) {
        return new JobInstrumentationContext() {
            @Override
            public String getSpanName() {
                return "job";
            }

            @Override
            public CompletionStage<Void> executeJob() {
                begun.incrementAndGet();
                return work.get();
            }
        };
    }
}
