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
/// Links run both ways (what names another is named by it, or is [#related] to it), so that a story
/// is the same from whichever end it is asked for. What belongs to a million others, such as a file
/// of charges, is told of in words with a link to its page, and is not named.
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
    /// @param given what is filled in: texts, [Word]s, days, months, instants, and `Long`s as money
    ///     in cents. What identifies a person is masked
    /// @param mood `good`, `bad`, `wait` or `plain`: how it looks
    /// @param page where to read more, or null
    /// @param booked the kinds of transfers that are listed beneath it
    /// @param whose the subject or the entry of those transfers; null for the chapter's own subject
    record Chapter(
            Instant at,
            String kind,
            List<Object> given,
            @Nullable Long cents,
            String mood,
            @Nullable String page,
            Set<String> booked,
            @Nullable UUID whose) {
        public static Chapter of(
                Instant at, String kind, @Nullable Long cents, String mood, Object... given) {
            return new Chapter(at, kind, List.of(given), cents, mood, null, Set.of(), null);
        }

        public Chapter on(@Nullable String page) {
            return new Chapter(at, kind, given, cents, mood, page, booked, whose);
        }

        /// With its subject's transfers of these kinds beneath it.
        public Chapter booked(String... kinds) {
            return new Chapter(at, kind, given, cents, mood, page, Set.of(kinds), null);
        }

        /// With those of another subject, or of one entry.
        public Chapter bookedOf(UUID whose, String... kinds) {
            return new Chapter(at, kind, given, cents, mood, page, Set.of(kinds), whose);
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

    /// Its own things that have to do with these, which may belong to modules below: those cannot
    /// name what stands above them.
    default Set<Subject> related(Handle tx, Collection<Subject> subjects) {
        return Set.of();
    }

    /// The ids of those that are of a kind.
    static List<UUID> ids(Collection<Subject> subjects, String kind) {
        return subjects.stream().filter(each -> each.kind().equals(kind)).map(Subject::id).toList();
    }
}
