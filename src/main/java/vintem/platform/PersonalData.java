package vintem.platform;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// What a module keeps about people: it finds somebody's rows, hands them out, and forgets them.
///
/// Forgetting replaces what names a person by a pseudonym that nobody can turn back; amounts, days,
/// ids and the ledger stay, so that the books still balance.
public interface PersonalData {
    /// Somebody, by whatever is known of them. What is null or empty names nobody.
    ///
    /// @param taxId CPF or CNPJ without its mask
    /// @param email in lower case
    /// @param pixKeys as the directory writes them
    /// @param name as it stands there, in any case; people share names, so it finds and never
    ///     forgets
    /// @param ids of rows that were found and are meant: payments, payouts, charges, resellers
    record Person(
            @Nullable String taxId,
            @Nullable String email,
            List<String> pixKeys,
            @Nullable String name,
            List<UUID> ids) {
        public Person {
            pixKeys = List.copyOf(pixKeys);
            ids = List.copyOf(ids);
        }

        /// Everything that may stand where a Pix key does.
        public List<String> keys() {
            var keys = new java.util.TreeSet<>(pixKeys);
            if (taxId != null) {
                keys.add(taxId);
            }
            if (email != null) {
                keys.add(email);
            }
            return List.copyOf(keys);
        }

        /// The tax id as it may have been written.
        public List<String> documents() {
            return TaxId.parse(taxId)
                    .map(it -> List.of(it.value(), it.formatted()))
                    .orElse(List.of());
        }

        /// Without the name: what may be forgotten by.
        public boolean isIdentified() {
            return !keys().isEmpty() || !ids.isEmpty();
        }

        @Override
        public String toString() {
            return "a person";
        }
    }

    /// A row about somebody.
    ///
    /// @param type `payment`, `payout`, `charge`, `reseller`, `client`, `user` …
    /// @param id of the row, never anything of the person's
    /// @param at since when it is there
    /// @param detail a status or the like
    record Found(String type, String id, Instant at, @Nullable String detail) {}

    /// What is to be forgotten.
    ///
    /// @param pseudonym takes the place of what named the person; the same in all modules, so that
    ///     rows of one person still belong together
    /// @param keepProof whether what proves a payment (name, tax id, key) stays as long as the law
    ///     wants it, see [#retire]
    /// @param proofSince payments that are older need no proof any more
    record Erasure(
            Person person, String pseudonym, boolean keepProof, Instant proofSince, Instant now) {}

    /// @param rows that were changed
    /// @param texts that stood there and name the person: they are looked for where texts are kept
    ///     that nobody can look up, such as stored answers
    record Erased(long rows, Set<String> texts) {
        public Erased {
            texts = Set.copyOf(texts);
        }
    }

    /// Where it is: the module's name.
    String where();

    /// The first rows about somebody, at most so many.
    List<Found> find(Handle tx, Person person, int most);

    /// All rows about somebody, each as a JSON object.
    List<String> export(Handle tx, Person person);

    /// Why nothing can be forgotten at this moment: money is under way, a file is being imported.
    default Optional<String> obstacle(Handle tx, Person person) {
        return Optional.empty();
    }

    Erased erase(Handle tx, Erasure erasure);

    /// Last, with the texts that all modules found: takes them out of what people or banks wrote
    /// and nobody can look up, such as the text of a statement's line.
    ///
    /// @param texts none so short that it may be a part of a word
    /// @return how many rows it changed
    default long redact(Handle tx, Set<String> texts, String pseudonym) {
        return 0;
    }

    /// Forgets what proved payments that ended before an instant, and what else is as old and
    /// nobody needs any more, of everybody.
    ///
    /// @return how many rows it changed: so many or more where there may be others
    default int retire(Handle tx, Instant endedBefore, int most) {
        return 0;
    }

    /// After the commit, on every node: what is kept beside the database is dropped, of everybody.
    /// Called by [ForgetEverywhere]; perhaps twice, and perhaps where nobody was forgotten.
    default void erased() {}
}
