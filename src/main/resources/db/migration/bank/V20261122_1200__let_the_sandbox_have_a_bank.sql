-- The simulated bank's own books, in its own schema and written in its own transactions: the rest of
-- the product may ask the bank, never read or write these tables. A double payment would show here.
create schema simulated_bank;
grant usage on schema simulated_bank to vintem_app;

-- Orders to pay, by the id that the customer gave them.
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

-- The statement of our account there: what really moved.
create table simulated_bank.statement_line (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('opening', 'payment', 'return', 'receipt', 'refund')),
    -- The provider's id of a payment, the end-to-end id of a receipt, the id of a refund.
    reference text not null,
    end_to_end_id text not null,
    amount_cents bigint not null check (amount_cents <> 0),
    booked_at timestamptz not null,
    -- Lines are read on in the order of their transactions; ids are not commit order.
    xact_id xid8 not null default pg_current_xact_id(),
    -- Money moves once for each reason.
    unique (kind, reference)
);

-- Charges registered for payers to pay.
create table simulated_bank.charge (
    txid text primary key,
    amount_cents bigint not null check (amount_cents > 0),
    copy_and_paste text not null,
    registered_at timestamptz not null
);

grant select, insert on simulated_bank.payment, simulated_bank.statement_line, simulated_bank.charge
    to vintem_app;
grant update (times_received) on simulated_bank.payment to vintem_app;
