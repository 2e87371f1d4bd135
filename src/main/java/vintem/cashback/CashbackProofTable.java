package vintem.cashback;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// The counts that the proof of cashback compares: each walks a table once, whatever its size.
@Singleton
class CashbackProofTable {
    // What is approved in a month, and what it comes to by the rates of that month: reckoned a
    // second time, by the database.
    private static final String WRONG_MONTHS =
            """
            select coalesce(m.reseller_id, p.reseller_id) || ' ' || coalesce(m.month, p.month)
            from cashback_month m
            full join (
                select reseller_id, date_trunc('month', bought_on)::date as month,
                       count(*) as purchases, sum(amount_cents)::bigint as cents
                from purchase where status = 'approved' and deleted_at is null
                group by 1, 2) p on p.reseller_id = m.reseller_id and p.month = m.month
            left join lateral (
                select r.id, r.rounding from cashback_rates r where r.valid_from <= m.month
                order by r.valid_from desc, r.created_at desc, r.id desc limit 1) r on true
            left join lateral (
                select b.rate_basis_points from cashback_bracket b
                where b.rates_id = r.id and (b.above_cents < m.approved_cents
                    or b.above_cents = (select min(above_cents) from cashback_bracket
                                        where rates_id = r.id))
                order by b.above_cents desc limit 1) b on true
            where (m.purchases, m.approved_cents)
                is distinct from (coalesce(p.purchases, 0), coalesce(p.cents, 0))
            or m.accrued_cents is distinct from
                cashback_cents(m.approved_cents, b.rate_basis_points, r.rounding)
            limit 20
            """;

    // Whose transfers do not come to what their months, their account and their redemptions say.
    private static final String WRONG_RESELLERS =
            """
            with booked as (
                select t.subject_id,
                       sum(case when d.code = 'cashback_expense' then t.amount_cents
                                when c.code = 'cashback_expense' then -t.amount_cents
                                else 0 end) as expense,
                       sum(case when c.code = 'cashback_pending' then t.amount_cents
                                when d.code = 'cashback_pending' then -t.amount_cents
                                else 0 end) as pending,
                       sum(case when c.code = 'cashback_available' then t.amount_cents
                                when d.code = 'cashback_available' then -t.amount_cents
                                else 0 end) as available,
                       sum(case when d.code = 'cashback_recoverable' then t.amount_cents
                                when c.code = 'cashback_recoverable' then -t.amount_cents
                                else 0 end) as recoverable
                from transfer t
                join account d on d.id = t.debit_account
                join account c on c.id = t.credit_account
                where t.kind like 'cashback\\_%'
                group by 1
            ), owed as (
                select reseller_id, sum(accrued_cents) as accrued, sum(credited_cents) as credited
                from cashback_month group by 1
            ), asked as (
                select reseller_id, sum(amount_cents) as cents from cashback_redemption
                where status in ('processing', 'paid') group by 1
            ), credits as (
                select reseller_id, sum(own_cents + adjustment_cents) as cents
                from cashback_credit group by 1
            )
            select coalesce(a.reseller_id, b.subject_id)
            from cashback_account a
            full join booked b on b.subject_id = a.reseller_id
            left join owed o on o.reseller_id = a.reseller_id
            left join asked r on r.reseller_id = a.reseller_id
            left join credits c on c.reseller_id = a.reseller_id
            where a.reseller_id is null
            or coalesce(b.expense, 0) <> coalesce(o.accrued, 0)
            or coalesce(b.pending, 0) <> coalesce(o.accrued, 0) - coalesce(o.credited, 0)
            or coalesce(c.cents, 0) <> coalesce(o.credited, 0)
            or coalesce(b.available, 0) <> a.available_cents + coalesce(r.cents, 0)
            or coalesce(b.recoverable, 0) <> a.recoverable_cents
            limit 20
            """;

    private static final String ORPHANS =
            """
            select (select count(*) from purchase p
                    where not exists (select from reseller r where r.id = p.reseller_id))
                 + (select count(*) from cashback_month m
                    where not exists (select from cashback_account a
                                      where a.reseller_id = m.reseller_id))
            """;

    private static final String ACCRUED =
            "select coalesce(sum(accrued_cents), 0)::bigint from cashback_month";

    private static final String PENDING =
            "select coalesce(sum(accrued_cents - credited_cents), 0)::bigint from cashback_month";

    private static final String AVAILABLE =
            "select coalesce(sum(available_cents), 0)::bigint from cashback_account";

    private static final String RECOVERABLE =
            "select coalesce(sum(recoverable_cents), 0)::bigint from cashback_account";

    private static final String ASKED =
            """
            select coalesce(sum(amount_cents), 0)::bigint from cashback_redemption
            where status in ('processing', 'paid')
            """;

    List<String> wrongMonths(Handle snapshot) {
        return snapshot.createQuery(WRONG_MONTHS).mapTo(String.class).list();
    }

    List<UUID> wrongResellers(Handle snapshot) {
        return snapshot.createQuery(WRONG_RESELLERS).mapTo(UUID.class).list();
    }

    long orphans(Handle snapshot) {
        return cents(snapshot, ORPHANS);
    }

    long accruedCents(Handle snapshot) {
        return cents(snapshot, ACCRUED);
    }

    long pendingCents(Handle snapshot) {
        return cents(snapshot, PENDING);
    }

    long availableCents(Handle snapshot) {
        return cents(snapshot, AVAILABLE);
    }

    long recoverableCents(Handle snapshot) {
        return cents(snapshot, RECOVERABLE);
    }

    /// What was asked for and not given back.
    long askedCents(Handle snapshot) {
        return cents(snapshot, ASKED);
    }

    private static long cents(Handle snapshot, String query) {
        return snapshot.createQuery(query).mapTo(Long.class).one();
    }
}
