package vintem.privacy;

import io.quarkus.arc.All;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.time.Period;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.platform.Database;
import vintem.platform.ForgetEverywhere;
import vintem.platform.Idempotency;
import vintem.platform.Ids;
import vintem.platform.PersonalData;
import vintem.platform.PersonalData.Erasure;
import vintem.platform.PersonalData.Found;
import vintem.platform.PersonalData.Person;
import vintem.platform.Settings;
import vintem.platform.Words;

/// Finds somebody in all modules, hands out what is kept about them, and forgets them.
@Singleton
class People {
    /// What became of a wish to be forgotten.
    sealed interface Outcome {
        /// @param pseudonym what stands there instead
        /// @param rows that were changed, by module
        record Forgotten(String pseudonym, Map<String, Long> rows) implements Outcome {}

        /// @param reasons by module: `payout-under-way`, `import-under-way`, `user-active`
        record NotNow(Map<String, String> reasons) implements Outcome {}
    }

    private static final int MOST_FOUND = 100;
    private static final int AT_ONCE = 1_000;
    private static final int MOST_ROUNDS = 1_000;
    private static final int SHORTEST_CERTAIN = 6;

    /// CTN, arts. 173 and 174: five years from the end of the year, so six at most.
    private static final Period PROOF =
            Period.ofYears(Math.toIntExact(Settings.number("proof-years", 6)));

    private final List<PersonalData> places;
    private final Idempotency idempotency;
    private final AccessLog log;
    private final ForgetEverywhere everywhere;
    private final Database database;
    private final Clock clock;

    @Inject
    People(
            @All List<PersonalData> places,
            Idempotency idempotency,
            AccessLog log,
            ForgetEverywhere everywhere,
            Database database,
            Clock clock) {
        // Always in the same order, so that two never wait for each other's locks.
        this.places = places.stream().sorted(Comparator.comparing(PersonalData::where)).toList();
        this.idempotency = idempotency;
        this.log = log;
        this.everywhere = everywhere;
        this.database = database;
        this.clock = clock;
    }

    /// The first rows of each module.
    Map<String, List<Found>> find(Person person) {
        return database.snapshot(
                tx -> {
                    var found = new LinkedHashMap<String, List<Found>>();
                    for (var place : places) {
                        found.put(place.where(), place.find(tx, person, MOST_FOUND));
                    }
                    return found;
                });
    }

    /// `{"payments":[…],"payouts":[…]}`: each row as it stands.
    String export(Caller caller, Person person) {
        return database.transaction(
                tx -> {
                    var json = new StringBuilder("{");
                    var rows = 0L;
                    for (var place : places) {
                        var of = place.export(tx, person);
                        rows += of.size();
                        json.append(json.length() == 1 ? "\"" : ",\"").append(place.where());
                        json.append("\":[").append(String.join(",", of)).append(']');
                    }
                    log.record(tx, caller, "person.exported", "", "rows " + rows);
                    return json.append('}').toString();
                });
    }

    Outcome forget(Caller caller, Person person, boolean keepProof) {
        var outcome = database.transaction(tx -> forget(tx, caller, person, keepProof));
        if (outcome instanceof Outcome.Forgotten) {
            everywhere.committed();
        }
        return outcome;
    }

    private Outcome forget(Handle tx, Caller caller, Person person, boolean keepProof) {
        var reasons = new TreeMap<String, String>();
        for (var place : places) {
            place.obstacle(tx, person).ifPresent(it -> reasons.put(place.where(), it));
        }
        if (!reasons.isEmpty()) {
            return Database.rollback(tx, new Outcome.NotNow(reasons));
        }
        var now = clock.instant();
        var id = Ids.next();
        // Made of chance: nothing leads from it to the person.
        var pseudonym = "apagado-" + id.toString().substring(24);
        var erasure = new Erasure(person, pseudonym, keepProof, proofSince(now), now);
        var rows = new TreeMap<String, Long>();
        var texts = new HashSet<String>(person.keys());
        texts.addAll(person.documents());
        for (var place : places) {
            var erased = place.erase(tx, erasure);
            texts.addAll(erased.texts());
            if (erased.rows() > 0) {
                rows.put(place.where(), erased.rows());
            }
        }
        // A short name could be a part of any word, and a pseudonym of before names nobody.
        var certain =
                texts.stream()
                        .map(String::strip)
                        .filter(it -> it.length() >= SHORTEST_CERTAIN)
                        .filter(it -> !it.startsWith("apagado"))
                        .collect(Collectors.toUnmodifiableSet());
        if (!certain.isEmpty()) {
            for (var place : places) {
                var redacted = place.redact(tx, certain, pseudonym);
                if (redacted > 0) {
                    rows.merge(place.where(), redacted, Long::sum);
                }
            }
        }
        // Stored answers repeat what was asked for; their keys still protect what was done.
        var answers = idempotency.redact(tx, texts, pseudonym);
        if (answers > 0) {
            rows.put("answers", answers);
        }
        log.record(
                tx,
                caller,
                "person.forgotten",
                pseudonym,
                "keep_proof %s, rows %s".formatted(keepProof, rows));
        return new Outcome.Forgotten(pseudonym, rows);
    }

    /// Forgets what proved payments that are old enough, of everybody. Rows are claimed with `skip
    /// locked`, so every node may do it at once.
    @Scheduled(every = "6h", delayed = "17m", concurrentExecution = ConcurrentExecution.SKIP)
    void retire() {
        var before = proofSince(clock.instant());
        var changed = 0L;
        for (var place : places) {
            for (var round = 0; round < MOST_ROUNDS; round++) {
                var rows = database.transaction(tx -> place.retire(tx, before, AT_ONCE));
                changed += rows;
                if (rows < AT_ONCE) {
                    break;
                }
            }
        }
        if (changed > 0) {
            everywhere.committed();
        }
    }

    private static Instant proofSince(Instant now) {
        return now.atZone(Words.SAO_PAULO).minus(PROOF).toInstant();
    }

    static List<Found> flat(Map<String, List<Found>> found) {
        var all = new ArrayList<Found>();
        found.values().forEach(all::addAll);
        return all;
    }
}
