package vintem.console;

import io.quarkus.arc.All;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.platform.Database;
import vintem.platform.Finder;
import vintem.platform.Finder.Hit;
import vintem.platform.Sought;

/// The search for anything, in all areas that the one who asks may see.
@Singleton
class FindAnything {
    /// @param more there are more than are listed
    record Group(String section, List<Hit> hits, boolean more) {}

    /// @param straightTo where to go at once: one thing was named by its id
    record Found(List<Group> groups, @Nullable String straightTo) {
        boolean isEmpty() {
            return groups.isEmpty();
        }
    }

    private static final int MOST = 20;
    private static final String LEDGER = "ledger";

    private final List<Finder> finders;
    private final TellStory tellStory;

    @Inject
    FindAnything(@All List<Finder> finders, TellStory tellStory) {
        this.finders =
                finders.stream()
                        .sorted(Comparator.comparing(each -> each.section().equals(LEDGER)))
                        .toList();
        this.tellStory = tellStory;
    }

    Found find(Handle tx, Sought sought) {
        Database.byIndex(tx);
        var groups = new ArrayList<Group>();
        for (var finder : finders) {
            // The ledger has no index of ids: it is asked where nobody else knows this one.
            var known = sought.id().isPresent() && finder.section().equals(LEDGER) && any(groups);
            if (finder.isOpen() && !known) {
                var hits = distinct(finder.find(tx, sought, MOST + 1));
                if (!hits.isEmpty()) {
                    groups.add(
                            new Group(
                                    finder.section(),
                                    hits.stream().limit(MOST).toList(),
                                    hits.size() > MOST));
                }
            }
        }
        return new Found(groups, straightTo(tx, sought, groups).orElse(null));
    }

    private static boolean any(List<Group> groups) {
        return groups.stream().flatMap(each -> each.hits().stream()).anyMatch(Hit::exact);
    }

    /// What was found in two ways is listed once, as what it is for certain.
    private static List<Hit> distinct(List<Hit> hits) {
        var found = new LinkedHashMap<String, Hit>();
        for (var each : hits) {
            var name = each.kind() + " " + (each.storyId() == null ? each.page() : each.storyId());
            found.merge(name, each, (one, other) -> one.exact() ? one : other);
        }
        return List.copyOf(found.values());
    }

    /// A payment and its receipt are named by one id, and are one story.
    private Optional<String> straightTo(Handle tx, Sought sought, List<Group> groups) {
        var exact =
                groups.stream().flatMap(each -> each.hits().stream()).filter(Hit::exact).toList();
        var hits = groups.stream().mapToInt(each -> each.hits().size()).sum();
        var person = sought.taxId().isPresent() || sought.email().isPresent();
        // Of a person all is listed: their charges are no less theirs than their account.
        if (exact.isEmpty() || person && hits > 1) {
            return Optional.empty();
        }
        var first = exact.getFirst();
        if (exact.size() == 1) {
            return Optional.of(
                    first.storyId() == null ? first.page() : StoryPages.PATH + first.storyId());
        }
        if (exact.stream().anyMatch(each -> each.storyId() == null)) {
            return Optional.empty();
        }
        return exact.stream().allMatch(each -> first.storyId().equals(each.storyId()))
                        || isOneStory(tx, exact)
                ? Optional.of(StoryPages.PATH + first.storyId())
                : Optional.empty();
    }

    private boolean isOneStory(Handle tx, List<Hit> exact) {
        var stories =
                exact.stream()
                        .map(Hit::storyId)
                        .distinct()
                        .limit(4)
                        .map(each -> subjects(tx, each))
                        .collect(Collectors.toSet());
        return stories.size() == 1;
    }

    private List<UUID> subjects(Handle tx, @Nullable UUID storyId) {
        return storyId == null
                ? List.of()
                : tellStory.of(tx, storyId).stream()
                        .flatMap(it -> it.things().stream())
                        .map(it -> it.passage().subject().id())
                        .toList();
    }
}
