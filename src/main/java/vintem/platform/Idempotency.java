package vintem.platform;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// `Idempotency-Key`: the same request, sent again, gets the same bytes again.
///
/// The key is claimed in the transaction of the write and finished with the answer in the
/// transaction that knows it. A node that dies in between leaves the key unfinished: when its lease
/// is over the next request with it takes over, which is safe because every write below is
/// idempotent by the ids that it derives from the key or was given.
@Singleton
public class Idempotency {
    /// Whose key, on which route.
    public record Identity(UUID callerId, String route, String key) {}

    /// A key, the hash of the body it came with, and who holds it: an id of this very request, so
    /// that a list which is run again knows its own claims.
    public record Request(Identity identity, byte[] hash, UUID holder) {}

    public sealed interface Claim {
        /// Nobody was here, or whoever was is gone: go on.
        record Fresh() implements Claim {}

        /// It was answered before: these bytes.
        record Replay(int status, byte[] body) implements Claim {}

        /// Another request with this key is under way.
        record InFlight() implements Claim {}

        /// The key belongs to a request with another body.
        record OtherRequest() implements Claim {}
    }

    private static final Duration LEASE = Duration.ofMinutes(2);
    private static final Duration KEPT = Duration.ofDays(30);
    private static final int SAFE_TO_CUT_OUT = 6;
    private static final int LONGEST_KEY = 255;

    private final Database database;
    private final IdempotencyTable table;
    private final Clock clock;

    @Inject
    public Idempotency(Database database, Clock clock) {
        this.database = database;
        this.table = new IdempotencyTable();
        this.clock = clock;
    }

    /// The identity of a request, or empty where it has no key.
    ///
    /// @throws Problem `400` where the header is not 1 to 255 visible ASCII characters
    public static Optional<Identity> identity(
            UUID callerId, String route, @Nullable String header) {
        if (header == null) {
            return Optional.empty();
        }
        if (header.isEmpty()
                || header.length() > LONGEST_KEY
                || !header.chars().allMatch(each -> each > ' ' && each < 0x7f)) {
            throw Problem.invalid(
                    "Idempotency-Key", "must be 1 to 255 visible ASCII characters without spaces");
        }
        return Optional.of(new Identity(callerId, route, header));
    }

