-- Where the numbers of boletos were last taken. Data that were copied to another server, or put back to
-- an earlier moment, do not know of the numbers that were taken since.
create table boleto_home (
    only_row boolean primary key default true check (only_row),
    system_identifier bigint not null,
    timeline text not null
);

-- Money for charges, and what the bank told of money for debts that nobody has. However often the bank
-- tells of it, it counts once: by its ids, or by all that the message says where it has none.
create table charge_settlement (
    id uuid primary key,
    channel text not null check (channel in ('boleto', 'pix')),
    -- `unknown` waits for a person: no money is booked for it before.
    status text not null check (status in ('settled', 'unknown', 'dismissed')),
    charge_id uuid,
    -- As the bank's message had it; null of a Pix.
    debt_id text collate "C",
    amount_cents bigint not null check (amount_cents > 0),
    paid_at timestamptz not null,
    paid_by text,
    bank_payment_id text collate "C" unique,
    end_to_end_id text collate "C" unique,
    fingerprint text collate "C" unique,
    payment_id uuid unique,
    -- What the amount was divided into.
    principal_cents bigint not null default 0 check (principal_cents >= 0),
    late_cents bigint not null default 0 check (late_cents >= 0),
    credit_cents bigint not null default 0 check (credit_cents >= 0),
    -- What was taken off the principal, and late terms that nobody asks for any more.
    discount_cents bigint not null default 0 check (discount_cents >= 0),
    waived_cents bigint not null default 0 check (waived_cents >= 0),
    -- Why there is a credit.
    reason text check (reason in ('overpaid', 'paid_before', 'cancelled')),
    recorded_at timestamptz not null,
    decided_by text,
    decided_at timestamptz,
    check ((status = 'settled') = (charge_id is not null)),
    check (principal_cents + late_cents + credit_cents
           = case status when 'settled' then amount_cents else 0 end),
    check ((credit_cents > 0) = (reason is not null)),
    check ((channel = 'pix') = (payment_id is not null)),
    check (num_nonnulls(bank_payment_id, end_to_end_id, fingerprint, payment_id) > 0)
) with (fillfactor = 85);

create index charge_settlement_of_charge on charge_settlement (charge_id, id)
    where charge_id is not null;
create index charge_settlement_unknown on charge_settlement (id) where status = 'unknown';
-- For the lists of what a person may want to look at.
create index charge_settlement_credit on charge_settlement (id) where credit_cents > 0;
create index charge_settlement_waived on charge_settlement (id) where waived_cents > 0;

grant select, insert on charge_settlement to vintem_app;
grant update (status, charge_id, bank_payment_id, end_to_end_id, principal_cents, late_cents,
              credit_cents, discount_cents, waived_cents, reason, paid_by, decided_by, decided_at)
    on charge_settlement to vintem_app;

-- Pix payments of charges: the other half of a hybrid boleto. A code has one amount for ever, so a charge
-- has another one when its amount has changed; one is shown at a time.
create table charge_pix (
    payment_id uuid primary key,
    charge_id uuid not null,
    amount_cents bigint not null check (amount_cents > 0),
    created_at timestamptz not null,
    -- When it ceased to be shown; money that comes for it later is still the charge's.
    ended_at timestamptz
);

create unique index charge_pix_shown on charge_pix (charge_id) where ended_at is null;
create index charge_pix_of_charge on charge_pix (charge_id, created_at);

grant select, insert on charge_pix to vintem_app;
grant update (ended_at) on charge_pix to vintem_app;
