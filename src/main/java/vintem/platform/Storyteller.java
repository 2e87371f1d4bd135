package vintem.platform;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Tells what happened to things of a module, and which other things they have to do with. The
/// console puts what all of them tell into one story of a piece of money.
///
/// Links run both ways: what names another is named by it, so that a story is the same from
/// whichever end it is asked for. A module that has a thing which belongs to many others (a file of
/// a million charges) tells of it in words and links to its page, and does not name it.
public interface Storyteller {
    /// A thing with a story.
    ///
    /// @param kind the text `subject.<kind>`; each belongs to one module
    record Subject(String kind, UUID id) {}

    /// A word that pages have in two languages: the text `<group>.<name>`.
    record Word(String group, String name) {}

    /// Something that happened.
    ///
    /// @param kind the text `story.<kind>`, where `{0}`, `{1}` … are filled in
    /// @param given what is filled in: texts, [Word]s, `Instant`s, `LocalDate`s, `Long`s as money
    ///     in cents. What identifies a person is masked
    /// @param mood `good`, `bad`, `wait` or `plain`: how it looks
    /// @param page where to read more, or null
    /// @param booked the kinds of its subject's transfers that are listed beneath it
    /// @param entryId narrows them to one entry, where a subject has several of that kind
    record Chapter(
            Instant at,
            String kind,
            List<Object> given,
            @Nullable Long cents,
            String mood,
            @Nullable String page,
            Set<String> booked,
            @Nullable UUID entryId) {
        public static Chapter of(
                Instant at, String kind, @Nullable Long cents, String mood, Object... given) {
            return new Chapter(at, kind, List.of(given), cents, mood, null, Set.of(), null);
        }

        public Chapter on(@Nullable String page) {
            return new Chapter(at, kind, given, cents, mood, page, booked, entryId);
        }

        /// With the transfers of these kinds beneath it.
        public Chapter booked(String... kinds) {
            return new Chapter(at, kind, given, cents, mood, page, Set.of(kinds), entryId);
        }

        /// With the transfers of one entry beneath it.
        public Chapter booked(UUID entryId) {
            return new Chapter(at, kind, given, cents, mood, page, Set.of(), entryId);
        }
    }

    /// What there is to tell of one subject.
    ///
    /// @param title what it is called by, such as its own id; what identifies a person is masked
    /// @param links what else belongs to its story
    record Passage(
            Subject subject,
            String title,
            @Nullable Long cents,
            @Nullable Word status,
            @Nullable String page,
            List<Chapter> chapters,
            Set<Subject> links) {}

    /// The name of the section in the navigation that its things belong to.
    String section();

    /// Whether the one who is asking may hear it.
    boolean isOpen();

    /// Which of its things an id names; none where it is no id of its own.
    List<Subject> recognise(Handle tx, UUID id);

    /// Tells of those of these subjects that are its own, in as few queries as there are tables,
    /// and leaves out the others.
    List<Passage> tell(Handle tx, Collection<Subject> subjects);
}
