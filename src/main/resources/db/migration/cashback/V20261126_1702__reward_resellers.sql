-- A reseller is the user of the same id. What names a person goes when they ask to be forgotten; the
-- row stays, because purchases and transfers point to it.
create table reseller (
    id uuid primary key,
    user_name text not null,
    full_name text,
    cpf text check (cpf ~ '^[0-9]{11}$'),
    email text,
    phone text,
    created_at timestamptz not null,
    deleted_at timestamptz,
    forgotten_at timestamptz,
    check (forgotten_at is null or (deleted_at is not null and full_name is null and cpf is null
                                    and email is null and phone is null))
);

create unique index reseller_cpf on reseller (cpf) where deleted_at is null;
create unique index reseller_email on reseller (email) where deleted_at is null;

grant select, insert on reseller to vintem_app;
grant update (user_name, full_name, cpf, email, phone, deleted_at, forgotten_at)
    on reseller to vintem_app;

-- The rates, and how a cent's fraction is rounded, for the months from valid_from on, until another
-- one is valid. Nothing is changed: of two for the same month the younger counts.
create table cashback_rates (
    id uuid primary key,
    valid_from date not null check (extract(day from valid_from) = 1),
    rounding text not null check (rounding in ('half_even', 'half_up', 'down')),
    created_at timestamptz not null,
    created_by uuid not null
);

-- Amounts above above_cents, up to the next bracket's, have this rate; the lowest is above zero.
create table cashback_bracket (
    rates_id uuid not null references cashback_rates,
    above_cents bigint not null check (above_cents >= 0),
    rate_basis_points integer not null check (rate_basis_points between 0 and 10000),
    primary key (rates_id, above_cents)
);

grant select, insert on cashback_rates, cashback_bracket to vintem_app;

-- Up to R$ 1,000: 10 %, up to R$ 1,500: 15 %, above: 20 %, since ever.
insert into cashback_rates (id, valid_from, rounding, created_at, created_by) values
    ('00000000-0000-7000-8000-000000000001', '0001-01-01', 'half_even', now(),
     '00000000-0000-0000-0000-000000000000');
insert into cashback_bracket (rates_id, above_cents, rate_basis_points) values
    ('00000000-0000-7000-8000-000000000001', 0, 1000),
    ('00000000-0000-7000-8000-000000000001', 100000, 1500),
    ('00000000-0000-7000-8000-000000000001', 150000, 2000);

-- Purchases of these people need no validation, from and until the day on which they are entered.
create table approved_cpf (
    id uuid primary key,
    cpf text not null check (cpf ~ '^[0-9]{11}$'),
    valid_from date not null,
    valid_until date,
    check (valid_until >= valid_from)
);

create index approved_cpf_of on approved_cpf (cpf);
grant select, insert on approved_cpf to vintem_app;
grant update (valid_until) on approved_cpf to vintem_app;

-- The same rule as in the product, written a second time for the proof: half-even is not what round()
-- does.
create function cashback_cents(total_cents bigint, rate_basis_points integer, rounding text)
returns bigint language sql immutable as $$
    select (div(p, 10000) + case rounding
                when 'down' then 0
                when 'half_up' then (mod(p, 10000) >= 5000)::int
                else (mod(p, 10000) > 5000
                      or mod(p, 10000) = 5000 and mod(div(p, 10000), 2) = 1)::int end)::bigint
    from (select total_cents::numeric * rate_basis_points as p) product
$$;

create table purchase (
    id uuid primary key,
    code text not null,
    -- No foreign key on a hot row; the proof looks for orphans.
    reseller_id uuid not null,
    amount_cents bigint not null check (amount_cents > 0),
    bought_on date not null,
    status text not null check (status in ('validating', 'approved', 'rejected')),
    created_at timestamptz not null,
    -- The request that judged it last: run again, it finds its own work.
    judgement_id uuid,
    judged_at timestamptz,
    judged_by uuid,
    reason text,
    deleted_at timestamptz,
    check (deleted_at is null or status = 'validating')
) with (fillfactor = 70);

-- Decides who was first with a code; a deleted purchase gives it back.
create unique index purchase_code on purchase (code) where deleted_at is null;
create index purchase_of_reseller on purchase (reseller_id, bought_on, id)
    include (amount_cents, status) where deleted_at is null;
create index purchase_waiting on purchase (id) where status = 'validating' and deleted_at is null;
create index purchase_day on purchase (bought_on) where deleted_at is null;

grant select, insert on purchase to vintem_app;
grant update (code, amount_cents, bought_on, status, judgement_id, judged_at, judged_by, reason,
              deleted_at)
    on purchase to vintem_app;

-- A reseller's month: what was approved in it, the cashback that this comes to (the liability), and
-- how much of that the closes have moved to what is available. The row is the lock of its month.
create table cashback_month (
    reseller_id uuid not null,
    month date not null check (extract(day from month) = 1),
    purchases bigint not null default 0 check (purchases >= 0),
    approved_cents bigint not null default 0 check (approved_cents >= 0),
    accrued_cents bigint not null default 0 check (accrued_cents >= 0),
    credited_cents bigint not null default 0,
    primary key (reseller_id, month)
) with (fillfactor = 70);

create index cashback_month_open on cashback_month (reseller_id)
    where accrued_cents <> credited_cents;

grant select, insert on cashback_month to vintem_app;
grant update (purchases, approved_cents, accrued_cents, credited_cents)
    on cashback_month to vintem_app;

-- What a reseller may ask to be paid, and what they owe because it was taken back too late. Never both.
-- The row is the lock of what is asked for.
create table cashback_account (
    reseller_id uuid primary key references reseller,
    available_cents bigint not null default 0 check (available_cents >= 0),
    recoverable_cents bigint not null default 0 check (recoverable_cents >= 0),
    check (available_cents = 0 or recoverable_cents = 0)
) with (fillfactor = 70);

grant select, insert on cashback_account to vintem_app;
grant update (available_cents, recoverable_cents) on cashback_account to vintem_app;

-- A month's close goes through the resellers by id; place is the last one that is done. Whoever
-- carries on after a crash starts there.
create table cashback_close (
    month date primary key check (extract(day from month) = 1),
    started_at timestamptz not null,
    started_by uuid not null,
    place uuid not null default '00000000-0000-0000-0000-000000000000',
    finished_at timestamptz,
    resellers bigint not null default 0,
    credited_cents bigint not null default 0,
    taken_back_cents bigint not null default 0
);

grant select, insert on cashback_close to vintem_app;
grant update (place, finished_at, resellers, credited_cents, taken_back_cents)
    on cashback_close to vintem_app;

-- What a close did for one reseller: of the month itself, and of earlier months that had changed.
create table cashback_credit (
    reseller_id uuid not null,
    close_month date not null,
    own_cents bigint not null,
    adjustment_cents bigint not null,
    primary key (reseller_id, close_month)
);

grant select, insert on cashback_credit to vintem_app;

-- Cashback that somebody asked to be paid. The payout of the same id is intended in the same
-- transaction.
create table cashback_redemption (
    id uuid primary key,
    reseller_id uuid not null references reseller,
    amount_cents bigint not null check (amount_cents > 0),
    pix_key text,
    status text not null check (status in ('processing', 'paid', 'failed', 'returned')),
    reason text,
    created_at timestamptz not null,
    ended_at timestamptz,
    check ((reason is not null) = (status = 'failed'))
);

create index cashback_redemption_of on cashback_redemption (reseller_id, id);
grant select, insert on cashback_redemption to vintem_app;
grant update (pix_key, status, reason, ended_at) on cashback_redemption to vintem_app;
