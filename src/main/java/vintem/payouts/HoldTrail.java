package vintem.payouts;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Role;
import vintem.payouts.HoldTable.Hold;
import vintem.payouts.HoldTrailTable.Became;
import vintem.payouts.HoldTrailTable.In;
import vintem.platform.Finder.Hit;
import vintem.platform.Pages;
import vintem.platform.Sought;
import vintem.platform.Storyteller;

/// The story of what was held: who sent it, who released or refused it, when it was due, and what
/// became of it.
///
/// A hold of a few payouts is told together with them, from whichever end. One of many is not: its
/// payouts tell of it in their own words, and it of them in figures.
@Singleton
class HoldTrail implements Storyteller {
    static final String HOLD = "hold";

    private static final int FEW = 20;
    private static final String ONE = "/app/payouts/hold";
    private static final String BATCH = "/app/payouts/batch";

    private final HoldTrailTable table;
    private final Asking asking;

    @Inject
    HoldTrail(HoldTrailTable table, Asking asking) {
        this.table = table;
        this.asking = asking;
    }

    @Override
    public String section() {
        return "payouts";
    }

    @Override
    public boolean isOpen() {
        return asking.callerIfKnown()
                .filter(caller -> caller.may(Capability.PAYOUTS, Role.READ))
                .isPresent();
    }

    /// For the search, among what is found of payouts.
    List<Hit> find(Handle tx, Sought sought, int most) {
        var hits = new ArrayList<Hit>();
        table.byIds(tx, sought.id().stream().toList()).forEach(each -> hits.add(hit(each, true)));
        table.find(tx, sought.text(), sought.cents(), most)
                .forEach(each -> hits.add(hit(each, each.digest().equals(sought.text()))));
        return hits;
    }

    private static Hit hit(Hold hold, boolean exact) {
        return new Hit(
                HOLD,
                hold.batchId(),
                null,
                hold.cents(),
                state(hold),
                hold.createdAt(),
                hold.id(),
                page(hold),
                exact);
    }

    @Override
    public List<Subject> recognise(Handle tx, UUID id) {
        return table.byIds(tx, List.of(id)).stream().map(_ -> new Subject(HOLD, id)).toList();
    }

    @Override
    public List<Passage> tell(Handle tx, Collection<Subject> subjects) {
        var ids = Storyteller.ids(subjects, HOLD);
        if (ids.isEmpty()) {
            return List.of();
        }
        var holds = table.byIds(tx, ids);
        var few = holds.stream().filter(HoldTrail::isOfFew).map(Hold::id).toList();
        var links =
                table.payoutsOf(tx, few).stream()
                        .collect(
                                Collectors.groupingBy(
                                        In::holdId,
                                        Collectors.mapping(
                                                it ->
                                                        new Subject(
                                                                PayoutTrail.PAYOUT, it.payoutId()),
                                                Collectors.toSet())));
        var became =
                table.became(tx, ids).stream()
                        .collect(Collectors.toMap(Became::holdId, Function.identity()));
        return holds.stream()
                .map(
                        hold ->
                                new Passage(
                                        new Subject(HOLD, hold.id()),
                                        hold.batchId(),
                                        hold.cents(),
                                        state(hold),
                                        page(hold),
                                        chapters(hold, became.get(hold.id())),
                                        links.getOrDefault(hold.id(), Set.of())))
                .toList();
    }

    /// The holds that each of these payouts is or was in, oldest first.
    Map<UUID, List<Hold>> ofPayouts(Handle tx, Collection<UUID> payoutIds) {
        var in = table.ofPayouts(tx, payoutIds);
        var ids = new LinkedHashSet<UUID>();
        in.forEach(each -> ids.add(each.holdId()));
        var holds = table.byIds(tx, ids);
        var found = new HashMap<UUID, List<Hold>>();
        for (var hold : holds) {
            for (var each : in) {
                if (each.holdId().equals(hold.id())) {
                    found.computeIfAbsent(each.payoutId(), _ -> new ArrayList<>()).add(hold);
                }
            }
        }
        return found;
    }

