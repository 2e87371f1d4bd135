package vintem.payouts;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;
import vintem.platform.PersonalData;

/// What payouts keep about payees: keys, tax ids, and what was written to them. An `external_id` is
/// the sender's and decides for ever what was paid: it stays.
@Singleton
class PayeeTable implements PersonalData {
    private static final String MEANT =
            """
            (p.pix_key = any(:keys) or p.tax_id = :taxId or p.user_id = any(:keys)
             or p.id = any(:ids))
            """;

    private static final String FIND =
            """
            select 'payout' as type, p.id::text as id, p.created_at as at, p.status as detail
            from payout p where %s order by p.id desc limit :most
            """
                    .formatted(MEANT);

    private static final String EXPORT =
            """
            select to_jsonb(p)::text from payout p where %s order by p.id
            """
                    .formatted(MEANT);

    private static final String UNDER_WAY =
            """
            select count(*) from payout p
            where p.status not in ('paid', 'failed', 'returned') and %s
            """
                    .formatted(MEANT);

    private static final String ERASE =
            """
            with meant as (
                select p.id, p.pix_key, p.tax_id, p.user_id,
                       :proof and p.status in ('paid', 'returned')
                       and p.updated_at >= :since as kept
                from payout p where %s order by p.external_id for update
            )
            update payout p
            set pix_key = case when m.kept then p.pix_key else :pseudonym end,
                tax_id = case when m.kept then p.tax_id end,
                description = null,
                user_id = case when p.user_id = any(:keys) then :pseudonym else p.user_id end
            from meant m where p.id = m.id
            returning p.id, m.kept, m.pix_key, m.tax_id
            """
                    .formatted(MEANT);

    private static final String ERASE_ATTEMPTS =
            "update payout_attempt set pix_key = :pseudonym where payout_id = any(:payouts)";

    private static final String RETIRE =
            """
            with old as (
                select id from payout
                where id < :first and updated_at < :before
                and status in ('paid', 'failed', 'returned')
                and (pix_key <> 'apagado' or tax_id is not null or description is not null)
                order by id limit :most for update skip locked
            ), attempts as (
                update payout_attempt a set pix_key = 'apagado' from old
                where a.payout_id = old.id
            )
            update payout p
            set pix_key = 'apagado', tax_id = null, description = null,
                user_id = case when p.user_id in (p.pix_key, p.tax_id) then 'apagado'
                               else p.user_id end
            from old where p.id = old.id
            """;

    // Why a person refused what was held, in their own words. What the clock wrote is a code.
    private static final String REDACT_NOTES =
            """
            update payout_hold set decision_note = :pseudonym
            where decided_by is not null and decision_note is not null
            and exists (select from unnest(:texts) t
                        where position(lower(t) in lower(decision_note)) > 0)
            """;

    private static final String RETIRE_NOTES =
            """
            update payout_hold set decision_note = null
            where id in (
                select id from payout_hold
                where id < :first and ended_at < :before
                and decided_by is not null and decision_note is not null
                order by id limit :most for update skip locked)
            """;

    public record Row(UUID id, boolean kept, String pixKey, @Nullable String taxId) {}

    @Override
    public String where() {
        return "payouts";
    }

    @Override
    public List<Found> find(Handle tx, Person person, int most) {
        return bind(tx.createQuery(FIND), person)
                .bind("most", most)
                .map(ConstructorMapper.of(Found.class))
                .list();
    }

    @Override
    public List<String> export(Handle tx, Person person) {
        return bind(tx.createQuery(EXPORT), person).mapTo(String.class).list();
    }

    /// A key that is about to be paid must not change.
    @Override
    public Optional<String> obstacle(Handle tx, Person person) {
        var count = bind(tx.createQuery(UNDER_WAY), person).mapTo(Long.class).one();
        return count == 0 ? Optional.empty() : Optional.of("payout-under-way");
    }

    @Override
    public Erased erase(Handle tx, Erasure erasure) {
        var rows =
                bind(tx.createQuery(ERASE), erasure.person())
                        .bind("proof", erasure.keepProof())
                        .bind("since", erasure.proofSince())
                        .bind("pseudonym", erasure.pseudonym())
                        .map(ConstructorMapper.of(Row.class))
                        .list();
        var attempts =
                tx.createUpdate(ERASE_ATTEMPTS)
                        .bind(
                                "payouts",
                                rows.stream()
                                        .filter(it -> !it.kept())
                                        .map(Row::id)
                                        .toArray(UUID[]::new))
                        .bind("pseudonym", erasure.pseudonym())
                        .execute();
        var texts = new HashSet<String>();
        for (var row : rows) {
            texts.add(row.pixKey());
            if (row.taxId() != null) {
                texts.add(row.taxId());
            }
        }
        return new Erased(rows.size() + attempts, texts);
    }

    @Override
    public int retire(Handle tx, Instant endedBefore, int most) {
        return retire(tx, RETIRE, endedBefore, most) + retire(tx, RETIRE_NOTES, endedBefore, most);
    }

    private static int retire(Handle tx, String update, Instant endedBefore, int most) {
        return tx.createUpdate(update)
                .bind("first", new UUID(endedBefore.toEpochMilli() << 16, 0))
                .bind("before", endedBefore)
                .bind("most", most)
                .execute();
    }

    @Override
    public long redact(Handle tx, Set<String> texts, String pseudonym) {
        return tx.createUpdate(REDACT_NOTES)
                .bindArray("texts", String.class, List.copyOf(texts))
                .bind("pseudonym", pseudonym)
                .execute();
    }

    private static <T extends SqlStatement<T>> T bind(T statement, Person person) {
        return statement
                .bind("taxId", person.taxId())
                .bindArray("keys", String.class, person.keys())
                .bind("ids", person.ids().toArray(UUID[]::new));
    }
}
