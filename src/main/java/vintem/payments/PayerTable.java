package vintem.payments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;
import vintem.platform.PersonalData;

/// What payments keep about payers. Found by tax id, by name, or by the payment; there is no index
/// for it, because every confirmation would have to keep it.
@Singleton
class PayerTable implements PersonalData {
    private static final String MEANT = "(p.payer_tax_id = :taxId or p.id = any(:ids))";

    private static final String FIND =
            """
            select 'payment' as type, p.id::text as id, p.created_at as at, p.status as detail
            from payment p
            where (p.payer_tax_id = :taxId or p.id = any(:ids)
                   or lower(p.payer_name) = lower(:name))
            order by p.id desc limit :most
            """;

    private static final String EXPORT =
            """
            select to_jsonb(p)::text from payment p where %s order by p.id
            """
                    .formatted(MEANT);

    // A code that can still be paid stays: it is what the payer was given.
    private static final String ERASE =
            """
            with meant as (
                select p.id, p.payer_name, p.payer_tax_id,
                       :proof and p.paid_at >= :since as kept
                from payment p where %s order by p.id for update
            )
            update payment p
            set payer_name = case when m.kept then p.payer_name end,
                payer_tax_id = case when m.kept then p.payer_tax_id end,
                description = case when p.description is not null then :pseudonym end,
                reference = case when position(lower(m.payer_name) in lower(p.reference)) > 0
                                   or position(m.payer_tax_id in p.reference) > 0
                                 then :pseudonym else p.reference end,
                copy_and_paste = case when p.description is not null
                                        and p.status not in ('active', 'registering')
                                        and p.copy_and_paste is not null
                                      then :pseudonym else p.copy_and_paste end
            from meant m where p.id = m.id
            returning p.id, m.payer_name as name, m.payer_tax_id as tax_id
            """
                    .formatted(MEANT);

    // Their codes are forgotten when nobody can pay by them any more.
    private static final String STILL_PAYABLE =
            """
            insert into payment_code_to_forget (payment_id)
            select id from payment
            where id = any(:payments) and description is not null
            and status in ('active', 'registering')
            on conflict do nothing
            """;

    private static final String ERASE_REFUNDS =
            """
            update pix_refund set description = :pseudonym
            where payment_id = any(:payments) and description is not null
            """;

    private static final String RETIRE =
            """
            with old as (
                select id, payer_name, payer_tax_id from payment
                where id < :first and coalesce(paid_at, expires_at) < :before
                and (payer_name is not null or payer_tax_id is not null
                     or description is not null)
                order by id limit :most for update skip locked
            )
            update payment p
            set payer_name = null, payer_tax_id = null, description = null,
                reference = case when position(lower(old.payer_name) in lower(p.reference)) > 0
                                   or position(old.payer_tax_id in p.reference) > 0
                                 then 'apagado' else p.reference end,
                copy_and_paste = case when p.description is not null
                                        and p.status not in ('active', 'registering')
                                        and p.copy_and_paste is not null
                                      then 'apagado' else p.copy_and_paste end
            from old where p.id = old.id
            """;

    private static final String RETIRE_REFUNDS =
            """
            update pix_refund set description = null
            where id in (
                select id from pix_refund
                where id < :first and description is not null and status <> 'processing'
                and created_at < :before
                order by id limit :most for update skip locked)
            """;

    private static final String FORGET_CODES =
            """
            with ended as (
                select p.id from payment_code_to_forget c join payment p on p.id = c.payment_id
                where p.status not in ('active', 'registering')
                order by p.id limit :most for update of p skip locked
            ), done as (
                delete from payment_code_to_forget c using ended where c.payment_id = ended.id
            )
            update payment p set copy_and_paste = coalesce(p.description, 'apagado')
            from ended where p.id = ended.id and p.copy_and_paste is not null
            """;

    public record Row(UUID id, @Nullable String name, @Nullable String taxId) {}

    private final QrImages images;

    @Inject
    PayerTable(QrImages images) {
        this.images = images;
    }

    @Override
    public String where() {
        return "payments";
    }

    @Override
    public List<Found> find(Handle tx, Person person, int most) {
        return bind(tx.createQuery(FIND), person)
                .bind("name", person.name())
                .bind("most", most)
                .map(ConstructorMapper.of(Found.class))
                .list();
    }

    @Override
    public List<String> export(Handle tx, Person person) {
        return bind(tx.createQuery(EXPORT), person).mapTo(String.class).list();
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
        tx.createUpdate(STILL_PAYABLE)
                .bind("payments", rows.stream().map(Row::id).toArray(UUID[]::new))
                .execute();
        var refunds =
                tx.createUpdate(ERASE_REFUNDS)
                        .bind("payments", rows.stream().map(Row::id).toArray(UUID[]::new))
                        .bind("pseudonym", erasure.pseudonym())
                        .execute();
        var texts = new HashSet<String>();
        for (var row : rows) {
            add(texts, row.name());
            add(texts, row.taxId());
        }
        return new Erased(rows.size() + refunds, texts);
    }

    @Override
    public int retire(Handle tx, Instant endedBefore, int most) {
        return tx.createUpdate(FORGET_CODES).bind("most", most).execute()
                + retire(tx, RETIRE, endedBefore, most)
                + retire(tx, RETIRE_REFUNDS, endedBefore, most);
    }

    private static int retire(Handle tx, String update, Instant endedBefore, int most) {
        return tx.createUpdate(update)
                // Ids are dated: what was made later cannot have ended before.
                .bind("first", new UUID(endedBefore.toEpochMilli() << 16, 0))
                .bind("before", endedBefore)
                .bind("most", most)
                .execute();
    }

    @Override
    public void erased() {
        images.forget();
    }

    private static void add(Set<String> texts, @Nullable String text) {
        if (text != null) {
            texts.add(text);
        }
    }

    private static <T extends SqlStatement<T>> T bind(T statement, Person person) {
        return statement
                .bind("taxId", person.taxId())
                .bind("ids", person.ids().toArray(UUID[]::new));
    }
}
