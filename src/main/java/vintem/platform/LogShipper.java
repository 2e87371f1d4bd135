package vintem.platform;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.jboss.logmanager.ExtFormatter;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.formatters.PatternFormatter;

/// Sends the log's lines to the collector, each with the trace that it was written in.
///
/// Of an exception it sends the types and where they were thrown, not their messages: those may
/// quote what a caller sent. Our own console has them.
final class LogShipper extends ExtHandler {
    private static final String SENDER = "io.opentelemetry";
    private static final AttributeKey<String> LOGGER = AttributeKey.stringKey("log.logger");
    private static final AttributeKey<String> TYPE = AttributeKey.stringKey("exception.type");
    private static final AttributeKey<String> STACK =
            AttributeKey.stringKey("exception.stacktrace");

    private final Logger logger;
    private final ExtFormatter words = new PatternFormatter("%s");

    LogShipper(Logger logger) {
        this.logger = logger;
        setLevel(Level.INFO);
    }

    @Override
    protected void doPublish(ExtLogRecord line) {
        // That the collector is away is nothing to tell the collector.
        if (line.getLoggerName() != null && line.getLoggerName().startsWith(SENDER)) {
            return;
        }
        var record =
                logger.logRecordBuilder()
                        .setTimestamp(line.getMillis(), TimeUnit.MILLISECONDS)
                        .setSeverity(severity(line.getLevel()))
                        .setSeverityText(line.getLevel().getName())
                        .setBody(words.format(line))
                        .setAttribute(LOGGER, String.valueOf(line.getLoggerName()));
        var thrown = line.getThrown();
        if (thrown != null) {
            record.setAttribute(TYPE, thrown.getClass().getName());
            record.setAttribute(STACK, StackTrace.withoutMessages(thrown));
        }
        record.emit();
    }

    private static Severity severity(Level level) {
        var value = level.intValue();
        if (value >= Level.SEVERE.intValue()) {
            return Severity.ERROR;
        }
        if (value >= Level.WARNING.intValue()) {
            return Severity.WARN;
        }
        return value >= Level.INFO.intValue() ? Severity.INFO : Severity.DEBUG;
    }
}
