package vintem.access;

import java.time.Clock;

/// The log of deeds, for tests of other modules that put their parts together by themselves.
public final class Logs {
    private Logs() {}

    public static AccessLog of(Clock clock) {
        return new AccessLog(new AccessLogTable(), clock);
    }
}
