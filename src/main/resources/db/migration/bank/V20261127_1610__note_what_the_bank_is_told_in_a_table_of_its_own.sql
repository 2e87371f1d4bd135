-- Receipts that the sandbox's bank knows only because somebody told of them: one for each payment that is
-- confirmed, so they are as narrow as a line of the statement can be. Nobody is told of them again. That
-- a Pix is told of once is decided by whoever books it, in the same transaction.
create table simulated_bank.told_receipt (
    end_to_end_id text not null,
    amount_cents bigint not null,
    booked_at timestamptz not null
);

-- For refunds, which are few: a filter for each quarter of a megabyte says where an id may be. An index of
-- each id would cost every confirmation three times as much as its row.
create index told_receipt_filter on simulated_bank.told_receipt using brin (
    end_to_end_id text_bloom_ops (n_distinct_per_range = 3000))
    with (pages_per_range = 32, autosummarize = on);

grant select, insert on simulated_bank.told_receipt to vintem_app;

-- The same columns as before, so that nodes of the version before go on.
create or replace view simulated_bank.statement_line as
    select 'payment' as kind, provider_id as reference, end_to_end_id, -amount_cents as amount_cents,
           settled_at as booked_at
    from simulated_bank.payment where status = 'settled'
    union all
    select kind, reference, end_to_end_id, amount_cents, booked_at from simulated_bank.other_line
    union all
    select 'receipt', end_to_end_id, end_to_end_id, amount_cents, booked_at
    from simulated_bank.told_receipt;
