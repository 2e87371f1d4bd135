package vintem.billing;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;
import vintem.bank.BoletoRegistry.Slip;
import vintem.platform.BinaryArray;

/// What the registration of boletos asks of the table `charge`, and writes there.
@Singleton
class RegistrationTable {
    /// A boleto that this node is to have registered.
    public record Taken(
            UUID id,
            String debtId,
            int beneficiaryId,
            long boletoNumber,
            LocalDate boletoDue,
            String barCode,
            String name,
            String governmentId) {
        Slip slip() {
            return new Slip(id, barCode, boletoDue, name, governmentId);
        }
    }

    /// What became of one of them.
    ///
    /// @param reason null where it was not rejected
    record Ending(Taken boleto, BoletoStatus status, @Nullable String reason) {}

    // `registering` for so long belonged to a node that died, or to a bank that did not say.
    private static final String TAKE =
            """
            with fresh as (
                select id from charge where boleto_status = 'draft'
                order by id limit :most for update skip locked
            ), again as (
                select id from charge where boleto_status = 'registering' and updated_at < :before
                order by id limit :most - (select count(*) from fresh)
                for update skip locked
            )
            update charge set boleto_status = 'registering', updated_at = :now
            where id in (table fresh union all table again)
            returning id, debt_id, beneficiary_id, boleto_number, boleto_due, bar_code, name,
                      government_id
            """;

    // As everybody locks charges.
    private static final String LOCK =
            "select id from charge where id = any(:ids) order by id for update";

    // Cancelled, paid or replaced meanwhile: it is another boleto's turn, or nobody's.
    private static final String END =
            """
            update charge
            set boleto_status = e.status, boleto_reason = e.reason, updated_at = :now
            from unnest(:ids, :beneficiaries, :numbers, :statuses, :reasons)
                as e (id, beneficiary_id, boleto_number, status, reason)
            where charge.id = e.id and charge.beneficiary_id = e.beneficiary_id
            and charge.boleto_number = e.boleto_number and charge.boleto_status = 'registering'
            returning charge.id
            """;

    /// Takes drafts, and what was taken before that instant and never came to an end.
    List<Taken> take(Handle tx, Instant now, Instant before, int most) {
        return tx.createQuery(TAKE)
                .bind("now", now)
                .bind("before", before)
                .bind("most", most)
                .map(ConstructorMapper.of(Taken.class))
                .list();
    }

    /// @return the charges whose boletos these still were
    Set<UUID> end(Handle tx, Collection<Ending> endings, Instant now) {
        tx.createQuery(LOCK)
                .bind("ids", BinaryArray.uuids(endings, it -> it.boleto().id()))
                .mapTo(UUID.class)
                .list();
        return tx.createQuery(END)
                .bind("ids", BinaryArray.uuids(endings, it -> it.boleto().id()))
                .bind("beneficiaries", BinaryArray.ints(endings, it -> it.boleto().beneficiaryId()))
                .bind("numbers", BinaryArray.longs(endings, it -> it.boleto().boletoNumber()))
                .bind("statuses", BinaryArray.texts(endings, it -> it.status().word()))
                .bind("reasons", BinaryArray.texts(endings, Ending::reason))
                .bind("now", now)
                .mapTo(UUID.class)
                .set();
    }
}
