package vintem.billing;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/// The table `mail_pace`: how fast mails may go, for all nodes together. Its times are the
/// database's own: the one clock that all nodes share.
@Singleton
class MailPaceTable {
    /// @param problem why the server is left alone; null where all is well
    public record Pace(int failures, @Nullable String problem, @Nullable Instant problemAt) {}

    private static final String IS_PAUSED =
            "select paused_until > clock_timestamp() from mail_pace";

    private static final String RESERVE =
            """
            update mail_pace
            set next_at = greatest(next_at, clock_timestamp())
                + cast(:count as integer) * (interval '1 second' / cast(:perSecond as integer))
            returning cast(greatest(0, extract(epoch from next_at - clock_timestamp()) * 1000
                - :count * 1000.0 / :perSecond) as bigint)
            """;

    // Connections that fail together are one failure. Longer each time, up to five minutes, and
    // never quite the same: nodes must not come back all at once.
    private static final String PAUSE =
            """
            update mail_pace
            set failures = failures + 1, problem = :problem, problem_at = :now,
                paused_until = clock_timestamp()
                    + least(300, power(2, least(failures, 9))) * (0.75 + random() / 2)
                    * interval '1 second'
            where paused_until <= clock_timestamp()
            """;

    private static final String RECOVER =
            """
            update mail_pace
            set failures = 0, problem = null, problem_at = null, paused_until = '-infinity'
            where failures > 0
            """;

    private static final String LOOK = "select failures, problem, problem_at from mail_pace";

    boolean isPaused(Handle tx) {
        return tx.createQuery(IS_PAUSED).mapTo(Boolean.class).one();
    }

    /// Reserves the next so many; whoever did sends them one interval apart.
    ///
    /// @return how long to wait for the first
    Duration reserve(Handle tx, int count, int perSecond) {
        return Duration.ofMillis(
                tx.createQuery(RESERVE)
                        .bind("count", count)
                        .bind("perSecond", perSecond)
                        .mapTo(Long.class)
                        .one());
    }

    void pause(Handle tx, String problem, Instant now) {
        tx.createUpdate(PAUSE).bind("problem", problem).bind("now", now).execute();
    }

    void recover(Handle tx) {
        tx.createUpdate(RECOVER).execute();
    }

    Pace look(Handle tx) {
        return tx.createQuery(LOOK).map(ConstructorMapper.of(Pace.class)).one();
    }
}
