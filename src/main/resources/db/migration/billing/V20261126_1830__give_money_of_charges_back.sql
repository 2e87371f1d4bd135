-- Money for a charge that went back to whoever paid by Pix: given back by us, or taken back by the bank
-- (MED). It takes the debtor's credit first, then what was paid of the principal, which is owed again,
-- and then late income. Written once for each refund of the payment.
create table charge_refund (
    id uuid primary key,
    -- As payments and the bank know it.
    refund_id text collate "C" not null unique,
    charge_id uuid not null,
    payment_id uuid not null,
    amount_cents bigint not null check (amount_cents > 0),
    principal_cents bigint not null check (principal_cents >= 0),
    late_cents bigint not null check (late_cents >= 0),
    credit_cents bigint not null check (credit_cents >= 0),
    -- A discount that is owed again together with the principal.
    discount_cents bigint not null check (discount_cents >= 0),
    -- The bank took it back by itself (MED).
    by_bank boolean not null,
    recorded_at timestamptz not null,
    check (principal_cents + late_cents + credit_cents = amount_cents)
);

create index charge_refund_of_charge on charge_refund (charge_id, id);

grant select, insert on charge_refund to vintem_app;
