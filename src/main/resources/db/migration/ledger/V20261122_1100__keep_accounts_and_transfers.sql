create table account (
    id integer primary key,
    code text not null unique,
    -- The side on which it grows. Balance and floor are told on this side.
    normal_side text not null check (normal_side in ('debit', 'credit')),
    floor_cents bigint,
    -- Its balance repeats what another table says (payouts under way, for example): nobody posts to it
    -- by hand.
    mirrored boolean not null
);

grant select on account to vintem_app;

-- For accounts with a floor: a safe lower bound of what may still be taken. Whatever lowers the account
-- locks this row inside its transaction; whatever raises it leaves the row alone and is folded in when
-- something does not fit, so that money coming in never queues behind one row.
create table account_available (
    account_id integer primary key references account,
    available_cents bigint not null
);

grant select on account_available to vintem_app;
grant update (available_cents) on account_available to vintem_app;

-- Money that moved. A row cannot be unbalanced: one account is debited what the other is credited.
-- Facts of several legs share an entry_id. Nothing is ever changed; a correction is a new transfer.
create table transfer (
    id uuid not null,
    entry_id uuid not null,
    -- No foreign keys on hot rows: they cost as much again as the insert. The product names accounts by
    -- an enum, and `vintem audit` looks for strangers.
    debit_account integer not null,
    credit_account integer not null,
    amount_cents bigint not null check (amount_cents > 0),
    kind text not null,
    -- Whose: the payout, the charge, the reseller. A million debtors are one account.
    subject_id uuid not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null default clock_timestamp(),
    -- Ids are not commit order: sums are taken below the oldest running transaction (see checkpoints).
    xact_id bigint not null default pg_current_xact_id()::text::bigint,
    -- One index for two: an id is written once, and the transfers of a subject lie together.
    primary key (subject_id, id),
    check (debit_account <> credit_account)
);

-- Rows are appended in the order of their transactions, or nearly: a few bytes for every 32 pages find
-- the tail behind a checkpoint.
create index transfer_xact on transfer using brin (xact_id)
    with (pages_per_range = 32, autosummarize = on);

-- For statements. `in_transit` (5), which every payout passes twice, is left out: whoever looks for
-- money under way asks the payouts.
create index transfer_debit on transfer (debit_account, xact_id) where debit_account <> 5;
create index transfer_credit on transfer (credit_account, xact_id) where credit_account <> 5;

-- When and in which transaction is the server's to say, not the product's.
grant select on transfer to vintem_app;
grant insert (id, entry_id, debit_account, credit_account, amount_cents, kind, subject_id, occurred_at)
    on transfer to vintem_app;

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: write a new row instead', tg_table_name
        using errcode = 'insufficient_privilege';
end
$$;

create trigger transfer_is_append_only before update or delete or truncate on transfer
    for each statement execute function refuse_change();

-- Sums of everything below a horizon: transactions older than the oldest one running when it was taken.
-- A balance is the last checkpoint plus what was written since. All accounts share a horizon.
create table ledger_checkpoint (
    account_id integer not null references account,
    horizon bigint not null,
    -- The youngest transfer it covers: a question about the past may start from it or not.
    latest_recorded_at timestamptz not null,
    debit_cents bigint not null,
    credit_cents bigint not null,
    primary key (horizon, account_id)
);

grant select, insert, delete on ledger_checkpoint to vintem_app;

-- Transaction numbers belong to one server. A database restored into another one must not trust
-- checkpoints that were taken by the numbers of the first.
create table ledger_home (
    only_row boolean primary key default true check (only_row),
    system_identifier bigint not null
);

insert into account (id, code, normal_side, floor_cents, mirrored) values
    (1, 'bank', 'debit', 0, false),
    (2, 'opening', 'credit', null, false),
    (3, 'sales', 'credit', null, false),
    (4, 'unidentified', 'credit', null, true),
    (5, 'in_transit', 'debit', null, true),
    (6, 'payouts', 'debit', null, true),
    (7, 'refunds', 'debit', null, true),
    (8, 'bank_fees', 'debit', null, false),
    (9, 'receivable', 'debit', null, true),
    (10, 'billed', 'credit', null, true),
    (11, 'already_recognised', 'credit', null, false),
    (12, 'revenue', 'credit', null, false),
    (13, 'owed_to_creditor', 'credit', null, false),
    (14, 'clearing:billing', 'credit', null, true),
    (15, 'late_income', 'credit', null, false),
    (16, 'debtor_credit', 'credit', null, true),
    (17, 'cashback_expense', 'debit', null, true),
    (18, 'cashback_pending', 'credit', null, true),
    (19, 'cashback_available', 'credit', null, true);

insert into account_available (account_id, available_cents) values (1, 0);