    public static byte[] hash(byte[]... parts) {
        try {
            var hash = MessageDigest.getInstance("SHA-256");
            for (var part : parts) {
                hash.update(part);
            }
            return hash.digest();
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    /// Claims a key in this transaction. A second caller with the same key waits here until the
    /// first one's transaction ends.
    public Claim claim(Handle tx, Request request) {
        return claim(tx, List.of(request)).getFirst();
    }

    /// Claims a list of keys, one outcome each, in order. Of equal keys in one list only the first
    /// can be fresh.
    public List<Claim> claim(Handle tx, List<Request> requests) {
        var now = clock.instant();
        var claims = new HashMap<Identity, Claim>();
        var open = new LinkedHashMap<Identity, Request>();
        requests.forEach(request -> open.putIfAbsent(request.identity(), request));
        while (!open.isEmpty()) {
            for (var fresh : table.insert(tx, open.values(), now, now.plus(LEASE))) {
                claims.put(fresh, new Claim.Fresh());
                open.remove(fresh);
            }
            // Missing where the first one gave its claim up in the meantime: then it is ours to
            // take.
            for (var stored : table.lock(tx, open.keySet())) {
                var request = Objects.requireNonNull(open.remove(stored.identity()));
                claims.put(stored.identity(), judge(tx, request, stored, now));
            }
        }
        var firsts = new HashMap<Identity, Request>();
        return requests.stream()
                .map(
                        request -> {
                            var claim = Objects.requireNonNull(claims.get(request.identity()));
                            var first = firsts.putIfAbsent(request.identity(), request);
                            return first == null ? claim : afterFirst(first, claim, request);
                        })
                .toList();
    }

    /// The claim of a request whose key stands earlier in the same list.
    private static Claim afterFirst(Request first, Claim claim, Request request) {
        var sameBody = Arrays.equals(first.hash(), request.hash());
        return switch (claim) {
            case Claim.Fresh() -> sameBody ? new Claim.InFlight() : new Claim.OtherRequest();
            case Claim.Replay replay -> sameBody ? replay : new Claim.OtherRequest();
            case Claim.InFlight taken -> sameBody ? taken : new Claim.OtherRequest();
            // Whose the key is was not asked for this body: it comes back and is told.
            case Claim.OtherRequest taken -> sameBody ? taken : new Claim.InFlight();
        };
    }

    private Claim judge(Handle tx, Request request, IdempotencyTable.Stored stored, Instant now) {
        if (!Arrays.equals(stored.requestHash(), request.hash())) {
            return new Claim.OtherRequest();
        }
        if (stored.status() != null && stored.body() != null) {
            return new Claim.Replay(stored.status(), stored.body());
        }
        if (stored.holder().equals(request.holder())) {
            return new Claim.Fresh();
        }
        if (stored.leaseUntil().isAfter(now)) {
            return new Claim.InFlight();
        }
        table.takeOver(tx, request, now.plus(LEASE));
        return new Claim.Fresh();
    }

    /// Keeps what was answered.
    public void finish(Handle tx, Identity identity, int status, byte[] body) {
        finish(tx, status, Map.of(identity, body));
    }

    /// Keeps what a list was answered, all with the same status.
    public void finish(Handle tx, int status, Map<Identity, byte[]> answers) {
        if (!answers.isEmpty()) {
            table.finish(tx, status, answers);
        }
    }

    /// Gives up claims whose requests were refused before they wrote anything.
    public void release(Handle tx, Collection<Identity> identities) {
        if (!identities.isEmpty()) {
            table.release(tx, identities);
        }
    }

    @Scheduled(every = "1h", delayed = "5m", concurrentExecution = ConcurrentExecution.SKIP)
    public void forget() {
        database.transaction(tx -> table.forget(tx, clock.instant().minus(KEPT)));
    }

    /// Takes somebody's texts out of all stored answers; their keys go on protecting what was done.
    /// Reads all of them: for erasures, which are rare.
    ///
    /// @return how many answers were changed
    public long redact(Handle tx, Collection<String> texts, String instead) {
        var replaced = new LinkedHashMap<String, String>();
        // The longest first: one may be a part of another.
        var sorted =
                texts.stream().sorted(Comparator.comparingInt(String::length).reversed()).toList();
        for (var text : sorted) {
            if (text.length() >= SAFE_TO_CUT_OUT) {
                replaced.put(text, instead);
            } else if (!text.isBlank()) {
                // A short name could be a part of any word.
                replaced.put(Json.text(text), Json.text(instead));
            }
        }
        if (replaced.isEmpty()) {
            return 0;
        }
        var found =
                table.containing(
                        tx,
                        replaced.keySet().stream()
                                .map(it -> it.getBytes(StandardCharsets.UTF_8))
                                .toList());
        var answers = new LinkedHashMap<Identity, byte[]>();
        for (var answer : found) {
            var body = new String(answer.body(), StandardCharsets.UTF_8);
            for (var each : replaced.entrySet()) {
                body = body.replace(each.getKey(), each.getValue());
            }
            answers.put(answer.identity(), body.getBytes(StandardCharsets.UTF_8));
        }
        if (!answers.isEmpty()) {
            table.rewrite(tx, answers);
        }
        return answers.size();
    }

    /// The problem that a claim which is neither fresh nor a replay is answered with.
    public static Problem refusal(Claim claim) {
        return switch (claim) {
            case Claim.InFlight() ->
                    Problem.conflict(
                                    "request-in-flight",
                                    "A request with this Idempotency-Key is under way.")
                            .header("Retry-After", "1");
            case Claim.OtherRequest() ->
                    Problem.of(
                            422,
                            "idempotency-key-reused",
                            "This Idempotency-Key was used before",
                            "It was used with another body; a new request needs a new key.");
            case Claim.Fresh() -> throw new IllegalArgumentException("a fresh claim goes on");
            case Claim.Replay(_, _) -> throw new IllegalArgumentException("a replay is answered");
        };
    }
}
