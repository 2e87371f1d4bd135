package vintem.platform;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Holds the clock of this node at a moment in the past, while a demo writes its history.
///
/// The whole node stands at that moment, its coalescers and jobs as well, so whoever holds it lets
/// nobody else in meanwhile and halts the schedule. Only `vintem run --demo` begins so: it says
/// from when (`vintem.demo-begins`) before anything else starts.
@Singleton
public class Past {
    private volatile @Nullable Instant held =
            Settings.text("demo-begins").map(Instant::parse).orElse(null);

    /// From now on it is this moment, until it is another one.
    public void hold(Instant moment) {
        held = moment;
    }

    /// Time passes again, and is the real one.
    public void release() {
        held = null;
    }

    /// The moment at which the clock is held; empty where it runs.
    Optional<Instant> held() {
        return Optional.ofNullable(held);
    }
}
