package vintem.console;

import io.quarkus.arc.All;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.ledger.Ledger;
import vintem.ledger.Ledger.Recorded;
import vintem.platform.Storyteller;
import vintem.platform.Storyteller.Chapter;
import vintem.platform.Storyteller.Passage;
import vintem.platform.Storyteller.Subject;
import vintem.platform.Storyteller.Word;

/// *Explain this cent*: what happened to a piece of money, across all modules that the one who asks
/// may see, from whichever id of it they have.
///
/// Links are followed breadth first, and nothing twice. As they run both ways, the story is the
/// same from each of its ends, as long as it is not [Story#cut].
@Singleton
class TellStory {
    /// What has a story in it.
    ///
    /// @param section whose it is
    record Thing(String section, Passage passage) {}

    /// Something that happened, and the transfers by which it stands in the books.
    record Event(Thing thing, Chapter chapter, List<Recorded> transfers) {}

    /// @param things in the order in which they came up
    /// @param events in the order in which they happened
    /// @param cut there is more to it than is told
    /// @param hidden a part belongs to areas that the one who asks may not see
    record Story(
            UUID askedFor, List<Thing> things, List<Event> events, boolean cut, boolean hidden) {}

    static final int MOST_SUBJECTS = 200;

    private static final int MOST_TRANSFERS = 2_000;
    private static final String POSTING = "posting";

    private final List<Storyteller> tellers;
    private final Ledger ledger;

    @Inject
    TellStory(@All List<Storyteller> tellers, Ledger ledger) {
        this.tellers = tellers;
        this.ledger = ledger;
    }

    /// Empty where the id names nothing that the one who asks may see.
    Optional<Story> of(Handle tx, UUID id) {
        var open = tellers.stream().filter(Storyteller::isOpen).toList();
        var start = recognise(tx, open, id);
        if (start.isEmpty()) {
            return Optional.empty();
        }
        var things = new ArrayList<Thing>();
        var seen = new HashSet<Subject>(start);
        var next = start;
        var cut = false;
        var hidden = false;
        while (!next.isEmpty()) {
            var told = tell(tx, open, next);
            things.addAll(told);
            hidden |= told.size() < next.size();
            var further = new LinkedHashSet<Subject>();
            told.forEach(each -> further.addAll(each.passage().links()));
            open.forEach(each -> further.addAll(each.related(tx, told(told))));
            further.removeAll(seen);
            next = new LinkedHashSet<>();
            for (var each : further) {
                if (seen.size() < MOST_SUBJECTS) {
                    seen.add(each);
                    next.add(each);
                } else {
                    cut = true;
                }
            }
        }
        var transfers = transfers(tx, things);
        things.sort(Comparator.comparing(TellStory::began).thenComparing(TellStory::name));
        return Optional.of(
                new Story(
                        id,
                        things,
                        events(things, transfers),
                        cut || transfers.size() == MOST_TRANSFERS,
                        hidden));
    }

    /// A thing of a module; else whose the transfer or the entry of that id is.
    private Set<Subject> recognise(Handle tx, List<Storyteller> open, UUID id) {
        var found = named(tx, open, List.of(id));
        return found.isEmpty() ? named(tx, open, ledger.subjectsOf(tx, id)) : found;
    }

    private static Set<Subject> named(Handle tx, List<Storyteller> open, Collection<UUID> ids) {
        var found = new LinkedHashSet<Subject>();
        for (var id : ids) {
            open.forEach(each -> found.addAll(each.recognise(tx, id)));
        }
        // What was posted by hand for a thing is told with that thing.
        if (found.stream().anyMatch(each -> !each.kind().equals(POSTING))) {
            found.removeIf(each -> each.kind().equals(POSTING));
        }
        return found;
    }

    private static List<Thing> tell(
            Handle tx, List<Storyteller> open, Collection<Subject> subjects) {
        return open.stream()
                .flatMap(
                        teller ->
                                teller.tell(tx, subjects).stream()
                                        .map(each -> new Thing(teller.section(), each)))
                .toList();
    }

    private static List<Subject> told(List<Thing> things) {
        return things.stream().map(each -> each.passage().subject()).toList();
    }

    private List<Recorded> transfers(Handle tx, List<Thing> things) {
        var ids = told(things).stream().map(Subject::id).distinct().toList();
        return ledger.transfersOf(tx, ids, MOST_TRANSFERS);
    }

    private static List<Event> events(List<Thing> things, List<Recorded> transfers) {
        var events = new ArrayList<Event>();
        for (var thing : things) {
            for (var chapter : thing.passage().chapters()) {
                events.add(new Event(thing, chapter, new ArrayList<>()));
            }
        }
        var owners = new HashMap<UUID, Thing>();
        things.forEach(each -> owners.putIfAbsent(each.passage().subject().id(), each));
        // No transfer is left out: one that no chapter tells of is a chapter of its own.
        var untold = new ArrayList<Event>();
        for (var transfer : transfers) {
            var event = teller(events, transfer);
            if (event == null) {
                untold.add(untold(owners, transfer));
            } else {
                event.transfers().add(transfer);
            }
        }
        events.addAll(untold);
        events.sort(
                Comparator.comparing((Event each) -> each.chapter().at())
                        .thenComparing(each -> name(each.thing()))
                        .thenComparing(each -> each.chapter().kind()));
        return events;
    }

    private static Event untold(Map<UUID, Thing> owners, Recorded transfer) {
        var chapter =
                Chapter.of(
                        transfer.occurredAt(),
                        "transfer",
                        transfer.amountCents(),
                        "plain",
                        new Word("kind", transfer.kind()));
        var thing = owners.get(transfer.subjectId());
        if (thing == null) {
            throw new IllegalStateException("a transfer of nobody: " + transfer.id());
        }
        return new Event(thing, chapter, new ArrayList<>(List.of(transfer)));
    }

    /// The chapter that tells of a transfer: by its entry, else the nearest in time.
    private static @Nullable Event teller(List<Event> events, Recorded transfer) {
        Event nearest = null;
        for (var event : events) {
            if (tellsOf(event, transfer)
                    && (nearest == null
                            || byEntry(event, transfer) && !byEntry(nearest, transfer)
                            || byEntry(event, transfer) == byEntry(nearest, transfer)
                                    && apart(event, transfer).compareTo(apart(nearest, transfer))
                                            < 0)) {
                nearest = event;
            }
        }
        return nearest;
    }

    private static boolean tellsOf(Event event, Recorded transfer) {
        var chapter = event.chapter();
        var whose =
                chapter.whose() == null ? event.thing().passage().subject().id() : chapter.whose();
        if (!whose.equals(transfer.subjectId()) && !whose.equals(transfer.entryId())) {
            return false;
        }
        return chapter.booked().isEmpty()
                ? chapter.whose() != null
                : chapter.booked().contains(transfer.kind());
    }

    private static boolean byEntry(Event event, Recorded transfer) {
        return transfer.entryId().equals(event.chapter().whose());
    }

    private static Duration apart(Event event, Recorded transfer) {
        return Duration.between(event.chapter().at(), transfer.occurredAt()).abs();
    }

    private static Instant began(Thing thing) {
        return thing.passage().chapters().stream()
                .map(Chapter::at)
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
    }

    private static String name(Thing thing) {
        return thing.passage().subject().kind() + " " + thing.passage().subject().id();
    }
}
