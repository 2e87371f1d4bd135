package vintem.platform;

import jakarta.enterprise.context.RequestScoped;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/// Names one request in answers and in the log: 32 hexadecimal digits. Where traces are on it is
/// the trace's own.
@RequestScoped
public class TraceId {
    /// Under which name a line of the log has it.
    static final String IN_LOG = "trace_id";

    private static final int BYTES = 16;

    private final String value;

    public TraceId() {
        value = Traces.traceId().orElseGet(TraceId::random);
    }

    public String value() {
        return value;
    }

    private static String random() {
        var bytes = new byte[BYTES];
        ThreadLocalRandom.current().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
