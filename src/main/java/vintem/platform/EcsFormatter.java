package vintem.platform;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.opentelemetry.api.trace.SpanContext;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import org.jboss.logmanager.ExtFormatter;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.ExtLogRecord;

/// One line of the log as one JSON object, by the names of the Elastic Common Schema
/// (https://www.elastic.co/guide/en/ecs/current), with the trace that it was written in.
final class EcsFormatter extends ExtFormatter {
    private static final String VERSION = "8.17.0";
    private static final JsonFactory JSON = new JsonFactory();

    /// Takes the place of the console's own format, for all that is written from now on.
    static void install() {
        for (var handler : LogManager.getLogManager().getLogger("").getHandlers()) {
            install(handler);
        }
    }

    private static void install(Handler handler) {
        if (handler instanceof ConsoleHandler
                || handler instanceof org.jboss.logmanager.handlers.ConsoleHandler) {
            handler.setFormatter(new EcsFormatter());
        }
        if (handler instanceof ExtHandler several) {
            for (var each : several.getHandlers()) {
                install(each);
            }
        }
    }

    @Override
    public String format(ExtLogRecord line) {
        var text = new StringWriter();
        try (var json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("@timestamp", line.getInstant().toString());
            json.writeStringField("log.level", line.getLevel().getName());
            json.writeStringField("message", formatMessage(line));
            json.writeStringField("ecs.version", VERSION);
            json.writeStringField("service.name", "vintem");
            json.writeStringField("log.logger", String.valueOf(line.getLoggerName()));
            json.writeStringField("process.thread.name", String.valueOf(line.getThreadName()));
            json.writeNumberField("process.pid", line.getProcessId());
            trace(json, line);
            thrown(json, line.getThrown());
            json.writeEndObject();
        } catch (IOException never) {
            throw new UncheckedIOException(never);
        }
        return text + "\n";
    }

    private static void trace(JsonGenerator json, ExtLogRecord line) throws IOException {
        var here = Traces.here();
        if (here != null) {
            SpanContext span = here.context();
            json.writeStringField("trace.id", span.getTraceId());
            json.writeStringField("span.id", span.getSpanId());
            return;
        }
        var named = line.getMdc(TraceId.IN_LOG);
        if (named != null) {
            json.writeStringField("trace.id", named);
        }
    }

    private static void thrown(JsonGenerator json, Throwable thrown) throws IOException {
        if (thrown != null) {
            json.writeStringField("error.type", thrown.getClass().getName());
            json.writeStringField("error.stack_trace", StackTrace.withoutMessages(thrown));
        }
    }
}
