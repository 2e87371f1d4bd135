package vintem.billing;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Lets things that are prepared at the same time be finished one after the other, by their
/// numbers.
final class Turns {
    /// Somebody before has failed: nobody's turn comes any more.
    static final class BrokenOff extends RuntimeException {
        private static final long serialVersionUID = 1;

        BrokenOff() {
            super("broken off", null, false, false);
        }
    }

    private final ReentrantLock door = new ReentrantLock();
    private final Condition moved = door.newCondition();
    private long turn;
    private @Nullable Throwable failure;

    /// Waits for the turn of this number.
    ///
    /// @return false where it does not come within this time
    /// @throws BrokenOff where it never comes
    boolean await(long number, Duration atMost) {
        var left = atMost.toNanos();
        door.lock();
        try {
            while (turn != number) {
                if (failure != null) {
                    throw new BrokenOff();
                }
                if (left <= 0) {
                    return false;
                }
                left = moved.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new BrokenOff();
        } finally {
            door.unlock();
        }
    }

    /// Waits for the turn of this number, however long it takes.
    void await(long number) {
        while (!await(number, Duration.ofNanos(TimeUnit.HOURS.toNanos(1)))) {
            // It comes, or somebody fails.
        }
    }

    /// This number is finished.
    void passed(long number) {
        door.lock();
        try {
            turn = number + 1;
            moved.signalAll();
        } finally {
            door.unlock();
        }
    }

    /// Nobody goes on from here; the first failure is what counts.
    void breakOff(Throwable why) {
        door.lock();
        try {
            if (failure == null) {
                failure = why;
            }
            moved.signalAll();
        } finally {
            door.unlock();
        }
    }

    @Nullable Throwable failure() {
        door.lock();
        try {
            return failure;
        } finally {
            door.unlock();
        }
    }
}
