package vintem.platform;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/// Row ids: UUIDs of version 7 (RFC 9562), which sort by the time they were made, so that new rows
/// go to the end of an index.
///
/// Within one process each id is greater than the one before, also within a millisecond and when
/// the clock is set back. Between nodes they are only unique. The order of ids is not the order of
/// commits.
public final class Ids {
    private static final int COUNTER_BITS = 12;

    // Some ids stand in links that are open to whoever holds them, and one output of a fast
    // generator tells its next.
    private static final SecureRandom RANDOM = new SecureRandom();

    // Many at once: asked for eight bytes, it takes ten times as long for each of them.
    private static final ByteBuffer POOL = ByteBuffer.allocate(1 << 12).limit(0);

    private static final AtomicLong LAST = new AtomicLong();

    private Ids() {}

    public static UUID next() {
        return next(System.currentTimeMillis());
    }

    /// When an id was made, to the millisecond; empty where it is none of ours.
    public static Optional<Instant> at(UUID id) {
        return id.version() == 7
                ? Optional.of(Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16))
                : Optional.empty();
    }

    static UUID next(long epochMillis) {
        // Millisecond and counter are one number: the 4,097th id of a millisecond carries over and
        // is dated into the next.
        long tick =
                LAST.accumulateAndGet(
                        epochMillis << COUNTER_BITS, (last, now) -> Math.max(last + 1, now));
        long millis = tick >>> COUNTER_BITS;
        long counter = tick & 0xFFF;
        return new UUID(
                millis << 16 | 0x7000 | counter,
                random() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L);
    }

    private static long random() {
        synchronized (POOL) {
            if (!POOL.hasRemaining()) {
                RANDOM.nextBytes(POOL.array());
                POOL.clear();
            }
            return POOL.getLong();
        }
    }
}
