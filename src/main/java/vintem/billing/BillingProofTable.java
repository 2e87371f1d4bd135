package vintem.billing;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// The counts that the proof of billing compares: each walks a table once, whatever its size.
@Singleton
class BillingProofTable {
    // One receivable of its amount, against the account that it was billed to.
    private static final String WRONGLY_CHARGED =
            """
            select c.id from charge c
            left join (
                select t.subject_id, count(*) as times, sum(t.amount_cents) as cents,
                       min(a.code) as billed
                from transfer t
                join account r on r.id = t.debit_account and r.code = 'receivable'
                join account a on a.id = t.credit_account
                where t.kind = 'charge_made' group by 1) t on t.subject_id = c.id
            where (t.times, t.cents, t.billed) is distinct from (1, c.amount_cents, c.billed)
            limit 20
            """;

    // Paid is what settlements paid and refunds left; what is owed is what no transfer took away.
    private static final String WRONGLY_SETTLED =
            """
            select c.id from charge c
            left join (
                select charge_id, sum(principal_cents) as paid, sum(discount_cents) as discount
                from (select charge_id, principal_cents, discount_cents from charge_settlement
                      where status = 'settled'
                      union all
                      select charge_id, -principal_cents, -discount_cents from charge_refund) as m
                group by 1) s on s.charge_id = c.id
            where c.paid_cents <> coalesce(s.paid, 0)
            or c.discount_cents <> coalesce(s.discount, 0)
            limit 20
            """;

    private static final String WRONGLY_CANCELLED =
            """
            select c.id from charge c
            left join (
                select subject_id, count(*) as times, sum(amount_cents) as cents
                from transfer where kind = 'charge_cancelled' group by 1) t on t.subject_id = c.id
            -- Once more for each part that had been paid and went back.
            where (coalesce(t.times, 0) > 0) <> (c.status = 'cancelled')
            or coalesce(t.cents, 0) <> case c.status
                when 'cancelled' then c.amount_cents - c.paid_cents - c.discount_cents
                else 0 end
            limit 20
            """;

    // Each settlement is one entry of its legs. Kinds say which legs.
    private static final String WRONGLY_BOOKED =
            """
            select s.id from charge_settlement s
            left join (
                select t.entry_id,
                       count(*) filter (where d.code <> case t.kind
                           when 'charge_discounted' then c.billed
                           else case o.channel when 'pix' then 'clearing:billing' else 'bank' end
                           end) as strange,
                       sum(t.amount_cents) filter (where t.kind = 'charge_settled') as principal,
                       sum(t.amount_cents) filter (where t.kind = 'charge_late_paid') as late,
                       sum(t.amount_cents) filter (where t.kind = 'charge_overpaid') as credit,
                       sum(t.amount_cents) filter (where t.kind = 'charge_discounted') as discount
                from transfer t
                join charge_settlement o on o.id = t.entry_id
                join charge c on c.id = o.charge_id and c.id = t.subject_id
                join account d on d.id = t.debit_account
                join account k on k.id = t.credit_account
                    and k.code = case t.kind when 'charge_settled' then 'receivable'
                                             when 'charge_discounted' then 'receivable'
                                             when 'charge_late_paid' then 'late_income'
                                             when 'charge_overpaid' then 'debtor_credit' end
                group by 1) t on t.entry_id = s.id
            where (coalesce(t.strange, 0), coalesce(t.principal, 0), coalesce(t.late, 0),
                   coalesce(t.credit, 0), coalesce(t.discount, 0))
                  is distinct from
                  (0, s.principal_cents, s.late_cents, s.credit_cents, s.discount_cents)
            limit 20
            """;

    // Each refund is one entry of its legs.
    private static final String WRONGLY_REFUNDED =
            """
            select r.id from charge_refund r
            join charge c on c.id = r.charge_id
            left join (
                select t.entry_id,
                       sum(t.amount_cents) filter (where t.kind = 'charge_refunded'
                           and d.code = 'receivable' and k.code = 'clearing:billing') as principal,
                       sum(t.amount_cents) filter (where t.kind = 'charge_late_refunded'
                           and d.code = 'late_income' and k.code = 'clearing:billing') as late,
                       sum(t.amount_cents) filter (where t.kind = 'charge_credit_refunded'
                           and d.code = 'debtor_credit' and k.code = 'clearing:billing') as credit,
                       sum(t.amount_cents) filter (where t.kind = 'charge_discount_ended'
                           and d.code = 'receivable') as discount
                from transfer t
                join charge_refund o on o.id = t.entry_id and o.charge_id = t.subject_id
                join account d on d.id = t.debit_account
                join account k on k.id = t.credit_account
                group by 1) t on t.entry_id = r.id
            where (coalesce(t.principal, 0), coalesce(t.late, 0), coalesce(t.credit, 0),
                   coalesce(t.discount, 0))
                  is distinct from
                  (r.principal_cents, r.late_cents, r.credit_cents, r.discount_cents)
            limit 20
            """;

