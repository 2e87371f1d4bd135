package vintem.platform;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What happened within what, and how long it took: spans named after use-cases.
///
/// Where `VINTEM_OTLP_ENDPOINT` is not set, each of these costs one look at a field, and no class
/// of OpenTelemetry's SDK is loaded.
///
/// A span holds ids of ours, numbers and words of ours. It never holds a name, a tax id, a key, an
/// address or an exception's message: a collector is somebody else's house.
public final class Traces {
    /// Where a request came from, for the list that it becomes part of.
    public record Origin(SpanContext context) {}

    private static final String ERROR_TYPE = "error.type";
    private static final int MOST_LINKS = 64;

    private static volatile @Nullable Tracer tracer;

    private Traces() {}

    static void use(@Nullable Tracer given) {
        tracer = given;
    }

    static Optional<Tracer> tracer() {
        return Optional.ofNullable(tracer);
    }

    /// Runs the work as one span.
    ///
    /// @param useCase as its class is named, `CreatePayment`
    public static <T> T span(String useCase, Supplier<T> work) {
        var on = tracer;
        return on == null ? work.get() : run(on.spanBuilder(useCase).startSpan(), work);
    }

    /// The same, about something of ours.
    ///
    /// @param what for example `vintem.payment.id`
    public static <T> T span(String useCase, String what, Object id, Supplier<T> work) {
        var on = tracer;
        if (on == null) {
            return work.get();
        }
        var span = on.spanBuilder(useCase).setAttribute(what, id.toString()).startSpan();
        return run(span, work);
    }

    /// The same for work that has nothing to say.
    public static void span(String useCase, String what, Object id, Runnable work) {
        span(
                useCase,
                what,
                id,
                () -> {
                    work.run();
                    return Boolean.TRUE;
                });
    }

    /// Work that goes on elsewhere within the span that runs here.
    public static Runnable carried(Runnable work) {
        return tracer == null ? work : Context.current().wrap(work);
    }

    /// One list of a [Coalescer]: a trace of its own, linked to those whose requests are in it.
    static <T> T list(String line, int size, Supplier<List<Origin>> origins, Supplier<T> work) {
        var on = tracer;
        if (on == null) {
            return work.get();
        }
        var builder =
                on.spanBuilder(line + " list")
                        .setSpanKind(SpanKind.CONSUMER)
                        .setNoParent()
                        .setAttribute(AttributeKey.longKey("vintem.list.size"), (long) size);
        origins.get().stream()
                .limit(MOST_LINKS)
                .forEach(origin -> builder.addLink(origin.context()));
        return run(builder.startSpan(), work);
    }

    /// Notes something about the span that runs here, a word or a number of ours.
    public static void note(String what, Object value) {
        if (tracer != null) {
            Span.current().setAttribute(what, value.toString());
        }
    }

    /// The span that runs here, for a list that will run elsewhere; null where there is none.
    static @Nullable Origin here() {
        if (tracer == null) {
            return null;
        }
        var context = Span.current().getSpanContext();
        return context.isValid() ? new Origin(context) : null;
    }

    /// The trace that this runs in, 32 hexadecimal digits.
    static Optional<String> traceId() {
        return Optional.ofNullable(here()).map(it -> it.context().getTraceId());
    }

    private static <T> T run(Span span, Supplier<T> work) {
        try (var _ = span.storeInContext(Context.current()).makeCurrent()) {
            return work.get();
        } catch (RuntimeException | Error failed) {
            failed(span, failed);
            throw failed;
        } finally {
            span.end();
        }
    }

    /// Only what kind of failure it was: messages may quote what somebody sent.
    private static void failed(Span span, Throwable failed) {
        span.setStatus(StatusCode.ERROR);
        span.setAttribute(ERROR_TYPE, failed.getClass().getName());
    }
}
