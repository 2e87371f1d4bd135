package vintem.webhooks;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One time that somebody knocked, and what was said.
///
/// @param status of the answer; null where there was none, and then `error` says why
/// @param response its first 4 KiB
public record Attempt(
        int number,
        Instant at,
        int durationMillis,
        @Nullable Integer status,
        @Nullable String error,
        String response) {}