    // A number is one boleto's, whether in force or replaced, and was taken before it was used.
    private static final String NUMBERS_USED_TWICE =
            """
            select count(*) from charge c
            join former_boleto f using (beneficiary_id, boleto_number)
            """;

    private static final String NUMBERS_NOT_TAKEN =
            """
            select (select count(*) from charge c
                    left join beneficiary b on b.id = c.beneficiary_id
                    where c.boleto_number is not null
                    and (b.id is null or c.boleto_number >= b.next_number))
                 + (select count(*) from former_boleto f
                    left join beneficiary b on b.id = f.beneficiary_id
                    where b.id is null or f.boleto_number >= b.next_number)
            """;

    private static final String ORPHANS =
            """
            select (select count(*) from transfer t
                    where kind in ('charge_made', 'charge_cancelled')
                    and not exists (select from charge where id = t.subject_id))
                 + (select count(*) from transfer t
                    where kind in ('charge_settled', 'charge_late_paid', 'charge_overpaid',
                                   'charge_discounted')
                    and not exists (select from charge_settlement s
                                    where s.id = t.entry_id and s.charge_id = t.subject_id))
                 + (select count(*) from transfer t
                    where kind in ('charge_refunded', 'charge_late_refunded',
                                   'charge_credit_refunded', 'charge_discount_ended')
                    and not exists (select from charge_refund r
                                    where r.id = t.entry_id and r.charge_id = t.subject_id))
                 + (select count(*) from charge_refund r
                    where not exists (select from charge_settlement s
                                      where s.payment_id = r.payment_id
                                      and s.charge_id = r.charge_id))
                 + (select count(*) from charge_settlement s
                    where charge_id is not null
                    and not exists (select from charge where id = s.charge_id))
                 + (select count(*) from charge_settlement s
                    where channel = 'pix'
                    and not exists (select from charge_pix p
                                    where p.payment_id = s.payment_id
                                    and p.charge_id = s.charge_id))
                 + (select count(*) from charge_pix p
                    where not exists (select from charge where id = p.charge_id))
                 + (select count(*) from former_boleto f
                    where not exists (select from charge where id = f.charge_id))
                 + (select count(*) from charge_email e
                    where not exists (select from charge where id = e.charge_id))
            """;

    private static final String OWED =
            """
            select coalesce(sum(amount_cents - paid_cents - discount_cents), 0)::bigint
            from charge where status in ('open', 'partially_paid')
            """;

    private static final String CREDIT =
            """
            select (select coalesce(sum(credit_cents), 0)::bigint from charge_settlement)
                 - (select coalesce(sum(credit_cents), 0)::bigint from charge_refund)
            """;

    private static final String REFUNDED =
            "select coalesce(sum(amount_cents), 0)::bigint from charge_refund";

    private static final String SETTLED_BY_PIX =
            """
            select coalesce(sum(amount_cents), 0)::bigint from charge_settlement
            where channel = 'pix'
            """;

    List<UUID> wronglyCharged(Handle snapshot) {
        return ids(snapshot, WRONGLY_CHARGED);
    }

    List<UUID> wronglySettled(Handle snapshot) {
        return ids(snapshot, WRONGLY_SETTLED);
    }

    List<UUID> wronglyCancelled(Handle snapshot) {
        return ids(snapshot, WRONGLY_CANCELLED);
    }

    /// Settlements, not charges.
    List<UUID> wronglyBooked(Handle snapshot) {
        return ids(snapshot, WRONGLY_BOOKED);
    }

    /// Refunds, not charges.
    List<UUID> wronglyRefunded(Handle snapshot) {
        return ids(snapshot, WRONGLY_REFUNDED);
    }

    long numbersUsedTwice(Handle snapshot) {
        return number(snapshot, NUMBERS_USED_TWICE);
    }

    long numbersNotTaken(Handle snapshot) {
        return number(snapshot, NUMBERS_NOT_TAKEN);
    }

    long orphans(Handle snapshot) {
        return number(snapshot, ORPHANS);
    }

    long owedCents(Handle snapshot) {
        return number(snapshot, OWED);
    }

    long creditCents(Handle snapshot) {
        return number(snapshot, CREDIT);
    }

    /// What went back of charges.
    long refundedCents(Handle snapshot) {
        return number(snapshot, REFUNDED);
    }

    long settledByPixCents(Handle snapshot) {
        return number(snapshot, SETTLED_BY_PIX);
    }

    private static List<UUID> ids(Handle snapshot, String query) {
        return snapshot.createQuery(query).mapTo(UUID.class).list();
    }

    private static long number(Handle snapshot, String query) {
        return snapshot.createQuery(query).mapTo(Long.class).one();
    }
}
