-- The simulated bank's own books, in its own schema and written in its own transactions: the rest of
-- the product may ask the bank, never read or write these tables. A double payment would show here.
create schema simulated_bank;
grant usage on schema simulated_bank to vintem_app;

-- Orders to pay, by the id that the customer gave them. The key decides: one order, one payment.
create table simulated_bank.payment (
    provider_id text primary key,
    pix_key text not null,
    amount_cents bigint not null check (amount_cents > 0),
    status text not null check (status in ('settled', 'refused')),
    reason text,
    end_to_end_id text not null,
    settled_at timestamptz not null,
    times_received integer not null default 1
);

-- What moved on our account there besides payments.
create table simulated_bank.other_line (
    id bigint generated always as identity primary key,
    -- `taken_back` is a refund that the bank itself starts (MED).
    kind text not null
        check (kind in ('opening', 'return', 'receipt', 'refund', 'taken_back')),
    -- The provider's id of what is returned, the end-to-end id of a receipt, the id of a refund.
    reference text not null,
    end_to_end_id text not null,
    -- What the payer's code named, of a receipt.
    txid text,
    amount_cents bigint not null check (amount_cents <> 0),
    booked_at timestamptz not null,
    -- Whether whoever asks for what came in has heard of it before.
    told boolean not null default false,
    -- Lines are read on in the order of their transactions; ids are not commit order.
    xact_id xid8 not null default pg_current_xact_id(),
    -- Money moves once for each reason.
    unique (kind, reference)
);

create index other_line_refunds on simulated_bank.other_line (end_to_end_id)
    where kind in ('refund', 'taken_back');
create index other_line_untold on simulated_bank.other_line (xact_id)
    where not told and kind in ('return', 'receipt', 'taken_back');

-- The statement of our account: what really moved.
create view simulated_bank.statement_line as
    select 'payment' as kind, provider_id as reference, end_to_end_id, -amount_cents as amount_cents,
           settled_at as booked_at
    from simulated_bank.payment where status = 'settled'
    union all
    select kind, reference, end_to_end_id, amount_cents, booked_at from simulated_bank.other_line;

grant select on simulated_bank.statement_line to vintem_app;

-- Charges registered for payers to pay.
create table simulated_bank.charge (
    txid text primary key,
    amount_cents bigint not null check (amount_cents > 0),
    copy_and_paste text not null,
    registered_at timestamptz not null,
    withdrawn_at timestamptz
);

grant select, insert on simulated_bank.payment, simulated_bank.other_line, simulated_bank.charge
    to vintem_app;
grant update (times_received) on simulated_bank.payment to vintem_app;
grant update (withdrawn_at) on simulated_bank.charge to vintem_app;