    /// What belongs to the story of a payout that is or was in these.
    static Set<Subject> links(List<Hold> holds) {
        return holds.stream()
                .filter(HoldTrail::isOfFew)
                .map(hold -> new Subject(HOLD, hold.id()))
                .collect(Collectors.toSet());
    }

    /// What a payout tells of the hold that it is in.
    static List<Chapter> asPartOf(Hold hold, long cents) {
        var chapters = new ArrayList<Chapter>();
        chapters.add(
                Chapter.of(hold.createdAt(), "payout.held", cents, "wait", kind(hold))
                        .on(page(hold)));
        if (!isOfFew(hold)) {
            chapters.addAll(decisions(hold));
        }
        return chapters;
    }

    private static List<Chapter> chapters(Hold hold, @Nullable Became became) {
        var chapters = new ArrayList<Chapter>();
        var made =
                hold.scheduledFor() == null
                        ? Chapter.of(
                                hold.createdAt(),
                                "hold.made",
                                hold.cents(),
                                "wait",
                                Long.toString(hold.items()),
                                hold.batchId(),
                                hold.callerName(),
                                kind(hold))
                        : Chapter.of(
                                hold.createdAt(),
                                "hold.made_for",
                                hold.cents(),
                                "wait",
                                Long.toString(hold.items()),
                                hold.batchId(),
                                hold.callerName(),
                                kind(hold),
                                hold.scheduledFor());
        chapters.add(made.on(page(hold)));
        chapters.addAll(decisions(hold));
        if (hold.state().equals(HoldTable.RELEASED) && became != null) {
            var well = became.failed() + became.returned() == 0;
            chapters.add(
                    Chapter.of(
                                    became.at(),
                                    "hold.became",
                                    null,
                                    became.underWay() > 0 ? "wait" : well ? "good" : "bad",
                                    Long.toString(became.paid()),
                                    Long.toString(became.failed()),
                                    Long.toString(became.returned()),
                                    Long.toString(became.underWay()))
                            .on(Pages.link(BATCH, Map.of("id", hold.batchId()))));
        }
        return chapters;
    }

    /// Who decided what, and when.
    private static List<Chapter> decisions(Hold hold) {
        var chapters = new ArrayList<Chapter>();
        var by = hold.decidedByName();
        var at = hold.decidedAt();
        var ended = hold.endedAt();
        var isSent = hold.state().equals(HoldTable.RELEASED);
        if (by != null && at != null && (isSent || hold.state().equals(HoldTable.SCHEDULED))) {
            chapters.add(Chapter.of(at, "hold.approved", hold.cents(), "good", by).on(page(hold)));
        }
        if (ended == null) {
            return chapters;
        }
        var note = Objects.requireNonNullElse(hold.decisionNote(), "");
        var chapter =
                switch (hold.state()) {
                    case HoldTable.RELEASED ->
                            Chapter.of(ended, "hold.sent", hold.cents(), "good", hold.batchId());
                    case HoldTable.REFUSED ->
                            by == null
                                    ? Chapter.of(
                                            ended,
                                            "hold.given_up",
                                            hold.cents(),
                                            "bad",
                                            new Word("reason", note))
                                    : Chapter.of(
                                            ended, "hold.refused", hold.cents(), "bad", by, note);
                    case HoldTable.CANCELLED ->
                            Chapter.of(
                                    ended,
                                    "hold.cancelled",
                                    hold.cents(),
                                    "bad",
                                    Objects.requireNonNullElse(by, ""));
                    default -> Chapter.of(ended, "hold.expired", hold.cents(), "bad");
                };
        chapters.add(
                chapter.on(isSent ? Pages.link(BATCH, Map.of("id", hold.batchId())) : page(hold)));
        return chapters;
    }

    private static boolean isOfFew(Hold hold) {
        return hold.items() <= FEW;
    }

    private static Word kind(Hold hold) {
        return new Word("holds.kind", hold.kind());
    }

    private static Word state(Hold hold) {
        return new Word("holds.state", hold.state());
    }

    private static String page(Hold hold) {
        return Pages.link(ONE, Map.of("id", hold.id().toString()));
    }
}
