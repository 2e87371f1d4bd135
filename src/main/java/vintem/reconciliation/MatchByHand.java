package vintem.reconciliation;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.platform.Database;
import vintem.platform.Ids;

/// A person says which lines and movements belong together, or that they do not: a bank that puts
/// several into one line, one that books a day late, one that takes its own mistake back.
@Singleton
class MatchByHand {
    sealed interface Outcome {
        record Matched(UUID matchId) implements Outcome {}

        record Parted() implements Outcome {}

        record Unknown() implements Outcome {}

        /// Some of it belongs to something else.
        record Taken() implements Outcome {}

        record SumsDiffer(long lineCents, long movementCents) implements Outcome {}
    }

    private final Database database;
    private final MatchTable matches;
    private final TieOutDayTable days;
    private final AccessLog log;
    private final Clock clock;

    @Inject
    MatchByHand(
            Database database,
            MatchTable matches,
            TieOutDayTable days,
            AccessLog log,
            Clock clock) {
        this.database = database;
        this.matches = matches;
        this.days = days;
        this.log = log;
        this.clock = clock;
    }

    /// Joins them. Where all of it was matched with each other by the program, of another day, it
    /// is from now on a person's word. Lines alone, or movements alone, belong together where they
    // come to nothing.
    Outcome match(Caller caller, Set<UUID> lines, Set<UUID> movements) {
        return database.transaction(tx -> match(tx, caller, lines, movements));
    }

    private Outcome match(Handle tx, Caller caller, Set<UUID> lines, Set<UUID> movements) {
        matches.oneAtATime(tx);
        var theirs = matches.lockLines(tx, lines);
        var ours = matches.lockMovements(tx, movements);
        if (theirs.size() != lines.size() || ours.size() != movements.size()) {
            return new Outcome.Unknown();
        }
        var known = new HashSet<@Nullable UUID>();
        theirs.forEach(each -> known.add(each.matchId()));
        ours.forEach(each -> known.add(each.matchId()));
        if (known.size() != 1) {
            return new Outcome.Taken();
        }
        var before = known.iterator().next();
        var byHand =
                theirs.stream().anyMatch(each -> "hand".equals(each.how()))
                        || ours.stream().anyMatch(each -> "hand".equals(each.how()));
        if (before != null && byHand) {
            return new Outcome.Matched(before);
        }
        if (before != null) {
            // The program had found it; whoever looks says that it is right, late as it is.
            matches.confirm(tx, before, caller.name(), clock.instant());
            days.addUp(tx, matches.daysOf(tx, before));
            log.record(tx, caller, "statement.matched", before.toString(), "confirmed");
            return new Outcome.Matched(before);
        }
        var lineCents = theirs.stream().mapToLong(each -> each.amountCents()).sum();
        var movementCents = ours.stream().mapToLong(each -> each.amountCents()).sum();
        if (lineCents != movementCents) {
            return new Outcome.SumsDiffer(lineCents, movementCents);
        }
        var matchId = Ids.next();
        matches.join(tx, matchId, lines, movements, caller.name(), clock.instant());
        days.addUp(tx, matches.daysOf(tx, matchId));
        log.record(
                tx,
                caller,
                "statement.matched",
                matchId.toString(),
                "%d lines, %d movements".formatted(lines.size(), movements.size()));
        return new Outcome.Matched(matchId);
    }

    /// Parts them again; a second time there is nothing to part.
    Outcome part(Caller caller, UUID matchId) {
        return database.transaction(
                tx -> {
                    matches.oneAtATime(tx);
                    var of = matches.daysOf(tx, matchId);
                    if (!matches.free(tx, matchId)) {
                        return new Outcome.Unknown();
                    }
                    days.addUp(tx, of);
                    log.record(tx, caller, "statement.parted", matchId.toString(), "");
                    return new Outcome.Parted();
                });
    }
}
