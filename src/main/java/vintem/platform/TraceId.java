package vintem.platform;

import jakarta.enterprise.context.RequestScoped;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/// Names one request in answers and in the log: 32 hexadecimal digits.
@RequestScoped
public class TraceId {
    private static final int BYTES = 16;

    private final String value;

    public TraceId() {
        var bytes = new byte[BYTES];
        ThreadLocalRandom.current().nextBytes(bytes);
        value = HexFormat.of().formatHex(bytes);
    }

    public String value() {
        return value;
    }
}
