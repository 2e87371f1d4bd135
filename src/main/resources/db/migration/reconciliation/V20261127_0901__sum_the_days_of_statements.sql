-- What both sides of a day come to: lists of days and balances read a row for each day, and not its
-- lines. Written by whatever changes a line, a movement or a match, in the same transaction.
create table reconciliation_day (
    day date primary key,
    lines bigint not null,
    line_cents bigint not null,
    movements bigint not null,
    movement_cents bigint not null,
    -- What matches nothing.
    open_lines bigint not null,
    open_movements bigint not null,
    -- What the program has matched with something of another day.
    late_lines bigint not null,
    late_movements bigint not null
);

grant select, insert on reconciliation_day to vintem_app;
grant update (lines, line_cents, movements, movement_cents, open_lines, open_movements, late_lines,
              late_movements)
    on reconciliation_day to vintem_app;

-- Whatever is importing or matching at this moment comes before this, or after it.
select pg_advisory_xact_lock(hashtext('vintem.reconciliation'));

insert into reconciliation_day
select day, coalesce(l.lines, 0), coalesce(l.cents, 0), coalesce(m.movements, 0), coalesce(m.cents, 0),
       coalesce(l.open, 0), coalesce(m.open, 0), coalesce(l.late, 0), coalesce(m.late, 0)
from (
    select b.day, count(*) as lines, sum(b.amount_cents)::bigint as cents,
           count(*) filter (where b.match_id is null) as open,
           count(*) filter (where o.day <> b.day) as late
    from bank_statement_line b
    left join reconciliation_match h on h.id = b.match_id and h.how <> 'hand'
    left join bank_movement o on o.match_id = h.id
    group by b.day) l
full join (
    select o.day, count(*) as movements, sum(o.amount_cents)::bigint as cents,
           count(*) filter (where o.match_id is null) as open,
           count(*) filter (where b.day <> o.day) as late
    from bank_movement o
    left join reconciliation_match h on h.id = o.match_id and h.how <> 'hand'
    left join bank_statement_line b on b.match_id = h.id
    group by o.day) m using (day);
