package vintem.access;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import at.favre.lib.crypto.bcrypt.Radix64Encoder;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import vintem.platform.Problem;
import vintem.platform.Settings;

/// Which passwords are accepted, and their bcrypt hashes.
///
/// Hashing is meant to be slow. It has threads of its own, half of the cores, so that a wave of
/// sign-ins never takes the carrier threads that payments run on.
@Singleton
class Passwords {
    static final int SHORTEST = 8;
    static final int LONGEST = 256;
    /// In Java characters: a code point may be two.
    static final int LONGEST_TYPED = 2 * LONGEST;

    private static final int USUAL_COST = 12;
    private static final int MOST_WAITING = 200;
    private static final int SALT_BYTES = 16;
    private static final int DIGEST_BYTES = 23;
    private static final BCrypt.Version VERSION = BCrypt.Version.VERSION_2A;

    private final int cost;
    private final String nobodysHash;
    private final ExecutorService hashing;

    @Inject
    Passwords() {
        this(Math.toIntExact(Settings.number("bcrypt-cost", USUAL_COST)));
    }

    Passwords(int cost) {
        if (cost < BCrypt.MIN_COST || cost > BCrypt.MAX_COST) {
            throw new IllegalArgumentException(
                    "VINTEM_BCRYPT_COST must be %d to %d"
                            .formatted(BCrypt.MIN_COST, BCrypt.MAX_COST));
        }
        this.cost = cost;
        var threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        hashing =
                new ThreadPoolExecutor(
                        threads,
                        threads,
                        0,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(MOST_WAITING),
                        Thread.ofPlatform().daemon().name("bcrypt-", 1).factory());
        nobodysHash = hashOfNothing(cost);
    }

    /// A hash that no password has, as far as anybody can know: comparing with it takes as long as
    /// with any other, and making it takes no time at a start.
    private static String hashOfNothing(int cost) {
        var random = new byte[SALT_BYTES + DIGEST_BYTES];
        new SecureRandom().nextBytes(random);
        var salt = Arrays.copyOf(random, SALT_BYTES);
        var digest = Arrays.copyOfRange(random, SALT_BYTES, random.length);
        return "$2a$%02d$%s%s".formatted(cost, radix64(salt), radix64(digest));
    }

    private static String radix64(byte[] bytes) {
        return new String(new Radix64Encoder.Default().encode(bytes), StandardCharsets.US_ASCII);
    }

    /// What is wrong with a new password, in words for the one who chose it.
    static Optional<String> objection(String userName, String password) {
        var characters = password.codePointCount(0, password.length());
        if (characters < SHORTEST || characters > LONGEST) {
            return Optional.of("must have %d to %d characters".formatted(SHORTEST, LONGEST));
        }
        if (password.toLowerCase(Locale.ROOT).equals(userName)) {
            return Optional.of("must not be the user name");
        }
        return Optional.empty();
    }

    String hash(String password) {
        var hasher = BCrypt.with(VERSION, LongPasswordStrategies.hashSha512(VERSION));
        return slowly(() -> hasher.hashToString(cost, characters(password)));
    }

    /// Takes as long for a user who does not exist (no hash) as for one who does.
    boolean matches(String password, @Nullable String hash) {
        var verifier = BCrypt.verifyer(VERSION, LongPasswordStrategies.hashSha512(VERSION));
        var against = hash == null ? nobodysHash : hash;
        var same = slowly(() -> verifier.verify(characters(password), against).verified);
        return same && hash != null;
    }

    /// The same password typed on another keyboard may come as other code points.
    private static char[] characters(String password) {
        return Normalizer.normalize(password, Normalizer.Form.NFC).toCharArray();
    }

    private <T> T slowly(Callable<T> work) {
        try {
            return hashing.submit(work).get();
        } catch (RejectedExecutionException full) {
            throw Problem.unavailable("Too many are signing in at this moment.", 5);
        } catch (ExecutionException failed) {
            throw new IllegalStateException("a password could not be hashed", failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while hashing", interrupted);
        }
    }
}
