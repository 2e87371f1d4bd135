package vintem.platform;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A figure that costs a query, asked for again when it has grown old; however often it is read.
public final class Remembered<T> {
    private final long oldestNanos;
    private final Supplier<T> source;
    private @Nullable T value;
    private long askedNanos;

    public Remembered(Duration oldest, Supplier<T> source) {
        this.oldestNanos = oldest.toNanos();
        this.source = source;
    }

    public synchronized T get() {
        var now = System.nanoTime();
        var last = value;
        if (last == null || now - askedNanos > oldestNanos) {
            last = source.get();
            value = last;
            askedNanos = now;
        }
        return last;
    }
}
