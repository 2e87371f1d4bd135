package vintem.reconciliation;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import vintem.platform.BusinessDays;
import vintem.platform.PersonalData;

/// What the bank's statement says of people: their names, in the texts of lines. Tax ids are masked
/// before a line is kept. Nobody can look a person up in there but by their name.
@Singleton
class NamedLineTable implements PersonalData {
    private static final String FIND =
            """
            select 'statement_line' as type, l.id::text as id, s.imported_at as at,
                   case when l.match_id is null then 'open' else 'matched' end as detail
            from bank_statement_line l join bank_statement s on s.id = l.statement_id
            where position(lower(:name) in lower(l.description)) > 0
            order by l.id desc limit :most
            """;

    private static final String EXPORT =
            """
            select (to_jsonb(l) - 'identity')::text from bank_statement_line l
            where position(lower(:name) in lower(l.description)) > 0 order by l.id
            """;

    private static final String REDACT =
            """
            update bank_statement_line set description = :pseudonym
            where exists (select from unnest(:texts) t
                          where position(lower(t) in lower(description)) > 0)
            """;

    private static final String RETIRE =
            """
            update bank_statement_line set description = null
            where id in (
                select id from bank_statement_line
                where day < :before and description is not null
                order by id limit :most for update skip locked)
            """;

    @Override
    public String where() {
        return "reconciliation";
    }

    @Override
    public List<Found> find(Handle tx, Person person, int most) {
        return tx.createQuery(FIND)
                .bind("name", person.name())
                .bind("most", most)
                .map(ConstructorMapper.of(Found.class))
                .list();
    }

    @Override
    public List<String> export(Handle tx, Person person) {
        return tx.createQuery(EXPORT).bind("name", person.name()).mapTo(String.class).list();
    }

    /// By what the other modules know them by: see [#redact].
    @Override
    public Erased erase(Handle tx, Erasure erasure) {
        return new Erased(0, Set.of());
    }

    @Override
    public long redact(Handle tx, Set<String> texts, String pseudonym) {
        return tx.createUpdate(REDACT)
                .bindArray("texts", String.class, List.copyOf(texts))
                .bind("pseudonym", pseudonym)
                .execute();
    }

    /// Of lines that nobody matched: the texts of the others go after 90 days.
    @Override
    public int retire(Handle tx, Instant endedBefore, int most) {
        return tx.createUpdate(RETIRE)
                .bind("before", LocalDate.ofInstant(endedBefore, BusinessDays.SAO_PAULO))
                .bind("most", most)
                .execute();
    }
}
