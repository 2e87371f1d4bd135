package vintem.console;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.temporal.TemporalAccessor;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vintem.console.TellStory.Event;
import vintem.console.TellStory.Story;
import vintem.console.TellStory.Thing;
import vintem.ledger.Ledger.Recorded;
import vintem.platform.Storyteller.Chapter;
import vintem.platform.Storyteller.Word;
import vintem.platform.Words;

/// A story in words, for its page and for JSON.
final class Telling {
    private static final Set<String> GOOD =
            Set.of(
                    "paid",
                    "done",
                    "approved",
                    "confirmed",
                    "matched",
                    "sent",
                    "settled",
                    "released",
                    "active",
                    "delivered");
    private static final Set<String> BAD =
            Set.of(
                    "failed",
                    "refused",
                    "rejected",
                    "cancelled",
                    "not_received",
                    "removed",
                    "conflict",
                    "expired",
                    "dead");
    private static final Set<String> WAIT =
            Set.of(
                    "processing",
                    "open",
                    "registering",
                    "importing",
                    "receiving",
                    "validating",
                    "refunding",
                    "pending",
                    "held",
                    "scheduled",
                    "waiting");

    /// @param mood how its status looks
    public record Subject(
            String kind,
            String section,
            UUID id,
            String name,
            String title,
            @Nullable Long amountCents,
            @Nullable String status,
            String mood,
            @Nullable String page) {}

    public record Transfer(
            UUID id,
            UUID entryId,
            String debit,
            String credit,
            long amountCents,
            String kind,
            Instant recordedAt) {
        static Transfer of(Recorded it) {
            return new Transfer(
                    it.id(),
                    it.entryId(),
                    it.debit(),
                    it.credit(),
                    it.amountCents(),
                    it.kind(),
                    it.recordedAt());
        }
    }

    public record Moment(
            Instant at,
            String kind,
            String text,
            @Nullable Long amountCents,
            String mood,
            String section,
            String subjectKind,
            UUID subjectId,
            @Nullable String page,
            List<Transfer> transfers) {}

    /// @param cut there is more to it than is told
    /// @param hidden a part belongs to areas that the one who asks may not see
    public record Told(
            UUID id, List<Subject> subjects, List<Moment> moments, boolean cut, boolean hidden) {}

    private Telling() {}

    static Told of(Story story, Words words) {
        return new Told(
                story.askedFor(),
                story.things().stream().map(each -> subject(each, words)).toList(),
                story.events().stream().map(each -> moment(each, words)).toList(),
                story.cut(),
                story.hidden());
    }

    private static Subject subject(Thing thing, Words words) {
        var passage = thing.passage();
        return new Subject(
                passage.subject().kind(),
                thing.section(),
                passage.subject().id(),
                words.name("subject", passage.subject().kind()),
                passage.title(),
                passage.cents(),
                passage.status() == null ? null : word(passage.status(), words),
                mood(passage.status()),
                passage.page());
    }

    private static Moment moment(Event event, Words words) {
        var chapter = event.chapter();
        var subject = event.thing().passage().subject();
        return new Moment(
                chapter.at(),
                chapter.kind(),
                text(chapter, words),
                chapter.cents(),
                chapter.mood(),
                event.thing().section(),
                subject.kind(),
                subject.id(),
                chapter.page(),
                event.transfers().stream().map(Transfer::of).toList());
    }

    private static String text(Chapter chapter, Words words) {
        var key = "story." + chapter.kind();
        var given = chapter.given().stream().map(each -> inWords(each, words)).toArray();
        // A module's text that is missing hides no event.
        return words.knows(key) ? words.say(key, given) : chapter.kind();
    }

    private static String inWords(Object given, Words words) {
        return switch (given) {
            case Word word -> word(word, words);
            case YearMonth month -> words.month(month);
            case LocalDate day -> words.day(day);
            case Instant at -> words.minute(at);
            case TemporalAccessor other -> other.toString();
            case Long cents -> words.money(cents);
            default -> given.toString();
        };
    }

    static String word(Word word, Words words) {
        return word.name().isEmpty() ? "" : words.name(word.group(), word.name());
    }

    /// How a status looks: `good`, `bad`, `wait` or `plain`.
    static String mood(@Nullable Word status) {
        if (status == null) {
            return "plain";
        }
        if (GOOD.contains(status.name())) {
            return status.group().equals("pix.status") && status.name().equals("active")
                    ? "wait"
                    : "good";
        }
        if (BAD.contains(status.name())) {
            return "bad";
        }
        return WAIT.contains(status.name()) ? "wait" : "plain";
    }
}
