package vintem.investments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import vintem.platform.SharedCache;

/// One node works a frame out, the others take it from it.
@Singleton
class SharedFrames {
    private static final Duration KEPT = Duration.ofSeconds(30);
    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
    private static final int LOOKS = 75;
    private static final String PREFIX = "frame:";

    private final SharedCache cache;
    private final AtomicLong erasures = new AtomicLong();

    @Inject
    SharedFrames(SharedCache cache) {
        this.cache = cache;
    }

    /// @param key names the state that the frame shows: whoever has the same key wants the
    ///     same frame
    String once(String key, Supplier<String> work) {
        return cache.isShared() ? shared(PREFIX + key, work) : work.get();
    }

    /// Frames name clients, and somebody was forgotten: those that are kept go.
    void forget() {
        erasures.incrementAndGet();
        cache.forget(PREFIX);
    }

    private String shared(String key, Supplier<String> work) {
        var found = find(key);
        for (var look = 0; found == null && look < LOOKS; look++) {
            if (cache.claim(key + ":lease", LEASE)) {
                var before = erasures.get();
                var frame = work.get();
                cache.put(key, frame.getBytes(StandardCharsets.UTF_8), KEPT);
                if (erasures.get() != before) {
                    // Begun before somebody was forgotten, and kept after the others went.
                    cache.forget(key);
                }
                return frame;
            }
            pause();
            found = find(key);
        }
        // Who claimed it is slow or gone.
        return found == null ? work.get() : found;
    }

    private @Nullable String find(String key) {
        return cache.get(key).map(bytes -> new String(bytes, StandardCharsets.UTF_8)).orElse(null);
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_AGAIN);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
