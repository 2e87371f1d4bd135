package vintem.access;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jdbi.v3.core.Handle;
import vintem.access.SignInFailureTable.Attempts;
import vintem.platform.Database;
import vintem.platform.Settings;

/// Makes guessing slow: after some attempts each further one has to wait longer, up to a quarter
/// of an hour, by user name and by client address, on all nodes together.
///
/// An attempt is counted *before* the password is looked at and taken off again when it was right:
/// a hundred guesses at once are a hundred attempts, not one.
@Singleton
class SignInLimit {
    static final int FREE_BY_USER = 5;
    static final int FREE_BY_ADDRESS = 20;
    private static final int FREE_REGISTRATIONS =
            Math.toIntExact(Settings.number("registrations-per-address", 20));

    // Not *now*: whoever looked at the clock before us and got the lock after us would wait.
    private static final Instant NO_WAIT = Instant.EPOCH;

    private static final Duration FIRST_WAIT = Duration.ofSeconds(30);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(15);
    private static final int DOUBLINGS = 5;

    /// Attempts are forgotten this long after the last of them.
    static final Duration MEMORY = Duration.ofHours(1);

    /// What attempts are counted by.
    enum By {
        ADDRESS(FREE_BY_ADDRESS),
        USER(FREE_BY_USER),
        /// Registrations, which never count as right: each is an attempt.
        REGISTRATION(FREE_REGISTRATIONS);

        /// Attempts before the first wait.
        final int free;

        By(int free) {
            this.free = free;
        }
    }

    record Subject(By by, String value) {
        static Subject address(String address) {
            return new Subject(By.ADDRESS, address);
        }

        static Subject user(String name) {
            return new Subject(By.USER, name);
        }

        static Subject registration(String address) {
            return new Subject(By.REGISTRATION, address);
        }

        String key() {
            return by.name().toLowerCase(Locale.ROOT) + ":" + value;
        }
    }

    private final Database database;
    private final SignInFailureTable table;
    private final Clock clock;

    @Inject
    SignInLimit(Database database, SignInFailureTable table, Clock clock) {
        this.database = database;
        this.table = table;
        this.clock = clock;
    }

    /// Counts an attempt and gives zero, or counts nothing and gives how long to wait.
    ///
    /// @param subjects in one order everywhere, the address first, for they are locked in it
    Duration take(List<Subject> subjects) {
        return database.transaction(
                tx -> {
                    var now = now();
                    for (var subject : subjects) {
                        var before = table.lock(tx, subject.key(), now);
                        if (before.waitUntil().isAfter(now)) {
                            var wait = Duration.between(now, before.waitUntil());
                            return Database.rollback(tx, wait);
                        }
                        table.save(tx, oneMore(before, subject.by().free, now));
                    }
                    return Duration.ZERO;
                });
    }

    /// Takes the attempt off again. Being right clears the user's name, but not the address: who
    /// has an account could otherwise sign in between guesses at others.
    void succeeded(List<Subject> subjects) {
        database.transaction(
                tx -> {
                    for (var subject : subjects) {
                        switch (subject.by()) {
                            case USER, REGISTRATION -> table.delete(tx, subject.key());
                            case ADDRESS -> {
                                var now = now();
                                var before = table.lock(tx, subject.key(), now);
                                table.save(tx, oneLess(before, now));
                            }
                        }
                    }
                    return subjects;
                });
    }

    void forget(Handle tx, Subject subject) {
        table.delete(tx, subject.key());
    }

    /// As fine as PostgreSQL keeps it: a wait that was rounded up would not be over yet when it is.
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private static Attempts oneMore(Attempts before, int free, Instant now) {
        var forgotten = before.lastAt().isBefore(now.minus(MEMORY));
        var attempts = forgotten ? 1 : before.attempts() + 1;
        var wait = waitAfter(attempts, free);
        return new Attempts(
                before.subject(), attempts, now, wait.isZero() ? NO_WAIT : now.plus(wait));
    }

    private static Attempts oneLess(Attempts before, Instant now) {
        var attempts = Math.max(0, before.attempts() - 1);
        var waitUntil = attempts < FREE_BY_ADDRESS ? NO_WAIT : before.waitUntil();
        return new Attempts(before.subject(), attempts, before.lastAt(), waitUntil);
    }

    /// Nothing at first, then 30 s, 1 min, 2 min, 4 min, 8 min, 15 min, 15 min …
    static Duration waitAfter(int attempts, int free) {
        if (attempts < free) {
            return Duration.ZERO;
        }
        var doublings = Math.min(attempts - free, DOUBLINGS);
        var wait = FIRST_WAIT.multipliedBy(1L << doublings);
        return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
    }
}
